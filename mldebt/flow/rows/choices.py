"""Rows chosen by chance: what a random draw picks, splits or shuffles, and which dataset comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name, says
from mldebt.flow.conditions.conditions import ways
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.files.filenames import holds_no_data, holds_weights
from mldebt.flow.files.paths import Paths, gives_text
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.linking import Target
from mldebt.flow.rows.parts_taken import PART, called, takes_part
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.scopes.names import all_followed, blocks
from mldebt.flow.seeding.outline import Event
from mldebt.flow.seeding.randomness import short
from mldebt.flow.seeding.seeds import OWN, SEED_WORDS, Seeds
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.value import Value
from mldebt.flow.walk import STACK_LIMIT, Flow, Stack, Step, Visit
from mldebt.regex import regex

SPLIT, SAMPLE, SHUFFLE, NUMBER = "split", "sample", "shuffle", "number"
CHOICE_LIMIT = 1200
FEW = 200
"""Somebody may look so many rows over."""
_LOOKS = frozenset({"head", "tail", "shape", "columns", "info", "describe", "drop", "index"})
"""What is asked of rows to look at them, or to leave out those that were drawn."""
SOURCE_LIMIT = 400
WRITTEN = "written out"
TRAINED = "trained on"
PREPARED = "prepared"
_ENDS = {"fits": TRAINED, "measures": "evaluated with", "saves": WRITTEN, "stores": WRITTEN}
_MADE_UP = regex(
    r"(^|[/_ ])(synthe\w*|fake|mock|simulat\w*|dummy|(re)?(populate|seed)_?(dev_?|test_?)?(db|database))([/_. ]|$)",
    re.IGNORECASE,
)
_NEGATIVES = regex(r"(^|[_.])neg(s|ative\w*)?(_|$)|NegativeSampl", re.IGNORECASE)
_DEVELOPMENT = regex(
    r"(^|[/_. -])dev(elop(ment)?)?[_-]?(db|database|env(ironment)?|server|stack|instance|setup)([/_. ]|$)"
    r"|(^|[/_. -])dev\.(db|sqlite3?)$",
    re.IGNORECASE,
)
"""Where developers try out a program: no part of a dataset is meant by "dev"."""
_TO_SHOW = ("sklearn.manifold.", "openTSNE.")
"""What lays rows out on a plane, to be looked at."""
_TRIES = regex(r"(^|_)(debug\w*|smoke\w*|sanity\w*|dry_?run|quick\w*|demo|toy|test_?mode|dev_?mode)(_|\Z)", re.I)
_PICTURED = regex(r"(^|[/_. ])(visuali[sz]\w*|plot\w*|draw\w*|t_?sne|umap|figures?)([/_. ]|$)", re.IGNORECASE)
"""What makes pictures of rows, and writes down what is seen there."""
_REPORTED = regex(r"(^|_)reports?(_|$)", re.IGNORECASE)
"""What tells people about rows, with some of them as examples."""
_EXAMPLES = frozenset({"input_example", "signature", "sample_input", "example_inputs"})
"""What a model is kept with to show what it takes."""
_BY_ROW = frozenset({"add_doc"})
"""What takes the rows that a model is trained on one by one."""
_ONLINE = frozenset({"partial_fit", "train_on_batch", "fit_one_cycle"})
_SHUFFLED_ON_REQUEST = frozenset({"KFold", "StratifiedKFold", "StratifiedGroupKFold"})
_FOLDS = _SHUFFLED_ON_REQUEST | frozenset(
    "ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold".split()
)
_LOADERS = ("torch.utils.data.", "torch_geometric.loader.")
_CACHES = frozenset({"redis", "aioredis", "rediscluster", "pymemcache", "diskcache", "cachetools"})
"""What keeps answers for a while, and no data sets."""
_MODELS_OWN = frozenset({"fit", "set_params", "predict_proba", "partial_fit"})
"""What models can do, and rows cannot."""
_SERVICES = frozenset({"url", "api"})
_NO_WRITE = frozenset({"open", "io.open", "gzip.open"})
_PLACES = frozenset("random rand randint randrange integers uniform random_sample random_integers".split())
"""Draws that can say which row is meant; a normal deviate cannot."""
_WHOLE = frozenset({"shape", "size"})


class Choice(NamedTuple):
    """A draw that decides which rows a dataset holds: how it chooses, and the visit at which the dataset is used."""

    event: Event
    text: str
    end: Visit
    use: str


class Choices:
    """Follows draws to the datasets that they choose."""

    def __init__(self, flow: Flow, seeds: Seeds) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)
        self._forth = flow.remembered(self._find_forth)
        self.seeds = seeds
        self.paths = flow.shared(Paths)
        self.endpoints = flow.shared(Endpoints)

    # ------------------------------------------------------------------ draws

    def events(self, call: Value) -> Iterator[Event]:
        """The unseeded draws that a call is."""
        drawn = self.seeds.drawn_from(call)
        if not drawn:
            if self._deals_folds(call):
                yield Event(SPLIT, "numpy", call, last_name(call))
            return
        api = self.flow.api(call)
        if api is None:
            yield Event(SPLIT, drawn, call, last_name(call))
            return
        if "splits" in api.roles:
            kind = SPLIT
        elif (
            "shuffles" in api.roles
            or (api.order == "shuffles" and self._takes_all(call))
            or api.name.startswith(_LOADERS)
        ):
            kind = SHUFFLE
        else:
            kind = SAMPLE if api.order == "shuffles" else NUMBER
        if kind == NUMBER and (drawn == OWN or last_name(call) not in _PLACES):
            return
        yield Event(kind, drawn, call, short(api.name))

    def _deals_folds(self, call: Value) -> bool:
        """Whether a call makes folds that are dealt at random, without a seed of their own."""
        name = last_name(call)
        if name not in _FOLDS or not any(
            t.name.startswith("sklearn.model_selection.") for t in self.flow.targets(call)
        ):
            return False
        shuffles = says(call, "shuffle", told=True)
        return (shuffles or name not in _SHUFFLED_ON_REQUEST) and not self.seeds.given(call)

    def _takes_all(self, call: Value) -> bool:
        """`rows.sample(frac=1)`, `rows.sample(len(rows))`: nothing is left out."""
        plain = keyword(call, "")
        if last_name(call) == "choice":
            plain = [*plain[1:], *keyword(call, "size")]  # the first says what is drawn from
        given = [*keyword(call, "frac"), *keyword(call, "n"), *plain, *keyword(call, "k")]
        for source in given:
            if source.kind == "const" and source.data in (1, 1.0) and source in keyword(call, "frac"):
                return True
            if source.kind == "call" and last_name(source) == "len":
                return True
            if source.kind == "item" and source.inputs[0][1].kind == "attr" and source.inputs[0][1].data in _WHOLE:
                return True
        return False

    # ------------------------------------------------------------------ what comes of a draw

    def choice(self, event: Event) -> Choice | None:
        """The dataset that a draw decides on; None when it decides on none, or nothing is made of it."""
        if event.kind == NUMBER and not _makes_up(event) and (found := self._by_branch(event)) is not None:
            return found
        if self._decides_nothing(event):
            return None
        named: dict[tuple[bool, bool], Visit] = {}
        prepared: Choice | None = None
        for start in self._results(event.value):
            for visit in self.flow.walk(start, self._forth, stack=event.path[-STACK_LIMIT:], limit=CHOICE_LIMIT):
                use = self._use(event, visit)
                if use == TRAINED and _draws_negatives(event):
                    continue
                if use and self._chooses(event, visit) and (use != WRITTEN or self._is_part(event, visit.value)):
                    found = Choice(event, _TEXTS[event.kind], visit, use)
                    if "features" not in self.flow.roles(visit.value):
                        return found
                    prepared = prepared or found  # what only prepares the rows, if nothing else becomes of them
                _note_part(event, visit, named)
        if prepared is not None:
            return prepared._replace(use=PREPARED)
        if event.kind == SHUFFLE and not any((not trains, not first) in named for trains, first in named):
            return None
        parts = max(named.values(), key=lambda visit: visit.value.at, default=None)
        return Choice(event, _TEXTS[event.kind], parts, "taken apart") if parts is not None else None

    def _decides_nothing(self, event: Event) -> bool:
        """Whether a draw makes something up, tries something out, or belongs to the course of a training."""
        if event.kind == SAMPLE and (_is_made_up(event) or _is_tried(event) or not self._of_data(event)):
            return True
        if event.kind in (SAMPLE, SHUFFLE) and self._is_of_models(event):
            return True
        if event.kind == NUMBER and (self._seeds_other(event.value) or _augments(event.value)):
            return True
        return event.kind in (SAMPLE, NUMBER) and self._is_step(event)

    def _is_of_models(self, event: Event) -> bool:
        """Whether what is drawn from are models, each to be trained: in which order is no choice of rows."""
        return any(
            visit.value.kind == "attr"
            and visit.value.name in _MODELS_OWN
            and all(_hands_on(each.value) for each in visit.path()[1:-1])
            for start in self._results(event.value)
            for visit in self.flow.walk(start, self._forth, stack=event.path[-STACK_LIMIT:], limit=SOURCE_LIMIT)
        )

    def _results(self, call: Value) -> list[Value]:
        """What a draw returns, or the sequence that it changed in place."""
        changed = [user for label, user in call.uses if label == "call" and user.kind == "mutate"]
        return changed or [call]

    def _find_forth(self, value: Value, stack: Stack) -> list[Step]:
        if value.calls_external("len") or self._sets_a_model(value):
            return []
        steps = self.steps.forth(value, stack)
        if value.kind == "compare":
            steps += [Step("chosen", user, stack) for label, user in value.uses if label == "condition"]
        return [step for step in steps if step.value.body.module.category == "product" and not _is_put_at(step)]

    def _sets_a_model(self, call: Value) -> bool:
        """Whether a call only makes an estimator, of its settings: what is drawn for them chooses no rows."""
        if call.kind != "call" or "fits" in self.flow.roles(call):
            return False
        records = (self.flow.catalogue.type(target.name) for target in self.flow.targets(call))
        return any(record is not None and record.kind == "estimator" and record.name != "*" for record in records)

    def _use(self, event: Event, visit: Visit) -> str:
        """What a visit does with the chosen rows: "trained on", "evaluated with", "written out"; "" for nothing."""
        call = visit.value
        if call.kind != "call" or call is event.value or _is_example(visit):
            return ""
        for target in self.flow.targets(call):
            if target.kind == "class" and event.kind == SPLIT and self._is_dataset((target.module, target.scope)):
                return "handed to a dataset"
            api = target.api
            if (
                api is None
                or target.name in _NO_WRITE
                or gives_text(call)
                or api.roles & {"plots", "logs"}
                or (event.kind == SAMPLE and api.medium in _SERVICES)
                or _passes(target)
            ):
                continue
            if "measures" in api.roles and target.name.startswith(("torch.nn", "tensorflow.", "keras.")):
                continue
            again = (call.loops and last_name(call) not in _BY_ROW) or last_name(call) in _ONLINE
            if "fits" in api.roles and event.kind != SPLIT and again:
                continue
            for role, text in _ENDS.items():
                if role in api.roles and (role != "measures" or event.kind in (SPLIT, SHUFFLE)):
                    return text
            if event.kind == SPLIT and api.roles & {"wraps"} and last_name(call) == "DataLoader":
                return "handed to a DataLoader"
        return ""

    def _is_dataset(self, cls: tuple[int, int]) -> bool:
        for base in self.flow.program.ancestry(cls):
            record = self.flow.catalogue.type(base) if isinstance(base, str) else None
            if record is not None and record.kind in ("dataset", "loader"):
                return True
        return False

    def _chooses(self, event: Event, visit: Visit) -> bool:
        """Whether the way to a use leaves rows out: a sample does, a shuffle when a part of it is taken, a number when
        it is the place of a row."""
        if event.kind in (SPLIT, SAMPLE):
            return True
        path = visit.path()
        if event.kind == NUMBER and not self._many(event):
            return False
        if event.kind == SHUFFLE:
            return any(each.value.loops == event.value.loops and takes_part(each.value) for each in path)
        if any(each.value.kind == "dict" for each in path):
            return False  # it is a value in a table that is made up
        return _tells_places(path)

    def _many(self, event: Event) -> bool:
        """Whether a draw gives many numbers, or is made many times."""
        call = event.value
        sized = bool(keyword(call, "size")) or last_name(call) in ("rand", "random_sample") or len(call.inputs) > 3
        return sized or any(each.loops for each in (*event.path, call))

    def _is_step(self, event: Event) -> bool:
        """Whether a draw is made again for each step of a training: how that goes, and no choice of its rows. The
        method by which an object is fitted is one, whatever it does."""
        callers = {call.body for call in event.path if call.loops} - {event.value.body}
        if any(body.scope.name == "fit" and body.module.takes_self(body.number) for body in callers):
            return True
        return any(self.flow.roles(call) & TRAINS for body in callers for call in body.calls)

    def _seeds_other(self, number: Value) -> bool:
        """Whether what was drawn only becomes a seed of something else."""
        return any(
            number in keyword(user, word) for _, user in number.uses if user.kind == "call" for word in SEED_WORDS
        )

    def _is_part(self, event: Event, write: Value) -> bool:
        """Whether what is written is data for training or evaluation: its path says so, or, where the path is not
        known, the code on the way names such files."""
        path = self.paths.path(write)
        texts = self.paths.texts(path) if path is not None else ()
        if any(holds_no_data(text, written=True) and not holds_weights(text) for text in texts):
            return False  # what was learnt from the rows is as good as the rows
        if event.kind != SPLIT and _PICTURED.search(f"{event.value.body.module.path} {event.value.body.scope.name}"):
            return False
        if any(map(_DEVELOPMENT.search, (*texts, *(call.body.scope.name for call in (*event.path, event.value))))):
            return False
        if event.kind in (SPLIT, SHUFFLE):
            return True
        bodies = [call.body for call in (*event.path, event.value)]
        asked = any(self.endpoints.of(body.key) or _REPORTED.search(body.scope.name) for body in bodies)
        if asked or _is_looked_at(event.value):
            return False  # a page's own choice of what it shows, or somebody's who looks some rows over
        if any(PART.search(text) for text in texts):
            return True
        names = self._part_names(event)
        if any(len(HOLES.sub("", text.rpartition("/")[2])) > 5 for text in texts):
            return event.value.body.number > 0 and len(names) > 1
        return bool(names)

    def _part_names(self, event: Event) -> set[str]:
        """Parts of a dataset that are named by texts in the functions on the way to a draw."""
        bodies = {call.body for call in (*event.path, event.value)}
        return {
            found.group(2).lower()
            for body in bodies
            for value in body.values.values()
            if value.kind == "const" and isinstance(value.data, str) and len(value.data) < 100
            for found in PART.finditer(value.data)
        }

    def _of_data(self, event: Event) -> bool:
        """Whether a sample is drawn from something that was read."""
        call = event.value
        function = call.inputs[0][1]
        start = (
            function.inputs[0][1] if function.kind == "attr" else call.inputs[1][1] if len(call.inputs) > 1 else None
        )
        if start is None:
            return False
        for visit in self.flow.walk(start, self._back, stack=event.path[-STACK_LIMIT:], limit=SOURCE_LIMIT):
            if visit.value.kind == "call":
                api = self.flow.api(visit.value)
                if api is not None and api.roles & {"reads", "lists", "queries"}:
                    return True
        return False

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """Further back, but not from how well something did to the rows that say so, nor from how many columns rows
        have."""
        if value.kind == "call" and "measures" in self.flow.roles(value):
            return []
        if (
            value.kind == "item"
            and value.key in (1, -1)
            and value.source.kind == "attr"
            and value.source.name == "shape"
        ):
            return []
        return self.steps.back(value, stack)

    # ------------------------------------------------------------------ splits by hand

    def _by_branch(self, event: Event) -> Choice | None:
        """`if random() < share: train.write(row) else: test.write(row)`."""
        body = event.value.body
        for label, user in event.value.uses:
            if label == "operand" and user.kind == "compare" and event.value.loops:
                ends = self._collected(body, user)
                if len(ends) >= 2 and self._part_names(event):
                    return Choice(event, "split by a random number", Visit(ends[0], ()), "written out")
        return None

    def _collected(self, body: Body, test: Value) -> list[Value]:
        """The first call in each branch of an `if` that puts a row somewhere; none where a branch does not."""
        found: list[Value] = []
        for statement, after in all_followed(body.scope.body, body.scope.end):
            if isinstance(statement, r.If) and body.values.get(statement.test) is test and statement.orelse:
                for part, end in blocks(statement, after):
                    found += [c for c in body.calls if part[0].at <= c.at < end and self._puts(c)][:1]
        return found

    def _puts(self, call: Value) -> bool:
        """Whether a call puts a row somewhere; a number that the code knows is made up."""
        if last_name(call) not in ("append", "write", "writerow", "add"):
            return bool(self.flow.roles(call) & {"saves"})
        return not call.arguments or any(source.kind != "const" for source in call.arguments)


def _is_put_at(step: Step) -> bool:
    """Whether a draw only says where something else is put: `states[number] = state`, and not `mask[rows] = True`."""
    value = step.value.one("value") if step.value.kind == "store" and step.label == "key" else None
    return value is not None and value.kind != "const"


def _tells_places(way: list[Visit]) -> bool:
    """Whether a number is on its way the place of a row, or a test for rows. While it is one of a table's columns, what
    is done with the table is not done with it: another column may be the test."""
    column: object = None
    for each in way:
        value = each.value
        if value.kind == "store" and each.label == "value" and isinstance(value.data, tuple):
            column = value.key if isinstance(value.key, str) else None
        elif value.kind == "item" and each.label == "object" and value.key == column:
            column = None
        elif column is None and each.label in ("key", "chosen") and value.kind in ("item", "comprehension"):
            return True
    return False


def _hands_on(value: Value) -> bool:
    """Whether a step on a way is still one of the things that were drawn from, or some of them."""
    if value.kind == "call":
        return value.calls_method("pop", "popleft", "copy") or value.calls_external("list", "tuple", "reversed", "iter")
    return value.kind not in ("operation", "compare", "template")


def _note_part(event: Event, visit: Visit, named: dict[tuple[bool, bool], Visit]) -> None:
    """Remember where a part of what is split is met first, and one of what is shuffled, by what it is called."""
    if event.kind == SPLIT and visit.value.kind == "item":
        named.setdefault((False, False), visit)
    elif event.kind == SHUFFLE and (part := called(visit)) is not None:
        named.setdefault(part, visit)


_TEXTS = {
    SPLIT: "split at random",
    SAMPLE: "sampled at random",
    SHUFFLE: "shuffled, and a part of it taken",
    NUMBER: "picked by a random number",
}


def _passes(target: Target) -> bool:
    """Whether a call keeps something in a cache, or lays it out to be looked at."""
    is_cached = target.name.partition(".")[0] in _CACHES and target.api is not None and "saves" in target.api.roles
    return is_cached or target.name.startswith(_TO_SHOW)


def _is_made_up(event: Event) -> bool:
    """Whether one thing is drawn once, or a draw makes up data: a simulated user, a synthetic order."""
    call = event.value
    if not call.loops and (_draws_one(call) or _chooses_one(call)):
        return True
    return _makes_up(event)


def _makes_up(event: Event) -> bool:
    """Whether the code around a draw is called for what makes up data."""
    bodies = {made.body for made in (*event.path, event.value)}
    return any(_MADE_UP.search(f"{body.module.path} {body.scope.name}") for body in bodies)


def _chooses_one(call: Value) -> bool:
    """`choice(rows)`, `choice(len(rows), p=weights)`"""
    return last_name(call) == "choice" and {*call.keywords} <= {"", "p"} and len(keyword(call, "")) == 1


def _draws_one(call: Value) -> bool:
    """`rows.sample()`, `rows.sample(n=1)`: one row, to look at."""
    if not call.calls_method("sample") or call.receiver is None or keyword(call, "frac"):
        return False
    given = [*keyword(call, "n"), *keyword(call, "")[:1]]
    return all(source.kind == "const" and source.data == 1 for source in given)


def _is_looked_at(sample: Value) -> bool:
    """Whether a few rows are only written down, while work goes on with all of them: `rows.sample(64).to_csv(…)`."""
    if not sample.calls_method("sample") or sample.receiver is None or not _draws_few(sample):
        return False
    is_written = all(label == "object" and user.name.startswith("to_") for label, user in sample.uses)
    later = (user for _, user in sample.receiver.uses if user.at > sample.at)
    return is_written and any(user.kind != "attr" or user.name not in _LOOKS for user in later)


def _draws_few(sample: Value) -> bool:
    """Whether a literal says how few rows are drawn at most: `sample(64)`, `sample(min(64, len(rows)))`."""
    given = [*keyword(sample, "n"), *keyword(sample, "")[:1]]
    numbers = [each for source in given for each in (source.arguments if source.calls_external("min") else [source])]
    return any(isinstance(each.data, int) and each.data <= FEW for each in numbers if each.kind == "const")


def _is_example(visit: Visit) -> bool:
    """Whether a call is given rows only to show what they are like."""
    given = visit.parent.value if visit.parent is not None else None
    keywords = {keyword for keyword, source in visit.value.named_arguments if source is given}
    return bool(keywords) and keywords <= _EXAMPLES


def _draws_negatives(event: Event) -> bool:
    """Whether a draw only makes up examples of what nobody chose, beside those that somebody did: how a model is
    trained, and no choice of its rows."""
    calls = (*event.path, event.value)
    names = [name for call in calls for name in (call.body.scope.qualname, *call.body.names_of(call))]
    return event.kind in (SAMPLE, NUMBER) and any(map(_NEGATIVES.search, names))


def _is_tried(event: Event) -> bool:
    """Whether rows are drawn behind a flag that says that all of it is only tried out: `if smoke_test:`."""
    tests = (test for call in (*event.path, event.value) for test, answer in ways(call.body, call.at) if answer)
    return any(_TRIES.search(_name(test)) for test in tests)


def _name(test: Value) -> str:
    """What a flag is called: a variable, a parameter, a field, `config["debug"]`, `config.get("debug")`."""
    if test.kind in ("global", "free"):
        return test.variable[1]
    if test.kind == "item" or test.calls_method("get"):
        key = test.key if test.kind == "item" else next((source.data for source in test.arguments), None)
        return key if isinstance(key, str) else ""
    return test.name if test.kind in ("param", "attr") else ""


def _augments(number: Value) -> bool:
    """Whether a number is drawn by an object that is called with one example, to change it: a random crop."""
    scope = number.body.scope
    return scope.name == "__call__" and len(scope.parameters) > 1

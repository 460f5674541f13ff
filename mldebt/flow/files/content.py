"""Where the content that a read brings in goes: through which code, into which models, datasets and files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

import msgspec

from mldebt.flow.conditions.constancy import Constancy
from mldebt.flow.files.filenames import holds_no_data
from mldebt.flow.files.files import Files
from mldebt.flow.files.held import Makings, holds_another
from mldebt.flow.files.parts import Name, Parts, Reading
from mldebt.flow.files.paths import gives_text
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.idioms import root
from mldebt.flow.linking import Target
from mldebt.flow.rows.answers import fills_in_metrics
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.sameness import arguments
from mldebt.flow.tasks.handovers import PUSH
from mldebt.flow.types.models import Models, Use
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, STACK_LIMIT, Flow, Stack, Step, Visit
from mldebt.regex import regex
from mldebt.rulebook import Api

REACH_LIMIT = 2500
VERSIONS = 20
MADE_FEATURES = "made features"
TRIES = 6
"""So often a step that may take something else than content is looked at again."""
STOPS = frozenset({"logs", "plots", "tracks", "seeds", "serves", "configures", "orchestrates", "consumes", "registers"})
WRITES = frozenset({"saves", "stores"})
ITSELF_A_MODEL = frozenset({"fits", "tunes", "predicts", "optimizes"})
OPAQUE = frozenset(
    """len print isinstance issubclass type hasattr id callable repr any all range hash os.path.exists os.path.isfile
    os.path.isdir os.makedirs os.remove os.unlink shutil.rmtree hashlib.md5 hashlib.sha1 hashlib.sha224 hashlib.sha256
    hashlib.sha384 hashlib.sha512 hashlib.blake2b hashlib.blake2s hashlib.new zlib.crc32 zlib.adler32""".split()
)
"""What says something of content, if only a name for it, and gives none of it back."""
TABLES = ("pandas.", "polars.", "pyspark.sql.", "dask.dataframe.", "cudf.")
NOT_CONTENT = frozenset({"shape", "size", "ndim", "dtype", "dtypes", "columns", "closed", "attrs"})
_FOLDERS = frozenset({"parent", "parents"})
_ASKING = ("isin", "is_in")
"""Methods whose argument only says which rows are meant."""
SETTINGS = frozenset(
    """** params param_grid param_distributions parameters hyp hyps hparams hyperparams hyperparameters config configs
    configuration cfg conf args kwargs opt opts options settings flags callbacks columns cols column_names usecols
    feature_columns feature_cols feature_names on left_on right_on by dtype id_vars value_vars""".split()
)
"""What says how content is treated, or which of its columns are."""
_SETTING_ENDS = ("_config", "_cfg", "_conf", "_options", "_opts", "_settings")
_SETTINGS_CLASS = regex(r"(Settings|Config(uration)?|Options|Hparams|HyperParameters)$")
"""A class whose objects say how something is done."""
_READ_ONLY = frozenset("columns usecols names dtype filters parse_dates index_col skiprows nrows converters".split())
"""What a read is asked for, beside where."""
_CONNECTIONS = frozenset({"", "con", "conn", "connection", "engine", "session", "bind"})
"""As what a function that asks a database is given that."""
_NUMBERS = ("int", "float", "bool")
_GOES_TO = frozenset("""selenium.webdriver.remote.webdriver.WebDriver.get playwright.sync_api.Page.goto""".split())
"""What leads a browser to a page, which it then has."""
_PAGE = "page_source"
_OF_PAGE = frozenset(
    f"""{_PAGE} find_element find_elements find_element_by_id find_element_by_xpath find_element_by_css_selector
    find_element_by_class_name find_elements_by_xpath find_elements_by_css_selector find_elements_by_class_name
    find_elements_by_tag_name content query_selector query_selector_all locator inner_text inner_html""".split()
)
"""What a browser is asked of the page that it shows."""
_IN_TURN = frozenset({"element", "item", "operation", "template", "comprehension", "same", "phi", "passed"})
_LISTING = ("sorted", "list", "tuple", "enumerate", "str")
"""What becomes of members that are gone through one by one, and what puts them in a row."""


DATA_WRITES = regex(
    r"(^numpy\.save\w*|\.to_(csv|parquet|pickle|feather|hdf|sql|gbq|excel|records|table)|\.writerows?|\.write_table"
    r"|^polars\.\w+\.(write|sink)_(csv|parquet|ipc|ndjson|json|delta|avro|database))$"
)


_OF_RECORDS = regex(
    r"\.(csv|tsv|jsonl?|ndjson|parquet|feather|arrow|avro|xlsx?|orc)(\.(gz|zip|bz2|zst))?\Z", re.IGNORECASE
)
"""Endings of files that hold records."""
_DELETES = regex(r"\.a?(delete|remove|drop|truncate|flush)\w*$")
_IN_MEMORY = ("io.StringIO", "io.BytesIO", "StringIO.StringIO")
_CSV_WRITERS = ("csv.writer", "csv.DictWriter")
_NO_DATA_WRITER = regex(
    r"^_*(write|save|store|append|dump|export|upload|insert|record|update)_(\w+_)?"
    r"(metrics|evaluations?|checkpoints?|reports?|manifests?|progress|failures?|errors?|drift)(_|$)"
)
"""Functions that say that what they write are metrics, a report, or how far the work has come."""
_REPORTS = regex(r"(^|/)(\w+_)?(reports?|figures?|plots?|charts?|dashboards?)/([^/]+/)*[^/]*$", re.IGNORECASE)
"""Where what is written is read by people."""
_WRITTEN = Use("written", "written as a data set here")
_SENT = Use("sent", "sent to a service")


class End(msgspec.Struct, frozen=True):
    """Where content is used, what for, and the last visit before."""

    value: Value
    use: Use
    visit: Visit


class Reach(msgspec.Struct, frozen=True):
    """Everything that the content of one read became. `useful` are the visits from which one of the ends is reached;
    where a model gets the content, what is only done for its metrics comes after. `first` are those of them on the ways
    by which each end is met first: of `fit(rows, labels)`, one."""

    read: Value
    useful: tuple[Visit, ...]
    ends: tuple[End, ...]
    sent: tuple[Value, ...] = ()
    """The calls that send it to a service."""
    first: tuple[Visit, ...] = ()


class _Place(msgspec.Struct, eq=False):
    """Where walks come by: a value, and the calls that are open there. What follows is the same for all of them."""

    value: Value
    stack: Stack
    onward: _Onward | None = None


class _Move(msgspec.Struct, eq=False):
    """One step; `part` is what it reads of a whole, and `is_whole` says that it can take nothing but what is there."""

    label: str
    place: _Place
    part: Name | None
    is_whole: bool


class _Onward(msgspec.Struct, frozen=True):
    """Where the steps from a place in the team's own code lead, and the ends met on them, each with its use; what was
    only written has None. `written`: the ends that are met by way of a file."""

    moves: tuple[_Move, ...]
    ends: tuple[tuple[Value, Use | None], ...]
    written: frozenset[Value]


_NO_FILE: frozenset[Value] = frozenset()
"""Shared: nearly all moves are met without a file, and even an empty set of its own would be most of one."""


class Contents:
    """Forward walks of content, each bounded."""

    def __init__(self, flow: Flow, models: Models, files: Files) -> None:
        self.flow = flow
        self.models = models
        self.files = files
        self.reading = Reading(flow)
        self._places: dict[tuple[Value, Stack], _Place] = flow.passing({})
        """Those of any walk: the walks of many reads go the same ways."""

    def place(self, value: Value, stack: Stack) -> _Place:
        """The one place where a value is met under some open calls."""
        found = self._places.get((value, stack))
        if found is None:
            found = self._places[value, stack] = _Place(value, stack)
        return found

    def move(self, step: Step) -> _Move:
        """A step to the place where it leads."""
        value = step.value
        part = self.reading.part(value) if step.label == "object" else None
        is_whole = step.label != "object" or (part is None and value.kind != "attr")
        return _Move(step.label, self.place(value, step.stack), part, is_whole)

    def reach(self, read: Value) -> Reach:
        """Follow the result of a read to where it is used."""
        return _Walk(self, read).run()


class _Walk:
    """One walk under way."""

    def __init__(self, contents: Contents, read: Value) -> None:
        self.contents = contents
        self.flow = contents.flow
        self.models = contents.models
        self.files = contents.files
        self.drawn = contents.flow.shared(Drawn)
        self.constancy = contents.flow.shared(Constancy)
        self.read = read
        self._met: list[tuple[Value, Use | None]] = []
        self._by_file: set[Value] = set()
        self.ends: dict[Value, End] = {}
        self.written: dict[Value, End] = {}
        self.sent: dict[Value, None] = {}
        self.meeting: defaultdict[Value, list[Visit]] = defaultdict(list)
        """The visits that an end is met from: `fit(rows, labels)` is met by two ways."""
        self.queue: list[tuple[Visit, _Place]] = []
        """The visits in order, those that were gone on from first."""
        self.seen: dict[_Place, Visit] = {}
        self.before: dict[Visit, list[Visit]] = {}
        self.left: defaultdict[Visit, dict[tuple[Visit, _Move], None]] = defaultdict(dict)
        """Steps that are put off until content is met again at a visit."""
        self.tries: dict[tuple[Visit, _Move], int] = {}
        self.parts = Parts(self.flow, self.before)
        self.makings = Makings()

    def run(self) -> Reach:
        starts = (self.read, *self._fetches())
        self.queue += [(Visit(value, ()), self.contents.place(value, ())) for value in starts]
        for visit, place in islice(self.queue, REACH_LIMIT):
            for move in self._follow(visit, place):
                if move.place.value in starts or (move.label == "file" and _is_vocabulary(visit)):
                    continue  # what the program puts where it reads from is no step on the way from there
                self._take(visit, move)
        visits = [visit for visit, _ in self.queue[:REACH_LIMIT]]
        ends = tuple(self._all_ends().values())
        asked = [end for end in ends if end.use.kind != "evaluation"] or ends
        first = useful = _upstream([end.visit for end in asked], self.before)
        if any(end.use.kind != "evaluation" for end in asked):  # what is told of metrics comes back to them
            useful = _upstream([visit for end in asked for visit in self.meeting[end.value]], self.before)
        return Reach(
            read=self.read,
            useful=tuple([visit for visit in visits if visit in useful]),
            ends=ends,
            sent=tuple(self.sent),
            first=tuple([visit for visit in visits if visit in first]),
        )

    def _all_ends(self) -> dict[Value, End]:
        """Every use of the content; that it is written down counts where nothing else becomes of it, or where a column
        was encoded on the way, which is a step more than an end."""
        if all(end.use.text.startswith(MADE_FEATURES) for end in self.ends.values()):
            return {**self.ends, **self.written}
        return self.ends

    def _take(self, visit: Visit, move: _Move) -> None:
        """Go a step, unless it takes something else than content of an object that was made with both; when content is
        met again on its way into the object, it may be what was taken. So with the parts of a record."""
        if not move.is_whole and self._is_put_off(visit, move):
            return
        place = move.place
        if place not in self.seen:
            after = self.seen[place] = Visit(place.value, place.stack, move.label, visit, visit.depth + 1)
            self.before[after] = [visit]
            self.queue.append((after, place))
            return
        after = self.seen[place]
        self.before[after].append(visit)
        if after in self.left:
            for left in self.left.pop(after):
                self._take(*left)

    def _is_put_off(self, visit: Visit, move: _Move) -> bool:
        """Whether a step takes something else than content, as far as is known; each is looked at a few times, and gone
        once."""
        asked = (visit, move)
        tried = self.tries.get(asked, 0)
        if tried >= TRIES:
            return True
        ways = self._around(visit, move)
        for way in ways:
            self.left[way][asked] = None
        self.tries[asked] = tried + (1 if ways else TRIES)
        return bool(ways)

    def _around(self, visit: Visit, move: _Move) -> tuple[Visit, ...]:
        """The visits where content came into a whole, when a step takes something else of it."""
        read = move.place.value
        made = self.makings.of(visit) if read.kind == "attr" else None
        if made is not None and holds_another(self.flow, made, read.data, self.before.__getitem__):
            return (made,)
        return self.parts.elsewhere(move.part, visit) if move.part is not None else ()

    def _fetches(self) -> list[Value]:
        """`cursor.execute(…)` leaves what it found in the cursor: what is called on it, and loops over it, until the
        next statement."""
        receiver = self.read.receiver
        api = self.flow.api(self.read) if receiver is not None else None
        if receiver is not None and api is not None and api.name in _GOES_TO:
            return list(self._of_page(receiver))
        if receiver is None or api is None or api.returns != "self" or any(True for _ in self.read.uses):
            return []
        found = []
        for user in sorted(_uses_of(receiver), key=lambda user: user.at):
            if user.at <= self.read.at or user is self.read:
                continue
            if user.kind == "call" and self.flow.api(user) == api:
                break
            found.append(user)
        return found

    def _of_page(self, browser: Value) -> Iterator[Value]:
        """What a browser is asked of the page that it was led to, in the same function."""
        first = _variable(browser)
        for node in browser.body.nodes:
            if node.kind != "attr" or node.data not in _OF_PAGE or node.at <= self.read.at:
                continue
            if _variable(node.source) == first:
                if node.data == _PAGE:
                    yield node
                else:
                    yield from (call for used_as, call in node.uses if used_as == "function")

    def _follow(self, visit: Visit, place: _Place) -> tuple[_Move, ...]:
        """The steps from a visit; notes the ends that are met on them."""
        found = place.onward
        if found is None:
            found = place.onward = self._onward(visit)
        for value, use in found.ends:
            if value in found.written and _is_vocabulary(visit):
                continue
            self.meeting[value].append(visit)
            if use is _SENT:
                self.sent[value] = None
            elif use is not None:
                self.ends.setdefault(value, End(value, use, visit))
            else:
                self.written.setdefault(value, End(value, _WRITTEN, visit))
        return found.moves

    def _onward(self, visit: Visit) -> _Onward:
        self._met.clear()
        self._by_file.clear()
        own = [step for step in self._steps(visit) if step.value.body.module.category == "product"]
        moves = tuple([self.contents.move(step) for step in own])
        return _Onward(moves, tuple(self._met), frozenset(self._by_file) if self._by_file else _NO_FILE)

    def _end(self, value: Value, use: Use | None, stack: Stack = ()) -> None:
        """What content is met at, unless a call on the way says that this is not done: `prepare(rows, fit=False)`."""
        if use is not None and stack and self.constancy.never(value, frozenset(stack)):
            return
        if use is not None and use.text.startswith("given to") and self.models.optimizes_in(value.body):
            use = Use("training", f"{use.text} in a training loop")
        if use is not None:
            self._met.append((value, use))

    # ------------------------------------------------------------------ steps

    def _steps(self, visit: Visit) -> list[Step]:
        found: list[Step] = []
        for label, user in visit.value.uses:
            kind = user.kind
            if kind == "call":
                if label == "arg":
                    found.extend(self._given(visit, user))
                elif label == "function" and visit.value.kind == "attr":
                    found.extend(self._on(visit, user))
            elif kind == "return":
                if not visit.stack:
                    self._end(user, self.models.hands_out(user.body.module.index, user.body.number))
                found.extend(self.flow.leave(user.body, visit.stack))
            elif kind == "store":
                found.extend(self._stored(visit, label, user))
            elif _goes_on(label, user) and not self._only_asks(label, visit.value, user):
                found.append(Step(label, user, visit.stack))
        found.extend(self.flow.outlive(visit.value, visit.stack))
        return found

    def _stored(self, visit: Visit, label: str, store: Value) -> list[Step]:
        if label == "key" and self._keeps_object(store):
            return []
        reads = self.flow.reads_of_store(store) if label == "value" else ()
        near = (Step(each.label, each.value, visit.stack if each.value.body is store.body else ()) for each in reads)
        return [Step(label, store, visit.stack), *near]  # a method that reads what it has just put by was called once

    def _keeps_object(self, store: Value) -> bool:
        """Whether an object of a class of the team's own is kept under a key: that names it, and it is no record of
        what it is named by."""
        given = store.one("value")
        return given is not None and any(not isinstance(each.name, str) for each in self.flow.types(given))

    def _only_asks(self, label: str, value: Value, user: Value) -> bool:
        """Whether content only says what is taken of something else: which columns of a table, or the folder of a file
        that it names."""
        if user.kind == "attr":
            return user.data in _FOLDERS and any(each.name == "pathlib.Path" for each in self.flow.types(value))
        return label == "key" and self._names_columns(value, user)

    def _names_columns(self, key: Value, item: Value) -> bool:
        """Whether a key says which columns of a table are taken; a mask, made by comparing, takes rows."""
        return self._is_table(item.source) and key.kind != "operation" and not self._is_table(key)

    def _is_table(self, value: Value) -> bool:
        return any(isinstance(each.name, str) and each.name.startswith(TABLES) for each in self.flow.types(value))

    def _given(self, visit: Visit, call: Value) -> list[Step]:
        """Content as an argument."""
        found: list[Step] = []
        if call.calls_method(*_ASKING) or (self._opens(call) and self.files.paths.path(call) is visit.value):
            return found
        if call.calls_method(PUSH):
            return [Step("handed over", pull, ()) for pull in self.flow.handovers.pulls(call)]
        through = not self.flow.targets(call) and not _only_sets(visit.value, call)
        for target in self.flow.targets(call):
            if target.kind == "func":
                use = self.models.uses(target)
                self._end(call, use, visit.stack)
                if use is None or use.kind == "features":
                    found.extend(self._enter(visit, call, target.module, target.scope))
            elif target.kind == "class":
                found.extend(self._made(visit, call, target))
            elif self._writes(target, call):
                if target.api is not None and "embeds" in target.api.roles and _as_data(visit.value, call):
                    self._end(call, self.models.used_by(target), visit.stack)
                found.extend(self._write(call, visit.stack))
            else:
                through |= self._outside(visit, call, target)
        return [*found, *self._through(visit.value, call, visit.stack)] if through else found

    def _enter(self, visit: Visit, call: Value, module: int, scope: int) -> list[Step]:
        steps = self.flow.into_function(visit.value, call, module, scope, visit.stack)
        return [step for step in steps if _is_content(step.value.data)]

    def _made(self, visit: Visit, call: Value, target: Target) -> list[Step]:
        """Content that an object is made of. One that is given it as its settings alone works as they say, and holds
        none; nor does one that is settings itself."""
        cls = (target.module, target.scope)
        if _SETTINGS_CLASS.search(self.flow.scope(*cls).name):
            return []
        found: list[Step] = []
        init = self.flow.initializer(cls)
        if init is not None and init.kind == "func":
            steps = self.flow.into_function(visit.value, call, init.module, init.scope, visit.stack)
            found = [step for step in steps if _is_content(step.value.data)]
            if steps and not found:
                return []
        found.append(Step("constructs", call, visit.stack))
        if self.models.is_dataset(cls):
            self._end(call, Use("dataset", f"handed to {self.flow.scope(*cls).name}"))
        return found

    def _outside(self, visit: Visit, call: Value, target: Target) -> bool:
        """A library's function gets content; whether its result is content again."""
        api = target.api
        if target.name in OPAQUE or (target.name in _NUMBERS and _is_whole_text(visit.value)):
            return False
        if api is None:
            return not _only_sets(visit.value, call)
        is_data = _as_data(visit.value, call) or _is_spread(visit.value, call, api)
        if not is_data or "calls_llm" in api.roles or self._only_asked_with(visit.value, call, api):
            return False
        if "reads" in api.roles and self._opens_no_data(visit.value, call):
            return False
        use = self.models.used_by(target)
        if target.guessed and self.drawn.is_for(call.body):
            use = None  # a curve is fitted for a picture
        if use is not None:
            self._end(call, use, visit.stack)
            return use.kind in ("features", "dataset")
        asks = api.medium in ("url", "api") and "saves" in api.roles  # what a service answers is its own
        if asks:
            self._met.append((call, _SENT))
        return not api.roles & STOPS and not asks and api.medium != "registry"

    def _opens_no_data(self, value: Value, call: Value) -> bool:
        """Whether a value only says where a file lies that holds settings, labels or metrics."""
        if self.files.paths.path(call) is not value:
            return False
        told = [text for text in self.files.paths.texts(value) if not HOLES.fullmatch(text)]
        return bool(told) and all(map(holds_no_data, told))

    def _only_asked_with(self, value: Value, call: Value, api: Api) -> bool:
        """Whether a read is only told by a value what to bring: which columns or rows, or, of a database, by the
        statement and what is bound to it. What it brings is another's content."""
        if "reads" not in api.roles:
            return False
        given = [keyword for keyword, source in arguments(call) if source is value]
        if api.medium == "table":
            return (
                call.receiver is not None or self.files.paths.path(call) is value or not _CONNECTIONS.issuperset(given)
            )
        return all(keyword in _READ_ONLY for keyword in given)

    def _on(self, visit: Visit, call: Value) -> list[Step]:
        """A method of content."""
        found: list[Step] = []
        through = not self.flow.targets(call)
        for target in self.flow.targets(call):
            api = target.api
            if target.kind == "func":
                found.extend(self._as_receiver(call, target, visit.stack))
            elif self._writes(target, call):
                found.extend(self._write(call, visit.stack))
            else:
                through |= api is None or not api.roles & (STOPS | ITSELF_A_MODEL)
        receiver = call.inputs[0][1].inputs[0][1]
        return [*found, *self._through(receiver, call, visit.stack)] if through else found

    def _as_receiver(self, call: Value, target: Target, stack: Stack) -> list[Step]:
        method = target.receiver is not None and self.flow.is_method(
            self.flow.program.modules[target.module], target.scope
        )
        if not method or len(stack) >= STACK_LIMIT or call in stack:
            return []
        own = next(iter(self.flow.body(target.module, target.scope).params.values()), None)
        return [Step("argument", own, (*stack, call))] if own is not None else []

    def _through(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        callbacks = [self.flow.into_callback(value, call, key, stack) for key in self.flow.callbacks(call)]
        return [Step("through", call, stack), *(step for steps in callbacks for step in steps)]

    # ------------------------------------------------------------------ through files

    def _writes(self, target: Target, call: Value) -> bool:
        if target.api is None or not target.api.roles & WRITES or gives_text(call):
            return False
        return not self.files.paths.is_read(call)

    def _opens(self, call: Value) -> bool:
        """Whether a call writes, and what it was given is only the path."""
        return any(self._writes(target, call) for target in self.flow.targets(call))

    def _write(self, call: Value, stack: Stack) -> list[Step]:
        """Content is written; it goes on where that file is read."""
        readers = self.files.readers(call, stack)
        self._by_file.update((call, *(reader.call for reader in readers)))
        for reader in readers:
            self._end(reader.call, reader.use)
        if (not readers or self._is_shared(call)) and self._makes_dataset(call, stack):
            self._met.append((call, None))
        onward = (reader for reader in readers if reader.use is None and not _is_before(reader.call, call))
        return [Step("file", reader.call, reader.stack) for reader in onward][:FAN_OUT]

    def _is_shared(self, call: Value) -> bool:
        """Whether a write is to a table or a store, which others read, whoever reads it in sight, too."""
        api = self.flow.api(call)
        return api is not None and api.medium in ("table", "bucket")

    def _makes_dataset(self, call: Value, stack: Stack) -> bool:
        """Whether a write leaves records behind, not a text, a report or a model."""
        api = self.flow.api(call)
        if api is None or _DELETES.search(api.name):
            return False
        if not (api.medium == "table" or DATA_WRITES.search(api.name) or self._puts_data(call, api, stack)):
            return False
        if self._fills_text(call):
            return False
        if _NO_DATA_WRITER.search(call.body.scope.name) or fills_in_metrics(call.body):
            return False
        path = self.files.paths.path(call)
        texts = self.files.paths.texts(path, stack if path.body is call.body else ()) if path is not None else ()
        return not any(holds_no_data(text, written=True) or _REPORTS.search(text) for text in texts)

    def _puts_data(self, call: Value, api: Api, stack: Stack) -> bool:
        """Whether an object is put into a store under a name that says that it holds records."""
        texts = self.files.paths.texts_at(call, stack) if api.medium == "bucket" else ()
        told = [text for text in texts if not HOLES.fullmatch(text)]
        return any(_OF_RECORDS.search(text) and not holds_no_data(text, written=True) for text in told)

    def _fills_text(self, call: Value) -> bool:
        """Whether rows are written into a text in memory: an answer, a report."""
        writer = call.receiver
        while writer is not None and not writer.calls_external(*_IN_MEMORY):
            if writer.kind == "call":
                writer = next(iter(writer.arguments), None) if writer.calls_external(*_CSV_WRITERS) else None
            else:
                writer = writer.source if writer.kind in ("passed", "same", "mutate") and writer.inputs else None
        return writer is not None


def _is_before(read: Value, write: Value) -> bool:
    """Whether a read is done and over when the same code writes the file: what it brought was another run's."""
    return read.body is write.body and read.at < write.at and not read.loops


def _variable(value: Value) -> object:
    """What holds a value, whichever version of it is there: a name, or a field of an object."""
    for _ in range(VERSIONS):
        if value.kind not in ("mutate", "store", "passed", "same", "phi") or not value.inputs:
            break
        value = value.source
    return (value.data, root(value.source)) if value.kind == "attr" else value


def _uses_of(receiver: Value) -> list[Value]:
    """The calls of an object's methods and the loops over it; of an attribute, wherever its function reads it."""
    holders = [receiver]
    if receiver.kind == "attr":
        nodes = (node for node in receiver.body.nodes if node.kind == "attr" and node.data == receiver.data)
        holders = [node for node in nodes if node.source is receiver.source]
    found = []
    for holder in holders:
        for label, user in holder.uses:
            if user.kind == "element":
                found.append(user)
            elif user.kind == "attr" and label == "object":
                found += [call for used_as, call in user.uses if used_as == "function"]
    return found


def _goes_on(label: str, user: Value) -> bool:
    if user.kind == "element":
        return True
    if user.kind == "attr" and user.data in NOT_CONTENT:
        return False
    return user.kind != "compare" and label not in ("call", "condition", "test", "bound", "iterable")


def _is_content(name: object) -> bool:
    """Whether a parameter may take content; settings say how it is treated."""
    setting = name in SETTINGS or (isinstance(name, str) and name.endswith(_SETTING_ENDS))
    return not setting or name == "kwargs"


def _as_data(value: Value, call: Value) -> bool:
    """Not as settings: `train(**params)`, `fit(params=…)`."""
    return any(source is value and keyword not in SETTINGS for keyword, source in arguments(call))


def _is_spread(value: Value, call: Value, api: Api) -> bool:
    """Whether a model is called with what a tokenizer made of texts, name by name: `model(**encoded)`."""
    is_model = "predicts" in api.roles and api.name.endswith(".__call__")
    return is_model and any(source is value and keyword == "**" for keyword, source in arguments(call))


def _only_sets(value: Value, call: Value) -> bool:
    """Whether an unknown method is given a value as its settings alone: `collection.query(**asked)`; a class that is
    called so is made of it."""
    is_method = call.receiver is not None and call.function.name[:1].islower()
    return is_method and all(keyword == "**" for keyword, source in arguments(call) if source is value)


def _is_whole_text(value: Value) -> bool:
    """Whether a value is all that a file says, or one of its lines: as a number, a count or a state and no data."""
    while value.calls_method("strip", "rstrip") and value.receiver is not None:
        value = value.receiver
    line = value.kind == "item" and isinstance(value.key, int) and value.source.calls_method("readlines")
    return line or value.calls_method("read", "readline", "read_text")


def _is_vocabulary(visit: Visit) -> bool:
    """Whether what is written down are the members of a set, one by one or together: the words, labels or ids that
    there are, no rows."""
    way: Visit | None = visit
    while way is not None and not _is_set(way.value):
        if (
            way.value.kind not in _IN_TURN
            and not way.value.calls_external(*_LISTING)
            and not way.value.calls_method("join")
        ):
            return False
        way = way.parent
    return way is not None


def _is_set(value: Value) -> bool:
    if value.kind == "mutate":
        return value.data == "add"
    made = value.kind in ("comprehension", "collection") and value.data == "set"
    return made or value.calls_external("set", "frozenset")


def _upstream(starts: list[Visit], before: dict[Visit, list[Visit]]) -> set[Visit]:
    """Every visit from which one of some visits is reached."""
    found = set(starts)
    waiting = list(starts)
    while waiting:
        for visit in before.get(waiting.pop(), ()):
            if visit not in found:
                found.add(visit)
                waiting.append(visit)
    return found

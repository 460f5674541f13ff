"""Where a model's training data comes from: back from the calls that train it to the reads, each with what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.files.content import SETTINGS
from mldebt.flow.files.paths import Paths
from mldebt.flow.linking import ClassKey, Target, is_self
from mldebt.flow.sameness import arguments
from mldebt.flow.steps import Stack, Step, StepFunction, Visit, may_enter
from mldebt.flow.types.at_hand import AtHand
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.named_reads import EMPTY, NamedReads
from mldebt.pipeline.models.register import JOB, TrainedModel
from mldebt.pipeline.objects import Objects
from mldebt.pipeline.spelling import Spelling
from mldebt.regex import regex

WALK_LIMIT = 2500
METHOD_DEPTH = 3
STARTS = 12
COUNTED_LIMIT = 6
CHANNELS = 8
_NOT_DATA = SETTINGS | frozenset("model estimator optimizer criterion loss scheduler eval_metric verbose".split())
_EVALUATED = regex(r"^(evaluation|eval|validation|valid|val|test|dev|holdout)(_|s?$)", re.IGNORECASE)
"""Arguments of what trains that hold data to measure it by: `eval_dataset`, `validation_data`, `val_dataloaders`."""
_HELD_OUT = regex(
    r"_(eval|evaluation|validation|valid|val|test|dev|holdout)$|^(eval|validation|valid|val)_", re.IGNORECASE
)
"""Parameters of the team's own functions that do."""
_DATA_WORDS = frozenset("data dataset datasets train_data train_file training_data data_path corpus_file input".split())
_DATA_NAMES = _DATA_WORDS | frozenset(
    """X x y sequences corpus documents sentences train_dataset dataset inputs trainset train_set train_dataloaders
    train_dataloader train_loader datamodule
    train_objectives dtrain interactions user_items item_users corpus_iterable ** *""".split()
)
_TEXTS = frozenset({"const", "template", "operation"})
_SKIPPED = frozenset({"key", "call", "test", "condition", "bound"})
_COUNTS = ("range", "numpy.arange", "tqdm.trange", "tqdm.auto.trange", "itertools.count", "torch.arange")
_SHARDS = frozenset({"get_dataset_shard"})
_FILLS = frozenset("append appendleft add extend insert put update".split())


class Origin(msgspec.Struct, frozen=True):
    """A read that training data comes from, and what it reads as the code names it."""

    read: Value
    text: str
    stack: Stack = ()
    """The calls that are open there."""
    path: Value | None = None
    """What names it, where it is not what the read is given: the folder in which a file was found."""


class Origins:
    """Questions about the data behind models."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)
        self.models = flow.shared(Models)
        self.objects = flow.shared(Objects)
        self.spelling = Spelling(self.paths)
        self.back = flow.remembered(self._find_back)
        """What data was made from; not what only decided on it."""
        self.named = NamedReads(self.paths, self.back)
        self._last: tuple[TrainedModel, list[Visit]] | None = None
        self._hands: dict[ClassKey | None, AtHand] = {}

    def of(self, model: TrainedModel) -> list[Origin]:
        """What a model is trained on, the first met first, each text once. A walk that forgets on behalf of whom it is
        under way (through an object's field, to any caller of a method) finds what counts only where nothing else is
        known, and for a class that nobody trains in sight not at all."""
        found = {origin.text: origin for call in model.trained for origin in self._named_in_call(call)}
        vague: dict[str, Origin] = {}
        spelling = Spelling(self.paths, self.hand(model.cls))
        for visit in self.visits(model):
            value = visit.value
            if value.kind == "param":
                found.update((name, Origin(value, name)) for name in self.flow.nodes.entering(value))
            if value.kind == "call" and self.named.is_source(value):
                for named in self.named.of(value, visit.stack, spelling):
                    lost = model.cls is not None and any(map(self._forgets, (visit, *named.ways)))
                    (vague if lost else found).setdefault(
                        named.text, Origin(value, named.text, visit.stack, named.path)
                    )
        if not found and any(self._around(call) is None for call in model.trained):
            found = vague
        return _telling(list(found.values()))

    def _forgets(self, visit: Visit) -> bool:
        """Whether a walk went where the objects of other classes meet it too."""
        path = visit.path()
        return any(
            not after.stack and not self._is_alike(before.value)
            if after.label == "field"
            else after.label == "argument" and not before.stack
            for before, after in pairwise(path)
        )

    def _is_alike(self, attribute: Value) -> bool:
        """Whether every object that has an attribute has the same in it, as far as its own class decides."""
        if attribute.kind != "attr":
            return False
        around = self._around(attribute) if is_self(attribute.source) else None
        classes = [each.name for each in self.flow.types(attribute.source)] if around is None else [around]
        stored = {value for cls in classes if isinstance(cls, tuple) for value in self.flow.stored(cls, attribute.name)}
        return len(stored) == 1

    def visits(self, model: TrainedModel) -> Iterator[Visit]:
        """Everything that the data which a model is trained on was made from, each way beginning where it trains."""
        if self._last is None or self._last[0] is not model:  # several columns of a record ask for the same
            self._last = (model, list(self._visits(model)))
        return iter(self._last[1])

    def _visits(self, model: TrainedModel) -> Iterator[Visit]:
        step = self.within(model.cls)
        for start, stack in list(dict.fromkeys(self._starts(model)))[:STARTS]:
            yield from self.flow.walk(start, step, stack=stack, limit=WALK_LIMIT)

    def behind(self, value: Value) -> list[Origin]:
        """The data that a value was made from."""
        found: dict[str, Origin] = {}
        for visit in self.flow.walk(value, self.back, limit=WALK_LIMIT):
            read = visit.value
            if read.kind == "call" and self.named.is_source(read):
                found.update(
                    (each.text, Origin(read, each.text)) for each in self.named.of(read, visit.stack, self.spelling)
                )
        return _telling(list(found.values()))

    # ------------------------------------------------------------------ where to begin

    def _starts(self, model: TrainedModel) -> Iterator[tuple[Value, Stack]]:
        """What the calls that train are given, for a loop by hand what it goes over; inside a method, as its caller
        calls it. What stands in methods that nobody calls in sight comes last."""
        hand = self.hand(model.cls)
        trained = [call for call in model.trained if call.kind == "call" and not hand.never(call, ())]
        outside = [call for call in trained if self._around(call) is None]
        inside = [call for call in trained if self._around(call) is not None]
        found = [start for call in outside for start in self._fed(call, (), 0)]
        found = found or [start for call in inside for start in self._fed(call, (), 0)]
        if all(map(self._counts, found)):
            found += self._asked(model, trained)
        return iter(found)

    def _counts(self, start: tuple[Value, Stack]) -> bool:
        """Whether a loop goes over numbers that it counts: `tqdm(range(epochs))`."""
        for visit in self.flow.walk(start[0], self.flow.back, stack=start[1], limit=COUNTED_LIMIT):
            if visit.value.calls_external(*_COUNTS):
                return True
        return False

    def _asked(self, model: TrainedModel, trained: list[Value]) -> Iterator[tuple[Value, Stack]]:
        """What the model is asked about in the loop that trains it, where the loop only counts the rounds."""
        loops = {(call.body, call.loops) for call in trained}
        for call in model.asked:
            if (call.body, call.loops) in loops:
                yield from ((source, ()) for source in call.arguments if _may_be_data(source))

    def _fed(self, call: Value, stack: Stack, depth: int) -> Iterator[tuple[Value, Stack]]:
        if self._starts_job(call) and any(self._named_in_call(call)):
            return  # a job reads what it is told by its address
        own = [target for target in self.flow.targets(call) if target.kind == "func"]
        measured = self._to_measure(call, own)
        given = [
            source
            for keyword, source in arguments(call)
            if keyword not in _NOT_DATA
            and not _EVALUATED.match(keyword)
            and _may_be_data(source)
            and source not in measured
        ]
        if depth < METHOD_DEPTH and may_enter(call, stack):
            for target in own:
                yield from self._inside(target.module, target.scope, (*stack, call), depth + 1)
        yield from ((source, stack) for source in given)
        yield from ((source, stack) for source in call.loops)
        function = call.inputs[0][1]
        told = not given or (all(call.keywords) and not _DATA_NAMES & set(call.keywords))
        if told and not call.loops and function.kind == "attr" and not own:
            yield function.inputs[0][1], stack  # what was made with the data learns from it

    def _to_measure(self, call: Value, own: list[Target]) -> set[Value]:
        """What a call gives to parameters that hold data to measure by: `train(self, rows, rows_val)`."""
        found: set[Value] = set()
        for target in own:
            body = self.flow.body(target.module, target.scope)
            for name in body.params:
                if _HELD_OUT.search(name):
                    found.update(self.flow.argument(call, body, name))
        return found

    def _inside(self, module: int, scope: int, stack: Stack, depth: int) -> Iterator[tuple[Value, Stack]]:
        """What the training inside a method is given; what the method goes over when none is seen there."""
        body = self.flow.body(module, scope)
        found = [start for call in body.calls if self._trains(call) for start in self._fed(call, stack, depth)]
        yield from found or [(node.source, stack) for node in body.nodes if node.kind == "element"]

    def _trains(self, call: Value) -> bool:
        """Whether a call trains, or calls a method of the same object that does."""
        if self.flow.roles(call) & TRAINS:
            return True
        if call.inputs[0][1].kind != "attr" or self._around(call) is None:
            return False
        own = (target for target in self.flow.targets(call) if target.kind == "func" and not target.guessed)
        return any(
            self.flow.roles(inner) & TRAINS
            for target in own
            for inner in self.flow.body(target.module, target.scope).calls
        )

    def _named_in_call(self, call: Value) -> Iterator[Origin]:
        """Data that a training call names itself: `model.train(data="coco.yaml")`."""
        if call.kind != "call":
            return
        for keyword, source in (*arguments(call), *self._channels(call)):
            if keyword in _DATA_WORDS and (source.kind in _TEXTS or source.calls_method("format")):
                texts = self.spelling.texts(source, ())
                yield from (Origin(call, text) for text in texts if not EMPTY.fullmatch(text))

    def _channels(self, call: Value) -> Iterator[tuple[str, Value]]:
        """What a job of a platform is told to train on: `job.fit({"train": "s3://…", "validation": "s3://…"})`."""
        if not self._starts_job(call):
            return
        for source in [source for keyword, source in arguments(call) if keyword in ("", "inputs")][:1]:
            for visit in self.flow.walk(source, self.paths.same_back, limit=CHANNELS):
                channel = visit.value
                keys = channel.keys if channel.kind == "dict" else ()
                for key, item in zip(keys, channel.every("item"), strict=False):
                    if not isinstance(key, str) or not _EVALUATED.match(key):
                        told = [item, *(item.arguments[:1] if item.kind == "call" else ())]  # `TrainingInput("s3://…")`
                        yield from (("data", end.value) for each in told for end in self._ends(each))
            yield "data", source

    def _ends(self, value: Value) -> Iterator[Visit]:
        return self.flow.walk(value, self.paths.same_back, limit=CHANNELS)

    def _starts_job(self, call: Value) -> bool:
        """Whether a call starts a job that a platform runs."""
        receiver = call.receiver if call.kind == "call" else None
        return receiver is not None and any(each.name == JOB for each in self.flow.types(receiver))

    # ------------------------------------------------------------------ back

    def within(self, cls: ClassKey | None) -> StepFunction:
        """Steps back that do not go into what the sisters of a class do in its place, nor to what its flags, or the
        arguments of the open calls, switch off."""
        own = {key for key in self.flow.program.ancestry(cls) if isinstance(key, tuple)} if cls is not None else set()
        related = {below for key in own for below in self.flow.program.subclasses(key)} - own
        hand = self.hand(cls)

        def step(value: Value, stack: Stack) -> list[Step]:
            return [
                each
                for each in self.back(value, stack)
                if self._around(each.value) not in related and not hand.never(each.value, each.stack)
            ]

        return step

    def hand(self, cls: ClassKey | None) -> AtHand:
        """What is certain for the objects of a class."""
        if cls not in self._hands:
            self._hands[cls] = AtHand(self.flow, cls)
        return self._hands[cls]

    def _around(self, value: Value) -> ClassKey | None:
        return self.flow.program.enclosing_class(value.body.key)

    def _find_back(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "func":  # a function that is handed over as data stands for what it gives
            return [Step("called", self.flow.body(*value.scope_key).returns, stack)]
        if value.kind == "param" and value.data in SETTINGS:
            return []
        if self._makes_job(value):
            return []
        stack = self.objects.opened(value, stack)
        aside = _kept_to_measure(value)
        steps = [
            step
            for step in self.objects.kept(value, stack, self.flow.back(value, stack))
            if step.value not in aside
            and (step.label not in _SKIPPED or (step.label == "key" and _marks(value)))
            and step.value.body.module.category == "product"
        ]
        steps += self._filled(value, stack)
        if value.kind != "call":
            return steps
        named = {source: keyword for keyword, source in arguments(value)}
        kept = [step for step in steps if step.label != "arg" or self._is_trained_on(value, named.get(step.value, ""))]
        return [*kept, *self.objects.items(value, stack), *self._sharded(value)]

    def _makes_job(self, value: Value) -> bool:
        """Whether a call describes a job that a platform runs, which is told its data when it is started."""
        api = self.flow.api(value) if value.kind == "call" else None
        return api is not None and api.returns == JOB and value.receiver is None

    def _is_trained_on(self, call: Value, keyword: str) -> bool:
        """Whether a named argument may hold training data."""
        if keyword in SETTINGS:
            return False
        made = [each.name for each in self.flow.types(call)] if _EVALUATED.match(keyword) else []
        return not any(isinstance(name, str) and self.models.kind(name) == "trainer" for name in made)

    def _filled(self, value: Value, stack: Stack) -> Iterator[Step]:
        """To what inner functions put into a container that begins empty."""
        if value.kind not in ("call", "collection", "dict") or len(value.inputs) > (value.kind == "call"):
            return
        for call in self.flow.closure_calls(value):
            if call.function.data in _FILLS:
                yield from (Step("appended", source, stack) for source in call.arguments)

    def _sharded(self, call: Value) -> Iterator[Step]:
        """From a worker's share to the data sets of the trainer that runs the function it stands in."""
        function = call.inputs[0][1]
        if function.kind in ("attr", "external") and str(function.data).rpartition(".")[2] in _SHARDS:
            for outer, _ in self.flow.applied(call.body.module.index, call.body.number):
                yield from (Step("arg", source, ()) for keyword, source in arguments(outer) if keyword == "datasets")


def _kept_to_measure(value: Value) -> list[Value]:
    """What a mapping holds for a training to measure by: `options["validation_data"] = (rows, answers)`."""
    if value.kind == "store" and isinstance(value.key, str) and _EVALUATED.match(value.key):
        return value.every("value")
    if value.kind == "dict" and len(value.keys) == len(value.every("item")):
        return [
            item
            for key, item in zip(value.keys, value.every("item"), strict=True)
            if isinstance(key, str) and _EVALUATED.match(key)
        ]
    return []


def _may_be_data(value: Value) -> bool:
    return value.kind not in ("const", "func", "class", "template")


def _marks(value: Value) -> bool:
    """Whether a store marks what it is stored for: `labels[row["id"]] = 1` holds ids that were read, no other data."""
    stored = value.one("value") if value.kind == "store" and isinstance(value.data, tuple) else None
    if stored is None or value.key is not None:
        return False
    marks = stored.every("value") if stored.kind == "choice" else [stored]
    return all(mark.kind == "const" and mark.data is not None for mark in marks)


def _telling(origins: list[Origin]) -> list[Origin]:
    """A library's function says little beside a name, and all there is without one."""
    named = [origin for origin in origins if not origin.text.endswith(")") and "() of " not in origin.text]
    return named or [origin for origin in origins if "() of " in origin.text] or origins

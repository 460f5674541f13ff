"""The hyper-parameters of a model: what the code, the defaults of options and the files that it reads give to what is
built, to what trains it, and to its own attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mldebt.documents import DocumentFacts, Setting
from mldebt.flow.idioms import is_negated, last_name
from mldebt.flow.linking import is_self
from mldebt.flow.sameness import Sameness
from mldebt.flow.steps import Stack, Step
from mldebt.flow.types.at_hand import AtHand
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.configured import Configured, literal_text
from mldebt.pipeline.configuration.options import Options
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.spelling import spoken
from mldebt.regex import regex

WALK_LIMIT = 40
SHOWN = 40
TEXT_LIMIT = 60
DEFAULTS = 2
_NOT_ONE = frozenset("verbose n_jobs callbacks device name cache_dir output_dir logging_dir ** *".split())
_COPIES = ("dict", "copy.copy", "copy.deepcopy")
_CASTS = frozenset({"int", "float", "bool", "str", "builtins.int", "builtins.float"})
_ROUNDS = regex(r"epoch|iter|step|round", re.IGNORECASE)
_NUMBER = regex(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?", re.IGNORECASE)
_PER_BATCH = "batch_size"
_RUNNING = regex(
    r"(^|_)(port|host|retr(y|ies)|timeout|workers|jobs|threads|cores|gpus?|debug|verbose|interval|days?|hours?|minutes?|"
    r"log|version)(_|$)",
    re.IGNORECASE,
)
"""Settings of how a program runs, beside those of a model in one file."""
_NOTHING = ("", "null", "~", "???")
_SETTINGS = regex(r"(Arguments|Config|Args|Settings)$")
"""What a trainer is told in one object: `TrainingArguments`, `SFTConfig`."""
_NOT_LEARNING = regex(r"^(logging|save|report|push|hub|run|remove|eval|load_best|metric_for|greater_is|do)_|_dir$")


class Parameter(NamedTuple):
    """A name, its value as Python writes it, and where that stands: a value of the code, or a line of a document."""

    name: str
    text: str
    at: Value | None
    setting: tuple[DocumentFacts, Setting] | None = None


class Parameters:
    """Questions about settings of models."""

    def __init__(self, flow: Flow, configured: Configured) -> None:
        self.flow = flow
        self.configured = configured
        self.options = flow.shared(Options)
        self.origins = flow.shared(Origins)
        self.sameness = flow.shared(Sameness)

    def of(self, model: TrainedModel) -> list[Parameter]:
        """Each name once; only what is one literal."""
        found: dict[str, Parameter] = {}
        for name, source in self._sources(model):
            literal = self._literal(source) if name not in _NOT_ONE else None
            if literal is not None:
                found.setdefault(name, literal._replace(name=name))
        for each in (*self._spread(model), *self._told(model), *self._attributes(model)):
            found.setdefault(each.name, each)
        given = {each.setting for each in found.values()}
        for each in self._read(model):
            if each.setting not in given:
                found.setdefault(each.name, each)
        return list(found.values())[:SHOWN]

    def written(self, model: TrainedModel) -> set[str]:
        """The names that the calls which build and train a model give a literal by keyword."""
        keywords = (pair for call in self._calls(model) if call.kind == "call" for pair in call.named_arguments)
        return {name for name, source in keywords if name not in _NOT_ONE and self._literal(source) is not None}

    def _calls(self, model: TrainedModel) -> list[Value]:
        inside = [call for call, _ in model.inside]
        return [*inside, model.made, *(call for call in model.trained if call.body is model.made.body)]

    def _sources(self, model: TrainedModel) -> Iterator[tuple[str, Value]]:
        """What is given by name: where the model is built, trained and optimised, how often, and how much at a time."""
        for call in self._calls(model):
            yield from self._given(call)
        for call in model.trained:
            for made in self._optimizers(call):
                yield from self._given(made)
            yield from self._rounds(call)
            yield from self._told_to_trainer(call)
        for visit in self.origins.visits(model):
            if visit.value.kind == "call":
                yield from ((name, source) for name, source in visit.value.named_arguments if name == _PER_BATCH)

    def _given(self, call: Value) -> Iterator[tuple[str, Value]]:
        if call.kind != "call":
            return
        for keyword, source in call.named_arguments:
            if keyword in ("**", "", "params", "args"):
                yield from self._table(source)
            elif keyword != "*":
                yield keyword, source
        for target in self.flow.targets(call):
            entered = self.flow.entered(target)
            body = self.flow.body(*entered) if entered is not None and not target.guessed else None
            for name, param in body.params.items() if body is not None else ():
                given = self.flow.argument(call, body, name) if body is not None else []
                for source in given[:1] or [step.value for step in self.flow.back_default(param, ())]:
                    yield name, source

    def _table(self, source: Value) -> Iterator[tuple[str, Value]]:
        """The entries of a mapping that is written down in the code: what is put into it last, then what it is a copy
        of."""
        for visit in self.flow.walk(source, self._mapping, limit=WALK_LIMIT):
            value = visit.value
            if value.kind == "dict":
                for key, item in zip(value.keys, value.every("item"), strict=False):
                    if isinstance(key, str):
                        yield key, item
            elif value.kind == "store" and isinstance(value.key, str):
                yield from ((value.key, stored) for stored in value.every("value"))

    def _mapping(self, value: Value, stack: Stack) -> list[Step]:
        """The same mapping, further back; through copies of it, and what is put into it."""
        if value.kind in ("store", "mutate"):
            return [Step("base", value.source, stack)]
        if value.kind == "dict":
            return [Step("spread", each, stack) for each in value.every("spread")]
        if value.calls_external(*_COPIES) and value.arguments:
            return [Step("same", value.arguments[0], stack)]
        if value.calls_method("copy") and not value.arguments:
            return [Step("same", value.function.source, stack)]
        return self._back(value, stack)

    def _optimizers(self, call: Value) -> Iterator[Value]:
        """How the object was made whose steps train a model."""
        receiver = call.receiver if call.kind == "call" and "optimizes" in self.flow.roles(call) else None
        for visit in self.flow.walk(receiver, self._back, limit=WALK_LIMIT) if receiver is not None else ():
            made = visit.value
            api = self.flow.api(made) if made.kind == "call" else None
            if api is not None and "optim" in api.name:
                yield made

    def _told_to_trainer(self, call: Value) -> Iterator[tuple[str, Value]]:
        """What the settings say that a trainer is made with, as far as they concern the learning."""
        receiver = call.receiver if call.kind == "call" else None
        for visit in self.flow.walk(receiver, self.sameness.back, limit=WALK_LIMIT) if receiver is not None else ():
            given = visit.value.arguments if visit.value.kind == "call" else []
            for source in (
                each.value for one in given for each in self.flow.walk(one, self.sameness.back, limit=WALK_LIMIT)
            ):
                if source.kind == "call" and _SETTINGS.search(last_name(source.function)):
                    yield from ((name, each) for name, each in source.named_arguments if not _NOT_LEARNING.search(name))

    def _rounds(self, call: Value) -> Iterator[tuple[str, Value]]:
        """How often a loop around the training goes round: `for epoch in range(epochs)`."""
        for loop in call.loops:
            ranges = [visit.value for visit in self.flow.walk(loop, self.sameness.back, limit=WALK_LIMIT)]
            for each in ranges:
                if each.kind == "call" and each.calls_external("range") and each.arguments:
                    last = each.arguments[min(1, len(each.arguments) - 1)]
                    name = spoken(last).strip("{}").rpartition(".")[2]
                    if _ROUNDS.search(name):
                        yield name, last

    # ------------------------------------------------------------------ attributes, and files that are read

    def _spread(self, model: TrainedModel) -> Iterator[Parameter]:
        """A section of a configuration that is handed over whole: `Ridge(**config["model"])`."""
        for call in (model.made, *(call for call, _ in model.inside), *model.trained):
            for keyword, source in call.named_arguments if call.kind == "call" else ():
                if keyword in ("**", "params"):
                    for visit in self.flow.walk(source, self.sameness.back, limit=WALK_LIMIT):
                        for name, document, setting in self.configured.below(visit.value):
                            if name not in _NOT_ONE:
                                yield Parameter(name, literal_text(setting.value), None, (document, setting))

    def _told(self, model: TrainedModel) -> Iterator[Parameter]:
        """What a configuration gives to what it tells to make: `instantiate(cfg.model)`, its parts included."""
        for _, name, document, setting in self.told(model):
            if not _is_instruction(name) and setting.value.strip() not in _NOTHING and "${" not in setting.value:
                yield Parameter(name, literal_text(setting.value), None, (document, setting))

    def told(self, model: TrainedModel) -> list[tuple[str, str, DocumentFacts, Setting]]:
        """The settings of what a configuration tells to make, each by its key and by the last part of it, where that
        tells it from the others."""
        calls = [call for call in (model.made, *model.trained) if call.kind == "call" and self.flow.is_told(call)]
        found = [
            each
            for call in dict.fromkeys(calls)
            for source in call.arguments[:1]
            for visit in self.flow.walk(source, self.sameness.back, limit=WALK_LIMIT)
            for each in self.configured.section(visit.value)
        ]
        last = Counter(last_part(key) for key, _, _ in found)
        return [
            (key, last_part(key) if last[last_part(key)] == 1 else key, document, setting)
            for key, document, setting in found
        ]

    def _attributes(self, model: TrainedModel) -> Iterator[Parameter]:
        """The numbers that a class's constructor certainly leaves in its attributes, and nothing changes."""
        hand = AtHand(self.flow, model.cls)
        for key in self.flow.program.ancestry(model.cls) if model.cls is not None else ():
            init = self.flow.initializer(key) if isinstance(key, tuple) else None
            for store in self.flow.body(init.module, init.scope).stores if init is not None and init.scope > 0 else ():
                base, value = store.one("base"), store.one("value")
                if base is None or value is None or not isinstance(store.data, str) or not is_self(base):
                    continue
                known = hand.field(store.data)
                if known is not None and _is_chosen(known[0]):
                    yield Parameter(store.data, repr(known[0]), store)

    def _read(self, model: TrainedModel) -> Iterator[Parameter]:
        """Numbers that the modules which build and train a model take out of configuration files."""
        modules = {value.body.module.index for value in (model.made, *model.trained)}
        for reading in self.configured.readings:
            asking = {value.body.module.index for value in (*reading.values, *reading.loads)}
            if not modules & asking:
                continue
            last = Counter(key.rpartition(".")[2] for key in reading.asked)
            for key in reading.asked:
                found = self.configured.found(reading.document, key)
                if found is not None and _NUMBER.fullmatch(found[1].value.strip()):
                    name = key.rpartition(".")[2]
                    if name in _NOT_ONE or _RUNNING.search(name):
                        continue
                    yield Parameter(name if last[name] == 1 else key, literal_text(found[1].value), None, found)

    # ------------------------------------------------------------------ one value

    def _literal(self, value: Value, depth: int = 0) -> Parameter | None:
        """The one literal that a value is, and where it is written."""
        ends = [
            visit.value
            for visit in self.flow.walk(value, self._back, limit=WALK_LIMIT)
            if not self._back(visit.value, visit.stack)
        ]
        found = [self._end(end, depth) for end in ends]
        known = {each.text: each for each in found if each is not None}
        if None in found or len(known) != 1:
            return None
        (literal,) = known.values()
        return literal if literal.text != "None" and len(literal.text) <= TEXT_LIMIT else None

    def _end(self, value: Value, depth: int) -> Parameter | None:
        if text := written(value):
            return Parameter("", text, value)
        if (setting := self.configured.setting(value)) is not None:
            return Parameter("", literal_text(setting[1].value), None, setting)
        default = self.options.default(value) if depth < DEFAULTS else None
        return self._literal(default, depth + 1) if default is not None else None

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """The same value, further back; through casts, but not past what a configuration gives."""
        if self.configured.setting(value) is not None:
            return []
        if value.kind == "call" and value.calls_external(*_CASTS) and len(value.arguments) == 1:
            return [Step("same", value.arguments[0], stack)]
        return self.sameness.back(value, stack)


def last_part(key: str) -> str:
    return key.rpartition(".")[2]


def _is_instruction(name: str) -> bool:
    """Whether a key tells how to make an object (`_target_`), or what it runs with, not what it is made with."""
    last = last_part(name)
    return last.startswith("_") or name in _NOT_ONE or bool(_RUNNING.search(last))


def _is_chosen(data: object) -> bool:
    """Whether a constant is a number that somebody chose: not one from which something is counted."""
    return isinstance(data, int | float) and not isinstance(data, bool) and data not in (0, 1, -1)


def written(value: Value) -> str:
    """A literal as Python writes it; "" for anything else."""
    if value.kind == "const":
        return repr(value.data)
    if is_negated(value):
        inner = written(value.source)
        return f"-{inner}" if inner else ""
    if value.kind == "collection" and all(label == "item" for label, _ in value.inputs):
        parts = [written(item) for _, item in value.inputs]
        opening, closing = ("[", "]") if value.data == "list" else ("(", ")")
        return f"{opening}{', '.join(parts)}{closing}" if parts and all(parts) else ""
    return ""

"""Hyper-parameters as the code writes them down: constants and arguments by name, and where two places disagree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.documents import DocumentFacts, Setting
from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.settings_read import Reading
from mldebt.pipeline.models.keeping import Keeping
from mldebt.pipeline.models.register import TrainedModel

Number = int | float


class Knob(msgspec.Struct, frozen=True, kw_only=True):
    """A hyper-parameter with a number: where a module writes it."""

    module: Module
    scope: int
    at: int
    name: str
    number: Number


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """A constant that nothing reads, and the number that counts in its place."""

    declared: Knob
    used: Knob


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One hyper-parameter of one model, with other numbers where it is trained and where it is loaded again."""

    trained: Knob
    loaded: Knob
    save: Value
    load: Value


class Overruled(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of a file that nothing reads, and the number that a call gives in its place."""

    document: DocumentFacts
    setting: Setting
    used: Knob


class Knobs:
    """Questions about the numbers of a program. `shared` are names of what training and use must agree on."""

    def __init__(self, flow: Flow, keeping: Keeping, shared: Collection[str]) -> None:
        self.flow = flow
        self.keeping = keeping
        self.models = flow.shared(Models)
        self.shared = frozenset(shared)

    # ------------------------------------------------------------------ declared, and not what counts

    def ignored(self) -> Iterator[Ignored]:
        """Constants at the top of a module that nothing reads, while a call there gives another number by that name."""
        for module in self._modules():
            constants = list(self.constants(module))
            given = self._given([module.index]) if constants else {}
            for declared in constants:
                used = next((knob for knob in given.get(declared.name, ()) if knob.number != declared.number), None)
                if used is not None and self._is_unread(declared):
                    yield Ignored(declared=declared, used=used)

    def _is_unread(self, knob: Knob) -> bool:
        """Whether a name stands once in its module and nowhere else."""
        written = self._written(knob)
        return self._mentions[written] == 1

    def _written(self, knob: Knob) -> str:
        node = next(node for node in knob.module.facts.exprs if isinstance(node, r.Name) and node.at == knob.at)
        return node.id

    @cached_property
    def _mentions(self) -> Counter[str]:
        """How often each name is written anywhere, in texts too."""
        found: Counter[str] = Counter()
        for module in self.flow.program.modules:
            for node in module.facts.exprs:
                if isinstance(node, r.Name):
                    found[node.id] += 1
                elif isinstance(node, r.Attribute):
                    found[node.name] += 1
                elif isinstance(node, r.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                    found[node.value] += 1
            for binding in module.facts.imports:
                found[binding.attribute] += 1
        return found

    # ------------------------------------------------------------------ configured, and not what counts

    def overruled(self, readings: Sequence[Reading], runs: Callable[[Knob], bool]) -> Iterator[Overruled]:
        """Numbers of configuration files that no code takes, while a call in a module that takes other keys of the file
        gives another number by that name. `runs` tells of calls that may be made at all."""
        by_file: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            by_file[reading.document.path].append(reading)
        for group in by_file.values():
            given = self._given({value.body.module.index for each in group for value in (*each.loads, *each.values)})
            for setting in group[0].unread():
                knobs = list(filter(runs, given.get(setting.key.rpartition(".")[2].lower(), [])))
                number = _told(setting.value)
                if number is None or len({knob.number for knob in knobs}) != 1 or knobs[0].number == number:
                    continue
                if all(setting in each.unread() for each in group):
                    yield Overruled(document=group[0].document, setting=setting, used=knobs[0])

    def _given(self, modules: Collection[int]) -> dict[str, list[Knob]]:
        """The numbers that calls in some modules give, by name."""
        found: dict[str, list[Knob]] = defaultdict(list)
        for number in sorted(modules):
            for knob in self.arguments(self.flow.program.modules[number]):
                found[knob.name].append(knob)
        return found

    # ------------------------------------------------------------------ trained so, used otherwise

    def split(self, model: TrainedModel) -> Iterator[Split]:
        """Where the module that trains and keeps a model and one that loads it disagree on what must be equal."""
        for kept in self.keeping.artifacts(model):
            home = kept.call.body.module
            for load in self.keeping.loading.of(model, [kept]):
                other = load.body.module
                if other is not home and other.category == "product":
                    for name, (one, two) in self._disagree(home, other).items():
                        if name in self.shared:
                            yield Split(trained=one, loaded=two, save=kept.call, load=load)

    def _disagree(self, one: Module, other: Module) -> dict[str, tuple[Knob, Knob]]:
        """What each of two modules gives one number only, and not the same."""
        ours, theirs = self._only(one), self._only(other)
        return {
            name: (ours[name], theirs[name])
            for name in ours.keys() & theirs.keys()
            if ours[name].number != theirs[name].number
        }

    def _only(self, module: Module) -> dict[str, Knob]:
        found: dict[str, list[Knob]] = defaultdict(list)
        for knob in (*self.constants(module), *self.arguments(module)):
            found[knob.name].append(knob)
        return {name: knobs[0] for name, knobs in found.items() if len({knob.number for knob in knobs}) == 1}

    # ------------------------------------------------------------------ what stands in a module

    def constants(self, module: Module) -> Iterator[Knob]:
        """Numbers that a module's own code gives to upper-case names."""
        for statement in module.facts.scopes[0].body:
            if isinstance(statement, r.Assign) and len(statement.targets) == 1:
                target, value = module.facts.exprs[statement.targets[0]], module.facts.exprs[statement.value]
                if isinstance(target, r.Name) and target.id.isupper() and (number := _number(value)) is not None:
                    yield Knob(module=module, scope=0, at=target.at, name=target.id.lower(), number=number)

    def arguments(self, module: Module) -> Iterator[Knob]:
        """Numbers that a module's calls give by name."""
        for scope in range(len(module.facts.scopes)):
            for call in self.flow.body(module.index, scope).calls:
                for name, source in call.named_arguments if any(call.keywords) else ():
                    number = source.data if source.kind == "const" else None
                    if name and isinstance(number, (int, float)) and not isinstance(number, bool):
                        yield Knob(module=module, scope=scope, at=call.at, name=name, number=number)

    def _modules(self) -> list[Module]:
        return [each for each in self.flow.program.modules if each.category == "product"]


def _told(text: str) -> Number | None:
    """The number that a setting says."""
    try:
        return float(text.strip().replace("_", ""))
    except ValueError:
        return None


def _number(node: r.Expr) -> Number | None:
    if isinstance(node, r.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return node.value
    return None

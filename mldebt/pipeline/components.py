"""The units that people own: models with their training code, ingestion, serving boundaries, evaluations, features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.evaluation.gradients import Gradients
from mldebt.flow.linking import ClassKey
from mldebt.flow.orders.id_searches import ranks_nothing
from mldebt.flow.program import Module
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.types.clients import client_types, is_client
from mldebt.flow.types.models import NETWORK_KINDS, Models, is_metric
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.ownership import Span
from mldebt.pipeline.extent import Extents
from mldebt.pipeline.models.parts import is_part
from mldebt.pipeline.programs.serving_path import ServingPath

Unit = tuple[int, int]

KINDS = (
    "model",
    "training step",
    "ingestion pipeline",
    "serving boundary",
    "ranking",
    "feature code",
    "evaluation",
    "part of models",
)
SERVED_FROM = frozenset({"predicts", "ranks"})
ASKED = ("predict", "recommend", "score", "infer", "forward", "call")
CALL_DEPTH = 5
SIBLINGS = 4


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of ownership. `unit` is the definition that gives it its name, `units` all definitions that belong to
    it; `spans` are its lines as the history counts them, `code_lines` how many of them hold code (neither blank nor
    comment)."""

    kind: str
    name: str
    path: str
    unit: Unit
    units: tuple[Unit, ...]
    spans: tuple[Span, ...]
    code_lines: int


class Components:
    """Finds the components of a repository: one for each module and what it is for, named as a person would."""

    def __init__(self, flow: Flow, boundaries: Boundaries, ingestions: Iterable[Iterable[Unit]] = ()) -> None:
        self.flow = flow
        self.boundaries = boundaries
        self.orders = boundaries.orders
        self.models = flow.shared(Models)
        self.gradients = flow.shared(Gradients)
        self.serving = flow.shared(ServingPath)
        self._ingestions: dict[int, list[Unit]] = defaultdict(list)
        for units in ingestions:
            for unit in units:
                self._ingestions[unit[0]].append(unit)
        self._reach: dict[Unit, bool] = {}
        self._extents = Extents()

    def find(self, models: Iterable[ClassKey] = ()) -> tuple[Component, ...]:
        """All components, by path and place. `models` are the classes that are known to be trained and kept."""
        known: dict[int, list[ClassKey]] = defaultdict(list)
        for cls in models:
            known[cls[0]].append(cls)
        found: list[Component] = []
        for module in self.flow.program.modules:
            if module.category == "product":
                found.extend(self._of_module(module, known[module.index]))
        return tuple(found)

    def _of_module(self, module: Module, models: list[ClassKey]) -> Iterator[Component]:
        """One component a module: what its most telling code is for, with everything in the module that code calls."""
        roles = self._roles(module, models)
        for kind in KINDS:
            units = roles.get(kind)
            if units:
                named = next((unit for unit in units if unit[1]), units[0])
                inside = self._closure(module, [unit for other in KINDS for unit in roles.get(other, ())])
                spans = tuple(span for unit in inside for span in self.spans(unit))
                yield Component(
                    kind=kind,
                    name=self._name(module, named),
                    path=module.path,
                    unit=named,
                    units=tuple(inside),
                    spans=spans,
                    code_lines=sum(
                        self._extents.code_lines(module, number) for _, number in _outermost(module, inside)
                    ),
                )
                return

    def _name(self, module: Module, unit: Unit) -> str:
        scope = module.facts.scopes[unit[1]]
        return f"{module.path}:{scope.qualname}" if scope.qualname else module.path

    # ------------------------------------------------------------------ what code is for

    def _roles(self, module: Module, models: list[ClassKey]) -> Mapping[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        found["model"].extend(models)
        for key in self.model_classes(module):
            if key not in models and is_part(self.flow, key):
                found["part of models"].append(key)
            else:
                found["model" if self._is_asked(key) and not self._fits_features_alone(key) else "feature code"].append(
                    key
                )
        for number in range(len(module.facts.scopes)):
            unit = (module.index, number)
            kind = self._kind(self.flow.body(*unit))
            if kind:
                found[kind].append(self.serving.outermost(unit))
            if (self.boundaries.endpoint(*unit) and self.serves_a_model(unit)) or self._writes_answers(module, number):
                found["serving boundary"].append(unit)
            elif unit in self.serving.behind and self._ranks(self.flow.body(*unit)):
                found["ranking"].append(self.serving.outermost(unit))
        found["ingestion pipeline"].extend(self._ingestions[module.index])
        return {kind: list(dict.fromkeys(units)) for kind, units in found.items()}

    def _writes_answers(self, module: Module, number: int) -> bool:
        """Whether code asks a model and writes down what it says; what a network keeps of its own answers goes to
        nobody."""
        if not self.serving.is_batch((module.index, number)):
            return False
        cls = self.flow.program.enclosing_class((module.index, number))
        return cls is None or not self.models.derives(cls, NETWORK_KINDS)

    def _is_asked(self, cls: ClassKey) -> bool:
        """Whether a class that learns can be asked for predictions; one that only transforms makes features."""
        if self.models.derives(cls, NETWORK_KINDS):
            return True
        names = {
            name
            for base in self.flow.program.ancestry(cls)
            if isinstance(base, tuple)
            for name in self.flow.program.modules[base[0]].members.get(base[1], {})
        }
        transforms = "transform" in names or self.models.derives(cls, frozenset({"transformer"}))
        return not transforms or any(name.startswith(ASKED) for name in names)

    def _fits_features_alone(self, cls: ClassKey) -> bool:
        """Whether all that a class fits only makes features on the way, and nothing else says that it is a model."""
        if self.models.is_one_to_ask(cls):
            return False
        inside = self.flow.program.modules[cls[0]].inside(cls[1])
        calls = [call for number in inside for call in self.flow.body(cls[0], number).calls]
        fitted = [call for call in calls if self.gradients.trains(call)]
        return bool(fitted) and all(map(self._only_features, fitted))

    def _kind(self, body: Body) -> str:
        measured = False
        for call in body.calls:
            roles = self.flow.roles(call)
            if self.gradients.trains(call) and not self._only_features(call):
                return "training step"
            measured = measured or ("predicts" not in roles and self._measures(call))
        return "evaluation" if measured else ""

    def _ranks(self, body: Body) -> bool:
        """Whether code puts results in score order by itself, or asks a search that does; the order that a query
        asks of a table is no ranking of the team's."""
        return any("ranks" in self.flow.roles(call) and not ranks_nothing(call) for call in body.calls) or any(
            self.orders.is_sort(value) and self.orders.makes_ranking(value)
            for value in body.nodes
            if value.kind in ("call", "mutate")
        )

    def _measures(self, call: Value) -> bool:
        return any(target.api is not None and is_metric(target.api) for target in self.flow.targets(call))

    def _only_features(self, call: Value) -> bool:
        """A scaler or encoder that is fitted makes features, not a model."""
        for target in self.flow.targets(call):
            if target.api is not None and self.models.kind(target.name.rpartition(".")[0]) == "transformer":
                return True
        return "features" in self.flow.roles(call)

    def model_classes(self, module: Module) -> list[ClassKey]:
        """Classes that are models of their own: trained, kept or served, not parts of another model."""
        found = []
        for number, scope in enumerate(module.facts.scopes):
            key = (module.index, number)
            is_model = number and scope.kind == "class" and self.models.is_model(key)
            if is_model and self.is_used(key) and not self._only_asks_a_service(key):
                found.append(key)
        return found

    def _only_asks_a_service(self, cls: ClassKey) -> bool:
        """Whether a class is a library's client of a language model with something added: it has no weights."""
        outside = [base for base in self.flow.program.ancestry(cls) if isinstance(base, str)]
        return any(is_client(self.flow.catalogue, base, self._clients) for base in outside)

    @cached_property
    def _clients(self) -> frozenset[str]:
        return client_types(self.flow.catalogue)

    def is_used(self, cls: ClassKey) -> bool:
        """Whether a model class is built outside other models; or by nobody in sight, when its family's members are all
        made by their names."""
        name = self.flow.scope(*cls).name
        made = False
        for call in self.flow.calls_named(frozenset({name})):
            if not any((target.module, target.scope) == cls for target in self.flow.targets(call)):
                continue
            made = True
            around = self.flow.program.enclosing_class(call.body.key)
            part_of_another = around is not None and self.models.derives(around, frozenset({"module", "model"}))
            if not part_of_another and call.body.module.category == "product":
                return True
        return not made and self._is_one_of_many(cls)

    def _is_one_of_many(self, cls: ClassKey) -> bool:
        """Whether a class derives from a base of the repository together with several others, and none from it."""
        program = self.flow.program
        if not self.models.derives(cls, NETWORK_KINDS) or program.subclasses(cls):
            return False
        above = [base for base in program.ancestry(cls) if isinstance(base, tuple) and base != cls]
        return any(len(program.subclasses(base)) >= SIBLINGS for base in above)

    def serves_a_model(self, unit: Unit) -> bool:
        """Whether a function calls, itself or through others, something that predicts or ranks."""
        found = self._reach.get(unit)
        if found is None:
            found = self._reach[unit] = self._reaches(unit)
        return found

    def _reaches(self, unit: Unit) -> bool:
        queue, seen = [(unit, 0)], {unit}
        while queue:
            (module, number), depth = queue.pop(0)
            for call in self.flow.body(module, number).calls:
                if self.flow.roles(call) & SERVED_FROM:
                    return True
                for target in self.flow.targets(call) if depth < CALL_DEPTH else ():
                    after = (target.module, target.scope)
                    if target.kind == "func" and after not in seen and len(seen) < 200:
                        seen.add(after)
                        queue.append((after, depth + 1))
        return False

    # ------------------------------------------------------------------ lines

    def _closure(self, module: Module, units: list[Unit]) -> list[Unit]:
        """Definitions of the module that these call, themselves included, outermost only."""
        found = dict.fromkeys(map(self.serving.outermost, units))
        queue = list(found)
        while queue:
            unit = queue.pop()
            for number in module.inside(unit[1]):
                for call in self.flow.body(module.index, number).calls:
                    for target in self.flow.targets(call):
                        if target.module == module.index and target.kind in ("func", "class"):
                            after = self.serving.outermost((module.index, target.scope))
                            if after not in found:
                                found[after] = None
                                queue.append(after)
        return sorted(found)

    def spans(self, unit: Unit) -> list[Span]:
        """The lines of a definition, as the history of its file counts them; a module's own code is the whole file."""
        return self._extents.spans(self.flow.program.modules[unit[0]], unit[1])


def _outermost(module: Module, units: list[Unit]) -> list[Unit]:
    """Leave out what stands inside another of them."""
    if (module.index, 0) in units:
        return [(module.index, 0)]
    return units

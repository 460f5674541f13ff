"""The models that a repository trains and keeps: where each is built, trained and kept, followed by the flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt.flow.linking import ClassKey
from mldebt.flow.models import NETWORK_KINDS, Models, short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.components import Components

WALK_LIMIT = 400
BUILT_KINDS = frozenset({"estimator", "model"})
TRAINS = frozenset({"fits", "tunes", "optimizes"})
KEEPS = {"stores": "stored", "registers": "registered", "serves": "served"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """One model: its class in the repository (None for a library's), the call that builds it, the calls that train it, and those
    that keep it with what they do."""

    name: str
    cls: ClassKey | None
    made: Value
    trained: tuple[Value, ...]
    kept: tuple[tuple[Value, str], ...]


class Register:
    """Finds the models of a repository's own code."""

    def __init__(self, flow: Flow, components: Components) -> None:
        self.flow = flow
        self.components = components
        self.models = Models(flow)

    def find(self) -> tuple[TrainedModel, ...]:
        """Every model that is trained and kept, by place; a class counts once, however often it is built."""
        found: dict[object, TrainedModel] = {}
        for made, name, cls in self._built():
            key: object = cls or made
            if key in found:
                continue
            trained, kept = self._life(made)
            if trained and kept:
                found[key] = TrainedModel(name=name, cls=cls, made=made, trained=tuple(trained), kept=tuple(kept))
        return tuple(found.values())

    def _built(self) -> Iterator[tuple[Value, str, ClassKey | None]]:
        classes = {key for module in self._modules() for key in self.components.model_classes(module)}
        for module in self._modules():
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    yield from self._builds(call, classes)

    def _builds(self, call: Value, classes: set[ClassKey]) -> Iterator[tuple[Value, str, ClassKey | None]]:
        for target in self.flow.targets(call):
            cls = (target.module, target.scope)
            if target.kind == "class" and cls in classes:
                yield call, self.flow.scope(*cls).name, cls
            elif target.api is not None and target.receiver is None and not self._inside_a_model(call):
                made = target.api.returns or (target.name if self.flow.catalogue.type(target.name) else "")
                if (
                    made
                    and made != "self"
                    and self.models.kind(made) in BUILT_KINDS
                    and "reads" not in target.api.roles
                ):
                    yield call, short_name(made), None

    def _inside_a_model(self, call: Value) -> bool:
        around = self.flow.program.enclosing_class(call.body.module, call.body.number)
        return around is not None and self.models.derives(around, NETWORK_KINDS)

    def _life(self, made: Value) -> tuple[list[Value], list[tuple[Value, str]]]:
        """Where a model is trained and where it is kept."""
        trained: list[Value] = [made] if self.flow.roles(made) & TRAINS else []
        kept: list[tuple[Value, str]] = []
        for visit in self.flow.walk(made, self.flow.forth, limit=WALK_LIMIT):
            for label, call in visit.value.uses:
                if label not in ("function", "arg") or call.kind != "call":
                    continue
                roles = self.flow.roles(call)
                if roles & TRAINS or self._trains_itself(call):
                    trained.append(call)
                kept.extend((call, text) for role, text in KEEPS.items() if role in roles)
        return list(dict.fromkeys(trained)), list(dict.fromkeys(kept))

    def _trains_itself(self, call: Value) -> bool:
        for target in self.flow.targets(call):
            use = self.models.uses(target) if target.kind == "func" else None
            if use is not None and use.kind == "training":
                return True
        return False

    def _modules(self):  # noqa: ANN202
        return [module for module in self.flow.program.modules if module.category == "product"]

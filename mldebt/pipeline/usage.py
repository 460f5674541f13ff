"""What becomes of a model once it is there: who serves it, and who asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.behind import Behind
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.deliveries import Deliveries, Delivery
from mldebt.pipeline.lifecycle import Lives
from mldebt.pipeline.register import TrainedModel

Unit = tuple[int, int]


class Usage:
    """Questions about a model's predictions."""

    def __init__(self, flow: Flow, behind: Behind) -> None:
        self.flow = flow
        self.behind = behind
        self.lives = flow.shared(Lives)
        self.deliveries = Deliveries(flow)

    def serving(self, model: TrainedModel, loaders: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The endpoints behind which a model is asked, or what was loaded of it; with the call that asks."""
        found: dict[Unit, Value] = {}
        loaded = list(loaders)
        asked = self._asked(model, loaded)
        only = set(loaded)
        for calls in ([call for call in asked if call not in only], loaded):
            for call in calls if not found else ():  # who only loads it serves where nobody asks it
                unit = self.behind.endpoint(call.body.module.index, call.body.number)
                if unit is not None:
                    found.setdefault(unit, call)
        for call, how in model.kept:
            if how == "served":
                found.setdefault((call.body.module.index, call.body.number), call)
        return list(found.items())

    def delivered(self, model: TrainedModel, loaders: Iterable[Value]) -> list[Delivery]:
        """The jobs and workers that write what a model says, behind no endpoint. What a model keeps in its own
        attributes is what it learnt."""
        own = set(self.flow.program.ancestry(model.cls)) if model.cls is not None else set()
        trains = {target.key for call in model.trained if call.kind == "call" for target in self.flow.targets(call)}
        found: dict[Unit, Delivery] = {}
        for call in self._asked(model, loaders):
            for each in self.deliveries.of(call):
                units = (each.unit, (call.body.module.index, call.body.number))
                if (
                    not own & each.held_by
                    and each.unit not in trains
                    and all(self.behind.endpoint(*unit) is None for unit in units)
                ):
                    found.setdefault(each.unit, each)
        return list(found.values())

    def _asked(self, model: TrainedModel, loaders: Iterable[Value]) -> list[Value]:
        """The calls that ask a model, or what was loaded of it."""
        return [*model.asked, *(call for loader in loaders for call in self.lives.of(loader).asked)]

    def asked_of(self, loader: Value) -> Iterator[Value]:
        """Where what was loaded is asked; where it is loaded, when nothing tells more."""
        yield from list(self.lives.of(loader).asked) or [loader]

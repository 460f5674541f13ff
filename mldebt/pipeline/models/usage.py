"""What becomes of a model once it is there: who serves it, and who asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.linking import ClassKey
from mldebt.flow.services.behind import Behind
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.models.screens import Screens
from mldebt.pipeline.programs.deliveries import Deliveries, Delivery

Unit = tuple[int, int]
CALLERS = 4
ENDPOINTS = 8


class Usage:
    """Questions about a model's predictions."""

    def __init__(self, flow: Flow, behind: Behind) -> None:
        self.flow = flow
        self.behind = behind
        self.lives = flow.shared(Lives)
        self.deliveries = Deliveries(flow)
        self.shown = Screens(flow)
        self._trainings: dict[int, set[Unit]] = {}

    def serving(self, model: TrainedModel, loaders: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The endpoints behind which a model is asked, or what was loaded of it; with the call that asks. One that
        starts a training hands out what that says of the model, and nothing that the model says."""
        found: dict[Unit, Value] = {}
        trains = self._training(model)
        loaded = list(loaders)
        asked = self._asked(model, loaded)
        only = set(loaded)
        for call in asked:
            for unit in self._endpoints(model, call) if call not in only else ():
                if call.body.key not in trains or self._hands_out(unit):
                    found.setdefault(unit, call)
        for call in loaded if not found else ():  # who only loads it serves where nobody asks it
            behind = self.behind.endpoint(*call.body.key)
            if behind is not None:
                found.setdefault(behind, call)
        for call, how in model.kept:
            if how == "served":
                found.setdefault(call.body.key, call)
        return list(found.items())

    def _hands_out(self, endpoint: Unit) -> bool:
        """Whether an endpoint answers with what a model says, rather than with how well it does."""
        way = self.behind.way_to_model(endpoint)
        calls = (visit.value for visit in way.path() if visit.value.kind == "call") if way is not None else ()
        return way is not None and not any("measures" in self.flow.roles(call) for call in calls)

    def screens(self, model: TrainedModel, loaders: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The pages, behind no endpoint, for which a model is asked, or what was loaded of it; not those of a training,
        which show how it goes."""
        trains = self._training(model)
        found = self.shown.of(self._asked(model, loaders))
        return [(unit, call) for unit, call in found if unit not in trains and self.behind.endpoint(*unit) is None]

    def _endpoints(self, model: TrainedModel, asked: Value) -> tuple[Unit, ...]:
        """The endpoints behind which a call asks a model: all of them, but where its class shares the method with
        others, which each have endpoints of their own."""
        around = self.flow.program.enclosing_class(asked.body.key)
        if model.cls is None or around is None or set(self.flow.program.subclasses(around)) <= {model.cls}:
            return self.behind.endpoints(*asked.body.key)[:ENDPOINTS]
        first = self.behind.endpoint(*asked.body.key)
        return (first,) if first is not None else ()

    def delivered(self, model: TrainedModel, loaders: Iterable[Value]) -> list[Delivery]:
        """The jobs and workers that write what a model says, behind no endpoint. What a model keeps in its own
        attributes is what it learnt; a file that its own methods or its training write is theirs."""
        own = set(self.flow.program.ancestry(model.cls)) if model.cls is not None else set()
        trains = self._training(model)
        found: dict[Unit, Delivery] = {}
        for call in self._asked(model, loaders):
            for each in self.deliveries.of(call):
                units = (each.unit, call.body.key)
                if own & each.held_by or any(self.behind.endpoint(*unit) is not None for unit in units):
                    continue
                alone = self._is_in(each.unit, own) or any(unit in trains for unit in units)
                if not alone or self.deliveries.is_shared(each.write):
                    found.setdefault(each.unit, each)
        return list(found.values())

    def _training(self, model: TrainedModel) -> set[Unit]:
        """The functions that train a model, and those that call them."""
        known = self._trainings.get(id(model))
        if known is None:
            known = self._trainings[id(model)] = self._find_training(model)
        return known

    def _find_training(self, model: TrainedModel) -> set[Unit]:
        trained = [call for call in model.trained if call.kind == "call"]
        found = {target.key for call in trained for target in self.flow.targets(call)} | {
            call.body.key for call in trained
        }
        layer = list(found)
        for _ in range(CALLERS):
            layer = [call.body.key for unit in layer for call in self.flow.callers(*unit)]
            layer = [unit for unit in dict.fromkeys(layer) if unit not in found]
            found.update(layer)
        return found

    def _is_in(self, unit: Unit, classes: set[ClassKey | str]) -> bool:
        """Whether a function is a method of one of some classes."""
        return self.flow.program.enclosing_class(unit) in classes

    def _asked(self, model: TrainedModel, loaders: Iterable[Value]) -> list[Value]:
        """The calls that ask a model, or what was loaded of it."""
        return [*model.asked, *(call for loader in loaders for call in self.lives.of(loader).asked)]

    def asked_of(self, loader: Value) -> Iterator[Value]:
        """Where what was loaded is asked; where it is loaded, when nothing tells more."""
        yield from list(self.lives.of(loader).asked) or [loader]

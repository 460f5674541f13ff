"""What becomes of a model once it is there: who serves it, and who asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.behind import Behind
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.lifecycle import Lives
from mldebt.pipeline.register import TrainedModel

Unit = tuple[int, int]


class Usage:
    """Questions about a model's predictions."""

    def __init__(self, flow: Flow, behind: Behind) -> None:
        self.flow = flow
        self.behind = behind
        self.lives = flow.shared(Lives)

    def serving(self, model: TrainedModel, loaders: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The endpoints behind which a model is asked, or what was loaded of it; with the call that asks."""
        found: dict[Unit, Value] = {}
        loaded = list(loaders)
        asked = [*model.asked, *(call for loader in loaded for call in self.lives.of(loader).asked)]
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

    def asked_of(self, loader: Value) -> Iterator[Value]:
        """Where what was loaded is asked; where it is loaded, when nothing tells more."""
        yield from list(self.lives.of(loader).asked) or [loader]

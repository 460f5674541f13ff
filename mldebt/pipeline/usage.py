"""What becomes of a model once it is there: who serves it, and what measures it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.behind import Behind
from mldebt.flow.models import Models, short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.lifecycle import Lives
from mldebt.pipeline.register import TrainedModel

Unit = tuple[int, int]
WALK_LIMIT = 200
METRICS_SHOWN = 8
_NOT_A_METRIC = frozenset(
    """evaluate test validate compute update reset run run_eval score shap_values cross_validate cross_val_score fit
    cross_val_predict feature_importances permutation_importance""".split()
)


class Usage:
    """Questions about a model's predictions."""

    def __init__(self, flow: Flow, behind: Behind) -> None:
        self.flow = flow
        self.behind = behind
        self.lives = Lives(flow, Models(flow))

    def serving(self, model: TrainedModel, loaders: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The endpoints behind which a model is asked, or what was loaded of it; with the call that asks."""
        found: dict[Unit, Value] = {}
        for call in (*model.asked, *(call for loader in loaders for call in self._asked_of(loader))):
            unit = self.behind.endpoint(call.body.module.index, call.body.number)
            if unit is not None:
                found.setdefault(unit, call)
        for call, how in model.kept:
            if how == "served":
                found.setdefault((call.body.module.index, call.body.number), call)
        return list(found.items())

    def _asked_of(self, loader: Value) -> Iterator[Value]:
        yield loader
        yield from self.lives.of(loader).asked

    def metrics(self, model: TrainedModel) -> list[tuple[str, Value]]:
        """The metrics that are computed for a model, by name: on it, or on what it predicts."""
        found: dict[str, Value] = {}
        for call in (*model.measured, *(call for asked in model.asked for call in self._measured(asked))):
            for name in self._names(call):
                found.setdefault(name, call)
        plain = {name: call for name, call in found.items() if name not in _NOT_A_METRIC}
        return list((plain or found).items())[:METRICS_SHOWN]

    def _measured(self, asked: Value) -> Iterator[Value]:
        """The calls that measure what a model says."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=WALK_LIMIT):
            for label, user in visit.value.uses:
                if user.kind == "call" and label in ("arg", "function") and "measures" in self.flow.roles(user):
                    yield user

    def _names(self, call: Value) -> Iterator[str]:
        for target in self.flow.targets(call):
            if target.api is not None and "measures" in target.api.roles:
                yield short_name(target.api.name).rpartition(".")[2]
            elif target.kind == "func":
                yield self.flow.scope(target.module, target.scope).name

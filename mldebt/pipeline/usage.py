"""What becomes of a model once it is there: who serves it, and what measures it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mldebt.flow.behind import Behind
from mldebt.flow.models import short_name
from mldebt.flow.sameness import Sameness
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.lifecycle import Lives
from mldebt.pipeline.register import TrainedModel

Unit = tuple[int, int]
WALK_LIMIT = 400
METRICS_SHOWN = 8
_NOT_A_METRIC = frozenset(
    """evaluate test validate compute update reset run run_eval score shap_values cross_validate cross_val_score fit
    cross_val_predict feature_importances permutation_importance
    MeanMetric MaxMetric MinMetric SumMetric CatMetric RunningMean RunningSum
    MetricCollection""".split()
)

_NO_NAME = re.compile(r"^(_|print_|plot_|show_|log_|save_)|^forward$|^call$|loss(es)?$|entropy|logits", re.IGNORECASE)
"""What a loss is called, which is computed to train, not to tell how good a model is; and what only shows a metric."""

_METRIC = re.compile(
    r"(^|_)(precision|recall|f1|f_?score|ndcg|dcg|map_at|mrr|auc|roc|rmse|mse|mae|mape|smape|r2|rsquared|accuracy|acc|hit_?rate|coverage"
    r"|novelty|diversity|serendipity|exp_var|logloss|log_loss|iou|bleu|rouge|perplexity|confusion_matrix|ap|gini|ks)(_|\d|$)",
    re.IGNORECASE,
)
"""What the repository's own functions that measure are called."""


class Usage:
    """Questions about a model's predictions."""

    def __init__(self, flow: Flow, behind: Behind) -> None:
        self.flow = flow
        self.behind = behind
        self.lives = flow.shared(Lives)
        self.sameness = flow.shared(Sameness)

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

    def metrics(self, model: TrainedModel) -> list[tuple[str, Value]]:
        """The metrics that are computed for a model, by name: on it, or on what it predicts."""
        found: dict[str, Value] = {}
        for call in (*model.measured, *(call for asked in model.asked for call in self._measured(asked))):
            for name in self._names(call):
                found.setdefault(name, call)
        named = {name: call for name, call in found.items() if not _NO_NAME.search(name)}
        plain = {name: call for name, call in named.items() if name not in _NOT_A_METRIC}
        return list((plain or named).items())[:METRICS_SHOWN]

    def _measured(self, asked: Value) -> Iterator[Value]:
        """The calls that measure what a model says."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=WALK_LIMIT):
            for label, user in visit.value.uses:
                if user.kind == "call" and label in ("arg", "function") and self._is_measure(user):
                    yield user

    def _is_measure(self, call: Value) -> bool:
        own = (target for target in self.flow.targets(call) if target.kind == "func" and not target.guessed)
        return "measures" in self.flow.roles(call) or any(
            _METRIC.search(self.flow.scope(target.module, target.scope).name) for target in own
        )

    def _names(self, call: Value) -> Iterator[str]:
        for target in self.flow.targets(call):
            if target.api is not None and "measures" in target.api.roles:
                name = short_name(target.api.name).rpartition(".")[2]
                if target.api.name.startswith("torchmetrics."):
                    yield self._metric_class(target.receiver) or name
                    continue
                yield self._loaded_name(target.receiver) or name if name == "compute" else name
            elif target.kind == "func":
                yield self.flow.scope(target.module, target.scope).name

    def _metric_class(self, receiver: Value | None) -> str:
        """The class of an object that measures, where the call is one of every metric's."""
        types = self.flow.types(receiver) if receiver is not None else ()
        return next((each.name.rpartition(".")[2] for each in types if isinstance(each.name, str)), "")

    def _loaded_name(self, receiver: Value | None) -> str:
        """What a metric that was loaded by name is called: `evaluate.load("f1")`."""
        for visit in self.flow.walk(receiver, self.sameness.back, limit=20) if receiver is not None else ():
            call = visit.value
            if call.kind == "call" and len(call.inputs) > 1 and isinstance(call.inputs[1][1].data, str):
                return call.inputs[1][1].data if call.inputs[1][1].kind == "const" else ""
        return ""

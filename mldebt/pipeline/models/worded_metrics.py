"""Metrics that code works out by hand: numbers made of a model's answers and the truth that it calls by a metric's name
(`rmse = np.sqrt(np.mean((guess - truth) ** 2))`, `{"mae": ...}`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import parted
from mldebt.pipeline.models.own_metrics import DEPTH, OwnMetrics
from mldebt.regex import regex

WALK_LIMIT = 400
_METRIC = regex(
    r"(^|_)(precision|recall|f1|f_?score|ndcg|dcg|map_at|mrr|auc|roc|rmse|mse|mae|mape|smape|r2|rsquared|accuracy|acc"
    r"|hit_?(rate|ratio)|coverage|novelty|diversity|serendipity|exp_var|logloss|log_loss|iou|bleu|rouge|perplexity"
    r"|confusion_matrix|ap|gini|ks)(_|\d|$)",
    re.IGNORECASE,
)
_TRAINING = regex(r"train|loss", re.IGNORECASE)
_COMPUTED = frozenset({"operation", "call", "choice", "phi"})
_MEETING = frozenset({"operation", "compare", "call"})


def is_metric_word(name: str) -> bool:
    """Whether a function, variable or key is called as a metric is: `val_rmse`, `getHitRatio`."""
    return _METRIC.search(re.sub(r"\W", "_", parted(name))) is not None


class WordedMetrics:
    """Answers per call that asks a model."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.own = flow.shared(OwnMetrics)

    def of(self, asked: Value) -> Iterator[tuple[str, Value]]:
        """The metrics that are worked out of an answer, by the name that the code gives them; what a training loop
        shows of its own batches is none, nor is what another is made of: DCG on the way to NDCG."""
        found: dict[Value, list[str]] = {}
        behind: set[Value] = set()
        for visit in self.flow.walk(asked, self.flow.forth, limit=WALK_LIMIT):
            value = visit.value
            if value.kind not in _COMPUTED or value is asked:
                continue
            names = [name for name in called(value) if is_metric_word(name) and not _TRAINING.search(name)]
            if names and self._meets(visit) and self.own.is_number(value, DEPTH, frozenset()):
                found[value] = [] if self._steps(value) else names
                behind.update(each.value for each in visit.path()[:-1])
        yield from ((name, value) for value, names in found.items() if value not in behind for name in names)

    def _meets(self, visit: Visit) -> bool:
        """Whether an answer met something else on the way: a number of one thing alone measures nothing."""
        return any(
            each.value.kind in _MEETING
            and sum(source.kind not in ("const", "external") for _, source in each.value.inputs) > 1
            for each in visit.path()[1:]
        )

    def _steps(self, value: Value) -> bool:
        """Whether a number is worked out in a loop that takes a step of the training each time."""
        return any(
            call.loops[-1] in value.loops and "optimizes" in self.flow.roles(call)
            for call in value.body.calls
            if call.loops
        )


def called(value: Value) -> list[str]:
    """The variables that hold a value, the keys under which it is told, the function that gives it."""
    names = list(value.body.names_of(value))
    for label, user in value.uses:
        if label == "item" and user.kind == "dict":
            keys = zip(user.keys, user.every("item"), strict=False)
            names += [key for key, item in keys if item is value and isinstance(key, str)]
        elif label == "value" and user.kind == "store" and isinstance(user.key, str):
            names.append(user.key)
        elif label == "arg" and user.calls_external("float", "round"):
            names += called(user)
        elif label == "value" and user.kind == "return":
            names.append(value.body.scope.name.lstrip("_"))
    return list(dict.fromkeys(names))

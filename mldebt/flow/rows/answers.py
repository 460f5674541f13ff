"""What columns are called that hold what a model said, or how well it does: evidence against a finding only."""

from __future__ import annotations

import re

from mldebt.flow.body import Body
from mldebt.regex import regex

_ANSWERS = regex(
    r"(^|_)(pred(s|icted|ictions?)?|y_?hat)(_|$)|\w_hat$"
    r"|(^|_)model_(scores?|probs?|proba|probability)(_|$)|(^|_)(churn|fraud|default|click)_(probs?|proba|probability)(_|$)"
    r"|(^|_)(anomaly|outlier|novelty|fraud|churn|propensity|lead)_scores?(_|$)",
    re.IGNORECASE,
)


def names_answers(name: object) -> bool:
    """Whether a column or a field of this name holds what a model said."""
    return isinstance(name, str) and _ANSWERS.search(name) is not None


METRIC = regex(
    r"(^|_)(rmsle|n?rmse|mae|w?mape|wape|smape|mase|mse|r2|auc|auroc|f1|f2|ndcg|mrr|logloss|val_loss|bleu|rouge\w?)(_|\Z)",
    re.IGNORECASE,
)
SEVERAL = 2


def fills_in_metrics(body: Body) -> bool:
    """Whether code puts down the values of several metrics by name: `{"model": name, "mae": …, "wmape": …}`."""
    named: set[str] = set()
    for node in body.nodes:
        if node.kind == "dict":
            named.update(key for key in node.keys if isinstance(key, str) and METRIC.search(key))
        elif node.kind == "store" and isinstance(node.data, tuple) and isinstance(node.key, str):
            named.update((node.key,) if METRIC.search(node.key) else ())
    return len(named) >= SEVERAL

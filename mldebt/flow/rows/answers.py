"""What columns are called that hold what a model said: evidence against a finding only."""

from __future__ import annotations

import re

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

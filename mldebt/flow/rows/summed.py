"""Parts of data that are only taken to make a number of them: an average, a count, the value of a metric."""

from __future__ import annotations

from mldebt.flow.value import Value

DEPTH = 8
SUMS = frozenset(
    """mean sum std var median average quantile percentile nanmean nansum nanstd nanvar nanmedian nanpercentile
    nanquantile count_nonzero corr cov count nunique skew kurtosis""".split()
)
"""What makes one number of many."""
_ONE_OF_THEM = frozenset("min max nanmin nanmax any all".split())
_NUMBER_BY_NUMBER = frozenset(
    """abs absolute square sqrt log log1p exp power float float32 float64 astype clip maximum minimum round nan_to_num
    to_numpy asarray array""".split()
)
"""What makes another number of each."""


def is_summed_up(value: Value) -> bool:
    """Whether all that becomes of a value is a number: `np.mean(errors[known] / truth[known])`, `part.sum()`."""
    return _is_summed(value, DEPTH)


def _is_summed(value: Value, depth: int) -> bool:
    uses = [(label, user) for label, user in value.uses if label not in ("condition", "test")]
    return bool(depth and uses) and all(_goes_into_sum(label, user, depth - 1) for label, user in uses)


def _goes_into_sum(label: str, user: Value, depth: int) -> bool:
    if user.kind == "call" and label == "arg":
        name = user.function.name.rpartition(".")[2] if user.function.kind in ("attr", "external") else ""
        return name in SUMS or name in _ONE_OF_THEM or (name in _NUMBER_BY_NUMBER and _is_summed(user, depth))
    if user.kind == "attr" and label == "object":
        called = [call for used_as, call in user.uses if used_as == "function"]
        if len(called) < len(user.uses) or not called:
            return False
        if user.data in SUMS or user.data in _ONE_OF_THEM:
            return True
        return user.data in _NUMBER_BY_NUMBER and all(_is_summed(each, depth) for each in called)
    return user.kind in ("operation", "phi", "same") and _is_summed(user, depth)

"""Scores that stand at some places of an array, and are changed there: `scores[fresh] *= 1.5`."""

from __future__ import annotations

from mldebt.flow.idioms import root
from mldebt.flow.orders.order import Orders
from mldebt.flow.scores.bonuses import SMALL, number
from mldebt.flow.value import Value

FAR = 100
PART_LIMIT = 12
_COUNTING = ("range", "enumerate", "len", "numpy.arange")
_LEFT_OUT = ("slice", "const", "external")


def is_at_some(orders: Orders, score: Value, node: Value, amount: Value) -> bool:
    """Whether a change goes back to where the score was read, at places that something else than the scores names: an
    array of items, what a loop meets. Were it all of them, the change would be for nothing."""
    place = _last(score.one("key")) if score.kind == "item" and score.data is None else None
    if place is None or place.kind in _LEFT_OUT or _hides(node, amount) or not _goes_back(score, node):
        return False
    return not _counts_all(place, score) and not orders.is_score(place)


def _last(key: Value | None) -> Value | None:
    """The last of several places: the columns of `scores[:, fresh]`."""
    if key is None or key.kind != "collection" or key.data != "tuple":
        return key
    return key.inputs[-1][1] if key.inputs else None


def _goes_back(score: Value, node: Value) -> bool:
    """Whether a changed score is put at the place that it was read at."""
    stores = (user for label, user in node.uses if label == "value" and user.kind == "store")
    return any(store.one("key") is score.one("key") and root(store.source) is root(score.source) for store in stores)


def _hides(node: Value, amount: Value) -> bool:
    """Whether an amount is so big that it hides items, or so small that it only tells equal scores apart."""
    found = number(amount)
    return node.data in ("-", "+") and found is not None and not SMALL < abs(found) < FAR


def _counts_all(place: Value, score: Value) -> bool:
    """Whether a place is counted, or is one of all that the scores stand at."""
    waiting, seen = [place], {place}
    while waiting and len(seen) < PART_LIMIT:
        value = waiting.pop()
        if value.calls_external(*_COUNTING) or value is root(score.source):
            return True
        sources = [source for label, source in value.inputs if label != "function" and source not in seen]
        waiting += sources
        seen.update(sources)
    return False

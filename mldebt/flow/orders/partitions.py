"""The best that are taken without being put in order: `argpartition(scores, -10)[-10:]`."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import last_name, made_of
from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.orders.reordering import Idiom, Reorder
from mldebt.flow.value import Value

PARTITION = Idiom("partition", "the best are taken without being put in order", accidental=True)
PARTS = 6
"""How many steps the places may be away from what is sorted by the scores there."""
TAKEN_LIMIT = 12
_SORTING = frozenset({"argsort", "sorted", "topk", "lexsort", "sort"})
_TAKING = frozenset({"slice", "item", "same", "phi", "passed"})


class Partitions:
    """Finds them by the scores of a model."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def of(self, call: Value) -> Iterator[Reorder]:
        """The best ten, in any order. With many places, each of them is in order."""
        places = dict(call.named_arguments).get("kth", next(iter(call.arguments[call.receiver is None :]), None))
        if places is None or places.kind == "collection" or places.calls_external("range", "list", "numpy.arange"):
            return
        scores = [call.receiver] if call.receiver is not None else call.arguments[:1]
        if any(self._orders.scorer(each) is not None for each in scores) and not _is_put_in_order(call):
            origin = Origin(call, "the best scores are taken", (call,), ())
            yield Reorder(call, PARTITION.kind, PARTITION.accidental, PARTITION.text, (call,), (origin,))


def _is_put_in_order(partition: Value) -> bool:
    """Whether the places are taken once more, in the order of the scores that stand there:
    `best[rows, argsort(-scores[rows, best])]`."""
    taken = _taken(partition)
    keys = (value.one("key") for value in taken if value.kind == "item")
    parts = (part for key in keys if key is not None for part in made_of(key, PARTS))
    return any(
        part.kind == "call"
        and last_name(part.function) in _SORTING
        and not taken.isdisjoint(each for given in part.inputs for each in made_of(given[1], PARTS))
        for part in parts
    )


def _taken(partition: Value) -> frozenset[Value]:
    """The places, and what is taken of them."""
    found = {partition: None}
    for value in iter(waiting := [partition]):
        users = (user for label, user in value.uses if label in ("object", "value", "base") and user.kind in _TAKING)
        for user in users:
            if user not in found and len(found) < TAKEN_LIMIT:
                found[user] = None
                waiting.append(user)
    return frozenset(found)

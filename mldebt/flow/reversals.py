"""Rankings that are turned round once too often."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.choices import bounds
from mldebt.flow.order import Orders, Origin
from mldebt.flow.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value

REVERSAL = Idiom("reversal", "turned round, although the best came first", accidental=True)
_BEST_IS_LEAST = re.compile(r"dist|loss|error|cost", re.IGNORECASE)


class Reversals:
    """Finds `[::-1]`, `reversed` and `.reverse()` on a ranking that already descends. Whoever asks for the last few and
    turns them round wants the worst, and gets them."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks

    def of(self, node: Value) -> Iterator[Reorder]:
        """A slice, call or mutation that may turn a sequence round."""
        for found in self._breaks.of(REVERSAL, node, self._turned(node)):
            wrong = tuple(origin for origin in found.origins if self._descends(origin))
            if wrong:
                yield found._replace(origins=wrong)

    def _turned(self, node: Value) -> list[Value]:
        """What a value is the reverse of; nothing for other values."""
        if node.kind == "slice":
            return [node.source] if bounds(node)[2] == -1 else []
        if node.kind == "mutate":
            return [node.source] if node.data == "reverse" else []
        api = self._orders.flow.api(node) if node.kind == "call" else None
        return self._orders.kept_by(node) if api is not None and api.order == "reverses" else []

    def _descends(self, origin: Origin) -> bool:
        """Whether a ranking has the best first where it is turned."""
        if any(map(_takes_the_end, origin.trail)):
            return False
        made, turns = origin.value, sum(bool(self._turned(value)) for value in origin.trail)
        if not self._orders.is_sort(made):
            return turns == 0 and "returns results in score order" in origin.how
        key = self._orders.sort_key(made)
        if key.descending is None or _BEST_IS_LEAST.search(key.text):
            return False
        return key.descending is (turns % 2 == 0)


def _takes_the_end(value: Value) -> bool:
    """`ranked[-10:]`."""
    if value.kind != "slice":
        return False
    lower, upper, _ = bounds(value)
    return upper is None and isinstance(lower, int) and lower < 0

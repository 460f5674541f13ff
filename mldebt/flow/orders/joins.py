"""Several rankings that are put one behind the other, each in its own order, and never sorted together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, takewhile

from mldebt.flow.conditions.conditions import never_both, ways
from mldebt.flow.idioms import is_walked, root
from mldebt.flow.orders.list_versions import beginnings, versions
from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value

JOINED = Idiom("joined", "rankings are put one behind the other and cut, never sorted together")
MADE_LIMIT = 20


class Joins:
    """Finds them; what fills up a list that is too short is a fallback, and no order of its own."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks

    def of(self, node: Value, parts: list[Value]) -> Iterator[Reorder]:
        """`near + popular`; what is left over of lists that were merged before is no ranking."""
        if any(part.kind == "slice" and isinstance(part.data, tuple) and part.data[0] for part in parts):
            return
        ranked = [part for part in parts if self._orders.ranked(part) is not None]
        for first, second in pairwise(ranked):
            if self._differ(node, first, second) and not fills_up(node, second):
                yield from self._breaks.of(JOINED, node, [second])
                return

    def extended(self, extend: Value) -> Iterator[Reorder]:
        """`found.extend(near)`, `found.extend(popular)`; `found.extend(near(each))` in a loop."""
        added = extend.every("arg")[0]
        if fills_up(extend, added) or self._orders.ranked(added) is None:
            return
        if self._is_of_round(extend, added):
            yield from self._breaks.of(JOINED, extend, [added])
            return
        for earlier in versions(extend.source):
            is_list = earlier.kind == "mutate" and earlier.data == "extend" and earlier is not extend
            first = earlier.every("arg")[:1] if is_list and not never_both(earlier, extend) else []
            if first and self._differ(extend, first[0], added):
                yield from self._breaks.of(JOINED, extend, [added])
                return

    def appended(self, append: Value) -> Iterator[Reorder]:
        """`for each in liked: for item in near(each): found.append(item)`."""
        loop, item = append.loops[-1], append.every("arg")[0]
        is_own = item.kind == "element" and item.source is loop and len(append.loops) > 1
        if is_own and self._is_of_round(append, loop) and not fills_up(append, loop):
            yield from self._breaks.of(JOINED, append, [loop])

    def _differ(self, node: Value, first: Value, second: Value) -> bool:
        """Whether two lists were ranked apart from each other: they have nothing in common on the way here."""
        one, other = (self._orders.ranked(part) for part in (first, second))
        return one is not None and other is not None and not _near(node, one) & _near(node, other)

    def _is_of_round(self, added: Value, ranking: Value) -> bool:
        """Whether each round of the loop around the list's own makes another ranking; pages of one are no other."""
        outer = [loop for loop in added.loops if loop is not ranking][-1:]
        if not outer or not is_walked(outer[0]) or outer[0].calls_external("range"):
            return False
        if any(outer[0] in start.loops for start in beginnings(added)):
            return False  # the list starts anew in each round
        origin = self._orders.ranked(ranking)
        calls = [value for value in _near(added, origin) if value.kind == "call"] if origin is not None else []
        return any(outer[0] in call.loops and _is_made_of(call, outer[0]) for call in calls)


def fills_up(node: Value, added: Value) -> bool:
    """Whether a list is only added where another is too short, or as much of it as is missing."""
    tests = [test for test, _ in ways(node.body, node.at)]
    while added.kind == "same":
        added = added.source
    bounds = added.arguments if added.kind == "call" else added.every("bound")
    return any(map(_counts, (*tests, *bounds))) or any(map(_asks_list, tests))


def is_cut(trail: tuple[Value, ...]) -> bool:
    """Whether only the first of a list get on, where it is made or goes back to. A set has no first, and what is handed
    to another function may be merged there by another rule."""
    if any(value.calls_external("set", "frozenset") for value in trail):
        return False
    return any(map(_cuts, takewhile(lambda value: value.kind != "param", trail)))


def _cuts(value: Value) -> bool:
    if value.kind == "slice":
        return isinstance(value.data, tuple) and value.data[1] is not None
    if value.kind == "mutate" and value.data == "append" and value.loops:
        tests = (node for node in value.body.nodes if node.kind == "compare" and node.loops == value.loops)
        return any(_counts(test) for test in tests)
    return value.calls_method("head") or value.calls_external("itertools.islice")


def _near(node: Value, origin: Origin) -> set[Value]:
    """The values of a way to a ranking that stand in a function themselves."""
    return {root(value) for value in origin.trail if value.body is node.body}


def _is_made_of(call: Value, loop: Value) -> bool:
    """Whether what a loop meets is handed to a call."""
    waiting, seen = list(call.arguments), 0
    while waiting and seen < MADE_LIMIT:
        value = waiting.pop()
        seen += 1
        if value.kind == "element" and value.source is loop:
            return True
        waiting += [source for _, source in value.inputs]
    return False


def _counts(value: Value) -> bool:
    """Whether a test or a bound asks how long a list is."""
    waiting, seen = [value], 0
    while waiting and seen < MADE_LIMIT:
        part = waiting.pop()
        seen += 1
        if part.calls_external("len"):
            return True
        waiting += part.every("operand") if part.kind in ("compare", "operation") else []
    return False


def _asks_list(test: Value) -> bool:
    """`if not found:`: whether a test asks if there is anything in a list that was filled before."""
    while test.kind == "operation" and test.data == "not":
        test = test.source
    return test.kind in ("mutate", "phi", "comprehension") and any(
        each.kind == "collection" for each in beginnings(test)
    )

"""Rankings that are merged by turns: an item of the first, an item of the second, and again."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import is_walked
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value

BY_TURNS = Idiom("interleave", "lists are merged by turns")
_PAIRING = ("zip", "itertools.zip_longest")
_TAKING = ("pop", "popleft")


class Turns:
    """Finds loops over places, rounds or pairs that take one item of each list, and pairs that are flattened."""

    def __init__(self, breaks: Breaks) -> None:
        self._breaks = breaks

    def appended(self, append: Value) -> Iterator[Reorder]:
        """An append in a loop over a sequence: `for a, b in zip(near, far): out.append(a); out.append(b)`."""
        item = append.every("arg")[0]
        sources = self._paired(append, item) or self._placed(append, item) or self._rounds(append, item)
        if (
            not sources
            and len(append.loops) > 1
            and item.kind == "element"
            and _is_row(append.loops[-1], append.loops[-2])
        ):
            sources = _parts(append.loops[-2])  # `for pair in zip(near, far): for each in pair: out.append(each)`
        yield from self._breaks.of(BY_TURNS, append, sources)

    def extended(self, extend: Value) -> Iterator[Reorder]:
        """`for pair in zip(near, far): out.extend(pair)`, all of the pair or some."""
        added, loop = extend.every("arg")[0], extend.loops[-1] if extend.loops else None
        met = added.every("iterable")[0] if added.kind == "comprehension" else added
        if loop is not None and _is_row(met, loop):
            yield from self._breaks.of(BY_TURNS, extend, _parts(loop))

    def flattened(self, node: Value) -> Iterator[Reorder]:
        """`[item for pair in zip(near, far) for item in pair]`, `chain.from_iterable(zip(near, far))`."""
        if node.kind == "call":
            pairs = node.arguments[:1]
        else:
            iterables, element = node.every("iterable"), node.one("element")
            is_flat = len(iterables) == 2 and element is not None and _is_met(element, iterables[1])
            pairs = iterables[:1] if is_flat and _is_met(iterables[1], iterables[0]) else []
        yield from self._breaks.of(BY_TURNS, node, [part for each in pairs for part in _parts(each)])

    def _paired(self, append: Value, item: Value) -> list[Value]:
        """The lists whose items a loop meets together and puts one behind the other."""
        loop = append.loops[-1]
        if not _is_part(item, loop) or len(parts := _parts(loop)) < 2:
            return []
        others = {other.data for other in _siblings(append) if _is_part(other, loop)} - {item.data}
        taken = [place for place in (item.data, *others) if isinstance(place, int) and place < len(parts)]
        return [parts[place] for place in taken] if others else []

    def _placed(self, append: Value, item: Value) -> list[Value]:
        """The lists of which a loop over places takes what each has there."""
        key = item.one("key") if item.kind == "item" else None
        if key is None or key.kind != "element" or not key.source.calls_external("range"):
            return []
        loop = append.loops[-1]
        if key.source is not loop:  # the lists are met by a loop inside
            return [item.source] if key.source in append.loops and _is_met(item.source, loop) else []
        others = [other for other in _siblings(append) if other.kind == "item" and other.one("key") is key]
        different = [other.source for other in others if other.source is not item.source]
        return [item.source, *different] if different else []

    def _rounds(self, append: Value, item: Value) -> list[Value]:
        """The lists of which each round of an outer loop takes the first that is left."""
        if len(append.loops) < 2 or is_walked(append.loops[-2]):
            return []
        is_next = item.kind == "item" and item.data is None
        queue = item.function.source if item.calls_method(*_TAKING) else item.source if is_next else None
        loop = append.loops[-1]
        if queue is None:
            return []
        key = queue.one("key") if queue.kind == "item" else None
        is_met = _is_met(queue, loop) or (key is not None and _is_met(key, loop))
        return [queue] if is_met else []


def _siblings(append: Value) -> list[Value]:
    """What else the same loop appends to the same list."""
    start, loop = beginnings(append), append.loops[-1]
    appends = (node for node in append.body.nodes if node.kind == "mutate" and node.data == "append")
    in_loop = (node for node in appends if node is not append and node.loops[-1:] == (loop,) and node.every("arg"))
    return [node.every("arg")[0] for node in in_loop if beginnings(node) & start]


def _parts(pairs: Value) -> list[Value]:
    """The lists that are walked together."""
    return pairs.arguments if pairs.calls_external(*_PAIRING) else []


def _is_part(item: Value, loop: Value) -> bool:
    """Whether a value is one of those that a loop over pairs meets at a time."""
    is_part = item.kind == "item" and isinstance(item.data, int) and item.source.kind == "element"
    return is_part and item.source.source is loop


def _is_row(value: Value, loop: Value) -> bool:
    """Whether a value is all that a loop over pairs meets at a time."""
    while value.kind in ("passed", "same"):
        value = value.source
    return value.kind == "element" and value.source is loop


def _is_met(value: Value, loop: Value) -> bool:
    """Whether a value is what a loop meets: an element, the part of an entry, a version of these."""
    while value.kind in ("passed", "mutate", "same") or (value.kind == "item" and isinstance(value.data, int)):
        value = value.source
    return value.kind == "element" and value.source is loop

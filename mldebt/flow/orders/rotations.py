"""Rankings that are turned on: they begin elsewhere than with the best, which follow behind the rest."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import root
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.rows.parts_taken import bounds
from mldebt.flow.value import Value

ROTATION = Idiom("rotation", "turned on, so that the best no longer come first")
_BY_PLACE = ("iloc", "loc")


class Rotations:
    """Finds `ranked[k:] + ranked[:k]` and the calls that do the same."""

    def __init__(self, breaks: Breaks) -> None:
        self._breaks = breaks

    def joined(self, node: Value, left: Value, right: Value) -> Iterator[Reorder]:
        """Two lists that follow each other: the end of a ranking and its beginning."""
        end, beginning = _cut(left), _cut(right)
        if end is None or beginning is None or _owner(end) is not _owner(beginning):
            return
        if bounds(end)[0] not in (None, 0) and bounds(beginning)[0] in (None, 0) and bounds(beginning)[1] is not None:
            yield from self._breaks.of(ROTATION, node, [_owner(end)])

    def rolled(self, call: Value) -> Iterator[Reorder]:
        """`numpy.roll(ranked, k)`."""
        return self._breaks.of(ROTATION, call, call.arguments[:1])

    def rotated(self, mutation: Value) -> Iterator[Reorder]:
        """`deque.rotate(k)`."""
        return self._breaks.of(ROTATION, mutation, [mutation.source])

    def put_behind(self, append: Value) -> Iterator[Reorder]:
        """`ranked.append(ranked.pop(0))`."""
        taken = append.every("arg")[0]
        is_first = taken.calls_method("popleft") or (
            taken.calls_method("pop") and [each.data for each in taken.arguments] == [0]
        )
        if is_first and taken.receiver is not None and root(taken.receiver) is root(append.source):
            yield from self._breaks.of(ROTATION, append, [append.source])

    def at_places(self, node: Value) -> Iterator[Reorder]:
        """`[ranked[(place + k) % n] for place in range(n)]`."""
        taken, places = node.one("element"), node.every("iterable")
        key = taken.one("key") if taken is not None and taken.kind == "item" else None
        if taken is None or key is None or key.kind != "operation" or key.data != "%":
            return
        moved, walked = key.source, places[-1]
        is_moved = moved.kind == "operation" and moved.data in ("+", "-") and walked.calls_external("range")
        if is_moved and any(part.kind == "element" and part.source is walked for part in moved.every("operand")):
            yield from self._breaks.of(ROTATION, node, [taken.source])


def _cut(part: Value) -> Value | None:
    """The slice that a list is."""
    part = part.arguments[0] if part.calls_external("list") and part.arguments else part
    return part if part.kind == "slice" else None


def _owner(cut: Value) -> Value:
    """What a slice was taken of."""
    whole = cut.source
    return root(whole.source if whole.kind == "attr" and whole.data in _BY_PLACE else whole)

"""Pairs what was found before with what is found now, from the surest likeness to the loosest."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec

Old = TypeVar("Old")
New = TypeVar("New")
Key = Hashable | None


class Likeness(msgspec.Struct, Generic[Old, New], frozen=True, kw_only=True):
    """Two are alike when their keys are equal and not None, and `accept` agrees."""

    old: Callable[[Old], Key]
    new: Callable[[New], Key]
    accept: Callable[[Old, New], bool] = lambda _old, _new: True


def pair(old: Sequence[Old], new: Sequence[New], likenesses: Iterable[Likeness[Old, New]]) -> list[tuple[int, int]]:
    """Positions in `old` and `new` that belong together. Each is used once; of several, the first in order."""
    pairs: list[tuple[int, int]] = []
    left = list(range(len(old)))
    right = list(range(len(new)))
    for likeness in likenesses:
        if not left or not right:
            break
        found = _pass(old, new, left, right, likeness)
        pairs += found
        gone, met = {first for first, _ in found}, {second for _, second in found}
        left = [index for index in left if index not in gone]
        right = [index for index in right if index not in met]
    return sorted(pairs, key=lambda each: each[1])


def _pass(
    old: Sequence[Old], new: Sequence[New], left: list[int], right: list[int], likeness: Likeness[Old, New]
) -> list[tuple[int, int]]:
    waiting: dict[Key, deque[int]] = defaultdict(deque)
    for index in left:
        key = likeness.old(old[index])
        if key is not None:
            waiting[key].append(index)
    found = []
    for index in right:
        candidates = waiting.get(likeness.new(new[index]))
        match = next((each for each in candidates or () if likeness.accept(old[each], new[index])), None)
        if candidates is not None and match is not None:
            candidates.remove(match)
            found.append((match, index))
    return found

"""Two regions side by side: how alike they are, and in what they differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cached_property

from mldebt.pipeline.clones.lines import Line, Region

LEAST_ALIKE = 0.4
"""Lines less alike than this are two lines, not one that was changed."""
LONGEST = 400
"""Lines of a region that are aligned one by one; of a longer one, the first so many are."""

Pair = tuple[Line, Line]


class Difference:
    """A line that was changed, or that stands on one side only."""

    __slots__ = ("left", "right")

    def __init__(self, left: Line | None, right: Line | None) -> None:
        self.left = left
        self.right = right

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """What the left line says and what the right one says instead; empty texts for nothing."""
        one = self.left.atoms if self.left is not None else ()
        other = self.right.atoms if self.right is not None else ()
        codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        return tuple((" ".join(one[a:b]), " ".join(other[c:d])) for tag, a, b, c, d in codes if tag != "equal")

    def __repr__(self) -> str:
        return f"<Difference {self.changes!r}>"


class Alignment:
    """The lines of two regions, paired. `moved` are pairs that stand in another order."""

    def __init__(self, left: Region, right: Region) -> None:
        self.left = left
        self.right = right
        one, other = left.lines[:LONGEST], right.lines[:LONGEST]
        self.pairs = _in_order(one, other)
        met = {id(line) for pair in self.pairs for line in pair}
        self.moved = _moved([line for line in one if id(line) not in met], [x for x in other if id(x) not in met])
        met.update(id(line) for pair in self.moved for line in pair)
        self.only_left = tuple(line for line in one if id(line) not in met)
        self.only_right = tuple(line for line in other if id(line) not in met)
        self._total = sum(line.weight for line in (*one, *other))

    @cached_property
    def similarity(self) -> float:
        """The share of both regions that the other one has too, weighed by how much the lines say."""
        shared = sum(alike(*pair) * (pair[0].weight + pair[1].weight) for pair in (*self.pairs, *self.moved))
        return shared / self._total if self._total else 0.0

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Changed lines, then what stands on one side only; renamed variables and order are no differences."""
        changed = (Difference(*pair) for pair in self.pairs if pair[0].atoms != pair[1].atoms)
        lost = (Difference(line, None) for line in self.only_left)
        return (*changed, *lost, *(Difference(None, line) for line in self.only_right))


def align(left: Region, right: Region) -> Alignment:
    """Lay two regions side by side."""
    return Alignment(left, right)


def alike(one: Line, other: Line) -> float:
    """1 for lines of one shape, else the share of their features that both have (Dice)."""
    if one.shape == other.shape:
        return 1.0
    return 2 * len(one.bag & other.bag) / (one.weight + other.weight)


def _in_order(one: tuple[Line, ...], other: tuple[Line, ...]) -> tuple[Pair, ...]:
    """The heaviest way to pair lines without crossing: equal ends first, the middle by dynamic programming."""
    start = 0
    while start < min(len(one), len(other)) and one[start].shape == other[start].shape:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end].shape == other[-1 - end].shape:
        end += 1
    head = zip(one[:start], other[:start], strict=True)
    tail = zip(one[len(one) - end :], other[len(other) - end :], strict=True)
    return (*head, *_middle(one[start : len(one) - end], other[start : len(other) - end]), *tail)


def _middle(one: tuple[Line, ...], other: tuple[Line, ...]) -> Iterator[Pair]:
    gains = [_gains(left, other) for left in one]
    best = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        here, below, gain = best[i], best[i + 1], gains[i]
        after = 0.0
        for j in reversed(range(len(other))):
            here[j] = after = max(after, below[j], below[j + 1] + gain[j])
    i = j = 0
    while i < len(one) and j < len(other):
        if gains[i][j] and best[i][j] == best[i + 1][j + 1] + gains[i][j]:
            yield one[i], other[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _gains(left: Line, others: tuple[Line, ...]) -> list[float]:
    """What it gains to pair a line with each of some others: what both say, 0 where that is too little."""
    shape, weight, bag = left.shape, left.weight, left.bag
    gains = []
    for right in others:
        together = weight + right.weight
        least = LEAST_ALIKE * together
        if shape == right.shape:
            gains.append(1.0 * together)
        elif 2 * weight < least or 2 * right.weight < least:
            gains.append(0.0)  # the shorter line has not enough to share
        else:
            shared = 2.0 * len(bag & right.bag)
            gains.append(shared if shared >= least else 0.0)
    return gains


def _moved(one: list[Line], other: list[Line]) -> tuple[Pair, ...]:
    """Lines of one shape that stand elsewhere on the other side."""
    waiting: dict[str, list[Line]] = defaultdict(list)
    for line in other:
        waiting[line.shape].append(line)
    places: Counter[str] = Counter()
    found: list[Pair] = []
    for line in one:
        place = places[line.shape]
        if place < len(waiting.get(line.shape, ())):
            found.append((line, waiting[line.shape][place]))
            places[line.shape] += 1
    return tuple(found)

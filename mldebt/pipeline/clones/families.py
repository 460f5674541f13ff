"""Groups of regions that are near-clones of each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush

import msgspec

from mldebt.pipeline.clones.alignment import Alignment, align
from mldebt.pipeline.clones.lines import Region
from mldebt.pipeline.clones.minhash import candidates, numbered, sign

SIMILARITY = 0.7
LEAST_LINES = 5

Verified = dict[tuple[int, int], Alignment]
Neighbours = dict[int, list[tuple[int, float]]]


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """A region and the one before it in its family that it is most like, side by side (that one on the left)."""

    region: Region
    model: Region
    alignment: Alignment


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Regions that are near-clones, in the order given, and how all but the first came in."""

    members: tuple[Region, ...]
    twins: tuple[Twin, ...]


def in_two_modules(one: Region, other: Region) -> bool:
    """Compares what stands in different modules alone."""
    return one.module is not other.module


def find_families(
    regions: Iterable[Region],
    *,
    similarity: float = SIMILARITY,
    least: int = LEAST_LINES,
    compare: Callable[[Region, Region], bool] | None = None,
) -> list[Family]:
    """Families of regions of at least `least` lines, by the place of their first member. `compare` may say of two
    regions that they are not to be compared: because they belong together, say."""
    big = [region for region in regions if len(region.lines) >= least]
    features = [Counter(feature for line in region.lines for feature in line.features) for region in big]
    signatures = [sign(numbered(each)) for each in features]
    verified: Verified = {}
    for one, other in candidates(signatures):
        if _overlap(big[one], big[other]) or (compare is not None and not compare(big[one], big[other])):
            continue
        if _shared(features[one], features[other]) >= similarity:  # lines cannot share more than their regions do
            alignment = align(big[one], big[other])
            if alignment.similarity >= similarity:
                verified[one, other] = alignment
    near: Neighbours = defaultdict(list)
    for (one, other), alignment in verified.items():
        near[one].append((other, alignment.similarity))
        near[other].append((one, alignment.similarity))
    return [_family(big, members, verified, near) for members in _components(len(big), verified)]


def _shared(one: Counter[int], other: Counter[int]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def _overlap(one: Region, other: Region) -> bool:
    """Whether one region holds a part of the other."""
    if one.module is not other.module or not one.lines or not other.lines:
        return False
    return one.lines[0].at <= other.lines[-1].at and other.lines[0].at <= one.lines[-1].at


def _components(count: int, verified: Verified) -> list[list[int]]:
    leader = list(range(count))

    def top(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    for one, other in verified:
        low, high = sorted((top(one), top(other)))
        leader[high] = low
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(count):
        groups[top(place)].append(place)
    return [group for group in groups.values() if len(group) > 1]


def _family(regions: Sequence[Region], members: list[int], verified: Verified, near: Neighbours) -> Family:
    """Each member but the first beside the one that it is most like among those already in."""
    waiting = set(members[1:])
    pairs = [(-likeness, new, members[0]) for new, likeness in near[members[0]]]
    heapify(pairs)
    twins: list[Twin] = []
    while waiting:
        _, new, old = heappop(pairs)
        if new not in waiting:
            continue
        alignment = verified.get((old, new)) or align(regions[old], regions[new])
        twins.append(Twin(region=regions[new], model=regions[old], alignment=alignment))
        waiting.remove(new)
        for other, likeness in near[new]:
            if other in waiting:
                heappush(pairs, (-likeness, other, new))
    return Family(members=tuple(regions[place] for place in members), twins=tuple(twins))

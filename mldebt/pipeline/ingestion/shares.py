"""What each read contributes to a pipeline, and which reads belong to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from mldebt.flow.files.content import End, Reach
from mldebt.flow.value import Value
from mldebt.flow.walk import Visit
from mldebt.pipeline.units import Unit


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-written step, and what it does."""

    value: Value
    text: str


class Share:
    """One read's part of a pipeline in one module."""

    def __init__(self, unit: Unit, source: Value, steps: Iterable[Step], ends: Iterable[End], reach: Reach) -> None:
        self.unit = unit
        self.module = module = unit[0]
        self.source = source
        self.steps = tuple(steps)
        self.ends = tuple(ends)
        self.places = {
            (visit.value, () if visit.value.body.module.index == module else visit.stack)
            for visit in reach.first
            if _joins(visit)
        }
        self.content = frozenset(visit.value for visit in reach.first)


def _joins(visit: Visit) -> bool:
    return visit.value.kind not in ("param", "phi", "return")


def groups(shares: list[Share]) -> list[list[Share]]:
    """Shares of one module that meet: in one function or class, or where their contents come together."""
    leader = list(range(len(shares)))

    def top(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    first: dict[object, int] = {}
    for place, share in enumerate(shares):
        keys: list[object] = [*share.places, share.unit] if share.unit[1] else [*share.places]
        if not share.unit[1]:
            keys.extend(end.value for end in share.ends)
        for key in ((share.module, key) for key in keys):
            if key in first:
                leader[top(place)] = top(first[key])
            else:
                first[key] = place
    found: dict[int, list[Share]] = defaultdict(list)
    for place, share in enumerate(shares):
        found[top(place)].append(share)
    return list(found.values())

"""Ingestion pipelines that are copies of each other, told once: the same few lines pasted into script after script."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from mldebt.flow.body import Body
from mldebt.flow.walk import Flow
from mldebt.pipeline.clones import Line, Shapes
from mldebt.pipeline.ingestion.ingestion import Ingestion

LEAST_STEPS = 3
"""Lines of work that tell a copy from what everybody writes."""
Work = frozenset[tuple[str, tuple[str, ...]]]
"""What the lines of a pipeline's steps do and name, but for the names of variables."""


class SameWork:
    """Finds, for pipelines in different modules or of one script, the one whose work holds that of another."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.shapes = flow.shared(Shapes.of)
        self._lines: dict[Body, tuple[Line, ...]] = {}

    def of(self, ingestions: Sequence[Ingestion]) -> dict[int, int]:
        """For each pipeline all of whose work another one does, too, the place of the one that does most; of two that
        do the same, the first. A script that reads the same again goes on with what it has begun."""
        works = [self._work(each) for each in ingestions]
        holding: dict[object, list[int]] = defaultdict(list)
        for place, work in enumerate(works):
            for line in work:
                holding[line].append(place)
        found: dict[int, int] = {}
        for place, work in enumerate(works):
            if len(work) >= LEAST_STEPS and any(_names(line) for line in work):
                rarest = min(work, key=lambda line: len(holding[line]))
                around = [
                    other
                    for other in holding[rarest]
                    if other != place
                    and _stands_elsewhere(ingestions[other], ingestions[place])
                    and work <= works[other]
                    and (work != works[other] or other < place)
                ]
                if around:
                    found[place] = max(around, key=lambda other: (len(works[other]), -other))
        for place, first in _read_again(ingestions).items():
            found.setdefault(place, first)
        return {place: last for place in found if (last := _last(place, found)) != place}

    def _work(self, ingestion: Ingestion) -> Work:
        return frozenset((line.shape, line.atoms) for line in self._step_lines(ingestion))

    def _step_lines(self, ingestion: Ingestion) -> Iterator[Line]:
        for step in ingestion.steps:
            body = step.value.body
            lines = self._lines.get(body)
            if lines is None:
                region = self.shapes.region(body.module, body.number)
                lines = self._lines[body] = tuple(sorted(region.lines, key=lambda line: line.at))
            place = bisect_right(lines, step.value.at, key=lambda line: line.at) - 1
            if place >= 0:
                yield lines[place]


def _stands_elsewhere(one: Ingestion, other: Ingestion) -> bool:
    """Whether two pipelines are in different modules, or both in a script's own code: a reader for each day."""
    return one.owner[0] != other.owner[0] or (one.owner == other.owner and not one.owner[1])


def _read_again(ingestions: Sequence[Ingestion]) -> dict[int, int]:
    """For each pipeline of a script that reads only what a longer one of it reads, too, the place of that."""
    known: dict[object, list[int]] = defaultdict(list)
    for place, each in enumerate(ingestions):
        if not each.owner[1] and all(each.names):
            known[each.owner, frozenset(each.names)].append(place)
    found = {}
    for places in known.values():
        first = max(places, key=lambda place: (len(ingestions[place].steps), -place))
        found.update({place: first for place in places if place != first})
    return found


def goes_through(ingestion: Ingestion, other: Ingestion) -> bool:
    """Whether what a pipeline reads goes through the very steps of another, so that nothing was written twice."""
    steps = {step.value for step in other.steps}
    return sum(step.value not in steps for step in ingestion.steps) < LEAST_STEPS


def _names(line: tuple[str, tuple[str, ...]]) -> bool:
    """Whether a line names something of the data: a column, a value."""
    return any(atom[:1] in "'\"" for atom in line[1] if atom)


def _last(place: int, found: dict[int, int]) -> int:
    """Where a chain of copies ends; of a ring, its first."""
    way = [place]
    while (place := found.get(way[-1], -1)) >= 0:
        if place in way:
            return min(way[way.index(place) :])
        way.append(place)
    return way[-1]

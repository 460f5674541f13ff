"""Ingestion pipelines that go on in other code: what one part writes down, the next takes up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.ingestion import Ingestion


def continued(ingestions: Sequence[Ingestion]) -> list[tuple[Ingestion, list[Ingestion]]]:
    """The pipelines that begin where data enters, each with the parts that only take up again what it has read; of
    parts that take up each other's, the first begins."""
    before = _before(ingestions)
    begins = {place: _begin(place, before) for place in range(len(ingestions))}
    parts: dict[int, list[Ingestion]] = {place: [] for place, first in begins.items() if first == place}
    for place, first in begins.items():
        if first != place:
            parts[first].append(ingestions[place])
    return [(ingestions[place], after) for place, after in parts.items()]


def _before(ingestions: Sequence[Ingestion]) -> dict[int, int]:
    """For each part whose sources all are content of another, the first such."""
    read = {source for each in ingestions for source in each.sources}
    holding: dict[Value, set[int]] = defaultdict(set)
    for place, each in enumerate(ingestions):
        for source in read & each.content:
            holding[source].add(place)
    found = {}
    for place, each in enumerate(ingestions):
        others = set.intersection(*(holding[source] for source in each.sources)) - {place}
        if others:
            found[place] = min(others)
    return found


def _begin(place: int, before: dict[int, int]) -> int:
    """Where a chain of parts begins; of a ring, its first."""
    way = [place]
    while (place := before.get(way[-1], -1)) >= 0:
        if place in way:
            return min(way[way.index(place) :])
        way.append(place)
    return way[-1]

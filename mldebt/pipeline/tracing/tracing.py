"""Follows one value through the flow: back to its sources, on to its ends, and to what last ordered it."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.finding import Location
from mldebt.flow.steps import Visit
from mldebt.pipeline.project import Project
from mldebt.pipeline.spelling import spoken
from mldebt.pipeline.tracing.spots import find_value
from mldebt.pipeline.tracing.trace_back import Sources
from mldebt.pipeline.tracing.trace_forth import End, Ends
from mldebt.pipeline.tracing.trace_order import last_ordered
from mldebt.pipeline.tracing.trace_words import Words
from mldebt.tracks import Hop, Spot, Track, Way

SHOWN = 500
_SILENT = frozenset({"phi", "return"})
"""Values that stand where no line of code says anything of them."""


def trace(project: Project, spot: Spot) -> Track:
    """What is known of the value at a place. Raises UsageError where there is none."""
    return _Tracing(project).of(spot)


class _Tracing:
    """One answer under way."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.words = Words(project)

    def of(self, spot: Spot) -> Track:
        value, line = find_value(self.project.flow, spot)
        module = value.body.module
        here = module.facts.lines[line - 1]
        asked = self.project.place(module, here, here, value.body.number)
        back = Sources(self.project, self.words).of(value)
        forth = Ends(self.project, self.words).of(value)
        notes = []
        if not back.is_whole:
            notes.append("The way back was not followed to its end: there may be more sources.")
        if not forth.is_whole:
            notes.append("The way on was not followed to its end: there may be more ends.")
        for what, found in (("sources", back.found), ("ends", forth.found)):
            if len(found) > SHOWN:
                notes.append(f"{len(found) - SHOWN} more {what} are left out.")
        return Track(
            spot=spot,
            location=asked,
            name=spot.name or spoken(value).strip("{}…"),
            types=self.words.types(value),
            sources=tuple(
                Way(kind=end.kind, text=end.text, is_known=end.is_known, trail=self._inward(end.visit, asked))
                for end in back.found[:SHOWN]
            ),
            ends=tuple(
                Way(kind=end.kind, text=end.text, is_known=end.is_known, trail=self._onward(end, asked))
                for end in forth.found[:SHOWN]
            ),
            orderings=last_ordered(self.project, self.words, value),
            notes=tuple(notes),
        )

    def _inward(self, visit: Visit, asked: Location) -> tuple[Hop, ...]:
        """From a source to the place that was asked about."""
        trail = self._trail(reversed(visit.path()))
        return trail if trail and _same_line(trail[-1].location, asked) else (*trail, Hop(location=asked))

    def _onward(self, end: End, asked: Location) -> tuple[Hop, ...]:
        """From the place that was asked about, which the value may have been made before, to an end."""
        trail = (Hop(location=asked), *self._trail(end.visit.path()[1:]))
        if end.value is not None:
            trail = (*trail, Hop(location=self.project.location(end.value)))
        found = list(trail[:1])
        for hop in trail[1:]:
            if not _same_line(found[-1].location, hop.location):
                found.append(hop)
        return tuple(found)

    def _trail(self, visits: Iterable[Visit]) -> tuple[Hop, ...]:
        """The places on a way, in the order of the data; a line once, however much happens on it."""
        found: list[Hop] = []
        for visit in visits:
            if visit.value.kind in _SILENT:
                continue
            hop = Hop(location=self.project.location(visit.value), text=self.words.step(visit))
            if found and _same_line(found[-1].location, hop.location):
                text = ", ".join(dict.fromkeys(filter(None, (found[-1].text, hop.text))))
                found[-1] = Hop(location=found[-1].location, text=text)
            else:
                found.append(hop)
        return tuple(found)


def _same_line(one: Location, other: Location) -> bool:
    return (one.path, one.line) == (other.path, other.line)

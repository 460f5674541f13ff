"""What somebody wrote of the team's own code beside its components: rankers, views, clients that are no pipeline."""

from __future__ import annotations

import msgspec

from mldebt.answers import OtherFile
from mldebt.ownership import Ownership, Person, Span
from mldebt.pipeline.extent import Extents
from mldebt.pipeline.project import Project

SHOWN = 8
LITTLE = 20
"""Fewer lines of a file are not told."""


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of the team's own code that somebody wrote, how many of them belong to no component, and the files
    where most of these stand."""

    lines: int
    outside: int
    files: tuple[OtherFile, ...]

    @classmethod
    def of(cls, project: Project, ownership: Ownership, person: Person) -> Elsewhere:
        """As the surviving lines say it."""
        inside: list[Span] = [span for each in project.components for span in each.spans]
        paths = {each.path for each in project.components}
        extents = Extents()
        lines, files = 0, []
        for module in project.modules():
            spans = extents.spans(module, 0)
            theirs = _wrote(ownership, person, spans)
            lines += theirs
            if theirs >= LITTLE and module.path not in paths:
                files.append(_file(ownership, person, module.path, spans, theirs))
        files.sort(key=lambda each: (bool(each.known_by), -each.lines, each.path))
        return cls(lines=lines, outside=lines - _wrote(ownership, person, inside), files=tuple(files[:SHOWN]))


def _wrote(ownership: Ownership, person: Person, spans: list[Span]) -> int:
    return next((each.lines for each in ownership.knows(spans) if each.person == person), 0)


def _file(ownership: Ownership, person: Person, path: str, spans: list[Span], theirs: int) -> OtherFile:
    factor = ownership.bus_factor(spans)
    return OtherFile(
        path=path,
        lines=theirs,
        share=round(theirs / factor.lines, 4) if factor.lines else 0.0,
        known_by=tuple(each.person.name for each in factor.knowing if each.active and each.person != person),
    )

"""The account of a scan: what was read and what was not, whose work could be judged, the lines that findings quote."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.finding import Hit, Location, Skipped
from mldebt.masking import masked_line
from mldebt.outcome import Counts
from mldebt.sources import (
    Category,
    Document,
    DocumentKind,
    Listing,
    SourceKind,
    SourceLimits,
    as_written,
    read_document,
    read_source,
    why_unparsable,
)

if TYPE_CHECKING:
    from mldebt.facts.record import FileFacts
    from mldebt.ownership import Ownership


def say_why(listing: Listing, skipped: Collection[Skipped]) -> Iterator[Skipped]:
    """The parser knows only where it gave up; a look at the text often tells what the file is instead."""
    unparsed = {item.path for item in skipped if "cannot be parsed" in item.reason}
    files = {file.path: file for file in listing.files if file.path in unparsed and file.kind is SourceKind.PYTHON}
    for item in skipped:
        source = read_source(listing.root, files[item.path]) if item.path in files else item
        yield item if isinstance(source, Skipped) else replace(item, reason=why_unparsable(source.text))


def count_read(listing: Listing, facts: Mapping[str, FileFacts], documents: Sequence[Document]) -> Counts:
    read = [file for file in listing.files if file.path in facts]
    notebooks = [facts[file.path] for file in read if file.kind is SourceKind.NOTEBOOK]
    kinds = Counter(file.category for file in read)
    return Counts(
        files=len(read),
        lines=sum(len(found.lines) for found in facts.values()),
        notebooks=len(notebooks),
        cells=sum(len({line.cell for line in found.cells}) for found in notebooks),
        documents=sum(document.kind is not DocumentKind.NOTEBOOK_PROSE for document in documents),
        tests=kinds[Category.TEST],
        vendored=kinds[Category.VENDORED],
        generated=kinds[Category.GENERATED],
        data=kinds[Category.DATA],
    )


def say_history(ownership: Ownership) -> str:
    """Who could be judged, and by what; or why nobody could."""
    if not ownership.available:
        return f"No finding about people: {ownership.reason}."
    until = time.strftime("%Y-%m-%d", time.gmtime(ownership.head_date))
    return (
        f"People are judged by the history up to {until} ({_plural(len(ownership.contributors), 'contributor')}); "
        f"active means a commit in the {ownership.window_days} days before."
    )


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


Where = tuple[int | None, int]
"""A cell and a line in it, or a line of a file."""


class Quotes:
    """Fills in the line that a location stands on; a file is read again only when something was found in it."""

    def __init__(self, listing: Listing, limits: SourceLimits) -> None:
        self._root = listing.root
        self._files = {file.path: file for file in listing.files}
        self._documents = {file.path: file for file in listing.documents if file.path not in self._files}
        self._limits = limits
        self._lines: dict[str, Mapping[Where, str]] = {}

    def quote(self, hit: Hit) -> Hit:
        """With the lines, and without the credentials that an address in its words may hold."""
        steps = (
            replace(step, location=self.at(step.location), message=masked_line(step.message)) for step in hit.trail
        )
        return replace(hit, location=self.at(hit.location), message=masked_line(hit.message), trail=tuple(steps))

    def at(self, location: Location) -> Location:
        """A location with the line that it stands on, without credentials."""
        if location.snippet or not (location.path in self._files or location.path in self._documents):
            return location
        if location.path not in self._lines:
            self._lines[location.path] = self._read(location.path)
        lines = self._lines[location.path]
        line = lines.get((location.cell, location.cell_line or location.line)) or lines.get((None, location.line), "")
        return replace(location, snippet=masked_line(line))

    def _read(self, path: str) -> Mapping[Where, str]:
        """The lines of a file; those of a notebook by their cells, too, for several may share a line of the file."""
        if path in self._documents:
            document = read_document(self._root, self._documents[path], limits=self._limits)
            lines = [] if isinstance(document, Skipped) else document.text.split("\n")
            return {(None, number): line.strip() for number, line in enumerate(lines, start=1)}
        source = read_source(self._root, self._files[path], limits=self._limits)
        if isinstance(source, Skipped):
            return {}
        lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not source.cells:
            return {(None, number): line.strip() for number, line in enumerate(lines, start=1)}
        found: dict[Where, str] = {}
        for place, line in zip(source.cells, lines, strict=False):
            found[None, place.raw_line] = found[place.cell, place.line] = as_written(line).strip()
        return found

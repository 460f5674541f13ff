"""Lines of versions of files, read in one go, or known from what git printed of a difference."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader, BlobStream
from mldebt.ownership.notebooks import CellLines

_KEPT_BYTES = 8 << 20


class Part(NamedTuple):
    """Some lines of a version of a file, added or taken away."""

    path: bytes
    blob: bytes
    start: int
    size: int


Lines = Mapping[tuple[bytes, int, int], Sequence[bytes]]
"""A blob, a line of it, and how many → those lines."""


class Texts:
    """The lines of files, with the space around them. Some are kept: what a commit made, a later one changed."""

    def __init__(self, reader: BlobReader, stream: BlobStream | None = None) -> None:
        self._reader = reader
        self._stream = stream
        self._lines: dict[bytes, Sequence[bytes]] = {}
        self._kept = 0
        self._parts: Lines = {}
        self.notebooks: set[bytes] = set()
        """Blobs of which the lines of cells count, as they would stand in a module."""
        self._due = 0  # the group of blobs that is asked for now, as long as none of it was
        self._arrived: dict[bytes, bytes | None] = {}

    def read(self, blobs: Iterable[bytes]) -> dict[bytes, Sequence[bytes]]:
        """Blob → lines; those that are missing have none."""
        asked = list(dict.fromkeys(blobs))
        for blob, content in self._contents([blob for blob in asked if blob not in self._lines]):
            self._lines[blob] = CellLines(content) if blob in self.notebooks else _split(content)
            self._kept += len(content)
        return {blob: self._lines[blob] for blob in asked}

    def expect(self, blobs: Iterable[bytes]) -> int:
        """Has blobs read that will be asked for, after all that were told before; their number as a group."""
        return self._stream.expect(blob for blob in blobs if blob not in self._lines) if self._stream is not None else 0

    def come_to(self, group: int, parts: Lines) -> None:
        """Tells which group is asked for now, and what is known without any blob."""
        self._due, self._parts = group, parts
        self._arrived.clear()
        if self._kept > _KEPT_BYTES:  # now, as whatever is read from here on is asked for again
            self._lines.clear()
            self._kept = 0

    def _contents(self, blobs: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        if self._stream is not None and self._due and blobs:
            self._arrived, self._due = self._stream.take(self._due), 0
        rest = [blob for blob in blobs if blob not in self._arrived]
        known = ((blob, self._arrived[blob]) for blob in blobs if blob in self._arrived)
        for blob, content in itertools.chain(known, zip(rest, self._reader.contents(rest), strict=True)):
            yield blob, content or b""

    def unread(self, parts: Iterable[Part]) -> Iterator[bytes]:
        """The blobs that have to be read for some parts."""
        return (part.blob for part in parts if part[1:] not in self._parts)

    def of(self, parts: Collection[Part]) -> Iterator[Sequence[bytes]]:
        """The lines of each part, in which some blobs are read in one go."""
        read = self.read(self.unread(parts))
        for part in parts:
            known = self._parts.get(part[1:])
            if known is None:
                known = read[part.blob]
                if part.start or part.size < len(known):
                    known = known[part.start : part.start + part.size]
            yield known


def _split(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines

"""Lines of versions of files, read in one go, or known from what git printed of a difference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader
from mldebt.ownership.notebooks import CellLines

_KEPT_BYTES = 8 << 20


class Part(NamedTuple):
    """Some lines of a version of a file, added or taken away."""

    path: bytes
    blob: bytes
    start: int
    size: int


class Texts:
    """The lines of files, with the space around them. Some are kept: what a commit made, a later one changed."""

    def __init__(self, reader: BlobReader) -> None:
        self._reader = reader
        self._lines: dict[bytes, Sequence[bytes]] = {}
        self._kept = 0
        self.parts: Mapping[tuple[bytes, int, int], Sequence[bytes]] = {}
        """Lines of a blob from some line on, and how many, which are known without it."""
        self.notebooks: set[bytes] = set()
        """Blobs of which the lines of cells count, as they would stand in a module."""
        self.soon: Sequence[bytes] = ()
        """Blobs that may be asked for next: where others have to be read, these are read in the same go."""
        self._ahead: dict[bytes, bytes] = {}

    def read(self, blobs: Iterable[bytes]) -> dict[bytes, Sequence[bytes]]:
        """Blob → lines; those that are missing have none."""
        asked = list(dict.fromkeys(blobs))
        if self._kept > _KEPT_BYTES:
            self._lines.clear()
            self._kept = 0
        unknown = [blob for blob in asked if blob not in self._lines]
        if any(blob not in self._ahead for blob in unknown):
            self._read(unknown)
        for blob in unknown:
            content = self._ahead.pop(blob)
            self._lines[blob] = CellLines(content) if blob in self.notebooks else _split(content)
            self._kept += len(content)
        return {blob: self._lines[blob] for blob in asked}

    def _read(self, blobs: Sequence[bytes]) -> None:
        ahead, self._ahead = self._ahead, {}  # what nobody asked for since the last time is let go
        soon = (blob for blob in self.soon if blob not in self._lines)
        new = [blob for blob in dict.fromkeys((*blobs, *soon)) if blob not in ahead]
        self._ahead = {blob: content or b"" for blob, content in zip(new, self._reader.contents(new), strict=True)}
        self._ahead |= {blob: ahead[blob] for blob in (*blobs, *self.soon) if blob in ahead}

    def unread(self, parts: Iterable[Part]) -> Iterator[bytes]:
        """The blobs that have to be read for some parts."""
        return (part.blob for part in parts if part[1:] not in self.parts)

    def of(self, parts: Collection[Part]) -> Iterator[Sequence[bytes]]:
        """The lines of each part, in which some blobs are read in one go."""
        read = self.read(self.unread(parts))
        for part in parts:
            known = self.parts.get(part[1:])
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

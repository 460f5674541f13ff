"""Lines of versions of files, read in one go, or known from what git printed of a difference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from mldebt.git import BlobReader

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
        self._lines: dict[bytes, list[bytes]] = {}
        self._kept = 0
        self.parts: dict[tuple[bytes, int, int], list[bytes]] = {}
        """Lines of a blob from some line on, and how many, which are known without it."""

    def read(self, blobs: Iterable[bytes]) -> dict[bytes, list[bytes]]:
        """Blob → lines; those that are missing have none."""
        asked = list(dict.fromkeys(blobs))
        if self._kept > _KEPT_BYTES:
            self._lines.clear()
            self._kept = 0
        unknown = [blob for blob in asked if blob not in self._lines]
        for blob, content in zip(unknown, self._reader.contents(unknown), strict=True):
            self._lines[blob] = _split(content or b"")
            self._kept += len(content or b"")
        return {blob: self._lines[blob] for blob in asked}

    def of(self, parts: Collection[Part]) -> Iterator[Sequence[bytes]]:
        """The lines of each part, in which some blobs are read in one go."""
        read = self.read(part.blob for part in parts if part[1:] not in self.parts)
        for part in parts:
            known = self.parts.get(part[1:])
            yield known if known is not None else read[part.blob][part.start : part.start + part.size]


def _split(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines

"""Notebooks are followed by the source of their cells, not by how a tool wrote the JSON.

Each version is compared in a plain form that has the same lines: without indentation, and without the comma and the
escaped line end that a line of source gains when another comes after it. Long lines (pictures) stand as a checksum."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from mldebt.git import BlobReader, IsolatedRepository, write_blob

_LONG = 1_000
_SOURCE = b'"source": ['
_AT_ONCE = 4 << 20  # bytes of notebooks that are read in one go


class Notebooks:
    """Plain forms of notebooks, as blobs of the isolated folder."""

    def __init__(self, isolation: IsolatedRepository, reader: BlobReader) -> None:
        self._isolation = isolation
        self._reader = reader
        self._plain: dict[bytes, bytes] = {}

    def prepare(self, blobs: Iterable[bytes]) -> None:
        """Makes at once, as far as they are not too large together, the plain forms that will be asked for."""
        new = [blob for blob in dict.fromkeys(blobs) if blob not in self._plain]
        some: list[bytes] = []
        total = 0
        for blob, size in zip(new, list(self._reader.sizes(new)), strict=True):
            if some and total + (size or 0) > _AT_ONCE:
                self._make(some)
                some, total = [], 0
            some.append(blob)
            total += size or 0
        self._make(some)

    def plain(self, blob: bytes) -> bytes:
        """The id of the plain form; that of the blob itself where it is missing."""
        if blob not in self._plain:
            self._make([blob])
        return self._plain[blob]

    def _make(self, blobs: Sequence[bytes]) -> None:
        for blob, content in zip(blobs, self._reader.contents(blobs), strict=True):
            self._plain[blob] = blob if content is None else write_blob(self._isolation, plain_form(content))


def is_notebook(path: bytes) -> bool:
    """Whether a path is that of a notebook."""
    return path.endswith(b".ipynb")


def plain_form(content: bytes) -> bytes:
    """The same number of lines, each as it would be wherever it stood."""
    lines = [
        line.strip(b" \t\r,") if len(line) < _LONG else b"%08x" % zlib.crc32(line) for line in content.split(b"\n")
    ]
    return b"\n".join(lines).replace(b'\\n"\n', b'"\n')


class CellLines(Sequence[bytes]):
    """As many lines as a notebook has, those of cells as they would stand in a module; all others are empty. Of a
    notebook that is written without line ends, all are.

    A line is told when it is asked for: most notebooks are ruled out by a few, and most of what they hold is output."""

    def __init__(self, content: bytes) -> None:
        self._lines = content.removesuffix(b"\n").split(b"\n") if content else []
        self._in_cell = _in_cells(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return list(map(_told_in, self._lines[place], self._in_cell[place]))
        return _told_in(self._lines[place], self._in_cell[place])

    def __iter__(self) -> Iterator[bytes]:
        return map(_told_in, self._lines, self._in_cell)


def _in_cells(lines: Sequence[bytes]) -> bytearray:
    """For each line, whether it is one of a cell."""
    found = bytearray(len(lines))
    inside = False
    for place, line in enumerate(lines):
        if inside:
            inside = found[place] = not line.lstrip().startswith(b"]")
        else:
            inside = line.strip() == _SOURCE
    return found


def _told_in(line: bytes, in_cell: int) -> bytes:
    return _told(line.strip()) if in_cell else b""


def _told(text: bytes) -> bytes:
    """What a JSON text that stands alone on a line holds, without the line end in it."""
    text = text.removesuffix(b",")
    if len(text) < len(b'""') or not text.startswith(b'"') or not text.endswith(b'"'):
        return b""
    told = text[1:-1].removesuffix(b"\\n")
    if b"\\" not in told:
        return told
    import json  # not at the top: few lines need it, and in most repositories there is none

    try:
        quoted = b'"%b"' % told  # given bytes, the parser would look for another encoding
        return str(json.loads(quoted.decode("utf-8", "surrogatepass"))).encode("utf-8", "surrogatepass")
    except ValueError:
        return b""

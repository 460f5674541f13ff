"""Notebooks are followed by the source of their cells, not by how a tool wrote the JSON.

Each version is compared in a plain form that has the same lines: without indentation, and without the comma and the
escaped line end that a line of source gains when another comes after it. Long lines (pictures) stand as a checksum."""

from __future__ import annotations

import zlib

from mldebt.git import BlobReader, IsolatedRepository, write_blob

_LONG = 1_000


class Notebooks:
    """Plain forms of notebooks, as blobs of the isolated folder."""

    def __init__(self, isolation: IsolatedRepository, reader: BlobReader) -> None:
        self._isolation = isolation
        self._reader = reader
        self._plain: dict[bytes, bytes] = {}

    def plain(self, blob: bytes) -> bytes:
        """The id of the plain form; that of the blob itself where it is missing."""
        found = self._plain.get(blob)
        if found is None:
            (content,) = self._reader.contents([blob])
            found = blob if content is None else write_blob(self._isolation, plain_form(content))
            self._plain[blob] = found
        return found


def is_notebook(path: bytes) -> bool:
    """Whether a path is that of a notebook."""
    return path.endswith(b".ipynb")


def plain_form(content: bytes) -> bytes:
    """The same number of lines, each as it would be wherever it stood."""
    lines = [
        line.strip(b" \t\r,") if len(line) < _LONG else b"%08x" % zlib.crc32(line) for line in content.split(b"\n")
    ]
    return b"\n".join(lines).replace(b'\\n"\n', b'"\n')

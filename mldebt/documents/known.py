"""Facts of documents that earlier scans read, kept by content: to read a long configuration again costs more than most
rules do."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from mldebt.documents.parse import parse_document
from mldebt.documents.record import DocumentFacts
from mldebt.sources import Document
from mldebt.store import code_key, read_entry, unpack, write_entry

_SHELF = "documents"
_WORTH = 1_000
"""Characters below which a text is read again as fast as it is looked up."""


class KnownDocuments:
    """What is known of the documents of one repository, by which `name` calls it. Nothing is kept before `keep`, nor
    without a folder."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._folder = folder
        self._name = name
        self._asked: dict[str, msgspec.Raw | DocumentFacts] = {}
        self._is_new = False

    def read(self, document: Document) -> DocumentFacts:
        """The facts of a document."""
        if self._folder is None or len(document.text) < _WORTH:
            return parse_document(document)
        key = _key(document)
        facts = _decoded(self._kept.get(key))
        if facts is None:
            facts = self._asked[key] = parse_document(document)
            self._is_new = True
        else:
            self._asked[key] = self._kept[key]
        return facts

    def keep(self) -> str:
        """Keep what was asked for, where there is anything new; returns "" or a warning."""
        if self._folder is None or not self._is_new:
            return ""
        self._is_new = False
        return write_entry(self._folder, _SHELF, self._name, msgspec.msgpack.encode(self._asked))

    @functools.cached_property
    def _kept(self) -> Mapping[str, msgspec.Raw]:
        content = read_entry(self._folder, _SHELF, self._name) if self._folder else None
        return unpack(content, dict[str, msgspec.Raw]) or {}


def _key(document: Document) -> str:
    """Names all that the facts of a document depend on."""
    digest = hashlib.sha256(_code_key())
    for part in (document.path, str(document.kind), repr(document.cells), document.text):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


@functools.cache
def _code_key() -> bytes:
    """The content of the code that reads documents."""
    return code_key(Path(__file__).parent).encode()


def _decoded(kept: msgspec.Raw | None) -> DocumentFacts | None:
    return unpack(kept, DocumentFacts)

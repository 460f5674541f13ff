"""Reads one listed file into a module's text or a document's; bad input is a Skipped, never an error."""

from __future__ import annotations

from pathlib import Path

from mldebt.finding import Skipped
from mldebt.sources.cells import NotNotebookError
from mldebt.sources.decoding import UndecodableError, decode_python, decode_text, refuse_pointer
from mldebt.sources.files import read_bytes
from mldebt.sources.keys import blob_key
from mldebt.sources.listing import DEFAULT_LIMITS, limit_for
from mldebt.sources.magics import Parses
from mldebt.sources.notebook import NotebookText, notebook_code, notebook_prose
from mldebt.sources.source import Document, DocumentFile, DocumentKind, Source, SourceFile, SourceKind, SourceLimits

_CHANGED = "changed while it was being scanned"


def read_source(
    root: Path, file: SourceFile, *, limits: SourceLimits = DEFAULT_LIMITS, parses: Parses | None = None
) -> Source | Skipped:
    """The module's text. A file that is no longer what the listing saw is skipped: its facts would be kept under a
    wrong key. `parses` is asked about a notebook's cell that this interpreter refuses: the caller's parser may know
    newer syntax."""
    data = _read(root, file, limits)
    if isinstance(data, Skipped):
        return data
    try:
        if file.kind is SourceKind.PYTHON:
            return Source(file=file, text=decode_python(data))
        code = notebook_code(_notebook_text(data), parses)
    except (UndecodableError, NotNotebookError) as error:
        return Skipped(path=file.path, reason=str(error))
    return Source(file=file, text=code.text, cells=code.cells, skipped_cells=code.broken)


def read_document(root: Path, file: DocumentFile, *, limits: SourceLimits = DEFAULT_LIMITS) -> Document | Skipped:
    """The document's text. Prose that is not UTF-8 is read as Latin-1; it is only searched, never parsed as code."""
    data = _read(root, file, limits)
    if isinstance(data, Skipped):
        return data
    try:
        if file.kind is not DocumentKind.NOTEBOOK_PROSE:
            return Document(path=file.path, kind=file.kind, text=decode_text(data))
        prose: NotebookText = notebook_prose(_notebook_text(data))
    except (UndecodableError, NotNotebookError) as error:
        return Skipped(path=file.path, reason=str(error))
    return Document(path=file.path, kind=file.kind, text=prose.text, cells=prose.cells)


def read_unparsed(root: Path, file: SourceFile, *, limits: SourceLimits = DEFAULT_LIMITS) -> Document | Skipped:
    """The text of a source that cannot be parsed, to look for names in: of a notebook, all that it holds."""
    data = _read(root, file, limits)
    if isinstance(data, Skipped):
        return data
    return Document(path=file.path, kind=DocumentKind.UNPARSED, text=data.decode("utf-8", "replace"))


def _read(root: Path, file: SourceFile | DocumentFile, limits: SourceLimits) -> bytes | Skipped:
    data = read_bytes(f"{root}/{file.path}", limit_for(file.kind, limits))
    if isinstance(data, str):
        return Skipped(path=file.path, reason=data)
    return data if blob_key(data) == file.key else Skipped(path=file.path, reason=_CHANGED)


def _notebook_text(data: bytes) -> str:
    refuse_pointer(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotNotebookError(f"not UTF-8 text (byte {error.start})") from error

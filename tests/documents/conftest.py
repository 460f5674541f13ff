"""Documents made by hand."""

from textwrap import dedent

from mldebt.documents import DocumentFacts, parse_document
from mldebt.sources import Document, DocumentKind
from mldebt.sources.kinds import document_kind


def read(path: str, text: str) -> DocumentFacts:
    """The facts of a text that stands in a file of this name."""
    kind = document_kind(path)
    assert isinstance(kind, DocumentKind)
    return parse_document(Document(path=path, kind=kind, text=dedent(text).removeprefix("\n")))

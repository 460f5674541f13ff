"""The coloured flow, folded into what a person would draw on a whiteboard."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.documents import DocumentReader, parse_document
from mldebt.flow import Flow
from mldebt.ownership import Ownership
from mldebt.pipeline.project import Project
from mldebt.settings import Settings
from mldebt.sources import Document

__all__ = ["Project", "build_project"]


def build_project(
    flow: Flow,
    documents: Sequence[Document],
    ownership: Ownership,
    settings: Settings,
    read: DocumentReader = parse_document,
    unparsed: Sequence[Document] = (),
) -> Project:
    """Join what is known of a repository; nothing is computed until a rule asks. `read` tells what a document says,
    `unparsed` is the code of which only the text is known."""
    return Project(flow, documents, ownership, settings, read, unparsed)

"""Which files a scan reads, and their text: Python and notebooks as modules, documents as they are."""

from mldebt.sources.category import is_exercise, is_old, is_put_away, is_test_by_name_alone
from mldebt.sources.embedded import marks_embedded
from mldebt.sources.files import read_bytes
from mldebt.sources.globs import compile_glob, matches
from mldebt.sources.keys import KeyMemo, Known, MemoEntry, blob_key
from mldebt.sources.kinds import RECIPES, is_source, marks_project
from mldebt.sources.listing import list_sources, pick_sources, wanted_bytes
from mldebt.sources.magics import as_written
from mldebt.sources.nearby import nearby
from mldebt.sources.reading import read_document, read_source, read_unparsed
from mldebt.sources.source import (
    Category,
    CategoryGlobs,
    CellLine,
    Document,
    DocumentFile,
    DocumentKind,
    Listing,
    Source,
    SourceFile,
    SourceKind,
    SourceLimits,
)
from mldebt.sources.unparsable import why_unparsable

__all__ = [
    "RECIPES",
    "Category",
    "CategoryGlobs",
    "CellLine",
    "Document",
    "DocumentFile",
    "DocumentKind",
    "KeyMemo",
    "Known",
    "Listing",
    "MemoEntry",
    "Source",
    "SourceFile",
    "SourceKind",
    "SourceLimits",
    "as_written",
    "blob_key",
    "compile_glob",
    "is_exercise",
    "is_old",
    "is_put_away",
    "is_source",
    "is_test_by_name_alone",
    "list_sources",
    "marks_embedded",
    "marks_project",
    "matches",
    "nearby",
    "pick_sources",
    "read_bytes",
    "read_document",
    "read_source",
    "read_unparsed",
    "wanted_bytes",
    "why_unparsable",
]

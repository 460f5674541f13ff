"""What this room hands out: the files of a scan, their text, and the limits and globs that choose them."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import NamedTuple

import msgspec

from mldebt.finding import Skipped


class SourceKind(enum.StrEnum):
    """How a file becomes a module."""

    PYTHON = "python"
    NOTEBOOK = "notebook"


class Category(enum.StrEnum):
    """Whose code it is. Only product code is judged; the rest is known, not dropped."""

    PRODUCT = "product"
    TEST = "test"
    VENDORED = "vendored"
    GENERATED = "generated"
    DATA = "data"


class DocumentKind(enum.StrEnum):
    """What a file that is no source says about the repository."""

    README = "readme"
    DOCS = "docs"
    MODEL_CARD = "model-card"
    CODEOWNERS = "codeowners"
    REQUIREMENTS = "requirements"
    PYPROJECT = "pyproject"
    LOCK = "lock"
    CONDA = "conda"
    MAKEFILE = "makefile"
    DOCKERFILE = "dockerfile"
    DVC = "dvc"
    MLPROJECT = "mlproject"
    AIRFLOW = "airflow"
    KEDRO = "kedro"
    WORKFLOW = "workflow"
    SHELL = "shell"
    SQL = "sql"
    CONFIG = "config"
    NOTEBOOK_PROSE = "notebook-prose"
    UNPARSED = "unparsed"
    """Code that no parser reads: it may still import and name what stands elsewhere."""


class CellLine(NamedTuple):
    """Where a line of a notebook's text stands: cell (0-based among all cells), line in the cell and line in the raw
    `.ipynb` (both 1-based)."""

    cell: int
    line: int
    raw_line: int


class SourceLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Files larger than this are skipped: parsing them costs more than they can tell."""

    max_python_bytes: int = 1_000_000
    max_notebook_bytes: int = 50_000_000
    max_document_bytes: int = 4_000_000


class CategoryGlobs(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says about files, as gitignore-like patterns; it wins over what the room recognises
    itself. `product` takes files back; of several that match, the first of product, vendored, generated, data, test
    decides."""

    test: tuple[str, ...] = ()
    vendored: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    product: tuple[str, ...] = ()


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that can become a module. `path` is posix and relative to the scan's root; `key` is the git blob id
    (SHA-1) of the bytes in the work tree, so that equal content has one key whatever its path."""

    path: str
    key: str
    kind: SourceKind
    size: int
    category: Category


class DocumentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that documents, declares or runs; a notebook's prose is one too."""

    path: str
    key: str
    kind: DocumentKind
    size: int


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of interest under `root`, sorted by path. `tracked` says whether git chose the files or the tree was
    walked."""

    root: Path
    files: tuple[SourceFile, ...]
    documents: tuple[DocumentFile, ...]
    skipped: tuple[Skipped, ...]
    tracked: bool


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A module's text. It is the file's text without its byte order mark; newlines are kept as they are (a notebook's
    lines are joined with "\\n", and `cells` has one entry for each of them). Broken cells are blank, and named in
    `skipped_cells`."""

    file: SourceFile
    text: str
    cells: tuple[CellLine, ...] = ()
    skipped_cells: tuple[str, ...] = ()

    @property
    def category(self) -> Category:
        """Whose code it is."""
        return self.file.category


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document's text, newlines as "\\n". Of a notebook: its Markdown cells, with `cells` telling where each line
    stands."""

    path: str
    kind: DocumentKind
    text: str
    cells: tuple[CellLine, ...] = ()

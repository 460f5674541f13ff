"""Scripts that a notebook was written out to, or is kept in step with: the same code once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from mldebt.facts.in_use import not_imported
from mldebt.facts.record import FileFacts
from mldebt.regex import regex
from mldebt.sources import Category, SourceFile, SourceKind

_CELL = regex(r"#\s*(In\s*\[[ \d]*\]:|%%(\s|\Z)|\s*jupytext:)")
"""What nbconvert and jupytext write between the cells, or at the head."""


def without_exports(files: Sequence[SourceFile], facts: Mapping[str, FileFacts]) -> tuple[SourceFile, ...]:
    """The files, those as generated that lie beside the notebook of their name, show where its cells begin, and that no
    other file of the product imports."""
    product = [file for file in files if file.category is Category.PRODUCT]
    notebooks = {_stem(file) for file in product if file.kind is SourceKind.NOTEBOOK}
    read = [file for file in product if file.path in facts]
    twins = {
        file.path
        for file in read
        if file.kind is SourceKind.PYTHON
        and _stem(file) in notebooks
        and any(_CELL.match(comment.text) for comment in facts[file.path].comments)
    }
    written_out = not_imported(twins, [file.path for file in read], facts)
    return tuple(replace(file, category=Category.GENERATED) if file.path in written_out else file for file in files)


def _stem(file: SourceFile) -> str:
    return file.path.rpartition(".")[0]

"""Scripts that a notebook was written out to, or is kept in step with: the same code once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from mldebt.facts.in_use import imported_names, module_parts
from mldebt.facts.record import FileFacts
from mldebt.regex import regex
from mldebt.sources import Category, SourceFile, SourceKind

_CELL = regex(r"#\s*(In\s*\[[ \d]*\]:|%%(\s|\Z)|\s*jupytext:)")
"""What nbconvert and jupytext write between the cells, or at the head."""


def without_exports(files: Sequence[SourceFile], facts: Mapping[str, FileFacts]) -> tuple[SourceFile, ...]:
    """The files, those as generated that lie beside the notebook of their name, show where its cells begin, and that no
    other file of the product imports."""
    notebooks = {
        file.path.rpartition(".")[0]
        for file in files
        if file.kind is SourceKind.NOTEBOOK and file.category is Category.PRODUCT
    }
    twins = {
        module_parts(file.path): file.path
        for file in files
        if file.kind is SourceKind.PYTHON
        and file.category is Category.PRODUCT
        and file.path.rpartition(".")[0] in notebooks
        and file.path in facts
        and any(_CELL.match(comment.text) for comment in facts[file.path].comments)
    }
    if not twins:
        return tuple(files)
    imported = {
        name
        for file in files
        if file.category is Category.PRODUCT and file.path in facts
        for binding in facts[file.path].imports
        for name in imported_names(binding, file.path)
    }
    written_out = {
        path for parts, path in twins.items() if not any(parts[start:] in imported for start in range(len(parts)))
    }
    return tuple(replace(file, category=Category.GENERATED) if file.path in written_out else file for file in files)

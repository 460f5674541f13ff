"""Files that are named like tests and are none: the team's own code imports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mldebt.facts.record import FileFacts, ImportBinding
from mldebt.sources import Category, CategoryGlobs, SourceFile, is_test_by_name_alone

Parts = tuple[str, ...]


def product_in_use(
    files: Sequence[SourceFile], facts: Mapping[str, FileFacts], globs: CategoryGlobs
) -> tuple[SourceFile, ...]:
    """The files, those that are tests by their name alone as product where product imports them: `batch_test.py` with
    the evaluation of a training script. No program imports its tests."""
    named = {
        _parts(file.path): file.path
        for file in files
        if file.category is Category.TEST and is_test_by_name_alone(file.path, globs)
    }
    used: set[str] = set()
    waiting = [file.path for file in files if file.category is Category.PRODUCT] if named else []
    while waiting:
        path = waiting.pop()
        for binding in facts[path].imports if path in facts else ():
            for name in _names(binding, path):
                found = [other for parts, other in named.items() if parts[-len(name) :] == name and other not in used]
                used.update(found)
                waiting += found
    return tuple(replace(file, category=Category.PRODUCT) if file.path in used else file for file in files)


def _parts(path: str) -> Parts:
    return tuple(path.rpartition(".")[0].split("/"))


def _names(binding: ImportBinding, path: str) -> Iterator[Parts]:
    """The dotted names of modules that an import may load; a relative one in full."""
    module = binding.imported or binding.module
    level = len(module) - len(module.lstrip("."))
    named = tuple(filter(None, module.split(".")))
    if level:
        folder = tuple(path.split("/")[:-1])
        named = (*folder[: len(folder) - level + 1], *named)
    if named:
        yield named
    if binding.attribute not in ("", "*"):
        yield (*named, binding.attribute)

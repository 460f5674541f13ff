"""Links the facts of all files into one value flow, and answers questions about it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from mldebt.facts.record import RECURSION_LIMIT, FileFacts
from mldebt.flow.files.stages import Stage
from mldebt.flow.program import Module, Program
from mldebt.flow.roots import Recipe
from mldebt.flow.walk import Flow
from mldebt.rulebook import Catalogue
from mldebt.sources import Category

__all__ = ["Flow", "ModuleInput", "Recipe", "link_project"]


class ModuleInput(msgspec.Struct, frozen=True, kw_only=True):
    """One file as the flow takes it."""

    path: str
    category: Category
    is_notebook: bool
    facts: FileFacts


def link_project(
    modules: Iterable[ModuleInput],
    catalogue: Catalogue,
    queries: Iterable[tuple[str, str]] = (),
    *,
    marks: Iterable[str] = (),
    recipes: Iterable[Recipe] = (),
    stages: Sequence[Stage] = (),
    instances: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    above: str = "",
) -> Flow:
    """The value flow of a repository. Nothing is computed until it is asked for. `queries` are the path and text of
    each `.sql` file: code that reads one runs its text. `marks` are the files that make a folder a project of its own,
    `recipes` those that run code of one or of several, `stages` what declared workflows say of scripts and files,
    `instances` the dotted names of what configurations tell to make, by folder and key; `above` is the folder of the
    repository that is read, "a/b/", "" for all of it."""
    linked = [
        Module(
            index=index, path=item.path, category=item.category.value, facts=item.facts, is_notebook=item.is_notebook
        )
        for index, item in enumerate(sorted(modules, key=lambda item: item.path))
    ]
    # Types and targets are asked for recursively, along chains as long as programs make them; no C stack is used.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    texts: dict[str, tuple[str, ...]] = {}
    for path, text in queries:
        name = path.rpartition("/")[2]
        texts[name] = (*texts.get(name, ()), text)
    return Flow(Program(linked, texts, marks, recipes, stages, instances, above, catalogue.knows), catalogue)

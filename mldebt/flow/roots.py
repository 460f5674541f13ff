"""Projects in one repository: which modules are made to work together, so that an equal name may mean one thing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import msgspec

from mldebt.flow.module import Module
from mldebt.regex import regex

_EXAMPLES = regex(
    r"^(examples?|tutorials?|demos?|samples?|cookbooks?|colabs?|quick_?-?starts?|recipes)$", re.IGNORECASE
)
_NOTEBOOKS = regex(r"^(notebooks?|nbs?|docs?)$", re.IGNORECASE)
_README = "readme"


class Recipe(msgspec.Struct, frozen=True):
    """A file that runs others: a workflow, a Makefile, a shell script, a pipeline definition."""

    path: str
    text: str


class Roots:
    """The root of a module is the nearest folder above it with a README or requirements of its own, for an example the
    folder that holds it. `marks` are the paths of such files; `imported` gives the modules that a module imports."""

    def __init__(
        self,
        modules: Sequence[Module],
        marks: Iterable[str],
        recipes: Iterable[Recipe],
        imported: Callable[[Module], Iterable[Module]],
    ) -> None:
        self._modules = modules
        self._recipes = tuple(recipes)
        self._imported = imported
        self._folders: dict[str, bool] = {}
        for path in (*marks, *(each.path for each in modules if posixpath.basename(each.path) == "setup.py")):
            folder, name = posixpath.split(path)
            self._folders[folder] = self._folders.get(folder, False) or not name.lower().startswith(_README)
        self._known: dict[int, str] = {}

    def of(self, module: Module) -> str:
        """The folder of a module's project, "" for the whole repository."""
        found = self._known.get(module.index)
        if found is None:
            folder = posixpath.dirname(module.path)
            found = self._root(folder, example=_example(folder, is_notebook=module.is_notebook))
            self._known[module.index] = found
        return found

    def _root(self, folder: str, *, example: str) -> str:
        while folder and folder not in self._folders and folder != example:
            folder = posixpath.dirname(folder)
        return folder

    def serves(self, folder: str, module: Module) -> bool:
        """Whether a folder of configurations is for a module: in one project with it, and where nothing marks that
        project, the module is below the folder that holds it. Configurations beside code are for what is below them."""
        home, there = self.of(module), self._root(folder, example=_example(folder, is_notebook=False))
        if home == there and home:
            return True
        above = folder if folder in self._coded else posixpath.dirname(folder)
        around = not above or module.path.startswith(f"{above}/")
        return around and (home == there or self._is_part(home, there) or self._is_part(there, home))

    def together(self, one: Module, other: Module) -> bool:
        """Whether two modules belong to one project, or their projects work together."""
        if one is other:
            return True
        first, second = self.of(one), self.of(other)
        if first == second or self._is_part(first, second) or self._is_part(second, first):
            return True
        return (first, second) in self._linked or any(_ties(recipe, one, other) for recipe in self._recipes)

    def _is_part(self, inner: str, outer: str) -> bool:
        """Whether a folder is a part of the project around it, with no requirements of its own."""
        if outer and not inner.startswith(f"{outer}/"):
            return False
        while inner != outer:
            if self._folders.get(inner):
                return False
            inner = posixpath.dirname(inner)
        return True

    @cached_property
    def _coded(self) -> frozenset[str]:
        """The folders in which code stands."""
        places = (posixpath.split(module.path) for module in self._modules)
        return frozenset(folder for folder, name in places if name != "__init__.py")

    @cached_property
    def _linked(self) -> frozenset[tuple[str, str]]:
        """Pairs of projects of which one imports the other."""
        found: set[tuple[str, str]] = set()
        for module in self._modules:
            home = self.of(module)
            for used in self._imported(module):
                found |= {(home, self.of(used)), (self.of(used), home)}
        return frozenset(found)


def is_example(path: str) -> bool:
    """Whether a file stands in a folder of examples or tutorials."""
    return any(map(_EXAMPLES.match, path.split("/")[:-1]))


def _example(folder: str, *, is_notebook: bool) -> str:
    """The folder of an example, "" for what is none: a notebook's own, else the one below the folder of examples."""
    parts = folder.split("/")
    place = next((number for number, part in enumerate(parts) if _EXAMPLES.match(part)), None)
    if is_notebook and (place is not None or any(map(_NOTEBOOKS.match, parts))):
        return folder
    return "/".join(parts[: place + 2]) if place is not None else ""


def _ties(recipe: Recipe, one: Module, other: Module) -> bool:
    """Whether a file that runs others names both."""
    return _names(recipe, one.path) and _names(recipe, other.path)


def _names(recipe: Recipe, path: str) -> bool:
    folder = posixpath.dirname(recipe.path)
    inside = path.removeprefix(f"{folder}/") if folder else path
    return inside in recipe.text or path in recipe.text

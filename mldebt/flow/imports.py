"""Which module of the repository an import loads."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mldebt.flow.module import Module


class Imports:
    """The modules by path, and by what an import in a folder says. `above` is the folder in which all of them lie, of
    those that imports may name: "a/b/"."""

    def __init__(self, modules: Iterable[Module], above: str = "") -> None:
        self._above = tuple(filter(None, above.split("/")))
        importable = [module for module in modules if not module.is_notebook]
        self._by_path = {module.path: module for module in importable}
        self._by_tail: dict[str, list[Module]] = defaultdict(list)
        for module in importable:
            self._by_tail[posixpath.basename(_import_path(module))].append(module)
        self._found: dict[tuple[str, str], Module | None] = {}
        self._folders: dict[int, tuple[str, str]] = {}

    def find(self, source: Module, dotted: str) -> Module | None:
        """The module that `import dotted` in `source` loads, if it is one of the repository."""
        if source.index not in self._folders:
            self._folders[source.index] = posixpath.dirname(source.path), self._path_of(source)
        is_relative = dotted[:1] == "."
        key = (self._folders[source.index][0 if is_relative else 1], dotted)
        if key not in self._found:
            self._found[key] = self._relative(*key) if is_relative else self._absolute(*key)
        return self._found[key]

    def _path_of(self, source: Module) -> str:
        """The folder from which a module's absolute imports begin: its own, as if it were run as a program. One with
        relative imports is part of a package, and does not mean by a library's name the module beside it."""
        folder = posixpath.dirname(source.path)
        is_part = posixpath.join(folder, "__init__.py") in self._by_path
        if folder and is_part and any(each.module.startswith(".") for each in source.facts.imports):
            return posixpath.dirname(folder)
        return folder

    def child(self, package: Module, name: str) -> Module | None:
        """The module of that name in a package; None when the module is no package."""
        if posixpath.basename(package.path) != "__init__.py":
            return None
        return self._at(posixpath.dirname(package.path), name)

    def packages(self, module: Module) -> Iterator[Module]:
        """The packages around a module, up to the first folder that is none."""
        folder = posixpath.dirname(module.path)
        while (package := self._by_path.get(posixpath.join(folder, "__init__.py"))) is not None:
            if package is not module:
                yield package
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def _relative(self, folder: str, dotted: str) -> Module | None:
        name = dotted.lstrip(".")
        for _ in range(len(dotted) - len(name) - 1):
            folder = posixpath.dirname(folder)
        return self._at(folder, name)

    def _absolute(self, folder: str, dotted: str) -> Module | None:
        """From the importing file's folder upwards, as if each were on the path; else anywhere, when only one fits."""
        is_named = dotted.rpartition(".")[2] in self._by_tail
        while is_named:
            found = self._at(folder, dotted)
            if found is None and not folder and "." in dotted:
                found = self._anywhere(dotted)
            if found is not None:
                return found
            if not folder:
                break
            folder = posixpath.dirname(folder)
        return self._from_above(dotted)

    def _from_above(self, dotted: str) -> Module | None:
        """Where only a part is read, imports may begin above it: `app.rank` in `app/`."""
        parts = tuple(dotted.split("."))
        for count in range(min(len(parts), len(self._above)), 0, -1):
            if parts[:count] == self._above[-count:]:
                return self._at("", ".".join(parts[count:]))
        return None

    def _anywhere(self, dotted: str) -> Module | None:
        tail = "/" + dotted.replace(".", "/")
        candidates = self._by_tail.get(posixpath.basename(tail), ())
        near = [module for module in candidates if f"/{_import_path(module)}".endswith(tail)]
        return near[0] if len(near) == 1 else None

    def _at(self, folder: str, dotted: str) -> Module | None:
        name = dotted.replace(".", "/")
        path = f"{folder}/{name}" if folder and name else folder or name
        return self._by_path.get(f"{path}.py") or self._by_path.get(f"{path}/__init__.py" if path else "__init__.py")


def _import_path(module: Module) -> str:
    """A module's path as imports spell it, but for the dots."""
    return module.path.removesuffix(".py").removesuffix("/__init__")

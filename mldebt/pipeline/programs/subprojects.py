"""Parts of a repository that stand alone: a folder that declares its own dependencies and imports nothing around it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from mldebt.flow.program import Module, Program
from mldebt.sources import Document, DocumentKind

_DECLARES = frozenset({DocumentKind.REQUIREMENTS, DocumentKind.PYPROJECT, DocumentKind.CONDA})


class Subprojects:
    """Which part a file belongs to."""

    def __init__(self, program: Program, documents: Iterable[Document]) -> None:
        self.program = program
        declared = (document.path for document in documents if document.kind in _DECLARES)
        packaged = (module.path for module in program.modules if posixpath.basename(module.path) == "setup.py")
        self._folders = {posixpath.dirname(path) for path in (*declared, *packaged)}
        self._alone: dict[str, bool] = {}

    def of(self, path: str) -> str:
        """The folder of the part that a file belongs to, "" for the repository itself."""
        folder = posixpath.dirname(path)
        while folder:
            if folder in self._folders and self._is_alone(folder):
                return folder
            folder = posixpath.dirname(folder)
        return ""

    def _is_alone(self, folder: str) -> bool:
        found = self._alone.get(folder)
        if found is None:
            inside = [module for module in self.program.modules if module.path.startswith(folder + "/")]
            found = self._alone[folder] = not any(self._looks_out(module, folder) for module in inside)
        return found

    def _looks_out(self, module: Module, folder: str) -> bool:
        """Whether a module imports one of the repository from outside of a folder."""
        entities = (self.program.imported(module, binding) for binding in module.facts.imports)
        return any(
            entity.module >= 0 and not self.program.modules[entity.module].path.startswith(folder + "/")
            for entity in entities
        )

"""Which files others import, and which run by themselves."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.module import Module
from mldebt.flow.walk import Flow


class Importing:
    """Tells it of all files of a repository."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def is_imported(self, module: Module) -> bool:
        """Whether another file imports it, or something out of it."""
        return module.index in self._imported

    def runs(self, module: Module) -> bool:
        """Whether a file is started by itself: it says so, or reads data in its own code and nobody imports it."""
        return module.is_script or module.index in self._reading

    @cached_property
    def _reading(self) -> frozenset[int]:
        left = (each for each in self.flow.program.modules if not each.is_script and not self.is_imported(each))
        return frozenset(
            module.index
            for module in left
            if any("reads" in self.flow.roles(call) for call in self.flow.body(module.index, 0).calls)
        )

    @cached_property
    def _imported(self) -> frozenset[int]:
        return frozenset(
            entity.module
            for module in self.flow.program.modules
            for binding in module.facts.imports
            if binding.attribute != "*"
            and (entity := self.flow.program.imported(module, binding)).module != module.index
        )

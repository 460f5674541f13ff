"""Tables that hold what a model computed: who writes them, and whose code reads them and stands on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from mldebt.flow.linking import ClassKey
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_TABLE_BASES = regex(r"(^|\.)(models\.Model|peewee\.Model|DeclarativeBase|SQLModel|db\.Model|Document)$")
_WRITES = frozenset(
    "create bulk_create update_or_create get_or_create insert insert_many insert_from bulk_insert_mappings".split()
)


class ResultTables:
    """Questions about classes of the repository that stand for tables of a database."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def readers(self, homes: Iterable[Module]) -> Iterator[Module]:
        """Modules that name a table which code in `homes` writes, and those that import them."""
        known = list(homes)
        written = {cls for module in known for cls in self._written(module)}
        if not written:
            return
        readers = [
            module
            for module in self.flow.program.modules
            if module not in known and any(self._imports(module, cls) for cls in written)
        ]
        yield from readers
        indexes = {module.index for module in readers}
        yield from (module for module in self.flow.program.modules if self._imported[module.index] & indexes)

    def _written(self, module: Module) -> Iterator[ClassKey]:
        for number in range(len(module.facts.scopes)):
            for call in self.flow.body(module.index, number).calls:
                yield from self._written_by(call)

    def _written_by(self, call: Value) -> Iterator[ClassKey]:
        """The tables into which a call puts rows: it makes one, or asks the table to."""
        for target in self.flow.targets(call):
            if target.kind == "class" and self._is_table(target.key):
                yield target.key
        base = call.function
        if base.kind == "attr" and base.data in _WRITES:
            while base.kind in ("attr", "call"):
                base = base.source
            if base.kind == "class" and self._is_table(base.scope_key):
                yield base.scope_key

    def _is_table(self, cls: ClassKey) -> bool:
        ancestry = self.flow.program.ancestry(cls)
        return any(isinstance(base, str) and _TABLE_BASES.search(base) for base in ancestry)

    def _imports(self, module: Module, cls: ClassKey) -> bool:
        name = self.flow.scope(*cls).name
        return any(
            binding.attribute == name and self.flow.program.imported(module, binding)[1:3] == cls
            for binding in module.facts.imports
        )

    @cached_property
    def _imported(self) -> dict[int, set[int]]:
        """The modules from which each module imports."""
        return {
            module.index: {self.flow.program.imported(module, binding).module for binding in module.facts.imports}
            for module in self.flow.program.modules
        }

"""Pipeline code that cannot run: behind a condition that is always false, or a switch that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.facts import record as r
from mldebt.flow.module import Module
from mldebt.flow.scopes.names import Block, assigned_names, blocks, followed, says_never
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.programs.reachable import WORKS
from mldebt.sources import Document

_SETS_BY_NAME = frozenset({"exec", "eval", "globals", "setattr", "vars"})


class SwitchedOff(msgspec.Struct, frozen=True, kw_only=True):
    """A branch that never runs; `switch` is the name of the constant that decides, "" for a literal; `first` and
    `last` are its lines, `work` is a call in it that trains, reads or predicts."""

    module: Module
    scope: int
    at: int
    switch: str
    first: int
    last: int
    work: Value


class Switches:
    """Finds such branches in the team's programs and modules."""

    def __init__(self, flow: Flow, documents: Sequence[Document]) -> None:
        self.flow = flow
        self.documents = documents

    def find(self) -> Iterator[SwitchedOff]:
        """By place. A notebook's switches are turned by whoever runs its cells."""
        for module in self.flow.program.modules:
            if module.category == "product" and not module.is_notebook:
                for number, scope in enumerate(module.facts.scopes):
                    yield from self._in(module, number, scope.body, scope.end)

    def _in(self, module: Module, number: int, statements: Block, end: int) -> Iterator[SwitchedOff]:
        for statement, after in followed(statements, end):
            if (
                isinstance(statement, r.If)
                and statement.body
                and (off := self._is_off(module, statement.test)) is not None
            ):
                until = statement.orelse[0].at if statement.orelse else after
                work = self._work(module, number, statement.body[0].at, until)
                if work is not None:
                    yield self._branch(module, number, statement, off, until, work)
            for inner, last in blocks(statement, after):
                yield from self._in(module, number, inner, last)

    def _branch(
        self, module: Module, number: int, statement: r.If, switch: str, until: int, work: Value
    ) -> SwitchedOff:
        last = module.facts.position(max(until - 1, statement.at))[0]
        first = module.facts.position(statement.at)[0]
        return SwitchedOff(
            module=module, scope=number, at=statement.at, switch=switch, first=first, last=last, work=work
        )

    def _is_off(self, module: Module, test: int) -> str | None:
        """The name of the switch, "" for a literal; None when the condition may hold."""
        if says_never(module.facts, test):
            return ""
        node = module.facts.exprs[test]
        return node.id if isinstance(node, r.Name) and self._is_never_set(module, node.id) else None

    def _is_never_set(self, module: Module, name: str) -> bool:
        """Whether a module's variable is assigned once, to False, and named by no other module and no document."""
        versions = [
            statement
            for statement in module.facts.scopes[0].body
            if isinstance(statement, r.Assign)
            and any(module.facts.name(target) == name for target in statement.targets)
        ]
        if len(versions) != 1 or name in self._set_elsewhere(module):
            return False
        value = module.facts.exprs[versions[0].value]
        return isinstance(value, r.Constant) and value.value is False and name not in self._spoken_elsewhere(module)

    def _set_elsewhere(self, module: Module) -> set[str]:
        """The names that a module's functions and branches may set, too."""
        found = {
            name for scope in range(1, len(module.facts.scopes)) for name in self.flow.program.bound(module, scope)
        }
        for statement in module.facts.scopes[0].body:
            for block, _ in blocks(statement, 0):
                found |= assigned_names(module.facts, block)
        return found

    def _spoken_elsewhere(self, module: Module) -> set[str]:
        """The names that other modules and documents know; all of them where code may set any."""
        names = self._names_by_module
        if any(callee.name in _SETS_BY_NAME for callee in module.facts.callees):
            return set(self.flow.program.variables(module))
        others: set[str] = set()
        for index, found in names.items():
            if index != module.index:
                others |= found
        return others | self._documented

    @cached_property
    def _names_by_module(self) -> dict[int, frozenset[str]]:
        """Upper-case names that each module imports, or reads as attributes."""
        return {
            module.index: frozenset(
                [node.name for node in module.facts.exprs if isinstance(node, r.Attribute)]
                + [binding.attribute for binding in module.facts.imports]
            )
            for module in self.flow.program.modules
        }

    @cached_property
    def _documented(self) -> frozenset[str]:
        return frozenset(word for document in self.documents for word in document.text.split())

    def _work(self, module: Module, number: int, start: int, end: int) -> Value | None:
        body = self.flow.body(module.index, number)
        for call in (*body.never_run, *body.calls):
            if start <= call.at < end and self.flow.roles(call) & WORKS:
                return call
        return None

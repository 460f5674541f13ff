"""Builds the values of one scope: every expression becomes a value, every assignment and mutation a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.module import Entity
from mldebt.flow.scopes.expressions import EXPRESSIONS
from mldebt.flow.scopes.names import Block
from mldebt.flow.scopes.statements import STATEMENTS
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.body import Body
    from mldebt.flow.program import Program

Env = dict[str, Value]
_FREE = "free"
"""A variable of a function around the scope."""


class Builder:
    """The state at one point of the scope: what each name holds (`env`), and whether the point is never reached
    (`dead`)."""

    def __init__(self, program: Program, body: Body) -> None:
        self.program = program
        self.body = body
        self.make = body.add
        """A new value at the point reached."""
        self.module = body.module
        self.facts = body.facts
        self.env: Env = {}
        self.dead = False
        self.globals: set[str] = set()
        self._bound = program.bound(body.module, body.number)
        self._outside: dict[str, Entity] = {}
        """What names mean that this scope does not bind; most are read several times."""

    def run(self) -> None:
        """Fill the body."""
        scope = self.body.scope
        for parameter in scope.parameters:
            value = self.body.params[parameter.name] = self.make("param", scope.at, parameter.name)
            self.name(parameter.name, value)
        self.block(scope.body)
        self.body.env = self.env

    def block(self, statements: Block) -> None:
        """Run statements up to the first that never ends."""
        for statement in statements:
            if self.dead:
                return
            STATEMENTS[statement.__class__](self, statement)

    def value(self, ref: r.Ref) -> Value:
        """The value of an expression, evaluated once."""
        values = self.body.values
        if ref in values:
            return values[ref]
        node = self.facts.exprs[ref]
        found = self.body.values[ref] = EXPRESSIONS[node.__class__](self, node)
        return found

    def name(self, name: str, value: Value) -> None:
        """Give a value to a variable."""
        self.env[name] = value
        self.body.name(value, name)

    # ------------------------------------------------------------------ reading names

    def load(self, name: str, at: int) -> Value:
        """What a name holds here."""
        is_local = name not in self.globals
        if is_local and name in self.env:
            return self.env[name]
        if is_local and name in self._bound:
            return self.make("unknown", at, name)
        if name not in self._outside:
            self._outside[name] = self._enclosing(name) or self._module_level(name)
        return self.entity(self._outside[name], at)

    def entity(self, entity: Entity, at: int) -> Value:
        """A value for what a name stands for in the program."""
        if entity.kind == _FREE:
            read = self.make("free", at, (entity.scope, entity.name))
            self.body.free_reads.append(read)
            return read
        if entity.kind in ("func", "class"):
            return self.make(entity.kind, at, (entity.module, entity.scope))
        if entity.kind == "module":
            return self.make("module", at, entity.module)
        if entity.kind == "var":
            if self.body.number == 0 and entity.module == self.module.index:
                return self.make("unknown", at, entity.name)
            read = self.make("global", at, (entity.module, entity.name))
            self.body.global_reads.append(read)
            return read
        return self.make("external", at, entity.name)

    def _enclosing(self, name: str) -> Entity | None:
        """What a name means in this scope's imports and definitions, or in a function around it."""
        number = self.body.number
        while number > 0:
            binding = self.module.binding(number, name)
            if binding is not None:
                return self.program.imported(self.module, binding)
            if not self._is_class(number) and (member := self.module.member(number, name)) is not None:
                return member
            number = self.facts.scopes[number].parent
            if number > 0 and not self._is_class(number) and name in self.program.bound(self.module, number):
                return Entity(_FREE, self.module.index, number, name)
        return None

    def _module_level(self, name: str) -> Entity:
        return self.program.lookup(self.module, name) or Entity("external", name=name)

    def _is_class(self, number: int) -> bool:
        return self.facts.scopes[number].kind == "class"

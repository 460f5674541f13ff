"""Builds the values of one scope: every expression becomes a value, every assignment and mutation a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.facts import record as r
from mldebt.flow.module import Entity
from mldebt.flow.scopes.expressions import EXPRESSIONS
from mldebt.flow.scopes.names import Block
from mldebt.flow.scopes.statements import STATEMENTS
from mldebt.flow.value import Inputs, Value

if TYPE_CHECKING:
    from mldebt.flow.body import Body
    from mldebt.flow.program import Program

Env = dict[str, Value]


class Builder:
    """The state at one point of the scope: what each name holds (`env`), whether the point is never reached (`dead`)
    and the iterables of the loops around it."""

    def __init__(self, program: Program, body: Body) -> None:
        self.program = program
        self.body = body
        self.module = body.module
        self.facts = body.facts
        self.env: Env = {}
        self.dead = False
        self.loops: tuple[Value, ...] = ()
        self.globals: set[str] = set()
        self._bound = program.bound(body.module, body.number)

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
        found = self.body.values.get(ref)
        if found is None:
            node = self.facts.exprs[ref]
            found = self.body.values[ref] = EXPRESSIONS[node.__class__](self, node)
        return found

    def make(self, kind: str, at: int, data: object = None, inputs: Inputs = ()) -> Value:
        """A new value at the point reached."""
        return self.body.add(kind, at, data, inputs, self.loops)

    def name(self, name: str, value: Value) -> None:
        """Give a value to a variable."""
        self.env[name] = value
        self.body.name(value, name)

    # ------------------------------------------------------------------ reading names

    def load(self, name: str, at: int) -> Value:
        """What a name holds here."""
        is_local = name not in self.globals
        value = self.env.get(name)
        if value is not None and is_local:
            return value
        if is_local and name in self._bound:
            return self.make("unknown", at, name)
        return self._enclosing(name, at) or self._module_level(name, at)

    def entity(self, entity: Entity, at: int) -> Value:
        """A value for what a name stands for in the program."""
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

    def _enclosing(self, name: str, at: int) -> Value | None:
        """What a name means in this scope's imports and definitions, or in a function around it."""
        number = self.body.number
        while number > 0:
            binding = self.module.binding(number, name)
            if binding is not None:
                return self.entity(self.program.imported(self.module, binding), at)
            if not self._is_class(number) and (member := self.module.member(number, name)) is not None:
                return self.entity(member, at)
            number = self.facts.scopes[number].parent
            if number > 0 and not self._is_class(number) and name in self.program.bound(self.module, number):
                read = self.make("free", at, (number, name))
                self.body.free_reads.append(read)
                return read
        return None

    def _module_level(self, name: str, at: int) -> Value:
        found = self.program.lookup(self.module, name)
        return self.entity(found, at) if found is not None else self.make("external", at, name)

    def _is_class(self, number: int) -> bool:
        return self.facts.scopes[number].kind == "class"

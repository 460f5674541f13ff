"""The values of one scope: a function, a class, a lambda or a module's own statements."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.program import Program
from mldebt.flow.scopes.building import Builder
from mldebt.flow.value import Inputs, Value


class Body:
    """What happens in a scope. Built once, whole; nothing but its own text and the names of the program goes in."""

    __slots__ = (
        "_attributes",
        "calls",
        "env",
        "facts",
        "free_reads",
        "global_reads",
        "is_generator",
        "key",
        "loops",
        "module",
        "named",
        "never_run",
        "nodes",
        "number",
        "params",
        "rebound",
        "returns",
        "scope",
        "shares",
        "stores",
        "values",
    )

    def __init__(self, program: Program, module: Module, number: int) -> None:
        self.module = module
        self.number = number
        self.key: ScopeKey = (module.index, number)
        self.facts = module.facts
        self.scope = module.facts.scopes[number]
        self.shares = program.shared(module, number)
        """The names that it binds for a function around it."""
        self.rebound = program.shared_inside(module, number)
        """The functions inside that bind its names, by name."""
        self.nodes: list[Value] = []
        """Every value, in the order of evaluation."""
        self.values: dict[int, Value] = {}
        """By expression."""
        self.params: dict[str, Value] = {}
        self.calls: list[Value] = []
        self.never_run: list[Value] = []
        """The calls that stand where a literal says that nothing is run."""
        self.stores: list[Value] = []
        """What is stored into attributes and, with no base, into globals."""
        self.global_reads: list[Value] = []
        self.free_reads: list[Value] = []
        self.env: dict[str, Value] = {}
        """What each name holds at the end."""
        self.named: dict[Value, tuple[str, ...]] = {}
        """The variables that hold a value at some time."""
        self._attributes: dict[str, list[Value]] = {}
        self.loops: tuple[Value, ...] = ()
        """While it is built, the iterables of the loops around the point reached."""
        self.returns = self.add("return", self.scope.at)
        self.is_generator = False
        Builder(program, self).run()

    def add(self, kind: str, at: int, data: object = None, inputs: Inputs = ()) -> Value:
        """A new value, made of others."""
        value = Value(kind, self, at, data, inputs, self.loops, len(self.nodes))
        self.nodes.append(value)
        for label, source in inputs:
            source.uses.append((label, value))
        return value

    def bury(self, first: int) -> None:
        """Take out the values made since there were `first` of them, as nothing makes them: no question meets them."""
        gone = self.nodes[first:]
        del self.nodes[first:]
        dead = set(gone)
        for source in {source for value in gone for _, source in value.inputs} - dead:
            source.uses = [(label, user) for label, user in source.uses if user not in dead]
        self.returns.inputs = tuple((label, source) for label, source in self.returns.inputs if source not in dead)
        self.values = {ref: value for ref, value in self.values.items() if value not in dead}
        self.named = {value: names for value, names in self.named.items() if value not in dead}
        self.never_run += [value for value in self.calls if value in dead]
        for known in (self.calls, self.stores, self.global_reads, self.free_reads):
            known[:] = [value for value in known if value not in dead]

    def name(self, value: Value, name: str) -> None:
        """Note that a variable holds a value."""
        if value not in self.named:
            self.named[value] = (name,)
        elif name not in self.named[value]:
            self.named[value] = (*self.named[value], name)

    def attributes(self, name: str) -> Iterator[Value]:
        """The reads of an attribute by this name, of whatever object."""
        if not self._attributes:
            for value in self.values.values():
                if value.kind == "attr":
                    self._attributes.setdefault(value.name, []).append(value)
        return iter(self._attributes.get(name, ()))

    def names_of(self, value: Value) -> tuple[str, ...]:
        """The variables that hold a value at some time."""
        return self.named.get(value, ())

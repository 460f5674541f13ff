"""Where in the repository a name is written: told by the facts alone, so that only bodies that matter are built."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from mldebt.facts import record as r
from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.program import Program

CallKey = tuple[int, int, int]
"""(module index, scope index, expression) of a call."""
Places = Mapping[str, Sequence[ScopeKey]]
Place = TypeVar("Place")
TEST = "test"
_BY_NAME = ("setattr", "__setattr__", "vars")


class Indexes:
    """Each table is made when it is first asked for. What tests write is left out unless it is asked for: they call
    everything, with values that nobody's data ever holds."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._team = _Tables(program, [module for module in program.modules if module.category != TEST])
        self._tests = _Tables(program, [module for module in program.modules if module.category == TEST])

    def is_test(self, module: int) -> bool:
        """Whether a module is a test."""
        return self._program.modules[module].category == TEST

    def calls_named(self, name: str, *, with_tests: bool = False) -> Sequence[CallKey]:
        """Every call whose last name this is."""
        return self._seen(with_tests, lambda tables: tables.calls.get(name, ()))

    def aliases(self, name: str) -> Sequence[str]:
        """The other names that modules give to a function of this name: `g = f`, `g = partial(f, 3)`."""
        return self._aliases.get(name, ())

    def scopes_with_attribute(self, name: str, *, with_tests: bool = False) -> Sequence[ScopeKey]:
        """Every scope that mentions an attribute name."""
        return self._seen(with_tests, lambda tables: tables.attributes.get(name, ()))

    def mentions_attribute(self, key: ScopeKey, name: str) -> bool:
        """Whether a scope mentions an attribute name."""
        tables = self._tests if self.is_test(key[0]) else self._team
        return (key, name) in tables.attribute_mentions

    def sets_by_name(self, key: ScopeKey) -> bool:
        """Whether a scope may set or read attributes by a text."""
        return key in (self._tests if self.is_test(key[0]) else self._team).by_name

    def scopes_with_text(self, name: str, *, with_tests: bool = False) -> Sequence[ScopeKey]:
        """Every scope that may set or read attributes by a text and has a name as one."""
        return self._seen(with_tests, lambda tables: tables.texts_by_name.get(name, ()))

    def scopes_with_name(self, name: str, *, with_tests: bool = False) -> Sequence[ScopeKey]:
        """Every scope that mentions a plain name; only names of module-level variables and of functions are known."""
        return self._seen(with_tests, lambda tables: tables.names.get(name, ()))

    def scopes_with_either(self, name: str, *, with_tests: bool = False) -> list[ScopeKey]:
        """Every scope that mentions a name, plain or as an attribute."""
        plain = self.scopes_with_name(name, with_tests=with_tests)
        return list(dict.fromkeys([*plain, *self.scopes_with_attribute(name, with_tests=with_tests)]))

    def methods_named(self, name: str) -> Sequence[ScopeKey]:
        """Every function or class that stands under this name in a class."""
        return self._methods.get(name, ())

    def scopes_in(self, key: ScopeKey) -> Sequence[int]:
        """The functions, classes and lambdas defined directly in a scope."""
        return self._inner.get(key, ())

    def _seen(self, with_tests: bool, places: Callable[[_Tables], Sequence[Place]]) -> Sequence[Place]:
        found = places(self._team)
        return (*found, *places(self._tests)) if with_tests else found

    @cached_property
    def _aliases(self) -> Mapping[str, Sequence[str]]:
        table: dict[str, dict[str, None]] = defaultdict(dict)
        for module in self._program.modules:
            for statement in module.facts.scopes[0].body:
                if statement.__class__ is r.Assign:
                    named = _named(module, statement.value)
                    for target in statement.targets if named else ():
                        alias = module.facts.exprs[target]
                        if alias.__class__ is r.Name and alias.id != named:
                            table[named][alias.id] = None
        return {name: tuple(aliases) for name, aliases in table.items()}

    @cached_property
    def _methods(self) -> Places:
        table: dict[str, list[ScopeKey]] = defaultdict(list)
        for module, scope in self._program.classes:
            for name, number in self._program.modules[module].members.get(scope, {}).items():
                table[name].append((module, number))
        return table

    @cached_property
    def _inner(self) -> Mapping[ScopeKey, Sequence[int]]:
        table: dict[ScopeKey, list[int]] = defaultdict(list)
        for module in self._program.modules:
            for number, scope in enumerate(module.facts.scopes[1:], start=1):
                table[module.index, scope.parent].append(number)
        return table


class _Tables:
    """Where some modules write a name."""

    def __init__(self, program: Program, modules: Sequence[Module]) -> None:
        self._program = program
        self._modules = modules
        self._finders: dict[int, ScopeFinder] = {}

    @cached_property
    def calls(self) -> Mapping[str, Sequence[CallKey]]:
        """Calls, by their last name."""
        table: dict[str, list[CallKey]] = defaultdict(list)
        for module in self._modules:
            for callee in module.facts.callees:
                name = callee.name.rpartition(".")[2].lstrip(":")
                if name == "?":
                    call = module.facts.exprs[callee.call]
                    name = module.dotted(call.function) if isinstance(call, r.Call) else ""
                table[name].append((module.index, callee.scope, callee.call))
        return table

    @cached_property
    def attributes(self) -> Places:
        """Scopes, by the attribute names that they mention."""
        table: dict[str, dict[ScopeKey, None]] = defaultdict(dict)
        for module in self._modules:
            finder = self._finder(module)
            for node in module.of_kind(r.Attribute):
                table[node.name][module.index, finder.at(node.at)] = None
        return {name: tuple(places) for name, places in table.items()}

    @cached_property
    def attribute_mentions(self) -> frozenset[tuple[ScopeKey, str]]:
        """Each scope with each attribute name that it mentions."""
        return frozenset((key, name) for name, places in self.attributes.items() for key in places)

    @cached_property
    def by_name(self) -> Mapping[ScopeKey, None]:
        """Scopes that may set or read attributes by a text."""
        called = [(module, scope) for name in _BY_NAME for module, scope, _ in self.calls.get(name, ())]
        return dict.fromkeys([*called, *self.attributes.get("__dict__", ())])

    @cached_property
    def texts_by_name(self) -> Places:
        """Those scopes, by the texts in them."""
        table: dict[str, dict[ScopeKey, None]] = defaultdict(dict)
        scopes = self.by_name
        indexes = {module for module, _ in scopes}
        for module in self._modules:
            for node in module.of_kind(r.Constant) if module.index in indexes else ():
                key = (module.index, self._finder(module).at(node.at))
                if isinstance(node.value, str) and key in scopes:
                    table[node.value][key] = None
        return {name: tuple(places) for name, places in table.items()}

    @cached_property
    def names(self) -> Places:
        """Scopes, by the names of variables and functions of modules that they mention."""
        wanted: set[str] = set()
        for module in self._program.modules:
            wanted.update(self._program.variables(module))
            wanted.update(scope.name for scope in module.facts.scopes if scope.kind == "function")
        table: dict[str, dict[ScopeKey, None]] = defaultdict(dict)
        for module in self._modules:
            finder = self._finder(module)
            for node in module.of_kind(r.Name):
                if node.id in wanted:
                    table[node.id][module.index, finder.at(node.at)] = None
        return {name: tuple(places) for name, places in table.items()}

    def _finder(self, module: Module) -> ScopeFinder:
        found = self._finders.get(module.index)
        if found is None:
            found = self._finders[module.index] = ScopeFinder(module)
        return found


def _named(module: Module, ref: r.Ref) -> str:
    """The last name of what an expression names, or applies in part; "" for any other expression."""
    node = module.facts.exprs[ref]
    if isinstance(node, r.Call) and node.arguments and module.dotted(node.function).rpartition(".")[2] == "partial":
        ref = node.arguments[0].value
        node = module.facts.exprs[ref]
    return module.dotted(ref).rpartition(".")[2] if isinstance(node, r.Name | r.Attribute) else ""


class ScopeFinder:
    """The innermost scope at an offset, asked for offsets in any order."""

    def __init__(self, module: Module) -> None:
        scopes = module.facts.scopes
        spans = sorted((scope.at, -scope.end, number) for number, scope in enumerate(scopes) if number)
        self._scopes = scopes
        self._starts = [start for start, _, _ in spans]
        self._numbers = [number for _, _, number in spans]

    def at(self, offset: int) -> int:
        place = bisect_right(self._starts, offset) - 1
        number = self._numbers[place] if place >= 0 else 0
        while number > 0 and self._scopes[number].end <= offset:
            number = self._scopes[number].parent
        return max(number, 0)

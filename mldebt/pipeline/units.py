"""Outermost functions and classes: which of them stand around a value, call each other, and are used elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from mldebt.flow.body import Body
from mldebt.flow.program import Module
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

Unit = tuple[int, int]
"""A module and the outermost function or class in it; scope 0 is the module's own code."""
_TABLES = frozenset({"dict", "collection"})
TABLE_DEPTH = 3


class Units:
    """Questions about the units of a program."""

    def __init__(self, flow: Flow, models: Models) -> None:
        self.flow = flow
        self.models = models
        self._calls: dict[int, dict[Unit, set[Unit]]] = {}
        self._handing: dict[Unit, set[Unit]] = defaultdict(set)
        """By what is called, the functions elsewhere that return what it gives as it is."""

    def of(self, value: Value) -> Unit:
        """The outermost function or class around a value."""
        module = value.body.module
        number = module.outermost(value.body.number)
        return module.index, 0 if module.facts.scopes[number].kind == "lambda" else number

    def calls(self, module: int) -> dict[Unit, set[Unit]]:
        """Which units of a module call which others of it."""
        found = self._calls.get(module)
        if found is None:
            found = self._calls[module] = defaultdict(set)
            home = self.flow.program.modules[module]
            for number in range(len(home.facts.scopes)):
                for call in self.flow.body(module, number).calls:
                    for target in self.flow.targets(call):
                        if target.module == module and target.kind in ("func", "class"):
                            found[self.of(call)].add((module, home.outermost(target.scope)))
                for node in self.flow.body(module, number).nodes if number else ():
                    if node.kind == "global" and node.variable[0] == module:
                        found[self.of(node)].update(self._listed(module, node.variable[1]))
        return found

    def _listed(self, module: int, name: str) -> set[Unit]:
        """The functions that a module lists in a table, to be called by their names: `LOADERS = {"shop": load}`."""
        table = self.flow.body(module, 0).env.get(name)
        if table is None or table.kind not in _TABLES:
            return set()
        home = self.flow.program.modules[module]
        keys = (value.scope_key for value in _parts(table, TABLE_DEPTH) if value.kind == "func")
        return {(module, home.outermost(scope)) for owner, scope in keys if owner == module}

    def runs(self, unit: Unit) -> set[Unit]:
        """A unit and everything in its module that it calls, directly or not."""
        calls = self.calls(unit[0])
        found, waiting = {unit}, [unit]
        while waiting:
            for after in calls.get(waiting.pop(), ()):
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return found

    def fronts(self, units: Iterable[Unit]) -> set[Unit]:
        """Some units of one module and the functions of it that run them on behalf of others; who trains does not."""
        found = set(units)
        waiting = list(found)
        while waiting:
            unit = waiting.pop()
            for caller, called in self.calls(unit[0]).items():
                if unit in called and caller not in found and self._serves_others(caller):
                    found.add(caller)
                    waiting.append(caller)
        return found

    def _serves_others(self, unit: Unit) -> bool:
        if self.flow.scope(*unit).kind != "function":
            return False
        return not any(
            self.models.trains(call) for number in self.inside(unit) for call in self._calls_in(unit, number)
        )

    def inside(self, unit: Unit) -> list[int]:
        """The scopes of a unit, itself first."""
        module = self.flow.program.modules[unit[0]]
        return [number for number in range(len(module.facts.scopes)) if module.outermost(number) == unit[1]]

    def _calls_in(self, unit: Unit, number: int) -> list[Value]:
        return self.flow.body(unit[0], number).calls

    def users(self, units: Iterable[Unit]) -> int:
        """How many other modules of the team use the most used of some units."""
        used = self._used
        asked = (self._handed_on(unit) for unit in units if unit[1])
        return max(
            (len(set().union(*(used.get(each, ()) for each in ways)) - {ways[0][0]}) for ways in asked), default=0
        )

    def users_of_any(self, units: Iterable[Unit]) -> int:
        """How many other modules of the team use at least one of some units of one module."""
        used = self._used
        asked = [unit for unit in units if unit[1]]
        ways = (each for unit in asked for each in self._handed_on(unit))
        found = set().union(*(used.get(each, ()) for each in ways))
        return len(found - {unit[0] for unit in asked})

    @cached_property
    def _used(self) -> dict[Unit, set[int]]:
        """The modules of the team that use each unit."""
        found: dict[Unit, set[int]] = defaultdict(set)
        for module in self.flow.program.modules:
            if module.category == "product":
                self._note_uses(module, found)
        return found

    def _handed_on(self, unit: Unit) -> list[Unit]:
        """A unit, and the functions of other modules that only hand on what it gives."""
        found = [unit]
        for each in found:
            found.extend(self._handing.get(each, set()).difference(found))
        return found

    def _note_uses(self, module: Module, users: dict[Unit, set[int]]) -> None:
        for binding in module.facts.imports:
            if binding.attribute != "*" and not module.path.endswith("__init__.py"):
                entity = self.flow.program.imported(module, binding)
                if entity.kind in ("func", "class"):
                    users[entity.module, entity.scope].add(module.index)
        for number in range(len(module.facts.scopes)):
            body = self.flow.body(module.index, number)
            for call in body.calls:
                for target in self.flow.targets(call):
                    if target.kind in ("func", "class") and not target.guessed:
                        home = self.flow.program.modules[target.module]
                        used = target.module, home.outermost(target.scope)
                        users[used].add(module.index)
                        if target.module != module.index and _hands_on(body, call):
                            self._handing[used].add(self.of(call))


def _hands_on(body: Body, call: Value) -> bool:
    """Whether a function gives nothing but what a call gives."""
    given = body.returns.every("value") if body.scope.kind == "function" else []
    return bool(given) and all(each is call for each in given)


def _parts(table: Value, depth: int) -> Iterator[Value]:
    """What stands in a table, and in the tables in it."""
    for _, value in table.inputs:
        yield value
        if value.kind in _TABLES and depth:
            yield from _parts(value, depth - 1)

"""Where a person starts some code: the scripts, commands, flows and notebooks from which it is reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from mldebt.documents import DocumentSet
from mldebt.documents.search import CommandPlace
from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import ways
from mldebt.flow.linking import ClassKey, Target
from mldebt.flow.program import Module
from mldebt.flow.types.models import short_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.options import Options
from mldebt.sources import DocumentKind

Unit = tuple[int, int]
DEPTH = 7
UNITS = 200
SHOWN = 4
_DRAWN = "├│└─|*-#"
"""What a drawing of folders starts with, whose lines are no commands."""
_HELP = frozenset({"--help", "-h"})
"""What makes a command tell how it is used, and start nothing."""
_STARTS = frozenset({"orchestrates", "configures"})
_STEPS = frozenset({"task", "step"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that somebody starts, and the first value in it that leads on; `command` is how the documents start it."""

    unit: Unit
    value: Value
    command: CommandPlace | None


_TOLD = {kind: place for place, kind in enumerate((DocumentKind.README, DocumentKind.DOCS, DocumentKind.MAKEFILE))}


class Entries:
    """Questions about who starts what."""

    def __init__(self, flow: Flow, prose: DocumentSet) -> None:
        self.flow = flow
        self.prose = prose

    def of(self, calls: Iterable[Value], cls: ClassKey | None = None, *, only: bool = False) -> list[Entry]:
        """The entry points from which some calls are reached: code that runs by itself before code that others call.
        For the methods of a class, calls on objects of its sisters do not count; with `only`, nor do those on what
        is of a class above it."""
        found: dict[Unit, tuple[Value, Value]] = {}
        for call in calls:
            for unit, value in self._roots(call, cls, only):
                found.setdefault(unit, (value, call))
        running = {unit: way for unit, way in found.items() if self.runs_itself(unit)}
        chosen = running or found
        return [self._entry(unit, value, call) for unit, (value, call) in list(chosen.items())[:SHOWN]]

    def runs_itself(self, unit: Unit) -> bool:
        """Whether a unit is a script's or notebook's own code, or what a command line or an orchestrator starts."""
        return unit[1] == 0 or self._is_started(self.flow.body(*unit))

    def command(self, module: Module, options: Sequence[str] = (), words: Sequence[str] = ()) -> CommandPlace | None:
        """How the documents start a module, with all of some options given; one that has some words before others,
        what people are told before what machines run."""
        places = [
            place
            for place in self.prose.commands_running(module.path, self._paths)
            if place.command.text[:1] not in _DRAWN
            and not _HELP & set(place.command.text.split())
            and all(_gives(place.command.text, name) for name in options)
        ]
        meant = [place for place in places if any(word in place.command.text for word in words)]
        return min(meant or places, key=lambda place: _TOLD.get(place.document.kind, len(_TOLD)), default=None)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(module.path for module in self.flow.program.modules)

    def _entry(self, unit: Unit, value: Value, call: Value) -> Entry:
        """An entry point for a call far below it: one script may start many by what it is told, the step's name."""
        words = [call.body.scope.name] if call.body.module.index != unit[0] and "_" in call.body.scope.name else []
        command = self.command(self.flow.program.modules[unit[0]], self._asked(value), words)
        return Entry(unit=unit, value=value, command=command)

    def _asked(self, value: Value) -> list[str]:
        """The switches of the command line that must be given for a value to be computed: `if args.deep: train()`."""
        options = self.flow.shared(Options)
        tests = (test for test, way in ways(value.body, value.at) if way and test.kind == "attr")
        return [test.name for test in tests if options.is_switch(test)]

    def _roots(self, call: Value, cls: ClassKey | None, only: bool) -> Iterator[tuple[Unit, Value]]:
        first = self._unit(call.body)
        queue: deque[tuple[Unit, Value, int]] = deque([(first, call, 0)])
        seen = {first}
        while queue and len(seen) < UNITS:
            unit, value, depth = queue.popleft()
            callers = self._callers(unit) if unit[1] and depth < DEPTH else []
            if cls is not None:
                callers = [caller for caller in callers if not self._is_on_sister(caller, cls, only)]
            body = self.flow.body(*unit)
            if not callers or (self._is_started(body) and not self._is_step(body)):
                yield unit, value
                continue
            for caller in callers:
                after = self._unit(caller.body)
                if after not in seen:
                    seen.add(after)
                    queue.append((after, caller, depth + 1))

    def _callers(self, unit: Unit) -> list[Value]:
        calls = [*self.flow.callers(*unit), *(call for call, _ in self.flow.applied(*unit))]
        return [call for call in calls if call.body.module.category == "product" and self._unit(call.body) != unit]

    def _is_on_sister(self, call: Value, cls: ClassKey, only: bool) -> bool:
        """Whether a method is called on an object that is known to be of another class of the family."""
        function = call.inputs[0][1]
        names = {each.name for each in self.flow.types(function.source)} if function.kind == "attr" else set()
        names |= {target.key for target in self.flow.targets(call) if target.kind == "class"}
        own = set(self.flow.program.ancestry(cls))
        family = {below for key in own if isinstance(key, tuple) for below in self.flow.program.subclasses(key)}
        if only:
            return cls not in names and bool(names & (own | family))
        return bool(names) and not names & own and bool(names & family)

    def _unit(self, body: Body) -> Unit:
        """The function or method around a body; a lambda or an inner function is part of the one around it."""
        scopes = body.module.facts.scopes
        number = body.number
        while number > 0 and not self._stands_alone(body.module, number):
            number = scopes[number].parent
        return body.module.index, max(number, 0)

    def _stands_alone(self, module: Module, number: int) -> bool:
        scope = module.facts.scopes[number]
        above = module.facts.scopes[scope.parent].kind if scope.parent >= 0 else "module"
        return scope.kind == "function" and above in ("module", "class")

    def _is_step(self, body: Body) -> bool:
        """Whether a decorator makes a function a step of a flow, which the flow starts: `@task`."""
        return any(short_name(target.name) in _STEPS for target in self._decorating(body))

    def _is_started(self, body: Body) -> bool:
        """Whether a decorator makes a function a command, a task or a flow."""
        return any(
            (target.api is not None and target.api.roles & _STARTS) or target.name.endswith((".command", ".main"))
            for target in self._decorating(body)
        )

    def _decorating(self, body: Body) -> Iterator[Target]:
        """What decorates a function."""
        outer = self.flow.body(body.module.index, max(body.scope.parent, 0))
        for ref in body.scope.decorators:
            value = outer.values.get(ref)
            if value is not None:
                yield from self.flow.targets(value) if value.kind == "call" else self.flow.callees(value)


def _gives(command: str, option: str) -> bool:
    """Whether a command gives an option."""
    return any(word.lstrip("-").replace("-", "_") == option for word in command.split() if word.startswith("-"))

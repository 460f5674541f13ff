"""From a place in a file, as a person names it, to the value that stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from mldebt.errors import UsageError, nearest
from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.tracks import Spot

NEAR = 3
NAMES_TOLD = 8
_BINDING = frozenset({"item", "element", "operation", "same", "store", "mutate", "passed", "slice"})
"""What a statement makes to give it to a variable."""


class _Line(msgspec.Struct):
    """What stands on a line: values by name, what a statement binds before what it reads; and the outermost value."""

    bound: dict[str, Value] = msgspec.field(default_factory=dict)
    read: dict[str, Value] = msgspec.field(default_factory=dict)
    whole: Value | None = None

    def of(self, name: str) -> Value | None:
        return self.bound.get(name) or self.read.get(name)

    def named(self, name: str) -> Value | None:
        """What a name stands for; that of a function which is called here for what the call gives."""
        found = self.of(name)
        is_called = found is not None and found.kind in ("external", "func", "class") and name not in self.bound
        return (self.read.get(f"{name}()") if is_called else None) or found

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([*self.bound, *self.read]))


class Found(NamedTuple):
    """A value, and the line of its module's text where it was asked for (it may have been made on another)."""

    value: Value
    line: int


def find_value(flow: Flow, spot: Spot) -> Found:
    """The value at a place. Raises UsageError for a file, a line or a name that is not there, naming the nearest."""
    module = _module(flow, spot)
    number = _line_number(module, spot)
    line = _Reader(flow, module, number).line()
    if spot.name:
        found = line.named(spot.name)
        if found is None:
            told = ", ".join(line.names[:NAMES_TOLD])
            there = f"; there are: {told}" if told else "; it holds no value at all"
            raise UsageError(f"{spot}: no {spot.name!r} on this line{nearest(spot.name, line.names)}{there}")
        return Found(found, number)
    if line.whole is None:
        raise UsageError(f"{spot}: no value on this line{_nearest_lines(flow, module, number)}")
    return Found(line.whole, number)


# ---------------------------------------------------------------------------- file and line


def _module(flow: Flow, spot: Spot) -> Module:
    paths = {module.path: module for module in flow.program.modules}
    found = paths.get(spot.path)
    if found is None:
        raise UsageError(
            f"{spot.path}: not among the Python files and notebooks that were read{nearest(spot.path, paths)}"
        )
    return found


def _line_number(module: Module, spot: Spot) -> int:
    """The line in the module's text; a notebook's is that of its joined cells."""
    if not module.is_notebook:
        if spot.cell is not None:
            raise UsageError(f"{spot}: {module.path} is no notebook, so that one number says where; PATH:LINE[:NAME]")
        if not 1 <= spot.line <= len(module.facts.lines):
            raise UsageError(f"{spot}: {module.path} has {len(module.facts.lines)} lines")
        return spot.line
    cells = list(enumerate(module.facts.cells, start=1))
    if spot.cell is None:
        found = [number for number, cell in cells if cell.raw_line == spot.line]
        hint = "; a notebook's lines are told as PATH:CELL:LINE, or by the line of the raw file"
    else:
        found = [number for number, cell in cells if (cell.cell, cell.line) == (spot.cell, spot.line)]
        lines = [cell.line for _, cell in cells if cell.cell == spot.cell]
        known = ", ".join(map(str, dict.fromkeys(cell.cell for _, cell in cells)))
        hint = f"; cell {spot.cell} has {max(lines)} lines of code" if lines else f"; code stands in the cells {known}"
    if not found:
        raise UsageError(f"{spot}: no code there{hint}")
    return found[0]


def _nearest_lines(flow: Flow, module: Module, number: int) -> str:
    """The nearest lines that hold a value, as a person would ask for them."""
    found = []
    for distance in range(1, len(module.facts.lines)):
        near = (line for line in (number - distance, number + distance) if 1 <= line <= len(module.facts.lines))
        found += [line for line in near if _Reader(flow, module, line).line().whole is not None]
        if len(found) >= NEAR - 1:
            break
    cells = module.facts.cells
    told = [f"{cells[line - 1].cell}:{cells[line - 1].line}" if cells else str(line) for line in sorted(found)]
    return f"; the nearest with one: {', '.join(told)}" if told else ""


# ---------------------------------------------------------------------------- the line


class _Reader:
    """Reads what one line of a module holds."""

    def __init__(self, flow: Flow, module: Module, number: int) -> None:
        self.flow = flow
        self.module = module
        self.number = number

    def line(self) -> _Line:
        """What stands here. A lambda does not speak for the statement that it is part of, nor does a literal that
        stands on a line of its own."""
        found = _Line()
        bodies = list(self._bodies())
        for body in bodies:
            outer = found.whole
            self._define(body, found)
            self._statements(body, found)
            self._expressions(body, found)
            if body.scope.kind == "lambda" and outer is not None and outer.kind != "func":
                found.whole = outer
        whole = found.whole
        if whole is not None and (whole.kind in ("const", "func") or whole.body.scope.kind == "lambda"):
            found.whole = self._begun_before(bodies, found) or whole
        return found

    def _begun_before(self, bodies: Iterable[Body], found: _Line) -> Value | None:
        """What a statement is about that began on an earlier line; None where one begins here."""
        body = [each for each in bodies if each.scope.kind != "lambda"][-1]
        first = self.module.facts.lines[self.number - 1]
        statements = [each for each in inner_statements(body.scope.body) if each.at < first or self._is_here(each.at)]
        last = max(statements, key=lambda each: each.at, default=None)
        return self._statement(body, last, found) if last is not None and last.at < first else None

    def _bodies(self) -> Iterator[Body]:
        """The bodies that a line may belong to, the innermost last."""
        starts = self.module.facts.lines
        first = starts[self.number - 1]
        after = starts[self.number] if self.number < len(starts) else 1 << 60
        for number, scope in enumerate(self.module.facts.scopes):
            start = min((scope.at, *(self.module.facts.exprs[ref].at for ref in scope.decorators)))
            if number == 0 or (start < after and first < scope.end):
                yield self.flow.body(self.module.index, number)

    def _is_here(self, at: int) -> bool:
        return self.module.facts.position(at)[0] == self.number

    def _define(self, body: Body, found: _Line) -> None:
        """A `def` line stands for its parameters and for what the function returns, and so does a decorator's line."""
        places = (body.scope.at, *(self.module.facts.exprs[ref].at for ref in body.scope.decorators))
        if body.scope.kind == "function" and any(map(self._is_here, places)):
            found.bound.update(body.params)
            found.bound.setdefault(body.scope.name, body.returns)
            found.whole = body.returns

    def _statements(self, body: Body, found: _Line) -> None:
        for value, names in body.named.items():
            if value.kind in _BINDING and self._is_here(value.at):
                found.bound.update(dict.fromkeys(names, value))
        for statement in inner_statements(body.scope.body):
            if self._is_here(statement.at):
                whole = self._statement(body, statement, found)
                found.whole = whole if whole is not None else found.whole

    def _statement(self, body: Body, statement: r.Stmt, found: _Line) -> Value | None:
        """What a statement is about: what it assigns, meets, opens, returns or tests."""
        if isinstance(statement, r.Assign):
            value = body.values.get(statement.value)
            if value is not None:
                for target in statement.targets:
                    self._assign(body, target, value, found)
            return value
        if isinstance(statement, r.Annotate | r.Augment | r.For):
            made = (value for value in body.named if value.at == statement.at and value.kind in _BINDING)
            ref = statement.iterable if isinstance(statement, r.For) else statement.value
            return next(made, None) or body.values.get(ref)
        if isinstance(statement, r.With):
            return body.values.get(statement.items[0].value) if statement.items else None
        if isinstance(statement, r.Evaluate) and isinstance(body.facts.exprs[statement.value], r.Constant):
            return None  # a docstring
        return next((body.values[ref] for ref in _refs(statement) if ref in body.values), None)

    def _assign(self, body: Body, target: int, value: Value, found: _Line) -> None:
        """What a target holds after an assignment; parts and items have versions of their own."""
        node = body.facts.exprs[target]
        if isinstance(node, r.Name):
            found.bound[node.id] = value
        elif isinstance(node, r.Attribute):
            found.bound[node.name] = value
            found.bound[self.module.dotted(target) or node.name] = value

    def _expressions(self, body: Body, found: _Line) -> None:
        """What is read on the line: names, attributes, calls by the name of what they call, arguments by keyword."""
        exprs = body.facts.exprs
        last = None
        docstrings = {s.value for s in body.scope.body if isinstance(s, r.Evaluate)}
        for ref, value in body.values.items():
            node = exprs[ref]
            if not self._is_here(node.at) or (ref in docstrings and isinstance(node, r.Constant)):
                continue
            if last is None or ref > last:
                last = ref
            for name in self._names(ref, node):
                found.read.setdefault(name, value)
            if isinstance(node, r.Call):
                for argument in node.arguments:
                    given = body.values.get(argument.value)
                    if argument.keyword not in ("", "*", "**") and given is not None:
                        found.read.setdefault(argument.keyword, given)
        if found.whole is None and last is not None:
            found.whole = body.values[last]

    def _names(self, ref: int, node: r.Expr) -> Iterator[str]:
        if isinstance(node, r.Name):
            yield node.id
        elif isinstance(node, r.Attribute):
            yield node.name
            dotted = self.module.dotted(ref)
            if dotted:
                yield dotted
        elif isinstance(node, r.Call):
            called = self.module.dotted(node.function)
            if called:
                yield called + "()"
                yield called.rpartition(".")[2] + "()"


def inner_statements(block: tuple[r.Stmt, ...]) -> Iterator[r.Stmt]:
    """All statements of a block, with those inside them."""
    for statement in block:
        yield statement
        for name in ("body", "orelse", "final"):
            yield from inner_statements(getattr(statement, name, ()))
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from inner_statements(part.body)


def _refs(statement: r.Stmt) -> tuple[int, ...]:
    """The expressions of a statement that has no target."""
    names = ("value", "test", "subject")
    return tuple(ref for name in names if isinstance(ref := getattr(statement, name, -1), int) and ref >= 0)

"""Under which tests code runs: the `if` statements around a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.idioms import root
from mldebt.flow.scopes.names import blocks, statements
from mldebt.flow.value import Value

FACT_DEPTH = 4
_LEAVING = (r.Return, r.Raise)
_SAYING_NOTHING = {(("==",), True), (("!=",), False), ((">",), False), (("<=",), True)}
"""Comparisons of a length with nought that say that it is nought, with the answer."""
_AT_MOST_ONE = {("==", 0), ("==", 1), ("<=", 1), ("<", 2), ("<", 1), ("<=", 0)}
_OPPOSITES: dict[object, tuple[str, ...]] = {("not in",): ("in",), ("!=",): ("==",), ("is not",): ("is",)}


class Branch(msgspec.Struct, frozen=True):
    """One `if` statement: its test, and the statements of both ways."""

    statement: r.If
    test: Value
    then: tuple[r.Stmt, ...]
    otherwise: tuple[r.Stmt, ...]


def branches(body: Body) -> Iterator[Branch]:
    """Every `if` of a body, the outer ones first."""
    yield from _branches(body, body.scope.body)


def around(body: Body, at: int) -> list[Value]:
    """The tests of the `if` statements that a place stands under, the outermost first."""
    return [test for test, _ in ways(body, at)]


def ways(body: Body, at: int) -> list[tuple[Value, bool]]:
    """The tests that a place stands under, the outermost first, each with the answer that leads there."""
    found: list[tuple[Value, bool]] = []
    statements: Sequence[r.Stmt] = body.scope.body
    while statements:
        inside = [statement for statement in statements if statement.at <= at]
        if not inside:
            break
        last = inside[-1]
        parts = [part for part in _parts(last) if part and part[0].at <= at]
        if not parts:
            break
        if isinstance(last, r.If) and (test := body.values.get(last.test)) is not None:
            found.append((test, parts[-1] is last.body))
        statements = parts[-1]
    return found


def matched_around(body: Body, at: int) -> list[Value]:
    """What the `match` statements look at that a place stands in a case of, the outermost first."""
    found: list[Value] = []
    statements: Sequence[r.Stmt] = body.scope.body
    while statements:
        inside = [statement for statement in statements if statement.at <= at]
        parts = [part for part in _parts(inside[-1]) if part and part[0].at <= at] if inside else []
        if parts and isinstance(last := inside[-1], r.Match):
            found += [value] if (value := body.values.get(last.subject)) is not None else []
        statements = parts[-1] if parts else ()
    return found


def opened_around(body: Body, at: int) -> list[Value]:
    """What the `with` statements hold open that a place stands in, the outermost first."""
    found: list[Value] = []
    statements: Sequence[r.Stmt] = body.scope.body
    while statements:
        inside = [statement for statement in statements if statement.at <= at]
        parts = [part for part in _parts(inside[-1]) if part and part[0].at <= at] if inside else []
        if parts and isinstance(last := inside[-1], r.With):
            found += [value for item in last.items if (value := body.values.get(item.value)) is not None]
        statements = parts[-1] if parts else ()
    return found


def left_by(body: Body, at: int) -> list[tuple[Value, bool]]:
    """The tests of earlier branches that leave the block for good, each with the answer that goes on to a place."""
    found: list[tuple[Value, bool]] = []
    statements: Sequence[r.Stmt] = body.scope.body
    while statements:
        inside = [statement for statement in statements if statement.at <= at]
        for earlier in inside[:-1]:
            if isinstance(earlier, r.If) and not earlier.orelse and _leaves(earlier.body[-1]):
                test = body.values.get(earlier.test)
                found += [(test, False)] if test is not None else []
        parts = [part for part in _parts(inside[-1]) if part and part[0].at <= at] if inside else []
        statements = parts[-1] if parts else ()
    return found


def known_empty(body: Body, at: int) -> Iterator[Value]:
    """The lists of which the tests on the way to a place say that there is nothing in them."""
    for test, way in (*ways(body, at), *left_by(body, at)):
        yield from _empty(test, way=way)


def known_short(body: Body, at: int) -> Iterator[Value]:
    """The lists of which the tests on the way to a place say that there is at most one thing in them."""
    for test, way in ways(body, at):
        if way:
            yield from _short(test)


def never_both(one: Value, other: Value) -> bool:
    """Whether two places of a function exclude each other: one runs where a test says yes, the other where it says
    no."""
    if one.body is not other.body:
        return False
    held = {fact for test, way in ways(one.body, one.at) for fact in _facts(test, way=way)}
    met = (fact for test, way in ways(other.body, other.at) for fact in _facts(test, way=way)) if held else ()
    return any((key, not way) in held for key, way in met)


def entails(one: Value, other: Value) -> bool:
    """Whether wherever one place of a function is run, another that stands under tests of its own is run too."""
    if one.body is not other.body or other.loops != one.loops[: len(other.loops)]:
        return False
    asked = {fact for test, way in ways(other.body, other.at) for fact in _facts(test, way=way)}
    held = {fact for test, way in ways(one.body, one.at) for fact in _facts(test, way=way)} if asked else asked
    return bool(asked) and asked <= held


def follows(one: Value, other: Value) -> bool:
    """Whether a later place of a function is run wherever an earlier one is, unless something fails between them."""
    if one.body is not other.body or one.at >= other.at:
        return False
    if not set(_blocks(one.body, other.at)) <= set(_blocks(one.body, one.at)):
        return False
    returns = (each for each in statements(one.body.scope.body) if isinstance(each, r.Return))
    return not any(one.at < each.at < other.at for each in returns)


def _blocks(body: Body, at: int) -> Iterator[int]:
    """Where the blocks begin that a place stands in and that need not be run."""
    statements: Sequence[r.Stmt] = body.scope.body
    while statements:
        inside = [statement for statement in statements if statement.at <= at]
        parts = [part for part in _parts(inside[-1]) if part[0].at <= at] if inside else []
        if parts and not isinstance(inside[-1], r.With):
            yield parts[-1][0].at
        statements = parts[-1] if parts else ()


def returned(body: Body, statements: Sequence[r.Stmt]) -> Iterator[Value]:
    """What some statements return themselves, not what the branches in them do."""
    for statement in statements:
        if isinstance(statement, r.Return) and (value := body.values.get(statement.value)) is not None:
            yield value


def _branches(body: Body, statements: Sequence[r.Stmt]) -> Iterator[Branch]:
    for statement in statements:
        if isinstance(statement, r.If) and (test := body.values.get(statement.test)) is not None:
            yield Branch(statement, test, statement.body, statement.orelse)
        for part in _parts(statement):
            yield from _branches(body, part)


def _facts(test: Value, *, way: bool, depth: int = 0) -> Iterator[tuple[object, bool]]:
    """What is known where a test has an answer: the parts of an `and` that holds, of an `or` that does not."""
    if depth > FACT_DEPTH:
        return
    parts = test.every("operand")
    if test.kind == "operation" and test.data == "not":
        yield from _facts(parts[0], way=not way, depth=depth + 1)
    elif test.kind == "operation" and test.data == ("and" if way else "or"):
        for part in parts:
            yield from _facts(part, way=way, depth=depth + 1)
    elif test.kind == "compare" and test.data in _OPPOSITES:
        yield (_OPPOSITES[test.data], *map(same, parts)), not way
    else:
        yield same(test), way


def _empty(test: Value, *, way: bool, depth: int = 0) -> Iterator[Value]:
    """The lists that are empty where a test has an answer: `not found`, `len(found) == 0`, `found == []`."""
    parts = test.every("operand")
    if test.kind == "operation" and test.data in ("not", "and" if way else "or") and depth < FACT_DEPTH:
        for part in parts:
            yield from _empty(part, way=way is (test.data != "not"), depth=depth + 1)
    elif test.kind == "compare" and len(parts) == 2 and (test.data, way) in _SAYING_NOTHING:
        if _counted(parts[0]) is not None and parts[1].kind == "const" and parts[1].data == 0:
            yield from filter(None, [_counted(parts[0])])
        elif parts[1].kind == "collection" and not parts[1].inputs:
            yield parts[0]
    elif not way and test.kind != "compare":
        yield _counted(test) or test


def _short(test: Value, depth: int = 0) -> list[Value]:
    """The lists with at most one thing in them where a test holds: `len(found) < 2`, `not found or len(found) == 1`."""
    if test.kind == "operation" and test.data in ("and", "or") and depth < FACT_DEPTH:
        first, *others = [_short(part, depth + 1) for part in test.every("operand")]
        if test.data == "and":
            return [*first, *(each for part in others for each in part)]
        return [each for each in first if all(same(each) in map(same, part) for part in others)]
    if test.kind == "compare" and isinstance(test.data, tuple) and len(test.data) == 1:
        counted, count = test.every("operand")
        if count.kind == "const" and (test.data[0], count.data) in _AT_MOST_ONE:
            return [*filter(None, [_counted(counted)])]
    return list(_empty(test, way=True))


def _leaves(last: r.Stmt) -> bool:
    """Whether what stands behind a statement in its block, or behind the block, is not reached by it."""
    return isinstance(last, _LEAVING) or (isinstance(last, r.Jump) and last.kind != "pass")


def _counted(value: Value) -> Value | None:
    """What is counted, or asked if there is anything in it."""
    return value.arguments[0] if value.calls_external("len", "bool") and value.arguments else None


def same(value: Value) -> object:
    """What is equal for values that are written alike and made of the same."""
    value = root(value)
    if value.kind == "const":
        return ("const", repr(value.data))
    if value.kind == "compare":
        return (value.data, *map(same, value.every("operand")))
    if value.kind in ("attr", "item") and isinstance(value.data, str | int):
        return (value.kind, value.data, same(value.source))
    return value


def _parts(statement: r.Stmt) -> list[tuple[r.Stmt, ...]]:
    """The blocks of a statement, by place."""
    return [part for part, _ in blocks(statement, 0)]

"""Compound statements other than definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
from libcst import MaybeSentinel

from mldebt.facts.expressions import identifier, optional
from mldebt.facts.patterns import pattern
from mldebt.facts.record import Case, For, Handler, If, Match, Ref, Stmt, Try, While, With, WithItem
from mldebt.facts.walk import Handlers, Walk

ELIFS_NESTED: Final = 100
"""A longer chain goes on in one row, so that no reader of facts has to go deeper for it."""

_DEFAULT = MaybeSentinel.DEFAULT


def suite(walk: Walk, node: cst.BaseSuite) -> tuple[Stmt, ...]:
    """The statements after a colon, indented or on the same line."""
    found: list[Stmt] = []
    if type(node) is cst.IndentedBlock:
        walk.trailing(node.header)
        outer = walk.indent
        walk.indent = outer + (walk.default_indent if node.indent is None else len(node.indent))
        compound = walk.compound
        for statement in node.body:
            compound[type(statement)](walk, statement, found)
        for line in node.footer:
            walk.blank(line)
        walk.indent = outer
    elif isinstance(node, cst.SimpleStatementSuite):
        walk.space(node.leading_whitespace)
        _row(walk, node.body, found)
        walk.trailing(node.trailing_whitespace)
    return tuple(found)


def lead(walk: Walk, lines: Sequence[cst.EmptyLine]) -> int:
    """The blank and comment lines before a clause, and its indent; gives the clause's place."""
    for line in lines:
        walk.blank(line)
    walk.pos += walk.indent
    return walk.pos


def colon(walk: Walk, space: object) -> None:
    walk.space(space)
    walk.pos += 1


def _row(walk: Walk, statements: Sequence[cst.BaseSmallStatement], found: list[Stmt]) -> None:
    small = walk.small
    for statement in statements:
        found.append(small[type(statement)](walk, statement))
        walk.end = walk.pos
        mark = statement.semicolon
        if mark is not _DEFAULT:
            walk.mark(mark)


def _line(walk: Walk, node: cst.SimpleStatementLine, found: list[Stmt]) -> None:
    for line in node.leading_lines:
        walk.blank(line)
    walk.pos += walk.indent
    _row(walk, node.body, found)
    walk.trailing(node.trailing_whitespace)


def _if(walk: Walk, node: cst.If, found: list[Stmt]) -> None:
    """An `elif` chain is read in a loop and put together from its end, in as many statements as it needs."""
    branches: list[tuple[int, Ref, tuple[Stmt, ...]]] = []
    orelse: tuple[Stmt, ...] = ()
    branch: cst.If | cst.Else | None = node
    while branch is not None:
        at = lead(walk, branch.leading_lines)
        if isinstance(branch, cst.Else):
            orelse = _else_body(walk, branch)
            break
        walk.pos += 4 if branches else 2
        walk.space(branch.whitespace_before_test)
        test = optional(walk, branch.test)
        colon(walk, branch.whitespace_after_test)
        branches.append((at, test, suite(walk, branch.body)))
        branch = branch.orelse
    rows: list[Stmt] = []
    for start in reversed(range(0, len(branches), ELIFS_NESTED)):
        for at, test, body in reversed(branches[start : start + ELIFS_NESTED]):
            orelse = (If(at, test, body, orelse),)
        rows += orelse
        orelse = ()
    found.extend(reversed(rows))


def _else_body(walk: Walk, node: cst.Else) -> tuple[Stmt, ...]:
    walk.pos += 4
    colon(walk, node.whitespace_before_colon)
    return suite(walk, node.body)


def _else(walk: Walk, node: cst.Else | None) -> tuple[Stmt, ...]:
    if node is None:
        return ()
    lead(walk, node.leading_lines)
    return _else_body(walk, node)


def _while(walk: Walk, node: cst.While, found: list[Stmt]) -> None:
    at = lead(walk, node.leading_lines)
    walk.pos += 5
    walk.space(node.whitespace_after_while)
    test = optional(walk, node.test)
    colon(walk, node.whitespace_before_colon)
    body = suite(walk, node.body)
    found.append(While(at, test, body, _else(walk, node.orelse)))


def asynchronous(walk: Walk, node: cst.Asynchronous | None) -> bool:
    if node is None:
        return False
    walk.pos += 5
    walk.space(node.whitespace_after)
    return True


def _for(walk: Walk, node: cst.For, found: list[Stmt]) -> None:
    at = lead(walk, node.leading_lines)
    is_async = asynchronous(walk, node.asynchronous)
    walk.pos += 3
    walk.space(node.whitespace_after_for)
    target = optional(walk, node.target)
    walk.bind(target)
    walk.space(node.whitespace_before_in)
    walk.pos += 2
    walk.space(node.whitespace_after_in)
    iterable = optional(walk, node.iter)
    colon(walk, node.whitespace_before_colon)
    body = suite(walk, node.body)
    found.append(For(at, target, iterable, body, _else(walk, node.orelse), is_async))


def _as(walk: Walk, node: cst.AsName | None) -> Ref:
    if node is None:
        return -1
    walk.space(node.whitespace_before_as)
    walk.pos += 2
    walk.space(node.whitespace_after_as)
    target = optional(walk, node.name)
    walk.bind(target)
    return target


def _with(walk: Walk, node: cst.With, found: list[Stmt]) -> None:
    at = lead(walk, node.leading_lines)
    is_async = asynchronous(walk, node.asynchronous)
    walk.pos += 4
    walk.space(node.whitespace_after_with)
    if isinstance(node.lpar, cst.LeftParen):
        walk.opened((node.lpar,))
    items = []
    for item in node.items:
        value = optional(walk, item.item)
        items.append(WithItem(value, _as(walk, item.asname)))
        walk.mark(item.comma)
    if isinstance(node.rpar, cst.RightParen):
        walk.closed((node.rpar,))
    colon(walk, node.whitespace_before_colon)
    found.append(With(at, tuple(items), suite(walk, node.body), is_async))


def _try(walk: Walk, node: cst.Try | cst.TryStar, found: list[Stmt]) -> None:
    at = lead(walk, node.leading_lines)
    walk.pos += 3
    colon(walk, node.whitespace_before_colon)
    body = suite(walk, node.body)
    walk.fallback += 1
    handlers = tuple([_handler(walk, each) for each in node.handlers])
    walk.fallback -= 1
    orelse = _else(walk, node.orelse)
    final: tuple[Stmt, ...] = ()
    last = node.finalbody
    if last is not None:
        lead(walk, last.leading_lines)
        walk.pos += 7
        colon(walk, last.whitespace_before_colon)
        final = suite(walk, last.body)
    found.append(Try(at, body, handlers, orelse, final))


def _handler(walk: Walk, node: cst.ExceptHandler | cst.ExceptStarHandler) -> Handler:
    at = lead(walk, node.leading_lines)
    walk.pos += 6
    walk.space(node.whitespace_after_except)
    if isinstance(node, cst.ExceptStarHandler):
        walk.pos += 1
        walk.space(node.whitespace_after_star)
    kind = optional(walk, node.type)
    name = ""
    clause = node.name
    if clause is not None:
        walk.space(clause.whitespace_before_as)
        walk.pos += 2
        walk.space(clause.whitespace_after_as)
        name = identifier(walk, clause.name)
        walk.bind_name(name)
    colon(walk, node.whitespace_before_colon)
    return Handler(at, kind, name, suite(walk, node.body))


def _match(walk: Walk, node: cst.Match, found: list[Stmt]) -> None:
    at = lead(walk, node.leading_lines)
    walk.pos += 5
    walk.space(node.whitespace_after_match)
    subject = optional(walk, node.subject)
    colon(walk, node.whitespace_before_colon)
    walk.trailing(node.whitespace_after_colon)
    outer = walk.indent
    walk.indent = outer + (walk.default_indent if node.indent is None else len(node.indent))
    cases = tuple([_case(walk, each) for each in node.cases])
    for line in node.footer:
        walk.blank(line)
    walk.indent = outer
    found.append(Match(at, subject, cases))


def _case(walk: Walk, node: cst.MatchCase) -> Case:
    at = lead(walk, node.leading_lines)
    walk.pos += 4
    walk.space(node.whitespace_after_case)
    captures: list[str] = []
    values: list[Ref] = []
    pattern(walk, node.pattern, captures, values)
    for name in captures:
        walk.bind_name(name)
    walk.space(node.whitespace_before_if)
    if node.guard is not None:
        walk.pos += 2
    walk.space(node.whitespace_after_if)
    guard = optional(walk, node.guard)
    colon(walk, node.whitespace_before_colon)
    return Case(at, tuple(captures), tuple(values), guard, suite(walk, node.body))


TABLE: Handlers = Handlers(
    {
        cst.SimpleStatementLine: _line,
        cst.If: _if,
        cst.While: _while,
        cst.For: _for,
        cst.With: _with,
        cst.Try: _try,
        cst.TryStar: _try,
        cst.Match: _match,
    }
)

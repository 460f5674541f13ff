"""The state of one walk over a libcst tree: where it stands in the text, and the facts found so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import libcst as cst
from libcst import MaybeSentinel, ParenthesizedWhitespace, SimpleWhitespace

from mldebt.facts.record import Collection, Comment, Expr, ImportBinding, Name, Ref, Scope, Starred, Stmt

COMMENT_KEPT: Final = 2000
"""Longer comments are cut to this many characters."""


class UnknownSyntaxError(Exception):
    """A kind of node that no handler is registered for."""


class Handlers(dict[type, Any]):
    """Node class -> handler; asking for an unregistered class says which."""

    def __missing__(self, key: type) -> Any:
        raise UnknownSyntaxError(key.__name__)


class Tables(NamedTuple):
    """One table for each grammatical place."""

    expressions: Mapping[type, Callable[[Walk, Any], Ref]]
    small: Mapping[type, Callable[[Walk, Any], Stmt]]
    compound: Mapping[type, Callable[[Walk, Any, list[Stmt]], None]]


class Walk:
    """Handlers visit children in source order and move `pos` past all that they read: positions cost additions only."""

    __slots__ = (
        "calls",
        "comments",
        "compound",
        "declared",
        "default_indent",
        "default_newline",
        "end",
        "expressions",
        "exprs",
        "fallback",
        "hidden",
        "imports",
        "indent",
        "parents",
        "pos",
        "qualnames",
        "scope",
        "scopes",
        "second_choices",
        "small",
        "stores",
    )

    def __init__(self, module: cst.Module, tables: Tables) -> None:
        self.expressions, self.small, self.compound = tables
        self.pos = 0
        self.end = 0  # where the last small statement ended: the end of a block leaves trailing comments out
        self.indent = 0
        self.default_indent = len(module.default_indent)
        self.default_newline = len(module.default_newline)
        self.exprs: list[Expr] = []
        self.comments: list[Comment] = []
        self.imports: list[ImportBinding] = []
        self.calls: list[tuple[Ref, int]] = []
        self.scope = 0
        self.scopes: list[Scope | None] = [None]
        self.parents: list[int] = [-1]
        self.qualnames: list[str] = [""]
        # For the resolution of names: what each scope binds, its global and nonlocal names, the names that only a
        # comprehension sees (with the references it spans), and imports that stand in for one that failed.
        self.stores: list[set[str]] = [set()]
        self.declared: dict[int, dict[str, str]] = {}
        self.hidden: dict[str, list[tuple[Ref, Ref]]] = {}
        self.fallback = 0
        self.second_choices: set[int] = set()

    # ------------------------------------------------------------------------ whitespace and punctuation

    def space(self, space: object) -> None:
        """Whitespace of any sort; a sentinel or None takes no room."""
        if type(space) is SimpleWhitespace:
            self.pos += len(space.value)
        elif type(space) is ParenthesizedWhitespace:
            self.trailing(space.first_line)
            for line in space.empty_lines:
                self.blank(line)
            if space.indent:
                self.pos += self.indent
            self.pos += len(space.last_line.value)

    def trailing(self, rest: cst.TrailingWhitespace) -> None:
        """The rest of a line: spaces, a comment, the newline."""
        self.pos += len(rest.whitespace.value)
        if rest.comment is not None:
            self._comment(rest.comment)
        value = rest.newline.value
        self.pos += self.default_newline if value is None else len(value)

    def blank(self, line: cst.EmptyLine) -> None:
        """A line without code."""
        if line.indent:
            self.pos += self.indent
        self.pos += len(line.whitespace.value)
        if line.comment is not None:
            self._comment(line.comment)
        value = line.newline.value
        self.pos += self.default_newline if value is None else len(value)

    def _comment(self, comment: cst.Comment) -> None:
        text = comment.value
        self.comments.append(Comment(self.pos, text[:COMMENT_KEPT]))
        self.pos += len(text)

    def opened(self, parentheses: Sequence[cst.LeftParen]) -> None:
        for each in parentheses:
            self.pos += 1
            self.space(each.whitespace_after)

    def closed(self, parentheses: Sequence[cst.RightParen]) -> None:
        for each in parentheses:
            self.space(each.whitespace_before)
            self.pos += 1

    def mark(self, mark: Any) -> None:
        """A comma, semicolon, dot, colon or equal sign with the whitespace it owns; a sentinel takes no room."""
        if mark is MaybeSentinel.DEFAULT or mark is None:
            return
        space = mark.whitespace_before
        if type(space) is SimpleWhitespace:
            self.pos += 1 + len(space.value)
        else:
            self.space(space)
            self.pos += 1
        space = mark.whitespace_after
        if type(space) is SimpleWhitespace:
            self.pos += len(space.value)
        else:
            self.space(space)

    # ------------------------------------------------------------------------ scopes

    def reserve(self, name: str) -> int:
        """A number for the scope that begins here; its parent is the current one."""
        index = len(self.scopes)
        outer = self.qualnames[self.scope]
        self.scopes.append(None)
        self.parents.append(self.scope)
        self.qualnames.append(f"{outer}.{name}" if outer else name)
        self.stores.append(set())
        return index

    def bind(self, target: Ref) -> None:
        """Note the names that an assignment to `target` binds."""
        node = self.exprs[target]
        kind = type(node)
        if kind is Name:
            self.bind_name(node.id)  # type: ignore[union-attr]
        elif kind is Collection:
            for item in node.items:  # type: ignore[union-attr]
                self.bind(item)
        elif kind is Starred:
            self.bind(node.value)  # type: ignore[union-attr, arg-type]

    def bind_name(self, name: str) -> None:
        scope = self.scope
        if self.declared and scope in self.declared:
            kind = self.declared[scope].get(name)
            if kind == "nonlocal":
                return
            if kind == "global":
                scope = 0
        self.stores[scope].add(name)

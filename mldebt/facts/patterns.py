"""Patterns of `match` statements: what they capture and what they compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from mldebt.facts.expressions import optional
from mldebt.facts.record import Ref
from mldebt.facts.walk import Handlers, Walk


def pattern(walk: Walk, node: cst.MatchPattern, captures: list[str], values: list[Ref]) -> None:
    """Read one pattern, adding to `captures` and `values`."""
    if isinstance(node, cst.MatchValue | cst.MatchSingleton):
        values.append(optional(walk, node.value))  # its parentheses are its value's
        return
    parenthesized: Any = node
    walk.opened(parenthesized.lpar)
    _TABLE[type(node)](walk, node, captures, values)
    walk.closed(parenthesized.rpar)


def _sequence(walk: Walk, node: cst.MatchList | cst.MatchTuple, captures: list[str], values: list[Ref]) -> None:
    if isinstance(node, cst.MatchList) and node.lbracket is not None:
        walk.pos += 1
        walk.space(node.lbracket.whitespace_after)
    for each in node.patterns:
        if isinstance(each, cst.MatchStar):
            walk.pos += 1
            walk.space(each.whitespace_before_name)
            _capture(walk, each.name, captures)
            walk.mark(each.comma)
        else:
            _element(walk, each, captures, values)
    if isinstance(node, cst.MatchList) and node.rbracket is not None:
        walk.space(node.rbracket.whitespace_before)
        walk.pos += 1


def _element(walk: Walk, node: cst.MatchSequenceElement, captures: list[str], values: list[Ref]) -> None:
    pattern(walk, node.value, captures, values)
    walk.mark(node.comma)


def _capture(walk: Walk, name: cst.Name | None, captures: list[str]) -> None:
    if name is None:
        walk.pos += 1  # the wildcard
        return
    captures.append(name.value)
    walk.pos += len(name.value)


def _mapping(walk: Walk, node: cst.MatchMapping, captures: list[str], values: list[Ref]) -> None:
    walk.pos += 1
    walk.space(node.lbrace.whitespace_after)
    for each in node.elements:
        values.append(optional(walk, each.key))
        walk.space(each.whitespace_before_colon)
        walk.pos += 1
        walk.space(each.whitespace_after_colon)
        pattern(walk, each.pattern, captures, values)
        walk.mark(each.comma)
    if node.rest is not None:
        walk.pos += 2
        walk.space(node.whitespace_before_rest)
        _capture(walk, node.rest, captures)
        walk.mark(node.trailing_comma)
    walk.space(node.rbrace.whitespace_before)
    walk.pos += 1


def _class(walk: Walk, node: cst.MatchClass, captures: list[str], values: list[Ref]) -> None:
    optional(walk, node.cls)
    walk.space(node.whitespace_after_cls)
    walk.pos += 1
    walk.space(node.whitespace_before_patterns)
    for each in node.patterns:
        _element(walk, each, captures, values)
    for keyword in node.kwds:
        walk.pos += len(keyword.key.value)
        walk.space(keyword.whitespace_before_equal)
        walk.pos += 1
        walk.space(keyword.whitespace_after_equal)
        pattern(walk, keyword.pattern, captures, values)
        walk.mark(keyword.comma)
    walk.space(node.whitespace_after_kwds)
    walk.pos += 1


def _as(walk: Walk, node: cst.MatchAs, captures: list[str], values: list[Ref]) -> None:
    if node.pattern is not None:
        pattern(walk, node.pattern, captures, values)
    walk.space(node.whitespace_before_as)
    if node.pattern is not None:
        walk.pos += 2
    walk.space(node.whitespace_after_as)
    _capture(walk, node.name, captures)


def _or(walk: Walk, node: cst.MatchOr, captures: list[str], values: list[Ref]) -> None:
    for each in node.patterns:
        pattern(walk, each.pattern, captures, values)
        walk.mark(each.separator)


_Pattern = Callable[[Walk, Any, list[str], list[Ref]], None]
_TABLE: dict[type, _Pattern] = Handlers(
    {
        cst.MatchList: _sequence,
        cst.MatchTuple: _sequence,
        cst.MatchMapping: _mapping,
        cst.MatchClass: _class,
        cst.MatchAs: _as,
        cst.MatchOr: _or,
    }
)

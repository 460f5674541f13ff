"""Lists, tuples, sets and dicts."""

from __future__ import annotations

from typing import Any, Final

import libcst as cst
from libcst import MaybeSentinel

from mldebt.facts.record import (
    Call,
    Collection,
    Comprehension,
    Dictionary,
    Expr,
    Lambda,
    Ref,
    Starred,
    Walrus,
)
from mldebt.facts.walk import Handlers, Walk

ITEMS_KEPT: Final = 1000
"""A literal longer than this keeps its first items, and later ones only where they call something."""

_DEFAULT = MaybeSentinel.DEFAULT


def _items(walk: Walk, elements: Any) -> tuple[Ref, ...]:
    expressions = walk.expressions
    exprs = walk.exprs
    found: list[Ref] = []
    for element in elements:
        before = len(exprs)
        if type(element) is cst.StarredElement:
            ref = _starred(walk, element)
        else:
            value = element.value
            ref = expressions[type(value)](walk, value)
        comma = element.comma
        if comma is not _DEFAULT:
            walk.mark(comma)
        if len(found) >= ITEMS_KEPT and _is_plain(exprs, before):
            del exprs[before:]
        else:
            found.append(ref)
    return tuple(found)


def _is_plain(exprs: list[Expr], first: Ref) -> bool:
    """Whether nothing refers to the expressions from `first` on but the item they make up."""
    return not any(isinstance(each, Call | Lambda | Comprehension | Walrus) for each in exprs[first:])


def _starred(walk: Walk, node: cst.StarredElement) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.whitespace_before_value)
    value = node.value
    child = walk.expressions[type(value)](walk, value)
    walk.exprs.append(Starred(at, child))
    ref = len(walk.exprs) - 1
    walk.closed(node.rpar)
    return ref


def _tuple(walk: Walk, node: cst.Tuple) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    items = _items(walk, node.elements)
    ref = len(walk.exprs)
    walk.exprs.append(Collection(at, "tuple", items))
    walk.closed(node.rpar)
    return ref


def _list(walk: Walk, node: cst.List) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbracket.whitespace_after)
    items = _items(walk, node.elements)
    walk.space(node.rbracket.whitespace_before)
    walk.pos += 1
    ref = len(walk.exprs)
    walk.exprs.append(Collection(at, "list", items))
    walk.closed(node.rpar)
    return ref


def _set(walk: Walk, node: cst.Set) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbrace.whitespace_after)
    items = _items(walk, node.elements)
    walk.space(node.rbrace.whitespace_before)
    walk.pos += 1
    ref = len(walk.exprs)
    walk.exprs.append(Collection(at, "set", items))
    walk.closed(node.rpar)
    return ref


def _dict(walk: Walk, node: cst.Dict) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbrace.whitespace_after)
    keys: list[Ref] = []
    values: list[Ref] = []
    exprs = walk.exprs
    for element in node.elements:
        before = len(exprs)
        key, value = _entry(walk, element)
        if len(keys) >= ITEMS_KEPT and _is_plain(exprs, before):
            del exprs[before:]
        else:
            keys.append(key)
            values.append(value)
    walk.space(node.rbrace.whitespace_before)
    walk.pos += 1
    ref = len(exprs)
    exprs.append(Dictionary(at, tuple(keys), tuple(values)))
    walk.closed(node.rpar)
    return ref


def _entry(walk: Walk, element: Any) -> tuple[Ref, Ref]:
    expressions = walk.expressions
    if type(element) is cst.DictElement:
        child = element.key
        key = expressions[type(child)](walk, child)
        walk.space(element.whitespace_before_colon)
        walk.pos += 1
        walk.space(element.whitespace_after_colon)
    else:
        key = -1
        walk.pos += 2
        walk.space(element.whitespace_before_value)
    child = element.value
    value = expressions[type(child)](walk, child)
    comma = element.comma
    if comma is not _DEFAULT:
        walk.mark(comma)
    return key, value


TABLE = Handlers(
    {
        cst.StarredElement: _starred,
        cst.Tuple: _tuple,
        cst.List: _list,
        cst.Set: _set,
        cst.Dict: _dict,
    }
)

"""Lists, tuples, sets, dicts and comprehensions."""

from __future__ import annotations

from typing import Any, Final

import libcst as cst
from libcst import MaybeSentinel

from mldebt.facts.record import (
    Call,
    Clause,
    Collection,
    Comprehension,
    Dictionary,
    Expr,
    Lambda,
    Name,
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


# ---------------------------------------------------------------------------- comprehensions


def _list_comprehension(walk: Walk, node: cst.ListComp) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbracket.whitespace_after)
    first = len(walk.exprs)
    element = walk.expressions[type(node.elt)](walk, node.elt)
    clauses = _clauses(walk, node.for_in, first)
    walk.space(node.rbracket.whitespace_before)
    walk.pos += 1
    return _comprehended(walk, node, Comprehension(at, "list", -1, element, clauses))


def _generator(walk: Walk, node: cst.GeneratorExp) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    first = len(walk.exprs)
    element = walk.expressions[type(node.elt)](walk, node.elt)
    clauses = _clauses(walk, node.for_in, first)
    return _comprehended(walk, node, Comprehension(at, "generator", -1, element, clauses))


def _set_comprehension(walk: Walk, node: cst.SetComp) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbrace.whitespace_after)
    first = len(walk.exprs)
    element = walk.expressions[type(node.elt)](walk, node.elt)
    clauses = _clauses(walk, node.for_in, first)
    walk.space(node.rbrace.whitespace_before)
    walk.pos += 1
    return _comprehended(walk, node, Comprehension(at, "set", -1, element, clauses))


def _dict_comprehension(walk: Walk, node: cst.DictComp | cst.StarredDictComp) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 1
    walk.space(node.lbrace.whitespace_after)
    first = len(walk.exprs)
    key = -1
    if isinstance(node, cst.DictComp):
        key = walk.expressions[type(node.key)](walk, node.key)
        walk.space(node.whitespace_before_colon)
        walk.pos += 1
        walk.space(node.whitespace_after_colon)
    else:
        walk.pos += 2
        walk.space(node.whitespace_before_value)
    element = walk.expressions[type(node.value)](walk, node.value)
    clauses = _clauses(walk, node.for_in, first)
    walk.space(node.rbrace.whitespace_before)
    walk.pos += 1
    return _comprehended(walk, node, Comprehension(at, "dict", key, element, clauses))


def _comprehended(walk: Walk, node: cst.BaseExpression, found: Comprehension) -> Ref:
    ref = len(walk.exprs)
    walk.exprs.append(found)
    walk.closed(node.rpar)
    return ref


def _clauses(walk: Walk, node: cst.CompFor | None, first: Ref) -> tuple[Clause, ...]:
    """All clauses; `first` is the first reference that belongs to the comprehension."""
    expressions = walk.expressions
    clauses: list[Clause] = []
    names: list[str] = []
    spans: list[tuple[Ref, Ref]] = []
    while node is not None:
        walk.space(node.whitespace_before)
        if node.asynchronous is not None:
            walk.pos += 5
            walk.space(node.asynchronous.whitespace_after)
        walk.pos += 3
        walk.space(node.whitespace_after_for)
        target = expressions[type(node.target)](walk, node.target)
        _target_names(walk, target, names)
        walk.space(node.whitespace_before_in)
        walk.pos += 2
        walk.space(node.whitespace_after_in)
        if not clauses:
            spans.append((first, len(walk.exprs)))
        iterable = expressions[type(node.iter)](walk, node.iter)
        if not clauses:
            first = len(walk.exprs)  # the first iterable sees the names outside, all the rest those inside
        conditions = []
        for test in node.ifs:
            walk.space(test.whitespace_before)
            walk.pos += 2
            walk.space(test.whitespace_before_test)
            conditions.append(expressions[type(test.test)](walk, test.test))
        clauses.append(Clause(target, iterable, tuple(conditions), node.asynchronous is not None))
        node = node.inner_for_in
    spans.append((first, len(walk.exprs)))
    for name in names:
        walk.hidden.setdefault(name, []).extend(spans)
    return tuple(clauses)


def _target_names(walk: Walk, target: Ref, names: list[str]) -> None:
    node = walk.exprs[target]
    if isinstance(node, Name):
        names.append(node.id)
    elif isinstance(node, Collection):
        for item in node.items:
            _target_names(walk, item, names)
    elif isinstance(node, Starred):
        _target_names(walk, node.value, names)


TABLE = Handlers(
    {
        cst.StarredElement: _starred,
        cst.Tuple: _tuple,
        cst.List: _list,
        cst.Set: _set,
        cst.Dict: _dict,
        cst.ListComp: _list_comprehension,
        cst.SetComp: _set_comprehension,
        cst.DictComp: _dict_comprehension,
        cst.StarredDictComp: _dict_comprehension,
        cst.GeneratorExp: _generator,
    }
)

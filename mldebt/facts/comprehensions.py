"""Comprehensions and generator expressions."""

from __future__ import annotations

import libcst as cst

from mldebt.facts.record import Clause, Collection, Comprehension, Name, Ref, Starred
from mldebt.facts.walk import Handlers, Walk


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
        cst.ListComp: _list_comprehension,
        cst.SetComp: _set_comprehension,
        cst.DictComp: _dict_comprehension,
        cst.StarredDictComp: _dict_comprehension,
        cst.GeneratorExp: _generator,
    }
)

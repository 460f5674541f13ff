"""Expressions: names, calls, subscripts and what else is no operator, literal or display."""

from __future__ import annotations

from typing import Any

import libcst as cst
from libcst import MaybeSentinel, SimpleWhitespace

from mldebt.facts.record import (
    Argument,
    Attribute,
    Await,
    Call,
    Collection,
    Conditional,
    Constant,
    Name,
    Ref,
    Slice,
    Starred,
    Subscript,
    Walrus,
    Yield,
)
from mldebt.facts.walk import Handlers, Walk

_DEFAULT = MaybeSentinel.DEFAULT
_SINGLETONS = {"True": True, "False": False, "None": None}


def arguments(walk: Walk, nodes: Any) -> tuple[Argument, ...]:
    """The arguments of a call or class; the parentheses are the caller's."""
    expressions = walk.expressions
    found = []
    for node in nodes:
        keyword = node.star
        if keyword:
            walk.pos += len(keyword)
        space = node.whitespace_after_star
        if type(space) is SimpleWhitespace:
            walk.pos += len(space.value)
        else:
            walk.space(space)
        name = node.keyword
        if name is not None:
            keyword = name.value
            walk.pos += len(keyword)
            walk.mark(node.equal)
        value = node.value
        found.append(Argument(keyword, expressions[type(value)](walk, value)))
        comma = node.comma
        if comma is not _DEFAULT:
            walk.mark(comma)
        space = node.whitespace_after_arg
        if type(space) is SimpleWhitespace:
            walk.pos += len(space.value)
        else:
            walk.space(space)
    return tuple(found)


def _name(walk: Walk, node: cst.Name) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    text = node.value
    exprs = walk.exprs
    ref = len(exprs)
    at = walk.pos
    exprs.append(Constant(at, _SINGLETONS[text]) if text in _SINGLETONS else Name(at, text))
    walk.pos = at + len(text)
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _attribute(walk: Walk, node: cst.Attribute) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    child = node.value
    value = walk.expressions[type(child)](walk, child)
    dot = node.dot
    space = dot.whitespace_before
    if type(space) is SimpleWhitespace:
        walk.pos += 1 + len(space.value)
    else:
        walk.space(space)
        walk.pos += 1
    space = dot.whitespace_after
    if type(space) is SimpleWhitespace:
        walk.pos += len(space.value)
    else:
        walk.space(space)
    name = node.attr.value
    walk.pos += len(name)
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Attribute(at, value, name))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _call(walk: Walk, node: cst.Call) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    child = node.func
    function = walk.expressions[type(child)](walk, child)
    walk.space(node.whitespace_after_func)
    walk.pos += 1
    walk.space(node.whitespace_before_args)
    given = arguments(walk, node.args)
    walk.pos += 1
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Call(at, walk.pos, function, given))
    walk.calls.append((ref, walk.scope))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _conditional(walk: Walk, node: cst.IfExp) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    expressions = walk.expressions
    child = node.body
    body = expressions[type(child)](walk, child)
    walk.space(node.whitespace_before_if)
    walk.pos += 2
    walk.space(node.whitespace_after_if)
    child = node.test
    test = expressions[type(child)](walk, child)
    walk.space(node.whitespace_before_else)
    walk.pos += 4
    walk.space(node.whitespace_after_else)
    child = node.orelse
    orelse = expressions[type(child)](walk, child)
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Conditional(at, test, body, orelse))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _subscript(walk: Walk, node: cst.Subscript) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    child = node.value
    value = walk.expressions[type(child)](walk, child)
    walk.space(node.whitespace_after_value)
    walk.pos += 1
    walk.space(node.lbracket.whitespace_after)
    inside = walk.pos
    elements = node.slice
    items = [_element(walk, element) for element in elements]
    exprs = walk.exprs
    if len(items) > 1 or elements[0].comma is not _DEFAULT or type(exprs[items[0]]) is Starred:
        exprs.append(Collection(inside, "tuple", tuple(items)))
        index = len(exprs) - 1
    else:
        index = items[0]
    walk.space(node.rbracket.whitespace_before)
    walk.pos += 1
    ref = len(exprs)
    exprs.append(Subscript(at, value, index))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _element(walk: Walk, node: cst.SubscriptElement) -> Ref:
    inner = node.slice
    at = walk.pos
    if isinstance(inner, cst.Slice):
        ref = _slice(walk, inner)
    else:
        index: Any = inner
        if index.star is not None:
            walk.pos += len(index.star)
            walk.space(index.whitespace_after_star)
        child = index.value
        ref = walk.expressions[type(child)](walk, child)
        if index.star is not None:
            walk.exprs.append(Starred(at, ref))
            ref = len(walk.exprs) - 1
    walk.mark(node.comma)
    return ref


def _slice(walk: Walk, node: cst.Slice) -> Ref:
    at = walk.pos
    lower = optional(walk, node.lower)
    walk.mark(node.first_colon)
    upper = optional(walk, node.upper)
    walk.mark(node.second_colon)
    step = optional(walk, node.step)
    walk.exprs.append(Slice(at, lower, upper, step))
    return len(walk.exprs) - 1


def optional(walk: Walk, node: cst.BaseExpression | None) -> Ref:
    """An expression, or -1 where there is none."""
    return -1 if node is None else walk.expressions[type(node)](walk, node)


def identifier(walk: Walk, node: cst.BaseExpression) -> str:
    """A bare name that is no expression of its own."""
    name = node.value if isinstance(node, cst.Name) else ""
    walk.pos += len(name)
    return name


def _await(walk: Walk, node: cst.Await) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 5
    walk.space(node.whitespace_after_await)
    value = optional(walk, node.expression)
    walk.exprs.append(Await(at, value))
    ref = len(walk.exprs) - 1
    walk.closed(node.rpar)
    return ref


def _yield(walk: Walk, node: cst.Yield) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 5
    walk.space(node.whitespace_after_yield)
    value = node.value
    is_from = isinstance(value, cst.From)
    if isinstance(value, cst.From):
        walk.space(value.whitespace_before_from)
        walk.pos += 4
        walk.space(value.whitespace_after_from)
        value = value.item
    child = optional(walk, value)
    walk.exprs.append(Yield(at, child, is_from))
    ref = len(walk.exprs) - 1
    walk.closed(node.rpar)
    return ref


def _walrus(walk: Walk, node: cst.NamedExpr) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    target = optional(walk, node.target)
    walk.bind(target)
    walk.space(node.whitespace_before_walrus)
    walk.pos += 2
    walk.space(node.whitespace_after_walrus)
    value = optional(walk, node.value)
    walk.exprs.append(Walrus(at, target, value))
    ref = len(walk.exprs) - 1
    walk.closed(node.rpar)
    return ref


TABLE = Handlers(
    {
        cst.Name: _name,
        cst.Attribute: _attribute,
        cst.Call: _call,
        cst.IfExp: _conditional,
        cst.Subscript: _subscript,
        cst.Await: _await,
        cst.Yield: _yield,
        cst.NamedExpr: _walrus,
    }
)

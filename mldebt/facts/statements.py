"""Small statements: those that stand on one line, semicolons allowed."""

from __future__ import annotations

from typing import Any

import libcst as cst

from mldebt.facts.expressions import optional
from mldebt.facts.operators import operator
from mldebt.facts.record import (
    Annotate,
    Assert,
    Assign,
    Augment,
    Collection,
    Declare,
    Delete,
    Evaluate,
    Jump,
    Raise,
    Ref,
    Return,
)
from mldebt.facts.walk import Handlers, Walk


def annotation(walk: Walk, node: cst.Annotation, width: int) -> Ref:
    """An annotation with its indicator, `:` or `->`."""
    walk.space(node.whitespace_before_indicator)
    walk.pos += width
    walk.space(node.whitespace_after_indicator)
    return optional(walk, node.annotation)


def type_parameters(walk: Walk, node: cst.TypeParameters | None) -> tuple[str, ...]:
    """The names of PEP 695 type parameters; their bounds and defaults are read, but belong to nothing."""
    if node is None:
        return ()
    names = []
    walk.pos += 1
    walk.space(node.lbracket.whitespace_after)
    for each in node.params:
        parameter: Any = each.param
        if type(parameter) is not cst.TypeVar:
            walk.pos += 1 if type(parameter) is cst.TypeVarTuple else 2
            walk.space(parameter.whitespace_after_star)
        names.append(parameter.name.value)
        walk.pos += len(parameter.name.value)
        if type(parameter) is cst.TypeVar:
            walk.mark(parameter.colon)
            optional(walk, parameter.bound)
        walk.mark(each.equal)
        walk.pos += len(each.star)
        walk.space(each.whitespace_after_star)
        optional(walk, each.default)
        walk.mark(each.comma)
    walk.space(node.rbracket.whitespace_before)
    walk.pos += 1
    return tuple(names)


def _expression(walk: Walk, node: cst.Expr) -> Evaluate:
    at = walk.pos
    value = node.value
    return Evaluate(at, walk.expressions[type(value)](walk, value))


def _assign(walk: Walk, node: cst.Assign) -> Assign:
    at = walk.pos
    expressions = walk.expressions
    targets = []
    for each in node.targets:
        target = each.target
        ref = expressions[type(target)](walk, target)
        walk.bind(ref)
        targets.append(ref)
        walk.space(each.whitespace_before_equal)
        walk.pos += 1
        walk.space(each.whitespace_after_equal)
    value = node.value
    return Assign(at, tuple(targets), expressions[type(value)](walk, value))


def _annotate(walk: Walk, node: cst.AnnAssign) -> Annotate:
    at = walk.pos
    target = optional(walk, node.target)
    walk.bind(target)
    kind = annotation(walk, node.annotation, 1)
    walk.mark(node.equal)
    return Annotate(at, target, kind, optional(walk, node.value))


def _augment(walk: Walk, node: cst.AugAssign) -> Augment:
    at = walk.pos
    target = optional(walk, node.target)
    walk.bind(target)
    token = operator(walk, node.operator)
    return Augment(at, target, token[:-1], optional(walk, node.value))


def _type_alias(walk: Walk, node: cst.TypeAlias) -> Assign:
    at = walk.pos
    walk.pos += 4
    walk.space(node.whitespace_after_type)
    target = optional(walk, node.name)
    walk.bind(target)
    walk.space(node.whitespace_after_name)
    type_parameters(walk, node.type_parameters)
    walk.space(node.whitespace_after_type_parameters)
    walk.pos += 1
    walk.space(node.whitespace_after_equals)
    return Assign(at, (target,), optional(walk, node.value))


def _return(walk: Walk, node: cst.Return) -> Return:
    at = walk.pos
    walk.pos += 6
    walk.space(node.whitespace_after_return)
    return Return(at, optional(walk, node.value))


def _delete(walk: Walk, node: cst.Del) -> Delete:
    at = walk.pos
    walk.pos += 3
    walk.space(node.whitespace_after_del)
    ref = optional(walk, node.target)
    target = walk.exprs[ref]
    if isinstance(target, Collection) and isinstance(node.target, cst.Tuple) and not node.target.lpar:
        del walk.exprs[ref]  # `del a, b` deletes two names, not a tuple
        return Delete(at, target.items)
    return Delete(at, (ref,))


def _raise(walk: Walk, node: cst.Raise) -> Raise:
    at = walk.pos
    walk.pos += 5
    walk.space(node.whitespace_after_raise)
    value = optional(walk, node.exc)
    cause = node.cause
    if cause is None:
        return Raise(at, value, -1)
    walk.space(cause.whitespace_before_from)
    walk.pos += 4
    walk.space(cause.whitespace_after_from)
    return Raise(at, value, optional(walk, cause.item))


def _assert(walk: Walk, node: cst.Assert) -> Assert:
    at = walk.pos
    walk.pos += 6
    walk.space(node.whitespace_after_assert)
    test = optional(walk, node.test)
    walk.mark(node.comma)
    return Assert(at, test, optional(walk, node.msg))


def _declare(walk: Walk, node: cst.Global | cst.Nonlocal) -> Declare:
    at = walk.pos
    if isinstance(node, cst.Global):
        walk.pos += 6
        walk.space(node.whitespace_after_global)
    else:
        walk.pos += 8
        walk.space(node.whitespace_after_nonlocal)
    names = []
    for item in node.names:
        names.append(item.name.value)
        walk.pos += len(item.name.value)
        walk.mark(item.comma)
    kind = "global" if isinstance(node, cst.Global) else "nonlocal"
    walk.declared.setdefault(walk.scope, {}).update(dict.fromkeys(names, kind))
    return Declare(at, "global" if isinstance(node, cst.Global) else "nonlocal", tuple(names))


def _pass(walk: Walk, _node: cst.Pass) -> Jump:
    walk.pos += 4
    return Jump(walk.pos - 4, "pass")


def _break(walk: Walk, _node: cst.Break) -> Jump:
    walk.pos += 5
    return Jump(walk.pos - 5, "break")


def _continue(walk: Walk, _node: cst.Continue) -> Jump:
    walk.pos += 8
    return Jump(walk.pos - 8, "continue")


TABLE = Handlers(
    {
        cst.Expr: _expression,
        cst.Assign: _assign,
        cst.AnnAssign: _annotate,
        cst.AugAssign: _augment,
        cst.TypeAlias: _type_alias,
        cst.Return: _return,
        cst.Del: _delete,
        cst.Raise: _raise,
        cst.Assert: _assert,
        cst.Global: _declare,
        cst.Nonlocal: _declare,
        cst.Pass: _pass,
        cst.Break: _break,
        cst.Continue: _continue,
    }
)

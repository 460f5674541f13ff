"""Functions, classes and lambdas: the scopes of a file."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from mldebt.facts.blocks import asynchronous, colon, lead, suite
from mldebt.facts.expressions import arguments, optional
from mldebt.facts.record import Constant, Define, Evaluate, Lambda, Parameter, Ref, Return, Scope, Stmt
from mldebt.facts.statements import annotation, type_parameters
from mldebt.facts.walk import Handlers, Walk


def docstring(walk: Walk, nodes: Sequence[cst.CSTNode], body: Sequence[Stmt]) -> str | None:
    """The string that stands first in a body, or None."""
    if not nodes or not body:
        return None
    first: cst.CSTNode = nodes[0]
    if isinstance(first, cst.SimpleStatementLine):
        first = first.body[0]
    statement = body[0]
    if not isinstance(first, cst.Expr) or not isinstance(statement, Evaluate):
        return None
    source = first.value
    while isinstance(source, cst.ConcatenatedString):
        source = source.left
    if not isinstance(source, cst.SimpleString) or "b" in source.prefix:
        return None
    value = walk.exprs[statement.value]
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _decorators(walk: Walk, nodes: Sequence[cst.Decorator]) -> tuple[Ref, ...]:
    found = []
    for node in nodes:
        lead(walk, node.leading_lines)
        walk.pos += 1
        walk.space(node.whitespace_after_at)
        found.append(optional(walk, node.decorator))
        walk.trailing(node.trailing_whitespace)
    return tuple(found)


def _function(walk: Walk, node: cst.FunctionDef, found: list[Stmt]) -> None:
    for line in node.leading_lines:
        walk.blank(line)
    decorators = _decorators(walk, node.decorators)
    at = lead(walk, node.lines_after_decorators)
    is_async = asynchronous(walk, node.asynchronous)
    walk.pos += 3
    walk.space(node.whitespace_after_def)
    name = node.name.value
    walk.pos += len(name)
    walk.bind_name(name)
    walk.space(node.whitespace_after_name)
    index = walk.reserve(name)
    walk.stores[index].update(type_parameters(walk, node.type_parameters))
    walk.space(node.whitespace_after_type_parameters)
    walk.pos += 1
    walk.space(node.whitespace_before_params)
    parameters = _parameters(walk, node.params, index)
    walk.pos += 1
    returns = -1 if node.returns is None else annotation(walk, node.returns, 2)
    colon(walk, node.whitespace_before_colon)
    outer = walk.scope
    walk.scope = index
    body = suite(walk, node.body)
    walk.scope = outer
    walk.scopes[index] = Scope(
        "function",
        name,
        walk.qualnames[index],
        outer,
        at,
        walk.end,
        is_async,
        parameters,
        decorators,
        (),
        returns,
        docstring(walk, node.body.body, body),
        body,
    )
    found.append(Define(at, index))


def _class(walk: Walk, node: cst.ClassDef, found: list[Stmt]) -> None:
    for line in node.leading_lines:
        walk.blank(line)
    decorators = _decorators(walk, node.decorators)
    at = lead(walk, node.lines_after_decorators)
    walk.pos += 5
    walk.space(node.whitespace_after_class)
    name = node.name.value
    walk.pos += len(name)
    walk.bind_name(name)
    walk.space(node.whitespace_after_name)
    index = walk.reserve(name)
    walk.stores[index].update(type_parameters(walk, node.type_parameters))
    walk.space(node.whitespace_after_type_parameters)
    if isinstance(node.lpar, cst.LeftParen):
        walk.opened((node.lpar,))
    bases = arguments(walk, node.bases) + arguments(walk, node.keywords)
    if isinstance(node.rpar, cst.RightParen):
        walk.closed((node.rpar,))
    colon(walk, node.whitespace_before_colon)
    outer = walk.scope
    walk.scope = index
    body = suite(walk, node.body)
    walk.scope = outer
    walk.scopes[index] = Scope(
        "class",
        name,
        walk.qualnames[index],
        outer,
        at,
        walk.end,
        False,
        (),
        decorators,
        bases,
        -1,
        docstring(walk, node.body.body, body),
        body,
    )
    found.append(Define(at, index))


def _lambda(walk: Walk, node: cst.Lambda) -> Ref:
    walk.opened(node.lpar)
    at = walk.pos
    walk.pos += 6
    walk.space(node.whitespace_after_lambda)
    index = walk.reserve("<lambda>")
    parameters = _parameters(walk, node.params, index)
    walk.mark(node.colon)
    outer = walk.scope
    walk.scope = index
    start = walk.pos
    body = (Return(start, optional(walk, node.body)),)
    walk.scope = outer
    walk.scopes[index] = Scope(
        "lambda",
        "<lambda>",
        walk.qualnames[index],
        outer,
        at,
        walk.pos,
        False,
        parameters,
        (),
        (),
        -1,
        None,
        body,
    )
    ref = len(walk.exprs)
    walk.exprs.append(Lambda(at, index))
    walk.closed(node.rpar)
    return ref


def _parameters(walk: Walk, node: cst.Parameters, index: int) -> tuple[Parameter, ...]:
    found = [_parameter(walk, each, "positional") for each in node.posonly_params]
    if isinstance(node.posonly_ind, cst.ParamSlash):
        walk.pos += 1
        walk.space(node.posonly_ind.whitespace_after)
        walk.mark(node.posonly_ind.comma)
    found += [_parameter(walk, each, "") for each in node.params]
    star = node.star_arg
    if isinstance(star, cst.ParamStar):
        walk.pos += 1
        walk.mark(star.comma)
    elif isinstance(star, cst.Param):
        found.append(_parameter(walk, star, "*"))
    found += [_parameter(walk, each, "keyword") for each in node.kwonly_params]
    if node.star_kwarg is not None:
        found.append(_parameter(walk, node.star_kwarg, "**"))
    walk.stores[index].update([each.name for each in found])
    return tuple(found)


def _parameter(walk: Walk, node: cst.Param, kind: str) -> Parameter:
    if kind in ("*", "**"):
        walk.pos += len(kind)
    walk.space(node.whitespace_after_star)
    name = node.name.value
    walk.pos += len(name)
    kind_of = -1 if node.annotation is None else annotation(walk, node.annotation, 1)
    walk.mark(node.equal)
    default = optional(walk, node.default)
    walk.mark(node.comma)
    walk.space(node.whitespace_after_param)
    return Parameter(name, kind, default, kind_of)


EXPRESSIONS = Handlers({cst.Lambda: _lambda})
COMPOUND = Handlers({cst.FunctionDef: _function, cst.ClassDef: _class})

"""Operators: arithmetic, boolean, comparison."""

from __future__ import annotations

from typing import Any

import libcst as cst
from libcst import SimpleWhitespace

from mldebt.facts.record import Comparison, Operation, Ref
from mldebt.facts.walk import Handlers, Walk

_UNARY: dict[type, str] = {cst.Plus: "+", cst.Minus: "-", cst.BitInvert: "~", cst.Not: "not"}
_ONE_TOKEN: dict[type, str] = {
    cst.And: "and",
    cst.Or: "or",
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.BitOr: "|",
    cst.BitAnd: "&",
    cst.BitXor: "^",
    cst.MatrixMultiply: "@",
    cst.LessThan: "<",
    cst.GreaterThan: ">",
    cst.Equal: "==",
    cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.Is: "is",
    cst.AddAssign: "+=",
    cst.SubtractAssign: "-=",
    cst.MultiplyAssign: "*=",
    cst.MatrixMultiplyAssign: "@=",
    cst.DivideAssign: "/=",
    cst.ModuloAssign: "%=",
    cst.BitAndAssign: "&=",
    cst.BitOrAssign: "|=",
    cst.BitXorAssign: "^=",
    cst.LeftShiftAssign: "<<=",
    cst.RightShiftAssign: ">>=",
    cst.PowerAssign: "**=",
    cst.FloorDivideAssign: "//=",
}


def operator(walk: Walk, node: Any) -> str:
    """An operator with the whitespace it owns."""
    text = _ONE_TOKEN.get(type(node))
    space = node.whitespace_before
    if type(space) is SimpleWhitespace:
        walk.pos += len(space.value)
    else:
        walk.space(space)
    if text is not None:
        walk.pos += len(text)
    elif type(node) is cst.NotEqual:
        text = "!="  # or "<>" under a joke of a future import; both are two characters
        walk.pos += 2
    else:
        first, second = ("not", "in") if type(node) is cst.NotIn else ("is", "not")
        walk.pos += len(first)
        walk.space(node.whitespace_between)
        walk.pos += len(second)
        text = f"{first} {second}"
    space = node.whitespace_after
    if type(space) is SimpleWhitespace:
        walk.pos += len(space.value)
    else:
        walk.space(space)
    return text


def _binary(walk: Walk, node: cst.BinaryOperation | cst.BooleanOperation) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    child = node.left
    left = walk.expressions[type(child)](walk, child)
    token = operator(walk, node.operator)
    child = node.right
    right = walk.expressions[type(child)](walk, child)
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Operation(at, token, (left, right)))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _unary(walk: Walk, node: cst.UnaryOperation) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    token = _UNARY[type(node.operator)]
    walk.pos += len(token)
    walk.space(node.operator.whitespace_after)
    child = node.expression
    operand = walk.expressions[type(child)](walk, child)
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Operation(at, token, (operand,)))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


def _comparison(walk: Walk, node: cst.Comparison) -> Ref:
    if node.lpar:
        walk.opened(node.lpar)
    at = walk.pos
    child = node.left
    expressions = walk.expressions
    operands = [expressions[type(child)](walk, child)]
    operators = []
    for target in node.comparisons:
        operators.append(operator(walk, target.operator))
        child = target.comparator
        operands.append(expressions[type(child)](walk, child))
    exprs = walk.exprs
    ref = len(exprs)
    exprs.append(Comparison(at, tuple(operators), tuple(operands)))
    if node.rpar:
        walk.closed(node.rpar)
    return ref


TABLE = Handlers(
    {
        cst.BinaryOperation: _binary,
        cst.BooleanOperation: _binary,
        cst.UnaryOperation: _unary,
        cst.Comparison: _comparison,
    }
)

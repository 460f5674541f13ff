"""Answers that are only asked whether they are there: where none is, the caller makes it anew."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.idioms import bare, made_of
from mldebt.flow.scopes.names import statements
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

WRITTEN_DEPTH = 4
_WRITTEN = frozenset({"const", "collection", "dict", "operation"})
_FETCHES = frozenset({"reads", "loads", "queries"})


def is_made_anew(flow: Flow, body: Body) -> bool:
    """Whether whoever calls a function hands its answer on where it is one, and goes on to make it where it is none:
    what was made before is taken up, and nothing is lost when it cannot be."""
    callers = flow.callers(body.module.index, body.number) if body.number else []
    return bool(callers) and all(_is_handed_on(flow, call) for call in callers)


def _is_handed_on(flow: Flow, call: Value) -> bool:
    """`kept = load_kept(path)`, then `if kept is not None: return kept` with more to do after it, or a branch that does
    something about it where it is none."""
    body = call.body
    name = ""
    for statement in statements(body.scope.body):
        if isinstance(statement, r.Assign) and body.values.get(statement.value) is call:
            name = body.facts.name(statement.targets[0])
        elif name and isinstance(statement, r.If) and _asks_for(body, statement.test, name):
            return _returns(body, statement.body[-1], name, call) or _does_something(flow, body, statement.orelse)
        elif name and isinstance(statement, r.If) and _misses(body, statement.test, name):
            return _does_something(flow, body, statement.body)
    return False


def _returns(body: Body, last: r.Stmt, name: str, call: Value) -> bool:
    """Whether a branch ends by handing a variable on, but for the first of many that is there."""
    given = last.value if isinstance(last, r.Return) and not call.loops else -1
    return given >= 0 and body.facts.name(given) == name


def _does_something(flow: Flow, body: Body, block: Sequence[r.Stmt]) -> bool:
    """Whether statements call for something, count or raise; an empty table that is made instead is nothing."""
    return any(isinstance(each, r.Raise | r.Augment) or _calls(flow, body, each) for each in statements(tuple(block)))


def _calls(flow: Flow, body: Body, statement: r.Stmt) -> bool:
    ref = statement.value if isinstance(statement, r.Assign | r.Return | r.Evaluate) else -1
    value = body.values.get(ref) if ref >= 0 else None
    called = bare(value) if value is not None else None
    if called is None or called.kind != "call":
        return False
    if called.function.kind != "external" or isinstance(statement, r.Evaluate):
        return bool(called.arguments or called.function.kind != "external")
    return not all(map(_is_written, called.arguments)) or bool(flow.roles(called) & _FETCHES)


def _is_written(value: Value) -> bool:
    """Whether a value is written out: columns without rows, a number of zeros."""
    return all(each.kind in _WRITTEN for each in made_of(value, WRITTEN_DEPTH))


def _asks_for(body: Body, test: r.Ref, name: str) -> bool:
    """Whether a test asks that a variable holds something: `kept`, `kept is not None`, with more asked of it or not."""
    node = body.facts.exprs[test]
    if isinstance(node, r.Operation) and node.operator == "and":
        return any(_asks_for(body, each, name) for each in node.operands)
    if isinstance(node, r.Comparison):
        return node.operators == ("is not",) and body.facts.name(node.operands[0]) == name
    return body.facts.name(test) == name


def _misses(body: Body, test: r.Ref, name: str) -> bool:
    """Whether a test asks that a variable holds nothing: `not kept`, `kept is None`, or something else besides."""
    node = body.facts.exprs[test]
    if isinstance(node, r.Operation):
        if node.operator == "not":
            return body.facts.name(node.operands[0]) == name
        return node.operator == "or" and any(_misses(body, each, name) for each in node.operands)
    if isinstance(node, r.Comparison):
        return node.operators == ("is",) and body.facts.name(node.operands[0]) == name
    return False

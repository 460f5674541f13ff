"""Answers that are only asked whether they are there: where none is, the caller makes it anew."""

from __future__ import annotations

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.scopes.names import statements
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow


def is_made_anew(flow: Flow, body: Body) -> bool:
    """Whether whoever calls a function hands its answer on where it is one, and goes on to make it where it is none:
    what was made before is taken up, and nothing is lost when it cannot be."""
    callers = flow.callers(body.module.index, body.number) if body.number else []
    return bool(callers) and all(not call.loops and _is_handed_on(call) for call in callers)


def _is_handed_on(call: Value) -> bool:
    """`kept = load_kept(path)`, then `if kept is not None: return kept` with more to do after it."""
    body = call.body
    name = ""
    for statement in statements(body.scope.body):
        if isinstance(statement, r.Assign) and body.values.get(statement.value) is call:
            name = body.facts.name(statement.targets[0])
        elif name and isinstance(statement, r.If) and _asks_for(body, statement.test, name):
            last = statement.body[-1]
            return isinstance(last, r.Return) and last.value >= 0 and body.facts.name(last.value) == name
    return False


def _asks_for(body: Body, test: r.Ref, name: str) -> bool:
    """Whether a test asks that a variable holds something: `kept`, `kept is not None`, with more asked of it or not."""
    node = body.facts.exprs[test]
    if isinstance(node, r.Operation) and node.operator == "and":
        return any(_asks_for(body, each, name) for each in node.operands)
    if isinstance(node, r.Comparison):
        return node.operators == ("is not",) and body.facts.name(node.operands[0]) == name
    return body.facts.name(test) == name

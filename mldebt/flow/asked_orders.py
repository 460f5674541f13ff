"""Orders that a person asked for, or an experiment drew: a test around the place says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mldebt.flow.conditions import around
from mldebt.flow.idioms import read_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

TEST_LIMIT = 12
CHOICE = regex(r"(^|_)(sort(_?(by|key|order|mode|field|type|option))?|order(_?by|ing)|ordering)$", re.IGNORECASE)
ARM = regex(r"(^|_)(arm|variant|experiments?|treatment|ab_?(test|group))$", re.IGNORECASE)


def is_asked_for(place: Value) -> bool:
    """Whether a sort runs only when somebody chose it: `if sort == "newest":`."""
    return any(CHOICE.search(name) for name in _tested(place))


def is_switched_on(flow: Flow, place: Value) -> bool:
    """Whether a sort runs only where a caller says so, who looks at what somebody chose: `if by_date:` of a function
    that is called with `by_date=order_by != "score"`."""
    switches = (test for test in _tests(place) if test.kind == "param")
    given = (source for switch in switches for source in flow.arguments(switch))
    tests = (source.one("test") if source.kind == "choice" else source for source in given)
    return any(CHOICE.search(name) for test in tests if test is not None for name in _compared(test))


def is_asked_for_above(way: Sequence[Value]) -> bool:
    """Whether a function on a way is called only when somebody chose it: under such a test, or by an entry of a table
    that the choice is looked up in, `ORDERS[sort](rows)`."""
    calls = (
        call
        for before, after in pairwise(way)
        if before.body is not after.body
        for label, call in before.uses
        if label == "arg" and call.kind == "call"
    )
    return any(is_asked_for(call) or _is_looked_up(call.function) for call in calls)


def _is_looked_up(function: Value) -> bool:
    key = function.one("key") if function.kind == "item" else None
    if function.calls_method("get", "pop") and function.arguments:
        key = function.arguments[0]
    return key is not None and any(CHOICE.search(name) for name in _names(key))


def is_drawn(place: Value) -> bool:
    """Whether a shuffle is an arm of an experiment: `if variant == "random":`."""
    return any(ARM.search(name) for name in _tested(place))


def _tested(place: Value) -> list[str]:
    """What the tests around a place compare with a constant, by name."""
    return [name for test in _tests(place) for name in _compared(test)]


def _tests(place: Value) -> list[Value]:
    """The tests of the `if` statements around a place, and of the expression that it is one way of."""
    choices = (user for label, user in place.uses if label == "value" and user.kind == "choice")
    return [*around(place.body, place.at), *(choice.source for choice in choices)]


def _compared(test: Value) -> list[str]:
    found: list[str] = []
    waiting = [test]
    for _ in range(TEST_LIMIT):
        if not waiting:
            break
        value = waiting.pop()
        operands = value.every("operand")
        if value.kind == "compare" and any(operand.kind == "const" for operand in operands):
            found += [name for operand in operands for name in _names(operand)]
        elif value.kind == "operation":
            waiting.extend(operands)
    return found


def _names(value: Value) -> list[str]:
    """What a value is called where it is used."""
    own = [value.name] if value.kind == "param" else []
    return [*value.body.names_of(value), read_name(value), *own]

"""Orders that a person asked for, or an experiment drew: a test around the place says so."""

from __future__ import annotations

import re

from mldebt.flow.conditions import around
from mldebt.flow.idioms import read_name
from mldebt.flow.value import Value

TEST_LIMIT = 12
CHOICE = re.compile(r"(^|_)(sort(_?(by|key|order|mode|field|type|option))?|order(_?by|ing)|ordering)$", re.IGNORECASE)
ARM = re.compile(r"(^|_)(arm|variant|experiments?|treatment|ab_?(test|group))$", re.IGNORECASE)


def is_asked_for(place: Value) -> bool:
    """Whether a sort runs only when somebody chose it: `if sort == "newest":`."""
    return any(CHOICE.search(name) for name in _tested(place))


def is_drawn(place: Value) -> bool:
    """Whether a shuffle is an arm of an experiment: `if variant == "random":`."""
    return any(ARM.search(name) for name in _tested(place))


def _tested(place: Value) -> list[str]:
    """What the tests around a place compare with a constant, by name."""
    return [name for test in around(place.body, place.at) for name in _compared(test)]


def _compared(test: Value) -> list[str]:
    found: list[str] = []
    waiting = [test]
    for _ in range(TEST_LIMIT):
        if not waiting:
            break
        value = waiting.pop()
        operands = value.every("operand")
        if value.kind == "compare" and any(operand.kind == "const" for operand in operands):
            for operand in operands:
                found += [*operand.body.names_of(operand), read_name(operand)]
                found += [operand.name] if operand.kind == "param" else []
        elif value.kind == "operation":
            waiting.extend(operands)
    return found

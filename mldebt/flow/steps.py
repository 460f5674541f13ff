"""Steps along the value flow, and walks that take them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mldebt.flow.value import Value

Stack = tuple[Value, ...]
"""The calls that a walk went into and has not come out of; it leaves a function only to the call it came from."""
STACK_LIMIT = 8
STATE_LIMIT = 4000
FAN_OUT = 40


class Step(NamedTuple):
    """One move: why, where to, and the calls that are open there."""

    label: str
    value: Value
    stack: Stack


StepFunction = Callable[[Value, Stack], list[Step]]


class Visit:
    """A value reached, and the visit before it."""

    __slots__ = ("depth", "label", "parent", "stack", "value")

    def __init__(self, value: Value, stack: Stack, label: str, parent: Visit | None) -> None:
        self.value = value
        self.stack = stack
        self.label = label
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0

    def path(self) -> list[Visit]:
        """From the start of the walk to here."""
        found: list[Visit] = []
        visit: Visit | None = self
        while visit is not None:
            found.append(visit)
            visit = visit.parent
        return found[::-1]


def may_enter(call: Value, stack: Stack) -> bool:
    """Whether a walk goes into what a call calls: not deeper than the limit, and not again into the same call."""
    return len(stack) < STACK_LIMIT and call not in stack


def walk(start: Value, step: StepFunction, stack: Stack, limit: int) -> Iterator[Visit]:
    """Everything that steps reach from a value, breadth first, each (value, open calls) once."""
    queue = deque([Visit(start, stack, "", None)])
    seen = {(start, stack)}
    count = 0
    while queue and count < limit:
        visit = queue.popleft()
        count += 1
        yield visit
        for label, value, after in step(visit.value, visit.stack):
            key = (value, after)
            if key not in seen:
                seen.add(key)
                queue.append(Visit(value, after, label, visit))

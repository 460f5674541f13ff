"""Steps along the value flow, and walks that take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from mldebt.flow.value import Value

Stack = tuple[Value, ...]
"""The calls that a walk went into and has not come out of; it leaves a function only to the call it came from."""
STACK_LIMIT = 8
STATE_LIMIT = 4000
FAN_OUT = 40


class Step(msgspec.Struct, frozen=True, gc=False):
    """One move: why, where to, and the calls that are open there."""

    label: str
    value: Value
    stack: Stack


_NOWHERE: list[Step] = []
"""Shared: a fifth of all values lead nowhere, and each empty list takes as much as a step."""
StepFunction = Callable[[Value, Stack], list[Step]]


class Visit(msgspec.Struct, eq=False, gc=False):
    """A value reached, the visit before it, and how many there were."""

    value: Value
    stack: Stack
    label: str = ""
    parent: Visit | None = None
    depth: int = 0

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


Remembered = dict[Stack, dict[Value, list[Step]]]
"""The steps from values, by the calls that are open there."""


def remembered(step: StepFunction, is_settled: Callable[[], bool], known: Remembered) -> StepFunction:
    """The same steps, each worked out once and `known` then: many walks pass through the same values. An answer given
    while another is being worked out may not be the last, and is not kept."""

    def steps(value: Value, stack: Stack) -> list[Step]:
        under = known.get(stack)
        found = under.get(value) if under is not None else None
        if found is None:
            found = step(value, stack)
            if is_settled():
                known.setdefault(stack, {})[value] = found or _NOWHERE
        return found

    return steps


def walk(start: Value, step: StepFunction, stack: Stack, limit: int) -> Iterator[Visit]:
    """Everything that steps reach from a value, breadth first, each (value, open calls) once. Once as many are met as
    will be visited, where the last of them lead is not asked."""
    met = [Visit(start, stack)]
    seen = {(start, stack)}
    visits = iter(met)  # it goes on to what is added meanwhile
    for visit in visits:
        yield visit
        if len(seen) >= limit:
            yield from visits
            return
        for move in step(visit.value, visit.stack):
            key = (move.value, move.stack)
            if key not in seen:
                seen.add(key)
                met.append(Visit(move.value, move.stack, move.label, visit, visit.depth + 1))
                if len(seen) >= limit:
                    break

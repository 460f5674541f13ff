"""Steps that keep the places of a returned tuple apart: `a, b = split(rows)` takes a from the first place alone."""

from __future__ import annotations

from mldebt.flow.idioms import at_place
from mldebt.flow.steps import Stack, Step, may_enter
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow


class Unpacking:
    """The flow's steps, with the places of tuples matched between `return a, b` and what a caller unpacks."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def back(self, value: Value, stack: Stack) -> list[Step]:
        """The values that a value was made from."""
        if value.kind == "item" and isinstance(value.key, int) and value.source.kind == "call":
            steps = self._place_back(value.source, value.key, stack)
            if steps:
                return steps
        written = at_place(value.source, value.key) if value.kind == "item" and isinstance(value.key, int) else None
        if written is not None:
            return [Step("part", written, stack)]
        return self.flow.back(value, stack)

    def _place_back(self, call: Value, place: int, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        if not may_enter(call, stack):
            return steps
        for target in self.flow.targets(call):
            if target.kind != "func":
                continue
            for _, returned in self.flow.body(*target.key).returns.inputs:
                parts = _places(returned)
                inside = (*stack, call)
                if parts is None:
                    steps.append(Step("returned", returned, inside))
                elif -len(parts) <= place < len(parts):
                    steps.append(Step("part", parts[place], inside))
        return steps

    def forth(self, value: Value, stack: Stack) -> list[Step]:
        """The values that are made from a value."""
        places = [
            (user, position)
            for label, user in value.uses
            if label == "item" and (parts := _places(user)) is not None and _is_returned(user)
            for position, part in enumerate(parts)
            if part is value
        ]
        written = _unpacked(value)
        tuples = {user for user, _ in places} | written.keys()
        steps = [step for step in self.flow.forth(value, stack) if step.value not in tuples]
        steps += [Step("part", each, stack) for taken in written.values() for each in taken]
        for user, position in places:
            for step in self.flow.leave(user.body, stack):
                taken = [each for label, each in step.value.uses if label == "object" and each.kind == "item"]
                whole = len(taken) < len(step.value.uses) or not taken
                steps += [Step("part", each, step.stack) for each in taken if each.key in (position, None)]
                steps += [step] if whole else []
        return steps


def _places(value: Value) -> list[Value] | None:
    """What stands at each place of a tuple; None when that is not written down."""
    if value.kind != "collection" or value.data != "tuple" or any(label != "item" for label, _ in value.inputs):
        return None
    return [source for _, source in value.inputs]


def _unpacked(value: Value) -> dict[Value, list[Value]]:
    """The tuples that are written down with a value in them only to be taken apart, and what is taken at its places:
    `a, b = value, other`."""
    found: dict[Value, list[Value]] = {}
    for label, user in value.uses:
        parts = _places(user) if label == "item" else None
        if parts is None or not all(by == "object" and isinstance(each.key, int) for by, each in user.uses):
            continue
        own = {place for place, part in enumerate(parts) if part is value}
        own |= {place - len(parts) for place in own}
        found[user] = [each for _, each in user.uses if each.key in own]
    return found


def _is_returned(value: Value) -> bool:
    return any(user.kind == "return" for _, user in value.uses)

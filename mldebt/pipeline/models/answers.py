"""What becomes of a model's answers: onward, but not to where a method only has the same name."""

from __future__ import annotations

from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow


def onward(flow: Flow, value: Value, stack: Stack) -> list[Step]:
    """Steps on from what a model answers. A method's result does not go to calls of another module that are only
    thought to mean it by its name: an object that was loaded there is known by what it was loaded from."""
    steps = flow.forth(value, stack)
    if stack or not value.body.number:
        return steps
    return [step for step in steps if not _is_guessed(flow, step.value, value)]


def _is_guessed(flow: Flow, caller: Value, value: Value) -> bool:
    if caller.kind != "call" or caller.body.module is value.body.module:
        return False
    called = [target for target in flow.targets(caller) if target.kind == "func" and target.key == value.body.key]
    return bool(called) and all(target.guessed for target in called)

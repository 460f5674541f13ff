"""Gradients that are taken for what they tell, not to learn by them: of a saliency map, of an attack."""

from __future__ import annotations

import re

from mldebt.flow.calls.words import last_name
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

TRAINS = frozenset({"fits", "tunes", "optimizes"})
"""The roles of calls that train a model."""
_DERIVES = frozenset({"backward", "grad", "gradient", "zero_grad"})
_STEPS = regex(r"step|minimi[sz]e|apply_grad|optim", re.IGNORECASE)

DEPTH = 4


class Gradients:
    """Tells what becomes of gradients."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._stepping: dict[int, bool] = {}

    def trains(self, call: Value) -> bool:
        """Whether a call of a library trains a model: fits it, tunes it, or takes a part in its steps."""
        return bool(self.flow.roles(call) & TRAINS) and not self.only_derived(call)

    def only_derived(self, call: Value) -> bool:
        """Whether gradients are taken in a module that calls nothing which says that it steps by them: they explain
        a model, or attack it."""
        return last_name(call) in _DERIVES and not self._steps(call.body.module)

    def _steps(self, module: Module) -> bool:
        found = self._stepping.get(module.index)
        if found is None:
            bodies = [self.flow.body(module.index, number) for number in range(len(module.facts.scopes))]
            found = any(_STEPS.search(last_name(call)) for body in bodies for call in body.calls)
            found = found or any(_is_step(node) for body in bodies for node in body.nodes)
            self._stepping[module.index] = found
        return found


def _is_step(node: Value) -> bool:
    """Whether weights are changed by their gradients, without an optimizer: `weights.data += rate * -weights.grad`,
    `weights -= rate * weights.grad`."""
    if node.kind == "store" and node.data == "data":
        given = node.one("value")
        return given is not None and _has_gradient(given, DEPTH)
    return node.kind == "operation" and node.data == "-" and len(node.inputs) > 1 and _has_gradient(node, DEPTH)


def _has_gradient(value: Value, depth: int) -> bool:
    if value.kind == "attr":
        return value.data == "grad"
    return value.kind == "operation" and depth > 0 and any(_has_gradient(each, depth - 1) for _, each in value.inputs)

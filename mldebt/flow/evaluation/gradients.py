"""Gradients that are taken for what they tell, not to learn by them: of a saliency map, of an attack."""

from __future__ import annotations

import re

from mldebt.flow.calls.words import last_name
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_TRAINING = frozenset({"fits", "tunes", "optimizes"})
_DERIVES = frozenset({"backward", "grad", "gradient", "zero_grad"})
_STEPS = regex(r"step|minimi[sz]e|apply_grad|optim", re.IGNORECASE)


class Gradients:
    """Tells what becomes of gradients."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._stepping: dict[int, bool] = {}

    def trains(self, call: Value) -> bool:
        """Whether a call of a library trains a model: fits it, tunes it, or takes a part in its steps."""
        return bool(self.flow.roles(call) & _TRAINING) and not self.only_derived(call)

    def only_derived(self, call: Value) -> bool:
        """Whether gradients are taken in a module that calls nothing which says that it steps by them: they explain
        a model, or attack it."""
        return last_name(call) in _DERIVES and not self._steps(call.body.module)

    def _steps(self, module: Module) -> bool:
        found = self._stepping.get(module.index)
        if found is None:
            numbers = range(len(module.facts.scopes))
            calls = (call for number in numbers for call in self.flow.body(module.index, number).calls)
            found = self._stepping[module.index] = any(_STEPS.search(last_name(call)) for call in calls)
        return found

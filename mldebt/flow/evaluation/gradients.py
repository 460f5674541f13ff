"""Gradients that are taken for what they tell, not to learn by them: of a saliency map, of an attack."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.calls.words import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_DERIVES = frozenset({"backward", "grad", "zero_grad"})
_STEPS = frozenset({"step", "minimize", "apply_gradients", "optimizer_step"})


class Gradients:
    """Tells what becomes of gradients."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def only_derived(self, call: Value) -> bool:
        """Whether gradients are taken in a module that takes no step by them: they explain a model, or attack it."""
        return last_name(call) in _DERIVES and call.body.module.index not in self._stepping

    @cached_property
    def _stepping(self) -> frozenset[int]:
        return frozenset(call.body.module.index for call in self.flow.calls_named(_STEPS))

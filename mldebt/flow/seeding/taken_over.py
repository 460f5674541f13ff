"""Weights that are drawn for nothing: those of another training take their place before anything is done with them."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.calls.words import says
from mldebt.flow.conditions.conditions import around, follows
from mldebt.flow.linking import is_self
from mldebt.flow.sameness import Sameness
from mldebt.flow.types.loaded import TAKES_WEIGHTS
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step

LIMIT = 30
_MOVED = ("to", "cuda", "cpu", "eval", "train", "half", "float", "double")
"""Methods of a network that give the network back."""
_PARTLY = (("strict", False), ("by_name", True), ("skip_mismatch", True))
"""Arguments by which some weights may be left as they were drawn."""


class TakenOver:
    """Tells layers, and calls that make networks, whose weights are all replaced."""

    def __init__(self, flow: Flow) -> None:
        self.same = flow.shared(Sameness)
        self.flow = flow
        self._made: dict[Value, frozenset[Value]] = {}

    def is_layer(self, layer: Value) -> bool:
        """Whether the object that a layer becomes a part of takes over all its weights where it is made, whatever it is
        given: `self.load_state_dict(…)` at the end of a constructor."""
        return any(
            call.at > layer.at
            and call.receiver is not None
            and is_self(call.receiver)
            and not around(call.body, call.at)
            for call in _taking(layer)
        )

    def is_made(self, made: Value) -> bool:
        """Whether what a call makes takes over all its weights in the same function: `net = Net()`, and then
        `net.load_state_dict(…)`."""
        return any(follows(made, call) and made in self._before(call) for call in _taking(made))

    def _before(self, call: Value) -> frozenset[Value]:
        """The calls that may have made what a call gives weights to."""
        found = self._made.get(call)
        if found is None:
            start = call.receiver
            visits = self.flow.walk(start, self._back, limit=LIMIT) if start is not None else ()
            found = self._made[call] = frozenset(each.value for each in visits if each.value.kind == "call")
        return found

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        if value.calls_method(*_MOVED) and value.receiver is not None:
            return [Step("same", value.receiver, stack)]
        return self.same.back(value, stack)


def _taking(beside: Value) -> Iterator[Value]:
    """The calls of a function that give a network all its weights."""
    for call in beside.body.calls:
        if call.calls_method(*TAKES_WEIGHTS) and not any(says(call, name, told) for name, told in _PARTLY):
            yield call

"""Steps from rows back to what they were before something was done to them; what was put beside them is left out."""

from __future__ import annotations

from mldebt.flow.calls.words import last_name
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step

_CHANGED = frozenset({"store", "mutate", "passed"})
_APPLIED = frozenset("transform fit_transform predict predict_proba encode decision_function".split())
"""Methods of what works on rows, which get them handed."""


class RowSteps:
    """The flow's steps back, as far as they lead to the same rows."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)

    def back(self, value: Value, stack: Stack) -> list[Step]:
        """The rows that a value was made from."""
        if value.kind in _CHANGED:
            return [Step("base", value.source, stack)]
        if value.kind != "call" or self.flow.is_own(value):
            return self.steps.back(value, stack)
        given = [Step("arg", source, stack) for source in value.arguments[:1]]
        receiver = value.receiver
        if receiver is None or last_name(value) in _APPLIED:
            return given
        return [Step("receiver", receiver, stack), *given]

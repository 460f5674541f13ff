"""Accuracies that are counted by hand: answers that are compared with the truth, one by one, where nothing is
trained."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.idioms import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

WALK_LIMIT = 200
COUNTED = "accuracy"
_EQUALS = frozenset({"eq", "equal"})
_COUNTS = frozenset(
    "sum mean item count_nonzero float astype type cpu to detach numpy data long int double squeeze".split()
)
_ON_THE_WAY = 6


class Counted:
    """Answers per call that asks a model."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def of(self, asked: Value) -> Value | None:
        """Where it is counted how many answers of a model are right: `(model(x).argmax(1) == y).sum()`."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=WALK_LIMIT):
            value = visit.value
            if self._compares(value) and not self._trains(value) and any(self._counts(value, _ON_THE_WAY)):
                return value
        return None

    def _compares(self, value: Value) -> bool:
        if value.kind == "compare":
            return value.data == ("==",) and all(each.kind != "const" for each in value.every("operand"))
        return value.kind == "call" and last_name(value.function) in _EQUALS and bool(value.arguments)

    def _counts(self, compared: Value, depth: int) -> Iterator[bool]:
        """Whether what a comparison gives is added up."""
        for label, user in compared.uses:
            name = last_name(user.function) if user.kind == "call" else ""
            if label == "arg" and name in ("sum", "mean"):
                yield True
            elif label == "object" and user.kind == "attr" and user.name in _COUNTS and depth:
                calls = [each for part, each in user.uses if part == "function"]
                yield user.name in ("sum", "mean", "count_nonzero") and bool(calls)
                yield from (found for each in calls for found in self._counts(each, depth - 1))

    def _trains(self, value: Value) -> bool:
        return any(self.flow.roles(call) & TRAINS for call in value.body.calls)

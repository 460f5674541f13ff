"""Scores that code replaces or props up for those that it names: `if item.brand == "own": score = 0.99`."""

from __future__ import annotations

from collections.abc import Callable

from mldebt.flow.conditions import conditions
from mldebt.flow.idioms import root
from mldebt.flow.scores.scores import Scores
from mldebt.flow.scores.segment_overrides import names_segment
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_FLOORS = frozenset({"max", "min"})
_BOUNDS = frozenset({0, 1, -1, 100})
ALTERNATIVES = 4


class NamedOverrides:
    """Finds values that are a model's score for most and something else for some. `numbers` tells what a value can be
    that nothing but the code decides, `asks_for_somebody` whether a test asks for a user or an item by name."""

    def __init__(
        self, flow: Flow, numbers: Callable[[Value], list[float]], asks_for_somebody: Callable[[Value], bool]
    ) -> None:
        self._flow = flow
        self._scores = flow.shared(Scores)
        self._numbers = numbers
        self._asks_for_somebody = asks_for_somebody

    def of(self, node: Value) -> tuple[Value, str, Value] | None:
        """Where a score is changed, how, and the model's call that gave it."""
        return self._looked_up(node) if node.kind == "call" else self._chosen(node)

    def _chosen(self, node: Value) -> tuple[Value, str, Value] | None:
        """A score and what stands for it, where two ways meet; what only one way computes is not overridden."""
        values = node.every("value")
        before = [value for value in values if value.at < node.at and value.kind != "const"]
        if not before or len(values) > ALTERNATIVES:
            return None
        changes = ((old, new, self._change(old, new)) for old in before for new in values if new is not old)
        old, new, text = next((each for each in changes if each[2]), (node, node, ""))
        test = next((each for each in self._tests(node) if self._names_some(each)), None) if text else None
        origin = self._scores.origin(old) if test is not None else None
        if test is None or origin is None:
            return None
        return (test if new.kind == "const" else new), text, origin.value

    def _tests(self, node: Value) -> list[Value]:
        """What decides between the values that meet."""
        if node.kind == "choice":
            return node.every("test")
        return [each.test for each in conditions.branches(node.body) if each.statement.at == node.at]

    def _names_some(self, test: Value) -> bool:
        """Whether a test asks for what the code names, and not for what a model told."""
        if self._asks_for_somebody(test):
            return True
        return names_segment(test) and self._scores.origin(test.every("operand")[0]) is None

    def _change(self, old: Value, new: Value) -> str:
        """How one value replaces or bounds another; "" when it does not."""
        if new.kind == "const":
            is_number = isinstance(new.data, int | float) and not isinstance(new.data, bool)
            return f"the score is replaced by {new.data} for some results" if is_number else ""
        if not (new.kind == "call" and new.calls_external(*_FLOORS) and old in new.arguments):
            return ""
        bounds = [part for part in new.arguments if part is not old]
        numbers = self._numbers(bounds[0]) if len(bounds) == 1 else []
        if not numbers or _BOUNDS.intersection(numbers):
            return ""
        return f"the score is brought to {numbers[0]} for some results"

    def _looked_up(self, call: Value) -> tuple[Value, str, Value] | None:
        """`OVERRIDES.get(user, score)`"""
        if not call.calls_method("get") or len(call.arguments) != 2 or call.receiver is None:
            return None
        table = root(call.receiver)
        if table.kind == "global":
            table = self._flow.global_value(table) or table
        numbers = [self._numbers(each) for each in table.every("item")] if table.kind == "dict" else []
        origin = self._scores.origin(call.arguments[1]) if numbers and all(numbers) else None
        return (call, "a table in the code replaces the scores of some", origin.value) if origin is not None else None

"""The scores that a table, list or dict of results holds: every metric that reaches it, or one of its columns."""

from __future__ import annotations

import msgspec

from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.selfscored import is_metric_name, name_of
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit

GATHER_LIMIT = 260
_SCORING = frozenset({"score", "evaluate"})
_ASKING = frozenset({"predicts", "fits", "optimizes", "tunes", "reads", "loads"})
_MADE = frozenset({"dict", "call", "param", "phi", "item", "attr", "global", "free", "store", "same", "passed"})


class Scored(msgspec.Struct, frozen=True):
    """A metric that is among the results, and the visit of it."""

    metric: Value
    visit: Visit

    @property
    def is_repeated(self) -> bool:
        """Whether a loop computes it several times."""
        return any(each.value.loops for each in self.visit.path())


class GatheredScores:
    """Finds them: back from what is chosen by, to the calls that measured."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self.steps = Unpacking(flow)

    def of(self, results: Value, column: str, stack: Stack = ()) -> tuple[list[Scored], set[Value]]:
        """The metrics that results hold, under a column where one is named, and all that they were gathered in."""
        found: list[Scored] = []
        seen: set[Value] = set()

        def back(value: Value, open_calls: Stack) -> list[Step]:
            return [] if self.is_metric(value) else self._back(value, column, open_calls)

        for visit in self.flow.walk(results, back, stack=stack, limit=GATHER_LIMIT):
            seen.add(visit.value)
            if self.is_metric(visit.value):
                found.append(Scored(visit.value, visit))
        return found, seen

    def is_metric(self, call: Value) -> bool:
        """Whether a call computes a metric: a library's, a model's own, or a function that is called so."""
        if call.kind != "call" or not call.arguments:
            return False
        if self.splits.measures(call):
            return True
        if last_name(call) in _SCORING:
            return not self.flow.is_own(call)
        name = name_of(self.flow, call)
        is_applied = name == "map" and call.function.kind != "func"
        return is_metric_name(name) and not is_applied and len(call.arguments) > 1

    def _back(self, value: Value, column: str, stack: Stack) -> list[Step]:
        if value.kind == "call" and self.flow.roles(value) & _ASKING:
            return []
        if column and value.kind == "dict":
            return _under(value, column, stack)
        if column and value.kind == "store" and isinstance(value.key, str) and value.key != column:
            kept = value.one("value")
            holds = [Step("value", kept, stack)] if kept is not None and kept.kind in _MADE else []
            return [Step("base", value.source, stack), *([] if kept is not None and self.is_metric(kept) else holds)]
        return [step for step in self.steps.back(value, stack) if step.label != "key"]


def _under(results: Value, column: str, stack: Stack) -> list[Step]:
    """What a dict holds under a column; where it has none of that name, what it holds may be dicts that have."""
    items = results.every("item")
    if column in results.keys:
        return [Step("item", items[results.keys.index(column)], stack)]
    return [Step("item", item, stack) for item in items if item.kind in _MADE]

"""Rows by which the best of several models is chosen and then judged, where no others are there to judge it by."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.evaluation.judged_rows import JUDGING
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.variables import roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack

BACK_LIMIT = 60
TWICE = "the rows by which it is then judged"


class JudgedTwice:
    """Tells whether a choice is followed by nothing but scores of the rows that it chose by."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self.steps = RowSteps(flow)

    def of(self, choice: Value, scores: Iterable[tuple[Value, Stack]]) -> str:
        """Why the rows of the scores that a choice compares are those to judge by."""
        body = choice.body
        asked = [next((call for call in (*stack, metric) if call.body is body), None) for metric, stack in scores]
        rows = {root for call in asked if call is not None for root in self._parts(call)}
        later = [call for call in body.calls if call.at > choice.at and self.splits.judges(call)]
        if None in asked or not rows or not later:
            return ""
        is_of_same = all(not rows.isdisjoint(self._parts(call)) for call in later)
        return TWICE if is_of_same and not self._has_others(choice, rows) else ""

    def _parts(self, metric: Value) -> set[Value]:
        """The parts of a split that a metric is given."""
        given = (root for source in metric.arguments for root in roots(source))
        return {root for root in given if root.kind == "item" and self.splits.comes_from_split(root) is not None}

    def _has_others(self, choice: Value, rows: set[Value]) -> bool:
        """Whether a part of the data is called the one to judge by, beside the rows of a choice and what these are a
        part of."""
        known = {visit.value for row in rows for visit in self.flow.walk(row, self.steps.back, limit=BACK_LIMIT)}
        siblings = {
            root for value in known if value.kind == "call" for source in value.arguments for root in roots(source)
        }
        others = (node for node in choice.body.nodes if node not in known and node not in siblings)
        return any(JUDGING.search(name.lower()) for node in others for name in node.body.names_of(node))

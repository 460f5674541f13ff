"""What is fitted on rows that the evaluation then judges by: before they are split, after, or on the held-out part."""

from __future__ import annotations

from mldebt.flow.evaluation.fitting import Fitting, Fittings, tables
from mldebt.flow.rows.splits import Part, Splits
from mldebt.flow.rows.variables import roots
from mldebt.flow.value import Value


class SeenFits:
    """Asks of what is fitted which rows it has seen."""

    def __init__(self, splits: Splits, fittings: Fittings) -> None:
        self.splits = splits
        self.fittings = fittings

    def before_split(self, fitting: Fitting) -> tuple[Part, Value] | None:
        """The part of a later split in which what was fitted is seen, and where that is evaluated."""
        is_a_part = any(self.splits.comes_from_split(value) is not None for value in fitting.given)
        for out in fitting.out:
            for part in self.splits.reached(out):
                if is_a_part and self._is_of_split(fitting, part):
                    continue
                measure = self.splits.evaluated(part)
                if measure is not None and not any(self._is_judged_apart(part, other) for other in fitting.others):
                    return part, measure
        return None

    def _is_of_split(self, fitting: Fitting, part: Part) -> bool:
        """Whether what is fitted is a part of a split already, as it comes from the calls by which it reaches the
        other."""
        by = [visit.value for visit in part.visit.path() if visit.value.kind == "call"]
        return any(self.splits.comes_from_split(value, by=by) is not None for value in fitting.given)

    def _is_judged_apart(self, part: Part, other: Value) -> bool:
        """Whether the rows are divided already: others are only transformed, before the split, and judged by."""
        is_before = other.body is not part.split.body or other.at < part.split.at
        return is_before and self.splits.measured(other) is not None

    def on_held_out(self, fitting: Fitting) -> tuple[Value, Value] | None:
        """The split and the evaluation, where a transformer is fitted anew on the rows that are there to judge by."""
        given = (root for value in fitting.given for root in roots(value))
        split = next((found for root in given if (found := self.splits.held_out(root)) is not None), None)
        if split is None:
            return None
        measures = (self.splits.measured(out) for out in fitting.out)
        return next(((split, measure) for measure in measures if measure is not None), None)

    def on_all_rows(self, fitting: Fitting) -> tuple[Value, Value] | None:
        """The split and the evaluation, where a transformer is fitted on the table that is split, and transforms the
        part that is there to judge by."""
        given = [value for source in fitting.given for value in self.fittings.handed_in(source)]
        if fitting.applied and any(self.splits.comes_from_split(value) is not None for value in given):
            return None
        rows = frozenset(table for value in given for table in tables(value))
        for applied in fitting.applied:
            for root in (root for source in self.fittings.handed_in(applied.arguments[0]) for root in roots(source)):
                split = self.splits.held_out(root)
                if split is None or rows.isdisjoint(table for each in split.arguments for table in tables(each)):
                    continue
                measure = self.splits.measured(applied)
                if measure is not None:
                    return split, measure
        return None

"""Models that are fitted on all rows although these were split, and judged on a part of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.selfscored import SelfScored, name_of
from mldebt.flow.evaluation.whose_answers import ASKING
from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.variables import roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit

ROWS_LIMIT = 150
USE_LIMIT = 200


class UnsplitFits:
    """Finds them by the rows that a fit was given and those that its model is asked about, through all that was done to
    both; where rows were picked on the way, it is not known which are left."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self.rows = RowSteps(flow)

    def of(self, body: Body, told: Iterable[SelfScored]) -> Iterator[SelfScored]:
        """The fits of a body on all rows of what was split; those that are told already are left out."""
        known = {each.fit for each in told}
        for fit in body.calls:
            if last_name(fit) == "fit" and fit.receiver is not None and fit not in known:
                asked = self._asked(fit) if len(fit.arguments) > 1 and "fits" in self.flow.roles(fit) else []
                found = next(filter(None, (self._judged(fit, each) for each in asked)), None)
                if found is not None:
                    yield found

    def _asked(self, fit: Value) -> list[Value]:
        """What the model is asked after a fit, up to the next."""
        made = first_version(fit.receiver or fit)
        later = [call for call in fit.body.calls if call.at > fit.at and call.receiver is not None]
        own = [call for call in later if first_version(call.function.source) in (made, fit)]
        again = next((call.at for call in own if last_name(call) == "fit"), None)
        return [each for each in own if last_name(each) in ASKING and each.arguments and (not again or each.at < again)]

    def _judged(self, fit: Value, asked: Value) -> SelfScored | None:
        judged = (visit.value for visit in self._rows(asked.arguments[0]))
        held = next((each for each in judged if self.splits.held_out(each) is not None), None)
        split = self.splits.held_out(held) if held is not None else None
        metric = self._metric(asked) if split is not None else None
        if held is None or split is None or metric is None or not self._has_learnt(fit, held, split):
            return None
        return SelfScored(fit, metric, name_of(self.flow, metric), split)

    def _has_learnt(self, fit: Value, held: Value, split: Value) -> bool:
        """Whether the rows of a fit are all that were split, or the held-out part is put back among them; where rows
        are picked on the way, it is not known which are left."""
        learnt = [visit.value for visit in self._rows(fit.arguments[0])]
        picked = [each for each in learnt if self.splits.picks_rows(each)]
        if held in learnt and all(map(self._is_of_split, picked)):
            return True
        divided = {root for source in split.arguments for root in roots(source)} - {split}
        return not picked and not divided.isdisjoint(learnt)

    def _is_of_split(self, value: Value) -> bool:
        return value.kind == "call" and self.splits.is_split(value)

    def _metric(self, asked: Value) -> Value | None:
        """What judges the answers: the question itself may, as `score` does."""
        visits = self.flow.walk(asked, self.flow.forth, limit=USE_LIMIT)
        calls = (visit.value for visit in visits if visit.value.kind == "call")
        return next((call for call in calls if self.splits.measures(call)), None)

    def _rows(self, rows: Value) -> list[Visit]:
        """What rows were before."""
        return list(self.flow.walk(rows, self._back, limit=ROWS_LIMIT))

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """The rows that a loop goes over, for those that it makes: what it takes of each is no choice of rows."""
        if value.kind == "comprehension":
            return [Step("iterable", source, stack) for source in value.every("iterable")]
        if value.kind == "return":
            given = [source.loops[-1] if source.loops else source for source in value.every("yield")]
            return [Step("yield", source, stack) for source in (*value.every("value"), *given)]
        return self.rows.back(value, stack)

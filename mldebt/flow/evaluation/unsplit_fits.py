"""Models that are fitted on all rows although these were split, and judged on a part of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.selfscored import SelfScored, name_of
from mldebt.flow.evaluation.whose_answers import ASKING
from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.rows.variables import is_same_read, roots
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit

ROWS_LIMIT = 150
MADE_LIMIT = 60
USE_LIMIT = 200
_FITTING = frozenset({"fit", "partial_fit", "fit_predict", "train"})
_HANDED = frozenset({"param", "item", "attr"})
"""What a body has that was not made in it."""


class UnsplitFits:
    """Finds them by the rows that a fit was given and those that its model is asked about, through all that was done to
    both; where rows were picked on the way, it is not known which are left."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self.rows = RowSteps(flow)
        self.steps = Unpacking(flow)
        self._fits: dict[Value, list[Value]] | None = None

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

    def elsewhere(self, body: Body) -> Iterator[SelfScored]:
        """The fits of models that a body is handed, on all rows of what it splits itself to judge them by."""
        met: set[Value] = set()
        for asked in body.calls:
            if last_name(asked) not in ASKING or asked.receiver is None or not asked.arguments:
                continue
            model = first_version(asked.receiver)
            is_handed = model.kind in _HANDED or (model.kind == "call" and self.flow.is_own(model))
            if not is_handed or self._is_fitted_in(body, model):
                continue
            fit = self._only_fit(model)
            found = self._judged(fit, asked) if fit is not None and fit not in met else None
            if fit is not None and found is not None:
                met.add(fit)
                yield found

    def _is_fitted_in(self, body: Body, model: Value) -> bool:
        fits = (call for call in body.calls if last_name(call) in _FITTING and call.receiver is not None)
        return any(is_same_read(first_version(fit.receiver or fit), model) for fit in fits)

    def _only_fit(self, model: Value) -> Value | None:
        """The one call that fits the object which a body is handed."""
        if self._fits is None:
            self._fits = defaultdict(list)
            for call in self.flow.calls_named(_FITTING):
                for made in self._made(call.receiver) if call.receiver is not None else ():
                    self._fits[made].append(call)
        fits = {fit for made in self._made(model) for fit in self._fits[made]}
        found = next(iter(fits)) if len(fits) == 1 else None
        is_taught = found is not None and len(found.arguments) > 1 and "fits" in self.flow.roles(found)
        return found if is_taught and found is not None and last_name(found) == "fit" else None

    def _made(self, model: Value) -> list[Value]:
        """The calls by which a model may have been made."""
        visits = self.flow.walk(model, self.steps.back, limit=MADE_LIMIT)
        return [visit.value for visit in visits if visit.value.kind == "call" and not self.flow.is_own(visit.value)]

    def _judged(self, fit: Value, asked: Value) -> SelfScored | None:
        judged = [visit.value for visit in self._rows(asked.arguments[0])]
        held = next((each for each in judged if self._divided(each) is not None), None)
        split = self._divided(held) if held is not None else None
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
        given = [split.source] if split.kind in ("item", "slice") else split.arguments
        divided = {root for source in given for root in roots(source)} - {split}
        if fit.body is not split.body:
            divided = {visit.value for each in divided for visit in self._rows(each)}
        return not picked and not divided.isdisjoint(learnt)

    def _divided(self, rows: Value) -> Value | None:
        """What divides rows of which these are the part to judge by."""
        if rows.kind in ("item", "slice") and self.splits.is_last(rows):
            return rows
        return self.splits.held_out(rows)

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

"""Weights that a numeric optimizer tunes by a metric of some rows, where the result is then judged by the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.body import Body
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.objectives import objectives
from mldebt.flow.evaluation.tuned_thresholds import Tuned
from mldebt.flow.idioms import bare
from mldebt.flow.idioms import root as first_version
from mldebt.flow.rows.variables import plain
from mldebt.flow.scores.gathered_scores import GatheredScores
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_OPTIMIZERS = "scipy.optimize."
NAMES_LIMIT = 12


class TunedWeights:
    """Finds them, one body at a time."""

    def __init__(self, flow: Flow, scores: GatheredScores, rows: JudgedRows) -> None:
        self.flow = flow
        self.scores = scores
        self.rows = rows

    def of(self, body: Body) -> Iterator[Tuned]:
        """One for the rows that a body tunes by."""
        met: set[Value] = set()
        for call in body.calls:
            api = self.flow.api(call)
            if api is None or not api.name.startswith(_OPTIMIZERS):
                continue
            for key in objectives(self.flow, call):
                inside = self.flow.body(*key).calls
                for score in (each for each in inside if each not in met and self._judges(each)):
                    if (judged := self._judged(call, score)) is not None:
                        met.add(score)
                        yield Tuned(call, score, judged, self.rows.of_call(score, ()))

    def _judges(self, call: Value) -> bool:
        return self.scores.is_metric(call) or self.scores.splits.judges(call)

    def _judged(self, tuning: Value, score: Value) -> Value | None:
        """The metric that judges by the rows of a score what was tuned by it, where no other judges by others."""
        rows = {row for source in score.arguments for row in self._rows(source, tuning)}
        later = [call for call in tuning.body.calls if call.at > tuning.at and self._judges(call)]
        same = [
            not rows.isdisjoint(row for source in call.arguments for row in self._rows(source, tuning))
            for call in later
        ]
        return later[0] if later and all(same) else None

    def _rows(self, value: Value, tuning: Value) -> Iterator[Value]:
        """The table or array that a value is read from, in the body where it was made."""
        for _ in range(NAMES_LIMIT):
            value = first_version(plain(value))
            outer = self._outer(value, tuning) if value.kind in ("free", "global") else None
            if outer is not None:
                value = outer
            elif value.kind == "attr" or (value.kind == "item" and isinstance(value.key, str)):
                value = value.source
            else:
                break
        if bare(value).kind != "const":
            yield value

    def _outer(self, read: Value, tuning: Value) -> Value | None:
        """What a variable holds by the time of the tuning, for a read in the objective."""
        if read.kind == "global" and tuning.body.number:
            return self.flow.global_value(read)
        body, name = tuning.body, read.variable[1]
        return next(
            (node for node in reversed(body.nodes) if node.at <= tuning.at and name in body.names_of(node)), None
        )

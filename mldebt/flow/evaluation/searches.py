"""Searches for the best settings whose objective is a score on the test set: `study.optimize(objective)`."""

from __future__ import annotations

from mldebt.flow.evaluation.best_among import BestAmong
from mldebt.flow.evaluation.best_of import BestOf
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.module import ScopeKey
from mldebt.flow.scores.gathered_scores import GatheredScores
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow


class Searches:
    """Finds them, one call at a time."""

    def __init__(self, flow: Flow, scores: GatheredScores, rows: JudgedRows, among: BestAmong) -> None:
        self.flow = flow
        self.scores = scores
        self.rows = rows
        self.among = among

    def of(self, call: Value) -> BestOf | None:
        """The choice by test rows that a search makes."""
        if "tunes" not in self.flow.roles(call):
            return None
        for key in self._objectives(call):
            found, _ = self.scores.of(self.flow.body(*key).returns, "")
            texts = [self.rows.of_call(each.metric, each.visit.stack) for each in found]
            if not texts or not all(texts) or self.among.is_judged_again(call, found):
                continue
            training = self.among.training(found[0])
            if training is not None:
                return BestOf(call, training, found[0].metric, texts[0])
        return None

    def _objectives(self, call: Value) -> list[ScopeKey]:
        """The functions of the repository that a search is handed."""
        found = [
            target.key for source in call.arguments for target in self.flow.callees(source) if target.kind == "func"
        ]
        return list(dict.fromkeys([*found, *self.flow.callbacks(call)]))

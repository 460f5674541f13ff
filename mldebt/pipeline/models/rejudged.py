"""Models that another program loads and judges on the very file that they were fitted on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.evaluation.whose_answers import ASKING
from mldebt.flow.files.paths import Paths
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.scores.gathered_scores import GatheredScores
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit
from mldebt.pipeline.models.keeping import Keeping
from mldebt.pipeline.models.register import TrainedModel

ROWS_LIMIT = 150
USE_LIMIT = 300
LOADED_LIMIT = 80
_SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg")


class Rejudged(msgspec.Struct, frozen=True):
    """A fit, the read of its rows, the read of the same file where the loaded model is asked, and the metric."""

    fit: Value
    learnt: Value
    read: Value
    asked: Value
    metric: Value
    text: str


class Rejudgements:
    """Finds them, one model at a time."""

    def __init__(self, flow: Flow, splits: Splits, keeping: Keeping) -> None:
        self.flow = flow
        self.splits = splits
        self.keeping = keeping
        self.steps = Unpacking(flow)
        self.rows = RowSteps(flow)
        self.paths = flow.shared(Paths)
        self.scores = GatheredScores(flow, splits)

    def of(self, models: Iterable[TrainedModel]) -> Iterator[Rejudged]:
        """One a program that judges a model."""
        met: set[Value] = set()
        for model in models:
            asked = [call for call in self._asked(model) if call not in met]
            learnt = self._learnt(model) if asked else {}
            for call in asked if learnt else ():
                found = self._judged(call, learnt)
                if found is not None:
                    met.add(call)
                    yield found

    def _asked(self, model: TrainedModel) -> Iterator[Value]:
        """What is asked of a model by those who load it, in other modules than those that train it."""
        home = {call.body.module.index for call in model.trained}
        for loader in self.keeping.loading.of(model, self.keeping.artifacts(model)):
            if loader.body.module.index not in home:
                yield from self._asked_of(loader)

    def _asked_of(self, loader: Value) -> Iterator[Value]:
        for visit in self.flow.walk(loader, self.steps.forth, limit=LOADED_LIMIT):
            for label, method in visit.value.uses:
                if label == "object" and method.kind == "attr" and method.data in ASKING:
                    yield from (call for inner, call in method.uses if inner == "function" and call.arguments)

    def _learnt(self, model: TrainedModel) -> dict[str, tuple[Value, Value]]:
        """The files that a model's training rows were read from, each with the read and the fit."""
        found: dict[str, tuple[Value, Value]] = {}
        for fit in model.trained:
            for read in self._reads(fit.arguments[0], whole=False) if fit.arguments else ():
                for text in self._texts(read):
                    found.setdefault(text, (read.value, fit))
        return found

    def _judged(self, asked: Value, learnt: dict[str, tuple[Value, Value]]) -> Rejudged | None:
        for visit in self._reads(asked.arguments[0], whole=True):
            read = visit.value
            for text in self._texts(visit):
                for other, (before, fit) in learnt.items():
                    if read.body.module is not before.body.module and _are_alike(text, other):
                        metric = self._metric(asked)
                        return Rejudged(fit, before, read, asked, metric, text) if metric is not None else None
        return None

    def _metric(self, asked: Value) -> Value | None:
        """A metric of what a model answered."""
        for visit in self.flow.walk(asked, self.flow.forth, limit=USE_LIMIT):
            if self.scores.is_metric(visit.value):
                return visit.value
        return None

    def _reads(self, rows: Value, *, whole: bool) -> list[Visit]:
        """The reads that rows come from, each under the calls that bring them; all of the rows, where those that are
        left over are not told apart."""
        found: list[Visit] = []
        for visit in self.flow.walk(rows, self._back, limit=ROWS_LIMIT):
            value = visit.value
            if whole and self.splits.picks_rows(value):
                return []
            if value.kind == "call" and "reads" in self.flow.roles(value):
                found.append(visit)
        return found

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "call" and "reads" in self.flow.roles(value):
            return []
        return [step for step in self.rows.back(value, stack) if step.label != "arg" or value.receiver is None]

    def _texts(self, read: Visit) -> list[str]:
        """The paths of a file of rows, as far as they are written down: those of the calls that a walk came through."""
        texts = self.paths.texts_at(read.value, read.stack)
        plain = (text.removeprefix("./") for text in texts if not text.endswith(_SETTINGS))
        return [text for text in plain if "{" not in posixpath.basename(text) and "." in posixpath.basename(text)]


def _are_alike(text: str, other: str) -> bool:
    """Whether two paths may be one, as far as they are written down."""
    return posixpath.basename(text) == posixpath.basename(other) and (text.endswith(other) or other.endswith(text))

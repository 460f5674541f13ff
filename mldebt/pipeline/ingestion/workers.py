"""Functions that work on data, and neither train, measure or ask a model nor only show something."""

from __future__ import annotations

from mldebt.flow.body import Body
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.datawork import DataWork
from mldebt.pipeline.ingestion.ingestion import Ingestions
from mldebt.pipeline.ingestion.results_work import asks_by_name, is_about_results, only_tells

LEAST_STEPS = 3
CALLEES = 2
"""How deep it is looked whether a function has a model fitted."""
_OF_MODELS = frozenset({"measures", "predicts", "calls_llm"})
_SEARCHES = frozenset({"ranks"})
_RESULTS = frozenset({"measures", "predicts", "tunes"})
_OPTIMIZING = frozenset({"optimizer", "criterion", "loss_fn", "scheduler"})
_STARTS = ("os.system", "os.popen", "subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_call")


class Workers:
    """Answers per function."""

    def __init__(self, ingesting: Ingestions, work: DataWork) -> None:
        self.ingesting = ingesting
        self.flow = ingesting.flow
        self.models = ingesting.models
        self.work = work
        self.drawn = ingesting.flow.shared(Drawn)
        self._fitting: dict[tuple[Body, int], bool] = {}

    def holds(self, body: Body) -> bool:
        """Whether a function works on data at all, and neither is part of a model nor trains, measures or asks one."""
        if self.is_of_model(body) or self.trains(body) or self.drawn.is_all(body) or is_about_results(body):
            return False
        if body not in self.work.reads and not self._may_be_given(body):
            return False
        if self._shows(body) and not any(read in self.ingesting.ends for read in self.work.reads.get(body, ())):
            return False
        reads = self.work.reads.get(body, ())
        least = 1 if reads else LEAST_STEPS
        if len(reads) > 1 and all(read in self.ingesting.ends for read in reads):
            least = 0  # what two reads bring is put together, if only in loops
        return body.scope.name != "__init__" and self.work.steps(body) >= least

    def _may_be_given(self, body: Body) -> bool:
        """Whether a function that reads nothing works on what it is given: it asks neither the environment nor a model,
        starts no program and has nothing fitted."""
        if _asks_settings(body) or any(map(self._asks, body.calls)) or self._is_part(body) or asks_by_name(body):
            return False
        return not any(call.calls_external(*_STARTS) for call in body.calls) and not self._has_fitted(body, CALLEES)

    def _has_fitted(self, body: Body, depth: int) -> bool:
        """Whether a function calls others of the team's own that fit a model: it compares or runs what it is given."""
        key = (body, depth)
        if key not in self._fitting:
            self._fitting[key] = False
            called = [
                self.flow.body(*target.key)
                for call in body.calls
                for target in self.flow.targets(call)
                if target.kind == "func" and not target.guessed
            ]
            fits = any(map(self.trains, called))
            self._fitting[key] = fits or (depth > 1 and any(self._has_fitted(each, depth - 1) for each in called))
        return self._fitting[key]

    def _shows(self, body: Body) -> bool:
        """Whether a function draws, as it is called and as it does, or keeps nothing else; or only prints what it finds
        by itself."""
        if self.drawn.is_for(body) or self.drawn.keeps_nothing(body):
            return True
        own = (t for call in body.calls for t in self.flow.targets(call) if t.kind in ("func", "class"))
        return only_tells(body) and not any(own)

    def _is_part(self, body: Body) -> bool:
        """Whether a function stands in another one that trains a model or draws: it is a part of that."""
        around = body.module.outermost(body.number)
        outer = self.flow.body(body.module.index, around)
        if around == body.number or outer.scope.kind != "function":
            return False
        return self.trains(outer) or self.drawn.draws(outer)

    def _asks(self, call: Value) -> bool:
        if self.flow.roles(call) & (_OF_MODELS | _SEARCHES) or call.calls_method("invoke", "ainvoke"):
            return True
        uses = (self.models.uses(target) for target in self.flow.targets(call) if target.kind == "func")
        return any(use is not None and use.kind == "prediction" for use in uses)

    def asks_or_judges(self, call: Value) -> bool:
        """Whether a call says what a model says, or how well it does."""
        return bool(self.flow.roles(call) & _RESULTS) or self._asks(call)

    def is_of_model(self, body: Body) -> bool:
        """Whether a function is a part of a model; what only brings a trainer's data is none."""
        cls = self.flow.program.enclosing_class(body.key)
        if cls is None or not self.models.is_model(cls):
            return False
        return body not in self.work.reads or self.models.is_one_to_ask(cls)

    def trains(self, body: Body) -> bool:
        """Whether a model is trained: what fits an encoder works on data. Whatever is told how to optimize trains."""
        return any(self.models.trains(call) and not self.models.makes_features(call) for call in body.calls) or any(
            call.calls_method("train", "fit") and not _OPTIMIZING.isdisjoint(call.keywords) for call in body.calls
        )


def _asks_settings(body: Body) -> bool:
    """Whether a function asks the environment, and works on what that says."""
    return any(call.calls_external("os.getenv", "os.environ.get") for call in body.calls)

"""What is made on the way to a model: columns by name, functions passed, transformers fitted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.files.writers import Writers
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.types.models import Models, short_name
from mldebt.flow.value import Value
from mldebt.pipeline.models.made_columns import MadeColumns
from mldebt.pipeline.models.origins import Origins
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.skew.vectors import numbers_in
from mldebt.pipeline.skew.worked_out import WorkedOut, filled_with
from mldebt.pipeline.units import Unit

WALK_LIMIT = 1500
CALLERS = 3
LEARNS = frozenset({"fits", "tunes", "optimizes", "measures"})
_ANSWERS = ("predict", "predict_proba", "predict_log_proba", "decision_function")
FILES = 2
"""So many files one after the other are followed."""
_STATELESS = frozenset({"HashingVectorizer", "FeatureHasher", "Normalizer", "FunctionTransformer", "Binarizer"})


class Side:
    """What is made on the way to one call; `constants` are the columns that are one number for every row, `filled` are
    those that nothing makes but a loop over many names, which fills them where they have no value."""

    def __init__(self) -> None:
        self.columns: dict[str, Value] = {}
        self.constants: dict[str, Value] = {}
        self.functions: dict[Unit, Value] = {}
        self.fits: dict[str, Value] = {}
        self.vectors: dict[Value, frozenset[str]] = {}
        self.filled: set[str] = set()

    def made(self) -> Iterator[tuple[str, Value]]:
        """The columns, constant ones too, each with its name."""
        yield from self.columns.items()
        yield from self.constants.items()


class _Made(msgspec.Struct, frozen=True):
    """What one value makes: columns, constant ones, the transformer that it fits, the numbers of a vector."""

    columns: tuple[tuple[str, Value], ...]
    constants: tuple[tuple[str, Value], ...]
    fits: str
    vector: frozenset[str]
    is_filling: bool


class Sides:
    """Walks back from the calls that train and from those that ask."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)
        self.origins = project.flow.shared(Origins)
        self.worked_out = project.flow.shared(WorkedOut)
        self.made = project.flow.shared(MadeColumns)
        self.writers = project.flow.shared(Writers)
        self.serving_path = project.flow.shared(ServingPath)
        self._written: dict[Value, list[Visit]] = {}
        self._asking: dict[tuple[Unit, int], bool] = {}
        self._training: dict[int, Side] = {}
        self._made: dict[Value, _Made | None] = {}

    def training(self, model: TrainedModel) -> Side:
        """What is made for a model's training. What is shared with others may be called by them with other data, and
        rows that are only counted out show how it runs: these are none of it."""
        known = self._training.get(id(model))
        if known is None:
            kept = [visit for visit in self._visits(model) if not self._only_asks(visit.value.body.key, CALLERS)]
            known = self._training[id(model)] = self._side(kept)
            for value in dict.fromkeys(visit.value for visit in kept):
                self._add_listed(known, self.made.listed(value))
            known.columns = {name: made for name, made in known.columns.items() if self.is_learnt(made)}
        return known

    def is_learnt(self, made: Value) -> bool:
        """Whether a column is one that a training may learn from."""
        return self.worked_out.is_feature(made) and not self.worked_out.is_counted(made)

    def _only_asks(self, unit: Unit, levels: int) -> bool:
        """Whether only code that asks a model, and trains none, runs a function."""
        found = self._asking.get((unit, levels))
        if found is None:
            calls = self.flow.body(*unit).calls
            learns = any(self.flow.roles(call) & LEARNS for call in calls)
            up = [] if learns or not unit[1] else list({call.body.key for call in self.flow.callers(*unit)} - {unit})
            found = not learns and (
                any(map(self._asks, calls))
                or (levels > 0 and bool(up) and all(self._only_asks(each, levels - 1) for each in up))
            )
            self._asking[unit, levels] = found
        return found

    def _asks(self, call: Value) -> bool:
        """Whether a call asks a model, or calls a batch that does."""
        if "predicts" in self.flow.roles(call):
            return True
        own = [target.key for target in self.flow.targets(call) if target.kind == "func" and not target.guessed]
        return any(map(self.serving_path.is_batch, own))

    def _visits(self, model: TrainedModel) -> Iterator[Visit]:
        """All that the data which trains a model was made from, by the scripts too that wrote the files it is read
        from."""
        reads: dict[Value, int] = {}
        for visit in self._up_to_answers(self.origins.visits(model)):
            yield visit
            if self._reads(visit.value):
                reads.setdefault(visit.value, 0)
        waiting = deque(reads)
        while waiting:
            read = waiting.popleft()
            for write in self.writers.of(read) if reads[read] < FILES else ():
                for visit in self._before(write):
                    yield visit
                    if self._reads(visit.value) and visit.value not in reads:
                        reads[visit.value] = reads[read] + 1
                        waiting.append(visit.value)

    def _up_to_answers(self, visits: Iterable[Visit]) -> Iterator[Visit]:
        """Visits, without what another model was asked with: who learns from its answers sees no more of that."""
        behind: set[Visit] = set()
        for visit in visits:
            if visit.parent in behind:
                behind.add(visit)
                continue
            if self._is_answer(visit.value):
                behind.add(visit)
            yield visit

    def _is_answer(self, value: Value) -> bool:
        return value.calls_method(*_ANSWERS) and "predicts" in self.flow.roles(value)

    def _reads(self, value: Value) -> bool:
        return value.kind == "call" and self.writers.files.paths.is_read(value)

    def _before(self, write: Value) -> list[Visit]:
        """What a file was made from; many models are trained on one."""
        if write not in self._written:
            content = self.writers.content(write) if write.body.module.category == "product" else []
            self._written[write] = [
                visit for source in content for visit in self.flow.walk(source, self.origins.back, limit=WALK_LIMIT)
            ]
        return self._written[write]

    def serving(self, asked: Value, boundary: Unit, trained: frozenset[Unit]) -> Side:
        """What is made for a use; on the way to a batch, without what the training makes to look at itself."""
        visits = (
            visit
            for source in asked.arguments
            for visit in self.flow.walk(source, self._before_asking, limit=WALK_LIMIT)
        )
        is_endpoint = self.project.boundaries.endpoint(*boundary)
        kept = [
            visit
            for visit in visits
            if (self._is_served(visit.value) if is_endpoint else visit.value.body.key not in trained)
        ]
        found = self._side(kept)
        for value in dict.fromkeys(visit.value for visit in kept):  # a row that is a list names it by its variables
            self._add_listed(found, self.made.listed(value))
        for source in asked.arguments[:1]:
            self._add_listed(found, self.made.asked(source))
        return found

    def _add_listed(self, side: Side, listed: Iterable[tuple[str, Value]]) -> None:
        for name, made in listed:
            if self.worked_out.is_feature(made):
                side.columns.setdefault(name, made)

    def _before_asking(self, value: Value, stack: Stack) -> list[Step]:
        """What a value was made from; not what is handed to an object of unknown kind by a method that a library's
        models have too."""
        if self._is_answer(value):
            return []
        steps = self.origins.back(value, stack)
        if value.kind != "param" or stack:
            return steps
        others = self.flow.given_only_by(value, self._may_be_a_librarys)
        return [step for step in steps if step.value not in others]

    def _may_be_a_librarys(self, call: Value) -> bool:
        return any(target.kind == "external" and target.guessed for target in self.flow.targets(call))

    def _is_served(self, value: Value) -> bool:
        """Whether code runs behind an endpoint; whoever else calls what an endpoint calls serves nothing by it."""
        unit = value.body.key
        return not unit[1] or self.project.behind.endpoint(*unit) is not None

    def _side(self, visits: Iterable[Visit]) -> Side:
        found = Side()
        filled: dict[str, Value] = {}
        for value in dict.fromkeys(visit.value for visit in visits):
            if value.kind == "return":
                found.functions.setdefault(value.body.key, value)
            made = self._made_at(value)
            if made is not None:
                for name, column in made.columns:
                    (filled if made.is_filling else found.columns).setdefault(name, column)
                for name, constant in made.constants:
                    found.constants.setdefault(name, constant)
                if made.fits:
                    found.fits.setdefault(made.fits, value)
                if made.vector:
                    found.vectors[value] = made.vector
        found.filled = filled.keys() - found.columns.keys()
        found.columns.update((name, filled[name]) for name in filled if name in found.filled)
        return found

    def _made_at(self, value: Value) -> _Made | None:
        """What one value makes; many models are trained on the same."""
        if value not in self._made:
            columns = [(name, made) for name, made in self.made.of(value) if self.worked_out.is_feature(made)]
            constants = tuple(self.made.constants(value))
            fits = self.fitted(value) if value.kind == "call" else ""
            vector = numbers_in(value)
            is_any = bool(columns or constants or fits or vector)
            found = _Made(tuple(columns), constants, fits, vector, _fills_many(value)) if is_any else None
            self._made[value] = found
        return self._made[value]

    def fitted(self, call: Value) -> str:
        """The library's transformer that a call fits, "" for one that learns nothing."""
        if not {"fits", "features"} <= self.flow.roles(call) or call.receiver is None:
            return ""
        names = [each.name for each in self.flow.types(call.receiver) if isinstance(each.name, str)]
        kinds = [short_name(name) for name in names if self.models.kind(name) == "transformer"]
        return next((kind for kind in kinds if kind not in _STATELESS), "")


def _fills_many(value: Value) -> bool:
    """Whether a loop over names stores each column as it is, but for what stands in where it has no value."""
    key = value.one("key") if value.kind == "store" and isinstance(value.data, tuple) else None
    stored = value.one("value") if key is not None and key.kind == "element" else None
    return stored is not None and filled_with(stored) != ()

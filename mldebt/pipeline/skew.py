"""Features that are computed twice: on the way to a training, and by other code on the way to the model's use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.linking import is_self
from mldebt.flow.models import Models, short_name
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.pipeline.origins import Origins
from mldebt.pipeline.project import Project
from mldebt.pipeline.register import TrainedModel
from mldebt.pipeline.serving_path import ServingPath
from mldebt.pipeline.units import Unit
from mldebt.pipeline.worked_out import WorkedOut, filled_with

LOADERS_LOOKED_AT = 12
WALK_LIMIT = 1500
DEPTH = 5
CALLERS = 3
_LEARNS = frozenset({"fits", "tunes", "optimizes", "measures"})
_STATELESS = frozenset({"HashingVectorizer", "FeatureHasher", "Normalizer", "FunctionTransformer", "Binarizer"})
_COMMON = frozenset(
    """main run load read get predict forward transform fit train call process_request collate collate_fn
    collate_batch""".split()
)
PARTS_TOLD = 4
STATEMENTS = 3
"""So many statements a function has at least that is worth sharing."""


class Skew(msgspec.Struct, frozen=True, kw_only=True):
    """Something that two pieces of code make for one model. `kind` is column (`name` is its key), function (its name)
    or fit (of a transformer); `differs` says how the sides differ, "" where they do the same."""

    kind: str
    name: str
    training: Value
    serving: Value
    differs: str


class SkewedUse(msgspec.Struct, frozen=True, kw_only=True):
    """A use of a model whose features are made by other code than its training's."""

    model: TrainedModel
    fitted: Value
    asked: Value
    boundary: Unit
    skews: tuple[Skew, ...]


class _Side:
    """What is made on the way to one call: columns by name, functions passed, transformers fitted."""

    def __init__(self) -> None:
        self.columns: dict[str, Value] = {}
        self.functions: dict[Unit, Value] = {}
        self.fits: dict[str, Value] = {}


class Skews:
    """Compares both sides of every model that is trained and served in the repository."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.models = project.flow.shared(Models)
        self.keeping = project.keeping
        self.usage = project.usage
        self.serving = project.flow.shared(ServingPath)
        self.origins = project.flow.shared(Origins)
        self.worked_out = project.flow.shared(WorkedOut)

    def find(self) -> Iterator[SkewedUse]:
        """Every such use, a serving function once for each model; a pair of places once, with the first that has it."""
        told: set[tuple[object, ...]] = set()
        for model in self.project.trained_models:
            trained = frozenset(map(_unit, model.trained))
            asked = list(self._asked(model, trained))
            if not asked:
                continue
            training = self._side(self.origins.visits(model))
            seen: set[Unit] = set()
            for call, boundary in asked:
                unit = (call.body.module.index, call.body.number)
                if unit in seen or not (skews := self._compare(training, self._serving_side(call, boundary, trained))):
                    continue
                seen.add(unit)
                new = tuple(skew for skew in skews if _pair(skew) not in told)
                told.update(map(_pair, new))
                if new:
                    yield SkewedUse(model=model, fitted=model.trained[0], asked=call, boundary=boundary, skews=new)

    # ------------------------------------------------------------------ where it is used

    def _asked(self, model: TrainedModel, trained: frozenset[Unit]) -> Iterator[tuple[Value, Unit]]:
        """The calls by which a serving boundary asks a model, or what was loaded of it."""
        loaders = self.keeping.loaders(model, self.keeping.artifacts(model), LOADERS_LOOKED_AT)
        calls = [*model.asked, *(call for loader in loaders for call in self.usage.asked_of(loader))]
        for call in dict.fromkeys(calls):
            unit = (call.body.module.index, call.body.number)
            if call.kind != "call" or call.body.module.category != "product" or unit in trained:
                continue
            boundary = self.project.behind.endpoint(*unit) or (unit if self._is_batch(unit, trained) else None)
            if boundary is not None:
                yield call, boundary

    def _is_batch(self, unit: Unit, trained: frozenset[Unit]) -> bool:
        calls = self.flow.body(*unit).calls
        if not self.serving.is_batch(unit) or any(self.flow.roles(call) & _LEARNS for call in calls):
            return False
        return not self._is_in_training(unit, trained, CALLERS)

    def _is_in_training(self, unit: Unit, trained: frozenset[Unit], levels: int) -> bool:
        """Whether only code that trains runs a function: what it makes and asks there is its own evaluation."""
        if unit in trained:
            return True
        callers = set(map(_unit, self.flow.callers(*unit))) - {unit}
        return levels > 0 and bool(callers) and all(self._is_in_training(up, trained, levels - 1) for up in callers)

    # ------------------------------------------------------------------ what is made on the way

    def _serving_side(self, asked: Value, boundary: Unit, trained: frozenset[Unit]) -> _Side:
        """What is made for a use; on the way to a batch, without what the training makes to look at itself."""
        visits = (
            visit for source in asked.arguments for visit in self.flow.walk(source, self.origins.back, limit=WALK_LIMIT)
        )
        if not self.project.boundaries.endpoint(*boundary):
            return self._side(visit for visit in visits if _unit(visit.value) not in trained)
        return self._side(visit for visit in visits if self._is_served(visit.value))

    def _is_served(self, value: Value) -> bool:
        """Whether code runs behind an endpoint; whoever else calls what an endpoint calls serves nothing by it."""
        unit = (value.body.module.index, value.body.number)
        return not unit[1] or self.project.behind.endpoint(*unit) is not None

    def _side(self, visits: Iterable[Visit]) -> _Side:
        found = _Side()
        for visit in visits:
            value = visit.value
            if value.kind == "return":
                found.functions.setdefault((value.body.module.index, value.body.number), value)
            for name, made in self._columns(value):
                if self.worked_out.is_feature(made):
                    found.columns.setdefault(name, made)
            if value.kind == "call" and (kind := self._fitted(value)):
                found.fits.setdefault(kind, value)
        return found

    def _columns(self, value: Value) -> Iterator[tuple[str, Value]]:
        """The named features that a value adds to what holds them: `frame["x"] = …`, `{"x": …}`, `assign(x=…)`; in a
        loop over names, each of them."""
        if value.kind == "store" and isinstance(value.data, tuple):
            stored = value.one("value")
            yield from ((name, stored) for name in self._names(value) if stored is not None)
        elif value.kind == "dict" and not value.every("spread"):
            yield from (
                (key, item) for key, item in zip(value.keys, value.every("item"), strict=False) if isinstance(key, str)
            )
        elif value.kind == "call" and value.calls_method("assign", "with_columns", "withColumn", "mutate"):
            yield from (
                (keyword, source) for keyword, source in value.named_arguments if keyword not in ("", "*", "**")
            )

    def _names(self, store: Value) -> list[str]:
        """The keys that a value is stored under, as far as they are written down."""
        key = store.one("key")
        if isinstance(store.key, str):
            return [store.key]
        if key is None or key.kind != "element":
            return []
        members = (member.value for member in self.flow.members(key.source, ()))
        return [member.data for member in members if member.kind == "const" and isinstance(member.data, str)]

    def _fitted(self, call: Value) -> str:
        """The library's transformer that a call fits."""
        if not {"fits", "features"} <= self.flow.roles(call) or call.receiver is None:
            return ""
        names = [each.name for each in self.flow.types(call.receiver) if isinstance(each.name, str)]
        kinds = [short_name(name) for name in names if self.models.kind(name) == "transformer"]
        return next((kind for kind in kinds if kind not in _STATELESS), "")

    # ------------------------------------------------------------------ both sides

    def _compare(self, training: _Side, serving: _Side) -> list[Skew]:
        found = []
        fits = set(serving.fits.values())
        for name, here in serving.columns.items():
            there = training.columns.get(name)
            if there is None or there.body is here.body or here in fits:
                continue
            if not _applies(there, here) and not _are_filled_alike(there, here):
                found.append(
                    Skew(kind="column", name=name, training=there, serving=here, differs=self._differs(there, here))
                )
        found += self._functions(training, serving)
        for kind, here in serving.fits.items():
            there = training.fits.get(kind)
            if there is not None and there is not here:
                found.append(Skew(kind="fit", name=kind, training=there, serving=here, differs="fitted anew"))
        return found

    def _functions(self, training: _Side, serving: _Side) -> Iterator[Skew]:
        """Functions of one name, one on each way and neither on both."""
        by_name = {
            self.flow.scope(*unit).name: value
            for unit, value in training.functions.items()
            if unit not in serving.functions and self._is_own_work(unit)
        }
        for unit, here in serving.functions.items():
            name = self.flow.scope(*unit).name
            if unit not in training.functions and self._is_own_work(unit) and name in by_name:
                there = by_name[name]
                yield Skew(kind="function", name=name, training=there, serving=here, differs=self._unlike(there, here))

    def _is_own_work(self, unit: Unit) -> bool:
        """Whether a function makes something of its own that it is given: no method, nothing that every module has."""
        scope = self.flow.scope(*unit)
        parent = self.flow.scope(unit[0], scope.parent) if scope.parent >= 0 else scope
        if scope.kind != "function" or parent.kind == "class" or scope.name.strip("_") in _COMMON:
            return False
        return len(scope.body) >= STATEMENTS and len(scope.parameters) > 0

    def _differs(self, one: Value, other: Value) -> str:
        """What one side does and the other does not, in the names of functions and operators."""
        there, here = self._parts(one, DEPTH), self._parts(other, DEPTH)
        return _told(there - here, here - there)

    def _unlike(self, one: Value, other: Value) -> str:
        there, here = self._called(one), self._called(other)
        return _told(there - here, here - there)

    def _called(self, result: Value) -> frozenset[str]:
        return frozenset(name for call in result.body.calls if (name := _name(call)))

    def _parts(self, value: Value, depth: int) -> frozenset[str]:
        """The functions, operators and numbers that a value is worked out with, here."""
        if depth <= 0 or is_self(value):
            return frozenset()
        found: set[str] = set()
        if value.kind == "call":
            found.add(_name(value))
            if value.receiver is not None and value.receiver.kind == "call":  # one of a chain of methods
                found |= self._parts(value.receiver, depth - 1)
        elif value.kind in ("operation", "compare"):
            operators = value.data if isinstance(value.data, tuple) else (value.data,)
            found.update(map(str, operators))
        elif value.kind == "const" and isinstance(value.data, int | float) and not isinstance(value.data, bool):
            found.add(repr(value.data))
        for label, source in value.inputs:
            if label not in ("key", "function") and source.body is value.body:
                found |= self._parts(source, depth - 1)
        return frozenset(filter(None, found))


def _applies(training: Value, serving: Value) -> bool:
    """Whether what training fits, serving only applies: an encoder that is kept beside the model."""
    return training.calls_method("fit_transform", "transform") and serving.calls_method("transform")


def _unit(value: Value) -> Unit:
    return value.body.module.index, value.body.number


def _pair(skew: Skew) -> tuple[object, ...]:
    """The two places of a skew, and what is made there."""
    places = ((side.body.module.index, side.body.number, side.at) for side in (skew.training, skew.serving))
    return (skew.kind, skew.name, skew.differs, *places)


def _are_filled_alike(there: Value, here: Value) -> bool:
    """Whether both sides only say what stands in for a missing value, and say the same, however it is written."""
    filling = filled_with(there)
    return filling != () and filling == filled_with(here)


def _name(call: Value) -> str:
    return call.function.name.rpartition(".")[2] if call.function.kind in ("attr", "external") else ""


def _told(there: frozenset[str], here: frozenset[str]) -> str:
    parts = []
    if there:
        parts.append(f"only training has {_first(there)}")
    if here:
        parts.append(f"only serving has {_first(here)}")
    return ", ".join(parts)


def _first(parts: frozenset[str]) -> str:
    """Some of what one side has: functions tell more than numbers and operators."""
    return ", ".join(sorted(parts, key=lambda part: (not part.isidentifier(), part))[:PARTS_TOLD])

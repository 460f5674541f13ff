"""Features that are computed twice: on the way to a training, and by other code on the way to the model's use."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.linking import is_self
from mldebt.flow.value import Value
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.skew.cleaning import Cleaning
from mldebt.pipeline.skew.skew_by_names import ByNames
from mldebt.pipeline.skew.skew_refits import Refits
from mldebt.pipeline.skew.skew_sides import CALLERS, LEARNS, Side, Sides
from mldebt.pipeline.skew.vectors import numbers_in, told_apart
from mldebt.pipeline.skew.worked_out import KEEPS_VALUES, filled_with
from mldebt.pipeline.units import Unit

LOADERS_LOOKED_AT = 12
DEPTH = 5
VERSIONS = 40
OPERANDS = 60
_TABLES = frozenset({"store", "phi", "mutate", "passed", "param"})
_COMMON = frozenset(
    """main run load read get predict forward transform fit train call process_request collate collate_fn
    collate_batch""".split()
)
PARTS_TOLD = 4
STATEMENTS = 3
"""So many statements a function has at least that is worth sharing."""


class Skew(msgspec.Struct, frozen=True, kw_only=True):
    """Something that two pieces of code make for one model. `kind` is column (`name` is its key), function (its name),
    fit (of a transformer) or vector (by what stands beside its arrays); `differs` says how the sides differ, "" where
    they do the same."""

    kind: str
    name: str
    training: Value
    serving: Value
    differs: str


class SkewedUse(msgspec.Struct, frozen=True, kw_only=True):
    """A use of a model whose features are made by other code than its training's."""

    trainings: tuple[tuple[str, Value], ...]
    """The models that it may be of, by name and where each is trained: none where that is not known, only the code that
    prepares data with the same features."""
    asked: Value
    boundary: Unit
    skews: tuple[Skew, ...]


class Skews:
    """Compares both sides of every model that is trained and served in the repository."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow
        self.keeping = project.keeping
        self.usage = project.usage
        self.serving = project.flow.shared(ServingPath)
        self.sides = Sides(project)
        self.cleaned = project.flow.shared(Cleaning)

    def find(self) -> Iterator[SkewedUse]:
        """Every such use, a serving function once for each model, first what differs; a pair of places once, with the
        first that has it, and what is made for serving in the same way as for several models once."""
        told: set[tuple[object, ...]] = set()
        known: set[Value] = set()
        for model in self.project.trained_models:
            trained = frozenset(call.body.key for call in model.trained)
            asked = list(self._asked(model, trained))
            known.update(call for call, _ in asked)
            if not asked:
                continue
            training = self.sides.training(model)
            seen: set[Unit] = set()
            for call, boundary in asked:
                unit = call.body.key
                if unit in seen or not (skews := self._compare(training, self.sides.serving(call, boundary, trained))):
                    continue
                seen.add(unit)
                new = tuple(sorted((s for s in skews if _pair(s) not in told), key=lambda skew: not skew.differs))
                is_copy = all(not s.differs and _place(s) in told for s in new)
                told.update(key for s in new for key in (_pair(s), _place(s)))
                if not is_copy:
                    yield SkewedUse(
                        trainings=((model.name, model.trained[0]),), asked=call, boundary=boundary, skews=new
                    )
        yield from self._refits()
        yield from self._by_names(known, told)

    def _refits(self) -> Iterator[SkewedUse]:
        """Models whose own class fits anew, on what it is asked with, a transformer that it fitted for its training."""
        refits = Refits(self.flow, self.sides)
        for model in self.project.trained_models:
            for kind, there, here in refits.of(model.cls) if model.cls is not None else ():
                skew = Skew(kind="fit", name=kind, training=there, serving=here, differs="fitted anew")
                unit = here.body.key
                yield SkewedUse(trainings=((model.name, there),), asked=here, boundary=unit, skews=(skew,))
                break

    def _by_names(self, known: set[Value], told: set[tuple[object, ...]]) -> Iterator[SkewedUse]:
        """Uses of models that come from where nobody tells: what differs under the names of features, most of which a
        training has as well. That two functions have one name says little there."""
        for use in ByNames(self.project, self.sides).find(known):
            found = [skew for skew in self._compare(use.training, use.serving) if skew.kind == "column"]
            skews = [skew for skew in found if _pair(skew) not in told]
            told.update(map(_pair, skews))
            if any(skew.differs for skew in skews):
                ordered = sorted(skews, key=lambda skew: (not skew.differs.startswith("always"), not skew.differs))
                trainings = tuple({model.name: model.trained[0] for model in use.models}.items())
                yield SkewedUse(trainings=trainings, asked=use.asked, boundary=use.boundary, skews=tuple(ordered))

    # ------------------------------------------------------------------ where it is used

    def _asked(self, model: TrainedModel, trained: frozenset[Unit]) -> Iterator[tuple[Value, Unit]]:
        """The calls by which a serving boundary asks a model, or what was loaded of it."""
        loaders = self.keeping.loading.of(model, self.keeping.artifacts(model), LOADERS_LOOKED_AT)
        calls = [*model.asked, *(call for loader in loaders for call in self.usage.asked_of(loader))]
        for call in dict.fromkeys(calls):
            unit = call.body.key
            if call.kind != "call" or call.body.module.category != "product" or unit in trained:
                continue
            boundary = self.project.behind.endpoint(*unit) or (unit if self._is_batch(unit, trained) else None)
            if boundary is not None:
                yield call, boundary

    def _is_batch(self, unit: Unit, trained: frozenset[Unit]) -> bool:
        calls = self.flow.body(*unit).calls
        if not self.serving.is_batch(unit) or any(self.flow.roles(call) & LEARNS for call in calls):
            return False
        return not self._is_in_training(unit, trained, CALLERS)

    def _is_in_training(self, unit: Unit, trained: frozenset[Unit], levels: int) -> bool:
        """Whether only code that trains runs a function: what it makes and asks there is its own evaluation."""
        if unit in trained:
            return True
        callers = {call.body.key for call in self.flow.callers(*unit)} - {unit}
        return levels > 0 and bool(callers) and all(self._is_in_training(up, trained, levels - 1) for up in callers)

    # ------------------------------------------------------------------ both sides

    def _compare(self, training: Side, serving: Side) -> list[Skew]:
        found = []
        fits = set(serving.fits.values())
        filled = training.filled | serving.filled
        for name, here in serving.columns.items():
            there = training.columns.get(name)
            if there is None or there.body is here.body or here in fits or _only_refines(name, there, here):
                continue
            if name in filled and bool(filled_with(there)) != bool(filled_with(here)):
                continue  # made on one side, and only filled with many others on the other
            if self._runs(here, there) or self._runs(there, here):
                continue
            if not _applies(there, here) and not _are_filled_alike(there, here):
                differs = self._differs(there, here)
                if differs or there.body.module is not here.body.module:
                    found.append(Skew(kind="column", name=name, training=there, serving=here, differs=differs))
        found += self._constants(training, serving)
        found += self._functions(training, serving)
        if (vectors := told_apart(training.vectors, serving.vectors)) is not None:
            there, here = vectors
            told = f"only training has {_first(numbers_in(there))}, only serving has {_first(numbers_in(here))}"
            found.append(Skew(kind="vector", name="vector", training=there, serving=here, differs=told))
        for kind, here in serving.fits.items():
            there = training.fits.get(kind)
            if there is not None and there is not here:
                found.append(Skew(kind="fit", name=kind, training=there, serving=here, differs="fitted anew"))
        return found

    def _runs(self, one: Value, other: Value) -> bool:
        """Whether one side makes a column by calling the function in which it is made for the other."""
        return any(target.kind == "func" and target.key == other.body.key for target in self.flow.targets(one))

    def _constants(self, training: Side, serving: Side) -> Iterator[Skew]:
        """Features that one side works out and that are the same number for every row on the other."""
        for name, here in {**serving.constants, **serving.columns}.items():
            is_worked_out = name in serving.columns
            there = (training.constants if is_worked_out else training.columns).get(name)
            if there is None or there.body is here.body or (is_worked_out and name in training.columns):
                continue
            if here is training.constants.get(name) or _is_sample(here):
                continue  # both sides fill it in where nothing is known; a request that a script sends to see
            told = f"always {there.data!r} for training" if is_worked_out else f"always {here.data!r} for serving"
            yield Skew(kind="column", name=name, training=there, serving=here, differs=told)

    def _functions(self, training: Side, serving: Side) -> Iterator[Skew]:
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
        yield from self._cleaned(training, serving)

    def _cleaned(self, training: Side, serving: Side) -> Iterator[Skew]:
        """Texts that either way cleans by one function of its own, of another name, which does not do the same."""
        theirs, ours = (self._cleaning(side) for side in (training, serving))
        if len(theirs) != 1 or len(ours) != 1 or theirs.keys() & ours.keys():
            return
        ((unit, there),), ((other, here),) = theirs.items(), ours.items()
        names = [self.flow.scope(*each).name for each in (unit, other)]
        if names[0] != names[1] and self.cleaned.steps(unit) != self.cleaned.steps(other):
            differs = self._unlike(there, here) or "other patterns"
            told = f"{names[0]}() there, {differs}"
            yield Skew(kind="function", name=names[1], training=there, serving=here, differs=told)

    def _cleaning(self, side: Side) -> dict[Unit, Value]:
        return {unit: value for unit, value in side.functions.items() if self.cleaned.is_cleaning(unit)}

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
        if _is_column(value):
            stored = _stored(value)
            return self._parts(stored, depth - 1) if stored is not None else frozenset()
        plain = _plain(value)
        if plain is not None:
            return self._parts(plain, depth)
        if value.kind == "call":
            found.add(_name(value))
            if value.receiver is not None and value.receiver.kind in ("call", "compare", "operation"):
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


def _pair(skew: Skew) -> tuple[object, ...]:
    """The two places of a skew, and what is made there."""
    places = ((side.body.module.index, side.body.number, side.at) for side in (skew.training, skew.serving))
    return (skew.kind, skew.name, skew.differs, *places)


def _place(skew: Skew) -> tuple[object, ...]:
    """What is made for serving, and where."""
    side = skew.serving
    return (skew.kind, skew.name, side.body.module.index, side.body.number, side.at)


def _are_filled_alike(there: Value, here: Value) -> bool:
    """Whether both sides only say what stands in for a missing value, and say the same, however it is written."""
    filling = filled_with(there)
    return filling != () and filling == filled_with(here)


def _is_column(value: Value) -> bool:
    """Whether a value is read from a table or a row by its name; what else that holds is no part of it."""
    return value.kind in ("item", "attr") and value.source.kind in _TABLES and isinstance(_key(value), str)


def _key(value: Value) -> object:
    return value.name if value.kind == "attr" else value.key


def _stored(column: Value) -> Value | None:
    """What the same code stored under the name of a column before."""
    holder, met = column.source, 0
    while holder.kind in ("store", "passed", "mutate") and met < VERSIONS:
        if holder.kind == "store" and isinstance(holder.data, tuple) and holder.key == _key(column):
            return holder.one("value")
        holder, met = holder.source, met + 1
    return None


def _plain(value: Value) -> Value | None:
    """What a value is in plain words: the test of `1 if test else 0`, however that is written; what `x or 0` is where
    there is something."""
    if value.kind == "operation" and value.data == "or":
        kept, *others = value.every("operand")
        return kept if all(other.kind == "const" for other in others) else None
    if value.kind == "choice":
        test, answers = value.one("test"), value.every("value")
    elif value.kind == "call" and _name(value) in ("where", "int"):
        test, answers = (value.arguments[0] if value.arguments else None), value.arguments[1:]
        if _name(value) == "int" and (test is None or test.kind != "compare"):
            return None
    else:
        return None
    is_flag = all(answer.kind == "const" and answer.data in (0, 1) for answer in answers)
    return test if is_flag and (answers or value.kind == "call") else None


def _only_refines(name: str, there: Value, here: Value) -> bool:
    """Whether serving changes a column that it has from elsewhere, and training makes it: two steps, not one twice."""
    return _reads(here, (name,)) and not _reads(there, (name, None))


def _reads(made: Value, names: tuple[str | None, ...]) -> bool:
    """Whether a column is made from what stands under one of some names; None is one that is worked out."""
    waiting, met = [made], 0
    while waiting and met < OPERANDS:
        value, met = waiting.pop(), met + 1
        if value.kind in ("item", "attr") and _key(value) in names:
            return True
        waiting += [source for _, source in value.inputs if source.body is made.body and source.kind not in _TABLES]
    return False


def _name(call: Value) -> str:
    """What a call does to values, by its name; "" where it only gives them another form."""
    name = call.function.name.rpartition(".")[2] if call.function.kind in ("attr", "external") else ""
    return "" if name in KEEPS_VALUES else name


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


def _is_sample(here: Value) -> bool:
    """Whether a value stands in a script's own table of nothing but literals, which is one row that it makes up."""
    tables = [user for _, user in here.uses if user.kind == "dict"]
    return not here.body.number and any(all(map(_is_literal, table.every("item"))) for table in tables)


def _is_literal(value: Value) -> bool:
    """Whether a value is a literal, with a sign before it or not."""
    return value.kind == "const" or (
        value.kind == "operation" and all(each.kind == "const" for _, each in value.inputs)
    )

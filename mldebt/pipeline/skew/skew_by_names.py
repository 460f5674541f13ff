"""Uses of a model of which nothing here tells where it was trained, held against trainings by the names of features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.skew.skew_sides import CALLERS, LEARNS, Side, Sides
from mldebt.pipeline.units import Unit

SHARED = 3
"""So many features have the same names, as many in one function, and most of those that are made for the use."""
MODELS = 30


class Namesake(msgspec.Struct, frozen=True):
    """A use of a model, what is made for it, and what is made under the same names for a training."""

    asked: Value
    boundary: Unit
    serving: Side
    training: Side
    models: tuple[TrainedModel, ...]
    """All that are trained on the same features; none where the data is prepared, and which training reads it is left
    open."""


class ByNames:
    """Finds, for each use that no training is known of, the training with the same features."""

    def __init__(self, project: Project, sides: Sides) -> None:
        self.project = project
        self.flow = project.flow
        self.sides = sides
        self.serving = project.flow.shared(ServingPath)
        self.models = project.flow.shared(Models)

    def find(self, known: set[Value]) -> Iterator[Namesake]:
        """Each use once for a function; `known` are those whose training the flow tells."""
        if not self.project.trained_models:
            return
        for call, boundary in self._asked(known):
            side = self.sides.serving(call, boundary, frozenset())
            made = dict(side.made())
            own = {each.body.key for each in made.values()}
            elsewhere = Counter(unit for name in made for unit in self._tables.get(name, set()) - own)
            if max(elsewhere.values(), default=0) < SHARED:
                continue
            names = {name for name, each in made.items() if each.body.key not in self._making}
            if len(names) < SHARED:
                continue
            nearest = self._nearest(names)
            if nearest and _is_telling(names, nearest[0][1]):
                yield Namesake(call, boundary, side, nearest[0][1], tuple(model for model, _ in nearest))
                continue
            prepared = self._prepared(names, call)
            if _is_telling(names, prepared):
                yield Namesake(call, boundary, side, prepared, ())

    def _asked(self, known: set[Value]) -> Iterator[tuple[Value, Unit]]:
        """The calls behind a boundary, or of a batch, that ask what was loaded; the first of each function."""
        units = {**{unit: unit for unit in self.serving.batches}, **self.serving.behind}
        for unit, boundary in units.items():
            calls = self.flow.body(*unit).calls
            asked = [call for call in calls if "predicts" in self.flow.roles(call)]
            learns = any(self.flow.roles(call) & LEARNS for call in calls)
            if asked and not learns and not known.intersection(asked) and not self._trains_itself(asked[0]):
                yield asked[0], boundary

    def _trains_itself(self, asked: Value) -> bool:
        """Whether the file that asks a model trains one: that one is asked, and no other script's. What a class holds,
        it may train without telling of what library it is. A script may have a function of another file train it."""
        module, held = asked.body.module, asked.receiver
        name = held.data if held is not None and held.kind == "attr" else None
        bodies = (self.flow.body(module.index, number) for number in range(len(module.facts.scopes)))
        calls = [call for body in bodies for call in body.calls]
        if any(self._trains(call, name) for call in calls):
            return True
        return asked.body.key in self.serving.batches and any(map(self._has_trained, calls))

    def _has_trained(self, call: Value) -> bool:
        """Whether a call is one of a function that trains a model."""
        own = [target.key for target in self.flow.targets(call) if target.kind == "func" and not target.guessed]
        return any(self._trains(each, None) for key in own for each in self.flow.body(*key).calls)

    def _trains(self, call: Value, name: object) -> bool:
        """Whether a call trains a model, or fits what is held under a name."""
        if call.calls_method("fit") and name is not None and call.function.source.data == name:
            return True
        return self.models.trains(call) and not self.models.makes_features(call)

    @cached_property
    def _trainings(self) -> list[tuple[TrainedModel, Side]]:
        return [(model, self.sides.training(model)) for model in self.project.trained_models[:MODELS]]

    def _nearest(self, names: set[str]) -> list[tuple[TrainedModel, Side]]:
        """The trainings with the most features of these names."""
        most = max((_count(names, side) for _, side in self._trainings), default=0)
        return [(model, side) for model, side in self._trainings if _count(names, side) == most]

    @cached_property
    def _making(self) -> frozenset[Unit]:
        """The functions that make features for a training: what they make for serving is no second code."""
        return frozenset(each.body.key for _, side in self._trainings for _, each in side.made())

    # ------------------------------------------------------------------ where data is prepared

    def _prepared(self, names: set[str], asked: Value) -> Side:
        """What code that serves nobody, and writes files, makes under these names: of the same part of the repository
        or of one around it, each function at least so many."""
        found = Side()
        part = self.project.subprojects.of(asked.body.module.path)
        units = [unit for name in names for unit in self._tables.get(name, ()) if unit not in self.serving.behind]
        for unit in dict.fromkeys(unit for unit in units if units.count(unit) >= SHARED):
            module = self.flow.program.modules[unit[0]]
            own = self.project.subprojects.of(module.path)
            is_around = own == "" or f"{part}/".startswith(f"{own}/")
            if module.is_notebook or not is_around or not self._writes(unit):
                continue
            columns = {
                name: made
                for name, made in self._columns(self.flow.body(*unit))
                if name in names and self.sides.is_learnt(made)
            }
            if len(columns) >= SHARED:
                found.columns = columns | found.columns
        return found

    @cached_property
    def _tables(self) -> dict[str, set[Unit]]:
        """By name, the functions that make a column of that name."""
        found: dict[str, set[Unit]] = {}
        for module in self.flow.program.modules:
            for number in range(len(module.facts.scopes)) if module.category == "product" else ():
                for name, _ in self._columns(self.flow.body(module.index, number)):
                    found.setdefault(name, set()).add((module.index, number))
        return found

    def _columns(self, body: Body) -> Iterator[tuple[str, Value]]:
        for node in body.nodes:
            if node.kind in ("store", "dict") or (node.kind == "call" and any(node.keywords)):
                yield from self.sides.made.of(node)

    def _writes(self, unit: Unit) -> bool:
        """Whether a function, or one that calls it, writes a file, and none of them asks a model or is started by who
        does."""
        layer, seen = [unit], {unit}
        is_written = False
        for _ in range(CALLERS):
            calls = [call for each in layer for call in self.flow.body(*each).calls]
            if any("predicts" in self.flow.roles(call) for call in calls):
                return False
            is_written = is_written or any(map(self._is_write, calls))
            layer = [up for each in layer for call in self.flow.callers(*each) if (up := call.body.key) not in seen]
            seen.update(layer)
        return is_written

    def _is_write(self, call: Value) -> bool:
        """Whether a call writes a file, or calls a function that does."""
        paths = self.sides.writers.files.paths
        own = [target.key for target in self.flow.targets(call) if target.kind == "func"]
        return paths.is_write(call) or any(paths.is_write(each) for unit in own for each in self.flow.body(*unit).calls)


def _count(names: set[str], side: Side) -> int:
    return len(names & side.columns.keys())


def _is_telling(names: set[str], side: Side) -> bool:
    """Whether a side makes most of what is made under some names, and more than a few of them."""
    shared = _count(names, side)
    return shared >= SHARED and 2 * shared >= len(names)

"""Uses of a model of which nothing here tells where it was trained, held against trainings by the names of features."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.pipeline.register import TrainedModel
from mldebt.pipeline.serving_path import ServingPath
from mldebt.pipeline.skew_sides import CALLERS, LEARNS, Side, Sides, unit_of
from mldebt.pipeline.units import Unit

SHARED = 3
"""So many features have the same names, and most of those that are made for the use."""
MODELS = 30


class Namesake(NamedTuple):
    """A use of a model, what is made for it, and what is made under the same names for a training."""

    asked: Value
    boundary: Unit
    serving: Side
    training: Side
    model: TrainedModel | None
    """None where the data is prepared, and which training reads it is left open."""


class ByNames:
    """Finds, for each use that no training is known of, the training with the same features."""

    def __init__(self, project: Project, sides: Sides) -> None:
        self.project = project
        self.flow = project.flow
        self.sides = sides
        self.serving = project.flow.shared(ServingPath)

    def find(self, known: set[Value]) -> Iterator[Namesake]:
        """Each use once for a function; `known` are those whose training the flow tells."""
        if not self.project.trained_models:
            return
        for call, boundary in self._asked(known):
            side = self.sides.serving(call, boundary, frozenset())
            made = dict(side.made())
            if len(made) < SHARED:
                continue
            names = {name for name, each in made.items() if unit_of(each) not in self._making}
            if len(names) < SHARED:
                continue
            model = max(self._trainings, key=lambda each: _count(names, each[1]), default=None)
            if model is not None and _is_telling(names, model[1]):
                yield Namesake(call, boundary, side, model[1], model[0])
                continue
            prepared = self._prepared(names, call)
            if _is_telling(names, prepared):
                yield Namesake(call, boundary, side, prepared, None)

    def _asked(self, known: set[Value]) -> Iterator[tuple[Value, Unit]]:
        """The calls behind a boundary, or of a batch, that ask what was loaded; the first of each function."""
        units = {**{unit: unit for unit in self.serving.batches}, **self.serving.behind}
        for unit, boundary in units.items():
            calls = self.flow.body(*unit).calls
            asked = [call for call in calls if "predicts" in self.flow.roles(call)]
            learns = any(self.flow.roles(call) & LEARNS for call in calls)
            if asked and not learns and not known.intersection(asked) and unit not in self._training_units:
                yield asked[0], boundary

    @cached_property
    def _training_units(self) -> frozenset[Unit]:
        return frozenset(unit_of(call) for model in self.project.trained_models for call in model.trained)

    @cached_property
    def _trainings(self) -> list[tuple[TrainedModel, Side]]:
        return [(model, self.sides.training(model)) for model in self.project.trained_models[:MODELS]]

    @cached_property
    def _making(self) -> frozenset[Unit]:
        """The functions that make features for a training: what they make for serving is no second code."""
        return frozenset(unit_of(each) for _, side in self._trainings for _, each in side.made())

    # ------------------------------------------------------------------ where data is prepared

    def _prepared(self, names: set[str], asked: Value) -> Side:
        """What code that serves nobody, and writes files, makes under these names: of the same part of the repository,
        each function at least so many."""
        found = Side()
        part = self.project.subprojects.of(asked.body.module.path)
        by_unit: dict[Unit, dict[str, Value]] = {}
        for name in names:
            for made in self._tables.get(name, ()):
                by_unit.setdefault(unit_of(made), {}).setdefault(name, made)
        for unit, columns in by_unit.items():
            module = self.flow.program.modules[unit[0]]
            if len(columns) >= SHARED and self.project.subprojects.of(module.path) == part and self._writes(unit):
                for name, made in columns.items():
                    found.columns.setdefault(name, made)
        return found

    @cached_property
    def _tables(self) -> dict[str, list[Value]]:
        """By name, what is worked out for a column of that name by code that serves nobody."""
        found: dict[str, list[Value]] = {}
        for module in self.flow.program.modules:
            if module.category != "product" or module.is_notebook:
                continue
            for number in range(len(module.facts.scopes)):
                if (module.index, number) in self.serving.behind:
                    continue
                for node in self.flow.body(module.index, number).nodes:
                    for name, made in self.sides.made.of(node):
                        if self.sides.worked_out.is_feature(made):
                            found.setdefault(name, []).append(made)
        return found

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
            layer = [up for each in layer for up in map(unit_of, self.flow.callers(*each)) if up not in seen]
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

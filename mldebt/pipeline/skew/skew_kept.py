"""Transformers that were kept as they had been fitted, and are fitted anew on what a model is asked with."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.conditions.conditions import ways
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.regex import regex

LOAD_LIMIT = 40
USE_LIMIT = 200
_ASKS = regex(r"(^|_)(predict(ion)?s?|infer(ence)?|score|forecast|recommend|classify|serve)(_|$)")
_PASSING = frozenset("phi same passed param attr item global free call return element collection mutate".split())


class KeptFit(msgspec.Struct, frozen=True):
    """Where a fitted transformer is loaded, where it is fitted anew, and the call that asks the model with what it
    gives: None where only the name of the function tells that."""

    loaded: Value
    fitted: Value
    asked: Value | None


class KeptFits:
    """Looks through the code that asks models and trains none."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow

    def find(self) -> Iterator[KeptFit]:
        """Each such fit that runs whatever has happened before, the first of each function."""
        for body in self.project.bodies():
            fits = [call for call in body.calls if call.calls_method("fit_transform") and not ways(body, call.at)]
            if fits and not self._trains(body, fits):
                yield from self._first(fits)

    def _first(self, fits: list[Value]) -> Iterator[KeptFit]:
        for fitted in fits:
            loaded = self.loaded(fitted)
            asked = self._asked(fitted) if loaded is not None else None
            if loaded is not None and (asked is not None or _ASKS.search(fitted.body.scope.name)):
                yield KeptFit(loaded, fitted, asked)
                return

    def _trains(self, body: Body, fits: list[Value]) -> bool:
        """Whether the same code trains something on what it fits: then all is learnt anew."""
        return any(self.flow.roles(call) & TRAINS for call in body.calls if call not in fits)

    def loaded(self, fitted: Value) -> Value | None:
        """The call that loads what is fitted; None where something else makes it, or may."""
        made = None
        if fitted.receiver is None:
            return None
        for visit in self.flow.walk(fitted.receiver, self._to_makers, limit=LOAD_LIMIT):
            value = visit.value
            if value.kind == "class" or (value.kind == "call" and not self._to_makers(value, visit.stack)):
                if "loads" not in self.flow.roles(value):
                    return None
                made = made or value
        return made

    def _to_makers(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "call":
            is_loaded = "loads" in self.flow.roles(value)
            return [] if is_loaded else [each for each in self.flow.back(value, stack) if each.label == "returned"]
        return self.flow.back(value, stack) if value.kind in _PASSING else []

    def _asked(self, fitted: Value) -> Value | None:
        visits = self.flow.walk(fitted, self.flow.forth, limit=USE_LIMIT)
        uses = (user for visit in visits for label, user in visit.value.uses if label == "arg" and user.kind == "call")
        return next((user for user in uses if "predicts" in self.flow.roles(user)), None)

"""Transformers that the object which holds them fits anew each time it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mldebt.flow.conditions.conditions import left_by, ways
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.skew.skew_sides import Sides
from mldebt.regex import regex

_FITS = regex(r"^_*(fit|train|learn)(?!_transform)")
_ASKS = regex(r"^_*(predict|infer|score|forecast|recommend|transform|decision_function)")


class Refit(NamedTuple):
    """The fit of a transformer in the method that trains, and the one in the method that asks."""

    kind: str
    training: Value
    serving: Value


class Refits:
    """Answers per class."""

    def __init__(self, flow: Flow, sides: Sides) -> None:
        self.flow = flow
        self.sides = sides

    def of(self, cls: ClassKey) -> Iterator[Refit]:
        """Every attribute that one method fits to train and another, whatever has happened before, to predict."""
        calls = list(self._fits(cls))
        for kind, name, asked in calls:
            if not _ASKS.match(self._method(asked)) or ways(asked.body, asked.at) or left_by(asked.body, asked.at):
                continue
            trained = next(
                (fit for _, other, fit in calls if other == name and _FITS.match(self._method(fit))),
                None,
            )
            if trained is not None:
                yield Refit(kind, trained, asked)

    def _fits(self, cls: ClassKey) -> Iterator[tuple[str, str, Value]]:
        """The calls in a class's methods that fit a transformer which the object keeps, each with its kind and name."""
        for number in self.flow.program.modules[cls[0]].inside(cls[1])[1:]:
            for call in self.flow.body(cls[0], number).calls:
                held = call.receiver
                if (
                    held is not None
                    and held.kind == "attr"
                    and is_self(held.source)
                    and (kind := self.sides.fitted(call))
                ):
                    yield kind, held.name, call

    def _method(self, call: Value) -> str:
        return self.flow.scope(call.body.module.index, call.body.number).name

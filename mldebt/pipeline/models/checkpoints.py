"""Models that are kept while they are trained, by callbacks that the training is given."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_CALLBACKS = frozenset({"callbacks", "callback"})
TRAINER_LIMIT = 20


def keeping_callbacks(flow: Flow, training: Value) -> Iterator[Value]:
    """The calls that make callbacks which store the model: those that a training call is given, or the trainer whose
    method it is."""
    if training.kind != "call":
        return
    for call in (training, *_trainers(flow, training)):
        for keyword, given in call.named_arguments:
            if keyword in _CALLBACKS:
                members = [step.value for step in flow.members(given, ())] or [given]
                yield from (each for each in members if each.kind == "call" and "stores" in flow.roles(each))


def _trainers(flow: Flow, training: Value) -> Iterator[Value]:
    """The calls that make the object whose method trains, where it has callbacks: `Trainer(callbacks=…).fit(model)`."""
    if training.receiver is not None:
        for visit in flow.walk(training.receiver, flow.back, limit=TRAINER_LIMIT):
            if visit.value.kind == "call" and _CALLBACKS & set(visit.value.keywords):
                yield visit.value

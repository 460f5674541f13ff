"""Filters that separate rows into parts of which all are kept: splits for training and testing, not cleaning."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

DEPTH = 4
_DRAWING = frozenset({"samples", "splits", "shuffles"})
_NEGATIONS = ("~", "not", "-")


def separates(flow: Flow, item: Value) -> bool:
    """Whether a filter by a mask has another beside it that takes the rest, or draws its rows by chance."""
    key = item.one("key")
    if key is None or any(_draws(flow, value) for value in _within(key, DEPTH)):
        return key is not None
    others = (user.one("key") for _, user in item.source.uses if user.kind == "item" and user is not item)
    return any(other is not None and _complements(key, other) for other in others)


def _within(value: Value, depth: int) -> Iterator[Value]:
    """A value and what it was made of within its body."""
    yield value
    if depth:
        for _, source in value.inputs:
            yield from _within(source, depth - 1)


def _draws(flow: Flow, value: Value) -> bool:
    if value.kind != "call":
        return False
    api = flow.api(value)
    return api is not None and (bool(api.roles & _DRAWING) or ".random." in api.name or api.name.startswith("random."))


def _complements(one: Value, other: Value) -> bool:
    """Whether two masks ask the same, with other answers: `<` and `>=`, a mask and its negation."""
    if one.kind == "compare" and other.kind == "compare":
        return one.data != other.data and _are_alike(one, other, DEPTH)
    return _negates(one, other) or _negates(other, one)


def _negates(one: Value, other: Value) -> bool:
    return one.kind == "operation" and one.data in _NEGATIONS and _same(one.source, other, DEPTH)


def _same(one: Value, other: Value, depth: int) -> bool:
    return one is other or (one.data == other.data and _are_alike(one, other, depth))


def _are_alike(one: Value, other: Value, depth: int) -> bool:
    """Whether two values are made of the same parts in the same way."""
    if one.kind != other.kind or len(one.inputs) != len(other.inputs) or not depth:
        return False
    return all(_same(a, b, depth - 1) for (_, a), (_, b) in zip(one.inputs, other.inputs, strict=True))

"""Filters that separate rows into parts of which all are kept: splits for training and testing, not cleaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.idioms import made_of
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

DEPTH = 4
_DRAWING = frozenset({"samples", "splits", "shuffles"})
_PARTED = regex(r"(^|_)(folds?|splits?|subset|phase|holdout|is_?(train|test|val|valid|validation)(ing)?)(_|$)", re.I)
_PART = regex(r"(train|valid|val|test|dev|eval|holdout)(ing|idation|uation)?\Z", re.I)
_NEGATIONS = ("~", "not", "-")
_JOINED = ("&", "|", "~", "not")


def separates(flow: Flow, item: Value) -> bool:
    """Whether a filter by a mask has another beside it that takes the rest, or draws its rows by chance."""
    key = item.one("key")
    if key is None or any(_draws(flow, value) for value in made_of(key, DEPTH)):
        return key is not None
    if _names_part(key) or _is_of_part(key, DEPTH):
        return True
    others = (user.one("key") for user in _beside(item) if user.kind == "item" and user is not item)
    return any(other is not None and _complements(key, other) for other in others)


def _names_part(mask: Value) -> bool:
    """Whether rows are taken that a column says are there to train or test: `rows.fold == 3`, `rows.part == "test"`."""
    if mask.kind != "compare" or len(operands := mask.every("operand")) != 2:
        return False
    column, part = operands
    name = column.key if column.kind == "item" else column.data if column.kind == "attr" else None
    said = part.data if part.kind == "const" else None
    return bool(isinstance(name, str) and _PARTED.search(name)) or bool(isinstance(said, str) and _PART.match(said))


def _is_of_part(mask: Value, depth: int) -> bool:
    """Whether rows are taken, among others, by a column that says which are there to train or test: `rows.test & …`."""
    if mask.kind == "operation" and mask.data in _JOINED and depth:
        return any(_is_of_part(part, depth - 1) for _, part in mask.inputs)
    name = mask.key if mask.kind == "item" else mask.data if mask.kind == "attr" else None
    return isinstance(name, str) and _PART.match(name) is not None


def is_drawn(flow: Flow, mask: Value) -> bool:
    """Whether a mask is thrown by chance: `np.random.random(len(rows)) > 0.8`."""
    return mask.kind == "compare" and any(_draws(flow, value) for value in made_of(mask, DEPTH))


def _beside(item: Value) -> Iterator[Value]:
    """What else is taken of a table: `rows[mask]` and `rows.loc[mask]`."""
    holder = item.source
    if holder.kind != "attr" or holder.data != "loc":
        yield from (user for _, user in holder.uses)
        return
    for _, other in holder.source.uses:
        if other.kind == "attr" and other.data == "loc":
            yield from (user for _, user in other.uses)


def _draws(flow: Flow, value: Value) -> bool:
    if value.kind != "call":
        return False
    api = flow.api(value)
    return api is not None and (bool(api.roles & _DRAWING) or ".random." in api.name or api.name.startswith("random."))


def _complements(one: Value, other: Value) -> bool:
    """Whether two masks ask the same, with other answers: `<` and `>=`, a mask and its negation, 0 and 1."""
    if one.kind == "compare" and other.kind == "compare":
        if one.data == other.data == ("==",):
            return _are_both(one, other)
        return one.data != other.data and _are_alike(one, other, DEPTH)
    return _negates(one, other) or _negates(other, one)


def _are_both(one: Value, other: Value) -> bool:
    """Whether two masks ask a column for the one and for the other of two classes."""
    (column, answer), (other_column, other_answer) = one.every("operand"), other.every("operand")
    given = {each.data for each in (answer, other_answer) if each.kind == "const"}
    return given in ({0, 1}, {-1, 1}) and _same(column, other_column, DEPTH)


def _negates(one: Value, other: Value) -> bool:
    return one.kind == "operation" and one.data in _NEGATIONS and _same(one.source, other, DEPTH)


def _same(one: Value, other: Value, depth: int) -> bool:
    return one is other or (one.data == other.data and _are_alike(one, other, depth))


def _are_alike(one: Value, other: Value, depth: int) -> bool:
    """Whether two values are made of the same parts in the same way."""
    if one.kind != other.kind or len(one.inputs) != len(other.inputs) or not depth:
        return False
    return all(_same(a, b, depth - 1) for (_, a), (_, b) in zip(one.inputs, other.inputs, strict=True))

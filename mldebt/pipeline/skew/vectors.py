"""Vectors that are put together by position: which numbers stand beside what is already an array."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.value import Value

FEWEST = 2
"""So many numbers by name tell one vector from another."""
_JOINING = frozenset({"concatenate", "hstack", "cat", "concat"})
_CASTS = ("float", "int", "bool")
_ARRAYS = frozenset({"array", "asarray", "tensor", "as_tensor"})

Vectors = Mapping[Value, frozenset[str]]


def numbers_in(joined: Value) -> frozenset[str]:
    """The names of the numbers that a call puts into a vector beside its arrays: `concatenate([[age], [price],
    embedding])`; empty where it is given no numbers by name."""
    if joined.kind != "call" or last_name(joined.function) not in _JOINING or not joined.arguments:
        return frozenset()
    parts = joined.arguments[0]
    if parts.kind != "collection" or any(label != "item" for label, _ in parts.inputs):
        return frozenset()
    lists = [each for each in map(_written, parts.every("item")) if each is not None]
    names = [_name(item) for each in lists for item in each.every("item")]
    is_told = len(lists) < len(parts.inputs) and "" not in names and len(set(names)) == len(names)
    return frozenset(names) if is_told and len(names) >= FEWEST else frozenset()


def told_apart(there: Vectors, here: Vectors) -> tuple[Value, Value] | None:
    """The only vectors of two sides, where both hold as many numbers and none of one stands in the other."""
    theirs, ours = set(there.values()), set(here.values())
    if len(theirs) != 1 or len(ours) != 1:
        return None
    (names,), (others,) = theirs, ours
    if len(names) != len(others) or names & others:
        return None
    return next(iter(there)), next(iter(here))


def _written(part: Value) -> Value | None:
    """A list of numbers that is written out, perhaps as an array."""
    if part.kind == "call" and last_name(part.function) in _ARRAYS and part.arguments:
        part = part.arguments[0]
    return part if part.kind == "collection" and part.data == "list" else None


def _name(item: Value) -> str:
    while item.calls_external(*_CASTS) and item.arguments:
        item = item.arguments[0]
    named = item.body.names_of(item)
    return named[0] if named else read_name(item)

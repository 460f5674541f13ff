"""The first of a list that is one slot of an answer: nobody is served the list."""

from __future__ import annotations

from itertools import pairwise

from mldebt.flow.value import Value

_SAME = ("same", "passed", "phi")


def fills_a_slot(trail: tuple[Value, ...]) -> bool:
    """Whether of a list, from which a trail starts, only the first is read, and put among others of another kind:
    `shown.append(sorted(found, key=…)[0])`, `{"newest": sorted(found, key=…)[0]}`."""
    way = [value for value in trail if value.kind not in _SAME]
    if len(way) < 2 or not _is_first(way[1]):
        return False
    return any(_puts_among(value, before) for before, value in pairwise(way[1:]) if value.body is way[0].body)


def _is_first(value: Value) -> bool:
    """Whether a value is the first of a list: `found[0]`, `next(iter(found))`."""
    return (value.kind == "item" and value.data == 0) or value.calls_external("next")


def _puts_among(value: Value, item: Value) -> bool:
    """Whether an item is put into something that has others, outside of any loop that would make a list of such."""
    if value.loops:
        return False
    if value.kind == "mutate":
        return value.data in ("append", "insert") and item in value.every("arg")
    return value.kind in ("dict", "collection") and len(value.every("item")) > 1 and item in value.every("item")

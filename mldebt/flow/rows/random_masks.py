"""Rows that are divided by a mask drawn at random: `rows[mask]` and `rows[~mask]`."""

from __future__ import annotations

from mldebt.flow.idioms import bare, last_name
from mldebt.flow.value import Value

_DRAWS = frozenset("rand random random_sample uniform binomial".split())
_HALF = 0.5
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


def other_masks(part: Value) -> list[Value]:
    """The rows that a mask drawn at random leaves to others."""
    key = part.one("key") if part.kind == "item" else None
    if key is None or not _is_drawn(_mask(key)):
        return []
    table = bare(part.source)
    return [
        user
        for owner in (part.source, table)
        for label, user in owner.uses
        if label == "object" and user.kind == "item" and user is not part
        if (other := user.one("key")) is not None and _are_opposite(key, other)
    ]


def is_rest(part: Value) -> bool:
    """Whether a part is what a mask leaves over, or the smaller of two by a number."""
    key = bare(part.one("key") or part)
    if key.kind == "compare":
        limits = [side.data for side in key.every("operand") if side.kind == "const" and isinstance(side.data, float)]
        takes_above = key.data in ((">",), (">=",))
        return len(limits) == 1 and (limits[0] > _HALF) == takes_above
    return _is_negated(key)


def _are_opposite(one: Value, other: Value) -> bool:
    one, other = bare(one), bare(other)
    if _is_negated(one) != _is_negated(other):
        return _mask(one) is _mask(other)
    if one.kind != "compare" or other.kind != "compare" or not isinstance(one.data, tuple) or len(one.data) != 1:
        return False
    drawn, rest = (bare(each.source) for each in (one, other))
    return drawn is rest and other.data == (_OPPOSITE.get(one.data[0]),)


def _is_drawn(mask: Value) -> bool:
    drawn = [bare(side) for side in mask.every("operand")] if mask.kind == "compare" else [mask]
    return any(each.kind == "call" and last_name(each.function) in _DRAWS for each in drawn)


def _mask(key: Value) -> Value:
    """A mask without its negation."""
    key = bare(key)
    return bare(key.source) if _is_negated(key) else key


def _is_negated(key: Value) -> bool:
    return key.kind == "operation" and key.data in ("~", "not") and len(key.inputs) == 1

"""Rows that are divided by a mask drawn at random, or at a moment: `rows[mask]` and `rows[~mask]`,
`rows[rows.day < t]` and `rows[rows.day >= t]`."""

from __future__ import annotations

import re

from mldebt.flow.idioms import bare, last_name, made_of, read_name
from mldebt.flow.rows.variables import is_same_read
from mldebt.flow.value import Value
from mldebt.regex import regex

_DRAWS = frozenset("rand random random_sample uniform binomial".split())
_HALF = 0.5
_MOMENTS = frozenset(
    "Timestamp to_datetime Timedelta DateOffset timedelta datetime date relativedelta strptime".split()
)
_TIME = regex(r"(^|_)(date|datetime|timestamp|time|ts|day|week|month|years?|yr|season|quarter)(_|$)", re.IGNORECASE)
_DATE = regex(r"^\d{4}-\d\d")
_YEARS = range(1900, 2100)
"""Numbers that are years where a column is called after a time; a price may be 2000, too."""
_DEPTH = 5
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


def other_masks(part: Value) -> list[Value]:
    """The rows that a mask drawn at random, or one of a moment, leaves to others."""
    key = part.one("key") if part.kind == "item" else None
    if key is None or not (_is_drawn(_mask(key)) or _is_of_moment(_mask(key))):
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
    """Whether a part is what a mask leaves over, the later rows, or the smaller of two by a number."""
    key = bare(part.one("key") or part)
    if _is_of_moment(_mask(key)):
        return (_mask(key).data in ((">",), (">=",))) is not _is_negated(key)
    if key.kind == "compare":
        limits = [side.data for side in key.every("operand") if side.kind == "const" and isinstance(side.data, float)]
        takes_above = key.data in ((">",), (">=",))
        return len(limits) == 1 and (limits[0] > _HALF) == takes_above
    return _is_negated(key)


def _are_opposite(one: Value, other: Value) -> bool:
    one, other = bare(one), bare(other)
    if _is_negated(one) != _is_negated(other):
        return _mask(one) is _mask(other)
    if not _ordering(one) or _OPPOSITE[_ordering(one)] != _ordering(other):
        return False
    if _is_of_moment(one):
        return all(is_same_read(*sides) for sides in zip(one.every("operand"), other.every("operand"), strict=True))
    return bare(one.source) is bare(other.source)


def _is_of_moment(mask: Value) -> bool:
    """Whether a mask says which rows of a column come before, or from, a moment on."""
    if not _ordering(mask):
        return False
    column, limit = (bare(side) for side in mask.every("operand"))
    if column.kind not in ("item", "attr") or not read_name(column):
        return False
    if limit.kind == "const":
        is_date = isinstance(limit.data, str) and _DATE.match(limit.data) is not None
        is_year = isinstance(limit.data, int) and limit.data in _YEARS and _TIME.search(read_name(column)) is not None
        return is_date or is_year
    return _TIME.search(read_name(column)) is not None or any(map(_is_moment, made_of(limit, _DEPTH)))


def _ordering(mask: Value) -> str:
    """The one sign by which a comparison asks what is more or less; "" for others."""
    signs = mask.data if mask.kind == "compare" and isinstance(mask.data, tuple) else ()
    return signs[0] if len(signs) == 1 and signs[0] in _OPPOSITE else ""


def _is_moment(value: Value) -> bool:
    return value.kind == "call" and last_name(value.function) in _MOMENTS


def _is_drawn(mask: Value) -> bool:
    drawn = [bare(side) for side in mask.every("operand")] if mask.kind == "compare" else [mask]
    return any(each.kind == "call" and last_name(each.function) in _DRAWS for each in drawn)


def _mask(key: Value) -> Value:
    """A mask without its negation."""
    key = bare(key)
    return bare(key.source) if _is_negated(key) else key


def _is_negated(key: Value) -> bool:
    return key.kind == "operation" and key.data in ("~", "not") and len(key.inputs) == 1

"""Parts that are cut out of a sequence, and what they are called."""

from __future__ import annotations

import re
from typing import cast

from mldebt.flow.calls.words import last_name
from mldebt.flow.idioms import root
from mldebt.flow.value import Value
from mldebt.flow.walk import Visit
from mldebt.regex import regex

CUT_DEPTH = 5
PART = regex(r"(^|[/_.\-])(train|valid|val|test|dev|eval|holdout|validation|training|evaluation)([/_.\-{(0-9]|$)", re.I)


def bounds(value: Value) -> tuple[object, object, object]:
    """The constant bounds of a slice: None where absent, "?" where not constant."""
    return cast("tuple[object, object, object]", value.data)


def called(visit: Visit) -> tuple[bool, bool] | None:
    """Whether a variable says of some rows that they are there to train, and whether they were picked by the first of
    the two parts that something was cut in; None where nothing says which part of the data they are."""
    cut = _cut_of(visit.value, CUT_DEPTH) if visit.value.body.names_of(visit.value) else None
    if cut is None or root(cut.source) is not root(visit.path()[0].value):
        return None
    found = (PART.search(name) for name in visit.value.body.names_of(visit.value))
    words = [match.group(2).lower() for match in found if match is not None]
    return (words[0].startswith("train"), bounds(cut)[0] is None) if words else None


def _cut_of(value: Value, depth: int) -> Value | None:
    """The part of a sequence cut in two by which rows are picked: `rows[places[:n]]`, several such columns together."""
    if value.kind == "slice" and _is_cut_in_two(value):
        return value
    if value.kind == "item" and value.source.kind == "collection" and isinstance(value.key, int):
        sources = [source for _, source in value.source.inputs[value.key : value.key + 1]]
    elif value.kind == "item":
        sources = value.every("key")
    elif value.kind in ("collection", "call", "same", "passed", "store"):
        sources = [source for label, source in value.inputs if label not in ("function", "key", "call")]
    else:
        sources = []
    return next((cut for each in sources if depth and (cut := _cut_of(each, depth - 1)) is not None), None)


def _is_cut_in_two(value: Value) -> bool:
    """Whether a slice begins where another of the same sequence ends, or ends where it begins."""
    lower, upper, step = bounds(value)
    others = [bounds(user) for label, user in value.source.uses if label == "object" and user.kind == "slice"]
    wanted = (upper, None, None) if lower is None else (None, lower, None)
    return step is None and (lower is None) is not (upper is None) and wanted in others


def takes_part(value: Value) -> bool:
    """Whether a value is one part of a sequence whose other part is used too, or the first rows by a literal number."""
    if value.kind == "slice":
        lower, upper, step = bounds(value)
        parts = [user for label, user in value.inputs[0][1].uses if label == "object" and user.kind == "slice"]
        literal = lower is None and isinstance(upper, int) and upper > 1
        return step is None and (lower, upper) != (None, None) and (len(parts) > 1 or literal)
    if value.kind != "call" or last_name(value) not in ("array_split", "split", "head", "tail", "take"):
        return False
    return last_name(value) not in ("array_split", "split") or not _goes_through(value)


def _goes_through(parts: Value) -> bool:
    """Whether all parts of a sequence get the same, one after the other; or it is a text that is taken apart."""
    if parts.function.kind == "attr" and any(isinstance(source.data, str) for source in parts.arguments[:1]):
        return True
    return bool(parts.uses) and all(
        user.kind in ("element", "comprehension") or label == "iterable" or user.calls_external("enumerate", "zip")
        for label, user in parts.uses
    )

"""Parts that are cut out of a sequence, and what they are called."""

from __future__ import annotations

import re
from typing import cast

from mldebt.flow.calls.words import last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Visit
from mldebt.regex import regex

PART = regex(r"(^|[/_.\-])(train|valid|val|test|dev|eval|holdout|validation|training|evaluation)([/_.\-{(0-9]|$)", re.I)


def bounds(value: Value) -> tuple[object, object, object]:
    """The constant bounds of a slice: None where absent, "?" where not constant."""
    return cast("tuple[object, object, object]", value.data)


def called(visit: Visit) -> str:
    """Which part of the data a variable on the way says that some rows are, picked by one of the parts of what was
    shuffled; "" where none does."""
    path = [each.value for each in visit.path()]
    if not any(value.kind == "slice" and takes_part(value) for value in path):
        return ""
    found = (PART.search(name) for name in visit.value.body.names_of(visit.value))
    words = [match.group(2).lower() for match in found if match is not None]
    return "" if not words else "training" if words[0].startswith("train") else "others"


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

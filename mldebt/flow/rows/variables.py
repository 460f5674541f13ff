"""What variables are behind a value: through names, wrappers and what is done to them."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.calls.words import last_name
from mldebt.flow.idioms import bare
from mldebt.flow.value import Value

PLAIN_LIMIT = 50
_WRAPPERS = frozenset("Dataset DMatrix QuantileDMatrix Pool".split())


def plain(value: Value) -> Value:
    """Through names, through `a, b = b, a`, and through loops that only look at a variable."""
    for _ in range(PLAIN_LIMIT):
        if _is_written_place(value) and isinstance(value.key, int):
            value = value.source.inputs[value.key][1]
        elif value.kind in ("passed", "same"):
            value = value.source
        else:
            only = {bare(each) for each in value.every("value")} - {value} if value.kind == "phi" else set()
            if len(only) != 1:
                break
            value = only.pop()
    return value


def _is_written_place(value: Value) -> bool:
    """Whether a value is one place of a tuple that is written out."""
    if value.kind != "item" or not isinstance(value.key, int) or value.source.kind != "collection":
        return False
    parts = value.source.inputs
    return value.source.data == "tuple" and len(parts) > value.key >= 0 and all(label == "item" for label, _ in parts)


def roots(value: Value) -> Iterator[Value]:
    """The variables that a value is made of, without what was done to them since."""
    value = plain(value)
    if value.kind == "collection":
        for source in value.every("item"):
            yield from roots(source)
    elif value.kind == "call" and last_name(value) in _WRAPPERS:
        for source in value.arguments[:2]:
            yield from roots(source)
    else:
        yield value


def is_same_read(one: Value, other: Value) -> bool:
    """Whether two values are one, or the same place of the same container read twice,
    or the same literal."""
    one, other = plain(one), plain(other)
    if one is other:
        return True
    if one.kind != other.kind or one.data is None or one.data != other.data:
        return False
    return one.kind == "const" or (one.kind in ("item", "attr") and is_same_read(one.source, other.source))

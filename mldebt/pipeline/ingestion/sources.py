"""How many sources a pipeline has, and where they meet: what one read brings and another takes up again is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from mldebt.flow.value import Value

_LABELS = frozenset({"loc", "at"})
"""By what the rows of a table are taken by their labels."""
_COUNTING = frozenset("+-")


def distinct_sources(
    contents: Mapping[Value, AbstractSet[Value]],
    name: Callable[[Value], str],
    place: Callable[[Value], object],
) -> tuple[tuple[Value, str], ...]:
    """The reads that are sources of their own, with what each reads. `contents` has for each read what became of its
    content: a read that stands there unpacks what was opened, or opens what was downloaded or written before. Reads of
    one name, or at the same place, are one source."""
    reads = list(contents)
    own = [read for read in reads if not _takes_up(read, reads, contents)] or reads[:1]
    found: dict[object, tuple[Value, str]] = {}
    for read in own:
        text = name(read)
        found.setdefault(text if text and "…" not in text else place(read) or read, (read, text))
    return tuple(found.values())


def lookups(contents: Mapping[Value, AbstractSet[Value]]) -> list[Value]:
    """Where the records of one source are looked up by the values of another: a join by hand."""
    met = {value for content in contents.values() for value in content if value.kind == "item"}
    return [value for value in met if _joins(value, contents)]


def _joins(item: Value, contents: Mapping[Value, AbstractSet[Value]]) -> bool:
    key = item.one("key")
    of_table = item.source.kind == "attr" and item.source.data in _LABELS
    if key is None or (not of_table and _takes_places(key)):
        return False
    table = {read for read, content in contents.items() if item.source in content}
    asked = {read for read, content in contents.items() if key in content}
    return bool(table and asked) and not table & asked


def _takes_places(key: Value) -> bool:
    """Whether a key says which places of an array are meant, by their numbers or by a mask: `frame[int(y), int(x)]`,
    `frames[inside, :]`, `image[inside.astype(bool)]`, `prices[day + ahead]`."""
    if key.kind == "operation" and key.data in _COUNTING and any(map(_is_counted, key.every("operand"))):
        return True
    if key.calls_method("astype") and any(map(_is_bool, key.arguments)):
        return True
    parts = key.every("item") if key.kind == "collection" and key.data == "tuple" else []
    return len(parts) > 1 and any(map(_is_place, parts))


def _is_counted(value: Value) -> bool:
    """Whether a value is a number that a loop counts: `for day in range(len(prices))`."""
    return value.kind == "element" and value.source.calls_external("range")


def _is_bool(value: Value) -> bool:
    return value.kind == "external" and value.name.rpartition(".")[2] in ("bool", "bool_")


def _is_place(value: Value) -> bool:
    if value.kind == "template":
        return value.texts == ("slice",)
    whole = value.kind == "item" and isinstance(value.key, int)
    return whole or (value.kind == "const" and isinstance(value.data, int)) or value.calls_external("int", "slice")


def _takes_up(read: Value, reads: Sequence[Value], contents: Mapping[Value, AbstractSet[Value]]) -> bool:
    """Whether another read's content passes through this one; of two that pass through each other the first counts."""
    return any(
        other is not read and read in contents[other] and (other not in contents[read] or other.at < read.at)
        for other in reads
    )

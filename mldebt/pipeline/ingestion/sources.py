"""How many sources a pipeline has, and where they meet: what one read brings and another takes up again is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from mldebt.flow.value import Value


def distinct_sources(
    contents: Mapping[Value, AbstractSet[Value]],
    name: Callable[[Value], str],
    path: Callable[[Value], Value | None],
) -> tuple[tuple[Value, str], ...]:
    """The reads that are sources of their own, with what each reads. `contents` has for each read what became of its
    content: a read that stands there unpacks what was opened, or opens what was downloaded or written before. Reads of
    one name, or of the same path value, are one source."""
    reads = list(contents)
    own = [read for read in reads if not _takes_up(read, reads, contents)] or reads[:1]
    found: dict[object, tuple[Value, str]] = {}
    for read in own:
        text = name(read)
        found.setdefault(text if text and "…" not in text else path(read) or read, (read, text))
    return tuple(found.values())


def lookups(contents: Mapping[Value, AbstractSet[Value]]) -> list[Value]:
    """Where the records of one source are looked up by the values of another: a join by hand."""
    met = {value for content in contents.values() for value in content if value.kind == "item"}
    return [value for value in met if _joins(value, contents)]


def _joins(item: Value, contents: Mapping[Value, AbstractSet[Value]]) -> bool:
    key = item.one("key")
    if key is None:
        return False
    table = {read for read, content in contents.items() if item.source in content}
    asked = {read for read, content in contents.items() if key in content}
    return bool(table and asked) and not table & asked


def _takes_up(read: Value, reads: Sequence[Value], contents: Mapping[Value, AbstractSet[Value]]) -> bool:
    """Whether another read's content passes through this one; of two that pass through each other the first counts."""
    return any(
        other is not read and read in contents[other] and (other not in contents[read] or other.at < read.at)
        for other in reads
    )

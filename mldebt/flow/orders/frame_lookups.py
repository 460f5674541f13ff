"""Ranked ids whose rows are taken out of a table in memory, in the order of the table."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.idioms import last_name
from mldebt.flow.orders.frame_groups import is_told_of
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value
from mldebt.regex import regex

MASK_LIMIT = 12
SELECTED = Idiom("unordered-query", "looked up by id, in the order of the table", accidental=True)
JOINED = Idiom("unordered-query", "joined to rows that are in another order", accidental=True)
_MEMBER = ("isin", "is_in")
_TAKING = frozenset({"filter", "where"})
_TERMS = regex(r"\band\b|&")
_AMONG = regex(r"^`?\w+`?\s+in\s+\[?@(\w+)\]?$")
"""A query's question whether a column is among the values of a variable."""
_OTHERWISE = regex(r"\bor\b|\|")


class FrameLookups:
    """Finds masks that ask whether a row is among ranked ids, and joins whose left side was never ranked."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks

    def selected(self, item: Value) -> Iterator[Reorder]:
        """`movies[movies.id.isin(ids)]`, `movies.loc[…]`."""
        key = item.one("key")
        table = item.source.source if item.source.kind == "attr" and item.source.data == "loc" else item.source
        rows = key.source if key is not None and key.kind == "collection" and key.inputs else key
        return self._taken(item, table, rows) if rows is not None else iter(())

    def called(self, call: Value) -> Iterator[Reorder]:
        """`movies.filter(pl.col("id").is_in(ids))`; `movies.merge(ranked)`."""
        method, table = last_name(call.function), call.receiver
        if method == "merge":
            yield from self._joined(call)
        elif method in _TAKING and table is not None:
            for condition in call.arguments[:1]:
                yield from self._taken(call, table, condition)
        elif method == "query" and table is not None:
            yield from self._among(call, table, [ids for text in call.arguments[:1] for ids in _named_in(text)])

    def _taken(self, site: Value, table: Value, mask: Value) -> Iterator[Reorder]:
        return self._among(site, table, [call.arguments[0] for call in _asked(mask) if call.arguments])

    def _among(self, site: Value, table: Value, ids: list[Value]) -> Iterator[Reorder]:
        """Rows are taken by ids. A table that is ranked itself only loses rows."""
        if ids and self._orders.ranked(table) is None:
            yield from self._breaks.of(SELECTED, site, ids)

    def _joined(self, call: Value) -> Iterator[Reorder]:
        """A join has the order of its left side. One that keeps every row of a table looks something up for it, however
        that was ranked; what is served is the table."""
        named = dict(call.named_arguments)
        sides = [side for side in (call.receiver, *(source for key, source in call.named_arguments if not key)) if side]
        keeps_all = "how" in named and named["how"].data in ("left", "right", "outer")
        if self._orders.flow.api(call) is None or keeps_all:
            return
        right = named.get("right") or (sides.pop() if len(sides) + ("left" in named) > 1 else None)
        left = named.get("left") or (sides.pop() if sides else None)
        if left is None or right is None or is_told_of(self._orders.flow, left, right):
            return
        if self._orders.ranked(left) is None:
            yield from self._breaks.of(JOINED, call, [right])


def _named_in(text: Value) -> list[Value]:
    """The values among which a query of a table looks for a column: `"id in @ids"`, `f"id in {ids}"`."""
    holes = {f"hole{place}": part for place, part in enumerate(text.every("part"))}
    if text.kind == "template":
        names = (f"@{name}" for name in holes)
        whole = "".join(next(names, "") if part is None else part for part in text.texts)
    else:
        whole = text.data if isinstance(text.data, str) else ""
    if _OTHERWISE.search(whole):
        return []
    asked = (_AMONG.match(term.strip("() ")) for term in _TERMS.split(whole))
    found = (holes.get(term[1]) or _variable(text, term[1]) for term in asked if term is not None)
    return [value for value in found if value is not None]


def _variable(place: Value, name: str) -> Value | None:
    """What a local variable or a parameter holds at a place."""
    held = (value for value, names in place.body.named.items() if name in names and value.number < place.number)
    return max(held, key=lambda value: value.number, default=None)


def _asked(mask: Value) -> list[Value]:
    """The questions in a mask whether a row is among some ids; what is negated leaves rows out."""
    found, waiting = [], [mask]
    for _ in range(MASK_LIMIT):
        if not waiting:
            break
        value = waiting.pop()
        if value.calls_method(*_MEMBER):
            found.append(value)
        elif value.kind == "operation" and value.data == "&":
            waiting.extend(value.every("operand"))
        elif value.kind == "same":
            waiting.append(value.source)
    return found

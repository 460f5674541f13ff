"""Ranked rows that are grouped: the groups of a table come in the order of their key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.idioms import WHICH, root
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

LATER_LIMIT = 60
GROUPED = Idiom("group-order", "grouped, and groups come in the order of their key", accidental=True)
AGGREGATING = frozenset("first last agg aggregate max min sum mean median".split())
OWNER = regex(r"^(user|customer|member|visitor|session|query|account|profile)", re.IGNORECASE)
"""What a ranking belongs to: rows that are grouped by it are many rankings, each by itself."""


class FrameGroups:
    """Finds groups by what tells one item from another."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks

    def of(self, call: Value) -> Iterator[Reorder]:
        """`ranked.groupby("title").first()`, not sorted afterwards."""
        groups = call.receiver
        while groups is not None and groups.kind == "item":
            groups = groups.source
        if groups is None or not groups.calls_method("groupby") or "sort" in groups.keywords:
            return
        names = names_told(groups)
        is_by_item = any(WHICH.search(name) for name in names) and not any(OWNER.search(name) for name in names)
        if is_by_item and groups.receiver is not None:
            found = self._breaks.of(GROUPED, call, [groups.receiver])
            yield from (each for each in found if not self._is_settled_later(call, groups.receiver))

    def _is_settled_later(self, call: Value, rows: Value) -> bool:
        """Whether what is told of groups is sorted later, or put beside the rows that it is told of."""
        visits = (visit.value for visit in self._orders.flow.walk(call, self._orders.flow.forth, limit=LATER_LIMIT))
        return any(self._orders.is_sort(value) or _joins(value, rows) for value in visits)


def _joins(call: Value, rows: Value) -> bool:
    """Whether a call joins something to some rows."""
    sides = [*call.arguments, call.receiver] if call.calls_method("merge", "join") else []
    return any(side is not None and root(side) is root(rows) for side in sides)


def is_told_of(flow: Flow, table: Value, rows: Value) -> bool:
    """Whether a table tells something of groups of some rows."""
    visits = flow.walk(table, flow.back, limit=LATER_LIMIT)
    grouped = (visit.value.receiver for visit in visits if visit.value.calls_method("groupby"))
    return any(each is not None and root(each) is root(rows) for each in grouped)


def names_told(call: Value) -> list[str]:
    """The columns that a call is told by name."""
    given = call.arguments if call.kind == "call" else []
    told = [part for source in given for part in (source.every("item") or [source])]
    return [part.data for part in told if part.kind == "const" and isinstance(part.data, str)]

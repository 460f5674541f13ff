"""Ranked ids that are looked up again, in the order of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.idioms import last_name, root
from mldebt.flow.order import Orders
from mldebt.flow.reordering import Breaks, Idiom, Reorder
from mldebt.flow.value import Value

IN_SQL = re.compile(r"\bin\s*\(|=\s*any\s*\(|\bin\s+(%s|:\w+|\?|\{)", re.IGNORECASE)
ORDER_SQL = re.compile(r"\border\s+by\b|array_position|\bfield\s*\(", re.IGNORECASE)
ID_LOOKUP = re.compile(r"(^|_)(id|pk|uuid|guid|key|slug)__in$")
UNORDERED_QUERY = Idiom("unordered-query", "fetched again by id, in the order of the database", accidental=True)
_RUNNING = ("execute", "fetch", "read_sql", "fetch_all")
_FILTERING = frozenset({"filter", "where", "get_queryset"})


class Refetches:
    """Finds queries by id that do not say an order."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._breaks = breaks

    def of(self, call: Value) -> Iterator[Reorder]:
        """A query, through SQL or through an object mapper."""
        if call.calls_method(*_RUNNING) and len(call.arguments) > 1:
            yield from self._by_sql(call)
            return
        for found in self._breaks.of(UNORDERED_QUERY, call, _ids(call)):
            yield found._replace(results=(call, *self._handed_to(call)))

    def _by_sql(self, call: Value) -> Iterator[Reorder]:
        texts = self._orders.query_texts(call)
        is_lookup = any(IN_SQL.search(text) for text in texts)
        if is_lookup and not any(ORDER_SQL.search(text) for text in texts):
            yield from self._breaks.of(UNORDERED_QUERY, call, _unpacked(call.arguments[1:]), _rows(call))

    def _handed_to(self, call: Value) -> list[Value]:
        """The calls of the repository's own functions that get the rows at once."""
        users = [user for label, user in call.uses if label == "arg" and user.kind == "call"]
        return [user for user in users if any(target.kind == "func" for target in self._flow.targets(user))]


def _ids(call: Value) -> list[Value]:
    """The ids that a query of an object mapper looks for."""
    method = last_name(call.function)
    if method == "in_bulk":
        return call.arguments[:1]
    ids = [source for keyword, source in call.named_arguments if method and ID_LOOKUP.search(keyword)]
    if ids or method not in _FILTERING:
        return ids
    conditions = [source for source in call.arguments if source.calls_method("in_", "any_")]
    return [source for condition in conditions for source in condition.arguments[:1]]


def _rows(call: Value) -> Value:
    """The rows that an executed query gives: what is fetched from the same cursor next."""
    cursor = root(call.function.source)
    for later in call.body.calls:
        receiver = later.receiver if later.at > call.at else None
        if receiver is not None and later.function.name.startswith("fetch") and root(receiver) is cursor:
            return later
    return call


def _unpacked(values: list[Value]) -> list[Value]:
    """What stands in the literal parameters of a query."""
    found: list[Value] = []
    for value in values:
        if value.kind in ("collection", "dict"):
            found.extend(source for label, source in value.inputs if label != "key")
        else:
            found.append(value)
    return found

"""Places in a ranking that are written to a table row by row, and queries that read the rows in another order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from mldebt.flow.files.query_texts import Query, orders_by_score
from mldebt.flow.idioms import is_enumerate_index
from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.value import Value
from mldebt.regex import regex
from mldebt.sql import HOLE, Statement

PART_LIMIT = 30
_RUNNING = frozenset({"execute", "executemany", "execute_values", "execute_batch"})
_INSERTING = regex(r"\b(insert|replace)\b", re.IGNORECASE)
RANK = regex(r"(^|_)(rank(ing)?|pos(ition)?|place|ordinal|idx|index|slot|sort(_?order|_?key)?|order(ing)?)(_|$)")
SCORE = regex(r"(^|_)(score|similarity|distance|probability|confidence)(_|$)")
LOG = regex(
    r"(^|_|/)(\w*histor(y|ies|ical)|logs?|logged|events?|impressions?|interactions?|clicks?|views?|feedbacks?|audits?|metrics?"
    r"|runs?|experiments?|evaluations?|past|recent\w*|activit(y|ies)|exports?|admin|debug|stats?|reports?|archives?"
    r"|shown|served|analytics|dashboards?)(_|/|\.|$)"
)
"""What keeps, or shows, what was once given."""
_VIEWS = regex(r"(^|(?<=/))(api_?)?views?(?=(/|\.py/))")
TIME = regex(r"(^|_)(created|updated|shown|served|logged|at|on|date|time|timestamp|ts|day|when)(_|$)")


class Kept(NamedTuple):
    """A table that holds the places of a ranking: the columns that tell them, and where the ranking was made."""

    table: str
    columns: frozenset[str]
    origins: tuple[Origin, ...]


class KeptRanks:
    """Questions about the tables that the repository writes places of a ranking to."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow

    def lost_by(self, call: Value) -> Iterator[tuple[Kept, Query]]:
        """The queries of a call that read a table of places in an order that these do not decide."""
        if not self._by_table or not self._orders.says(call, self._mentions):
            return
        for query in self._orders.queries(call):
            statement = query.statement
            if statement.verb != "select" or len(statement.reads) == 0:
                continue
            for kept in (self._by_table[name] for name in sorted(statement.reads) if name in self._by_table):
                if not _tells(statement, kept) and not _is_history(statement, call):
                    yield kept, query

    @cached_property
    def _mentions(self) -> re.Pattern[str]:
        names = "|".join(re.escape(table) for table in sorted(self._by_table))
        return re.compile(rf"\bselect\b.*\b({names})\b", re.IGNORECASE | re.DOTALL)

    @cached_property
    def _by_table(self) -> dict[str, Kept]:
        writes = (call for call in self._flow.calls_named(_RUNNING) if call.body.module.category == "product")
        found: dict[str, Kept] = {}
        for kept in (each for write in writes for each in self._written(write)):
            found.setdefault(kept.table, kept)
        return found

    def _written(self, write: Value) -> Iterator[Kept]:
        """What a statement that is run for each of a ranking's items writes of their places."""
        places = [place for place in _parts(write) if is_enumerate_index(place)]
        ranked = next(((each, found) for each in places if (found := self._rankings(each))), None)
        if ranked is None or not self._orders.says(write, _INSERTING):
            return
        for query in self._orders.queries(write):
            statement = query.statement
            columns = {name for name in statement.columns if RANK.search(name)}
            for table in statement.writes if statement.verb in ("insert", "replace") and columns else ():
                if not LOG.search(table.lower()):
                    yield Kept(table, frozenset(columns), ranked[1])

    def _rankings(self, place: Value) -> tuple[Origin, ...]:
        counted = place.source.source.arguments[:1]
        return next((found for each in counted if (found := self._orders.rankings(each))), ())


def _tells(statement: Statement, kept: Kept) -> bool:
    """Whether a query gives the places with its rows, or its rows in their order; or no rows at all, or only those of
    one place."""
    gives_rows = any(name and not name.isdigit() for name in statement.columns)
    if statement.is_summed or statement.fixed & kept.columns or not gives_rows:
        return True
    told = {name for name in statement.columns if name in kept.columns or SCORE.search(name)}
    if told or "*" in statement.columns:
        return True
    names = {name for term in statement.order for name in term.names}
    is_chosen = any(HOLE in name for name in names)
    return is_chosen or bool(names & kept.columns) or any(orders_by_score((term,)) for term in statement.order)


def _is_history(statement: Statement, call: Value) -> bool:
    """Whether a query shows what was given at which time, rather than what to give."""
    first = statement.order[0].names if statement.order else frozenset()
    if first & set(statement.columns) and any(TIME.search(name) for name in first):
        return True
    return shows_log(call)


def shows_log(call: Value) -> bool:
    """Whether a query stands where the past is shown, by what the code is called; a web framework's module of views
    shows anything."""
    place = f"{call.body.module.path}/{call.body.scope.name}".lower()
    return LOG.search(_VIEWS.sub("", place)) is not None


def _parts(call: Value) -> Iterator[Value]:
    """What the arguments of a call are made of, those of each row that it is given."""
    waiting = list(call.arguments)
    for _ in range(PART_LIMIT):
        if not waiting:
            return
        value = waiting.pop()
        yield value
        if value.kind in ("collection", "dict", "operation", "comprehension", "call"):
            waiting += [source for label, source in value.inputs if label not in ("function", "key", "iterable")]

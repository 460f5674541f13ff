"""Ranked ids that are looked up again, in the order of the database."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice

from mldebt.flow.conditions.conditions import left_by, ways
from mldebt.flow.files.query_texts import FETCHING, Query, orders_by_score
from mldebt.flow.idioms import OWN_IDS, last_name, read_name, root
from mldebt.flow.orders.id_conditions import ID_LOOKUP, asked_ids, unset
from mldebt.flow.orders.id_searches import request_of, requested_ids, searched_ids
from mldebt.flow.orders.item_keys import READING_NAME
from mldebt.flow.orders.kept_ranks import KeptRanks
from mldebt.flow.orders.kept_rows import MappedRows
from mldebt.flow.orders.order import Orders, Origin, State
from mldebt.flow.orders.reordering import SHUFFLE, Breaks, Idiom, Reorder
from mldebt.flow.orders.service_lookups import CALLERS, ServiceLookups
from mldebt.flow.value import Value
from mldebt.regex import regex
from mldebt.sql import HOLE, Statement

FETCH_LIMIT = 25
UNORDERED_QUERY = Idiom("unordered-query", "fetched again by id, in the order of the database", accidental=True)
READ_BACK = Idiom("read-back", "read back without the order that its places tell", accidental=True)
MEMBERSHIP = Idiom("picked", "picked by id from all rows, in the order of these", accidental=True)
_ID = regex(r"(^|_)(ids?|pk|uuid|guid|key|slug|asin|sku|isbn|doi)$", re.IGNORECASE)
_RUNNING = frozenset("execute fetch fetch_all fetchall_dict read_sql read_sql_query query scalars".split())
_FILTERING = frozenset({"filter", "where", "get_queryset"})
_PICKS_OR_ORDERS = regex(r"\bselect\b(?s:.*)\b(in|any|order)\b", re.IGNORECASE)


class Refetches:
    """Finds queries by id that do not say an order."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._breaks = breaks
        self._ranks = KeptRanks(orders)
        self._rows = MappedRows(orders)
        self._services = ServiceLookups(orders.flow)

    def of(self, call: Value) -> Iterator[Reorder]:
        """A query, through SQL or through an object mapper."""
        yield from self.rows_back(call)
        if last_name(call.function) in _RUNNING and call.arguments:
            yield from self._by_sql(call)
            return
        for asker, asked in self._services.of(call):
            yield from self._breaks.of(UNORDERED_QUERY, asker, [unset(asked)])
        request = request_of(call)
        if request is not None and request.kind == "param":
            yield from self._sent_by_callers(request)
            return
        searched = searched_ids(call)
        ids = [searched] if searched is not None else _ids(call)
        for found in self._breaks.of(UNORDERED_QUERY, call, map(unset, ids)):
            yield found._replace(results=(call, *self._handed_to(call)))

    def _sent_by_callers(self, request: Value) -> Iterator[Reorder]:
        """A search by ids through a function that sends any request, where the request is written."""
        for caller, asked in self._flow.bindings(request)[:CALLERS]:
            ids = requested_ids(asked)
            if ids is not None:
                yield from self._breaks.of(UNORDERED_QUERY, caller, [unset(ids)])

    def by_membership(self, node: Value) -> Iterator[Reorder]:
        """`[row for row in rows if row.id in ids]`: rows are picked by ranked ids, and keep their own order."""
        iterables = node.every("iterable")
        if len(iterables) != 1:
            return
        for test in node.every("condition"):
            wanted = _wanted(test, iterables[0]) if test.data == ("in",) else None
            if wanted is not None and self._orders.ranked(wanted) is not None:
                if self._orders.ranked(iterables[0]) is None:
                    yield from self._breaks.of(MEMBERSHIP, node, [wanted])
                return

    def appended(self, append: Value) -> Iterator[Reorder]:
        """`for row in rows: if row.id in scores: found.append(row)`: the same, in a loop."""
        loop = append.loops[-1]
        if not any(map(partial(_is_of, loop), append.every("arg")[:1])):
            return
        for test, answer in (*ways(append.body, append.at), *left_by(append.body, append.at)):
            wanted = _wanted(test, loop) if answer is (test.data == ("in",)) else None
            if wanted is not None and self._orders.ranked(wanted) is not None:
                if self._orders.ranked(loop) is None:
                    yield from self._breaks.of(MEMBERSHIP, append, [wanted])
                return

    def sorted_after(self, sort: Value, text: str, sequence: list[Value]) -> Iterator[Reorder]:
        """A sort by another key of rows that were fetched by ranked ids before, or picked by them."""
        waiting = deque(State(source, (), 0) for source in sequence)
        seen = set(waiting)
        while waiting and len(seen) < FETCH_LIMIT:
            state = waiting.popleft()
            for found in self._fetched(state.value) if state.depth == 0 else ():
                yield Reorder(sort, found.kind, False, f"fetched again, sorted by {text}", (sort,), found.origins)
                return
            after = [each for each in self._orders.back(state) if each not in seen]
            seen.update(after)
            waiting.extend(after)

    def _fetched(self, node: Value) -> Iterator[Reorder]:
        """The query or the pick by ids of the items themselves that a value is; what belongs to items is none."""
        if node.kind == "comprehension" and node.data in ("list", "generator"):
            return self.by_membership(node)
        if node.kind != "call":
            return iter(())
        if node.calls_method(*FETCHING):
            return chain.from_iterable(self._by_own_ids(run) for run in self._orders.runs(node))
        return self.of(node) if _asks_own_ids(node) else self._by_own_ids(node)

    def _by_own_ids(self, run: Value) -> Iterator[Reorder]:
        """The same for a statement in SQL."""
        if any(query.statement.by_own_ids for query in self._orders.queries(run)):
            yield from self._by_sql(run)

    def by_ids(self, call: Value) -> Iterator[Reorder]:
        """A store is asked for what it keeps under some ids, and gives it in its own order."""
        return self._breaks.of(UNORDERED_QUERY, call, call.arguments)

    def _by_sql(self, call: Value) -> Iterator[Reorder]:
        """What the query does to an order; nothing where the program chooses between queries that keep and lose it."""
        yield from islice(self._read_back(call), 1)
        if not self._orders.says(call, _PICKS_OR_ORDERS):
            return
        queries = [query for query in self._orders.queries(call) if query.statement.verb == "select"]
        queries = [query for query in queries if not _asks_for_one(query)] or queries
        found = [[*self._looked_up(call, query), *self._lost_within(call, query)] for query in queries]
        if found and all(found):
            yield found[0][0]

    def _read_back(self, call: Value) -> Iterator[Reorder]:
        """Rows that were written with their places in a ranking, in an order that these do not decide."""
        for kept, query in self._ranks.lost_by(call):
            order = query.statement.order
            idiom = _sorted_by(query.statement) if order else READ_BACK
            if idiom is not None:
                text = f"read back from {kept.table!r} sorted by {order[0].text}" if order else READ_BACK.text
                yield Reorder(call, READ_BACK.kind, not order, text, (_rows(call),), kept.origins)

    def rows_back(self, call: Value) -> Iterator[Reorder]:
        """Rows that an object mapper wrote with their places, in an order that these do not decide."""
        for kept, asked in self._rows.lost_by(call):
            text = f"read back from {kept.name} sorted by {asked.order[0]!r}" if asked.order else READ_BACK.text
            yield Reorder(call, READ_BACK.kind, not asked.order, text, asked.rows, kept.origins)

    def _looked_up(self, call: Value, query: Query) -> Iterator[Reorder]:
        """Ranked ids among a query's parameters, or put in its text, whose rows come in another order."""
        idiom = UNORDERED_QUERY if not query.statement.order else _sorted_by(query.statement)
        if query.statement.looked_up and idiom is not None:
            ids = [query.holes[name] for name in query.statement.looked_up if name in query.holes]
            yield from self._breaks.of(idiom, call, [*ids, *_unpacked(call.arguments[1:])], _rows(call))

    def _lost_within(self, call: Value, query: Query) -> Iterator[Reorder]:
        """A query within the query chooses by score, and the whole does not keep its order."""
        statement = query.statement
        if not statement.lost_by or not orders_by_score(statement.inner):
            return
        text = f"{statement.lost_by} loses the order of the query within"
        idiom = _sorted_by(statement) if statement.order else Idiom("unordered-query", text, accidental=True)
        if idiom is not None:
            origin = Origin(call, "a query within chooses by score", (call,), ())
            yield Reorder(call, idiom.kind, idiom.accidental, idiom.text, (_rows(call),), (origin,))

    def _handed_to(self, call: Value) -> list[Value]:
        """The calls of the repository's own functions that get the rows at once."""
        users = [user for label, user in call.uses if label == "arg" and user.kind == "call"]
        return list(filter(self._flow.is_own, users))


def _asks_for_one(query: Query) -> bool:
    """Whether a query only tells one of the ids, as a program does where there is no second."""
    told = query.holes.values()
    return bool(told) and all(each.kind == "item" and isinstance(each.data, int) for each in told)


def _sorted_by(statement: Statement) -> Idiom | None:
    """How the order of a query breaks the order that its rows had before; None when it restores it or makes one of its
    own, where the program chooses it, and where it only draws some of the rows."""
    first = statement.order[0]
    is_chosen = any(HOLE in name or READING_NAME.match(name) for name in first.names)
    draws = first.is_random and statement.is_limited
    if is_chosen or draws or first.is_place or orders_by_score(statement.order):
        return None
    return SHUFFLE if first.is_random else Idiom("sort-by-other-key", f"fetched again, sorted by {first.text}")


def _ids(call: Value) -> list[Value]:
    """The ids that a query of an object mapper or a document database looks for."""
    method = last_name(call.function)
    if method == "exclude":
        return []
    if method == "in_bulk":
        return call.arguments[:1]
    if method == "in_" and len(call.arguments) > 1:
        return call.arguments[1:2]
    if method == "find":
        return [*_in_documents(call.arguments[:1]), *asked_ids(call)]
    ids = [source for keyword, source in call.named_arguments if method and ID_LOOKUP.search(keyword)]
    return ids if ids or method not in _FILTERING else asked_ids(call)


def _asks_own_ids(call: Value) -> bool:
    """Whether a query looks for rows by their own ids, not by those of what they belong to."""
    conditions = [source for source in call.arguments if source.kind == "call"]
    names = [_column(each.function) for each in conditions if last_name(each.function) in ("in_", "any_")]
    keywords = [keyword for each in (call, *conditions) for keyword in each.keywords]
    names += [keyword.removesuffix("__in") for keyword in keywords if keyword.endswith("__in")]
    is_searched = call.calls_method("in_bulk", "find", "search") or searched_ids(call) is not None
    return bool(OWN_IDS & set(names)) or is_searched


def _column(method: Value) -> str:
    """The column of `Item.id.in_`, of a class that is the repository's or that is only imported."""
    if method.kind == "external":
        return method.name.rpartition(".")[0].rpartition(".")[2]
    return read_name(method.source) if method.kind == "attr" else ""


def _wanted(test: Value, rows: Value) -> Value | None:
    """The ids, or what a set of them was made of, that the id of a row is looked for in."""
    if test.kind != "compare" or test.data not in (("in",), ("not in",)):
        return None
    parts = test.every("operand")
    name = read_name(parts[0])
    if not _ID.search(name):
        return None
    if not any(part.kind == "element" and part.source is rows for part in (parts[0].source, root(parts[0].source))):
        return None
    ids = parts[1]
    if ids.calls_external("set", "frozenset", "list") and ids.arguments:
        ids = ids.arguments[0]
    taken = ids.one("element") if ids.kind == "comprehension" else None
    if name not in OWN_IDS and (taken is None or read_name(taken) != name):
        return None  # it belongs to an item, and is none
    return ids.every("iterable")[-1] if ids.kind == "comprehension" and ids.data in ("set", "dict") else ids


def _is_of(loop: Value, item: Value) -> bool:
    """Whether an item is what a loop meets, or has it as a part."""
    parts = [item, *item.every("item"), *item.every("spread"), *item.every("arg")]
    return any(part.kind == "element" and part.source is loop for part in map(root, parts))


def _in_documents(asked: list[Value]) -> list[Value]:
    """`{"_id": {"$in": ids}}`."""
    found: list[Value] = []
    for condition in asked:
        for key, value in (
            zip(condition.keys, condition.every("item"), strict=False) if condition.kind == "dict" else ()
        ):
            if key == "$in":
                found.append(value)
            found.extend(_in_documents([value]))
    return found


def _rows(call: Value) -> Value:
    """The rows that an executed query gives: what is fetched from the same cursor next, or a loop over it."""
    receiver = call.receiver
    cursor = root(receiver) if receiver is not None else call
    for later in call.body.nodes:
        if later.at > call.at and later.inputs:
            fetches = later.kind == "call" and later.receiver is not None and later.function.name.startswith("fetch")
            if fetches and root(later.function.source) is cursor:
                return later
            if later.kind == "element" and root(later.source) is cursor:
                return later.source
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

"""Rows of a ranking that are written through an object mapper, and queries that read them in another order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.flow.idioms import is_enumerate_index, last_name, read_name
from mldebt.flow.linking import ClassKey
from mldebt.flow.orders.kept_ranks import LOG, RANK, SCORE, TIME, shows_log
from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.orders.sort_columns import column_names
from mldebt.flow.value import Value
from mldebt.flow.wording import parted

CHAIN_LIMIT = 40
READ_LIMIT = 150
_MAKING = frozenset({"create", "acreate"})
_STARTING = frozenset({"select", "query"})
_OF_MANAGER = frozenset({"filter", "all", "exclude", "order_by", "values_list", "values", "select_related"})
_CHAINED = _OF_MANAGER | frozenset(
    """filter_by where limit offset join outerjoin options scalars execute exec fetchall only defer prefetch_related
    distinct unique mappings using stream stream_scalars scalar_one to_list aall""".split()
)
_ORDERING = frozenset({"order_by", "latest", "earliest", "reverse"})
_OWN_ID = frozenset({"id", "pk", "rowid"})


class KeptRows(msgspec.Struct, frozen=True):
    """A mapped class whose rows are those of a ranking: the columns that tell its order, if any, and the rankings."""

    name: str
    columns: frozenset[str]
    origins: tuple[Origin, ...]


class Asked(msgspec.Struct, frozen=True):
    """A query for rows of a class: the values that hold its rows, and what it orders by."""

    rows: tuple[Value, ...]
    order: tuple[str, ...]
    columns: tuple[str, ...]


class MappedRows:
    """Questions about the mapped classes that the repository writes rankings to."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow

    def lost_by(self, call: Value) -> Iterator[tuple[KeptRows, Asked]]:
        """The query that a call begins, when it asks for rows of a ranking in an order that is not the ranking's and
        its rows do not tell that either."""
        kept = self._by_class.get(cls) if (cls := self._asked_class(call)) is not None else None
        if kept is None or shows_log(call):
            return
        asked = self._chain(call)
        if not asked.rows or self._is_kept(kept, asked) or self._tells(kept, asked):
            return
        yield kept, asked

    # ------------------------------------------------------------------ what is written

    @cached_property
    def _by_class(self) -> dict[ClassKey, KeptRows]:
        found: dict[ClassKey, KeptRows] = {}
        for module in self._flow.program.modules:
            for body in self._flow.bodies(module.index) if module.category == "product" else ():
                for call in body.calls:
                    if any(map(RANK.search, call.keywords)) or any(map(SCORE.search, call.keywords)):
                        found.update(self._written(call, found))
        return found

    def _written(self, call: Value, known: dict[ClassKey, KeptRows]) -> dict[ClassKey, KeptRows]:
        """What a call that makes a row of a mapped class writes of a ranking's places."""
        ranked = {name for name, source in call.named_arguments if RANK.search(name) and _is_place(source)}
        cls = self._made(call) if ranked else None
        if cls is None or cls in known:
            return {}
        name = self._flow.scope(*cls).name
        places = (place for _, source in call.named_arguments for place in _places(source))
        origins = next((found for each in places if (found := self._rankings(each))), ())
        columns = {name for name in call.keywords if name in ranked or SCORE.search(name)}
        if not origins or LOG.search(parted(name).lower()) or not self._is_mapped(cls):
            return {}
        return {cls: KeptRows(name, frozenset(columns), origins)}

    def _rankings(self, place: Value) -> tuple[Origin, ...]:
        counted = place.source.source.arguments[:1]
        return next((found for each in counted if (found := self._orders.rankings(each))), ())

    def _made(self, call: Value) -> ClassKey | None:
        """The class of which a call makes an object: `Pick(rank=n)`, `Pick.objects.create(rank=n)`."""
        if call.calls_method(*_MAKING):
            manager = call.function.source
            owner = manager.source if manager.kind == "attr" else manager
            return owner.scope_key if owner.kind == "class" else None
        return next((target.key for target in self._flow.targets(call) if target.kind == "class"), None)

    def _is_mapped(self, cls: ClassKey) -> bool:
        """Whether objects of a class are rows of a table."""
        for owner in self._flow.program.ancestry(cls):
            if isinstance(owner, str):
                if owner.endswith(("models.Model", "SQLModel", "DeclarativeBase", "peewee.Model", "tortoise.Model")):
                    return True
            elif "__tablename__" in self._flow.body(*owner).env:
                return True
        return False

    # ------------------------------------------------------------------ what is asked

    def _asked_class(self, call: Value) -> ClassKey | None:
        """The class whose rows a query is for: `Pick.objects.filter(…)`, `select(Pick)`, `session.query(Pick.id)`."""
        method = last_name(call.function)
        if method in _STARTING and call.arguments:
            asked = call.arguments[0]
            owner = asked.source if asked.kind == "attr" else asked
        elif method in _OF_MANAGER and call.receiver is not None and call.receiver.kind == "attr":
            owner = call.receiver.source
        else:
            return None
        return owner.scope_key if owner.kind == "class" else None

    def _chain(self, call: Value) -> Asked:
        """What a query becomes by the methods that follow, up to its rows."""
        waiting, seen = [call], {call}
        ends: list[Value] = []
        order: list[str] = []
        columns = [each.name for each in call.arguments if each.kind == "attr" and each.source.kind == "class"]
        while waiting and len(seen) < CHAIN_LIMIT:
            value = waiting.pop()
            after = list(self._after(value))
            for name, each in after:
                if name in _ORDERING:
                    order += [text for by in each.arguments for text in column_names(self._flow, by)] or ["?"]
                elif name in ("values_list", "values"):
                    columns += [text for by in each.arguments for text in column_names(self._flow, by)]
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
            if not after:
                ends.append(value)
        return Asked(tuple(ends), tuple(order), tuple(columns))

    def _after(self, value: Value) -> Iterator[tuple[str, Value]]:
        for label, user in value.uses:
            if label == "function":
                continue
            if user.kind in ("phi", "same", "slice", "passed") and label in ("value", "object", "base"):
                yield "", user
            elif user.kind == "attr" and label == "object" and user.data in (_CHAINED | _ORDERING):
                yield from ((user.name, call) for inner, call in user.uses if inner == "function")
            elif user.kind == "call" and label == "arg" and last_name(user.function) in _CHAINED:
                yield "", user

    # ------------------------------------------------------------------ what becomes of the order

    def _is_kept(self, kept: KeptRows, asked: Asked) -> bool:
        """Whether the rows come in the order that was written: the query says so, or the class does for all of them."""
        names = {name.lstrip("-") for name in asked.order}
        if not names:
            return self._says_order(kept)
        return bool(names & kept.columns) or "?" in names or names <= _OWN_ID

    def _says_order(self, kept: KeptRows) -> bool:
        """Whether a mapped class says an order of its own: Django's `class Meta: ordering = ["rank"]`."""
        owner = next(cls for cls, each in self._by_class.items() if each is kept)
        for number in self._flow.children(*owner):
            body = self._flow.body(owner[0], number)
            if body.scope.name == "Meta" and "ordering" in body.env:
                return True
        return False

    def _tells(self, kept: KeptRows, asked: Asked) -> bool:
        """Whether the rows that are given tell their places or their scores, or are no more than counted; where they
        are handed on whole, they do."""
        if asked.columns:
            return bool(kept.columns.intersection(asked.columns))
        names: set[str] = set()
        for rows in asked.rows:
            for visit in self._flow.walk(rows, self._flow.forth, limit=READ_LIMIT):
                if visit.value.kind != "element":
                    continue
                for label, user in visit.value.uses:
                    if label != "object" or not read_name(user):
                        return True
                    names.add(read_name(user))
        shows_when = any(TIME.search(name) and name in asked.order for name in names)
        return not names or bool(names & kept.columns) or shows_when


def _places(source: Value) -> Iterator[Value]:
    """The position that a value is, or is counted from: `n`, `n + 1`."""
    parts = source.every("operand") if source.kind == "operation" and source.data == "+" else [source]
    yield from (part for part in parts if is_enumerate_index(part))


def _is_place(source: Value) -> bool:
    return any(True for _ in _places(source))

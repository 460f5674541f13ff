"""Statements in SQL texts, as values; the only module that knows the SQL parser."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from mldebt.regex import regex

if TYPE_CHECKING:
    from sqlglot import exp

LOOKS_LIKE_SQL = regex(
    r"(\s|\(|--[^\n]*\n|/\*.*?\*/)*(select|with|insert|update|delete|merge|replace|copy|create|truncate)\s",
    re.IGNORECASE | re.DOTALL,
)
"""How a statement begins. What begins otherwise never reaches the parser: a program without SQL pays nothing."""
TEXT_LIMIT = 20_000
STATEMENT_LIMIT = 20
HOLE = "hole_"
"""How a text names a part that is not known: with a number behind."""
DISTANCE = "<->"
"""The name, among a term's names, of a vector database's distance operators."""
_CAST = regex(r"(\?|:[A-Za-z_]\w*)::[A-Za-z_]\w*(?:\(\d+\))?(?:\[\])*")
"""What a placeholder is taken for: `%s::text[]`, `:ids::uuid[]`."""
_DISTANCES = regex(r"<(?:#|\+|~|%%?)>")
_PLACEHOLDER = regex(r"%(?:\((\w+)\)[sdb]|[sdb]\b)|(?<!\{)\{\}(?!\})")
_TEMPLATE = regex(r"\$\{(\w+)\}|\{\{\s*(\w+)[^{}]*\}\}")
_DIALECTS = ("postgres", "mysql", "bigquery", "tsql", "sqlite")
_KEEPING = frozenset({"insert", "update", "merge", "replace", "copy"})
_LOSING = {"order": "ORDER BY", "distinct": "DISTINCT", "joins": "JOIN"}
_OWN_IDS = frozenset({"id", "_id", "pk"})
_RANDOM = frozenset("rand random newid uuid gen_random_uuid uniform".split())
_HASHES = regex(r"hash(?!tag)|fingerprint|checksum|crc32|md5|sha\d|murmur")
_PLACES = frozenset("array_position arrayposition field instr find_in_set position ordinality strposition".split())


class SortTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One term of an ORDER BY: the columns, functions and operators that it is made of, in small letters, with the
    names that the query gives to its columns opened."""

    text: str
    names: frozenset[str]
    descending: bool

    @property
    def is_random(self) -> bool:
        return not self.names.isdisjoint(_RANDOM)

    @property
    def is_place(self) -> bool:
        """Whether it is the place of a row in a list that the query is given, or a case for each."""
        return not self.names.isdisjoint(_PLACES)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one statement does. `order` is the order of its rows; `looked_up` names the parameters among which a query
    looks for its rows ("" for one without a name), `by_own_ids` whether these are ids of the rows themselves; `inner`
    is the order by which a query within chose its first rows, `lost_by` what loses that; `first` is how many rows it
    takes, where that is written down. `columns` are those that it writes or gives ("*" for all), `fixed` those that all
    rows have in common; `is_summed` says that what it gives are no rows of its tables."""

    verb: str
    order: tuple[SortTerm, ...] = ()
    looked_up: tuple[str, ...] = ()
    by_own_ids: bool = False
    inner: tuple[SortTerm, ...] = ()
    lost_by: str = ""
    is_limited: bool = False
    first: int = 0
    columns: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    is_summed: bool = False
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()

    @property
    def keeps_order(self) -> bool:
        """Whether it may keep what it is given in the order that this has: rows that are deleted, or changed wherever
        their ids are among some, are in none."""
        return self.verb in _KEEPING and not (self.verb == "update" and self.looked_up)


def parse_sql(text: str) -> tuple[Statement, ...] | None:
    """The statements of a text; None when it is no SQL, or in a dialect that the parser does not know."""
    if len(text) > TEXT_LIMIT or LOOKS_LIKE_SQL.match(text) is None:
        return None
    return _parse(text)


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[Statement, ...] | None:
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it warns of statements that it only half knows
    plain = _plain(text)
    for dialect in _DIALECTS:
        try:
            trees = sqlglot.parse(plain, read=dialect)
        except (SqlglotError, RecursionError):
            continue
        return tuple(_statement(tree) for tree in trees[:STATEMENT_LIMIT] if tree is not None)
    return None


def _plain(text: str) -> str:
    """Placeholders and operators that drivers and extensions add, in words that the parser has."""
    filled = _TEMPLATE.sub(lambda found: HOLE + (found[1] or found[2]), text)
    named = _PLACEHOLDER.sub(lambda found: f":{found[1]}" if found[1] else "?", filled)
    return _DISTANCES.sub(DISTANCE, _CAST.sub(r"\1", named)).replace("%%", "%")


def _statement(tree: exp.Expr) -> Statement:
    from sqlglot import exp

    query = tree.expression if isinstance(tree, exp.Insert | exp.Create) and tree.expression else tree
    written = _written(tree)
    inner, lost_by = _lost(query)
    looked_up = tuple(_looked_up(query))
    tables = tuple(name.lower() for name in _tables(query)) if looked_up else ()
    return Statement(
        verb=_verb(tree),
        order=_order(query),
        looked_up=tuple(name for _, name in looked_up),
        by_own_ids=any(_is_own_id(column, tables) for column, _ in looked_up),
        inner=inner,
        lost_by=lost_by,
        is_limited=query.args.get("limit") is not None,
        first=_first(query),
        columns=tuple(_columns(tree)),
        fixed=frozenset(_fixed(query)),
        is_summed=_is_summed(query),
        reads=frozenset(_tables(tree)) - written,
        writes=written,
    )


def _first(query: exp.Expr) -> int:
    """The number of a `LIMIT`, 0 where it is none of the text's own, and where rows are drawn or put together."""
    from sqlglot import exp

    limit = query.args.get("limit")
    number = limit.expression if limit is not None else None
    if not isinstance(number, exp.Literal) or not number.is_int or query.args.get("offset") or _is_drawn(query):
        return 0
    return int(number.name)


def _is_drawn(query: exp.Expr) -> bool:
    """Whether a query's rows are a sample, by chance or by the hash of something, or groups of rows."""
    from sqlglot import exp

    if query.find(exp.TableSample, exp.Group) is not None:
        return True
    return any(name in _RANDOM or _HASHES.search(name) for where in query.find_all(exp.Where) for name in _names(where))


def _verb(tree: exp.Expr) -> str:
    from sqlglot import exp

    if isinstance(tree, exp.Query):
        return "select"
    return str(tree.this).lower() if isinstance(tree, exp.Command) else tree.key


# ---------------------------------------------------------------------- order


def _order(query: exp.Expr) -> tuple[SortTerm, ...]:
    """The terms of a query's own ORDER BY; of a query in brackets, or one that only wraps another, the one inside."""
    from sqlglot import exp

    order = query.args.get("order")
    if order is None:
        inside = _wrapped(query)
        return _order(inside) if inside is not None else ()
    names = _opened_names(query)
    return tuple(_term(each, names) for each in order.expressions if isinstance(each, exp.Expr))


def _wrapped(query: exp.Expr, around: exp.Expr | None = None) -> exp.Expr | None:
    """The only query that another takes its rows from, without changing which or how; its name may be one that the
    whole statement around it gives."""
    from sqlglot import exp

    if isinstance(query, exp.Subquery):
        return _tree(query.this)
    if not isinstance(query, exp.Select) or any(query.args.get(part) for part in ("joins", "group", "distinct")):
        return None
    source = query.args.get("from_") or query.args.get("from")
    return _opened(source.this, around or query) if source is not None else None


def _opened(source: exp.Expr, query: exp.Expr) -> exp.Expr | None:
    """The query behind a subquery or behind the name of a WITH."""
    from sqlglot import exp

    if isinstance(source, exp.Subquery):
        return _tree(source.this)
    if isinstance(source, exp.Table) and not source.db:
        clauses = query.args.get("with_") or query.args.get("with")
        for clause in clauses.expressions if clauses is not None else ():
            if clause.alias == source.name:
                return _tree(clause.this)
    return None


def _tree(part: object) -> exp.Expr | None:
    from sqlglot import exp

    return part if isinstance(part, exp.Expr) else None


def _term(ordered: exp.Expr, projected: dict[str, exp.Expr]) -> SortTerm:
    from sqlglot import exp

    key = ordered.this if isinstance(ordered, exp.Ordered) else ordered
    names = set(_names(key))
    opened = projected.get(key.name.lower()) if isinstance(key, exp.Column | exp.Literal) else None
    if opened is not None:
        names.update(_names(opened))
    return SortTerm(
        text=key.sql()[:60],
        names=frozenset(names),
        descending=bool(ordered.args.get("desc")),
    )


def _opened_names(query: exp.Expr) -> dict[str, exp.Expr]:
    """What a query's columns stand for, through the query that it takes its rows from."""
    from sqlglot import exp

    source = query.args.get("from_") or query.args.get("from") if isinstance(query, exp.Select) else None
    inside = _opened(source.this, query) if source is not None else None
    inner = _projected(inside) if inside is not None else {}
    named = {name: column for name, column in inner.items() if not name.isdigit()}
    for name, column in _projected(query).items():
        plain = isinstance(column, exp.Column) and column.name.lower()
        named[name] = named.get(plain, column) if plain else column
    return named


def _projected(query: exp.Expr) -> dict[str, exp.Expr]:
    """What a query's columns stand for, by name and by number."""
    from sqlglot import exp

    found: dict[str, exp.Expr] = {}
    for number, column in enumerate(query.selects if isinstance(query, exp.Query) else (), start=1):
        found[str(number)] = column
        found[column.alias_or_name.lower()] = column
    return found


def _names(key: exp.Expr) -> Iterator[str]:
    """The columns, functions and operators in an expression."""
    from sqlglot import exp

    for node in key.walk():
        if isinstance(node, exp.Distance | exp.NullSafeEQ):
            yield DISTANCE
        elif isinstance(node, exp.Case) and node.this is not None:
            yield "position"
        elif isinstance(node, exp.Anonymous):
            yield node.name.lower()
        elif isinstance(node, exp.Func):
            yield node.key
        elif isinstance(node, exp.Column | exp.Alias):
            yield node.alias_or_name.lower()


# ---------------------------------------------------------------------- rows


def _looked_up(query: exp.Expr) -> Iterator[tuple[str, str]]:
    """The columns and the parameters in `IN (…)` and `= ANY(…)` of a query's own condition, and of queries that a UNION
    puts together in no order of theirs."""
    from sqlglot import exp

    if isinstance(query, exp.Union):
        parts = [part.unnest() for part in (query.left, query.right)]
        if not any(_order(part) or part.args.get("limit") for part in parts):
            yield from (found for part in parts for found in _looked_up(part))
        return
    where = query.args.get("where") if isinstance(query, exp.Select | exp.Update) else None
    for condition in _conjuncts(where.this) if where is not None else ():
        if isinstance(condition, exp.In):
            given = [*condition.expressions, condition.args.get("field"), condition.args.get("unnest")]
        elif isinstance(condition, exp.EQ) and isinstance(condition.expression, exp.Any):
            given = [condition.expression.this]
        else:
            continue
        column = condition.this.name.lower()
        yield from ((column, _parameter(each)) for each in given if each is not None and _is_given(each))


def _is_own_id(column: str, tables: tuple[str, ...]) -> bool:
    """Whether a column tells the rows of a table apart: it is the id, or named after the first table itself."""
    kind = tables[0].removesuffix("s") if tables else ""
    return column in _OWN_IDS or (kind != "" and column.startswith(f"{kind}_"))


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    from sqlglot import exp

    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition.unnest() if isinstance(condition, exp.Paren) else condition


def _is_given(value: exp.Expr) -> bool:
    """Whether the program gives a value: a placeholder, or what it puts in the text itself."""
    from sqlglot import exp

    return value.find(exp.Placeholder, exp.Parameter) is not None or _parameter(value) != ""


def _parameter(value: exp.Expr) -> str:
    """The name of a part that the program puts in the text."""
    from sqlglot import exp

    for node in value.find_all(exp.Identifier):
        if node.name.startswith(HOLE):
            return node.name
    return ""


def _lost(query: exp.Expr) -> tuple[tuple[SortTerm, ...], str]:
    """The order of the rows within a query that its own rows no longer have, and by what."""
    from sqlglot import exp

    if isinstance(query, exp.Union) and query.args.get("distinct") and query.args.get("order") is None:
        parts = [_chosen(_wrapped(part, query) or part) for part in (query.left, query.right)]
        return next(((order, "UNION") for order in parts if order), ((), ""))
    source = query.args.get("from_") or query.args.get("from") if isinstance(query, exp.Select) else None
    inside = _opened(source.this, query) if source is not None else None
    inner = _chosen(inside) if inside is not None else ()
    if not inner or query.args.get("group"):
        return (), ""
    lost_by = (name for part, name in _LOSING.items() if query.args.get(part))
    return inner, next(lost_by, "")


def _chosen(query: exp.Expr) -> tuple[SortTerm, ...]:
    """The order by which a query chooses its first rows."""
    inside = query.unnest() if hasattr(query, "unnest") else query
    return _order(inside) if inside.args.get("limit") is not None else ()


def _columns(tree: exp.Expr) -> Iterator[str]:
    """The columns that a statement names to write, or that a query gives."""
    from sqlglot import exp

    if isinstance(tree, exp.Insert):
        target = tree.this
        named = target.expressions if isinstance(target, exp.Schema) else ()
        yield from (column.name.lower() for column in named)
    elif isinstance(tree, exp.Query):
        for column in tree.selects:
            yield "*" if column.is_star else column.alias_or_name.lower()
            if isinstance(column, exp.Alias):
                yield from (each.name.lower() for each in column.find_all(exp.Column))


def _fixed(query: exp.Expr) -> Iterator[str]:
    """The columns that a query's own condition says to be equal to something."""
    from sqlglot import exp

    where = query.args.get("where") if isinstance(query, exp.Select) else None
    for condition in _conjuncts(where.this) if where is not None else ():
        if isinstance(condition, exp.EQ) and isinstance(condition.this, exp.Column):
            yield condition.this.name.lower()


def _is_summed(query: exp.Expr) -> bool:
    """Whether a query counts or sums up rows, or groups them."""
    from sqlglot import exp

    if not isinstance(query, exp.Select):
        return False
    given = any(column.find(exp.AggFunc) is not None for column in query.selects)
    return given or any(query.args.get(part) for part in ("group", "distinct"))


# ---------------------------------------------------------------------- tables


def _tables(tree: exp.Expr) -> Iterator[str]:
    """The tables that a statement names, without those that it defines itself."""
    from sqlglot import exp

    own = {clause.alias for clause in tree.find_all(exp.CTE)}
    return (table.name for table in tree.find_all(exp.Table) if table.name and table.name not in own)


def _written(tree: exp.Expr) -> frozenset[str]:
    from sqlglot import exp

    if not isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Create | exp.Copy):
        return frozenset()
    target = tree.this if not isinstance(tree, exp.Create | exp.Insert) else tree.find(exp.Table)
    return frozenset({target.name}) if isinstance(target, exp.Expr) and target.name else frozenset()

"""Searches of an index whose hits are in no order of scores: those that ask for documents by their ids alone, or for
all, where every hit is scored alike, and those that say another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mldebt.flow.idioms import OWN_IDS, last_name
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_SPELLED = ("rapidfuzz.", "fuzzywuzzy.", "thefuzz.", "difflib.")
_LOOKUPS = frozenset({"term", "terms", "ids"})
_LIMITS = frozenset({"limit", "size", "rows", "hitsPerPage"})
_ASKING = ("query", "body")
_VECTORS = frozenset({"vector", "query_vector", "query_embeddings", "data"})
_POINTS = ("query_points", "query_points_groups")
"""Methods of a store that give all the points there are when they are asked nothing."""
_BLANK = frozenset({"zeros", "ones", "zeros_like", "ones_like"})
_SCORED_OTHERWISE = frozenset({"knn", "rescore", "rank", "retriever"})
_OTHER_ORDERS = _SCORED_OTHERWISE | {"sort", "collapse"}
_NOT_SCORED = frozenset({"filter", "must_not", "minimum_should_match"})


def searched_ids(call: Value, given: Callable[[Value], Value] = lambda value: value) -> Value | None:
    """The ids that a search asks for, when it asks for nothing that would score its hits or sort them; None for any
    other call. `given` says what a parameter is filled with, where that is known."""
    request = request_of(call)
    return requested_ids(given(request)) if request is not None else None


def ranks_nothing(call: Value) -> bool:
    """Whether a search fetches what has some value in a field, as a table would: by ids, or by `.query("term", …)`
    alone, up to `.execute()`; or asks for no hits, but for their number."""
    if searched_ids(call) is not None or _asks_no_hits(call):
        return True
    queries: list[Value] = []
    link: Value | None = call
    while link is not None and link.kind == "call":
        if link.calls_method("knn", "suggest"):
            return False
        queries += [link] if link.calls_method("query") else []
        link = link.receiver
    return bool(queries) and all(map(_is_lookup, queries))


def _asks_no_hits(call: Value) -> bool:
    asked: list[tuple[object, Value]] = [(keyword, source) for keyword, source in call.named_arguments if keyword]
    asked += [entry for source in call.arguments for entry in entries(source)] if call.calls_method("search") else []
    return any(name in _LIMITS and limit.kind == "const" and limit.data == 0 for name, limit in asked)


def _is_lookup(query: Value) -> bool:
    kind = query.arguments[0] if query.arguments else None
    return kind is not None and kind.kind == "const" and kind.data in _LOOKUPS


def compares_letters(flow: Flow, call: Value) -> bool:
    """Whether a search goes by how words are spelled."""
    return any(target.name.startswith(_SPELLED) for target in flow.targets(call))


def asks_no_scores(call: Value, given: Callable[[Value], Value] = lambda value: value) -> bool:
    """Whether a search asks for all documents there are, or says itself by what else than scores its hits are
    sorted."""
    if any(_says_nothing(given(source)) for name, source in call.named_arguments if name in _VECTORS):
        return True
    if call.calls_method(*_POINTS):
        return call.keywords.count("") < 2 and {"query", "prefetch", "**", "*"}.isdisjoint(call.keywords)
    if not call.calls_method("search"):
        return False
    named: dict[object, Value] = {keyword: given(source) for keyword, source in call.named_arguments if keyword}
    requests = [source for keyword in ("**", "body") if (source := named.pop(keyword, None)) is not None]
    ways = [way for request in requests for way in _ways(request)]
    return all(_has_no_scores(named | dict(entries(way))) for way in ways) if ways else _has_no_scores(named)


def _says_nothing(vector: Value) -> bool:
    """`[0.0] * size`, `np.zeros(size)`: a vector that is like no other, given where only filters are meant to count."""
    if vector.calls_method("tolist") and vector.receiver is not None:
        return _says_nothing(vector.receiver)
    if vector.kind == "call":
        return last_name(vector.function) in _BLANK
    lists = vector.every("operand") if vector.kind == "operation" and vector.data == "*" else []
    items = [item for each in lists if each.kind == "collection" for item in each.every("item")]
    return bool(items) and all(item.kind == "const" for item in items)


def _ways(request: Value) -> list[Value]:
    """The requests that a value may be, by the branches that make it."""
    return request.every("value") or [request] if request.kind == "phi" else [request]


def _has_no_scores(asked: Mapping[object, Value]) -> bool:
    if asked.keys() & _SCORED_OTHERWISE:
        return False
    if "sort" in asked:
        return not _is_by_score(asked["sort"])
    query = dict(entries(asked["query"])) if "query" in asked else {}
    return query.keys() == {"match_all"}


def _is_by_score(sort: Value) -> bool:
    """Whether `_score` is the first key of a sort, or the sort is not written down."""
    if sort.kind == "collection":
        first = next(iter(sort.every("item")), None)
        return first is None or _is_by_score(first)
    if sort.kind == "dict":
        return "_score" in sort.keys[:1]
    return not isinstance(sort.data, str) or sort.kind != "const" or sort.data.startswith("_score")


def request_of(call: Value) -> Value | None:
    """The request that a search sends, where nothing beside it says an order."""
    asked = dict(call.named_arguments) if call.calls_method("search") else {}
    if asked.keys() & _OTHER_ORDERS:
        return None
    return next((asked[name] for name in _ASKING if name in asked), None)


def requested_ids(asked: Value) -> Value | None:
    """The ids in a request's body or in its query."""
    said = dict(entries(asked))
    if said.keys() & _OTHER_ORDERS:
        return None
    return _in_query(said.get("query", asked))


def _in_query(query: Value) -> Value | None:
    """The ids in `{"ids": {"values": ids}}`, `{"terms": {"_id": ids}}`, and in filters of nothing else."""
    said = list(entries(query))
    kinds = {kind for kind, _ in said}
    if kinds in ({"bool"}, {"constant_score"}):
        inner = dict(entries(said[0][1]))
        return _in_filter(inner["filter"]) if "filter" in inner and inner.keys() <= _NOT_SCORED | {"boost"} else None
    if len(said) != 1:
        return None
    kind, asked = said[0]
    return next((ids for name, ids in entries(asked) if _is_by_id(kind, name)), None)


def _in_filter(condition: Value) -> Value | None:
    """The ids in one of the conditions that all hits meet."""
    conditions = condition.every("item") if condition.kind == "collection" else [condition]
    return next((ids for each in conditions if (ids := _in_query(each)) is not None), None)


def _is_by_id(kind: object, name: object) -> bool:
    is_own = isinstance(name, str) and name.removesuffix(".keyword") in OWN_IDS
    return (kind, name) == ("ids", "values") or (kind == "terms" and is_own)


def entries(value: Value) -> Iterator[tuple[object, Value]]:
    """What a dict holds under constant keys: as it is written out, and as it is changed later."""
    changed: list[tuple[object, Value]] = []
    while value.kind in ("store", "passed", "same"):
        stored = value.one("value") if value.kind == "store" else None
        changed += [(value.key, stored)] if stored is not None else []
        value = value.source
    if value.kind == "dict":
        yield from zip(value.keys, value.every("item"), strict=False)
    yield from reversed(changed)

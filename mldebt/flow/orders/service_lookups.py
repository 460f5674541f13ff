"""Searches of a service over HTTP that only filter by ids: `post(url, json={"filters": {"id": ids}, "limit": 20})`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mldebt.flow.files.query_texts import QueryTexts
from mldebt.flow.idioms import OWN_IDS, last_name
from mldebt.flow.orders.id_searches import entries
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

CALLERS = 12
"""Calls that are looked at of a function which sends what it is given."""
_POSTING = frozenset({"post", "request"})
_FILTERS = ("filters", "filter")
_IDS = OWN_IDS | {"ids", "identifier", "identifiers"}
_AMONG = frozenset({"in", "$in", "_in", "any", "terms"})
_UNSORTED = regex(
    r"^(filters?|limit|size|offset|from|skip|page\w*|per_page|fields|include\w*|exclude\w*|facets|select|index|type)$",
    re.IGNORECASE,
)
"""Entries of a request that put nothing in an order."""


class ServiceLookups:
    """Finds the ids that a service is asked for, where nothing beside them would score or sort what it finds."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._texts = flow.shared(QueryTexts)

    def of(self, call: Value) -> Iterator[tuple[Value, Value]]:
        """The ids, each with the call that says them: the request, or the caller of the function that sends it."""
        sent = dict(call.named_arguments).get("json") if last_name(call.function) in _POSTING else None
        request = _filtering(sent) if sent is not None else None
        if request is None or not self._texts.asks_an_index(call, ()) or self._texts.answers(call, ()):
            return
        wanted = next(request[name] for name in _FILTERS if name in request)
        asking = self._flow.bindings(wanted)[:CALLERS] if wanted.kind == "param" else [(call, wanted)]
        others = [source for name, source in request.items() if not _UNSORTED.match(str(name))]
        for asker, asked in asking:
            if all(self._is_empty(other, asker) for other in others):
                yield from ((asker, ids) for ids in _ids(asked))

    def _is_empty(self, value: Value, asker: Value, around: frozenset[Value] = frozenset()) -> bool:
        """Whether a part of the request says nothing when the asker sends it: `query if query else ""`, not given.
        `around` is what it may be a part of: what a loop only hands on says no more."""
        if value in around:
            return True
        if value.kind == "const":
            return not value.data
        if value.kind in ("choice", "phi") or (value.kind == "operation" and value.data == "or"):
            parts = value.every("operand") or value.every("value")
            return all(self._is_empty(part, asker, around | {value}) for part in parts)
        if value.kind != "param" or asker.body is value.body:
            return False
        given = self._flow.argument(asker, value.body, value.name)
        given = given or [step.value for step in self._flow.back_default(value, ())]
        return bool(given) and all(each.kind == "const" and not each.data for each in given)


def _filtering(sent: Value) -> Mapping[object, Value] | None:
    """What a request says, itself or one level within, where it says a filter."""
    said = dict(entries(sent))
    if any(name in said for name in _FILTERS):
        return said
    within = next(iter(said.values())) if len(said) == 1 else None
    inner = dict(entries(within)) if within is not None else {}
    return inner if any(name in inner for name in _FILTERS) else None


def _ids(wanted: Value) -> Iterator[Value]:
    """The ids in `{"id": ids}`, `{"id": {"in": ids}}`."""
    for name, source in entries(wanted):
        if name in _IDS:
            among = [ids for word, ids in entries(source) if word in _AMONG]
            yield from among or [source]

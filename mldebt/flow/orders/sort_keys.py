"""What a sort sorts by."""

from __future__ import annotations

import re
from typing import NamedTuple

from mldebt.flow.idioms import WHICH, is_negated, is_of_heap, last_name, made_of, read_name
from mldebt.flow.orders.item_keys import RANK, UNKNOWN, ItemKeys, Judgement, inside, taken
from mldebt.flow.orders.ranks import Ranks
from mldebt.flow.orders.sort_columns import column_names
from mldebt.flow.orders.told_keys import ToldKeys
from mldebt.flow.scores.scoring import SCORE_NAME, SCORE_ROLES, Scoring
from mldebt.flow.scores.shaken import is_drawn
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import in_words
from mldebt.regex import regex

KEPT_LIMIT = 12
ITEMS_LIMIT = 60
PARTIAL_LIMIT = 8
ENTROPY_DEPTH = 4
_OF_GROUP = regex(r"(^|_)(ids?|uuid|key|pk)(_|$)", re.IGNORECASE)
"""What rows are grouped by that are sorted by something else after it: each group is in an order of its own."""
_BY_COLUMN = frozenset("sort_values sortBy orderBy order_by sort nlargest nsmallest orderby".split())
_COUNTED = frozenset({"nlargest", "nsmallest"})
_DIRECTIONS = {"ASCENDING": False, "DESCENDING": True}
_LOGARITHMS = frozenset({"log", "log2", "log10", "log1p"})
_TEXT = regex(r"(^|_)(title|name|text|description|content|summary|body)$", re.IGNORECASE)


class SortKey(NamedTuple):
    """What a sort sorts by: kind is score, rank, reading (the order in a document), other or unknown; `text` says it in
    words."""

    kind: str
    text: str
    descending: bool | None


COMPUTED_SCORE = Judgement("score", "a computed score")
KEY = Judgement("other", "the key of each item")
LENGTH = Judgement("other", "the length of the items")


class SortKeys:
    """Answers per sort, given once."""

    def __init__(self, flow: Flow, scoring: Scoring, ranks: Ranks) -> None:
        self._flow = flow
        self._scoring = scoring
        self._ranks = ranks
        self._told = ToldKeys(flow)
        self._items = ItemKeys(flow, scoring, ranks, lambda sort: self.of(sort).kind)
        self._known: dict[tuple[Value, Stack], SortKey] = {}
        self._by_calls: set[Value] = set()

    def of(self, sort: Value, stack: Stack = ()) -> SortKey:
        """What a sort sorts by; where calls decide that, under those that are open."""
        if stack:
            self.of(sort)
            stack = stack if sort in self._by_calls else ()
        found = self._known.get((sort, stack))
        if found is None:
            self._known[sort, stack] = SortKey("unknown", "", None)
            before, self._items.differs = self._items.differs, False
            found = self._known[sort, stack] = self._classify(sort, stack)
            if self._items.differs and not stack:
                self._by_calls.add(sort)
            self._items.differs = before
        return found

    def told_by(self, sort: Value) -> tuple[Value, ...]:
        """The calls of which each may make a sort go by another key; none where all sort by the same."""
        self.of(sort)
        return self._told.calls(sort) if sort in self._by_calls else ()

    def sorted_attribute(self, sort: Value) -> str:
        """The attribute or the key that a sort's key function reads, "" for any other."""
        for keyword, source in sort.named_arguments:
            if keyword == "key" and source.kind == "func":
                results = self._flow.body(*source.scope_key).returns.every("value")
                return read_name(results[-1]) if results else ""
        return ""

    def parts(self, data: Value, place: int) -> list[Value]:
        """What stands at a place in the items of a sequence."""
        return self._items.parts(data, place)

    def is_led_alike(self, sort: Value, other: Value) -> bool:
        """Whether two sorts go by the same first key, in the same direction: `order_by("-lift", "-confidence")` and
        `sorted(rows, key=lambda row: (row["lift"], row["confidence"]), reverse=True)`."""
        first = self._first_name(sort)
        return (
            first != "" and first == self._first_name(other) and self.of(sort).descending == self.of(other).descending
        )

    def _first_name(self, sort: Value) -> str:
        """The column or the attribute that a sort goes by first, "" where that is not written down."""
        call = sort.one("call") if sort.kind == "mutate" else sort
        given = self._given(call) if call is not None and call.kind == "call" else []
        by = next((source for keyword, source in given if keyword in ("key", "by", "columns")), None)
        if by is not None and by.kind == "func":
            results = self._flow.body(*by.scope_key).returns.every("value")
            value = results[-1] if results else by
            while (inner := inside(value)) is not None:
                value = inner
            return read_name(value)
        if call is None or last_name(call.function) not in _BY_COLUMN:
            return ""
        by = by if by is not None else next((source for keyword, source in given if keyword == ""), None)
        names = column_names(self._flow, by) if by is not None else []
        return names[0].lstrip("-") if names else ""

    # ------------------------------------------------------------------ the call

    def _classify(self, sort: Value, stack: Stack) -> SortKey:
        call = sort.one("call") if sort.kind == "mutate" else sort
        if call is None:
            return SortKey("unknown", "", None)
        given = self._given(call)
        named = dict(given)
        plain = [source for keyword, source in given if keyword == ""]
        method, key, receiver = last_name(call.function), named.get("key"), call.receiver
        down = self._direction(named, stack)
        if method in _BY_COLUMN and key is None and receiver is not None:
            columns = plain[-1:] if method in _COUNTED else plain
            by = named.get("by", named.get("columns", columns[0] if columns else None))
            if len(plain) == 2 and (told := _told_direction(plain[1])) is not None:
                columns, down = plain[:1], told
            if by is not None:
                down = True if method == "nlargest" else down
                found = [self._by_column(each, down, stack) for each in (columns if by in columns else [by])]
                return next((each for each in found if each.kind == "score"), found[0])
            if method == "sort_values":
                return self._by_value(receiver, down)
        data = plain[0] if plain else receiver
        if is_of_heap(call):
            data = plain[1] if len(plain) > 1 else named.get("iterable")
        if method.startswith("arg") or (key is None and method in ("topk", "partition")):
            return self._by_value(data, down)
        if method in ("nlargest", "nsmallest"):
            key = named.get("key", plain[2] if len(plain) > 2 else None)
            down = method == "nlargest"
        return self._by_items(data, down) if key is None else self._by_key(key, data, down, stack)

    def _given(self, call: Value) -> list[tuple[str, Value]]:
        """The arguments of a call, behind those that a partial gave before: `newest = partial(sorted, key=age)`."""
        given = list(call.named_arguments)
        if call.function.kind in ("external", "attr"):
            return given
        visits = self._flow.walk(call.function, self._flow.back, limit=PARTIAL_LIMIT)
        made = next((each.value for each in visits if each.value.calls_external("functools.partial")), None)
        return [*list(made.named_arguments)[1:], *given] if made is not None else given

    def _by_column(self, by: Value, down: bool | None, stack: Stack) -> SortKey:
        if self._scoring.measures(by.receiver if by.calls_method("desc", "asc") and by.receiver is not None else by):
            return SortKey(*COMPUTED_SCORE, down)
        texts = column_names(self._flow, by, stack)
        if not texts:
            roles = self._flow.roles(by) if by.kind == "call" else frozenset()
            return SortKey(*(COMPUTED_SCORE if roles & SCORE_ROLES else UNKNOWN), down)
        if "?" in texts or any("random" in text.lower() for text in texts):
            return SortKey("other", "a random order", down)
        if any(self._items.is_on_map(text.lstrip("-")) for text in texts if "dist" in text):
            return SortKey(*UNKNOWN, down)
        scores = [bool(SCORE_NAME.search(text)) or self._items.holds_scores(by, text.lstrip("-")) for text in texts]
        is_score = any(scores)
        self._items.differs |= is_score and not all(scores) and self._told.constants(by, stack).by_calls
        is_rank = not is_score and any(self._items.is_kept_rank(text.lstrip("-")) for text in texts)
        several = by.kind in ("collection", "operation") and len(texts) > 1
        firsts = texts if by.kind == "operation" else texts[:1]  # which of several lists begins, the texts do not say
        in_groups = several and any(map(_OF_GROUP.search, firsts))
        kind = "score" if is_score else "rank" if is_rank else "unknown" if in_groups else "other"
        text = f"columns {', '.join(map(repr, texts))}" if several else f"column {texts[-1]!r}"
        return SortKey(kind, text, True if texts[-1].startswith("-") else down)

    def _by_value(self, data: Value | None, down: bool | None) -> SortKey:
        """Numbers that are sorted themselves, or whose order is asked for (argsort, topk)."""
        if data is None:
            return SortKey(*UNKNOWN, down)
        found = COMPUTED_SCORE if self._scoring.is_score(data) else UNKNOWN
        return SortKey(*found, True if is_negated(data) and not _is_entropy(data) else down)

    def _by_items(self, data: Value | None, down: bool | None) -> SortKey:
        """A sort without a key sorts the items themselves; of tuples, the first part."""
        if data is None:
            return SortKey(*UNKNOWN, down)
        picked = self._picked(data)
        if picked is not None:
            return SortKey("unknown" if self._scoring.is_score(picked) else "other", "the items themselves", down)
        if any(map(self._scoring.is_score, self._items.parts(data, 0))):
            return SortKey(*COMPUTED_SCORE, down)
        return SortKey(*(KEY if self._items.are_ranked_by_value(data) else UNKNOWN), down)

    def _picked(self, data: Value) -> Value | None:
        """What the items of a list are, where they were picked: an attribute, or an item of something."""
        for visit in self._flow.walk(data, self._flow.back, limit=ITEMS_LIMIT):
            value = visit.value
            if value.kind == "comprehension" and value.data in ("list", "generator"):
                element = value.one("element")
                is_picked = element is not None and element.kind in ("attr", "item")
                return element if is_picked else None
            if self._is_column(value):
                return value
            if value.kind == "collection" or value.calls_external("zip"):
                break
        return None

    def _is_column(self, value: Value) -> bool:
        """`rows["id"]` of a frame: its items stand for the rows; those of `rows["brand"]` are what rows share."""
        if value.kind != "item" or not isinstance(value.data, str) or WHICH.search(value.data) is None:
            return False
        return any(found.name == "pandas.DataFrame" for found in self._flow.types(value.source))

    # ------------------------------------------------------------------ the key

    def _by_key(self, key: Value, data: Value | None, down: bool | None, stack: Stack) -> SortKey:
        """The judgement of what a key may be; where that differs, calls decide."""
        keys = self._told.keys(key, stack) or [(key, stack)]
        found = [self._by_function(each, data, down, around) for each, around in keys]
        if len({each.kind for each in found}) == 1:
            return found[0]
        self._items.differs = True
        return SortKey(*UNKNOWN, down)

    def _by_results(self, results: list[Value], data: Value | None, down: bool | None, stack: Stack) -> SortKey:
        """The judgement of what a key function gives."""
        found = self._by_result(results[-1], down, stack) if results else SortKey(*UNKNOWN, down)
        return self._by_parts(found, taken(results[-1]) if results else None, data)

    def _by_function(self, key: Value, data: Value | None, down: bool | None, stack: Stack) -> SortKey:
        """The judgement of what a function gives; where that is an item of its argument, of what stands there."""
        if key.kind == "func":
            return self._by_results(self._flow.body(*key.scope_key).returns.every("value"), data, down, stack)
        if made := self._told.made_by(key):
            return self._by_results(self._flow.body(*made[0]).returns.every("value"), data, down, (*stack, key))
        if key.calls_external("functools.partial", "functools.cmp_to_key"):
            return self._by_wrapped(key, data, down, stack)
        if key.kind == "call":
            found = SortKey(*self._getter(key, stack), down)
            position = key.arguments[0].data if key.arguments and found.text.startswith("item ") else None
            return self._by_parts(found, position if isinstance(position, int) else None, data)
        return self._by_lookup(key, down)

    def _by_wrapped(self, key: Value, data: Value | None, down: bool | None, stack: Stack) -> SortKey:
        """`partial(field, "price")` by what that gives; `cmp_to_key(compare)` by what that subtracts first."""
        wrapped = [
            target.key for given in key.arguments[:1] for target in self._flow.callees(given) if target.kind == "func"
        ]
        if not wrapped:
            return SortKey(*UNKNOWN, down)
        body = self._flow.body(*wrapped[0])
        if key.calls_external("functools.partial"):
            return self._by_results(body.returns.every("value"), data, down, (*stack, key))
        compared = [
            each for each in body.nodes if each.kind == "compare" or (each.kind == "operation" and each.data == "-")
        ]
        return self._by_result(compared[0].every("operand")[0], None, stack) if compared else SortKey(*UNKNOWN, down)

    def _by_parts(self, found: SortKey, index: int | None, data: Value | None) -> SortKey:
        """Where a key is an item of its argument, the judgement of what stands there."""
        down = found.descending
        if found.text == LENGTH.text and data is not None and self._is_of_groups(data):
            return SortKey(*UNKNOWN, down)
        if found.kind != "unknown" or index is None or data is None:
            return found
        parts = self._items.parts(data, index)
        if any(map(self._scoring.is_score, parts)):
            return found._replace(kind="score", text=f"item {index}, a computed score")
        if index == 0 and self._items.are_ranked_by_value(data):
            return SortKey(*KEY, down)
        if parts and all(is_drawn(self._flow, part) for part in parts):
            return found._replace(kind="other", text=f"item {index}, a random number")
        return found

    def _is_of_groups(self, data: Value) -> bool:
        """Whether the items of a sequence are what a mapping holds, the groups of something."""
        visits = self._flow.walk(data, self._flow.back, limit=KEPT_LIMIT)
        return any(visit.value.calls_method("values", "items") for visit in visits)

    def _by_lookup(self, key: Value, down: bool | None) -> SortKey:
        if key.kind == "attr" and key.data in ("get", "__getitem__", "index"):
            return SortKey(*self._looked_up(key.source), down)
        if key.kind == "external" and key.data == "len":
            return SortKey(*LENGTH, down)
        return SortKey(*UNKNOWN, down)

    def _getter(self, key: Value, stack: Stack) -> Judgement:
        """`itemgetter("score")`, `attrgetter("score")`."""
        api = self._flow.api(key)
        is_getter = api is not None and api.name.rpartition(".")[2] in ("itemgetter", "attrgetter")
        if not is_getter or not key.arguments:
            return UNKNOWN
        asked = key.arguments[0]
        if asked.kind != "const":
            known = self._told.constants(asked, stack).constants
            return self._items.of_names([each for each in known if isinstance(each, str)], key) or UNKNOWN
        if isinstance(asked.data, str):
            return Judgement("score" if SCORE_NAME.search(asked.data) else "other", repr(asked.data))
        return Judgement("unknown", f"item {asked.data}")

    def _direction(self, named: dict[str, Value], stack: Stack) -> bool | None:
        """Whether a sort goes down; None when that is not written down."""
        if "ascending" in named:
            up = self._flag(named["ascending"], stack)
            return None if up is None else not up
        return self._flag(named["reverse"], stack) if "reverse" in named else False

    def _flag(self, value: Value, stack: Stack) -> bool | None:
        """The only answer that a flag can be; calls decide where there are two."""
        known = self._told.constants(value, stack)
        self._items.differs |= len(known.constants) > 1 and known.by_calls
        answer = known.constants[0] if len(known.constants) == 1 else None
        return answer if isinstance(answer, bool) else None

    def _looked_up(self, holder: Value) -> Judgement:
        """`key=places.get`."""
        if self._ranks.is_rank_map(holder):
            return RANK
        return Judgement("score", "looked-up scores") if self._scoring.is_score(holder) else UNKNOWN

    def _by_result(self, value: Value, down: bool | None, stack: Stack) -> SortKey:
        """By what a key function returns, looked at through negations, tuples and casts."""
        inner = inside(value)
        if inner is None:
            return SortKey(*(_length(value) or self._items.judge(value, stack)), down)
        if is_negated(value):
            down = True if down is None else not down
        found = self._by_result(inner, down, stack)
        is_text = found.kind == "unknown" and value.kind == "call" and value.function.data == "str"
        return SortKey("other", f"the text of {in_words(inner)}", down) if is_text else found


def _is_entropy(value: Value) -> bool:
    """`-np.sum(p * np.log(p), axis=1)`: whether chances are weighed by their own logarithms, which makes a score of the
    negative sum; a logarithm alone is turned round by its sign like any score."""
    products = (each for each in made_of(value, ENTROPY_DEPTH) if each.kind == "operation" and each.data == "*")
    factors = (factor for each in products for factor in each.every("operand") if factor.kind == "call")
    return any(last_name(factor.function) in _LOGARITHMS for factor in factors)


def _length(value: Value) -> Judgement | None:
    """What a length says: that of the item itself is no score, that of what was found for it (its matches) may be."""
    if not value.calls_external("len"):
        return None
    measured = value.arguments[0] if value.arguments else value
    if _TEXT.search(read_name(measured)):
        return Judgement("other", f"the length of {read_name(measured)!r}")
    return LENGTH if measured.kind == "param" else UNKNOWN


def _told_direction(value: Value) -> bool | None:
    """Whether the second argument of `sort("date", -1)` says down; None where it says no direction."""
    if value.kind == "external" and value.name.rpartition(".")[2] in _DIRECTIONS:
        return _DIRECTIONS[value.name.rpartition(".")[2]]
    inner = value.source if is_negated(value) else value
    return value is not inner if inner.kind == "const" and inner.data == 1 else None

"""What a sort sorts by."""

from __future__ import annotations

import re
from typing import NamedTuple

from mldebt.flow.files.named_places import NamedPlaces
from mldebt.flow.idioms import WHICH, is_enumerate_index, is_negated, is_of_heap, last_name, read_name
from mldebt.flow.orders.listed import written_out
from mldebt.flow.orders.ranks import Ranks
from mldebt.flow.orders.sort_columns import column_names
from mldebt.flow.scores.scoring import SCORE_NAME, SCORE_ROLES, Scoring
from mldebt.flow.scores.shaken import is_drawn, is_shaken
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import in_words
from mldebt.regex import regex

COLUMN_LIMIT = 30
KEPT_LIMIT = 12
ITEMS_LIMIT = 60
PARTIAL_LIMIT = 8
READING_NAME = regex(
    r"^(page(_?(no|num|number|idx))?|top|bottom|[xy][01]|start(_?(pos|offset|idx|index|time))?|end|offset|chunk\w*"
    r"|line(_?(no|number))?|paragraph\w*|seq\w*|ordinal)$",
    re.IGNORECASE,
)
_OF_GROUP = regex(r"(^|_)(ids?|uuid|key|pk)(_|$)", re.IGNORECASE)
"""What rows are grouped by that are sorted by something else after it: each group is in an order of its own."""
_BY_COLUMN = frozenset("sort_values sortBy orderBy order_by sort nlargest nsmallest orderby".split())
_COUNTED = frozenset({"nlargest", "nsmallest"})
_CASTS = frozenset({"float", "int", "str", "round", "abs"})
_BOUNDING = frozenset({"float", "int", "round", "abs", "min", "max", "clip"})
_GEOGRAPHIC = regex(r"(^|\.)(gis|geo\w*|haversine\w*|great_circle)(\.|$)", re.IGNORECASE)
_CHOOSING = ("min", "max", "sum")
_DIRECTIONS = {"ASCENDING": False, "DESCENDING": True}
_LOOKUPS = ("get", "pop", "setdefault", "index")
_GRADES = frozenset("high medium low strong weak best good fair poor bad critical major minor exact partial".split())
_TELLING = tuple(
    "lower upper casefold strip lstrip rstrip title capitalize replace split timestamp toordinal date isoformat".split()
)
"""Methods of texts and times, which give the same text or time in another form."""


class SortKey(NamedTuple):
    """What a sort sorts by: kind is score, rank, reading (the order in a document), other or unknown; `text` says it in
    words."""

    kind: str
    text: str
    descending: bool | None


class Judgement(NamedTuple):
    """A sort key without its direction."""

    kind: str
    text: str = ""


UNKNOWN = Judgement("unknown")
COMPUTED_SCORE = Judgement("score", "a computed score")
RANK = Judgement("rank", "the position in a ranking")
SHAKEN = Judgement("other", "the place, moved at random")
LENGTH = Judgement("other", "the length of the items")


class SortKeys:
    """Answers per sort, given once."""

    def __init__(self, flow: Flow, scoring: Scoring, ranks: Ranks) -> None:
        self._flow = flow
        self._scoring = scoring
        self._ranks = ranks
        self._places = flow.shared(NamedPlaces)
        self._known: dict[Value, SortKey] = {}

    def of(self, sort: Value) -> SortKey:
        """What a sort sorts by."""
        found = self._known.get(sort)
        if found is None:
            self._known[sort] = SortKey("unknown", "", None)
            found = self._known[sort] = self._classify(sort)
        return found

    def sorted_attribute(self, sort: Value) -> str:
        """The attribute that a sort's key function reads, "" for any other key."""
        for keyword, source in sort.named_arguments:
            if keyword == "key" and source.kind == "func":
                results = self._flow.body(*source.scope_key).returns.every("value")
                if results and results[-1].kind == "attr":
                    return results[-1].name
        return ""

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
            while (inner := _inside(value)) is not None:
                value = inner
            return read_name(value)
        if call is None or last_name(call.function) not in _BY_COLUMN:
            return ""
        by = by if by is not None else next((source for keyword, source in given if keyword == ""), None)
        names = column_names(self._flow, by) if by is not None else []
        return names[0].lstrip("-") if names else ""

    # ------------------------------------------------------------------ the call

    def _classify(self, sort: Value) -> SortKey:
        call = sort.one("call") if sort.kind == "mutate" else sort
        if call is None:
            return SortKey("unknown", "", None)
        given = self._given(call)
        named = dict(given)
        plain = [source for keyword, source in given if keyword == ""]
        method, key, receiver = last_name(call.function), named.get("key"), call.receiver
        down = _direction(named)
        if method in _BY_COLUMN and key is None and receiver is not None:
            columns = plain[-1:] if method in _COUNTED else plain
            by = named.get("by", named.get("columns", columns[0] if columns else None))
            if len(plain) == 2 and (told := _told_direction(plain[1])) is not None:
                columns, down = plain[:1], told
            if by is not None:
                down = True if method == "nlargest" else down
                found = [self._by_column(each, down) for each in (columns if by in columns else [by])]
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
        return self._by_items(data, down) if key is None else self._by_function(key, data, down)

    def _given(self, call: Value) -> list[tuple[str, Value]]:
        """The arguments of a call, behind those that a partial gave before: `newest = partial(sorted, key=age)`."""
        given = list(call.named_arguments)
        if call.function.kind in ("external", "attr"):
            return given
        visits = self._flow.walk(call.function, self._flow.back, limit=PARTIAL_LIMIT)
        made = next((each.value for each in visits if each.value.calls_external("functools.partial")), None)
        return [*list(made.named_arguments)[1:], *given] if made is not None else given

    def _by_column(self, by: Value, down: bool | None) -> SortKey:
        if self._scoring.measures(by.receiver if by.calls_method("desc", "asc") and by.receiver is not None else by):
            return SortKey(*COMPUTED_SCORE, down)
        texts = column_names(self._flow, by)
        if not texts:
            roles = self._flow.roles(by) if by.kind == "call" else frozenset()
            return SortKey(*(COMPUTED_SCORE if roles & SCORE_ROLES else UNKNOWN), down)
        if "?" in texts or any("random" in text.lower() for text in texts):
            return SortKey("other", "a random order", down)
        if any(self._is_on_map(text.lstrip("-")) for text in texts if "dist" in text):
            return SortKey(*UNKNOWN, down)
        is_score = any(SCORE_NAME.search(text) or self._holds_scores(by, text.lstrip("-")) for text in texts)
        is_rank = not is_score and any(self._is_kept_rank(text.lstrip("-")) for text in texts)
        several = by.kind in ("collection", "operation") and len(texts) > 1
        in_groups = several and _OF_GROUP.search(texts[0]) is not None
        kind = "score" if is_score else "rank" if is_rank else "unknown" if in_groups else "other"
        text = f"columns {', '.join(map(repr, texts))}" if several else f"column {texts[-1]!r}"
        return SortKey(kind, text, True if texts[-1].startswith("-") else down)

    def _by_value(self, data: Value | None, down: bool | None) -> SortKey:
        """Numbers that are sorted themselves, or whose order is asked for (argsort, topk)."""
        if data is None:
            return SortKey(*UNKNOWN, down)
        found = COMPUTED_SCORE if self._scoring.is_score(data) else UNKNOWN
        return SortKey(*found, True if is_negated(data) else down)

    def _by_items(self, data: Value | None, down: bool | None) -> SortKey:
        """A sort without a key sorts the items themselves; of tuples, the first part."""
        if data is None:
            return SortKey(*UNKNOWN, down)
        picked = self._picked(data)
        if picked is not None:
            return SortKey("unknown" if self._scoring.is_score(picked) else "other", "the items themselves", down)
        found = COMPUTED_SCORE if any(map(self._scoring.is_score, self._parts(data, 0))) else UNKNOWN
        return SortKey(*found, down)

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

    def _parts(self, data: Value, index: int) -> list[Value]:
        """What stands at an index in the items of a sequence: of tuples that are written out, of what is zipped,
        numbered or held by a dict."""
        found = []
        for visit in self._flow.walk(data, self._within, limit=ITEMS_LIMIT):
            value = visit.value
            if value.kind == "collection" and value.data == "tuple":
                found += value.every("item")[index : index + 1]
            elif value.calls_external("zip"):
                found += value.arguments[index : index + 1]
            elif index == 1 and value.calls_external("enumerate"):
                found += value.arguments[:1]
            elif index == 1 and value.calls_method("items"):
                found.append(value.function.source)
        return found

    def _within(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the items of a sequence, and not into these."""
        is_item = value.kind == "collection" and value.data == "tuple"
        if is_item or value.calls_external("zip", "enumerate") or value.calls_method("items"):
            return []
        return self._flow.back(value, stack)

    # ------------------------------------------------------------------ the key

    def _by_function(self, key: Value, data: Value | None, down: bool | None) -> SortKey:
        """The judgement of what a function gives; where that is an item of its argument, of what stands there."""
        if key.kind == "func":
            results = self._flow.body(*key.scope_key).returns.every("value")
            found = self._by_result(results[-1], down) if results else SortKey(*UNKNOWN, down)
            index = _taken(results[-1]) if results else None
        elif key.kind == "call":
            found = SortKey(*self._getter(key), down)
            position = key.arguments[0].data if key.arguments and found.text.startswith("item ") else None
            index = position if isinstance(position, int) else None
        else:
            return self._by_lookup(key, down)
        if found.text == LENGTH.text and data is not None and self._is_of_groups(data):
            return SortKey(*UNKNOWN, down)
        if found.kind != "unknown" or index is None or data is None:
            return found
        parts = self._parts(data, index)
        if any(map(self._scoring.is_score, parts)):
            return found._replace(kind="score", text=f"item {index}, a computed score")
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

    def _getter(self, key: Value) -> Judgement:
        """`itemgetter("score")`, `attrgetter("score")`."""
        api = self._flow.api(key)
        is_getter = api is not None and api.name.rpartition(".")[2] in ("itemgetter", "attrgetter")
        if not is_getter or not key.arguments:
            return UNKNOWN
        name = key.arguments[0].data
        if isinstance(name, str):
            return Judgement("score" if SCORE_NAME.search(name) else "other", repr(name))
        return Judgement("unknown", f"item {name}")

    def _looked_up(self, holder: Value) -> Judgement:
        """`key=places.get`."""
        if self._ranks.is_rank_map(holder):
            return RANK
        return Judgement("score", "looked-up scores") if self._scoring.is_score(holder) else UNKNOWN

    def _by_result(self, value: Value, down: bool | None) -> SortKey:
        """By what a key function returns, looked at through negations, tuples and casts."""
        inner = _inside(value)
        if inner is None:
            return SortKey(*(_length(value) or self._judge(value)), down)
        if is_negated(value):
            down = True if down is None else not down
        found = self._by_result(inner, down)
        is_text = found.kind == "unknown" and value.kind == "call" and value.function.data == "str"
        return SortKey("other", f"the text of {in_words(inner)}", down) if is_text else found

    def _judge(self, value: Value) -> Judgement:
        if self._ranks.is_rank(value):
            return RANK
        name = read_name(value)
        if "dist" in name and self._is_on_map(name):
            return UNKNOWN
        if self._scoring.is_score(value) or (name and self._holds_scores(value, name)):
            return SHAKEN if is_shaken(self._flow, self._scoring, value) else Judgement("score", in_words(value))
        if name:
            return self._judge_name(name, value)
        if value.kind == "call":
            return self._judge_call(value)
        if value.kind == "item" and value.data is None:
            return self._told_by(value.source, value.one("key"))
        if value.kind == "compare" or (value.kind == "operation" and value.data == "not"):
            return Judgement("other", in_words(value))
        return UNKNOWN

    def _judge_name(self, name: str, value: Value) -> Judgement:
        """By what is kept anywhere under the name that a value is read by."""
        if self._is_kept_rank(name):
            return RANK
        kind = "reading" if READING_NAME.search(name) else "other"
        return UNKNOWN if self._is_kept_score(name) else Judgement(kind, in_words(value))

    def _holds_scores(self, near: Value, name: str) -> bool:
        """Whether the module computes what it keeps under a name from a score."""
        kept = self._places.kept(near.body.module.index, name)[:KEPT_LIMIT]
        return any(self._scoring.is_score(part) for value in kept for part in _within(value))

    def _is_kept_score(self, name: str) -> bool:
        """Whether any module keeps a score under a name, or the part of its items by which a ranking was sorted."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        parts = [part for value in kept for part in _within(value)]
        if any(map(self._is_sorted_by, parts)):
            return True
        return any(self._scoring.measures(part) or self._scoring.scorer(part) is not None for part in parts)

    def _is_kept_rank(self, name: str) -> bool:
        """Whether any module keeps under a name the place of something in a sequence, or a frame's own ranks."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        headed = self._places.headed(name)[:KEPT_LIMIT]
        return any(map(_is_place, (*kept, *(part for rows, place in headed for part in self._parts(rows, place)))))

    def _is_sorted_by(self, part: Value) -> bool:
        """`for item, score in sorted(pairs, key=lambda pair: pair[1], reverse=True)[:10]`: the second of each two."""
        if part.kind != "item" or not isinstance(part.data, int) or part.source.kind != "element":
            return False
        ranking = part.source.source
        while ranking.kind in ("slice", "passed", "same"):
            ranking = ranking.source
        key = dict(ranking.named_arguments).get("key") if ranking.calls_external("sorted") else None
        if key is None or key.kind != "func" or self.of(ranking).kind != "score":
            return False
        return any(_taken(result) == part.data for result in self._flow.body(*key.scope_key).returns.every("value"))

    def _is_on_map(self, name: str) -> bool:
        """Whether a name is that of a distance between places of the world."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        calls = (value for value in kept if value.kind == "call")
        return any(_GEOGRAPHIC.search(target.name) for call in calls for target in self._flow.targets(call))

    def _told_by(self, holder: Value, asked: Value | None) -> Judgement:
        """What a table in the code says of something that an item has; a table of grades is one of scores."""
        table = written_out(self._flow, holder) if asked is not None else None
        if asked is None or table is None or _is_of_grades(table):
            return UNKNOWN
        is_known = asked.kind == "param" or self._judge(asked).kind == "other"
        return Judgement("other", f"what {in_words(holder)} says") if is_known else UNKNOWN

    def _judge_call(self, call: Value) -> Judgement:
        """A random number, or what a known function computes; looked-up and home-made values may well be scores."""
        if call.calls_external(*_CHOOSING):
            return self._judge_parts(call)
        if call.calls_method(*_TELLING) and (read_name(call.function.source) or call.function.source.kind == "call"):
            return self._judge(call.function.source)
        if call.calls_method("get", "index") and call.arguments:
            return self._told_by(call.function.source, call.arguments[0])
        targets = self._flow.targets(call)
        if any("random" in target.name for target in targets):
            return Judgement("other", "a random number")
        is_known = all(t.kind == "external" and t.api is not None and not t.guessed for t in targets)
        return Judgement("other", in_words(call)) if is_known and not call.calls_method(*_LOOKUPS) else UNKNOWN

    def _judge_parts(self, call: Value) -> Judgement:
        """By what the least, the greatest or the sum of values is made of: the earliest of several ranks is one."""
        given = [part for source in call.arguments for part in source.every("element") or [source]]
        found = [self._judge(part) for part in given if part.kind != "const"]
        told = (judged for kind in ("rank", "score", "unknown") for judged in found if judged.kind == kind)
        return next(told, Judgement("other", in_words(call)))


def _is_place(value: Value) -> bool:
    """Whether a value counts the items of a sequence in their order; `place + 1` does, too."""
    if value.kind == "operation" and value.data in ("+", "-"):
        value = value.source
    return is_enumerate_index(value) or value.calls_method("rank", "cumcount") or value.calls_external("range")


def _is_of_grades(table: Value) -> bool:
    """Whether a table or list tells grades apart, which may well be made from the score."""
    words = table.keys if table.kind == "dict" else [item.data for item in table.every("item")]
    return not _GRADES.isdisjoint(str(word).lower() for word in words)


def _length(value: Value) -> Judgement | None:
    """What a length says: that of the item itself is no score, that of what was found for it (its matches) may be."""
    if not value.calls_external("len"):
        return None
    return LENGTH if value.arguments and value.arguments[0].kind == "param" else UNKNOWN


def _within(value: Value) -> list[Value]:
    """What is rounded, cast or bounded."""
    if value.kind == "call" and last_name(value.function) in _BOUNDING:
        return [part for source in value.arguments for part in _within(source)]
    return [value]


def _inside(value: Value) -> Value | None:
    """What decides about a key: a tuple's first part, a choice's first value or, if all are constants, its test."""
    if is_negated(value) or (value.kind == "operation" and value.data == "or"):
        return value.source
    if value.kind == "collection" and value.data == "tuple" and value.inputs:
        return value.source
    if value.kind == "choice":
        parts = value.every("value")
        return value.one("test") if all(part.kind == "const" for part in parts) else parts[0]
    if value.kind == "call" and len(value.inputs) > 1 and value.function.data in _CASTS:
        return value.inputs[1][1]
    return None


def _taken(value: Value) -> int | None:
    """The position that a key function takes from its argument, None when it does something else."""
    inner = _inside(value)
    if inner is not None:
        return _taken(inner)
    is_part = value.kind == "item" and value.source.kind == "param" and isinstance(value.data, int)
    return value.data if is_part and isinstance(value.data, int) else None


def _direction(named: dict[str, Value]) -> bool | None:
    """Whether a sort goes down; None when that is not written down."""
    if "ascending" in named:
        up = _flag(named["ascending"])
        return None if up is None else not up
    return _flag(named["reverse"]) if "reverse" in named else False


def _told_direction(value: Value) -> bool | None:
    """Whether the second argument of `sort("date", -1)` says down; None where it says no direction."""
    if value.kind == "external" and value.name.rpartition(".")[2] in _DIRECTIONS:
        return _DIRECTIONS[value.name.rpartition(".")[2]]
    inner = value.source if is_negated(value) else value
    return value is not inner if inner.kind == "const" and inner.data == 1 else None


def _flag(value: Value) -> bool | None:
    return value.data if value.kind == "const" and isinstance(value.data, bool) else None

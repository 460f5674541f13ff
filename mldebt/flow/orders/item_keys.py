"""What an item is sorted by: a score, a place in a ranking, or anything else that it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mldebt.flow.files.named_places import NamedPlaces
from mldebt.flow.idioms import WHICH, bare, is_enumerate_index, is_negated, last_name, read_name
from mldebt.flow.orders.listed import written_out
from mldebt.flow.orders.ranks import Ranks
from mldebt.flow.orders.told_keys import ToldKeys
from mldebt.flow.scores.scoring import SCORE_NAME, Scoring
from mldebt.flow.scores.shaken import is_shaken
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.flow.wording import in_words
from mldebt.regex import regex

KEPT_LIMIT = 12
ITEMS_LIMIT = 60
READING_NAME = regex(
    r"^(page(_?(no|num|number|idx))?|top|bottom|[xy][01]|start(_?(pos|offset|idx|index|time))?|end|offset|chunk\w*"
    r"|line(_?(no|number))?|paragraph\w*|seq\w*|ordinal)$",
    re.IGNORECASE,
)
_TIME = regex(r"(^|_)(dates?|times?|datetime|timestamp|ts|ds|days?|weeks?|months?|quarters?|years?|hours?|minutes?)$")
_CASTS = frozenset({"float", "int", "str", "round", "abs"})
_BOUNDING = frozenset({"float", "int", "round", "abs", "min", "max", "clip"})
_GEOGRAPHIC = regex(r"(^|\.)(gis|geo\w*|haversine\w*|great_circle)(\.|$)", re.IGNORECASE)
_CHOOSING = ("min", "max", "sum")
_LOOKUPS = ("get", "pop", "setdefault", "index")
_GRADES = frozenset("high medium low strong weak best good fair poor bad critical major minor exact partial".split())
_TELLING = tuple(
    "lower upper casefold strip lstrip rstrip title capitalize replace split timestamp toordinal date isoformat".split()
)
"""Methods of texts and times, which give the same text or time in another form."""


class Judgement(NamedTuple):
    """A sort key without its direction."""

    kind: str
    text: str = ""


UNKNOWN = Judgement("unknown")
RANK = Judgement("rank", "the position in a ranking")
SHAKEN = Judgement("other", "the place, moved at random")


class ItemKeys:
    """Judges what a key function reads. `kind_of` says by what kind of key another sort goes; `differs` says of the
    last judgements that some depend on who calls."""

    def __init__(self, flow: Flow, scoring: Scoring, ranks: Ranks, kind_of: Callable[[Value], str]) -> None:
        self._flow = flow
        self._scoring = scoring
        self._ranks = ranks
        self._kind_of = kind_of
        self._places = flow.shared(NamedPlaces)
        self._told = ToldKeys(flow)
        self.differs = False

    def judge(self, value: Value, stack: Stack = ()) -> Judgement:
        if self._ranks.is_rank(value):
            return RANK
        name = read_name(value)
        if "dist" in name and self.is_on_map(name):
            return UNKNOWN
        if self._scoring.is_score(value) or (name and self.holds_scores(value, name)):
            return SHAKEN if is_shaken(self._flow, self._scoring, value) else Judgement("score", in_words(value))
        if name:
            return self._judge_name(name, value)
        return self.of_names(self._told.names(value, stack), value) or self._judge_unnamed(value)

    def of_names(self, names: list[str], value: Value) -> Judgement | None:
        """By the names under which a value may be read from an object; calls decide where they differ. None where
        there is no name."""
        judged = [
            Judgement("score", repr(name)) if SCORE_NAME.search(name) else self._judge_name(name, value, repr(name))
            for name in names
        ]
        if len({each.kind for each in judged}) < 2:
            return judged[0] if judged else None
        self.differs = True
        return UNKNOWN

    def _judge_unnamed(self, value: Value) -> Judgement:
        """By what a call computes, a table tells or a test asks."""
        if value.kind == "call":
            return self._judge_call(value)
        if value.kind == "item" and value.data is None:
            return self._told_by(value.source, value.one("key"))
        if value.kind == "compare" or (value.kind == "operation" and value.data == "not"):
            return Judgement("other", in_words(value))
        return UNKNOWN

    def _judge_name(self, name: str, value: Value, text: str = "") -> Judgement:
        """By what is kept anywhere under the name that a value is read by."""
        if self.is_kept_rank(name):
            return RANK
        kind = "reading" if READING_NAME.search(name) else "other"
        return UNKNOWN if self._is_kept_score(name) else Judgement(kind, text or in_words(value))

    def holds_scores(self, near: Value, name: str) -> bool:
        """Whether the module computes what it keeps under a name from a score: what tells an item, or a time, is none,
        even if a model's answer has it as well."""
        if WHICH.search(name) or _TIME.search(name):
            return False
        kept = self._places.kept(near.body.module.index, name)[:KEPT_LIMIT]
        return any(self._scoring.is_score(part) for value in kept for part in _within(value))

    def _is_kept_score(self, name: str) -> bool:
        """Whether any module keeps a score under a name, or the part of its items by which a ranking was sorted."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        parts = [part for value in kept for part in _within(value)]
        if any(map(self._is_sorted_by, parts)):
            return True
        return any(self._scoring.measures(part) or self._scoring.scorer(part) is not None for part in parts)

    def is_kept_rank(self, name: str) -> bool:
        """Whether any module keeps under a name the place of something in a sequence, or a frame's own ranks."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        headed = self._places.headed(name)[:KEPT_LIMIT]
        return any(map(_is_place, (*kept, *(part for rows, place in headed for part in self.parts(rows, place)))))

    def _is_sorted_by(self, part: Value) -> bool:
        """`for item, score in sorted(pairs, key=lambda pair: pair[1], reverse=True)[:10]`: the second of each two."""
        if part.kind != "item" or not isinstance(part.data, int) or part.source.kind != "element":
            return False
        ranking = _ranking_of(part.source.source)
        return any(taken(result) == part.data for result in self._ranking_keys(ranking))

    def _ranking_keys(self, ranking: Value) -> list[Value]:
        """What the key function of a ranking gives; nothing where a sort is none."""
        key = dict(ranking.named_arguments).get("key") if ranking.calls_external("sorted") else None
        if key is None or key.kind != "func" or self._kind_of(ranking) != "score":
            return []
        return self._flow.body(*key.scope_key).returns.every("value")

    def are_ranked_by_value(self, pairs: Value) -> bool:
        """Whether a sequence is what a dict held, ranked by what stands under the keys, and these neither count nor
        tell a place: `sorted(scores.items(), key=lambda pair: pair[1], reverse=True)[:10]`."""
        ranking = _ranking_of(pairs)
        results = self._ranking_keys(ranking)
        held = ranking.arguments[0] if results and ranking.arguments else None
        if held is None or not held.calls_method("items") or any(_part_read(result) != 1 for result in results):
            return False
        visits = self._flow.walk(held.function.source, self._flow.back, limit=ITEMS_LIMIT)
        keys = [key for visit in visits for key in _keys_put(visit.value)]
        return bool(keys) and all(self._is_plain_key(key) for key in keys)

    def _is_plain_key(self, key: Value) -> bool:
        """Whether the key of a dict tells an item, rather than a number, a score or a place."""
        counts = key.kind in ("operation", "const") or is_enumerate_index(key)
        counts |= key.kind == "element" and key.source.calls_external("range", "enumerate", "itertools.count")
        name = read_name(key)
        return not counts and not READING_NAME.search(name) and self.judge(key).kind not in ("score", "rank")

    def is_on_map(self, name: str) -> bool:
        """Whether a name is that of a distance between places of the world."""
        kept = self._places.kept_anywhere(name)[:KEPT_LIMIT]
        calls = (value for value in kept if value.kind == "call")
        return any(_GEOGRAPHIC.search(target.name) for call in calls for target in self._flow.targets(call))

    def _told_by(self, holder: Value, asked: Value | None) -> Judgement:
        """What a table in the code says of something that an item has; a table of grades is one of scores."""
        told = self._worked_out(holder) if asked is not None else None
        if told is not None and self.judge(told).kind == "other":
            return Judgement("other", f"what {in_words(holder)} says")
        table = written_out(self._flow, holder) if asked is not None else None
        if asked is None or table is None or _is_of_grades(table):
            return UNKNOWN
        is_known = asked.kind == "param" or self.judge(asked).kind == "other"
        return Judgement("other", f"what {in_words(holder)} says") if is_known else UNKNOWN

    def _worked_out(self, holder: Value) -> Value | None:
        """What a dict holds under each of its keys that is made of rows at once: `{row["id"]: row["price"] for …}`."""
        found = self._flow.free_value(holder) if holder.kind == "free" else holder
        found = bare(found) if found is not None else None
        is_dict = found is not None and found.kind == "comprehension" and found.data == "dict"
        return found.one("element") if is_dict and found is not None else None

    def _judge_call(self, call: Value) -> Judgement:
        """A random number, or what a known function computes; looked-up and home-made values may well be scores."""
        if call.calls_external(*_CHOOSING):
            return self._judge_parts(call)
        if call.calls_method(*_TELLING) and (read_name(call.function.source) or call.function.source.kind == "call"):
            return self.judge(call.function.source)
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
        found = [self.judge(part) for part in given if part.kind != "const"]
        told = (judged for kind in ("rank", "score", "unknown") for judged in found if judged.kind == kind)
        return next(told, Judgement("other", in_words(call)))

    def parts(self, data: Value, index: int) -> list[Value]:
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


def _ranking_of(value: Value) -> Value:
    """The call that made a sequence, of which the first ones may have been taken."""
    while value.kind in ("slice", "passed", "same"):
        value = value.source
    return value


def _keys_put(node: Value) -> list[Value]:
    """Under which keys a version of a dict puts something; constants are none of items."""
    if node.kind == "comprehension" and node.data == "dict":
        return node.every("key")
    return node.every("key") if node.kind == "store" and isinstance(node.data, tuple) else []


def _is_place(value: Value) -> bool:
    """Whether a value counts the items of a sequence in their order; `place + 1` does, too."""
    if value.kind == "operation" and value.data in ("+", "-"):
        value = value.source
    return is_enumerate_index(value) or value.calls_method("rank", "cumcount") or value.calls_external("range")


def _is_of_grades(table: Value) -> bool:
    """Whether a table or list tells grades apart, which may well be made from the score."""
    words = table.keys if table.kind == "dict" else [item.data for item in table.every("item")]
    return not _GRADES.isdisjoint(str(word).lower() for word in words)


def _within(value: Value) -> list[Value]:
    """What is rounded, cast or bounded."""
    if value.kind == "call" and last_name(value.function) in _BOUNDING:
        return [part for source in value.arguments for part in _within(source)]
    return [value]


def inside(value: Value) -> Value | None:
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


def taken(value: Value) -> int | None:
    """The position that a key function takes from its argument, None when it does something else."""
    inner = inside(value)
    if inner is not None:
        return taken(inner)
    is_part = value.kind == "item" and value.source.kind == "param" and isinstance(value.data, int)
    return value.data if is_part and isinstance(value.data, int) else None


def _part_read(value: Value) -> int | None:
    """The position in its argument out of which a key function reads what it gives: `pair[1]["score"]`."""
    while (inner := inside(value)) is not None:
        value = inner
    while value.kind in ("attr", "item") and value.source.kind != "param":
        value = value.source
    return taken(value)

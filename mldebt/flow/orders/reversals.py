"""Rankings that are turned round once too often, or sorted by the same score the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.conditions.conditions import around
from mldebt.flow.idioms import bare, is_negated, last_name
from mldebt.flow.orders.kept_orders import KeptOrders
from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.orders.sort_keys import COMPUTED_SCORE
from mldebt.flow.rows.parts_taken import bounds
from mldebt.flow.value import Value
from mldebt.regex import regex

REVERSAL = Idiom("reversal", "turned round, although the best came first", accidental=True)
WORST_FIRST = Idiom("reversal", "sorted by the same score again, with the worst first", accidental=True)
LOWEST_FIRST = Idiom("reversal", "read from a sorted set, with the lowest score first", accidental=True)
LEAST = Idiom("reversal", "the first are taken of scores that go up, so that the worst come first", accidental=True)
BEST_LAST = Idiom(
    "reversal", "the best are taken from the end and left there, so that the best comes last", accidental=True
)
_MORE_IS_BETTER = frozenset("cosine_similarity cos_sim pytorch_cos_sim linear_kernel".split())
_SAME_NUMBERS = ("flatten", "ravel", "toarray", "squeeze", "numpy", "cpu", "reshape")
_SAID = frozenset({"desc", "byscore", "bylex"})
LATER_LIMIT = 80
PART_LIMIT = 6
_WORST = regex(r"(^|_)(worst|bottom|least|lowest|weak(est)?|low|asc(ending)?|reversed|countdown)(_|$)", re.IGNORECASE)
_UNLIKE = regex(
    r"negative|dissimilar|divers|distant|farthest|furthest|novel|outlier|opposite|unlike|far(_|$)", re.IGNORECASE
)
_BEST_IS_LEAST = regex(r"dist|loss|error|cost", re.IGNORECASE)


class Reversals:
    """Finds `[::-1]`, `reversed` and `.reverse()` on a ranking that already descends. Whoever asks for the last few and
    turns them round wants the worst, and gets them."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks
        self._kept = orders.flow.shared(KeptOrders)

    def of(self, node: Value) -> Iterator[Reorder]:
        """A slice, call or mutation that may turn a sequence round."""
        for found in self._breaks.of(REVERSAL, node, self._turned(node)) if not self._is_turned_back(node) else ():
            wrong = tuple(origin for origin in found.origins if self._descends(origin))
            if wrong:
                yield found._replace(origins=wrong)

    def sorted_again(self, sort: Value, sequence: list[Value]) -> Iterator[Reorder]:
        """A sort by the score by which a ranking was sorted before, upwards where that went down. Whoever wants the
        worst says so, or takes from the end."""
        key = self._orders.sort_key(sort)
        if key.descending is not False or key.text == COMPUTED_SCORE.text:
            return
        for found in self._breaks.of(WORST_FIRST, sort, sequence):
            wrong = tuple(
                origin
                for origin in found.origins
                if self._orders.is_sort(origin.value)
                and self._orders.sort_key(origin.value).text == key.text
                and self._descends(origin)
            )
            if wrong and not self._wants_worst(sort):
                yield found._replace(origins=wrong)

    def lowest_first(self, call: Value) -> Iterator[Reorder]:
        """`zrange` on a sorted set in which a model's scores were put: the lowest come first, unless it says so."""
        arguments = call.arguments
        if _SAID & set(call.keywords) or any(map(is_negated, arguments[1:2])) or self._wants_worst(call):
            return
        for members in self._kept.scored(call):
            scorer = self._orders.scorer(members)
            if scorer is not None:
                yield _of_scores(LOWEST_FIRST, call, scorer, (call,))
                return

    def least_taken(self, call: Value) -> Iterator[Reorder]:
        """`cosine_similarity(one, others)[0].argsort()[:10]`: the first are the least alike."""
        scorer = _scores_as_they_are(next(iter(self._orders.sorted_by(call)), call))
        first = [user for label, user in call.uses if label == "object" and _takes_the_first(user)]
        if scorer is None or not first or self._orders.sort_key(call).descending is not False:
            return
        names = [call.body.scope.name, *(name for each in (call, *first) for name in call.body.names_of(each))]
        if not self._wants_worst(call) and not any(map(_UNLIKE.search, names)):
            yield _of_scores(LEAST, call, scorer, tuple(first))

    def end_left(self, call: Value) -> Iterator[Reorder]:
        """`scores.argsort()[-10:]`: the best ten, the best of them last, where nothing turns them round later."""
        ends = [user for label, user in call.uses if label == "object" and _takes_the_end(user)]
        key = self._orders.sort_key(call) if ends else None
        if key is None or key.descending is not False or _BEST_IS_LEAST.search(key.text):
            return
        scorer = self._orders.scorer(next(iter(self._orders.sorted_by(call)), call))
        left = tuple(end for end in ends if not self._is_turned_later(end))
        if scorer is not None and left and not _WORST.search(call.body.scope.name):
            yield _of_scores(BEST_LAST, call, scorer, left)

    def _is_turned_later(self, start: Value) -> bool:
        """Whether what is taken may be turned round, sorted or asked by places from the end, wherever it gets to."""
        flow = self._orders.flow
        return any(
            self._turned(visit.value)
            or self._orders.is_sort(visit.value)
            or any(_counts_from_end(user) for _, user in visit.value.uses)
            for visit in flow.walk(start, flow.forth, limit=LATER_LIMIT)
        )

    def _wants_worst(self, sort: Value) -> bool:
        """Whether what is sorted upwards is meant so: under a test, called the worst, turned round, sorted again or
        taken from its end."""
        flow = self._orders.flow
        if _WORST.search(sort.body.scope.name) or around(sort.body, sort.at):
            return True
        for visit in flow.walk(sort, flow.forth, limit=LATER_LIMIT):
            value = visit.value
            if any(map(_WORST.search, (*value.body.names_of(value), *_keys_over(value)))):
                return True
            is_other = value is not sort and value is not sort.one("call")
            if is_other and (self._turned(value) or self._orders.is_sort(value) or _takes_the_end(value)):
                return True
            if any(user.calls_method("pop") or _is_last(user) for _, user in value.uses):
                return True
        return False

    def _is_turned_back(self, node: Value) -> bool:
        """Whether what is turned round here is half of two turns, one right after the other."""
        before = [source for source in self._turned(node) if self._turned(bare(source))]
        users = (user for label, user in node.uses if user.kind in ("slice", "call", "mutate") and label != "call")
        return bool(before) or any(node in self._turned(user) for user in users)

    def _turned(self, node: Value) -> list[Value]:
        """What a value is the reverse of; nothing for other values."""
        if node.kind == "slice":
            return [node.source] if bounds(node)[2] == -1 else []
        if node.kind == "mutate":
            return [node.source] if node.data == "reverse" else []
        api = self._orders.flow.api(node) if node.kind == "call" else None
        return self._orders.kept_by(node) if api is not None and api.order == "reverses" else []

    def _descends(self, origin: Origin) -> bool:
        """Whether a ranking has the best first where it is turned."""
        if any(map(_takes_the_end, origin.trail)):
            return False
        made, turns = origin.value, sum(bool(self._turned(value)) for value in origin.trail)
        if not self._orders.is_sort(made):
            return turns == 0 and "returns results in score order" in origin.how
        key = self._orders.sort_key(made)
        if key.descending is None or _BEST_IS_LEAST.search(key.text):
            return False
        return key.descending is (turns % 2 == 0)


def _of_scores(idiom: Idiom, call: Value, scorer: Value, given: tuple[Value, ...]) -> Reorder:
    """What a call does to the order of a model's scores, and the values that have it from there."""
    origin = Origin.of_scores(scorer)
    return Reorder(call, idiom.kind, idiom.accidental, idiom.text, given, (origin,))


def _scores_as_they_are(value: Value) -> Value | None:
    """The call that gave some numbers, one part of which is at hand as it is, where more of them is better for sure."""
    for _ in range(PART_LIMIT):
        if value.kind in ("item", "slice", "same") or (value.kind == "attr" and value.name == "T"):
            value = value.source
        elif value.calls_method(*_SAME_NUMBERS):
            value = value.function.source
        else:
            break
    return value if value.kind == "call" and last_name(value.function) in _MORE_IS_BETTER else None


def _takes_the_first(value: Value) -> bool:
    """`order[:10]`, `order[1:11]`."""
    if value.kind != "slice":
        return False
    lower, upper, step = bounds(value)
    return upper is not None and not (isinstance(upper, int) and upper < 0) and lower in (None, 0, 1) and step is None


def _takes_the_end(value: Value) -> bool:
    """`ranked[-10:]`."""
    if value.kind != "slice":
        return False
    lower, upper, _ = bounds(value)
    return upper is None and isinstance(lower, int) and lower < 0


def _counts_from_end(value: Value) -> bool:
    """`best[-1]`, `best[-place]`, `best.pop()`."""
    key = value.one("key") if value.kind == "item" else None
    return _is_last(value) or value.calls_method("pop") or (key is not None and is_negated(key))


def _is_last(value: Value) -> bool:
    """`ranked[-1]`."""
    return value.kind == "item" and isinstance(value.data, int) and value.data < 0


def _keys_over(value: Value) -> list[str]:
    """The keys under which a value is put in a dict that is written out."""
    dicts = [user for label, user in value.uses if label == "item" and user.kind == "dict"]
    pairs = (zip(each.keys, each.every("item"), strict=False) for each in dicts)
    return [key for each in pairs for key, item in each if item is value and isinstance(key, str)]

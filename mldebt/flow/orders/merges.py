"""Lists that are put together from ranked ones: picked, merged by turns, regrouped, spliced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from mldebt.flow.conditions.conditions import never_both
from mldebt.flow.idioms import OWN_IDS, is_enumerate_index, is_walked, picked_from, read_name, root, unpacked
from mldebt.flow.orders.joins import Joins
from mldebt.flow.orders.list_versions import beginnings, cut_from, is_filtered, terms
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.regroupings import SPLIT, Regroupings
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.orders.rotations import Rotations
from mldebt.flow.orders.second_rankings import SecondRankings
from mldebt.flow.orders.subsets import Subsets
from mldebt.flow.orders.turns import BY_TURNS, Turns
from mldebt.flow.rows.parts_taken import bounds
from mldebt.flow.scores.scoring import SCORE_NAME
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.regex import regex

GIVEN_LIMIT = 80
MADE_LIMIT = 40
SPLICED = 3
FIRST = Idiom("insert", "chosen items are put before the ranking")
INSERT = Idiom("insert", "an item is put at a fixed position")
MIXED = Idiom("insert", "items with a weight given by the caller are sorted in with the model's")
PICK = Idiom("pick", "items are picked from the ranking by another rule")
BETWEEN = Idiom("interleave", "items of another list are put between")
SWAP = Idiom("swap", "items of the ranking change places")
_ORDERING = frozenset({"<", ">", "<=", ">="})
_NAMED = frozenset({"const", "global", "external"})
_NO_PART = frozenset({"key", "test", "condition"})
_PROMOTED = regex(
    r"(^|_)(promoted|promos?|promotions|pinned|pins|sponsored|featured|ads|adverts|advertisements|editorials?|curated"
    r"|hand_?picked)"
    r"(_(items?|rows?|products?|articles?|movies?|films?|books?|songs?|tracks?|posts?|jobs?|story|stories|listings?"
    r"|offers?|entry|entries|ids?|hits?|docs?|documents?|results?|candidates?|recs?|recommendations?|list))?$",
    re.IGNORECASE,
)
"""What items are called that somebody wants to be seen, whatever the model says, and lists of them."""
_LABEL = regex(r"(all|any|none|others?|unknown|default|auto|select|choose)\b", re.IGNORECASE)
"""How a text begins that a page offers beside the items."""


class Merges:
    """Finds idioms that take several lists, or several parts of one."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._breaks = breaks
        self._subsets = Subsets(orders.flow)
        self._second = SecondRankings(orders.flow)
        self.turns = Turns(breaks)
        self.regroupings = Regroupings(breaks, self._subsets)
        self._joins = Joins(orders, breaks)
        self._rotations = Rotations(breaks)

    # ------------------------------------------------------------------ appends in loops

    def appended(self, append: Value) -> Iterator[Reorder]:
        """An append in a loop, of an item that was picked elsewhere than where the loop goes."""
        loop, items = append.loops[-1], append.every("arg")
        if not items:
            return
        if is_walked(loop):
            found = chain(self._put_between(append, loop, items[0]), self.turns.appended(append))
            found = chain(found, self.regroupings.appended(append), self._joins.appended(append))
            yield from islice(found, 1)
            return
        sources = picked_from(items[0])
        if any(map(self._picks_by_rule, _alternatives(items[0]))) or self._picks_best(append, items[0]):
            yield from self._breaks.of(PICK, append, _unset(sources))
            return
        start = beginnings(append)
        for sibling in _appends_in(loop, append):
            if beginnings(sibling) & start:
                sources = [*sources, *(source for item in sibling.every("arg")[:1] for source in picked_from(item))]
        if len({frozenset(beginnings(source)) for source in sources}) > 1:
            yield from self._breaks.of(BY_TURNS, append, sources)

    def _picks_by_rule(self, value: Value) -> bool:
        """`next(x for x in rest if …)`, `min(rest, key=…)`, `rest.pop(best)`."""
        if value.calls_external("next") and len(value.inputs) > 1:
            source = value.inputs[1][1]
            return source.kind == "comprehension" and bool(source.every("condition"))
        if value.calls_method("pop") and len(value.inputs) > 1:
            place = value.inputs[1][1]
            return place.kind not in ("const", "operation") and not self._is_second_ranking(place)
        return value.calls_external("max", "min") and not self._second.chooses(value)

    def _is_second_ranking(self, place: Value) -> bool:
        """Whether a place was chosen by relevance, weighed against likeness: by a loop, by `argmax`."""
        inner = _kept(place)
        decides = [node for node in place.body.nodes if node.kind == "compare" and _stands_in(node, inner)]
        return any(map(self._second.weighs_relevance, decides or [place]))

    def _picks_best(self, append: Value, item: Value) -> bool:
        """The best by another rule, found by hand: a loop within the loop keeps one of what it meets. Relevance that is
        weighed against likeness is a second ranking."""
        inner = [met for met in _kept(item) if met.loops and met.loops[-1] not in append.loops]
        decides = [node for node in append.body.nodes if node.kind == "compare" and _stands_in(node, inner)]
        return bool(decides) and not any(map(self._second.weighs_relevance, decides))

    def _put_between(self, append: Value, loop: Value, item: Value) -> Iterator[Reorder]:
        """In a loop over a ranking whose items are appended, an item of another list is appended too."""
        if item.kind != "item" or item.source is loop or self._met_in(item, loop):
            return
        start = beginnings(append)
        for sibling in _appends_in(loop, append):
            own = sibling.every("arg")
            if sibling is append or not own or not self._met_in(own[0], loop) or not beginnings(sibling) & start:
                continue
            if not (_is_looked_up(item, loop) and never_both(append, sibling)):
                yield from self._breaks.of(BETWEEN, append, [loop])
                return

    def _met_in(self, value: Value, loop: Value) -> bool:
        """Whether a value is made of what a loop meets, in the loop's own body."""
        visits = self._flow.walk(value, _made_of, limit=MADE_LIMIT)
        return any(visit.value.kind == "element" and visit.value.source is loop for visit in visits)

    # ------------------------------------------------------------------ lists behind lists

    def extended(self, extend: Value) -> Iterator[Reorder]:
        """`found.extend(others)`."""
        if extend.every("arg"):
            found = chain(self.regroupings.extended(extend), self._joins.extended(extend), self.turns.extended(extend))
            yield from islice(found, 1)

    def concatenated(self, node: Value) -> Iterator[Reorder]:
        """`new + rest`, two parts of one ranking; `rows[:3] + [item] + rows[3:]`."""
        if any(user.kind == "operation" and user.data == "+" for _, user in node.uses):
            return
        yield from self.joined(node, terms(node))

    def _is_by_score(self, part: Value) -> bool:
        """Whether a list has the items whose score is high enough: these are before the others already."""
        tests = self._subsets.tests_of(part)
        return bool(tests) and all(map(self._compares_score, tests))

    def _compares_score(self, test: Value) -> bool:
        """Whether a test compares a score, or asks for the band that it was put in; what else is read from a hit says
        nothing about its score."""
        if test.kind != "compare":
            return False
        if _ORDERING.issuperset(test.data):  # type: ignore[arg-type]
            return any(map(self._orders.is_score, test.every("operand")))
        return any(SCORE_NAME.search(read_name(operand)) for operand in test.every("operand"))

    def spread(self, node: Value) -> Iterator[Reorder]:
        """`[*new, *rest]`, `[pinned, *ranked]`."""
        labels = [label for label, _ in node.inputs]
        if node.data != "list" or len(labels) < 2 or labels[-1] != "spread":
            return
        if "item" not in labels:
            yield from self.joined(node, node.every("spread"))
        elif labels.count("spread") == 1 and self._are_chosen(node.every("item"), node.every("spread")[0]):
            yield from self._breaks.of(FIRST, node, node.every("spread"))

    def joined(self, node: Value, parts: list[Value]) -> Iterator[Reorder]:
        """Lists that follow each other."""
        if not parts or any(_is_no_list(part) for part in parts):
            return
        for left, right in pairwise(parts):
            if turned := list(self._rotations.joined(node, left, right)):
                yield from turned
                return
            first, second = self._subsets.source_of(left), self._subsets.source_of(right)
            if first is None or first is not second or self._is_by_score(left):
                continue
            if is_filtered(left) or is_filtered(right):
                tests = [test for part in (left, right) for test in self._subsets.tests_of(part)]
                if not any(map(self._second.asks_language_model, tests)):
                    yield from self._breaks.of(SPLIT, node, [first])
                return
        if len(parts) == SPLICED and (cut := _cut_open(*parts)) is not None:
            yield from self._breaks.of(INSERT, node, [cut])
            return
        *before, last = parts
        is_ranked = bool(before) and not _is_worded(last) and self._orders.ranked(last) is not None
        if is_ranked and all(self._is_chosen(part, last) for part in before):
            yield from self._breaks.of(FIRST, node, parts[-1:])
        else:
            yield from self._joins.of(node, parts)

    def stacked(self, call: Value) -> Iterator[Reorder]:
        """`pd.concat([own, others])`."""
        parts = call.arguments[0] if call.arguments and "axis" not in call.keywords else None
        if parts is not None and parts.kind == "collection":
            yield from self.joined(call, parts.every("item"))

    def sorted_in(self, sort: Value, sequence: Value) -> Iterator[Reorder]:
        """A sort of ranked results together with items whose weight somebody chose."""
        parts = terms(sequence)
        ranked = [part for part in parts if len(parts) > 1 and self._orders.ranked(part) is not None]
        if not ranked:
            return
        given = [part for part in parts if part not in ranked and not self._orders.is_score(part)]
        if any(self._comes_in(part) for part in given):
            yield from self._breaks.of(MIXED, sort, ranked)

    def swapped(self, store: Value) -> Iterator[Reorder]:
        """`rows[i], rows[j] = rows[j], rows[i]`."""
        stored, base = store.one("value"), store.one("base")
        if stored is None or base is None or stored.kind != "item" or store.one("key") is None:
            return
        pair = stored.source
        if pair.kind != "collection" or pair.data != "tuple":
            return
        taken = [source.source for source in pair.every("item") if source.kind == "item"]
        if len(taken) == 2 and all(root(each) is root(base) for each in taken):
            yield from self._breaks.of(SWAP, store, [root(base)])

    def _are_chosen(self, items: list[Value], rest: Value) -> bool:
        """Whether each of some items was chosen by hand: it is called so, it is left out of the rest, or it is written
        out with its id."""
        left_out = [
            operand
            for test in self._subsets.tests_of(rest)
            if test.data == ("!=",)
            for operand in test.every("operand")
        ]
        return all(
            any(map(_PROMOTED.search, self._names_of(item)))
            or any(item is other or (item.kind in _NAMED and _is_alike(item, other)) for other in left_out)
            or (item.kind == "dict" and not OWN_IDS.isdisjoint(item.keys) and _is_constant(item))
            for item in items
        )

    def _is_chosen(self, part: Value, rest: Value) -> bool:
        """Whether a list is a constant of several items that the code or its configuration chose, is called one of
        promoted items, or is written out of items that were chosen by hand."""
        if self._orders.ranked(part) is not None:
            return False
        if self._is_promoted(part):
            return True
        if part.kind == "collection" and part.inputs and not part.every("spread") and not _is_constant_list(part):
            return self._are_chosen(part.every("item"), rest)
        visits = self._flow.walk(part, self._listed, limit=GIVEN_LIMIT)
        return any(_is_constant_list(visit.value) for visit in visits)

    def _is_promoted(self, part: Value) -> bool:
        """Whether a list, or the one that it was cut or filtered from, is called one of promoted items."""
        part, cut = cut_from(part)
        lists = (part, cut, self._subsets.source_of(part))
        return any(_PROMOTED.search(name) for each in lists if each is not None for name in self._names_of(each))

    def _names_of(self, value: Value) -> list[str]:
        """What a list is called: by its variable, by where it is read, by the function that gives it."""
        held = value.function if value.kind == "call" else value
        called = [self._flow.scope(*held.scope_key).name] if held.kind == "func" else []
        read = [held.name.rpartition(".")[2]] if held.kind in ("param", "attr", "external") else [read_name(held)]
        targets = self._flow.targets(value) if value.kind == "call" else ()
        called += [target.name.rpartition(".")[2] for target in targets]
        return [*value.body.names_of(value), *called, *read]

    def _listed(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the lists that a list is, or was filtered from; none to what its items were read from."""
        if value.kind == "call" and any(target.kind == "external" for target in self._flow.targets(value)):
            return [Step("kept", source, stack) for source in self._orders.kept_by(value)]
        if value.kind == "comprehension":
            element = value.one("element")
            by_place = element is not None and element.kind == "item" and element.data is None
            sources = [element.source] if element is not None and by_place else value.every("iterable")
            return [Step("kept", source, stack) for source in sources]
        steps = self._flow.back(value, stack) if value.kind != "collection" else []
        return [step for step in steps if step.label != "object"]

    def _comes_in(self, value: Value) -> bool:
        """Whether a value is handed in from outside: a request, a configuration, a literal list."""
        visits = self._flow.walk(value, self._flow.back, limit=GIVEN_LIMIT)
        return any(_is_outside(visit.value) for visit in visits)


def _cut_open(before: Value, put: Value, after: Value) -> Value | None:
    """The list of `rows[:3] + [item] + rows[3:]`, which others are put into; of what is no list written out, it must be
    seen that nothing is left out between."""
    if before.kind != "slice" or after.kind != "slice" or root(before.source) is not root(after.source):
        return None
    (_, upper, _), (lower, _, _) = bounds(before), bounds(after)
    is_whole = upper is not None and upper == lower and cut_from(put)[0] is not root(before.source)
    if upper == "?":
        is_whole = is_whole and before.every("bound")[-1:] == after.every("bound")[:1]
    return before.source if put.kind == "collection" or is_whole else None


def _is_worded(part: Value) -> bool:
    """Whether a list has a line of text for each item, which may follow on other lines."""
    return part.kind == "comprehension" and any(element.kind == "template" for element in part.every("element"))


def _is_no_list(part: Value) -> bool:
    """Texts and numbers, told without a walk."""
    return part.kind in ("const", "template", "compare") or (part.kind == "operation" and part.data in ("-", "/", "//"))


def _kept(item: Value) -> list[Value]:
    """The elements of loops that a variable may hold, or number, after them."""
    found: list[Value] = []
    seen: set[Value] = set()
    waiting = [item]
    while waiting and len(seen) < MADE_LIMIT:
        value = unpacked(waiting.pop())
        if value in seen:
            continue
        seen.add(value)
        if value.kind == "element" or is_enumerate_index(value):
            found.append(value if value.kind == "element" else value.source)
        elif value.kind in ("phi", "choice", "same", "passed"):
            waiting.extend(source for label, source in value.inputs if label in ("value", "base"))
    return found if item.kind == "phi" else []


def _is_looked_up(item: Value, loop: Value) -> bool:
    """Whether an item is what a mapping has of the one that a loop meets, not what is next by the count."""
    key = item.one("key")
    while key is not None and key.kind in ("attr", "item") and not is_enumerate_index(key):
        key = key.source
    return key is not None and key.kind == "element" and key.source is loop


def _stands_in(test: Value, met: list[Value]) -> bool:
    """Whether a test of two things stands directly in the loop that meets an element."""
    is_in = bool(met) and test.loops == met[0].loops
    return is_in and not any(operand.kind == "const" for operand in test.every("operand"))


def _made_of(value: Value, stack: Stack) -> list[Step]:
    return [Step(label, source, stack) for label, source in value.inputs if label not in _NO_PART]


def _is_outside(node: Value) -> bool:
    if node.kind == "collection":
        return bool(node.every("item"))
    named = node.function if node.kind == "call" else node
    return node.kind in ("call", "attr", "external") and "request" in str(named.data)


def _is_constant_list(node: Value) -> bool:
    return node.kind == "collection" and _is_constant(node) and not any(map(is_label, node.every("item")[:1]))


def _is_constant(held: Value) -> bool:
    """Whether all that a list or a dict holds is written out."""
    items = [source for label, source in held.inputs if label != "key"]
    return bool(items) and all(item.kind == "const" for item in items)


def _is_alike(one: Value, other: Value) -> bool:
    return (one.kind, one.data) == (other.kind, other.data)


def is_label(value: Value) -> bool:
    """Whether a value is a text or a row of texts that stands above or beside items, and is none: "All", a line of a
    report, the names of columns. An id has no spaces."""
    if value.kind == "collection":
        return _is_constant(value) and all(isinstance(item.data, str) for item in value.every("item"))
    if value.kind == "const" and isinstance(value.data, str):
        return " " in value.data or _LABEL.match(value.data) is not None
    return value.kind == "template"


def _appends_in(loop: Value, append: Value) -> list[Value]:
    """The appends that stand directly in a loop."""
    nodes = (node for node in append.body.nodes if node.kind == "mutate" and node.data == "append")
    return [node for node in nodes if node.loops and node.loops[-1] is loop]


def _unset(sources: list[Value]) -> list[Value]:
    """Through the set of what is left, which a greedy walk takes from: its order is chosen by the walk."""
    found: list[Value] = []
    for source in sources:
        sets = (each for each in beginnings(source) if each.calls_external("set") and len(each.inputs) > 1)
        found.extend(each.inputs[1][1] for each in sets)
        found.append(source)
    return found


def _alternatives(value: Value) -> list[Value]:
    """What a value may be, through one level of joins."""
    if value.kind not in ("phi", "choice", "same"):
        return [value]
    found: list[Value] = []
    for source in value.every("value"):
        if source is not value:
            found.extend([source] if source.kind == "phi" else _alternatives(source))
    return found

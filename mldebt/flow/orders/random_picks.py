"""Some of a ranking's items that chance picks, in place of the first."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.conditions.asked_orders import leaves_to_chance
from mldebt.flow.idioms import bare, last_name, made_of
from mldebt.flow.orders.list_versions import filled, terms
from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reordering import Breaks, Idiom, Reorder
from mldebt.flow.orders.subsets import Subsets
from mldebt.flow.scores.shaken import is_drawn
from mldebt.flow.value import Value

PICKED = Idiom("random-pick", "picked at random in place of the first")
PICKED_AFTER = Idiom("random-pick", "picked at random in place of those after the first")
_DRAWING = frozenset({"sample", "choice", "choices"})
_NUMBERS = _DRAWING | frozenset("random rand randint randrange integers uniform permutation".split())
_WORKED_OUT = frozenset({"call", "operation"})
PLACE_LIMIT = 10
PARTS = 4
"""How many steps an item may be away from what is made of it: `ranked[place][0].tolist()`."""
_CHANCES = frozenset({"weights", "cum_weights", "p"})
_UNWEIGHTED = {"choices": 1, "choice": 3}
"""How many arguments without a name say nothing of chances."""


class RandomPicks:
    """Finds `random.choice(ranked)` and what does the same. A draw by chances, which may well be made of the scores, is
    a way to rank."""

    def __init__(self, orders: Orders, breaks: Breaks) -> None:
        self._orders = orders
        self._breaks = breaks
        self._subsets = Subsets(orders.flow)

    def of(self, call: Value) -> Iterator[Reorder]:
        """`random.sample(ranked, 5)`, `ranked.sample(5)`."""
        if self._draws(call):
            yield from self._picked(call, call, self._orders.sorted_by(call)[:1])

    def at_place(self, item: Value) -> Iterator[Reorder]:
        """`ranked[random.randint(0, 9)]`, `ranked.iloc[numpy.random.choice(50, 10)]`."""
        key = item.one("key")
        call = _drawing(key) if key is not None else None
        if key is None or call is None or not is_drawn(self._orders.flow, key) or self._orders.ranked(key) is not None:
            return
        if last_name(call.function) not in _DRAWING or self._draws(call):
            yield from self._picked(item, item, [item.source])

    def at_places(self, node: Value) -> Iterator[Reorder]:
        """`[ranked[place] for place in random.sample(range(50), 10)]`."""
        yield from self._at_places(node, node.every("element"), node.every("iterable")[-1])

    def appended(self, node: Value) -> Iterator[Reorder]:
        """The same in a loop: `found.append(ranked[place])`."""
        yield from self._at_places(node, node.every("arg")[:1], node.loops[-1])

    def _at_places(self, node: Value, taken: list[Value], places: Value) -> Iterator[Reorder]:
        """What is taken of a sequence at places of which some are drawn: `[0, *random.sample(range(1, 50), 10)]`."""
        item = next((part for each in taken for part in made_of(_of_item(each), PARTS) if _is_at(part, places)), None)
        if item is None:
            return
        parts = _parts(filled(places))
        drawn = next((each for each in parts if each.kind == "call" and self._draws(each)), None)
        if drawn is not None:
            idiom = PICKED_AFTER if _begins(parts[0]) else PICKED
            yield from self._picked(node, drawn, [item.source], idiom)

    def _picked(self, site: Value, draw: Value, sequence: list[Value], idiom: Idiom = PICKED) -> Iterator[Reorder]:
        """A pick, unless chance is meant to decide, or decides among equals."""
        if not leaves_to_chance(self._orders.flow, draw) and not any(map(self._are_equal, sequence)):
            yield from self._breaks.of(idiom, site, sequence)

    def _draws(self, call: Value) -> bool:
        """Whether a call draws some of what it is given, each with the same chance."""
        name = last_name(call.function)
        api = self._orders.flow.api(call) if name in _DRAWING else None
        if api is None or "samples" not in api.roles or self._orders.is_shuffle(call):
            return False
        plain = call.keywords.count("")
        return _CHANCES.isdisjoint(call.keywords) and plain <= _UNWEIGHTED.get(name, plain)

    def _are_equal(self, sequence: Value) -> bool:
        """Whether a list has only items of one score, among which chance may as well decide."""
        tests = (test for test in self._subsets.tests_of(sequence) if test.kind == "compare" and test.data == ("==",))
        return any(self._orders.is_score(operand) for test in tests for operand in test.every("operand"))


def _of_item(taken: Value) -> Value:
    """The item itself that is read of, or asked for in another form: `ranked[place][0].detach().cpu().tolist()`."""
    for _ in range(PLACE_LIMIT):
        if taken.kind == "call" and taken.receiver is not None:
            taken = taken.receiver
        elif taken.kind == "attr" or (taken.kind == "item" and taken.data is not None):
            taken = taken.source
        else:
            break
    return taken


def _is_at(item: Value, places: Value) -> bool:
    """Whether a value is what a sequence has at the place that a loop over places meets."""
    key = item.one("key") if item.kind == "item" else None
    return key is not None and key.kind == "element" and key.source is places


def _begins(part: Value) -> bool:
    """Whether places begin with the first of all: `[0]`, `[0, *others]`."""
    first = next(iter(part.every("item")), None) if part.kind == "collection" else None
    return first is not None and first.kind == "const" and first.data == 0


def _parts(places: Value) -> list[Value]:
    """The lists that one is put together of, by `+` or one inside the other."""
    joined = terms(places)
    return [*joined, *(bare(each) for whole in joined if whole.kind == "collection" for each in whole.every("spread"))]


def _drawing(place: Value) -> Value | None:
    """The call by whose name a place may be worked out with a random number; told without a walk."""
    waiting, seen = [place], 0
    while waiting and seen < PLACE_LIMIT:
        value = waiting.pop()
        seen += 1
        if value.kind == "call" and last_name(value.function) in _NUMBERS:
            return value
        waiting += (
            [source for label, source in value.inputs if label != "function"] if value.kind in _WORKED_OUT else []
        )
    return None

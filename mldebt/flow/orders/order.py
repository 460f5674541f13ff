"""What last ordered a sequence: rankings, sorts, and everything that keeps or loses an order."""

from __future__ import annotations

import re
from collections import deque
from functools import partial

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.runners import gives_result
from mldebt.flow.files.query_texts import TEXT_LIMIT, Query, QueryTexts
from mldebt.flow.idioms import is_enumerate_index, is_of_heap, picked_from, root, selects, takes_all
from mldebt.flow.orders.aggregations import aggregates_by_score
from mldebt.flow.orders.id_searches import asks_no_scores, searched_ids
from mldebt.flow.orders.kept_orders import KeptOrders
from mldebt.flow.orders.order_steps import KEEPING, OrderSteps, State
from mldebt.flow.orders.ranks import Ranks
from mldebt.flow.orders.sort_keys import SortKey, SortKeys
from mldebt.flow.scores.scoring import Scoring
from mldebt.flow.services.clients import recommends
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.rulebook import Api

__all__ = ["KEEPING", "Orders", "Origin", "SortKey", "State", "is_enumerate_index", "picked_from", "root", "selects"]

_COUNTED = frozenset({"aggregations", "aggs", "facets", "facet_counts"})
"""What a search gives beside its hits."""
_HOW_MANY = frozenset({"k", "n", "top_k", "topk", "limit", "n_results", "num_results"})
_CHANCES = ("p", "weights")
DRAWN = "drawn by score"
_GENERATORS = ("random.", "numpy.random.")
"""Whose methods draw from what they are handed."""
ORDER_LIMIT = 600
"""Places that a search looks at. Of 106 rankings found in 46 repositories none was farther than the 264th; a search
that finds none goes on to the last, in a large web."""
ORIGINS = 6
"""Ways to a ranking that are kept for one sequence: a helper is often called from several places."""


class Origin(msgspec.Struct, frozen=True):
    """Where a ranking was made, how, and the values between it and where the question was asked (nearest first)."""

    value: Value
    how: str
    trail: tuple[Value, ...]
    stack: Stack

    @classmethod
    def of_scores(cls, scorer: Value) -> Origin:
        """The ranking that the scores of a model's call make."""
        return cls(scorer, "a model's score", (scorer,), ())


_Way = tuple[Value, "_Way"] | None
"""A value and the way before it."""


class _Place(msgspec.Struct, eq=False, gc=False):
    """A state that searches come by, with what they find there and where they go on: None while that may change.
    `spot` is the same for all states that differ in the open calls alone."""

    state: State
    spot: int
    how: str | None = None
    after: list[_Place] | None = None


class Orders:
    """Order queries on a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._ranks = Ranks(flow)
        self._texts = flow.shared(QueryTexts)
        self._scoring = Scoring(flow, self._texts.asks_a_model)
        self._kept = flow.shared(KeptOrders)
        self._sort_keys = SortKeys(flow, self._scoring, self._ranks)
        self._steps = OrderSteps(self)
        self._places: dict[State, _Place] = flow.passing({})
        self._spots: dict[tuple[Value, int, object], int] = {}
        self._origins: dict[tuple[Value, Stack, int], tuple[Origin, ...]] = {}
        self._rank_attributes: dict[str, tuple[Origin, tuple[Value, ...]]] | None = None

    # ------------------------------------------------------------------ where an order came from

    def ranked(self, value: Value, stack: Stack = (), depth: int = 0) -> Origin | None:
        """The ranking that a sequence's order was made from, through everything that keeps it; None when there is none
        in sight."""
        return next(iter(self.rankings(value, stack, depth)), None)

    def rankings(self, value: Value, stack: Stack = (), depth: int = 0) -> tuple[Origin, ...]:
        """The rankings that a sequence's order may come from, by different ways; the nearest first."""
        key = (value, stack, depth)
        found = self._origins.get(key)
        if found is None:
            found = self._origins[key] = self._search(State(value, stack, depth))
        return found

    def _search(self, start: State) -> tuple[Origin, ...]:
        """Breadth first; places that were met before through other calls come last, so that functions that call each
        other do not use up the walk."""
        found: list[Origin] = []
        first = self._place(start)
        queue: deque[tuple[_Place, _Way]] = deque([(first, None)])
        again: deque[tuple[_Place, _Way]] = deque()
        seen = {first}
        met = {first.spot}
        count = 0
        while (queue or again) and count < ORDER_LIMIT and len(found) < ORIGINS:
            place, before = queue.popleft() if queue else again.popleft()
            state = place.state
            way = (state.value, before)
            count += 1
            how = place.how
            if how or (how is None and (how := self._ranking_at(place))):
                found.append(Origin(state.value, how, _trail(way), state.stack))
                continue
            if count + len(queue) >= ORDER_LIMIT:
                continue  # what comes on now is not looked at any more
            for after in place.after or self._after(place):
                if after not in seen:
                    seen.add(after)
                    (again if after.spot in met else queue).append((after, way))
                    met.add(after.spot)
        return tuple(found)

    def _place(self, state: State) -> _Place:
        found = self._places.get(state)
        if found is None:
            spot = self._spots.setdefault((state.value, state.depth, state.path), len(self._spots))
            found = self._places[state] = _Place(state, spot)
        return found

    def _ranking_at(self, place: _Place) -> str:
        """How a sequence is put in score order right there; "" when it is not."""
        if place.how is not None:
            return place.how
        state, how, by_rows = place.state, "", _goes_by_rows(place.state.value)
        if state.depth <= by_rows and not _COUNTED.intersection(state.path):
            how = self.makes_ranking(state.value, state.stack)
        if how.startswith("sorted") and sum(isinstance(key, int) for key in state.path) > by_rows - state.depth:
            how = ""  # one of a ranking is none
        if self.flow.is_settled:
            place.how = how
        return how

    def _after(self, place: _Place) -> list[_Place]:
        if place.after is not None:
            return place.after
        after = [self._place(state) for state in self._steps.back(place.state)]
        if self.flow.is_settled:
            place.after = after
        return after

    def back(self, state: State) -> list[State]:
        """The states that a sequence's order comes from."""
        return [place.state for place in self._after(self._place(state))]

    def kept_by(self, call: Value) -> list[Value]:
        """The arguments whose order a library call's result has."""
        return self._steps.kept_by(call)

    # ------------------------------------------------------------------ what makes and breaks an order

    def makes_ranking(self, value: Value, stack: Stack = ()) -> str:
        """How a value's own operation puts its results in score order; "" when it does not."""
        if value.kind not in ("call", "mutate"):
            return ""
        api = (self._run_elsewhere(value) or self.flow.api(value)) if value.kind == "call" else None
        is_ranked = api is not None and (api.order == "ranks" or "ranks" in api.roles)
        filled = partial(self._filled, stack=stack)
        if is_ranked and (asks_no_scores(value, filled) or searched_ids(value, filled) is not None or _asks_one(value)):
            is_ranked = False
        if api is not None and is_ranked:
            return f"{'.'.join(api.name.split('.')[-2:])} returns results in score order"
        if self.is_sort(value) and (key := self.sort_key(value, stack)).kind == "score":
            return f"sorted by {key.text}"
        return self._asked_for(value, stack) if value.kind == "call" else ""

    def _run_elsewhere(self, call: Value) -> Api | None:
        """The library's function that a thread is given to run: `asyncio.to_thread(index.search, vector, 10)`."""
        given = call.arguments[:2] if gives_result(call) else ()
        targets = (target for each in given if each.kind in ("attr", "external") for target in self.flow.callees(each))
        return next((target.api for target in targets if target.api is not None), None)

    def _of_component(self, call: Value) -> str:
        """How a library's component that is added to a pipeline ranks what it gives there."""
        component = self.flow.wirings.of_library(call)
        names = [each.name for each in self.flow.types(component)] if component is not None else []
        names += [component.name] if component is not None and component.kind == "external" else []  # a class
        runs = (self.flow.catalogue.method(name, "run") for name in names if isinstance(name, str))
        ranking = next((api for api in runs if api is not None and api.order == "ranks"), None)
        name = ".".join(ranking.name.split(".")[-2:]) if ranking is not None else ""
        return f"{name} returns results in score order" if name else ""

    def _filled(self, value: Value, stack: Stack) -> Value:
        """What the open call hands in for a parameter."""
        steps = self.flow.back_param(value, stack) if value.kind == "param" and stack else []
        return steps[0].value if len(steps) == 1 else value

    def _asked_for(self, call: Value, stack: Stack) -> str:
        """How something else than the repository's own code ranks what it gives."""
        api = self.flow.api(call)
        if api is not None and api.name.rpartition(".")[2] in ("choice", "choices") and self._is_weighted(call):
            return DRAWN
        if call.calls_method("zrevrange") and any(map(self.scorer, self._kept.scored(call))):
            return "a sorted set of a model's scores"
        if self._texts.asks_a_search(call, stack) and not self._texts.answers(call, stack):
            return "results of a search or ranking service"
        if component := self._of_component(call):
            return component
        if recommends(self.flow, call):
            return "results of a recommendation service"
        if self._texts.asks_ranked_rows(call, stack):
            return "a query ordered by score"
        return "an aggregation that searches by score" if aggregates_by_score(self.flow, call, stack) else ""

    def _is_weighted(self, call: Value) -> bool:
        """Whether items are drawn by their scores: by chances that a model made, or each of them once, which puts them
        in an order. What a simulation draws by chances made up by hand ranks nothing."""
        once = any(keyword == "replace" and source.data is False for keyword, source in call.named_arguments)
        chances = [source for keyword, source in call.named_arguments if keyword in _CHANCES]
        return any(map(self.is_score, chances)) and (once or self.draws_by_model(call))

    def draws_by_model(self, call: Value) -> bool:
        """Whether a call draws by chances that a model made."""
        chances = (source for keyword, source in call.named_arguments if keyword in _CHANCES)
        return any(self.scorer(source) is not None for source in chances)

    def is_sort(self, value: Value) -> bool:
        """Whether a call or mutation sorts."""
        if value.kind == "mutate":
            return value.data == "sort"
        api = self.flow.api(value) if value.kind == "call" else None
        return api is not None and (api.order == "sorts" or "sorts" in api.roles)

    def is_shuffle(self, call: Value) -> bool:
        """Whether a call gives all items in a random order."""
        api = self.flow.api(call)
        if api is None or not (api.order == "shuffles" or "shuffles" in api.roles):
            return False
        name = api.name.rpartition(".")[2]
        return not name.startswith("choice") and (not name.endswith("sample") or takes_all(call))

    def sorted_by(self, call: Value) -> list[Value]:
        """The sequence that a sorting or shuffling call takes."""
        receiver, api = call.receiver, self.flow.api(call)
        if receiver is not None and api is not None and not api.name.startswith(_GENERATORS):
            return [receiver]
        return call.arguments[1:2] if is_of_heap(call) else call.arguments[:1]

    # ------------------------------------------------------------------ keys, scores, ranks, texts

    def sort_key(self, sort: Value, stack: Stack = ()) -> SortKey:
        """What a sort sorts by; where calls decide that, under those that are open."""
        return self._sort_keys.of(sort, stack)

    def told_by(self, sort: Value) -> tuple[Value, ...]:
        """The calls of which each may make a sort go by another key; none where all sort by the same."""
        return self._sort_keys.told_by(sort)

    def is_led_alike(self, sort: Value, other: Value) -> bool:
        """Whether two sorts go by the same first key, in the same direction."""
        return self.is_sort(other) and self._sort_keys.is_led_alike(sort, other)

    def sorted_attribute(self, sort: Value) -> str:
        """The attribute that a sort's key function reads, "" for any other key."""
        return self._sort_keys.sorted_attribute(sort)

    def parts(self, data: Value, place: int) -> list[Value]:
        """What stands at a place in the items of a sequence: of pairs that are written out, zipped or numbered."""
        return self._sort_keys.parts(data, place)

    def scorer(self, value: Value) -> Value | None:
        """The model's or sampler's call that computed a value, told by what it calls and never by a name alone."""
        return self._scoring.scorer(value)

    def is_score(self, value: Value) -> bool:
        """Whether a value was computed by a model, a similarity or a sampler, or is read where such a value is kept."""
        return self._scoring.is_score(value)

    def is_rank(self, value: Value) -> bool:
        """Whether a value is a position in a ranked sequence."""
        return self._ranks.is_rank(value)

    def is_rank_map(self, value: Value) -> bool:
        """Whether a mapping holds positions."""
        return self._ranks.is_rank_map(value)

    def texts(self, value: Value, stack: Stack = (), limit: int = TEXT_LIMIT) -> list[str]:
        """The literal texts that a value is made of, and those of the text files that it was read from."""
        return self._texts.texts(value, stack, limit)

    def answers(self, call: Value, stack: Stack) -> tuple[Value, ...]:
        """What the repository's own endpoints answer to a call of a service."""
        return self._texts.answers(call, stack)

    def queries(self, call: Value, stack: Stack = ()) -> tuple[Query, ...]:
        """The SQL statements that a call may run, or that were run on the cursor it reads from."""
        return self._texts.queries(call, stack)

    def runs(self, call: Value) -> list[Value]:
        """The calls that send the statement whose rows a call gives: itself, or the last one before on its cursor."""
        return self._texts.runs(call)

    def says(self, call: Value, word: re.Pattern[str]) -> bool:
        """Whether a word stands in what a call may run."""
        return self._texts.says(call, word)

    # ------------------------------------------------------------------ rank attributes

    def rank_attributes(self) -> dict[str, tuple[Origin, tuple[Value, ...]]]:
        """Attributes that hold positions: written by enumerating a ranking, and sorted by. With the ranking and the
        sorts."""
        if self._rank_attributes is None:
            written: dict[str, Origin] = {}
            sorts: dict[str, list[Value]] = {}
            for module in self.flow.program.modules:
                if module.category == "product":
                    for number in range(len(module.facts.scopes)):
                        self._note_ranks(self.flow.body(module.index, number), written, sorts)
            self._rank_attributes = {
                name: (origin, tuple(sorts[name])) for name, origin in written.items() if name in sorts
            }
        return self._rank_attributes

    def _note_ranks(self, body: Body, written: dict[str, Origin], sorts: dict[str, list[Value]]) -> None:
        for place in body.nodes:
            if not is_enumerate_index(place):
                continue
            counted = [place, *(user for _, user in place.uses if user.kind == "operation" and user.data == "+")]
            users = (user for each in counted for label, user in each.uses if label == "value")
            names = list(filter(None, map(put_under, users)))
            if names and (origin := self.ranked(place.source.source)) is not None:
                for name in names:
                    written.setdefault(name, origin)
        for call in body.calls:
            attribute = self.sorted_attribute(call) if self.is_sort(call) else ""
            if attribute:
                sorts.setdefault(attribute, []).append(call)


def put_under(store: Value) -> str:
    """The attribute, or the key that is written down, under which a store puts a value; "" for any other use."""
    name = (store.key if isinstance(store.data, tuple) else store.data) if store.kind == "store" else ""
    return name if isinstance(name, str) else ""


def _goes_by_rows(call: Value) -> bool:
    """`numpy.argsort(-scores, axis=1)`, `numpy.argsort(-scores)[:, :50]`: whether a call puts each row of a table in
    order, one for each of several users."""
    if call.kind != "call":
        return False
    keys = (user.one("key") for label, user in call.uses if label == "object" and user.kind == "item")
    return any(keyword in ("axis", "dim") and source.data == 1 for keyword, source in call.named_arguments) or any(
        key is not None and key.kind == "collection" and key.data == "tuple" for key in keys
    )


def _trail(way: _Way) -> tuple[Value, ...]:
    """The values of a way, from its beginning."""
    found: list[Value] = []
    while way is not None:
        value, way = way
        found.append(value)
    return tuple(reversed(found))


def _asks_one(search: Value) -> bool:
    """Whether a search is for the nearest alone: `get_close_matches(title, titles, n=1)` tells what is meant, and one
    is in no order."""
    return any(
        name in _HOW_MANY and source.data == 1 for name, source in search.named_arguments if source.kind == "const"
    )

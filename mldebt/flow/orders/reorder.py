"""Operations that may take a sequence out of the order that a ranking gave it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from mldebt.flow.body import Body
from mldebt.flow.conditions.asked_orders import is_asked_for, is_switched_on, leaves_to_chance
from mldebt.flow.conditions.conditions import known_short
from mldebt.flow.idioms import WHICH, last_name, made_of, read_name, root
from mldebt.flow.orders.additions import Additions
from mldebt.flow.orders.frame_groups import AGGREGATING, OWNER, FrameGroups, names_told
from mldebt.flow.orders.frame_lookups import FrameLookups
from mldebt.flow.orders.kept_members import KeptMembers
from mldebt.flow.orders.list_versions import filled, versions
from mldebt.flow.orders.listed import written_out
from mldebt.flow.orders.made_up_scores import MadeUpScores
from mldebt.flow.orders.merges import INSERT, Merges, is_label
from mldebt.flow.orders.order import DRAWN, Orders, Origin
from mldebt.flow.orders.partitions import Partitions
from mldebt.flow.orders.random_picks import RandomPicks
from mldebt.flow.orders.refetches import Refetches
from mldebt.flow.orders.reordering import SHUFFLE, Breaks, Idiom, Reorder
from mldebt.flow.orders.reversals import Reversals
from mldebt.flow.orders.rotations import Rotations
from mldebt.flow.orders.sorted_ids import SORTING, ranks_by_lookup, sorts_ids
from mldebt.flow.scores.boosts import Boosts
from mldebt.flow.value import Value
from mldebt.regex import regex
from mldebt.rulebook import Api

__all__ = ["Reorder", "Reorders"]

SET = Idiom("set", "a set has no order", accidental=True)
COLLECTED_IN_SET = Idiom("set", "collected in a set, which has no order", accidental=True)
MADE_UNIQUE = Idiom("set", "each is kept once, in another order", accidental=True)
COMPLETION = Idiom("completion-order", "collected in the order in which the work completes", accidental=True)


_COMPLETING = {"as_completed": 0, "imap_unordered": 1, "wait": 0}
"""What gives results as they are ready, and the place of the work among its arguments."""
_ALL_AT_ONCE = "ray.wait"
PARTS = 4
"""How many steps the place of an item may be away from what is put in a list."""
_UNIQUE = frozenset({"unique", "distinct", "dropDuplicates", "drop_duplicates"})
_WORDS = regex(r"\w+")
SORT_BY = "sort-by-other-key"
MADE_UP = Idiom(SORT_BY, "sorted by a score that the code makes up")
BEST_BY = "best-by-other-key"


class Reorders:
    """Finds the idioms; each is checked for a ranking upstream before it is reported."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.flow = orders.flow
        self._breaks = Breaks(orders)
        self._merges = Merges(orders, self._breaks)
        self._refetches = Refetches(orders, self._breaks)
        self._reversals = Reversals(orders, self._breaks)
        self._frames = FrameLookups(orders, self._breaks)
        self._groups = FrameGroups(orders, self._breaks)
        self._boosts = Boosts(orders)
        self._members = KeptMembers(orders.flow, self._breaks)
        self._rotations = Rotations(self._breaks)
        self._picks = RandomPicks(orders, self._breaks)
        self._partitions = Partitions(orders)
        self._additions = orders.flow.shared(Additions)
        self._made_up = MadeUpScores(orders)
        self._by_kind: dict[str, Callable[[Value], Iterator[Reorder]]] = {
            "call": self._call,
            "item": lambda node: chain(self._frames.selected(node), self._picks.at_place(node)),
            "mutate": self._mutation,
            "operation": self._operation,
            "comprehension": self._comprehension,
            "collection": self._merges.spread,
            "store": self._store,
            "slice": self._reversals.of,
        }
        self._by_function: dict[str, Callable[[Value], Iterator[Reorder]]] = {
            "max": self._best_by,
            "min": self._best_by,
            "itertools.chain": lambda call: self._merges.joined(call, call.arguments),
            "pandas.concat": self._merges.stacked,
            "polars.concat": self._merges.stacked,
            "itertools.chain.from_iterable": self._merges.turns.flattened,
        }
        self._by_method: dict[str, Callable[[Value], Iterator[Reorder]]] = {
            "sort": lambda node: self._sorted(node, [node.source]),
            "reverse": self._reversals.of,
            "insert": self._insertion,
            "appendleft": self._insertion,
            "put": self._put_in_by_many,
            "add": self._into_set,
            "update": self._into_set,
            "append": self._append,
            "rotate": self._rotations.rotated,
            "extend": self._merges.extended,
        }

    def of(self, body: Body) -> Iterator[Reorder]:
        """All reordering operations of one body, by place."""
        for node in list(body.nodes):
            find = self._by_kind.get(node.kind)
            if find is not None:
                yield from find(node)

    # ------------------------------------------------------------------ by the kind of the operation

    def _operation(self, node: Value) -> Iterator[Reorder]:
        if node.data == "+":
            yield from self._merges.concatenated(node)
        if node.data in ("+", "-", "*", "/"):
            yield from self._boosts.of(node)

    def _comprehension(self, node: Value) -> Iterator[Reorder]:
        if node.data in ("list", "generator"):
            return chain(
                self._refetches.by_membership(node),
                self._at_shuffled_places(node),
                self._picks.at_places(node),
                self._rotations.at_places(node),
                self._merges.turns.flattened(node),
                self._merges.regroupings.flattened(node),
            )
        holds_items = node.data == "set" and not _is_part(node.one("element"))
        return self._breaks.of(SET, node, node.every("iterable")[-1:]) if holds_items else iter(())

    def _at_shuffled_places(self, node: Value) -> Iterator[Reorder]:
        """`[ranked[place] for place in numpy.random.permutation(len(ranked))]`."""
        taken, places = node.one("element"), node.every("iterable")
        key = taken.one("key") if taken is not None and taken.kind == "item" else None
        if taken is None or key is None or key.kind != "element" or key.source is not places[-1]:
            return
        walked = filled(places[-1])
        if (walked.kind == "mutate" and walked.name.endswith("shuffle")) or (
            walked.kind == "call" and self.orders.is_shuffle(walked)
        ):
            yield from self._shuffled(node, [taken.source])

    def _store(self, node: Value) -> Iterator[Reorder]:
        swapped = self._merges.swapped(node) if isinstance(node.data, tuple) else ()
        return chain(swapped, self._boosts.overwritten_rank(node))

    # ------------------------------------------------------------------ calls

    def _call(self, call: Value) -> Iterator[Reorder]:
        is_partition = last_name(call.function) == "argpartition"
        if is_partition or call.calls_external("numpy.unique"):
            return self._partitions.of(call) if is_partition else self._made_unique(call, call.arguments)
        if self.orders.is_sort(call):
            return self._sorted(call, self.orders.sorted_by(call))
        if self.orders.is_shuffle(call):
            return self._shuffled(call, self.orders.sorted_by(call))
        api = self.flow.api(call)
        if api is not None and api.order == "reverses":
            return self._reversals.of(call)
        if api is not None and api.order == "loses":
            return self._lost(call, api)
        find = self._by_function.get(call.function.name) if call.function.kind == "external" else None
        if find is not None:
            return find(call)
        grouped = self._groups.of(call) if call.calls_method(*AGGREGATING) else ()
        if call.calls_method("append", "put"):
            grouped = self._put_in_by_many(call)
        if len(call.inputs) == 1:  # asked for nothing in particular
            return chain(grouped, self._refetches.rows_back(call) if call.calls_method("all") else ())
        grouped = chain(grouped, self._members.of(call)) if call.calls_method("sadd", "lpush") else grouped
        return chain(grouped, self._picks.of(call), self._refetches.of(call), self._frames.called(call))

    def _lost(self, call: Value, api: Api) -> Iterator[Reorder]:
        """What a library's call gives in another order than it was given."""
        name = api.name.rpartition(".")[2]
        if name == "roll":
            return self._rotations.rolled(call)
        if api.name == _ALL_AT_ONCE and not call.loops:
            return iter(())  # of those that are ready, the order is kept
        if name in _COMPLETING:
            return self._breaks.of(COMPLETION, call, call.arguments[_COMPLETING[name] :][:1])
        if api.name in ("set", "frozenset"):
            return iter(()) if _is_part(_element(call.arguments)) else self._breaks.of(SET, call, call.arguments[:1])
        if name in _UNIQUE and call.receiver is not None and "maintain_order" not in call.keywords:
            return self._made_unique(call, [call.receiver])
        return self._refetches.by_ids(call) if "queries" in api.roles else iter(())

    def _made_unique(self, call: Value, given: list[Value]) -> Iterator[Reorder]:
        """Each once, in no order or in the alphabet's; not the values of a property, nor the best of each user."""
        names = [*names_told(call), *(name for source in given for name in names_told(source))]
        is_part = bool(names) and not any(WHICH.search(name) and not OWNER.search(name) for name in names)
        if len(given) == 1 and not is_part and not _is_part(_element(given) or given[0]):
            yield from self._breaks.of(MADE_UNIQUE, call, given)

    def _shuffled(self, node: Value, sequence: list[Value]) -> Iterator[Reorder]:
        """A shuffle; of what chance drew by no model's scores, it leaves no less to chance."""
        if leaves_to_chance(self.flow, node):
            return
        for each in self._breaks.of(SHUFFLE, node, sequence):
            ranked = (one for one in each.origins if one.how != DRAWN or self.orders.draws_by_model(one.value))
            if origins := tuple(ranked):
                yield each._replace(origins=origins)

    def _sorted(self, sort: Value, sequence: list[Value]) -> Iterator[Reorder]:
        """A sort by something else than a score; a sort by score may still mix in what was never scored."""
        if sort.calls_method("zrange"):
            yield from self._reversals.lowest_first(sort)
            return
        if told_by := self.orders.told_by(sort):
            yield from self._sorted_for(sort, sequence, told_by)
            return
        key = self.orders.sort_key(sort)
        if key.kind == "other" and _groups_by_owner(sort, key.text):
            return
        if key.kind == "other" and not is_asked_for(sort) and not is_switched_on(self.flow, sort):
            found = list(self._breaks.of(Idiom(SORT_BY, f"sorted by {key.text}"), sort, sequence))
            yield from (
                self._other_orders(sort, found) if found else self._refetches.sorted_after(sort, key.text, sequence)
            )
            return
        if told := list(self._sorted_ids(sort, sequence)) or list(self._by_made_up(sort, key.kind, sequence)):
            yield from told
            return
        if key.kind == "score":
            yield from self._reversals.sorted_again(sort, sequence)
            if sort.kind == "call" and last_name(sort.function) == "argsort":
                yield from self._reversals.least_taken(sort)
                yield from self._reversals.end_left(sort)
        if sort.kind == "call":
            for source in sequence:
                yield from self._merges.sorted_in(sort, source)

    def _by_made_up(self, sort: Value, kind: str, sequence: list[Value]) -> Iterator[Reorder]:
        """A sort of what was found by a score that the code makes up in its place."""
        if kind in ("score", "unknown") and self._made_up.decides(sort) and not is_asked_for(sort):
            yield from self._breaks.of(MADE_UP, sort, sequence)

    def _sorted_ids(self, sort: Value, sequence: list[Value]) -> Iterator[Reorder]:
        """Ids that a search or a recommender gave, or that were sorted by looking each up, sorted by themselves."""
        if sort.kind != "call" or "key" in sort.keywords or last_name(sort.function) not in SORTING:
            return
        are_ids = sorts_ids(sort, sequence)
        for each in self._breaks.of(Idiom(SORT_BY, "sorted by the ids themselves"), sort, sequence):
            origin = each.origins[0].value
            is_picked = ranks_by_lookup(origin) or self._takes_items(each.origins[0])
            if is_picked or (are_ids and not self.orders.is_sort(origin)):
                yield each

    def _takes_items(self, origin: Origin) -> bool:
        """Whether what is handed on of ranked pairs are the items, not the scores: `[i for i, _ in ranked]`."""
        made = [value.one("element") for value in origin.trail if value.kind == "comprehension"]
        picked = [each for each in made if each is not None and each.kind == "item" and isinstance(each.data, int)]
        return bool(picked) and not any(map(self.orders.is_score, picked))

    def _other_orders(self, sort: Value, found: list[Reorder]) -> Iterator[Reorder]:
        """Without the rankings that went by the same key: several of them are merged, or one is sorted once more."""
        for each in found:
            others = tuple(origin for origin in each.origins if not self.orders.is_led_alike(sort, origin.value))
            if others:
                yield each._replace(origins=others)

    def _sorted_for(self, sort: Value, sequence: list[Value], calls: tuple[Value, ...]) -> Iterator[Reorder]:
        """A sort by something else than a score, for those calls of its function that ask for it."""
        for call in calls:
            key = self.orders.sort_key(sort, (call,))
            if key.kind == "other" and not is_asked_for(sort) and not is_asked_for(call):
                found = self._breaks.of(Idiom(SORT_BY, f"sorted by {key.text}"), sort, sequence, stack=(call,))
                yield from self._other_orders(sort, list(found))

    def _best_by(self, call: Value) -> Iterator[Reorder]:
        """`max(ranked, key=lambda item: item.margin)`: the best by another key in place of the first."""
        if call.keywords[:2] not in (("", "key"), ("key", "")) or is_asked_for(call):
            return
        key, sequence = self.orders.sort_key(call), [source for name, source in call.named_arguments if not name]
        if key.kind == "other" and not _is_only_measured(call, key.text):
            yield from self._breaks.of(
                Idiom(BEST_BY, f"the best by {key.text} is taken in place of the first"), call, sequence
            )

    # ------------------------------------------------------------------ mutations

    def _mutation(self, node: Value) -> Iterator[Reorder]:
        if node.name.endswith("shuffle"):
            return self._shuffled(node, [node.source])
        find = self._by_method.get(node.name)
        return find(node) if find is not None else iter(())

    def _append(self, node: Value) -> Iterator[Reorder]:
        if node.loops:
            yield from islice(
                chain(self._merges.appended(node), self._refetches.appended(node), self._picks.appended(node)), 1
            )
        elif node.every("arg"):
            yield from self._rotations.put_behind(node)
            yield from self._put_in_by_many(node)

    def _put_in_by_many(self, added: Value) -> Iterator[Reorder]:
        """An item that a function adds which is run for each of a ranking at the same time, and without its place."""
        given = (added.every("arg") or added.arguments)[:1]
        if any(map(self.orders.is_rank, (part for each in given for part in made_of(each, PARTS)))):
            return
        for start, items in self._additions.at_once(added):
            for each in self._breaks.of(COMPLETION, added, [items]):
                around = self.flow.put_around(added, (start,)) if added.kind == "call" else ()
                results = tuple(step.value for step in around) or each.results
                yield each._replace(results=results, stack=() if around else (start,))

    def _insertion(self, node: Value) -> Iterator[Reorder]:
        """An item is put first or at a place. A list that is made in the same loop gets its order there."""
        if any(label == "value" and user.kind == "store" for label, user in node.uses):
            return
        is_building = bool(node.loops) and root(node.source).kind == "collection"
        if any(map(is_label, node.every("arg")[-1:])):
            return
        if node.data == "insert" and (len(node.every("arg")) != 2 or is_building):
            return  # a frame takes a place, a column and its values
        own = set(versions(node.source))
        if any(not own.isdisjoint(versions(short)) for short in known_short(node.body, node.at)):
            return  # there is no order yet
        yield from self._breaks.of(INSERT, node, [node.source])

    def _is_no_item(self, added: Value) -> bool:
        """Whether what a set takes is a property of items, a key to look something up by, or one of the labels that
        the code lists: what a picture may show."""
        labels = added.source if added.kind == "item" and added.one("key") is not None else None
        return _is_part(added) or _is_key(added) or (labels is not None and written_out(self.flow, labels) is not None)

    def _into_set(self, node: Value) -> Iterator[Reorder]:
        if any(found.name == "set" for found in self.flow.types(node.source)):
            added = node.every("arg")[:1]
            if node.data == "add" and (not added or self._is_no_item(added[0]) or _takes_apart(node)):
                return
            added = added if node.data == "update" else []
            yield from self._breaks.of(COLLECTED_IN_SET, node, node.loops[-1:] or added)


def _groups_by_owner(sort: Value, key: str) -> bool:
    """Whether rows are put together by what their rankings belong to: each user's are one, in the order they were."""
    is_grouped = any(user.calls_external("itertools.groupby") for _, user in sort.uses)
    return is_grouped and any(map(OWNER.search, _WORDS.findall(key)))


def _is_key(value: Value) -> bool:
    """Whether a value is a key of several kinds of things: `("product", item.id)`."""
    parts = value.every("item") if value.kind == "collection" and value.data == "tuple" else []
    return len(parts) > 1 and any(part.kind == "const" and isinstance(part.data, str) for part in parts)


def _takes_apart(add: Value) -> bool:
    """Whether a loop adds more than one part of each item to a set: `for one, other in pairs`. What is ranked are not
    these parts."""
    siblings = [
        arg
        for each in add.body.nodes
        for arg in each.every("arg")[:1]
        if each.kind == "mutate" and each.data == "add" and each.loops == add.loops and root(each) is root(add)
    ]
    parts = {each.data for each in siblings if each.kind == "item" and each.source.kind == "element"}
    return len(parts) > 1


def _is_only_measured(call: Value, text: str) -> bool:
    """Whether of what was chosen only the key itself is read: the newest day, the longest title."""
    reads = [read_name(user) for label, user in call.uses if label in ("object", "function")]
    return bool(reads) and all(repr(name) == text for name in reads)


def _element(given: list[Value]) -> Value | None:
    """What a comprehension that is handed to `set` gives."""
    return given[0].one("element") if given and given[0].kind == "comprehension" else None


def _is_part(value: Value | None) -> bool:
    """Whether a value is a property that an item shares with others: its site, its year."""
    while value is not None and value.kind == "call" and value.receiver is not None and not read_name(value):
        value = value.receiver
    name = read_name(value) if value is not None else ""
    return bool(name) and WHICH.search(name) is None

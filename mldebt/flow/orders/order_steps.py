"""Steps back along what an order depends on: everything that keeps it, and nothing that makes another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mldebt.flow.calls.callbacks import FOLDING
from mldebt.flow.calls.runners import SENDING, gives_result
from mldebt.flow.idioms import (
    fills_slice,
    fills_whole,
    indexed,
    is_mask,
    is_walked,
    last_name,
    makes_from,
    picked_from,
    read_name,
    root,
    selects,
    taken_by,
    told_attribute,
)
from mldebt.flow.module import ScopeKey
from mldebt.flow.orders.additions import Additions
from mldebt.flow.orders.kept_documents import KeptDocuments
from mldebt.flow.orders.kept_orders import KeptOrders
from mldebt.flow.orders.keyed_stores import KeyedStores
from mldebt.flow.orders.list_versions import beginnings
from mldebt.flow.orders.put_outside import PutOutside
from mldebt.flow.scores.copies import copied, given_anew
from mldebt.flow.steps import Stack, Step, may_enter
from mldebt.flow.tasks.handovers import PULL
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.orders.order import Orders

KEEPING = frozenset(
    """copy deepcopy tolist to_list list values items keys get dict model_dump to_dict json model_copy all fetchall
    fetchmany data first reset_index head tail compute collect select only annotate rename drop assign astype
    itertuples iterrows to_numpy result as_list flatten squeeze cpu numpy detach items_list execute scalars mappings
    unique""".split()
)
"""Methods and attributes that give the same items in the same order, whatever they are called on."""
_QUERYING = frozenset(
    """select_related prefetch_related defer values_list exclude filter filter_by where options limit offset skip using
    iterator batch_size""".split()
)
"""Methods of a query that give some of the same rows, more or less of each."""
_OF_GROUPS = ("head", "tail")
"""Methods of groups that pick rows and leave them where they stood in the whole."""
_RUNNING = frozenset({"execute", "exec", "scalars", "stream", "stream_scalars"})
"""Methods of a session that run a statement, whose rows come in the statement's order."""
PATH_LENGTH = 3
FIRST = 2
"""Among how many arguments the function stands that a thread runs."""
_SAME = ("same", "phi", "choice", "param", "attr", "global", "free", "passed", "external")
_OF_ALL = frozenset("zip chain concat gather merge enumerate".split())
_LABELS = frozenset("columns index names dtype".split())
"""What a table's columns and rows are called by is given beside the rows."""
_APPLYING = frozenset({"map", "filter", "starmap"})
_OF_VIEWS = frozenset("filter_queryset paginate_queryset get_serializer get_paginated_response".split())
"""Methods of a web framework's view that hand on what they are given, a page of it, or as it is shown."""
_LISTING = ("list", "get", "get_context_data")
_ASKED = "get_queryset"
"""Methods of a framework's view that show what another of its methods gives."""
_GROUPING = "itertools.groupby"
_GATHERING = ("asyncio.gather", "anyio.gather")
_EMPTY_MAPPINGS = (
    *("dict", "collections.OrderedDict", "collections.defaultdict"),
    *(f"cachetools.{name}" for name in ("Cache", "LRUCache", "TTLCache", "LFUCache")),
)
_QUEUE = "queue.Queue"
_EMPTY_LISTS = (
    *("list", "collections.deque", "queue.Queue", "queue.SimpleQueue", "queue.LifoQueue"),
    *("asyncio.Queue", "multiprocessing.Queue", "multiprocessing.JoinableQueue"),
)
_TAKING = ("get", "get_nowait")
_BROUGHT = frozenset("text content body data value payload arguments output".split())
"""What an answer, a message or an entry of a cache calls the text that it brings."""
_COPYING = frozenset("deepcopy copy cast dumps loads".split())
_LEARNING = frozenset("fit partial_fit fit_transform afit train retrain".split())
"""Methods that learn from what they are given: it is data there, whose order nobody is served in."""


class State(NamedTuple):
    """A place in an order walk: the depth counts how far inside the sequence we are (0: the sequence itself); the path
    holds the keys and attributes, nearest first, that were read from an object not met yet."""

    value: Value
    stack: Stack
    depth: int
    path: tuple[str | int, ...] = ()

    def at(self, value: Value, stack: Stack, depth: int) -> State:
        """Elsewhere, with the same open path."""
        return State(value, stack, depth, self.path)

    def on(self, value: Value, depth: int | None = None) -> State:
        """At another value of the same body, with the same open path."""
        return State(value, self.stack, self.depth if depth is None else depth, self.path)

    @property
    def outer(self) -> int:
        """One level less deep."""
        return max(self.depth - 1, 0)


class OrderSteps:
    """Steps by the kind of the value."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow
        self._kept = orders.flow.shared(KeptOrders)
        self._stores = orders.flow.shared(KeyedStores)
        self._documents = orders.flow.shared(KeptDocuments)
        self._additions = orders.flow.shared(Additions)
        self._outside = orders.flow.shared(PutOutside)
        self._by_kind: dict[str, Callable[[State], list[State]]] = {
            **dict.fromkeys(_SAME, self._same),
            "call": self._call,
            "comprehension": self._comprehension,
            "mutate": self._mutate,
            "store": self._store,
            "element": _element,
            "item": self._item,
            "slice": lambda state: [state.on(state.value.source)],
            "operation": self._operation,
            "collection": self._collection,
            "dict": self._mapping,
            "return": self._returned,
        }

    def back(self, state: State) -> list[State]:
        """The states that a sequence's order comes from."""
        value = state.value
        steps = self._by_kind.get(value.kind)
        found = steps(state) if steps is not None else []
        if value.body.rebound and value.kind not in _SAME:
            found = [*found, *(state.at(each, (), state.depth) for each in self._flow.rebound(value))]
        return found

    def kept_by(self, call: Value) -> list[Value]:
        """The arguments whose order a library call's result has."""
        if call.calls_method(*_OF_GROUPS) and call.function.source.calls_method("groupby"):
            return [call.function.source.function.source]
        return self._kept_by(call)

    def _kept_by(self, call: Value) -> list[Value]:
        api = self._flow.api(call)
        arguments = [source for keyword, source in call.named_arguments if keyword not in _LABELS]
        receiver, name = call.receiver, last_name(call.function)
        is_column = name == "loads" and any(map(_is_column, arguments[:1]))
        if is_column or (api is not None and api.order and api.order not in ("keeps", "reverses")):
            return []
        if api is not None and api.order:
            if receiver is not None and api.name != "str.join":
                return [receiver, *(arguments if name in ("map", "gather") else ())]
            if name in _APPLYING:
                return arguments[1:]
            return arguments if name in _OF_ALL else arguments[:1]
        places = taken_by(call)
        if places is not None:
            return [places]
        if receiver is not None and name in _RUNNING and arguments:
            return [receiver, arguments[0]]
        if receiver is not None and (name in KEEPING or name in _QUERYING):
            is_lookup = name == "get" and bool(arguments) and arguments[0].kind != "const"
            return [] if is_lookup else [receiver]
        return arguments[:1] if name in _COPYING or name in _OF_VIEWS else []

    # ------------------------------------------------------------------ the same sequence elsewhere

    def _same(self, state: State) -> list[State]:
        if _is_learned_from(state.value):
            return []
        put = self._outside.of(state.value) if state.value.kind == "attr" else ()
        return [*self._stepped(state, state.depth), *(State(each, (), state.depth, state.path) for each in put)]

    def _item(self, state: State) -> list[State]:
        value = state.value
        if (held := _just_put(value)) is not None:
            return [state.on(held)]
        stays = isinstance(value.data, int | str) or selects(value)
        places = taken_by(value)
        found = [state.on(places)] if places is not None and not is_mask(places) else []
        return [*found, *self._stepped(state, state.depth if stays else state.depth + 1)]

    def _stepped(self, state: State, depth: int) -> list[State]:
        steps = self._flow.back(state.value, state.stack)
        return [_remember(state, step).at(step.value, step.stack, depth) for step in steps if step.label != "test"]

    def _operation(self, state: State) -> list[State]:
        value = state.value
        return [state.on(source) for source in value.every("operand")] if value.data in ("+", "or", "and") else []

    def _returned(self, state: State) -> list[State]:
        value = state.value
        found = [state.on(source) for source in value.every("value")]
        for source in value.every("yield"):
            if value.body.module.is_context(value.body.number):
                found.append(state.on(source))
            elif state.depth > 0:
                found.append(state.on(source, state.depth - 1))
            elif source.loops:
                found.append(state.on(source.loops[-1], 0))
        return found

    # ------------------------------------------------------------------ calls

    def _call(self, state: State) -> list[State]:
        call, orders = state.value, self._orders
        if orders.is_shuffle(call) or (orders.is_sort(call) and orders.sort_key(call, state.stack).kind == "other"):
            return [state.on(source) for source in orders.sorted_by(call)]
        if call.calls_method(PULL):
            return [state.at(source, (), state.depth) for source in self._flow.handovers.pulled(call)]
        if (held := _copied(state) or self._held_by(state)) and not self._flow.is_own(call):
            return held
        found = self._of_graph(state)
        found.extend(State(each, (), state.depth) for each in self._flow.wirings.results(call, state.path))
        for target in self._flow.targets(call):
            if target.kind == "func":
                steps = self._flow.enter_return(call, target, state.stack)
                found.extend(state.at(step.value, step.stack, state.depth) for step in steps)
            elif target.kind == "class":
                found.extend(self._validated(state) or _constructed(state))
            elif call.calls_external(FOLDING):
                steps = [step for step in self._flow.back(call, state.stack) if step.label == "applied"]
                found.extend(state.at(step.value, step.stack, state.depth) for step in steps)
            elif gives_result(call):
                found.extend(self._run_elsewhere(state))
            else:
                found.extend(self._through_library(state))
        found.extend(state.at(answer, (), state.depth) for answer in orders.answers(call, state.stack))
        found.extend(State(each, (), state.depth) for each in self._shown(call))
        if call.calls_method(*SENDING) and call.function.source.kind == "func":
            found.append(state.at(self._flow.body(*call.function.source.scope_key).returns, (), state.depth))
        return found

    def _of_graph(self, state: State) -> list[State]:
        """What the steps of a graph put under a key that a call asks for, or of what a call that runs them gives."""
        states, path = self._flow.graph_states, state.path
        found = [state.at(source, (), state.depth) for source in states.taken(state.value)]
        given = states.given(state.value, path) if path else ()
        return [*found, *(State(each, (), state.depth, path[1:]) for each in given)]

    def _through_library(self, state: State) -> list[State]:
        """What a library's call keeps the order of: what it was given, what was written where it reads, what was sent
        where it listens."""
        call = state.value
        found = [state.on(source) for source in self.kept_by(call)]
        found.extend(state.at(source, (), state.depth) for source in self._kept.written(call))
        found.extend(state.at(*kept, state.depth) for kept in self._stores.written(call, state.stack))
        if state.path and self._flow.api(call) is None:
            found.extend(_made_outside(state))
        fields = self._documents.written(call, state.path)
        found.extend(State(value, (), state.depth, path) for value, path in fields)
        found.extend(State(source, (), state.outer, _said(state.path)) for source in self._kept.sent(call))
        return found

    def _validated(self, state: State) -> list[State]:
        """What the methods give that the field which was asked for goes through when an object is made."""
        call, path = state.value, state.path
        methods = self._flow.validators.of(call) if may_enter(call, state.stack) else []
        return [
            State(self._flow.body(*key).returns, (*state.stack, call), state.depth, path[1:])
            for field, key in methods
            if path[:1] == (field,) and self._flow.validators.given(call, key)
        ]

    def _run_elsewhere(self, state: State) -> list[State]:
        """Into the functions that a thread or a process runs, whose results come back; what a column's cells are made
        by gives one of them."""
        call, stack = state.value, state.stack
        in_cell = _makes_cells(call)
        is_run = may_enter(call, stack) and (state.depth > 0 or not in_cell)
        keys = [*self._flow.callbacks(call), *self._handed_to(call, stack)] if is_run else []
        depth = state.depth - 1 if in_cell else state.depth
        return [state.at(self._flow.body(*key).returns, (*stack, call), depth) for key in keys]

    def _handed_to(self, call: Value, stack: Stack) -> list[ScopeKey]:
        """The functions that were handed in and are handed on to a pool: `pool.submit(function, user)`."""
        return [key for each in call.arguments[:FIRST] for key in self._flow.hooks.handed(each, stack)]

    def _held_by(self, state: State) -> list[State]:
        """What stands at a place in what is awaited together or in a document, and what is put in a queue or an empty
        container."""
        call, path = state.value, state.path
        if told_attribute(call) is not None:
            return [self._told(state, step) for step in self._flow.back(call, state.stack)]
        if call.calls_method("get") and (key := read_name(call)) and self._documents.is_read(call.function.source):
            return [State(call.function.source, state.stack, state.depth, (key, *path[: PATH_LENGTH - 1]))]
        if call.calls_external(*_GATHERING) and path and isinstance(path[0], int) and path[0] < call.keywords.count(""):
            return [State(call.arguments[path[0]], state.stack, state.depth, path[1:])]
        if all(source.kind in ("const", "external") for source in call.arguments):
            if call.calls_external(*_EMPTY_MAPPINGS):
                return self._mapping(state)
            if call.calls_external(*_EMPTY_LISTS):
                return self._put_in(state)
        receiver = call.receiver
        is_taken = receiver is not None and call.calls_method(*_TAKING)
        if is_taken and any(each.name == _QUEUE for each in self._flow.types(call.function.source)):
            return [state.on(call.function.source, state.depth + 1)]
        return []

    def _told(self, state: State, step: Step) -> State:
        """From `getattr(object, "name")` to what was put there, or to the object with the name still open."""
        name = str(state.value.arguments[1].data)
        path = (name, *state.path[: PATH_LENGTH - 1]) if step.label == "object" else state.path
        return State(step.value, step.stack, state.depth, path)

    def _put_in(self, state: State) -> list[State]:
        """What functions put in a list or a queue that stands beside them."""
        calls = self._flow.closure_calls(state.value)
        places = (State(call, _around(call, state.stack), state.depth, state.path) for call in calls)
        return [after for place in places for after in self._added(place, place.value.function.name)]

    def _shown(self, call: Value) -> list[Value]:
        """What the view's own `get_queryset` gives to the framework's `super().list(request)`."""
        if not call.calls_method(*_LISTING) or not call.function.source.calls_external("super"):
            return []
        program, body = self._flow.program, call.body
        cls = program.enclosing_class(body.key)
        bases = [base for base in program.ancestry(cls) if isinstance(base, str)] if cls is not None else []
        if cls is None or not any(self._flow.catalogue.hook(base, _ASKED) for base in bases):
            return []
        asked = program.method(cls, _ASKED)
        return [self._flow.body(asked.module, asked.scope).returns] if asked is not None else []

    # ------------------------------------------------------------------ containers

    def _comprehension(self, state: State) -> list[State]:
        value, element = state.value, state.value.one("element")
        if value.data == "set":
            return []
        if state.depth > 0 and element is not None:
            return [state.on(element, state.depth - 1)]
        iterables = value.every("iterable")
        if element is not None and all(iterable.calls_external("range") for iterable in iterables):
            return [state.on(source) for source in indexed(element)]
        return [state.on(source) for source in iterables[-1:]]

    def _collection(self, state: State) -> list[State]:
        value, path = state.value, state.path
        if value.data == "set":
            return []
        if value.data == "tuple" and path and isinstance(path[0], int) and path[0] < len(value.inputs):
            return [State(value.inputs[path[0]][1], state.stack, state.depth, path[1:])]
        spread = [state.on(source) for source in value.every("spread")]
        if not value.inputs:
            return self._put_in(state)
        if value.data == "tuple":
            return [*(state.on(source) for source in value.every("item")), *spread]
        if state.depth > 0:
            return [*(state.on(source, state.depth - 1) for source in value.every("item")), *spread]
        return spread

    def _mapping(self, state: State) -> list[State]:
        value, stack, path = state.value, state.stack, state.path
        if value.kind == "call" or not value.inputs:
            stores = ((store.key, store.one("value")) for store in self._flow.closure_stores(value))
            held = [source for key, source in stores if source is not None and (not path or key in (path[0], None))]
            return [State(source, (), state.outer, path[1:]) for source in held]
        if path and isinstance(path[0], str) and not value.every("spread"):
            wanted = [i for key, i in zip(value.keys, value.every("item"), strict=True) if key in (path[0], None)]
            return [State(item, stack, state.outer, path[1:]) for item in wanted]
        return [State(source, stack, state.outer) for label, source in value.inputs if label != "key"]

    # ------------------------------------------------------------------ mutation

    def _mutate(self, state: State) -> list[State]:
        value, method = state.value, state.value.name
        if method in ("add", "discard"):
            return []
        base = state.on(value.source)
        if method == "sort":
            return [base] if self._orders.sort_key(value, state.stack).kind == "other" else []
        return [base, *self._added(state, method)]

    def _added(self, state: State, method: str) -> list[State]:
        """Where the order of what is added comes from: of items the loop, of a list the list."""
        value, arguments, loop = state.value, state.value.every("arg"), state.value.loops[-1:]
        if method in ("append", "appendleft", "put"):
            if state.depth > 0:
                return [state.on(source, state.depth - 1) for source in arguments[:1]]
            if loop:
                return [state.on(source, 0) for source in sources_of_append(value)]
            return [state.at(walked, after, 0) for walked, after in self._additions.loops(value, state.stack)]
        if method == "extend":
            added = [state.on(source) for source in arguments[:1]]
            walked = loop if state.depth == 0 and loop and is_walked(loop[0]) else ()
            return [*added, *(state.on(source, 0) for source in walked)]
        if method == "insert" and state.depth > 0:
            return [state.on(source, state.depth - 1) for source in arguments[1:2]]
        # `state.update(step(state))`: what it put there under the key; `found.update(hits(page))`: one by one
        if method == "update" and (state.path or _began_empty(value)):
            return [state.on(source) for source in arguments[:1]]
        return []

    def _store(self, state: State) -> list[State]:
        value, base, stored = state.value, state.value.one("base"), state.value.one("value")
        found = [state.on(base)] if base is not None else []
        if stored is None:
            return found
        key = value.key
        if isinstance(key, str) and state.path:
            return [State(stored, state.stack, state.depth, state.path[1:])] if key == state.path[0] else found
        if isinstance(key, str):
            return [*found, State(stored, state.stack, state.depth)]
        if fills_slice(value):
            return [*([] if fills_whole(value) else found), state.on(stored)]
        if key is None and value.one("key") is not None and state.path and isinstance(state.path[0], int):
            return [*found, State(stored, state.stack, state.depth, state.path[1:])]  # `lists[user] = best`, `lists[0]`
        if state.depth > 0:
            return [*found, state.on(stored, state.depth - 1)]
        if value.loops and base is not None and root(base) is not root(value.loops[-1]):
            return [*found, state.on(value.loops[-1], 0)]
        return found


def _around(call: Value, stack: Stack) -> Stack:
    """The calls that are open in a function which stands beside a list, of those that are open there: what it was
    itself handed, and by whom, is not known."""
    return () if call.body.params else stack


def _began_empty(value: Value) -> bool:
    """Whether a mapping had no entries before it was filled."""
    return any(each.kind == "dict" and not each.inputs for each in beginnings(value))


def _is_learned_from(value: Value) -> bool:
    """Whether a value is what a method is given to learn from: `def fit(self, products)`."""
    return value.kind == "param" and value.body.scope.name in _LEARNING and "self" in value.body.params


def sources_of_append(append: Value) -> list[Value]:
    """The sequences whose order an append in a loop follows: the loop's, or what is picked from in a `while`."""
    loop, arguments = append.loops[-1], append.every("arg")
    if arguments and loop.calls_external("range"):
        return indexed(arguments[0])
    return [loop] if is_walked(loop) or not arguments else picked_from(arguments[0])


def _element(state: State) -> list[State]:
    """What a loop meets is one deeper in what it goes over; the rows of a group are some of those that are grouped."""
    iterable, path = state.value.source, state.path
    if iterable.calls_external(_GROUPING) and iterable.arguments and path[:1] == (1,):
        return [State(iterable.arguments[0], state.stack, state.depth, path[1:])]
    return [state.on(iterable, state.depth + 1)]


def _makes_cells(call: Value) -> bool:
    """Whether a function is applied to each cell of a column, or each row of a table: `users["id"].apply(top)`."""
    of_column = call.receiver is not None and call.receiver.kind == "item" and isinstance(call.receiver.data, str)
    by_row = any(keyword == "axis" and source.data in (1, "columns") for keyword, source in call.named_arguments)
    return call.calls_method("apply") and (of_column or by_row)


def _said(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """What is read of a message's content, of what is read of the message."""
    return path[1:] if path[:1] == ("value",) else path


def _just_put(item: Value) -> Value | None:
    """What was put under the same key right before: `kept[user] = found`, then `kept[user]`."""
    holder, key = item.source, item.one("key")
    is_same = key is not None and holder.kind == "store" and holder.one("key") is key
    return holder.one("value") if is_same else None


def _is_column(text: Value) -> bool:
    """Whether a text is read from a row that tells of something: `user.skills or "[]"`; not what an answer brings."""
    if text.kind == "operation" and text.data == "or":
        text = text.source
    return text.kind == "attr" and text.name not in _BROUGHT


def _remember(state: State, step: Step) -> State:
    """The state with the key or attribute that a step to the whole object left open."""
    name = state.value.data
    ends_generator = step.value.kind == "same" and step.value.data == "StopIteration"
    is_kept = name in KEEPING and state.value.kind != "item"  # `rows.items()`, not `row["items"]`
    if step.label != "object" or not isinstance(name, str | int) or is_kept or ends_generator:
        return state
    return state._replace(path=(name, *state.path[: PATH_LENGTH - 1]))


def _constructed(state: State) -> list[State]:
    """The arguments of a constructor; only the one of the field that was asked for, when it is named."""
    call, path = state.value, state.path
    wanted = [source for keyword, source in call.named_arguments if path and keyword == path[0]]
    if wanted:
        return [State(source, state.stack, state.depth, path[1:]) for source in wanted]
    return [state.on(source) for source in call.arguments]


def _made_outside(state: State) -> list[State]:
    """What an object of a class that is not known has under a name: what it was given by that name, or is made from."""
    call, path = state.value, state.path
    given = [source for keyword, source in call.named_arguments if keyword and keyword == path[0]]
    if makes_from(call):
        given = given or call.arguments[:1]
    elif not last_name(call.function)[:1].isupper():
        return []
    return [State(source, state.stack, state.depth, path[1:]) for source in given]


def _copied(state: State) -> list[State]:
    """What a copy with something else in some fields has: in the field that was asked for, when it is given anew, that
    alone; in the others what the object had."""
    call, path = state.value, state.path
    base = copied(call)
    given = dict(given_anew(call)) if base is not None else {}
    if base is None or not given:
        return []
    if path and path[0] in given:
        return [State(given[str(path[0])], state.stack, state.depth, path[1:])]
    return [state.on(base), *(state.on(source) for source in given.values() if not path)]

"""What last ordered a sequence: rankings, sorts and their keys, and everything that keeps or loses an order."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from mldebt.flow.body import Body
from mldebt.flow.value import Value
from mldebt.flow.walk import FAN_OUT, Flow, Stack, Step

ORDER_LIMIT = 1500
ORIGINS = 6
"""Ways to a ranking that are kept for one sequence: a helper is often called from several places."""
SCORE_ROLES = frozenset({"predicts", "ranks", "embeds"})
SCORE_NAME = re.compile(
    r"(^|_|\b)(scores?|similarit(y|ies)|distances?|dist|relevance|likelihoods?|probabilit(y|ies)|probs?|confidences?|logits?|preds?|predictions?"
    r"|predicted\w*|rating_pred|weights?|affinity|rank(ing)?|rrf\w*|cosine\w*|bm25\w*|sim)(_|\b|$)",
    re.IGNORECASE,
)
_CASTS = frozenset({"float", "int", "str", "round", "abs"})
READING_NAME = re.compile(
    r"^(page(_?(no|num|number|idx))?|top|bottom|[xy][01]|start(_?(pos|offset|idx|index|time))?|end|offset|chunk\w*|line(_?(no|number))?|paragraph\w*|seq\w*|ordinal)$",
    re.IGNORECASE,
)
RANK_SQL = re.compile(
    r"order\s+by[^;]*?(<->|<=>|<#>|score|similarity|distance|relevance|rank|cosine|embedding|ts_rank|bm25)",
    re.IGNORECASE | re.DOTALL,
)
SEARCH_TEXT = re.compile(
    r"(^|[/_\-.?&=:])(recommend\w*|rank(ing)?|rerank|similar\w*|nearest|knn|morelike\w*|_search)([/_\-.?&=:]|$)",
    re.IGNORECASE,
)
KEEPING = frozenset(
    """copy deepcopy tolist to_list list values items keys get dict model_dump to_dict json model_copy all fetchall fetchmany data first reset_index
    head tail compute collect select only annotate rename drop assign astype itertuples iterrows to_numpy result as_list flatten squeeze cpu numpy detach
    items_list execute scalars mappings unique""".split()
)


class State(NamedTuple):
    """A place in an order walk: the depth counts how far inside the sequence we are (0: the sequence itself); the path holds
    the keys and attributes, nearest first, that were read from an object not met yet."""

    value: Value
    stack: Stack
    depth: int
    path: tuple[str | int, ...] = ()

    def at(self, value: Value, stack: Stack, depth: int) -> "State":
        return State(value, stack, depth, self.path)


class Origin(NamedTuple):
    """Where a ranking was made, how, and the values between it and where the question was asked (nearest first)."""

    value: Value
    how: str
    trail: tuple[Value, ...]
    stack: Stack


class SortKey(NamedTuple):
    """What a sort sorts by: kind is score, rank, reading (the order in a document), other or unknown; `text` says it in words."""

    kind: str
    text: str
    descending: bool | None


class Orders:
    """Order queries on a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._origins: dict[tuple[Value, Stack, int], tuple[Origin, ...]] = {}
        self._keys: dict[Value, SortKey] = {}
        self._ranks: dict[str, tuple[Origin, tuple[Value, ...]]] | None = None
        self._clients: dict[tuple[Value, Stack], bool] = {}

    # ------------------------------------------------------------------ where an order came from

    def ranked(self, value: Value, stack: Stack = (), depth: int = 0) -> Origin | None:
        """The ranking that a sequence's order was made from, through everything that keeps it; None when there is none in sight."""
        return next(iter(self.rankings(value, stack, depth)), None)

    def rankings(self, value: Value, stack: Stack = (), depth: int = 0) -> tuple[Origin, ...]:
        """The rankings that a sequence's order may come from, by different ways; the nearest first."""
        key = (value, stack, depth)
        if key not in self._origins:
            self._origins[key] = self._search(State(value, stack, depth))
        return self._origins[key]

    def _search(self, start: State) -> tuple[Origin, ...]:
        found: list[Origin] = []
        queue: deque[tuple[State, tuple[Value, ...]]] = deque([(start, ())])
        seen = {start}
        count = 0
        while queue and count < ORDER_LIMIT:
            state, trail = queue.popleft()
            count += 1
            how = self.makes_ranking(state.value, state.stack) if state.depth <= 0 else ""
            if how.startswith("sorted") and any(isinstance(key, int) for key in state.path):
                how = ""  # one element of the ranking, not the ranking
            if how:
                found.append(Origin(state.value, how, (*trail, state.value), state.stack))
                if len(found) == ORIGINS:
                    break
                continue
            for after in self.back(state):
                if after not in seen:
                    seen.add(after)
                    queue.append((after, (*trail, state.value)))
        return tuple(found)

    def makes_ranking(self, value: Value, stack: Stack = ()) -> str:
        """How a value's own operation puts its results in score order; "" when it does not."""
        if value.kind == "call":
            api = self.flow.api(value)
            if api is not None and (api.order == "ranks" or "ranks" in api.roles):
                return f"{_short(api.name)} returns results in score order"
            if self.is_sort(value) and self.sort_key(value).kind == "score":
                return f"sorted by {self.sort_key(value).text}"
            if api is not None and api.name.rsplit(".", 1)[-1] in ("choice", "choices") and self._weighted(value):
                return "drawn by score"
            if self._is_search_client(value, stack):
                return "results of a search or ranking service"
            if self._is_ranked_query(value, stack):
                return "a query ordered by score"
        elif value.kind == "mutate" and value.data == "sort" and self.sort_key(value).kind == "score":
            return f"sorted by {self.sort_key(value).text}"
        return ""

    def is_sort(self, value: Value) -> bool:
        if value.kind == "mutate":
            return value.data == "sort"
        api = self.flow.api(value) if value.kind == "call" else None
        return api is not None and (api.order == "sorts" or "sorts" in api.roles)

    def is_shuffle(self, value: Value) -> bool:
        api = self.flow.api(value)
        if api is None or not (api.order == "shuffles" or "shuffles" in api.roles):
            return False
        return not api.name.rsplit(".", 1)[-1].startswith("choice") and (
            not api.name.endswith("sample") or takes_all(value)
        )

    def sorted_by(self, call: Value) -> list[Value]:
        """The sequence that a sorting or shuffling call takes."""
        function = call.inputs[0][1]
        return (
            [function.inputs[0][1]]
            if function.kind == "attr" and self.flow.api(call) is not None
            else [v for _, v in call.inputs[1:2]]
        )

    def _is_search_client(self, call: Value, stack: Stack) -> bool:
        api = self.flow.api(call)
        if api is None or api.medium not in ("url", "api") or "reads" not in api.roles:
            return False
        key = (call, stack)
        if key not in self._clients:
            self._clients[key] = self._names_a_search(call, stack)
        return self._clients[key]

    def _names_a_search(self, call: Value, stack: Stack) -> bool:
        for _, argument in call.inputs[1:]:
            for visit in self.flow.walk(argument, self._text_back, stack=stack, limit=600):
                texts = (
                    visit.value.data
                    if visit.value.kind == "template"
                    else (visit.value.data,)
                    if visit.value.kind == "const"
                    else ()
                )
                if any(isinstance(text, str) and SEARCH_TEXT.search(text) for text in texts):  # type: ignore[attr-defined]
                    return True
        return False

    def _weighted(self, call: Value) -> bool:
        return any(
            keyword in ("p", "weights") and self.is_score(source)
            for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True)
        )  # type: ignore[call-overload]

    def _is_ranked_query(self, call: Value, stack: Stack) -> bool:
        function = call.inputs[0][1]
        if function.kind != "attr" or function.data not in (
            "fetchall",
            "fetchmany",
            "execute",
            "fetch",
            "query",
            "read_sql",
            "scalars",
            "all",
        ):
            return False
        key = (call, stack)
        if key not in self._clients:
            self._clients[key] = any(RANK_SQL.search(text) for text in self.query_texts(call, stack))
        return self._clients[key]

    def query_texts(self, call: Value, stack: Stack = ()) -> list[str]:
        """The SQL that a call runs, or that was run on the cursor it reads from, as far as literals and `.sql` files tell."""
        function = call.inputs[0][1]
        calls = [call]
        if function.kind == "attr" and function.data in ("fetchall", "fetchmany", "fetchone"):
            cursor = root(function.inputs[0][1])
            calls += [
                c
                for c in call.body.calls
                if c.at < call.at and is_method(c, "execute") and root(c.inputs[0][1].inputs[0][1]) is cursor
            ][-1:]
        return [text for each in calls for _, source in each.inputs[1:2] for text in self.texts(source, stack)]

    def texts(self, value: Value, stack: Stack = (), limit: int = 150) -> list[str]:
        """The literal texts that a value is made of, and those of the text files that it was read from."""
        found = []
        for visit in self.flow.walk(value, self._text_back, stack=stack, limit=limit):
            if visit.value.kind == "const" and isinstance(visit.value.data, str):
                found.append(visit.value.data)
                if visit.value.data.endswith(".sql"):
                    found.extend(self.flow.program.texts.get(visit.value.data.rsplit("/", 1)[-1], ()))
            elif visit.value.kind == "template":
                found.append(" ".join(part or "?" for part in visit.value.data))  # type: ignore[attr-defined]
        return found

    def _text_back(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the texts that a value is made of; what else stands in a settings object is none of them."""
        steps = self.flow.back(value, stack)
        return [step for step in steps if step.label != "object"] if value.kind == "attr" else steps

    # ------------------------------------------------------------------ steps that keep an order

    def back(self, state: State) -> list[State]:
        """The states that a sequence's order comes from."""
        value, stack, depth, _ = state
        kind = value.kind
        if kind == "call":
            return self._back_call(state)
        if kind == "comprehension":
            return self._back_comprehension(state)
        if kind == "mutate":
            return self._back_mutate(state)
        if kind == "store":
            return self._back_store(state)
        if kind == "element":
            return [state.at(value.inputs[0][1], stack, depth + 1)]
        if kind == "item":
            deeper = 0 if isinstance(value.data, int | str) or selects(value) else 1
            return [self._inward(state, s).at(s.value, s.stack, depth + deeper) for s in self.flow.back(value, stack)]
        if kind == "slice":
            return [state.at(value.inputs[0][1], stack, depth)]
        if kind == "operation":
            return (
                [state.at(source, stack, depth) for source in value.every("operand")]
                if value.data in ("+", "or", "and")
                else []
            )
        if kind == "collection":
            if value.data == "set":
                return []
            if (
                value.data == "tuple"
                and state.path
                and isinstance(state.path[0], int)
                and state.path[0] < len(value.inputs)
            ):
                return [State(value.inputs[state.path[0]][1], stack, depth, state.path[1:])]
            deeper = max(depth - 1, 0) if value.data == "list" else depth
            inner = (
                [state.at(source, stack, deeper) for source in value.every("item")]
                if depth > 0 or value.data == "tuple"
                else []
            )
            return inner + [state.at(source, stack, depth) for source in value.every("spread")]
        if kind == "dict":
            if state.path and isinstance(state.path[0], str) and not value.every("spread"):
                return self._keyed(state)
            return [
                State(source, stack, max(depth - 1, 0)) for label, source in value.inputs if label in ("item", "spread")
            ]
        if kind == "return":
            return self._back_return(state)
        if kind in ("same", "phi", "choice", "param", "attr", "global", "free", "passed"):
            return [
                self._inward(state, s).at(s.value, s.stack, depth)
                for s in self.flow.back(value, stack)
                if s.label != "test"
            ]
        return []

    def _inward(self, state: State, step: Step) -> State:
        """The state with the key or attribute remembered that a step to the whole object left open."""
        name = state.value.data
        if step.label != "object" or not isinstance(name, str | int) or name in KEEPING:
            return state
        return state._replace(path=(name, *state.path[:2]))

    def _keyed(self, state: State) -> list[State]:
        """Only the item of a dict display that was asked for."""
        value, stack, depth, path = state
        names: tuple[object, ...] = value.data  # type: ignore[assignment]
        items = value.every("item")
        wanted = [item for name, item in zip(names, items, strict=True) if name in (path[0], None)]
        return [State(item, stack, max(depth - 1, 0), path[1:]) for item in wanted]

    def _back_return(self, state: State) -> list[State]:
        value, stack, depth, _ = state
        found = [state.at(source, stack, depth) for source in value.every("value")]
        for source in value.every("yield"):
            if depth > 0:
                found.append(state.at(source, stack, depth - 1))
            elif source.loops:
                found.append(state.at(source.loops[-1], stack, 0))
        return found

    def _back_call(self, state: State) -> list[State]:
        value, stack, depth, _ = state
        found: list[State] = []
        if (self.is_sort(value) and self.sort_key(value).kind == "other") or self.is_shuffle(value):
            return [state.at(source, stack, depth) for source in self.sorted_by(value)]
        for target in self.flow.targets(value):
            if target.kind == "func":
                found.extend(state.at(s.value, s.stack, depth) for s in self.flow.enter_return(value, target, stack))
            elif target.kind == "class":
                found.extend(self._constructed(state))
            else:
                found.extend(state.at(source, stack, depth) for source in self.kept_by(value))
        return found

    def _constructed(self, state: State) -> list[State]:
        """The arguments of a constructor; only the one of the field that was asked for, when it is named."""
        value, stack, depth, path = state
        named = zip(value.data, value.inputs[1:], strict=True)  # type: ignore[call-overload]
        wanted = [source for keyword, (_, source) in named if path and keyword == path[0]]
        if wanted:
            return [State(source, stack, depth, path[1:]) for source in wanted]
        return [state.at(source, stack, depth) for _, source in value.inputs[1:]]

    def kept_by(self, call: Value) -> list[Value]:
        """The arguments whose order a library call's result has."""
        api = self.flow.api(call)
        function = call.inputs[0][1]
        name = str(function.data).rsplit(".", 1)[-1] if function.kind in ("attr", "external") else ""
        arguments = [source for _, source in call.inputs[1:]]
        if api is not None and api.order:
            if api.order not in ("keeps", "reverses"):
                return []
            if function.kind == "attr" and api.name != "str.join":
                return [function.inputs[0][1], *(a for a in arguments if name in ("map", "gather"))]
            if name in ("map", "filter", "starmap"):
                return arguments[1:]
            return (
                arguments[:1] if name not in ("zip", "chain", "concat", "gather", "merge", "enumerate") else arguments
            )
        if function.kind == "attr" and name in KEEPING:
            looked_up = name in ("get", "pop") and bool(arguments) and arguments[0].kind != "const"
            return [] if looked_up else [function.inputs[0][1]]
        if name in ("deepcopy", "copy", "cast", "dumps", "loads"):
            return arguments[:1]
        return []

    def _back_comprehension(self, state: State) -> list[State]:
        value, stack, depth, _ = state
        if value.data == "set":
            return []
        element = value.one("element")
        if depth > 0 and element is not None:
            return [state.at(element, stack, depth - 1)]
        if element is not None and all(_is_range(iterable) for iterable in value.every("iterable")):
            return [state.at(source, stack, depth) for source in _indexed(element)]
        return [state.at(source, stack, depth) for source in value.every("iterable")[-1:]]

    def _back_mutate(self, state: State) -> list[State]:
        value, stack, depth, _ = state
        base = value.inputs[0][1]
        found = [state.at(base, stack, depth)]
        arguments = value.every("arg")
        if value.data in ("append", "appendleft", "put"):
            if depth > 0:
                found.extend(state.at(a, stack, depth - 1) for a in arguments[:1])
            elif value.loops:
                found.extend(state.at(source, stack, 0) for source in self.sources_of_append(value))
        elif value.data == "extend":
            found.extend(state.at(a, stack, depth) for a in arguments[:1])
            if depth == 0 and value.loops and _is_walked(value.loops[-1]):
                found.append(state.at(value.loops[-1], stack, 0))
        elif value.data in ("insert",):
            found.extend(state.at(a, stack, max(depth - 1, 0)) for a in arguments[1:2] if depth > 0)
        elif value.data == "sort":
            return found if self.sort_key(value).kind == "other" else []
        elif value.data in ("add", "discard"):
            return []
        return found

    def sources_of_append(self, append: Value) -> list[Value]:
        """The sequences whose order an append in a loop follows: the loop's iterable, or what is picked from in a `while`."""
        loop = append.loops[-1]
        arguments = append.every("arg")
        if arguments and _is_range(loop):
            return _indexed(arguments[0])
        if _is_walked(loop) or not arguments:
            return [loop]
        return picked_from(arguments[0])

    def _back_store(self, state: State) -> list[State]:
        value, stack, depth, _ = state
        base, stored = value.one("base"), value.one("value")
        found = [state.at(base, stack, depth)] if base is not None else []
        if stored is None:
            return found
        key = value.data[1] if isinstance(value.data, tuple) else value.data
        if state.path and isinstance(key, str):
            return [State(stored, stack, depth, state.path[1:])] if key == state.path[0] else found
        if isinstance(value.data, str) or (isinstance(value.data, tuple) and isinstance(value.data[1], str)):
            return [*found, State(stored, stack, depth)]
        if depth > 0:
            found.append(state.at(stored, stack, depth - 1))
        elif value.loops and base is not None and not _inside_itself(base, value.loops[-1]):
            found.append(state.at(value.loops[-1], stack, 0))
        return found

    # ------------------------------------------------------------------ sort keys

    def sort_key(self, sort: Value) -> SortKey:
        """What a sort sorts by."""
        found = self._keys.get(sort)
        if found is None:
            self._keys[sort] = SortKey("unknown", "", None)
            found = self._keys[sort] = self._classify(sort)
        return found

    def _classify(self, sort: Value) -> SortKey:
        call = sort.one("call") if sort.kind == "mutate" else sort
        if call is None:
            return SortKey("unknown", "", None)
        named = dict(zip(call.data, (v for _, v in call.inputs[1:]), strict=True))  # type: ignore[call-overload]
        positional = [v for k, (_, v) in zip(call.data, call.inputs[1:], strict=True) if k == ""]  # type: ignore[call-overload]
        function = call.inputs[0][1]
        method = str(function.data).rsplit(".", 1)[-1] if function.kind in ("attr", "external") else ""
        down = _flag(named.get("reverse"))
        if "ascending" in named:
            up = _flag(named["ascending"])
            down = None if up is None else not up
        key = named.get("key")
        if (
            method in ("sort_values", "sortBy", "orderBy", "order_by", "sort", "nlargest", "nsmallest", "orderby")
            and key is None
        ):
            by = named.get("by", positional[-1] if positional and function.kind == "attr" else None)
            if function.kind == "attr" and by is not None:
                return self._by_column(by, True if method == "nlargest" else down)
            if function.kind == "attr" and method == "sort_values":
                return self._by_value(function.inputs[0][1], down)
        if method.startswith("arg") or (key is None and method in ("topk", "partition")):
            data = (
                function.inputs[0][1]
                if function.kind == "attr" and not positional
                else positional[0]
                if positional
                else None
            )
            return self._by_value(data, down) if data is not None else SortKey("unknown", "", down)
        if method in ("nlargest", "nsmallest"):
            key = named.get("key", positional[2] if len(positional) > 2 else None)
            down = method == "nlargest"
        if key is None:
            data = positional[0] if positional else function.inputs[0][1] if function.kind == "attr" else None
            return self._by_items(data, down) if data is not None else SortKey("unknown", "", down)
        return self._by_function(key, down)

    def sorted_attribute(self, sort: Value) -> str:
        """The attribute that a sort's key function reads, "" for any other key."""
        for keyword, (_, source) in zip(sort.data, sort.inputs[1:], strict=True):  # type: ignore[call-overload]
            if keyword == "key" and source.kind == "func":
                results = self.flow.body(*source.data).returns.every("value")  # type: ignore[misc]
                if results and results[-1].kind == "attr":
                    return str(results[-1].data)
        return ""

    def _by_column(self, by: Value, down: bool | None) -> SortKey:
        texts = [
            visit.value.data for visit in self.flow.walk(by, self.flow.back, limit=30) if visit.value.kind == "const"
        ]
        names = [text for text in texts if isinstance(text, str)]
        if not names:
            inner = self.flow.roles(by) if by.kind == "call" else frozenset()
            return SortKey("score", "a computed score", down) if inner & SCORE_ROLES else SortKey("unknown", "", down)
        if "?" in names or any("random" in name.lower() for name in names):
            return SortKey("other", "a random order", down)
        down = True if names[-1].startswith("-") else down
        if any(SCORE_NAME.search(name) for name in names):
            return SortKey("score", f"column {names[-1]!r}", down)
        return SortKey("other", f"column {names[-1]!r}", down)

    def _by_value(self, data: Value, down: bool | None) -> SortKey:
        if data.kind == "operation" and data.data == "-" and len(data.inputs) == 1:
            down = True
        if self.is_score(data):
            return SortKey("score", "a computed score", down)
        return SortKey("unknown", "", down)

    def _by_items(self, data: Value, down: bool | None) -> SortKey:
        """A sort without a key sorts the items themselves; of tuples, the first part."""
        for visit in self.flow.walk(data, self.flow.back, limit=60):
            value = visit.value
            if (
                value.kind == "collection"
                and value.data == "tuple"
                and value.inputs
                and self.is_score(value.inputs[0][1])
            ):
                return SortKey("score", "a computed score", down)
        return SortKey("unknown", "the items themselves", down)

    def _by_function(self, key: Value, down: bool | None) -> SortKey:
        if key.kind == "func":
            body = self.flow.body(*key.data)  # type: ignore[misc]
            results = body.returns.every("value")
            return self._key_value(results[-1], down) if results else SortKey("unknown", "", down)
        if key.kind == "call":
            api = self.flow.api(key)
            if api is not None and api.name.rsplit(".", 1)[-1] in ("itemgetter", "attrgetter") and len(key.inputs) > 1:
                name = key.inputs[1][1].data
                if isinstance(name, str):
                    return SortKey("score" if SCORE_NAME.search(name) else "other", repr(name), down)
                return self._position_key(key, name, down)
        if key.kind == "attr" and key.data in ("get", "__getitem__", "index"):
            holder = key.inputs[0][1]
            if self.is_rank_map(holder):
                return SortKey("rank", "the position in a ranking", down)
            return SortKey("score", "looked-up scores", down) if self.is_score(holder) else SortKey("unknown", "", down)
        return SortKey("unknown", "", down)

    def _position_key(self, key: Value, position: object, down: bool | None) -> SortKey:
        return SortKey("unknown", f"item {position}", down)

    def _key_value(self, value: Value, down: bool | None) -> SortKey:
        if value.kind == "operation" and value.data == "-" and len(value.inputs) == 1:
            return self._key_value(value.inputs[0][1], not down if down is not None else True)
        if value.kind == "collection" and value.data == "tuple" and value.inputs:
            kinds = [self._key_value(source, down) for _, source in value.inputs]
            return kinds[0]
        if value.kind == "choice":
            parts = value.every("value")
            if all(part.kind == "const" for part in parts):
                test = value.one("test")
                return self._key_value(test, down) if test is not None else SortKey("unknown", "", down)
            return self._key_value(parts[0], down)
        if value.kind == "operation" and value.data == "or":
            return self._key_value(value.inputs[0][1], down)
        if value.kind == "call" and len(value.inputs) > 1 and value.inputs[0][1].data in _CASTS:
            return self._key_value(value.inputs[1][1], down)
        if self.is_rank(value):
            return SortKey("rank", "the position in a ranking", down)
        if self.is_score(value):
            return SortKey("score", _words(value), down)
        if value.kind == "call" and self._is_random(value):
            return SortKey("other", "a random number", down)
        if value.kind == "attr" or (value.kind == "item" and isinstance(value.data, str)):
            return SortKey("reading" if READING_NAME.search(str(value.data)) else "other", _words(value), down)
        looks_up = value.kind == "call" and is_method(value, "get", "pop", "setdefault", "index")
        if value.kind == "call" and not looks_up and (name := _words(value)) and not self._computes(value):
            return SortKey("other", name, down)
        if value.kind in ("compare",) or (value.kind == "operation" and value.data == "not"):
            return SortKey("other", _words(value), down)
        return SortKey("unknown", "", down)

    def _computes(self, call: Value) -> bool:
        """A call whose result may well be a score: one of the repository's own functions, or an unknown one."""
        return any(t.kind in ("func", "class") or t.guessed or t.api is None for t in self.flow.targets(call))

    def _is_random(self, call: Value) -> bool:
        return any("random" in target.name for target in self.flow.targets(call))

    def is_rank(self, value: Value) -> bool:
        """Whether a value is a position in a ranked sequence: an enumerate index, an item of a position map, a rank attribute."""
        if is_enumerate_index(value):
            return True
        if value.kind == "item" and isinstance(value.data, int) and value.source.kind in ("param", "element"):
            parts = [step.value for step in self.flow.back(value, ()) if step.label == "item"]
            return any(self.is_rank(part) for part in parts if part.kind != "item" or part.data is None)
        if value.kind == "item" and value.source.kind != "param":
            return self.is_rank_map(value.source)
        if value.kind == "call" and is_method(value, "index", "get") and value.inputs[0][1].inputs:
            holder = value.inputs[0][1].inputs[0][1]
            return self.is_rank_map(holder) or (value.inputs[0][1].data == "index" and holder.kind not in ("const",))
        if value.kind in ("attr", "item") and re.search(
            r"(rank|position|order|index|idx)", str(value.data), re.IGNORECASE
        ):
            return True
        return False

    def is_rank_map(self, value: Value) -> bool:
        """Whether a mapping holds positions: made by enumerating a sequence."""
        for visit in self.flow.walk(value, self.flow.back, limit=40):
            node = visit.value
            if node.kind == "comprehension" and node.data == "dict":
                element = node.one("element")
                if element is not None and is_enumerate_index(element):
                    return True
            if node.kind == "store" and isinstance(node.data, tuple):
                stored = node.one("value")
                if stored is not None and (is_enumerate_index(stored) or _is_length(stored)):
                    return True
        return False

    def scorer(self, value: Value, limit: int = 150) -> Value | None:
        """The model's or sampler's call that computed a value, told by what it calls and never by a name alone."""
        for visit in self.flow.walk(value, self._score_back, limit=limit):
            node = visit.value
            if node.kind == "call":
                if self.flow.roles(node) & SCORE_ROLES:
                    return node
                if any(
                    target.name.rsplit(".", 1)[-1] in ("rvs", "beta") or "similarity" in target.name
                    for target in self.flow.targets(node)
                ):
                    return node
        return None

    def is_score(self, value: Value, limit: int = 250) -> bool:
        """Whether a value was computed by a model, a similarity or a sampler, or is read from a place that holds one."""
        for visit in self.flow.walk(value, self._score_back, limit=limit):
            node = visit.value
            if node.kind == "call":
                if self.flow.roles(node) & SCORE_ROLES:
                    return True
                names = {target.name.rsplit(".", 1)[-1] for target in self.flow.targets(node)}
                if any(
                    "similarity" in name or name in ("CosineDistance", "L2Distance", "beta", "rvs", "dot", "norm")
                    for name in names
                ):
                    return True
            if (
                visit.depth <= 3
                and node.kind in ("attr", "item")
                and isinstance(node.data, str)
                and SCORE_NAME.search(node.data)
            ):
                return True
            if (
                visit.depth <= 3
                and any(SCORE_NAME.search(name.rsplit(".", 1)[-1]) for name in node.body.names_of(node))
                and node.kind != "param"
            ):
                return True
            if (
                visit.depth <= 2
                and node.kind == "call"
                and (function := node.inputs[0][1]).kind in ("attr", "func", "external")
            ):
                if SCORE_NAME.search(self._function_name(function)):
                    return True
        return False

    def _function_name(self, function: Value) -> str:
        if function.kind == "func":
            return self.flow.scope(*function.data).name  # type: ignore[misc]
        return str(function.data).rsplit(".", 1)[-1]

    def _score_back(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind in ("compare", "const"):
            return []
        steps = self.flow.back(value, stack)[:FAN_OUT]
        part = value.kind == "attr" and value.data not in ("values", "T", "data", "iloc", "loc", "flatten", "real")
        part = part or (
            value.kind == "item" and (isinstance(value.data, str) or value.inputs[0][1].kind in ("element", "param"))
        )
        return [step for step in steps if step.label != "object"] if part else steps

    # ------------------------------------------------------------------ rank attributes

    def rank_attributes(self) -> dict[str, tuple[Origin, tuple[Value, ...]]]:
        """Attributes that hold positions: written by enumerating a ranking, and sorted by. With the ranking and the sorts."""
        if self._ranks is None:
            written: dict[str, Origin] = {}
            sorts: dict[str, list[Value]] = {}
            for module in self.flow.program.modules:
                if module.category != "product":
                    continue
                for number in range(len(module.facts.scopes)):
                    self._note_ranks(self.flow.body(module.index, number), written, sorts)
            self._ranks = {name: (origin, tuple(sorts[name])) for name, origin in written.items() if name in sorts}
        return self._ranks

    def _note_ranks(self, body: Body, written: dict[str, Origin], sorts: dict[str, list[Value]]) -> None:
        for node in body.stores:
            stored = node.one("value")
            if (
                isinstance(node.data, str)
                and stored is not None
                and node.data not in written
                and is_enumerate_index(stored)
            ):
                source = stored.inputs[0][1].inputs[0][1]
                origin = self.ranked(source)
                if origin is not None:
                    written[node.data] = origin
        for call in body.calls:
            if self.is_sort(call):
                name = self.sorted_attribute(call)
                if name:
                    sorts.setdefault(name, []).append(call)


def root(value: Value) -> Value:
    """The first version of a variable that was mutated, stored into or passed along."""
    while value.kind in ("mutate", "store", "passed", "same") and value.inputs:
        value = value.inputs[0][1]
    return value


def takes_all(call: Value) -> bool:
    """`random.sample(x, len(x))`, `df.sample(frac=1)`: every item is drawn, so it is a shuffle."""
    for keyword, (_, source) in zip(call.data, call.inputs[1:], strict=True):  # type: ignore[call-overload]
        if keyword == "frac":
            return source.kind == "const" and source.data in (1, 1.0)
        if source.kind == "call" and source.inputs[0][1].kind == "external" and source.inputs[0][1].data == "len":
            return True
    return False


def _indexed(value: Value, limit: int = 30) -> list[Value]:
    """The sequences that a value is cut from by index or slice: what a walk over positions walks over."""
    queue, seen = [value], 0
    while queue and seen < limit:
        node = queue.pop(0)
        seen += 1
        if node.kind in ("item", "slice") and not isinstance(node.data, str):
            return [node.inputs[0][1]]
        queue.extend(source for label, source in node.inputs if label != "function")
    return []


def _is_walked(loop: Value) -> bool:
    """Whether a loop takes its elements one after the other (a `for`), not by a test (a `while`)."""
    return any(user.kind == "element" for _, user in loop.uses)


def picked_from(value: Value, limit: int = 12) -> list[Value]:
    """The sequences that a value was taken from by `next`, `pop` or an index."""
    found: list[Value] = []
    queue = [value]
    while queue and limit:
        limit -= 1
        node = queue.pop(0)
        if node.kind in ("phi", "choice", "same"):
            queue.extend(node.every("value"))
        elif node.kind == "item":
            found.append(node.inputs[0][1])
        elif node.kind == "element":
            found.append(node.inputs[0][1])
        elif node.kind == "call":
            function = node.inputs[0][1]
            if function.kind == "external" and function.data in ("next", "max", "min") and len(node.inputs) > 1:
                source = node.inputs[1][1]
                found.extend(source.every("iterable")[-1:] if source.kind == "comprehension" else [source])
            elif function.kind == "attr" and function.data in ("pop", "popleft"):
                found.append(function.inputs[0][1])
    return found


def is_method(call: Value, *names: str) -> bool:
    function = call.inputs[0][1]
    return function.kind == "attr" and function.data in names


def selects(item: Value) -> bool:
    """Whether a subscript picks columns or filters rows (a list or a mask) instead of taking one element."""
    key = item.one("key")
    return key is not None and (
        key.kind in ("collection", "compare") or (key.kind == "operation" and key.data in ("&", "|", "~", "not"))
    )


def is_enumerate_index(value: Value) -> bool:
    if value.kind != "item" or value.data != 0:
        return False
    element = value.inputs[0][1]
    if element.kind != "element":
        return False
    source = element.inputs[0][1]
    return source.kind == "call" and source.inputs[0][1].kind == "external" and source.inputs[0][1].data == "enumerate"


def _is_range(value: Value) -> bool:
    return value.kind == "call" and value.inputs[0][1].kind == "external" and value.inputs[0][1].data == "range"


def _is_length(value: Value) -> bool:
    return value.kind == "call" and value.inputs[0][1].kind == "external" and value.inputs[0][1].data == "len"


def _inside_itself(base: Value, iterable: Value) -> bool:
    return root(base) is root(iterable)


def _flag(value: Value | None) -> bool | None:
    if value is None:
        return False
    return value.data if value.kind == "const" and isinstance(value.data, bool) else None


def _short(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _words(value: Value) -> str:
    if value.kind in ("attr", "item"):
        return repr(value.data)
    if value.kind == "call":
        function = value.inputs[0][1]
        return (
            f"{str(function.data).rsplit('.', 1)[-1]}()"
            if function.kind in ("attr", "external")
            else "a computed value"
        )
    names = sorted(value.body.names_of(value))
    return repr(names[0]) if names else "a computed value"

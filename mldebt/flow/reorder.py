"""Operations that may take a sequence out of the order that a ranking gave it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mldebt.flow.body import Body
from mldebt.flow.order import Orders, Origin, picked_from, root
from mldebt.flow.value import Value
from mldebt.flow.walk import Stack, Step

IN_SQL = re.compile(r"\bin\s*\(|=\s*any\s*\(|\bin\s+(%s|:\w+|\?|\{)", re.IGNORECASE)
ORDER_SQL = re.compile(r"\border\s+by\b|array_position|\bfield\s*\(", re.IGNORECASE)
ID_LOOKUP = re.compile(r"(^|_)(id|pk|uuid|guid|key|slug)__in$")


class Reorder(NamedTuple):
    """One operation on a ranked sequence: `results` have the new order, `origins` are the rankings that it breaks."""

    site: Value
    kind: str
    accidental: bool
    text: str
    results: tuple[Value, ...]
    origins: tuple[Origin, ...]


class Reorders:
    """Finds the idioms; each is checked for a ranking upstream before it is reported."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.flow = orders.flow

    def of(self, body: Body) -> Iterator[Reorder]:
        """All reordering operations of one body, by place."""
        for node in list(body.nodes):
            if node.kind == "call":
                yield from self._calls(node)
            elif node.kind == "mutate":
                yield from self._mutations(node)
            elif node.kind == "operation" and node.data == "+":
                yield from self._concatenations(node)
                yield from self._boosts(node)
            elif node.kind == "operation" and node.data in ("-", "*"):
                yield from self._boosts(node)
            elif node.kind == "comprehension" and node.data == "set":
                yield from self._made("set", True, "a set has no order", node, node, node.every("iterable")[-1:])
            elif node.kind == "store" and isinstance(node.data, tuple):
                yield from self._swaps(node)
            elif node.kind == "store":
                yield from self._rank_writes(node)

    def _made(
        self, kind: str, accidental: bool, text: str, site: Value, result: Value, inputs: list[Value], depth: int = 0
    ) -> Iterator[Reorder]:
        for source in inputs:
            origins = tuple(each for each in self.orders.rankings(source, (), depth) if each.value is not site)
            if origins:
                yield Reorder(site, kind, accidental, text, (result,), origins)
                return

    # ------------------------------------------------------------------ calls

    def _calls(self, call: Value) -> Iterator[Reorder]:
        api = self.flow.api(call)
        function = call.inputs[0][1]
        arguments = [source for _, source in call.inputs[1:]]
        receiver = [function.inputs[0][1]] if function.kind == "attr" else []
        if api is not None and (api.order == "sorts" or "sorts" in api.roles):
            key = self.orders.sort_key(call)
            if key.kind == "other":
                yield from self._made(
                    "sort-by-other-key", False, f"sorted by {key.text}", call, call, receiver or arguments[:1]
                )
            else:
                yield from self._mixed(call, (receiver or arguments[:1]))
            return
        if self.orders.is_shuffle(call):
            yield from self._made("shuffle", False, "shuffled", call, call, receiver or arguments[:1])
            return
        if api is not None and api.order == "loses":
            name = api.name.rsplit(".", 1)[-1]
            if name == "as_completed":
                yield from self._made(
                    "completion-order",
                    True,
                    "collected in the order in which the work completes",
                    call,
                    call,
                    arguments[:1],
                )
                return
            if api.name in ("set", "frozenset"):
                yield from self._made("set", True, "a set has no order", call, call, arguments[:1])
                return
        yield from self._refetch(call, arguments)

    def _mixed(self, sort: Value, inputs: list[Value]) -> Iterator[Reorder]:
        """A sort of ranked results together with items whose weight somebody chose."""
        for source in inputs:
            parts = _terms(source)
            if len(parts) < 2:
                continue
            ranked = [part for part in parts if self.orders.ranked(part) is not None]
            given = [part for part in parts if part not in ranked and not self.orders.is_score(part)]
            if ranked and given and any(self._comes_in(part) for part in given):
                text = "items with a weight given by the caller are sorted in with the model's"
                yield from self._made("insert", False, text, sort, sort, ranked)

    def _comes_in(self, value: Value) -> bool:
        """Whether a value is handed in from outside: a request, a configuration, a literal list."""
        for visit in self.flow.walk(value, self.flow.back, limit=80):
            node = visit.value
            if node.kind == "collection" and node.every("item"):
                return True
            if node.kind in ("call", "attr", "external") and "request" in str(
                node.data if node.kind != "call" else node.inputs[0][1].data
            ):
                return True
        return False

    def _refetch(self, call: Value, arguments: list[Value]) -> Iterator[Reorder]:
        function = call.inputs[0][1]
        if function.kind not in ("attr", "external"):
            return
        method = str(function.data).rpartition(".")[2]
        ids = [source for keyword, source in call.named_arguments if ID_LOOKUP.search(keyword)]
        if method in ("filter", "where", "get_queryset") and not ids:
            ids = [inner for source in arguments for inner in _in_arguments(source)]
        if method == "in_bulk":
            ids = arguments[:1]
        text = "fetched again by id, in the order of the database"
        if function.kind == "attr" and method in ("execute", "fetch", "read_sql", "fetch_all") and len(arguments) > 1:
            texts = self.orders.query_texts(call)
            if any(IN_SQL.search(t) for t in texts) and not any(ORDER_SQL.search(t) for t in texts):
                result = self._rows(call)
                yield from self._made("unordered-query", True, text, call, result, _unpacked(arguments[1:]))
            return
        for found in self._made("unordered-query", True, text, call, call, ids):
            handed = [
                user
                for label, user in call.uses
                if label == "arg" and user.kind == "call" and any(t.kind == "func" for t in self.flow.targets(user))
            ]
            yield found._replace(results=(call, *handed))

    def _rows(self, call: Value) -> Value:
        """The rows that an executed query gives: what is fetched from the same cursor next."""
        cursor = root(call.inputs[0][1].inputs[0][1])
        for later in call.body.calls:
            function = later.inputs[0][1]
            if (
                later.at > call.at
                and function.kind == "attr"
                and str(function.data).startswith("fetch")
                and root(function.inputs[0][1]) is cursor
            ):
                return later
        return call

    # ------------------------------------------------------------------ mutations

    def _mutations(self, node: Value) -> Iterator[Reorder]:
        base = node.inputs[0][1]
        arguments = node.every("arg")
        if node.data == "sort":
            key = self.orders.sort_key(node)
            if key.kind == "other":
                yield from self._made("sort-by-other-key", False, f"sorted by {key.text}", node, node, [base])
        elif str(node.data).endswith("shuffle"):
            yield from self._made("shuffle", False, "shuffled", node, node, [base])
        elif node.data in ("insert", "appendleft"):
            yield from self._insertion(node, base, arguments)
        elif node.data in ("add", "update") and any(t.name == "set" for t in self.flow.types(base)):
            sources = [node.loops[-1]] if node.loops else arguments[:1] if node.data == "update" else []
            yield from self._made("set", True, "collected in a set, which has no order", node, node, sources)
        elif node.data == "append" and node.loops:
            yield from self._picks(node, arguments)
        elif node.data == "extend" and arguments:
            yield from self._regroup(node, base, arguments[0])

    def _insertion(self, node: Value, base: Value, arguments: list[Value]) -> Iterator[Reorder]:
        if any(label == "value" and user.kind == "store" for label, user in node.uses):
            return
        if node.data == "insert" and (len(arguments) < 2 or node.loops and _in_loop_of(node, base)):
            return
        yield from self._made("insert", False, "an item is put at a fixed position", node, node, [base])

    def _picks(self, node: Value, arguments: list[Value]) -> Iterator[Reorder]:
        loop = node.loops[-1]
        walks = any(user.kind == "element" for _, user in loop.uses)
        if not arguments:
            return
        if walks:
            yield from self._interleaved(node, loop, arguments[0])
            return
        sources = picked_from(arguments[0])
        if any(_conditional_pick(value) for value in _spread(arguments[0])):
            yield from self._made(
                "pick", False, "items are picked from the ranking by another rule", node, node, _unset(sources)
            )
            return
        start = beginnings(node)
        for sibling in node.body.nodes:
            if (
                sibling.kind == "mutate"
                and sibling.data == "append"
                and sibling.loops
                and sibling.loops[-1] is loop
                and beginnings(sibling) & start
            ):
                sources = [*sources, *(other for each in sibling.every("arg")[:1] for other in picked_from(each))]
        lists = {frozenset(id(b) for b in beginnings(source)) for source in sources}
        if len(lists) > 1 and sources:
            yield from self._made("interleave", False, "two lists are merged by turns", node, node, sources)

    def _interleaved(self, node: Value, loop: Value, argument: Value) -> Iterator[Reorder]:
        if argument.kind != "item" or self._from(argument, loop):
            return
        other = argument.inputs[0][1]
        start = beginnings(node)
        for sibling in node.body.nodes:
            if (
                sibling.kind == "mutate"
                and sibling.data == "append"
                and sibling is not node
                and sibling.loops
                and sibling.loops[-1] is loop
            ):
                mine = sibling.every("arg")
                if mine and self._from(mine[0], loop) and beginnings(sibling) & start and other is not loop:
                    yield from self._made(
                        "interleave", False, "items of another list are put between", node, node, [loop]
                    )
                    return

    def _from(self, value: Value, loop: Value) -> bool:
        """Whether a value is made of what a loop meets, in the loop's own body."""

        def made_of(node: Value, stack: Stack) -> list[Step]:
            return [
                Step(label, source, stack) for label, source in node.inputs if label not in ("key", "test", "condition")
            ]

        return any(
            visit.value.kind == "element" and visit.value.inputs[0][1] is loop
            for visit in self.flow.walk(value, made_of, limit=40)
        )

    def _regroup(self, node: Value, base: Value, argument: Value) -> Iterator[Reorder]:
        first, second = self.subset_of(_unphi(base)), self.subset_of(argument)
        if first is not None and first is second and _filtered(argument):
            yield from self._made(
                "regroup", False, "the ranking is split in groups that follow each other", node, node, [first]
            )
            return
        grouped = self._groups(argument)
        if grouped is not None and node.loops:
            yield from self._made(
                "regroup", False, "the ranking is grouped and put together group by group", node, node, [grouped]
            )

    def _groups(self, value: Value) -> Value | None:
        """The sequence that was split by key into the lists of a dict, when a value is one of these lists."""
        while value.kind in ("slice", "item", "phi") and value.inputs:
            value = value.inputs[0][1]
        if value.kind != "element":
            return None
        holder = value.inputs[0][1]
        if (
            holder.kind == "call"
            and holder.inputs[0][1].kind == "attr"
            and holder.inputs[0][1].data in ("values", "items")
        ):
            holder = holder.inputs[0][1].inputs[0][1]
        for version in _versions(holder):
            if (
                version.kind == "store"
                and isinstance(version.data, tuple)
                and version.data[1] is None
                and version.loops
            ):
                stored = version.one("value")
                if stored is not None and stored.kind == "mutate" and stored.data == "append":
                    return version.loops[-1]
        return None

    # ------------------------------------------------------------------ concatenations and swaps

    def _concatenations(self, node: Value) -> Iterator[Reorder]:
        parts = _terms(node)
        if node.body.nodes and any(
            label == "operand" and user.kind == "operation" and user.data == "+" for label, user in node.uses
        ):
            return
        if len(parts) < 2:
            return
        for left, right in zip(parts, parts[1:], strict=False):
            first, second = self.subset_of(left), self.subset_of(right)
            if first is not None and first is second and (_filtered(left) or _filtered(right)):
                yield from self._made(
                    "regroup", False, "the ranking is split in groups that follow each other", node, node, [first]
                )
                return
        if len(parts) == 3 and parts[0].kind == "slice" and parts[2].kind == "slice" and parts[1].kind == "collection":
            if root(parts[0].inputs[0][1]) is root(parts[2].inputs[0][1]):
                yield from self._made(
                    "insert", False, "an item is put at a fixed position", node, node, [parts[0].inputs[0][1]]
                )
                return

    def _swaps(self, node: Value) -> Iterator[Reorder]:
        stored, base = node.one("value"), node.one("base")
        if stored is None or base is None or stored.kind != "item" or node.one("key") is None:
            return
        pair = stored.inputs[0][1]
        if pair.kind != "collection" or pair.data != "tuple":
            return
        taken = [source.inputs[0][1] for source in pair.every("item") if source.kind == "item"]
        if len(taken) == 2 and all(root(t) is root(base) for t in taken):
            yield from self._made("swap", False, "items of the ranking change places", node, node, [root(base)])

    # ------------------------------------------------------------------ subsets

    def subset_of(self, value: Value) -> Value | None:
        """The sequence that a list was filtered from: by a comprehension or by appending in a loop."""
        value = _unphi(value)
        if value.kind == "slice":
            return self.subset_of(value.inputs[0][1]) or _unphi(value.inputs[0][1])
        if value.kind == "item" and isinstance(value.data, int) and value.inputs[0][1].kind == "call":
            return self._part_of(value.inputs[0][1], value.data)
        if value.kind == "comprehension" and value.data in ("list", "generator") and len(value.every("iterable")) == 1:
            element = value.one("element")
            if element is not None and element.kind == "element":
                return _unphi(value.every("iterable")[0])
        if value.kind == "mutate" and value.data == "append" and value.loops:
            return _unphi(value.loops[-1])
        return None

    def _part_of(self, call: Value, position: int) -> Value | None:
        """The argument that one of a function's several results was filtered from."""
        for target in self.flow.targets(call):
            if target.kind != "func":
                continue
            body = self.flow.body(target.module, target.scope)
            for result in body.returns.every("value"):
                if result.kind == "collection" and position < len(result.inputs):
                    source = self.subset_of(result.inputs[position][1])
                    if source is not None and source.kind == "param":
                        given = self.flow.argument(call, body, str(source.data))
                        return _unphi(given[0]) if given else None
        return None

    # ------------------------------------------------------------------ boosts

    def _boosts(self, node: Value) -> Iterator[Reorder]:
        """A hand-made amount that depends on the item, put on a model's score that is then sorted by."""
        operands = node.every("operand")
        if len(operands) != 2 or node.body.scope.kind == "class":
            return
        pairs = [operands] if node.data == "-" else [operands, operands[::-1]]
        for score, amount in pairs:
            if not _may_be_literal(amount):
                continue
            scorer = self.orders.scorer(score)
            if scorer is None or not self._made_by_hand(amount):
                continue
            sorts, public = self._sorted_later(node)
            if sorts or public:
                origin = Origin(scorer, "a model's score", (scorer,), ())
                yield Reorder(
                    node,
                    "boost",
                    False,
                    "a hand-made amount is added to the model's score before the sort",
                    tuple(sorts) or public,
                    (origin,),
                )
            return

    def _made_by_hand(self, amount: Value) -> bool:
        """Whether an amount is a literal that depends on the item: `100 * is_new`, or one constant for some and another for the rest."""
        constants: set[float] = set()
        depends = False
        for visit in self.flow.walk(amount, self.flow.back, limit=40):
            node = visit.value
            if node.kind == "const":
                if isinstance(node.data, int | float) and not isinstance(node.data, bool):
                    constants.add(float(node.data))
            elif node.kind in ("attr", "compare") or (node.kind == "item" and visit.depth):
                depends = True
        literal = any(abs(value) not in (0.0, 1.0) for value in constants)
        if not literal or self.orders.scorer(amount) is not None:
            return False
        alone = amount.kind == "operation"
        return (alone and depends) or (len(constants) > 1 and not depends and amount.kind in ("phi", "choice", "call"))

    def _sorted_later(self, node: Value) -> tuple[list[Value], tuple[Value, ...]]:
        sorts: list[Value] = []
        public: tuple[Value, ...] = ()
        for visit in self.flow.walk(node, self.flow.forth, limit=150):
            value = visit.value
            if value.kind == "call" and self.orders.is_sort(value) and value.body is not node.body:
                in_place = [user for label, user in value.uses if label == "call" and user.kind == "mutate"]
                sorts.extend(in_place or [value])
            elif not public:
                public = tuple(user for _, user in value.uses if user.kind == "return" and self._is_public(user.body))[
                    :1
                ]
        return sorts, public

    def _is_public(self, body: Body) -> bool:
        """A function that only callers outside the repository can call."""
        name = body.scope.name
        callers = self.flow.callers(body.module.index, body.number)
        return (
            body.scope.kind == "function"
            and not name.startswith("_")
            and not any(c.body.module.category == "product" for c in callers)
        )

    def _rank_writes(self, store: Value) -> Iterator[Reorder]:
        stored, base = store.one("value"), store.one("base")
        if stored is None or base is None or store.data not in self.orders.rank_attributes():
            return
        if (
            stored.kind == "const"
            and isinstance(stored.data, int)
            and not isinstance(stored.data, bool)
            and _given(base)
        ):
            origin, sorts = self.orders.rank_attributes()[str(store.data)]
            yield Reorder(store, "insert", False, f"{store.data} is set to {stored.data} by hand", sorts, (origin,))


def _may_be_literal(amount: Value) -> bool:
    """Whether an amount looks like a literal times something, or like alternatives; told without a walk."""
    if amount.kind == "operation":
        return amount.data == "*" and any(part.kind == "const" for part in amount.every("operand"))
    return amount.kind in ("phi", "choice", "call")


def _given(value: Value) -> bool:
    """An object that was there before: handed in or looked up, not made here."""
    value = root(_unphi(value))
    if value.kind == "call":
        function = value.function
        return (function.kind, function.data) in (("attr", "get"), ("external", "next"))
    return value.kind in ("param", "item", "element", "attr")


def _unset(sources: list[Value]) -> list[Value]:
    """Through the set of what is left, which a greedy walk takes from: its order is chosen by the walk."""
    found = []
    for source in sources:
        for begin in beginnings(source):
            if (
                begin.kind == "call"
                and begin.inputs[0][1].kind == "external"
                and begin.inputs[0][1].data == "set"
                and len(begin.inputs) > 1
            ):
                found.append(begin.inputs[1][1])
        found.append(source)
    return found


def beginnings(value: Value, limit: int = 60) -> frozenset[Value]:
    """The values that a variable started as, before it was mutated, joined or looped over."""
    found: set[Value] = set()
    seen: set[Value] = set()
    queue = [value]
    while queue and len(seen) < limit:
        node = queue.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind == "phi":
            queue.extend(node.every("value"))
        elif node.kind in ("mutate", "store", "passed", "same") and node.inputs:
            queue.append(node.inputs[0][1])
        else:
            found.add(node)
    return frozenset(found)


def _filtered(value: Value) -> bool:
    value = _unphi(value)
    if value.kind == "item":
        return True
    if value.kind == "slice":
        return _filtered(value.inputs[0][1])
    if value.kind == "comprehension":
        return bool(value.every("condition"))
    return value.kind == "mutate"


def _unphi(value: Value) -> Value:
    """Through joins to the appended version: a list that is filled in a loop is a phi of its empty start and its appends."""
    for _ in range(8):
        if value.kind != "phi":
            break
        inner = [source for source in value.every("value") if source is not value]
        fuller = [source for source in inner if source.kind in ("mutate", "phi")] or inner
        value = next((source for source in fuller if source.kind == "mutate"), fuller[0])
    return value


def _versions(value: Value, limit: int = 40) -> list[Value]:
    found: list[Value] = []
    queue = [value]
    while queue and len(found) < limit:
        node = queue.pop(0)
        if node in found:
            continue
        found.append(node)
        queue.extend(
            source for label, source in node.inputs if (label == "value" and node.kind == "phi") or label == "base"
        )
    return found


def _terms(node: Value) -> list[Value]:
    if node.kind == "operation" and node.data == "+":
        return [term for operand in node.every("operand") for term in _terms(operand)]
    return [node]


def _spread(value: Value) -> list[Value]:
    if value.kind in ("phi", "choice", "same"):
        return [
            inner
            for source in value.every("value")
            if source is not value
            for inner in ([source] if source.kind == "phi" else _spread(source))
        ]
    return [value]


def _conditional_pick(value: Value) -> bool:
    """`next(x for x in rest if …)`, `min(rest, key=…)`, `rest.pop(best)`."""
    if value.kind != "call":
        return False
    function = value.inputs[0][1]
    if function.kind == "external" and function.data == "next" and len(value.inputs) > 1:
        source = value.inputs[1][1]
        return source.kind == "comprehension" and bool(source.every("condition"))
    if function.kind == "external" and function.data in ("max", "min"):
        return True
    if function.kind == "attr" and function.data == "pop" and len(value.inputs) > 1:
        position = value.inputs[1][1]
        return position.kind not in ("const", "operation")
    return False


def _in_arguments(value: Value) -> list[Value]:
    if value.kind == "call" and value.inputs[0][1].kind == "attr" and value.inputs[0][1].data in ("in_", "any_"):
        return [source for _, source in value.inputs[1:2]]
    return []


def _unpacked(values: list[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if value.kind in ("collection", "dict"):
            found.extend(source for label, source in value.inputs if label in ("item", "spread"))
        else:
            found.append(value)
    return found


def _in_loop_of(node: Value, base: Value) -> bool:
    """An insert inside the loop that builds the list from scratch makes an order, it does not break one."""
    return root(base).kind == "collection"

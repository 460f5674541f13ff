"""The sorts that a changed score gets to: in the same function, in others, by the key that it is kept under."""

from __future__ import annotations

from mldebt.flow.body import Body
from mldebt.flow.idioms import root
from mldebt.flow.orders.order import Orders
from mldebt.flow.scores.bonuses import kept_under, picks, takes_best
from mldebt.flow.steps import Stack, Step, Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

SORT_LIMIT = 150
CALLERS = 8
ELEMENT_LIMIT = 60
_NAMED_KEY = regex(r"^(?:column )?'-?(\w+)'$")


class ScoreSorts:
    """Answers for one changed score at a time."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow

    def after(self, node: Value, *, anywhere: bool) -> tuple[Value, ...]:
        """The sorts that a score gets to, in other functions or anywhere; without one, the public function that returns
        it."""
        sorts: list[Value] = []
        public: tuple[Value, ...] = ()
        for visit in self._flow.walk(node, _Beside(self._flow).steps, limit=SORT_LIMIT):
            value = visit.value
            if self._puts_in_order(value) and (anywhere or value.body is not node.body):
                if self._is_by_another(value, visit):
                    continue
                sorts.extend(_in_place(value) or picks(value) or [value])
            elif value.kind == "store" and anywhere:
                sorts.extend(self.sorted_in_place(value))
            elif not public:
                results = (user for _, user in value.uses if user.kind == "return" and self._is_public(user.body))
                public = tuple(results)[:1]
        return tuple(sorts) or public

    def _is_by_another(self, sort: Value, visit: Visit) -> bool:
        """Whether a sort is by another column or attribute than those that a score is kept in on the way to it."""
        key = _NAMED_KEY.match(self._orders.sort_key(sort).text)
        names = kept_under(visit) if key is not None else set()
        return key is not None and bool(names) and key[1] not in names

    def _puts_in_order(self, call: Value) -> bool:
        """Whether a call sorts, or takes the best by a key."""
        return call.kind == "call" and (takes_best(call) or self._orders.is_sort(call) or bool(_in_place(call)))

    def sorted_in_place(self, store: Value) -> list[Value]:
        """The sorts of the same list by the number that is changed of each item in a loop; of the same table by the
        column that is changed in some rows."""
        if store.loops and isinstance(store.key, str) and is_of_element(store, store.loops[-1:]):
            name = repr(store.key)
            return self._sorted_after(store, store.loops[-1], name) or self._sorted_elsewhere(store, name)
        column, base = column_of_some(store), store.one("base")
        return self._sorted_after(store, base.source, f"column {column!r}") if column and base is not None else []

    def _sorted_after(self, store: Value, rows: Value, key: str) -> list[Value]:
        """The sorts of some rows by a key, after a change of them."""
        of_loop = {root(rows), *walked((rows,))}
        again = [node for node in store.body.calls if takes_best(node) and set(node.loops) & set(store.loops)]
        best = [node for node in again if of_loop & {root(each) for each in (*node.arguments, *receivers(node))}]
        later = [node for node in store.body.nodes if node.at > store.at and self._orders.is_sort(node)]
        of_rows = [node for node in later if not of_loop.isdisjoint(map(root, self._sequence(node)))]
        by_key = [node for node in (*of_rows, *best) if self._orders.sort_key(node).text == key]
        return [result for node in by_key for result in picks(node) or [node]]

    def _sorted_elsewhere(self, store: Value, key: str) -> list[Value]:
        """The sorts by a key in the functions that get the list whose items are changed in a loop."""
        starts = [each for rows in walked(store.loops[-1:]) for each in (rows, *self._left_with(rows))]
        visits = (visit.value for rows in starts for visit in self._flow.walk(rows, self._flow.forth, limit=SORT_LIMIT))
        calls = (each for each in visits if each.body is not store.body and self._puts_in_order(each))
        sorts = [each for each in calls if self._orders.sort_key(each).text == key]
        return [sort for each in sorts for sort in _in_place(each)] or sorts

    def _left_with(self, rows: Value) -> list[Value]:
        """The lists of the callers whose items a function changes that is handed them."""
        if rows.kind != "param":
            return []
        body = rows.body
        calls = self._flow.callers(body.module.index, body.number)[:CALLERS]
        passed = (user for call in calls for label, user in call.uses if label == "call" and user.kind == "passed")
        return [each for each in passed if rows in self._flow.parameter_of(each.inputs[1][1], each.position, body)]

    def _sequence(self, sort: Value) -> list[Value]:
        return [sort.source] if sort.kind == "mutate" else self._orders.sorted_by(sort)

    def _is_public(self, body: Body) -> bool:
        """A function that only callers outside the repository can call."""
        if body.scope.kind != "function" or body.scope.name.startswith("_") or body.module.is_notebook:
            return False
        if body.module.facts.scopes[body.scope.parent].kind == "function":
            return False  # nobody else has its name
        callers = self._flow.callers(body.module.index, body.number)
        return not any(call.body.module.category == "product" for call in callers)


class _Beside:
    """Steps forward from one of several lists that a loop goes through side by side: what stands beside its items, in
    the other lists, is not made of them."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._reached: set[Value] = set()

    def steps(self, value: Value, stack: Stack) -> list[Step]:
        self._reached.add(value)
        steps = self._flow.forth(value, stack)
        if value.kind != "element" or not value.source.calls_external("zip"):
            return steps
        places = {place for place, each in enumerate(value.source.arguments) if each in self._reached}
        return [step for step in steps if not places or _place(step.value) in (None, *places)]


def _place(value: Value) -> int | None:
    """Which of several values that are unpacked one is; None for other values."""
    return value.data if value.kind == "item" and isinstance(value.data, int) else None


def _in_place(call: Value) -> list[Value]:
    """The list that a call sorts where it stands, whatever is known of it: `rows.sort(key=worth)`."""
    return [user for label, user in call.uses if label == "call" and user.kind == "mutate" and user.data == "sort"]


def column_of_some(store: Value) -> str:
    """The column that a store changes in some rows, `rows.loc[mask, "score"] = 0`; "" for any other store."""
    key, base = store.one("key"), store.one("base")
    if key is None or base is None or base.kind != "attr" or base.name not in ("loc", "at"):
        return ""
    column = key.inputs[-1][1] if key.kind == "collection" and key.inputs else key
    return column.data if column.kind == "const" and isinstance(column.data, str) else ""


def is_of_element(read: Value, loops: tuple[Value, ...]) -> bool:
    """Whether something is read from what a loop goes over, or from what is looked up by it."""
    waiting, seen = [read], {read}
    while waiting and len(seen) < ELEMENT_LIMIT:
        value = waiting.pop(0)
        if value.kind == "element" and value.source in loops:
            return True
        is_version = value.kind in ("passed", "mutate", "store")
        sources = [value.source] if is_version else [source for _, source in value.inputs]
        waiting += [source for source in sources if source not in seen]
        seen.update(sources)
    return False


def walked(loops: tuple[Value, ...]) -> list[Value]:
    """The lists that a loop walks over, side by side: `for row, score in zip(rows, scores)`."""
    lists = [each for loop in loops for each in (loop.arguments if loop.calls_external("zip", "enumerate") else [loop])]
    return [root(each) for each in lists]


def receivers(value: Value) -> list[Value]:
    return [value.receiver] if value.kind == "call" and value.receiver is not None else []

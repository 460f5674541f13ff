"""What last ordered a sequence, on every way to it."""

from __future__ import annotations

from collections import deque

from mldebt.flow.orders.order import Orders, State
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.pipeline.tracing.trace_words import Words
from mldebt.tracks import Ordering

ORDER_LIMIT = 1500
SHOWN = 8
PARTS = 2
_SEQUENCES = ("list", "tuple", "ndarray", "DataFrame", "Series", "Index", "QuerySet", "Tensor", "deque", "Iterator")
_LOSING = frozenset({"set", "frozenset"})


def last_ordered(project: Project, words: Words, value: Value) -> tuple[Ordering, ...] | None:
    """The last ordering of a sequence, once for each that it may have; None for what is no sequence in sight."""
    found = _Search(project, words).run(value)
    if any(each.kind not in ("none", "unknown") for each in found):
        return tuple(found[:SHOWN])
    return tuple(found[:SHOWN]) if _is_sequence(words, value) else None


def _is_sequence(words: Words, value: Value) -> bool:
    if value.kind in ("comprehension", "slice") or (value.kind == "collection" and value.data != "set"):
        return True
    names = (name.partition("[")[0].rpartition(".")[2] for name in words.types(value))
    return any(name in _SEQUENCES for name in names)


class _Search:
    """One walk back along what keeps an order."""

    def __init__(self, project: Project, words: Words) -> None:
        self.project = project
        self.orders: Orders = project.orders
        self.words = words

    def run(self, value: Value) -> list[Ordering]:
        first = State(value, (), 0)
        queue: deque[tuple[State, bool]] = deque([(first, False)])
        seen = {first}
        found: dict[Ordering, None] = {}
        count = 0
        known = ("product", value.body.module.category)
        while queue and count < ORDER_LIMIT:
            state, is_turned = queue.popleft()
            count += 1
            ordering = self._at(state, turned=is_turned)
            if ordering is not None:
                found[ordering] = None
                continue
            turned = is_turned != _reverses(self.project, state.value)
            if (joined := self._joined(state)) is not None:
                found[joined] = None
            after = [each for each in self.orders.back(state) if each.value.body.module.category in known]
            if not after and state.depth == 0 and (end := self._end(state)) is not None:
                found[end] = None
            for each in after:
                if each not in seen:
                    seen.add(each)
                    queue.append((each, turned))
        return list(found)

    def _at(self, state: State, *, turned: bool) -> Ordering | None:
        """What a value's own operation does to the order of the sequence."""
        value = state.value
        if state.depth > 0:
            return None
        if value.kind in ("call", "mutate"):
            return self._operation(state, turned=turned)
        if value.kind in ("collection", "comprehension") and value.data == "set":
            return self._made("other", "a set, which keeps no order", value)
        if value.kind == "collection" and value.inputs and not value.every("spread"):
            return self._made("other", "written down in this order", value)
        return None

    def _operation(self, state: State, *, turned: bool) -> Ordering | None:
        value = state.value
        then = ", then reversed" if turned else ""
        if self.orders.is_sort(value):
            key = self.orders.sort_key(value)
            way = {True: ", descending", False: ", ascending", None: ""}[key.descending]
            by = f" by {key.text}" if key.text else ", by what the code does not tell" if key.kind == "unknown" else ""
            return self._made(key.kind, f"sorted{by}{way}{then}", value)
        how = self.orders.makes_ranking(value, state.stack)
        if how:
            return self._made("score", f"{how}{then}", value)
        if value.kind == "call":
            if self.orders.is_shuffle(value):
                return self._made("other", "shuffled", value)
            if value.calls_external(*_LOSING):
                return self._made("other", "a set, which keeps no order", value)
            return self._queried(state, then)
        return self._made("other", "shuffled", value) if value.name.endswith("shuffle") else None

    def _queried(self, state: State, then: str) -> Ordering | None:
        """The order that a query asks its database for."""
        for query in self.orders.queries(state.value, state.stack):
            terms = query.statement.order
            if terms:
                told = ", ".join(f"{term.text}{' descending' if term.descending else ''}" for term in terms)
                return self._made("other", f"a query ordered by {told}{then}", state.value)
            if query.statement.verb == "select":
                return self._made("none", "a query without an order", state.value)
        return None

    def _joined(self, state: State) -> Ordering | None:
        """Sequences that are put one after the other; each has an order of its own besides."""
        value = state.value
        if state.depth > 0:
            return None
        parts = value.every("operand") if value.kind == "operation" and value.data == "+" else value.every("spread")
        many = [part for part in parts if part.kind != "const"]
        if len(many) < PARTS or not (value.kind == "operation" or (value.kind == "collection" and value.data != "set")):
            return None
        return self._made("other", f"{len(many)} sequences put one after the other", value)

    def _end(self, state: State) -> Ordering | None:
        value = state.value
        if value.kind == "collection" and not value.inputs:
            return None  # an empty list has no order to speak of
        if value.kind == "call":
            return self._made("none", f"as {self.words.called(value)} gives it; nothing here orders it", value)
        if value.kind == "param":
            return self._made("unknown", f"as it is handed in as {value.name} of {self.words.where(value)}", value)
        return self._made("unknown", "no further than here", value)

    def _made(self, kind: str, text: str, value: Value) -> Ordering:
        return Ordering(kind=kind, text=text, location=self.project.location(value))


def _reverses(project: Project, value: Value) -> bool:
    """Whether an operation turns a sequence around."""
    if value.kind == "slice" and isinstance(value.data, tuple):
        step = value.data[2]
        return isinstance(step, int) and step < 0
    if value.kind == "mutate":
        return value.data == "reverse"
    api = project.flow.api(value) if value.kind == "call" else None
    return api is not None and api.order == "reverses"

"""Scores and ranks of a model that are changed by hand before they are sorted by."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.body import Body
from mldebt.flow.list_versions import was_given
from mldebt.flow.order import Orders, Origin
from mldebt.flow.reordering import Reorder
from mldebt.flow.value import Value

AMOUNT_LIMIT = 40
SORT_LIMIT = 150
TEXT = "a hand-made amount is added to the model's score before the sort"


class Boosts:
    """Finds what is added to scores, and what is written over ranks."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._flow = orders.flow

    def of(self, node: Value) -> Iterator[Reorder]:
        """A hand-made amount that depends on the item, put on a model's score that is then sorted by."""
        operands = node.every("operand")
        if len(operands) != 2 or node.body.scope.kind == "class":
            return
        pairs = [operands] if node.data == "-" else [operands, operands[::-1]]
        for score, amount in pairs:
            scorer = self._orders.scorer(score) if _may_be_literal(amount) else None
            if scorer is not None and self._is_hand_made(amount):
                results = self._sorted_later(node)
                if results:
                    origin = Origin(scorer, "a model's score", (scorer,), ())
                    yield Reorder(node, "boost", False, TEXT, results, (origin,))
                return

    def overwritten_rank(self, store: Value) -> Iterator[Reorder]:
        """A rank attribute of an object that was there before is set to a number."""
        stored, base = store.one("value"), store.one("base")
        if stored is None or base is None or _number(stored) is None:
            return
        attributes = self._orders.rank_attributes()
        if isinstance(stored.data, int) and store.data in attributes and was_given(base):
            origin, sorts = attributes[store.name]
            yield Reorder(store, "insert", False, f"{store.data} is set to {stored.data} by hand", sorts, (origin,))

    def _is_hand_made(self, amount: Value) -> bool:
        """Whether an amount is a literal that depends on the item: `100 * is_new`, or one constant for some and another
        for the rest."""
        visits = list(self._flow.walk(amount, self._flow.back, limit=AMOUNT_LIMIT))
        numbers = {number for visit in visits if (number := _number(visit.value)) is not None}
        if all(abs(number) in (0.0, 1.0) for number in numbers) or self._orders.scorer(amount) is not None:
            return False
        depends = any(
            visit.value.kind in ("attr", "compare") or (visit.value.kind == "item" and visit.depth) for visit in visits
        )
        return depends if amount.kind == "operation" else len(numbers) > 1 and not depends

    def _sorted_later(self, node: Value) -> tuple[Value, ...]:
        """The sorts in other functions that a score gets to; without one, the public function that returns it."""
        sorts: list[Value] = []
        public: tuple[Value, ...] = ()
        for visit in self._flow.walk(node, self._flow.forth, limit=SORT_LIMIT):
            value = visit.value
            if value.kind == "call" and self._orders.is_sort(value) and value.body is not node.body:
                in_place = [user for label, user in value.uses if label == "call" and user.kind == "mutate"]
                sorts.extend(in_place or [value])
            elif not public:
                results = (user for _, user in value.uses if user.kind == "return" and self._is_public(user.body))
                public = tuple(results)[:1]
        return tuple(sorts) or public

    def _is_public(self, body: Body) -> bool:
        """A function that only callers outside the repository can call."""
        if body.scope.kind != "function" or body.scope.name.startswith("_"):
            return False
        callers = self._flow.callers(body.module.index, body.number)
        return not any(call.body.module.category == "product" for call in callers)


def _number(value: Value) -> float | None:
    """The number that a literal is."""
    is_one = value.kind == "const" and not isinstance(value.data, bool)
    return float(value.data) if is_one and isinstance(value.data, int | float) else None


def _may_be_literal(amount: Value) -> bool:
    """Whether an amount looks like a literal times something, or like alternatives; told without a walk."""
    if amount.kind == "operation":
        return amount.data == "*" and any(part.kind == "const" for part in amount.every("operand"))
    return amount.kind in ("phi", "choice", "call")

"""Weighted sums whose weights add up to one: several scores that are blended into one."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.orders.list_versions import beginnings, terms
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

WEIGHT_LIMIT = 12
CLIMB_LIMIT = 40
NEARLY = 0.021
FORMULA = 3
_HANDING_ON = ("global", "attr", "free", "same", "passed")


class Blends:
    """Questions about sums."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def is_blend(self, node: Value) -> bool:
        """Whether an addition, or a product, is part of a sum like `0.7 * likeness + 0.3 * overlap`: one expression, or
        a variable that starts at zero."""
        if node.data == "*":
            node = next((user for _, user in node.uses if user.kind == "operation" and user.data == "+"), node)
        if node.data != "+":
            return False
        return self._add_up(terms(_whole(node))) or (self._starts_at_zero(node) and self._add_up(_added_up(node)))

    def plain_in_formula(self, node: Value) -> list[Value] | None:
        """The terms without a weight of a formula, a sum of which at least three others are weighed: `votes + 2 * stars
        + 5 * likeness + 0.5 * comments`; None for any other sum."""
        parts = terms(_whole(node)) if node.data == "+" else []
        plain = [part for part in parts if self._factor(part) is None]
        return plain if len(parts) - len(plain) >= FORMULA else None

    def _add_up(self, parts: list[Value]) -> bool:
        weights = [weight for part in parts if (weight := self._weight(part)) is not None]
        return len(weights) == len(parts) > 1 and abs(sum(weights) - 1.0) < NEARLY

    def _weight(self, part: Value) -> float | None:
        """The share of the whole that one term is multiplied by."""
        factor = self._factor(part)
        return factor if factor is not None and 0.0 < factor < 1.0 else None

    def _factor(self, part: Value) -> float | None:
        """The number that one term is multiplied by."""
        if part.kind != "operation" or part.data != "*":
            return None
        numbers = [number for factor in part.every("operand") if (number := self._number(factor)) is not None]
        return numbers[0] if len(numbers) == 1 else None

    def _number(self, factor: Value) -> float | None:
        """A literal, or the constant that a name stands for."""
        visits = self._flow.walk(factor, self._named, limit=WEIGHT_LIMIT)
        ends = [visit.value for visit in visits if visit.value.kind not in _HANDING_ON]
        found = {end.data for end in ends} if all(end.kind == "const" for end in ends) else set()
        number = found.pop() if len(found) == 1 else None
        return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None

    def _named(self, value: Value, stack: Stack) -> list[Step]:
        return self._flow.back(value, stack) if value.kind in _HANDING_ON else []

    def _starts_at_zero(self, node: Value) -> bool:
        started = [each for source in node.every("operand") for each in _starts(source)]
        return any(each.kind == "const" and each.data == 0 and each.data is not False for each in started)


def _whole(node: Value) -> Value:
    """The outermost sum that an addition is a part of."""
    for _ in range(CLIMB_LIMIT):
        outer = next((user for _, user in node.uses if user.kind == "operation" and user.data == "+"), None)
        if outer is None or (outer.at != node.at and outer.every("operand")[0] is not node):
            return node
        node = outer
    return node


def _starts(value: Value) -> Iterator[Value]:
    """What a variable may have started as, before the additions to it."""
    seen: set[Value] = set()
    waiting = [value]
    while waiting and len(seen) < CLIMB_LIMIT:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind == "operation" and node.data == "+":
            waiting.append(node.every("operand")[0])
        else:
            for each in beginnings(node):
                if each.kind == "operation":
                    waiting.append(each)
                else:
                    yield each


def _added_up(node: Value) -> list[Value]:
    """What a variable is raised by, wherever in its function."""
    names = set(node.body.names_of(node))
    sums = (each for each in node.body.nodes if each.kind == "operation" and each.data == "+")
    raised = [each for each in sums if names & set(each.body.names_of(each))]
    return [each.every("operand")[1] for each in raised if len(each.every("operand")) == 2]

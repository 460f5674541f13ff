"""Which places in a function a call can get to, by the literals that it gives: a branch on its argument may be another
one's."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.conditions.conditions import left_by, ways
from mldebt.flow.module import ScopeKey
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

DEPTH = 4
VALUE_LIMIT = 40
_SAME = frozenset({("==",), ("is",)})
_OTHER = frozenset({("!=",), ("is not",)})
_AMONG = frozenset({("in",)})
_NOT_AMONG = frozenset({("not in",)})
_SPREADS = frozenset({"*", "**"})
Test = tuple[Value, bool]


class Possible:
    """Answers with no only where the code leaves no choice."""

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.flow = seeds.flow
        self._tests: dict[Value, tuple[Test, ...]] = {}
        self._origin = seeds.flow.remembered(self._find_origin)
        self._chosen: dict[tuple[Value, Stack], frozenset[ScopeKey]] = {}

    def reaches(self, calls: tuple[Value, ...], value: Value) -> bool:
        """Whether a chain of calls, the outermost first, can get to a value in the function that the last one calls."""
        places = (*calls[1:], value)
        return all(
            self._may_be_chosen(calls[depth], calls[:depth], place.body.key)
            and not any(self._truth(test, calls[: depth + 1]) is (not way) for test, way in self._tests_at(place))
            for depth, place in enumerate(places)
        )

    def _may_be_chosen(self, call: Value, stack: Stack, unit: ScopeKey) -> bool:
        """Whether a call of what stands in a table under a key may be one of a function: `NETS[name](classes=4)`, where
        the open calls say the name."""
        if call.function.kind != "item":
            return True
        found = self._chosen.get((call, stack))
        if found is None:
            found = self._chosen[call, stack] = self._find_chosen(call.function, stack)
        return not found or unit in found

    def _find_chosen(self, item: Value, stack: Stack) -> frozenset[ScopeKey]:
        """The functions that stand in a table under the keys which the open calls say; none where another may."""
        key = item.one("key")
        keys = self._literals([key], stack) if key is not None else frozenset()
        found = tables(self.flow, item.source) if keys else []
        if len(found) != 1 or not keys <= set(found[0].keys):
            return frozenset()
        standing = dict(zip(found[0].keys, found[0].every("item"), strict=False))
        targets = [self.flow.callees(standing[name]) for name in keys]
        entered = [self.flow.entered(target) for each in targets for target in each]
        known = frozenset(unit for unit in entered if unit is not None)
        return known if all(targets) and len(known) == len(set(entered)) else frozenset()

    def _tests_at(self, place: Value) -> tuple[Test, ...]:
        """The tests on what its function is given that a place stands under."""
        found = self._tests.get(place)
        if found is None:
            all_of_them = (*ways(place.body, place.at), *left_by(place.body, place.at)) if place.body.number else ()
            found = self._tests[place] = tuple(each for each in all_of_them if _asks_param(each[0]))
        return found

    # ------------------------------------------------------------------ answers

    def _truth(self, test: Value, stack: Stack) -> bool | None:
        """The only answer that a test can have under some open calls; None where there may be two."""
        if test.kind == "operation" and test.data in ("not", "and", "or"):
            answers = [self._truth(part, stack) for part in test.every("operand")]
            if test.data == "not":
                return None if answers[0] is None else not answers[0]
            settles = test.data == "or"
            return settles if settles in answers else None if None in answers else not settles
        if test.kind == "compare":
            return self._compared(test, stack)
        values = self._literals([test], stack)
        return _alike(bool(each) for each in values) if values else None

    def _compared(self, test: Value, stack: Stack) -> bool | None:
        left, *others = test.every("operand")
        if len(others) != 1:
            return None
        is_negative = test.data in _OTHER | _NOT_AMONG
        if test.data in _SAME | _OTHER:
            right = [others[0]]
        elif test.data in _AMONG | _NOT_AMONG and others[0].kind == "collection" and not others[0].every("spread"):
            right = others[0].every("item")
        else:
            return None
        mine, its = self._literals([left], stack), self._literals(right, stack)
        if not mine or not its:
            return None
        if not mine & its:
            return is_negative
        is_certain = len(mine) == 1 and (len(its) == 1 or (test.data in _AMONG | _NOT_AMONG and len(its) == len(right)))
        return not is_negative if is_certain else None

    def _literals(self, values: Iterable[Value], stack: Stack) -> frozenset[object]:
        """The literals that values are under some open calls; none where one of them may be something else."""
        found: set[object] = set()
        for value in values:
            for number, visit in enumerate(self.flow.walk(value, self._origin, stack=stack, limit=VALUE_LIMIT)):
                if visit.value.kind == "const":
                    found.add(visit.value.data)
                elif number == VALUE_LIMIT - 1 or not self._origin(visit.value, visit.stack):
                    return frozenset()
        return frozenset(found)

    def _find_origin(self, value: Value, stack: Stack) -> list[Step]:
        """What the open calls say, and they alone: a variable of a module is a switch that somebody may turn."""
        if value.kind == "global" or (value.kind == "param" and not self._is_filled_by(value, stack)):
            return []
        return self.seeds.origin(value, stack)

    def _is_filled_by(self, param: Value, stack: Stack) -> bool:
        """Whether what the innermost call writes, and the defaults, are all that a parameter can be. A call by names
        that the function does not have was written for another version of it, and tells nothing."""
        body = param.body
        if not stack or body.scope.decorators or not _SPREADS.isdisjoint(stack[-1].keywords):
            return False
        takes = {each.name if each.kind != "**" else "**" for each in body.scope.parameters}
        if "**" not in takes and not takes.issuperset(filter(None, stack[-1].keywords)):
            return False
        return self.flow.calls(stack[-1], body.module.index, body.number) and not self.flow.is_told(stack[-1])


def tables(flow: Flow, value: Value) -> list[Value]:
    """The tables that a value is, where all of what stands in them is written down with its keys."""
    found = [visit.value for visit in flow.walk(value, flow.back, limit=VALUE_LIMIT) if visit.value.kind == "dict"]
    return [] if any(table.every("spread") for table in found) else found


def _asks_param(test: Value, depth: int = 0) -> bool:
    """Whether a test is about what a function is given."""
    if test.kind == "param":
        return True
    return (
        test.kind in ("compare", "operation", "same")
        and depth < DEPTH
        and any(_asks_param(source, depth + 1) for _, source in test.inputs)
    )


def _alike(answers: Iterable[bool]) -> bool | None:
    found = set(answers)
    return found.pop() if len(found) == 1 else None

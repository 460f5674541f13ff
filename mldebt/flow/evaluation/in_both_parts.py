"""Rows that are put into both parts of a split: `train = pd.concat([train, rare])`, the same of `test`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, last_name
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.variables import plain
from mldebt.flow.value import Value

_JOINS = frozenset({"concat", "vstack", "concatenate", "row_stack"})


class InBoth(msgspec.Struct, frozen=True):
    """What divides rows, and the calls that put the same rows to either part."""

    split: Value
    to_train: Value
    to_test: Value


class BothParts:
    """Finds them, one body at a time."""

    def __init__(self, splits: Splits) -> None:
        self.splits = splits

    def of(self, body: Body) -> Iterator[InBoth]:
        """One a join of rows to those that are there to judge by."""
        joins = [call for call in body.calls if last_name(call) in _JOINS and call.arguments]
        for to_test in joins:
            held = [(each, split) for each in _joined(to_test) if (split := self.splits.held_out(each)) is not None]
            for to_train in joins if held else ():
                if to_train is not to_test and self._shares(to_train, to_test, *held[0]):
                    yield InBoth(held[0][1], to_train, to_test)
                    break

    def _shares(self, to_train: Value, to_test: Value, held: Value, split: Value) -> bool:
        """Whether one join holds the other half of a split, and something that the join with the held-out half has; a
        join of both halves is all rows again, and neither part."""
        before = held.key - 1 if isinstance(held.key, int) else None
        learnt, tested = _joined(to_train), _joined(to_test)

        def is_half(each: Value) -> bool:
            return each.kind == "item" and each.source is split and each.key == before

        if not any(map(is_half, learnt)) or any(map(is_half, tested)):
            return False
        return not {each for each in tested if each is not held}.isdisjoint(learnt)


def _joined(join: Value) -> list[Value]:
    """The tables or arrays that a call puts below each other."""
    given = plain(join.arguments[0])
    if any(source.data not in (0, "index") for source in keyword(join, "axis")):
        return []
    return [plain(each) for each in given.every("item")] if given.kind == "collection" else []

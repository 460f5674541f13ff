"""Rows that are there to judge by: the second half of a split, what is read or marked as test data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.selection import HALF, REST, Selections, is_beside_test
from mldebt.flow.rows.parts_taken import bounds
from mldebt.flow.rows.row_steps import RowSteps
from mldebt.flow.rows.splits import SPLITTERS, Splits
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit
from mldebt.regex import regex

ROWS_LIMIT = 90
WHOLE_LIMIT = 20
_CHOOSING = regex(r"(^|_)(val\d*|valid\d*|validation|dev|devel|tune|tuning|calib\w*|oof|cv)(_|$)")
"""What rows are called that one may choose by."""
_LEARNING = regex(r"(^|_)(train\w*|tr|fit)(_|$)")
JUDGING = regex(r"(^|_)(test\w*|holdout|held_out|te|eval|evaluation)(_|$)")
_TEST = frozenset({"test", "is_test", "testing"})


class _Found(msgspec.Struct, frozen=True):
    """Why rows are test rows, the splits and reads that say so, and whether they are at least called so."""

    text: str
    parts: frozenset[Value]
    is_called_so: bool


class JudgedRows:
    """Says why rows are there to judge by; "" where some of them, from some caller, may be others."""

    def __init__(self, flow: Flow, splits: Splits, selections: Selections) -> None:
        self.flow = flow
        self.splits = splits
        self.selections = selections
        self.steps = RowSteps(flow)
        self._known: dict[tuple[Value, Stack], _Found | None] = {}

    def of_call(self, call: Value, stack: Stack) -> str:
        """Why the rows that a metric is given are test rows."""
        return next((text for source in call.arguments if (text := self.of(source, stack))), "")

    def of(self, rows: Value, stack: Stack) -> str:
        """Why rows are test rows."""
        found = self._found(rows, stack)
        return found.text if found is not None else ""

    def are_others(self, rows: Value, stack: Stack) -> bool:
        """Whether rows are known as those to learn from, or to choose by."""
        return self._found(rows, stack) is None

    def are_called_so(self, rows: Value, stack: Stack) -> bool:
        """Whether a variable on their way says that rows are there to judge by, and none says that they are not."""
        found = self._found(rows, stack)
        return found is not None and found.is_called_so

    def is_final(self, metric: Value, before: Iterable[tuple[Value, Stack]]) -> bool:
        """Whether a metric judges by other rows than those that metrics before it chose by."""
        given = [source for source in metric.arguments if source.kind != "const"]
        rows = [self._found(source, ()) for source in given]
        if not given or any(found is None for found in rows):
            return False
        chosen = self._parts([self._found(source, stack) for call, stack in before for source in call.arguments])
        return self._parts(rows).isdisjoint(chosen)

    def _parts(self, found: Iterable[_Found | None]) -> set[Value]:
        return {part for each in found if each is not None for part in each.parts}

    def _found(self, rows: Value, stack: Stack) -> _Found | None:
        if (rows, stack) not in self._known:
            self._known[rows, stack] = self._find(rows, stack)
        return self._known[rows, stack]

    def _find(self, rows: Value, stack: Stack) -> _Found | None:
        text, parts = "", set()
        judging: set[Visit] = set()
        for visit in self.flow.walk(rows, self._back, stack=stack, limit=ROWS_LIMIT):
            value, names = visit.value, _names(visit.value)
            if visit.parent in judging or any(map(JUDGING.search, names)):
                judging.add(visit)  # what else it was made from went out of it again
            reason = self._reason(value, visit.stack)
            if any(map(_CHOOSING.search, names)) or (not reason and self.is_of_another_part(value)):
                return None
            if visit not in judging and any(map(_LEARNING.search, names)):
                return None
            if reason:
                text = text or reason
                parts.add(value.source if value.kind in ("item", "slice") else value)
        return _Found(text, frozenset(parts), bool(judging))

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        return [] if self._reason(value, stack) else self.steps.back(value, stack)

    def is_of_another_part(self, value: Value) -> bool:
        """Whether a value is a part of a split that is not the last to judge by."""
        if is_beside_test(value):
            return True
        if value.kind == "item" and value.source.kind == "call" and self.splits.is_split(value.source):
            return not self._is_last_half(value)
        if value.kind == "item":
            return self.splits.is_split(value) and not self.splits.is_last(value)
        if value.kind == "slice":
            return bounds(value)[1] is not None and self.splits.is_split(value)
        if value.kind == "call":
            return self.splits.is_split(value)
        return False

    def _is_last_half(self, item: Value) -> bool:
        split = self.splits.held_out(item)
        return split is not None and not any(self._is_to_learn_from(source) for source in split.arguments)

    def _is_to_learn_from(self, divided: Value) -> bool:
        """Whether what a split divides is the first half of another, here or with a caller: there is a third part to
        judge by."""
        for visit in self.flow.walk(divided, self._back, limit=WHOLE_LIMIT):
            part = visit.value
            if part.kind != "item" or not isinstance(part.data, int) or part.source.kind != "call":
                continue
            if last_name(part.source) in SPLITTERS and self.splits.is_split(part.source):
                return part.data % 2 == 0
        return False

    def _reason(self, value: Value, stack: Stack) -> str:
        if value.kind == "item":
            if self.splits.held_out(value) is not None:
                return HALF if self._is_last_half(value) else ""
            return REST if self.splits.is_last(value) else self._marked(value)
        if value.kind == "slice":
            return REST if self.splits.is_last(value) else ""
        return self.selections.named_test(value, stack) if value.kind == "call" else ""

    def _marked(self, item: Value) -> str:
        """How a part of a table says that it is the test part: `parts["test"]`, `rows[rows["split"] == "test"]`,
        `rows[rows["test"]]`."""
        if item.key in _TEST:
            return f'the part "{item.key}"'
        return next((f'the rows marked "{word}"' for word in _marks(item.one("key"))), "")


def _names(value: Value) -> list[str]:
    """What a value is called."""
    names = [*value.body.names_of(value), *([value.name] if value.kind in ("param", "attr") else ())]
    return [name.lower() for name in names]


def _marks(key: Value | None) -> Iterator[str]:
    """The words by which a mask picks test rows, alone or together with other conditions."""
    if key is None:
        return
    if key.kind == "operation" and key.data == "&":
        for side in key.every("operand"):
            yield from _marks(side)
    if key.kind == "item" and key.key in _TEST:
        yield str(key.key)
    if key.kind == "compare" and key.data == ("==",):
        yield from (str(side.data) for side in key.every("operand") if side.kind == "const" and side.data in _TEST)

"""Features that are computed from the target: columns that know the answer of the row they stand in."""

from __future__ import annotations

from typing import NamedTuple

from mldebt.flow.seeds import keyword, last_name
from mldebt.flow.selection import plain
from mldebt.flow.splits import Splits
from mldebt.flow.unpacking import Unpacking
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow, Stack, Step, Visit

BACK_LIMIT = 300
_ALIGNED = frozenset("shift diff pct_change rolling expanding ewm cumsum cumcount".split())


class TargetFeature(NamedTuple):
    """A column computed from the target and kept among the features: its store, its name, the target, the split."""

    store: Value
    column: str
    target: str
    split: Value


class TargetFeatures:
    """Finds them at the split of features and target, or where a model is fitted on a part of the rows."""

    def __init__(self, flow: Flow, splits: Splits) -> None:
        self.flow = flow
        self.splits = splits
        self.steps = Unpacking(flow)

    def at(self, call: Value) -> TargetFeature | None:
        """The feature that a split's features hold of its target."""
        is_fit = last_name(call) == "fit" and call.receiver is not None
        if len(call.arguments) < 2 or not (is_fit or last_name(call) == "train_test_split"):
            return None
        if not is_fit and not self.splits.is_split(call):
            return None
        features, answers = call.arguments[:2]
        target = self._column(answers)
        kept, dropped = self._columns(features)
        if not target or (kept is None and target not in dropped):
            return None
        for visit in self.flow.walk(features, self.steps.back, limit=BACK_LIMIT):
            store = visit.value
            split = self._split_on(visit) if is_fit else call
            if split is None:
                continue
            if store.kind != "store" or not isinstance(store.data, tuple) or not isinstance(store.key, str):
                continue
            column, value = store.key, store.one("value")
            if column == target or column in dropped or (kept is not None and column not in kept) or value is None:
                continue
            if self._made_from(value, target):
                return TargetFeature(store, column, target, split)
        return None

    def _split_on(self, visit: Visit) -> Value | None:
        """The split on the way to a visit."""
        calls = (each.value for each in visit.path() if each.value.kind == "call")
        return next((call for call in calls if self.splits.is_split(call)), None)

    def _column(self, value: Value) -> str:
        """The column of a table that a value is."""
        value = plain(value)
        if value.kind == "call" and value.receiver is not None and last_name(value) in ("astype", "values", "to_numpy"):
            value = value.receiver
        if value.kind == "attr" and value.data == "values":
            value = value.source
        if value.kind == "attr":
            return value.name
        return value.key if value.kind == "item" and isinstance(value.key, str) else ""

    def _columns(self, value: Value) -> tuple[frozenset[str] | None, frozenset[str]]:
        """The columns that are picked from a table, when they are written down, and those that are dropped."""
        value = plain(value)
        if value.kind == "item":
            key = value.one("key")
            return (frozenset(written_texts(key)) if key is not None else frozenset()), frozenset()
        if value.kind == "call" and last_name(value) == "drop":
            given = [*keyword(value, "columns"), *keyword(value, "labels"), *keyword(value, "")[:1]]
            return None, frozenset(text for source in given for text in written_texts(source))
        return None, frozenset()

    def _values(self, value: Value, stack: Stack) -> list[Step]:
        """What a value was made from; which rows were taken says nothing of what stands in them."""
        is_mask = value.kind == "item" and value.key is None
        return [step for step in self.steps.back(value, stack) if not (is_mask and step.label == "key")]

    def _made_from(self, value: Value, target: str) -> bool:
        """Whether a column is computed from the target of its own row."""
        hit = False
        for visit in self.flow.walk(value, self._values, limit=BACK_LIMIT // 3):
            each = visit.value
            if each.kind == "call" and last_name(each) in _ALIGNED:
                return False  # of earlier rows
            if each.kind == "item" and each.key == target:
                hit = True
            if each.kind == "store" and visit.label != "":
                break
        return hit


def written_texts(value: Value) -> list[str]:
    """A text that is written out, or those of a list."""
    if value.kind == "const":
        return [value.data] if isinstance(value.data, str) else []
    return [item.data for item in value.every("item") if item.kind == "const" and isinstance(item.data, str)]

"""Rows that the code itself puts in the order of time, and a split that deals them out at random."""

from __future__ import annotations

import re

import msgspec

from mldebt.flow.calls.words import keyword, last_name, says
from mldebt.flow.evaluation.target_features import written_texts
from mldebt.flow.rows.unpacking import Unpacking
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

BACK_LIMIT = 500
_LAGS = frozenset("shift rolling ewm expanding pct_change".split())
_SORTS = frozenset("sort_values sort sort_index orderBy".split())
_RESTORES = "sort_index"
_INDEXES = frozenset("set_index reset_index set_axis reindex".split())
_PARSES = frozenset("to_datetime strptime fromisoformat fromtimestamp".split())
_SPLITS = frozenset("train_test_split random_split randomSplit".split())
_NAMED_TIME = regex(r"^(unix_?)?(time_?stamp|date_?time|date|time|ts)$|_(timestamp|datetime|date|time|at|ts)$", re.I)
_TABLES = frozenset({"frame", "array"})


class Dealt(msgspec.Struct, frozen=True):
    """A random split of rows in time: the split, the place that shows the order of time, and what it shows."""

    split: Value
    ordered: Value
    text: str


class TimeOrders:
    """Finds random splits of rows that belong in order."""

    def __init__(self, flow: Flow, seeds: Seeds) -> None:
        self.flow = flow
        self.steps = Unpacking(flow)
        self.seeds = seeds

    def dealt(self, call: Value) -> Dealt | None:
        """Whether a call splits at random what was ordered in time before."""
        if last_name(call) not in _SPLITS or self.seeds.unshuffled(call) or len(call.inputs) < 2:
            return None
        if any(target.kind in ("func", "class") for target in self.flow.targets(call)):
            return None
        start = call.inputs[0][1].inputs[0][1] if last_name(call) == "randomSplit" else call.inputs[1][1]
        sorts: dict[str, Value] = {}
        times: set[str] = set()
        for visit in self.flow.walk(start, self.steps.back, limit=BACK_LIMIT):
            value = visit.value
            if value.kind == "call":
                if last_name(value) in _LAGS and self._of_table(value):
                    return Dealt(call, value, f"features are computed from earlier rows ({last_name(value)})")
                if last_name(value) in _SORTS and not _is_restored(visit):
                    sorts.update(dict.fromkeys(_columns(value), value))
                for source in keyword(value, "parse_dates"):
                    times.update(written_texts(source))
            elif value.kind == "store" and isinstance(value.data, tuple) and self._is_time(value):
                times.add(str(value.data[1]))
        found = next((column for column in sorts if column in times or _NAMED_TIME.search(column)), None)
        return Dealt(call, sorts[found], f"rows are sorted by the time column {found}") if found is not None else None

    def _of_table(self, call: Value) -> bool:
        """Whether a lag is one of a table's: its receiver is a column, a table or a group of one."""
        owner = call.inputs[0][1].inputs[0][1] if call.inputs[0][1].kind == "attr" else None
        if owner is None:
            return False
        for kind in self.flow.types(owner):
            record = self.flow.catalogue.type(kind.name) if isinstance(kind.name, str) else None
            if record is not None and (record.kind in _TABLES or record.name.startswith(("pandas.", "polars."))):
                return True
        return False

    def _is_time(self, store: Value) -> bool:
        value = store.one("value")
        return value is not None and value.kind == "call" and last_name(value) in _PARSES


def _is_restored(sort: Visit) -> bool:
    """Whether rows are put back after a sort in the order of an index that nothing made of it:
    `rows.sort_values("day").drop_duplicates("id").sort_index()`."""
    between = [last_name(at.value) for at in sort.path()[:-1] if at.value.kind == "call"]
    if _RESTORES not in between:
        return False
    from_sort = between[::-1][: between[::-1].index(_RESTORES)]
    return _INDEXES.isdisjoint(from_sort) and not says(sort.value, "ignore_index", told=True)


def _columns(call: Value) -> list[str]:
    given = [*keyword(call, "by"), *keyword(call, "")[:1]]
    return [text for source in given for text in written_texts(source)]

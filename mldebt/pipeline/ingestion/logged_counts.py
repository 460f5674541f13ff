"""Counts of data that a program leaves in its log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from mldebt.flow.idioms import root
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_SIZES = frozenset({"shape", "size"})
_FAULTS = ("isnull", "isna", "duplicated", "isnan")


class LoggedCounts:
    """Questions about one call at a time."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def counts(
        self, call: Value, content: AbstractSet[Value], comes_from: Callable[[Value, AbstractSet[Value]], bool]
    ) -> bool:
        """Whether a call logs how much of some content came in, or how much of it is wrong; in a notebook, which shows
        how much there is of everything, only the latter."""
        in_notebook = call.body.module.is_notebook
        if in_notebook and not call.uses and _is_fault_count(call):
            return comes_from(call, content)
        if "logs" not in self._flow.roles(call) or "file" in call.keywords:
            return False
        told = list(_told(call))
        if in_notebook:
            return any(_is_fault_count(each) and comes_from(each, content) for each in told)
        sizes = (counted for each in told if (counted := _size_of(each)) is not None)
        return any(self._is_read(root(counted), content) for counted in sizes) or any(
            _is_fault_count(each) and comes_from(each, content) for each in told
        )

    def _is_read(self, value: Value, content: AbstractSet[Value]) -> bool:
        return value.kind == "call" and value in content and "reads" in self._flow.roles(value)


def _told(call: Value) -> Iterator[Value]:
    """What a call writes into a log: its arguments, and what stands in texts that are put together for it."""
    waiting = call.arguments
    while waiting:
        value = waiting.pop()
        is_text = value.kind in ("template", "collection", "same") or (value.kind == "operation" and value.data == "%")
        if is_text or value.calls_method("format") or value.calls_external("str"):
            waiting += [source for label, source in value.inputs if label != "function"]
        else:
            yield value


def _size_of(value: Value) -> Value | None:
    """What a value is the size of: `len(rows)`, `rows.shape[0]`."""
    if value.kind == "item":
        value = value.source
    if value.kind == "attr":
        return value.source if value.data in _SIZES else None
    return value.arguments[0] if value.calls_external("len") and value.arguments else None


def _is_fault_count(value: Value) -> bool:
    """Whether a value is how much is wrong: `rows.isnull().sum()`, `(rows["age"] < 0).sum()`,
    `len(rows[rows["year"] != 2023])`."""
    if (counted := _size_of(value)) is not None:
        keys = counted.every("key") if counted.kind == "item" else []
        return any(key.kind == "compare" and key.data != ("==",) for key in keys)
    summed = value.receiver if value.calls_method("sum", "mean") else None
    return summed is not None and (summed.kind == "compare" or summed.calls_method("sum", *_FAULTS))

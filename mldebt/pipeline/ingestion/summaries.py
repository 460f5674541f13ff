"""Tables that only sum data up: a row for each column, group or period, with numbers worked out of many records."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.rows.summed import SUMS
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

DEPTH = 6
VERSIONS = 40
_VERSIONS = frozenset({"passed", "same", "store", "mutate", "phi"})
_ROUNDS = frozenset({"float", "int", "round", "abs"})
_MEMBERS = frozenset({"unique", "items", "keys", "groupby", "columns", "select_dtypes"})
_LISTING = frozenset({"sorted", "set", "list", "enumerate", "range", "tqdm", "zip"})


class Summaries:
    """Answers per write."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def writes_one(self, write: Value) -> bool:
        """Whether a call writes a table whose rows are put together by hand, of numbers that sum something up and of
        what these are about."""
        table = _first(write.receiver) if write.kind == "call" and write.receiver is not None else None
        if table is None or table.kind != "call" or not table.arguments:
            return False
        if not any(target.name.rpartition(".")[2] == "DataFrame" for target in self.flow.targets(table)):
            return False
        records = list(_records(table.arguments[0]))
        return bool(records) and all(map(self._sums_up, records))

    def _sums_up(self, record: Value) -> bool:
        told = self._told(record)
        sums = [value for value in told if self._is_sum(value, DEPTH)]
        return bool(sums) and all(value in sums or _is_about(value, DEPTH) for value in told)

    def _told(self, record: Value) -> list[Value]:
        """What a record holds; one that a function of the repository makes, what that puts in it."""
        if record.kind == "dict":
            return record.every("item")
        bodies = [self.flow.body(*target.key) for target in self.flow.targets(record) if target.kind == "func"]
        made = [each for body in bodies for returned in body.returns.every("value") for each in _put_in(returned)]
        return made or record.arguments

    def _is_sum(self, value: Value, depth: int) -> bool:
        """Whether a value is one number that is made of many."""
        if not depth:
            return False
        if value.kind in ("phi", "choice"):
            return all(self._is_sum(each, depth - 1) for each in value.every("value"))
        if value.kind == "operation":
            return any(self._is_sum(each, depth - 1) for each in value.every("operand"))
        if value.kind != "call":
            return False
        name = str(value.function.data).rpartition(".")[2] if value.function.kind in ("attr", "external") else ""
        if name in _ROUNDS:
            return any(self._is_sum(each, depth - 1) for each in value.arguments)
        if name in SUMS:
            return True
        bodies = [self.flow.body(*target.key) for target in self.flow.targets(value) if target.kind == "func"]
        given = [each for body in bodies for each in body.returns.every("value")]
        return bool(given) and all(self._is_sum(each, depth - 1) for each in given)


def _records(rows: Value) -> Iterator[Value]:
    """The dicts that a list of rows is made of: those that are added to it, or those of a comprehension."""
    for value in _versions(rows):
        if value.kind == "mutate" and value.data == "append":
            yield from map(_first, value.every("arg"))
        elif value.kind in ("comprehension", "collection"):
            yield from map(_first, (*value.every("element"), *value.every("item")))


def _put_in(record: Value) -> list[Value]:
    """What a dict holds that is filled key by key; nothing where it is no dict."""
    versions = list(_versions(record))
    if not any(value.kind == "dict" for value in versions):
        return []
    labels = {"dict": "item", "store": "value"}
    return [each for value in versions if value.kind in labels for each in value.every(labels[value.kind])]


def _versions(value: Value) -> Iterator[Value]:
    """What a list or a dict is, and was before each change."""
    seen: set[Value] = set()
    waiting = [value]
    while waiting and len(seen) < VERSIONS:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        yield value
        if value.kind in _VERSIONS:
            waiting += value.every("value") if value.kind == "phi" else [value.source]


def _is_about(value: Value, depth: int) -> bool:
    """Whether a value says what a row is about: a name that is written down or given, a member that is gone through,
    how many there are, from which to which."""
    if value.kind in ("const", "param", "attr", "template"):
        return True
    if not depth:
        return False
    if value.kind in ("element", "item"):
        return _goes_through_members(value.source, depth - 1)
    if value.kind in ("operation", "phi", "choice"):
        parts = value.every("operand") or value.every("value")
        return all(_is_about(each, depth - 1) for each in parts)
    return value.calls_external("len", "str", "int") or value.calls_method("min", "max")


def _goes_through_members(value: Value, depth: int) -> bool:
    """Whether what is gone through are the names, groups or periods that there are, not the records."""
    value = _first(value)
    if value.kind in ("element", "item") and depth:
        return _goes_through_members(value.source, depth - 1)
    if value.kind == "call":
        return value.calls_external(*_LISTING) or value.calls_method(*_MEMBERS)
    if value.kind == "comprehension":
        return all(_goes_through_members(each, depth - 1) for each in value.every("iterable")) if depth else False
    return value.kind in ("collection", "dict", "param") or (value.kind == "attr" and value.data in _MEMBERS)


def _first(value: Value) -> Value:
    """What a value was before it was changed."""
    for _ in range(VERSIONS):
        value = value.source if value.kind in ("passed", "same", "store", "mutate") and value.inputs else value
    return value

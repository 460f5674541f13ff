"""What a call is given in each round of a loop over what is written out: `for name, step in STEPS.items()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.idioms import bare
from mldebt.flow.linking import ClassKey
from mldebt.flow.scopes.sequences import at_key
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

Row = list[Value]
"""What a loop meets in one round: one value, or the parts of a pair."""
_SAME = ("list", "tuple", "sorted", "set")
DEPTH = 4
ROUNDS = 60
"""As many as anybody writes out."""


class Rounds:
    """Answers about calls; nothing is told of a loop over anything else."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, call: Value) -> list[list[Value]]:
        """The arguments of a call, once for each round; `*pair` is taken apart."""
        return [[value for _, value in given] for given in self.named(call)]

    def named(self, call: Value) -> list[list[tuple[str, Value]]]:
        """The same, each with the name by which it is given."""
        met = next((found for each in call.arguments if (found := _met(each)) is not None), None)
        rows = self._rows(met.source)[:ROUNDS] if met is not None else []
        if met is None or not rows:
            return [list(call.named_arguments)]
        return [
            [
                told
                for keyword, each in call.named_arguments
                for told in (
                    [("", part) for part in rows[place]]
                    if each is met and keyword == "*"
                    else [(keyword, self._told(each, met, rows, place))]
                )
            ]
            for place in range(len(rows))
        ]

    def _told(self, value: Value, met: Value, rows: list[Row], place: int) -> Value:
        """What a value is in the round of a place, or was in the one before: `add_edge(previous, name)`."""
        value = _plain(value)
        if value.kind != "phi" or met.source in value.loops:
            return self._in_round(value, met, rows[place])
        kept = [each for each in value.every("value") if _met(each) is met]
        first = [each for each in value.every("value") if _met(each) is not met]
        if len(kept) != 1 or len(first) != 1:
            return value
        return self._in_round(kept[0], met, rows[place - 1]) if place else first[0]

    def _in_round(self, value: Value, met: Value, row: Row) -> Value:
        """What a value is in the round in which the loop meets a row."""
        value = _plain(value)
        if value is met:
            return row[0] if len(row) == 1 else value
        if value.kind != "item":
            return value
        if value.source is met and isinstance(value.key, int):
            return row[value.key] if -len(row) <= value.key < len(row) else value
        key = value.one("key")
        told = self._in_round(key, met, row) if key is not None else None
        holder = self._held(self._in_round(value.source, met, row))
        name = value.key if key is None else told.data if told is not None and told.kind == "const" else None
        entry = at_key(holder, name) if holder is not None else None
        return entry if entry is not None else value

    def _rows(self, walked: Value, depth: int = 0) -> list[Row]:
        """What a loop meets, round by round; none where that is not written out."""
        held = self._held(walked) if depth < DEPTH else None
        if held is None:
            return []
        if held.kind == "dict":
            return [[key] for key in held.every("key")] if not held.every("spread") else []
        if held.kind == "collection":
            return [_parts(each) for each in held.every("item")] if not held.every("spread") else []
        if held.kind == "slice":
            bounds = held.data if isinstance(held.data, tuple) else ()
            is_known = all(bound is None or isinstance(bound, int) for bound in bounds) and 0 not in bounds[2:]
            return self._rows(held.source, depth + 1)[slice(*bounds)] if is_known else []
        return self._called(held, depth + 1) if held.kind == "call" else []

    def _called(self, call: Value, depth: int) -> list[Row]:
        """What a loop meets in what a call makes of something that is written out."""
        if call.calls_method("items", "keys", "values"):
            held = self._held(call.function.source)
            if held is None or held.kind != "dict" or held.every("spread"):
                return []
            columns = {"items": ("key", "item"), "keys": ("key",), "values": ("item",)}[call.function.name]
            return [list(row) for row in zip(*(held.every(label) for label in columns), strict=True)]
        rows = [self._rows(each, depth) for each in call.arguments]
        if call.calls_external(*_SAME) and len(rows) == 1:
            return rows[0]
        if call.calls_external("enumerate") and call.arguments:
            held = self._held(call.arguments[0])
            items = held.every("item") if held is not None and held.kind == "collection" else []
            return [[call, each] for each in items]  # the count is of no matter
        if call.calls_external("zip"):
            return [[each for row in pair for each in row[:1]] for pair in zip(*rows, strict=False)]
        if call.calls_external("itertools.pairwise") and rows:
            return [[*first[:1], *second[:1]] for first, second in zip(rows[0], rows[0][1:], strict=False)]
        return []

    def _held(self, value: Value) -> Value | None:
        """What a variable of a module, of a function around, or of an object holds, or a function is given by its only
        caller."""
        flow = self._flow
        for _ in range(DEPTH):
            value = _plain(value)
            if value.kind == "global":
                held = [found] if (found := flow.global_value(value)) is not None else []
            elif value.kind == "free":
                held = [found] if (found := flow.free_value(value)) is not None else []
            elif value.kind == "param":
                held = flow.arguments(value) or [step.value for step in flow.back_default(value, ())]
            elif value.kind == "attr" and (cls := self._class_of(value.source)) is not None:
                held = list(flow.stored(cls, value.name))
            else:
                return value
            if len(held) != 1:
                return None
            value = held[0]
        return None

    def _class_of(self, owner: Value) -> ClassKey | None:
        return owner.scope_key if owner.kind == "class" else self._flow.program.class_of_self(owner)


def _plain(value: Value, depth: int = 0) -> Value:
    """A value without the names and calls on the way, also where branches meet that all leave it as it is."""
    value = bare(value)
    if value.kind == "phi" and depth < DEPTH:
        met = {_plain(each, depth + 1) for each in value.every("value") if each is not value}
        return met.pop() if len(met) == 1 else value
    return value


def _met(value: Value, depth: int = 0) -> Value | None:
    """What the loop around meets, of which a value is a part or that it is looked up by."""
    value = _plain(value)
    if value.kind == "element":
        return value
    if value.kind != "item" or depth >= DEPTH:
        return None
    key = value.one("key")
    found = _met(key, depth + 1) if key is not None else None
    return found if found is not None else _met(value.source, depth + 1)


def _parts(value: Value) -> Row:
    """The parts of a pair that is written out; of anything else itself."""
    is_pair = value.kind == "collection" and value.data in ("tuple", "list") and not value.every("spread")
    return value.every("item") if is_pair else [value]

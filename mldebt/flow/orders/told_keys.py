"""Keys of sorts that calls decide: a function that another one gave, a name that a closure or a parameter brings."""

from __future__ import annotations

import msgspec

from mldebt.flow.idioms import READS
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

KEY_LIMIT = 24
CALLS_ASKED = 12
_HANDED = frozenset({"param", "free", "global", "attr", "phi", "same", "choice", "passed"})
_BY_CALLS = frozenset({"param", "free"})


class Known(msgspec.Struct, frozen=True):
    """What a value may be, by constants alone; `by_calls` says that it depends on who calls."""

    constants: tuple[object, ...]
    by_calls: bool


class ToldKeys:
    """Questions about the values that keys are made of."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def keys(self, key: Value, stack: Stack) -> list[tuple[Value, Stack]]:
        """The functions, getters and lookups that a key may be, under whatever name it is handed in."""
        found: dict[tuple[Value, Stack], None] = {}
        for visit in self._flow.walk(key, self._steps, stack=stack, limit=KEY_LIMIT):
            if not self._steps(visit.value, visit.stack):
                found[visit.value, visit.stack] = None
        return list(found)

    def made_by(self, maker: Value) -> list[ScopeKey]:
        """The functions that a function of the repository defines and gives: `by("score")`."""
        if maker.kind != "call" or not self._flow.is_own(maker):
            return []
        return [target.key for target in self._flow.callees(maker) if target.kind == "func"]

    def calls(self, sort: Value) -> tuple[Value, ...]:
        """The calls that decide about the key of a sort."""
        return self._flow.callers(*sort.body.key)[:CALLS_ASKED]

    def names(self, read: Value, stack: Stack) -> list[str]:
        """The names by which a value may be read from an object, where they are not written there: `row[key]`,
        `getattr(row, key)`, `row.get(key)`."""
        asked = asked_for(read)
        found = self.constants(asked, stack).constants if asked is not None else ()
        names = [each for each in found if isinstance(each, str)]
        return names if len(names) == len(found) else []

    def constants(self, value: Value, stack: Stack) -> Known:
        """The literals that a value may be; none where it may be something else."""
        found: dict[object, None] = {}
        by_calls = False
        for number, visit in enumerate(self._flow.walk(value, self._steps, stack=stack, limit=KEY_LIMIT)):
            by_calls |= visit.value.kind in _BY_CALLS and not visit.stack
            if visit.value.kind == "const":
                found[visit.value.data] = None
            elif number == KEY_LIMIT - 1 or not self._steps(visit.value, visit.stack):
                return Known((), False)
        return Known(tuple(found), by_calls)

    def _steps(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind not in _HANDED:
            return []
        steps = list(self._flow.back(value, stack))
        if value.kind == "param" and not stack:
            steps += self._flow.back_default(value, stack)
        return [step for step in steps if step.label != "object"]


def asked_for(read: Value) -> Value | None:
    """What a value is read by from an object, where that is no literal."""
    asked: Value | None = None
    if read.kind == "item" and read.data is None:
        asked = read.one("key")
    elif read.calls_method(*READS):
        asked = next(iter(read.arguments), None)
    elif read.calls_external("getattr"):
        asked = next(iter(read.arguments[1:2]), None)
    return asked if asked is not None and asked.kind in _HANDED else None

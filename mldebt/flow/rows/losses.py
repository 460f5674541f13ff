"""Rows lost without a trace: lines that a reader skips, errors that are swallowed, loops that stop early."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import partial
from operator import attrgetter

from mldebt.facts import record as r
from mldebt.flow.body import Body
from mldebt.flow.calls.words import keyword, says
from mldebt.flow.module import ScopeKey
from mldebt.flow.rows.gathering import Gathering
from mldebt.flow.rows.lost import Lost
from mldebt.flow.rows.surroundings import Surroundings
from mldebt.flow.rows.swallowed import Swallowed
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_REACHED = frozenset({"==", ">", ">="})
_AT = attrgetter("at")
ROWS_LIMIT = 80
FIELDS = 3
"""So many fields a row has at least whose number tells whether it was split as it should be."""


def skipping(flow: Flow, call: Value) -> str:
    """The option by which a reader skips rows that it cannot parse and says nothing; "" when it does not."""
    if "reads" not in flow.roles(call):
        return ""
    for name, lost in (("on_bad_lines", "skip"), ("ignore_errors", True), ("mode", "DROPMALFORMED")):
        if any(source.kind == "const" and source.data == lost for source in keyword(call, name)):
            return f"{name}={lost!r}"
    quiet = [name for name in ("error_bad_lines", "warn_bad_lines") if says(call, name, told=False)]
    return "error_bad_lines=False, warn_bad_lines=False" if len(quiet) == 2 else ""


class Losses:
    """Finds them. `content` are the values that read rows and work on them, `fetches` the calls that fetch a page of
    them from elsewhere."""

    def __init__(self, flow: Flow, content: Collection[Value], fetches: Collection[Value], min_rows: int) -> None:
        self.flow = flow
        self.gathering = Gathering(flow, fetches)
        self.min_rows = min_rows
        self._content: dict[Body, list[Value]] = {}
        for value in sorted(content, key=lambda value: (*value.body.key, value.at, value.number)):
            self._content.setdefault(value.body, []).append(value)
        self._calls: dict[Body, list[Value]] = {}
        """In the order of their places, where that was asked."""
        self._workers = {body.key for body in self._content if body.number}

    # ------------------------------------------------------------------ errors and loops

    def of(self, body: Body) -> Iterator[Lost]:
        """What a body swallows, and where it stops before the end."""
        around = Surroundings(body)
        swallowed = Swallowed(self.flow, body, around, partial(self._work, body), partial(self.gathering.work, body))
        for statement, end in around.placed:
            if isinstance(statement, r.Try):
                yield from swallowed.by(statement, end)
            elif isinstance(statement, r.For):
                yield from self._stopped(body, statement, statement.at, end)
                yield from self._failed(body, statement)
        yield from self._malformed(body)

    def _malformed(self, body: Body) -> Iterator[Lost]:
        """Rows that a comprehension leaves out as they have another number of fields: a reader split them wrongly."""
        for node in body.nodes:
            fields = _fields(node) if node.kind == "comprehension" else 0
            if not fields or any("logs" in self.flow.roles(call) for call in body.calls):
                continue
            work = self._read(node.every("iterable")[0])
            if work is not None:
                yield Lost(node.at, work, f"those without {fields} fields are left out", True)

    def _read(self, rows: Value) -> Value | None:
        """What reads rows, or works on them, on the way to a value."""
        for visit in self.flow.walk(rows, self.flow.back, limit=ROWS_LIMIT):
            if visit.value in self._content.get(visit.value.body, ()):
                return visit.value
        return None

    def _stopped(self, body: Body, loop: r.For, start: int, end: int) -> Iterator[Lost]:
        for statement in loop.body:
            if not (isinstance(statement, r.If) and len(statement.body) == 1 and not statement.orelse):
                continue
            leaves = statement.body[0]
            limit = self._limit(body.values.get(statement.test))
            if limit and isinstance(leaves, r.Jump) and leaves.kind == "break":
                work = self._work(body, start, end)
                if work is not None:
                    yield Lost(statement.at, work, f"the loop stops after {limit} rows", False)

    def _failed(self, body: Body, loop: r.For) -> Iterator[Lost]:
        """What a loop leaves out of the results of tasks that were asked to hand their errors back as results."""
        for statement in loop.body:
            if not (isinstance(statement, r.If) and len(statement.body) == 1 and isinstance(statement.body[0], r.Jump)):
                continue
            work = self.gathering.failing(body.values.get(statement.test))
            if work is not None and statement.body[0].kind == "continue":
                yield Lost(statement.at, work, "what failed is left out", True)

    def _limit(self, test: Value | None) -> str:
        """The literal number of rows at which a test ends a loop."""
        if test is None or test.kind != "compare" or len(test.inputs) != 2 or not set(test.data) <= _REACHED:  # type: ignore[call-overload]
            return ""
        counter, limit = (source for _, source in test.inputs)
        counts = counter.kind in ("item", "phi", "element", "operation") and counter.loops
        number = limit.data if limit.kind == "const" else None
        is_number = isinstance(number, int) and not isinstance(number, bool)
        return str(number) if counts and is_number and number >= self.min_rows else ""  # type: ignore[operator]

    def _work(self, body: Body, start: int, end: int) -> Value | None:
        """Work on rows between two offsets, here or in a function that is called there."""
        content = self._content.get(body, [])
        first = bisect_left(content, start, key=_AT)
        if first < len(content) and content[first].at < end:
            return content[first]
        calls = self._calls.get(body)
        if calls is None:
            calls = self._calls[body] = sorted(body.calls, key=_AT)
        inside = calls[bisect_left(calls, start, key=_AT) : bisect_left(calls, end, key=_AT)]
        for call in sorted(inside, key=attrgetter("number")):
            if any(label != "call" for label, _ in call.uses) and self._calls_worker(call):
                return call
        return self.gathering.work(body, start, end)

    def _calls_worker(self, call: Value) -> bool:
        keys: set[ScopeKey] = {t.key for t in self.flow.targets(call) if t.kind == "func" and not t.guessed}
        return not keys.isdisjoint(self._workers)


def _fields(comprehension: Value) -> int:
    """The number of fields that rows must have to be kept as they are; 0 where it is not asked."""
    kept = comprehension.every("element")
    waiting = comprehension.every("condition")
    while waiting and len(kept) == 1 and kept[0].kind == "element":
        test = waiting.pop()
        if test.kind == "operation" and test.data == "and":
            waiting += test.every("operand")
        operands = test.every("operand") if test.kind == "compare" and test.data == ("==",) else []
        number = next((each.data for each in operands if each.kind == "const"), None)
        counted = any(each.calls_external("len") and each.arguments == kept for each in operands)
        if counted and isinstance(number, int) and number >= FIELDS:
            return number
    return 0

"""Functions that are run for many items at once, each in a thread, a process or a task of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.flow.calls.runners import BESIDE, EACH, runner
from mldebt.flow.idioms import last_name, made_of
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_POOLS = ("Executor", "Pool")
_TOGETHER = frozenset({"gather", "create_task", "ensure_future", "start_soon", "as_completed", "wait"})
"""What runs coroutines side by side."""
_WAITING = ("join", "result", "wait", "get")
_RUNNING = ("run_until_complete", "asyncio.run")
"""What runs coroutines to their end."""
_WORKERS = frozenset({"max_workers", "processes", "n_jobs"})
PARTS = 4
HOLDERS = 3
"""How many containers a coroutine may be put in before it is run beside others."""


class AtOnce:
    """Which calls start a function for each item of a sequence, and do not wait for one before the next."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[ScopeKey, tuple[tuple[Value, Value], ...]] = {}

    def starts(self, key: ScopeKey) -> tuple[tuple[Value, Value], ...]:
        """The calls that run a function for every item of a sequence, each with the sequence."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._find(key))
        return found

    def _find(self, key: ScopeKey) -> Iterator[tuple[Value, Value]]:
        for call, place in self._flow.applied(*key):
            items = self._run_for(call, place)
            if items is not None and not _is_alone(call):
                yield call, items
        if any(node.kind == "same" and node.data == "await" for node in self._flow.body(*key).nodes):
            for call in self._flow.callers(*key):
                if (
                    call.loops
                    and is_given_element(call, call.loops[-1])
                    and _runs_beside(call)
                    and not _waits_for(call)
                ):
                    yield call, call.loops[-1]

    def _run_for(self, call: Value, place: int) -> Value | None:
        """The sequence for whose items a call runs the function that is its argument at a place."""
        found = runner(call)
        if found is None or found.when != BESIDE:
            return None
        if found.tells == EACH:
            return next(iter(call.arguments[1:2]), None) if place == 0 and self._is_of_pool(call) else None
        if not call.loops or not is_given_element(call, call.loops[-1]):
            return None
        return None if _waits_for(call) or _is_within_round(call) else call.loops[-1]

    def _is_of_pool(self, call: Value) -> bool:
        receiver = call.receiver
        names = [each.name for each in self._flow.types(receiver)] if receiver is not None else []
        return any(isinstance(name, str) and name.endswith(_POOLS) for name in names)


def is_given_element(call: Value, loop: Value) -> bool:
    """Whether a call is handed what a loop meets, or a part of it."""
    parts = (part for each in call.arguments for part in made_of(each, PARTS))
    return any(part.kind == "element" and part.source is loop for part in parts)


def _waits_for(start: Value) -> bool:
    """Whether what is started is waited for in the same loop, before the next item's turn."""
    there = [node for node in start.body.nodes if node.loops == start.loops]
    waiting = [
        node.function if node.calls_method(*_WAITING) else node
        for node in there
        if (node.kind == "same" and node.data == "await")
        or node.calls_method(*_WAITING, _RUNNING[0])
        or node.calls_external(*_RUNNING)
    ]
    return any(start in _of_round(each) for each in waiting)


def _of_round(value: Value, depth: int = PARTS) -> Iterator[Value]:
    """What a value is made of, without what lists keep of other rounds."""
    if value.kind != "mutate":
        yield value
        for _, source in value.inputs if depth else ():
            yield from _of_round(source, depth - 1)


def _is_within_round(call: Value) -> bool:
    """Whether what runs it is left, and has ended, before the next item's turn: `with ThreadPoolExecutor() as pool`."""
    parts = made_of(call.function, PARTS)
    return any(part.kind == "same" and part.data == "with" and part.loops == call.loops for part in parts)


def _is_alone(call: Value) -> bool:
    """Whether one worker does all, one item after the other."""
    made = (part for part in made_of(call.function, PARTS) if part.kind == "call" and part is not call)
    told = (pair for part in made for pair in part.named_arguments)
    return any(source.data == 1 and (not name or name in _WORKERS) for name, source in told if source.kind == "const")


def _runs_beside(call: Value) -> bool:
    """Whether a coroutine is handed to what runs it beside others: `gather(*[work(item) for item in items])`."""
    waiting = [call]
    for _ in range(HOLDERS):
        users = [
            user for value in waiting for label, user in value.uses if label in ("arg", "element", "spread", "item")
        ]
        started = [user for user in users if user.kind == "call" and last_name(user.function) in _TOGETHER]
        if started:
            return not any(map(_is_within_round, started))
        waiting = [user for user in users if user.kind in ("comprehension", "collection", "mutate")]
    return False

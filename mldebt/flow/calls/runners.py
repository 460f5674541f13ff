"""What runs a function that it is given elsewhere or later: threads, processes, pools, executors, task groups, queues.

They are told by their last name: the pool, loop or group is seldom of a type that is known."""

from __future__ import annotations

from typing import NamedTuple

from mldebt.flow.idioms import last_name
from mldebt.flow.value import Value

BEHIND, TOGETHER, EACH = "behind", "together", "each"
"""How a function is told what to work on: by the arguments behind it; by one that holds them all; item by item."""
BESIDE, LATER, AT_ONCE = "beside", "later", "at once"
"""When it runs: while the caller goes on; one after the other, once the caller is done; while the caller waits."""


class Runner(NamedTuple):
    """What a call does with the function that it is given. `tells` is "" where something else comes first, or may.
    `gives` says that the function's result comes back, if by way of a future or a coroutine."""

    when: str
    tells: str
    gives: bool


RUNNERS = {
    **dict.fromkeys(("Thread", "Process", "Timer", "start_new_thread"), Runner(BESIDE, TOGETHER, gives=False)),
    **dict.fromkeys(
        ("submit", "to_thread", "run_in_executor", "run_in_threadpool"), Runner(BESIDE, BEHIND, gives=True)
    ),
    "run_sync": Runner(BESIDE, "", gives=True),  # SQLAlchemy's gives the function a connection first, anyio's nothing
    "apply_async": Runner(BESIDE, TOGETHER, gives=True),
    "apply": Runner(AT_ONCE, "", gives=True),  # a pool's; a table's gives it rows or cells
    "start_soon": Runner(BESIDE, BEHIND, gives=False),
    "spawn": Runner(BESIDE, "", gives=True),  # PyTorch's gives the function a number first, gevent's nothing
    "add_task": Runner(LATER, BEHIND, gives=False),
    **dict.fromkeys(
        ("map", "imap", "imap_unordered", "map_async", "starmap", "starmap_async"), Runner(BESIDE, EACH, gives=True)
    ),
}
"""By name. What maps is one only where it is a method of a pool."""
_OF_TASKS = {
    **dict.fromkeys(("submit", "delay", "remote"), BEHIND),
    "apply_async": TOGETHER,
    **dict.fromkeys(("map", "expand"), EACH),
}
"""The methods of a task, of a queue or an orchestrator, that run its function elsewhere, and how that is told what to
work on."""
SUBMITTING = frozenset(name for name, tells in _OF_TASKS.items() if tells != TOGETHER)
"""Those whose arguments are the function's own, one or many a time."""
SENDING = frozenset(name for name, tells in _OF_TASKS.items() if tells != EACH)
"""Those that run the function once."""


def runner(call: Value) -> Runner | None:
    """What a call does with a function that it is given, if it is one of those that run it elsewhere or later."""
    return RUNNERS.get(last_name(call.function))


def runs_aside(call: Value) -> bool:
    """Whether a call runs a function that it is given while the caller goes on, or later."""
    found = runner(call)
    return found is not None and found.when != AT_ONCE


def gives_result(call: Value) -> bool:
    """Whether what a function gives that a call is given comes back from it as one value."""
    found = runner(call)
    return found is not None and found.gives and found.tells != EACH


def tells_all(call: Value) -> bool:
    """Whether a call tells a function that it is given what it is given beside it, and nothing else."""
    found = runner(call)
    return found is not None and found.tells in (BEHIND, TOGETHER)

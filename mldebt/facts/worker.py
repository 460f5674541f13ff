"""What a worker process does: reads sources, extracts facts and answers in bytes."""

from __future__ import annotations

import enum
import faulthandler
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from mldebt.facts.lean import load_libcst
from mldebt.facts.record import RECURSION_LIMIT
from mldebt.finding import Skipped
from mldebt.sources.source import Source, SourceFile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection  # a scan that finds everything in the store needs none

HAS_TIMER: Final = hasattr(signal, "setitimer")

_FULL_BYTES: Final = 1_000_000
_LEAST_SECONDS: Final = 4.0

Reader = Callable[[SourceFile], Source | Skipped]


class Outcome(enum.IntEnum):
    """What became of a file; the first byte of an answer."""

    FACTS = 1
    FACTS_BY_FALLBACK = 2
    NO_FACTS = 3
    UNREADABLE = 4
    TOO_SLOW = 5
    LOST = 6


class Answer(NamedTuple):
    """Encoded facts, or a reason."""

    outcome: Outcome
    body: bytes = b""
    reason: str = ""


def pack(answer: Answer) -> bytes:
    """One message."""
    return bytes((answer.outcome,)) + (answer.body or answer.reason.encode())


def unpack(message: bytes) -> Answer:
    """The answer in a message."""
    outcome = Outcome(message[0])
    if outcome in (Outcome.FACTS, Outcome.FACTS_BY_FALLBACK):
        return Answer(outcome, message[1:])
    return Answer(outcome, reason=message[1:].decode())


def allowance(budget: float, file: SourceFile) -> float:
    """The seconds of a processor that one file may take: all of the budget when it is large, four when it is small.
    What takes longer is no long text but a chain of calls or a sum so deep that parsing it takes its square."""
    return min(budget, max(_LEAST_SECONDS, budget * file.size / _FULL_BYTES))


def answer_for(file: SourceFile, read: Reader, prepare: Callable[[], None] = lambda: None) -> Answer:
    """Read one file and extract its facts; `prepare` is called before libcst is needed."""
    source = read(file)
    if isinstance(source, Skipped):
        return Answer(Outcome.UNREADABLE, reason=source.reason)
    # A file that cannot be read, or a cached one, must not cost the import of libcst.
    prepare()
    from mldebt.facts.extract import ExtractionError, extract

    try:
        found = extract(source.text, source.cells)
    except ExtractionError as error:
        return Answer(Outcome.NO_FACTS, reason=str(error))
    outcome = Outcome.FACTS_BY_FALLBACK if found.fell_back else Outcome.FACTS
    facts = msgspec.structs.replace(found.facts, left_out=source.skipped_cells) if source.skipped_cells else found.facts
    return Answer(outcome, msgspec.msgpack.encode(facts))


def work(channel: Connection, files: Sequence[SourceFile], read: Reader, budget: float, has_much: bool) -> None:
    """Answer for every file whose number comes, until None comes.

    A file that takes more than its part of `budget` seconds of the processor ends the process; `has_much` says that
    preparations are worth while.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C stops the parent, and it stops us
    gc.disable()  # trees hold no cycles
    sys.setrecursionlimit(RECURSION_LIMIT)
    _mute_stderr()
    if has_much:
        import_module("mldebt.facts.extract")  # whose handlers are told apart by libcst's own classes
        from mldebt.facts.nodes import hasten_nodes

        hasten_nodes()
    gone = suppress(EOFError, BrokenPipeError, ConnectionResetError)  # the parent, that is
    with gone, _LastWords(channel):
        while (number := channel.recv()) is not None:
            _allow(allowance(budget, files[number]))
            channel.send_bytes(pack(answer_for(files[number], read, load_libcst)))


def _allow(seconds: float) -> None:
    """From now on. Nothing but the signal's own deed, which is death, gets through to a parser that holds the lock of
    the interpreter. The processor's time counts, so that a busy machine changes no result."""
    if HAS_TIMER:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


class _LastWords:
    """Tells the parent what ends this process."""

    def __init__(self, channel: Connection) -> None:
        self._channel = channel

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not issubclass(kind, EOFError | BrokenPipeError | ConnectionResetError):
            self._channel.send_bytes(pack(Answer(Outcome.LOST, reason=f"{kind.__name__}: {error}")))


def _mute_stderr() -> None:
    """A parser that panics writes to it; the parent reports what matters."""
    faulthandler.disable()
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    sys.stderr = os.fdopen(sink, "w")

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
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from mldebt.finding import Skipped
from mldebt.sources.source import Source, SourceFile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection  # a scan that finds everything in the store needs none

RECURSION_LIMIT: Final = 20_000
"""A sum of thousands of terms is as deep a tree. Since 3.11 calls between Python functions take no C stack."""


Reader = Callable[[SourceFile], Source | Skipped]


class Outcome(enum.IntEnum):
    """What became of a file; the first byte of an answer. CLOCK is no outcome: it says that work begins only now."""

    CLOCK = 0
    FACTS = 1
    FACTS_BY_FALLBACK = 2
    NO_FACTS = 3
    UNREADABLE = 4
    LOST = 5


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


def answer_for(file: SourceFile, read: Reader, on_start: Callable[[], None] = lambda: None) -> Answer:
    """Read one file and extract its facts. `on_start` is called when only the file's own work is left."""
    source = read(file)
    if isinstance(source, Skipped):
        return Answer(Outcome.UNREADABLE, reason=source.reason)
    # A file that cannot be read, or a cached one, must not cost the import of libcst.
    from mldebt.facts.extract import ExtractionError, extract

    on_start()
    try:
        found = extract(source.text, source.cells)
    except ExtractionError as error:
        return Answer(Outcome.NO_FACTS, reason=str(error))
    outcome = Outcome.FACTS_BY_FALLBACK if found.fell_back else Outcome.FACTS
    return Answer(outcome, msgspec.msgpack.encode(found.facts))


def work(channel: Connection, files: Sequence[SourceFile], read: Reader, has_much: bool) -> None:
    """Answer for every file whose number comes, until None comes. `has_much` makes preparations worth while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C stops the parent, and it stops us
    gc.disable()  # trees hold no cycles
    sys.setrecursionlimit(RECURSION_LIMIT)
    _mute_stderr()
    if has_much:
        from mldebt.facts.nodes import hasten_nodes

        hasten_nodes()
    gone = suppress(EOFError, BrokenPipeError, ConnectionResetError)  # the parent, that is
    with gone, _LastWords(channel):
        channel.send_bytes(pack(Answer(Outcome.CLOCK)))
        while (number := channel.recv()) is not None:
            answer = answer_for(files[number], read, lambda: channel.send_bytes(pack(Answer(Outcome.CLOCK))))
            channel.send_bytes(pack(answer))


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

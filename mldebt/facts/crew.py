"""Worker processes, and what to do when one dies or takes too long: its file is lost, the scan is not."""

from __future__ import annotations

import importlib
import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from multiprocessing import connection
from multiprocessing.context import BaseContext
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import msgspec

from mldebt.facts.record import RECURSION_LIMIT
from mldebt.facts.worker import HAS_TIMER, Answer, Outcome, Reader, allowance, answer_for, unpack, work
from mldebt.sources.source import SourceFile

_AHEAD: Final = 3
"""How many files a worker has in hand, so that it need not wait for the parent."""

START_METHOD: Final = "fork" if sys.platform == "linux" else "spawn"
"""Fork shares what is loaded and starts at once; macOS has it, but its system libraries do not survive it."""

_PATIENCE: Final = 300.0
"""Wall seconds for a worker to start and for what its timer cannot see, such as a disk that does not answer: so many
that a processor which others use as well changes no result."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How many workers, how many seconds a file may take, whether each worker has so much to do that preparations pay
    off, and how processes start."""

    workers: int
    budget: float
    has_much: bool = False
    method: str = START_METHOD


def iter_answers(files: Sequence[SourceFile], read: Reader, terms: Terms) -> Generator[tuple[int, Answer], None, None]:
    """Numbers of files with their answers, as they come."""
    if not _can_have_children():
        yield from _in_process(files, read)
        return
    with closing(_Crew(files, read, terms)) as crew:
        yield from crew.answers()


def _in_process(files: Sequence[SourceFile], read: Reader) -> Iterator[tuple[int, Answer]]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        for number, file in enumerate(files):
            yield number, answer_for(file, read)
    finally:
        sys.setrecursionlimit(before)


def _can_have_children() -> bool:
    return not multiprocessing.current_process().daemon  # a worker of somebody's pool may not


class _Worker:
    __slots__ = ("channel", "is_new", "numbers", "process", "since")

    def __init__(self, process: Any, channel: connection.Connection) -> None:
        self.process = process
        self.channel = channel
        self.numbers: deque[int] = deque()
        self.since = time.monotonic()
        self.is_new = True


class _Crew:
    def __init__(self, files: Sequence[SourceFile], read: Reader, terms: Terms) -> None:
        self._context: BaseContext = multiprocessing.get_context(terms.method)
        self._files = files
        self._read = read
        self._terms = terms
        self._waiting = deque(range(len(files)))
        self._workers: list[_Worker] = []
        if terms.has_much and terms.method == "fork":
            importlib.import_module("mldebt.facts.extract")  # once instead of in every worker
        for _ in range(min(terms.workers, len(files))):
            self._start()

    def answers(self) -> Iterator[tuple[int, Answer]]:
        """All of them."""
        while self._workers:
            for worker in self._ready():
                yield from self._hear(worker)
            now = time.monotonic()
            for worker in list(self._workers):
                if now > self._deadline(worker) and not worker.channel.poll():
                    yield from self._lose(worker, Outcome.LOST, "took too long to answer")

    def close(self) -> None:
        """Stop everybody."""
        for worker in self._workers:
            worker.process.kill()
            _bury(worker)
        self._workers.clear()

    def _start(self) -> None:
        here, there = self._context.Pipe()
        process: Any = self._context.Process(  # type: ignore[attr-defined]
            target=work, args=(there, self._files, self._read, self._terms.budget, self._terms.has_much), daemon=True
        )
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)  # threads of a progress bar hold no lock that a worker wants
            process.start()
        there.close()
        worker = _Worker(process, here)
        self._workers.append(worker)
        self._feed(worker)

    def _feed(self, worker: _Worker) -> None:
        """Keep it busy, or let it go."""
        try:
            while self._waiting and len(worker.numbers) < _AHEAD:
                worker.channel.send(self._waiting[0])
                worker.numbers.append(self._waiting.popleft())
            if not worker.numbers:
                worker.channel.send(None)
        except (BrokenPipeError, ConnectionResetError):
            return  # its end is noticed when it is listened to
        if not worker.numbers:
            self._workers.remove(worker)
            _bury(worker)

    def _ready(self) -> list[_Worker]:
        nearest = min(map(self._deadline, self._workers))
        timeout = max(0.0, nearest - time.monotonic()) + 0.01
        ready = set(connection.wait([worker.channel for worker in self._workers], timeout))
        return [worker for worker in self._workers if worker.channel in ready]

    def _deadline(self, worker: _Worker) -> float:
        """How long to wait for its next answer."""
        alone = self._terms.budget if not HAS_TIMER and not worker.is_new else 0.0
        return worker.since + (alone or max(_PATIENCE, 5 * self._terms.budget))

    def _hear(self, worker: _Worker) -> Iterator[tuple[int, Answer]]:
        try:
            answer = unpack(worker.channel.recv_bytes())
        except (EOFError, OSError):
            worker.process.join()
            yield from self._lose(worker, *self._ending(worker))
            return
        worker.since = time.monotonic()
        worker.is_new = False
        if answer.outcome is Outcome.LOST:
            yield from self._lose(worker, Outcome.LOST, f"made the extractor fail ({answer.reason})")
        else:
            yield worker.numbers.popleft(), answer
            self._feed(worker)

    def _ending(self, worker: _Worker) -> tuple[Outcome, str]:
        exitcode = worker.process.exitcode
        if HAS_TIMER and exitcode == -signal.SIGPROF and worker.numbers:
            allowed = allowance(self._terms.budget, self._files[worker.numbers[0]])
            return Outcome.TOO_SLOW, f"takes longer than {allowed:.2g} seconds to parse"
        how = f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
        return Outcome.LOST, f"made the parser end abruptly ({how})"

    def _lose(self, worker: _Worker, outcome: Outcome, reason: str) -> Iterator[tuple[int, Answer]]:
        """The file it was at is lost; the others in its hands go to a new worker."""
        worker.process.kill()
        self._workers.remove(worker)
        _bury(worker)
        if worker.numbers:
            lost = worker.numbers.popleft()
            self._waiting.extendleft(reversed(worker.numbers))
            yield lost, Answer(outcome, reason=reason)
        if self._waiting:
            self._start()


def _bury(worker: _Worker) -> None:
    worker.process.join()
    worker.channel.close()
    worker.process.close()

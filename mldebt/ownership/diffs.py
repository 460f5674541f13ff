"""Line differences of many unrelated pairs of blobs, from git's own diff code.

Pairs are laid side by side in two made-up trees, which a long-lived `git diff-tree` compares: thousands of pairs cost
one process, and the hunks are exactly those that `git blame` sees."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository, tree_entry, write_tree
from mldebt.ownership.hunks import FILE_MARK, Hunks, parse_file

_FIRST_BATCH = 50  # the processes are to have something to do early on
_BATCH = 800
_CHUNK = 4 << 20
_PIECE = 1 << 16
_WAIT = 0.002
_END = b"\n.\n"
_NUMBER = b"%09d"
COMMAND = (
    *("diff-tree", "--stdin", "-r", "-p", "-U0", "--inter-hunk-context=0", "--no-renames", "--full-index", "--text"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers", "--indent-heuristic"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--submodule=short"),
)


class Differ:
    """Collects pairs and has them compared in the background. `hunks` has those of each pair, None as long as they are
    not known; at the end, only those with a missing blob are not. `large` says whether they take or add many lines."""

    def __init__(self, isolation: IsolatedRepository, *, workers: int = 2) -> None:
        self.hunks: list[Hunks | None] = []
        self.large: list[int] = []
        self._isolation = isolation
        self._numbers: dict[bytes, int] = {}
        self._pairs: list[tuple[bytes, bytes]] = []
        self._waiting: list[list[int]] = [[] for _ in range(workers)]
        self._batch = _FIRST_BATCH
        self._running: dict[int, _Answers] = {}
        self._printed: list[_Answers] = []
        self._places: dict[int, tuple[_Answers, int, int]] = {}

    def add(self, old: bytes, new: bytes, path: bytes = b"") -> int:
        """The number of a pair of blob ids. All pairs of one path go to the same process: git keeps what it has read of
        the versions of a file for the next of them."""
        key = old + new
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._pairs)
            self._pairs.append((old, new))
            self.hunks.append(None if old != new else ())
            self.large.append(0)
            if old != new:
                lanes = len(self._waiting)
                self._queue(number, sum(path) % lanes if lanes > 1 else 0)
        return number

    def send(self) -> None:
        """Has what was collected so far compared; a large enough collection is sent by itself."""
        if not self._running and sum(map(len, self._waiting)) <= _FIRST_BATCH:
            self._waiting = [sorted(chain.from_iterable(self._waiting)), *([] for _ in self._waiting[1:])]
        for lane in range(len(self._waiting)):
            self._send(lane)

    def take(self) -> bool:
        """Notes what was found so far; False if there was nothing new."""
        taken = False
        for lane in range(len(self._waiting)):
            self._send_many(lane)
        for answers in self._running.values():
            for number, hunks, large, place, size in answers.take():
                taken = True
                self.hunks[number], self.large[number] = hunks, large
                if large:
                    self._places[number] = answers, place, size
        return taken

    def printed(self, number: int) -> bytes:
        """What git printed of a pair that takes or adds many lines, as long as this is not ended."""
        found = self._places.get(number)
        return found[0].printed(*found[1:]) if found is not None else b""

    def finish(
        self, taken: Callable[[], object] = lambda: None, meanwhile: Callable[[], bool] = lambda: False
    ) -> Sequence[Hunks | None]:
        """Waits for the rest; says whenever a part of it was `taken`, and does something else `meanwhile`, as long as
        there is something. It may be asked again after more pairs."""
        self.send()
        if self._collect(taken, meanwhile):
            self._retry()
        return self.hunks

    def end(self) -> None:
        """Ends the git processes that still run."""
        for answers in self._printed:
            answers.end()
        self._printed, self._running = [], {}

    def _queue(self, number: int, lane: int) -> None:
        waiting = self._waiting[lane]
        waiting.append(number)
        if not len(waiting) % _FIRST_BATCH:
            self._send_many(lane)

    def _send_many(self, lane: int) -> None:
        if len(self._waiting[lane]) >= self._batch:
            self._send(lane)
            self._batch = min(_BATCH, max(_FIRST_BATCH, len(self._pairs) // len(self._waiting)))

    def _send(self, lane: int) -> None:
        numbers = self._waiting[lane]
        if not numbers:
            return
        if lane not in self._running:
            file = self._isolation.git_dir / f"differences-{os.urandom(4).hex()}"
            self._running[lane] = _Answers(self._isolation, file)
            self._printed.append(self._running[lane])
        self._waiting[lane] = []
        for start in range(0, len(numbers), _BATCH):
            some = numbers[start : start + _BATCH]
            self._running[lane].tell(made_up_trees(self._isolation, ((each, *self._pairs[each]) for each in some)))

    def _collect(self, taken: Callable[[], object], meanwhile: Callable[[], bool]) -> bool:
        """Reads what the processes print while they work; True if one of them failed. The others wait for more."""
        failed = False
        awaited = dict(self._running)
        for answers in awaited.values():
            answers.ask_for_all()
        while awaited:
            if self.take():
                taken()
            elif not meanwhile():
                time.sleep(_WAIT)
            for lane in [lane for lane, answers in awaited.items() if answers.is_over]:
                if awaited.pop(lane).process.has_ended():
                    failed |= self._running.pop(lane).process.finish() != 0
        return failed

    def _retry(self) -> None:
        """Compares again what was not answered, without the pairs whose blobs are missing."""
        unanswered = [number for number, found in enumerate(self.hunks) if found is None]
        missing = self._missing({blob for number in unanswered for blob in self._pairs[number]})
        unanswered = [number for number in unanswered if missing.isdisjoint(self._pairs[number])]
        for start in range(0, len(unanswered), _BATCH):
            self._waiting[0] = unanswered[start : start + _BATCH]
            self._send(0)
        if self._collect(lambda: None, lambda: False):
            raise GitError("git diff-tree failed")

    def _missing(self, blobs: Iterable[bytes]) -> set[bytes]:
        asked = b"\n".join(sorted(blobs)) + b"\n"
        answers = self._isolation.run(["cat-file", "--batch-check"], stdin=asked).splitlines()
        return {answer.split()[0] for answer in answers if answer.endswith(b"missing")}


def made_up_trees(isolation: IsolatedRepository, pairs: Iterable[tuple[int, bytes, bytes]]) -> bytes:
    """What to tell git for numbered pairs of blobs to be compared."""
    listed = list(pairs)
    old = write_tree(isolation, [tree_entry(_NUMBER % number, blob) for number, blob, _ in listed])
    new = write_tree(isolation, [tree_entry(_NUMBER % number, blob) for number, _, blob in listed])
    return old + b" " + new + b"\n"


class _Answers:
    """A git process that compares, and what it prints, into a file: a pipe would make it wait for whoever reads."""

    def __init__(self, isolation: IsolatedRepository, file: Path) -> None:
        with file.open("wb") as output:
            self.process = isolation.popen(COMMAND, output=output)
        self._printed = file.open("rb", buffering=0)
        self._rest = b"\n"
        self._read = self._told = 0
        self._place = -1
        self.is_over = False

    def tell(self, line: bytes) -> None:
        """Tells git what to do next."""
        self.is_over = False
        with contextlib.suppress(BrokenPipeError):  # it met a missing blob and died; `_retry` mends that
            self.process.stdin.write(line)
            self.process.stdin.flush()

    def ask_for_all(self) -> None:
        """Makes git write out what it holds. It repeats the line, as it is no object id; no line of a file can be taken
        for it: those start with a sign."""
        self.tell(_END[1:])

    def take(self) -> Iterator[tuple[int, Hunks, int, int, int]]:
        """What git has told by now of each pair, and where what it printed of them stands and
        how much it is. Nothing, where that is too little to be worth a look."""
        ended = self.process.has_ended()
        printed = os.fstat(self._printed.fileno()).st_size - self._read
        ended = ended or self._has_all(self._read + printed)
        if self.is_over or (not ended and printed < _PIECE):
            return
        chunk = self.printed(self._read, _CHUNK)
        self._read += len(chunk)
        self.is_over = ended and len(chunk) == printed
        files = (self._rest + chunk).split(FILE_MARK)
        if self.is_over:
            self._rest = b""
            self._told = self._read
        elif len(files) == 1:
            self._rest = files[0]
            return
        else:
            self._rest = FILE_MARK + files.pop()
        for file in files:
            found = parse_file(file)
            if found is not None:
                yield *found, self._place, len(file)
            self._place += len(file) + len(FILE_MARK)
        self._place -= len(FILE_MARK)

    def _has_all(self, size: int) -> bool:
        """Whether what was printed so far is all that was asked for."""
        return size > max(self._told, len(_END)) and self.printed(size - len(_END), len(_END)) == _END

    def printed(self, place: int, size: int) -> bytes:
        """A part of what git printed."""
        self._printed.seek(place)
        return self._printed.read(size)

    def end(self) -> None:
        """Ends the process and lets the file go."""
        self.process.end()
        self._printed.close()

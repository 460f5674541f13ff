"""Line differences of many unrelated pairs of blobs, from git's own diff code.

Pairs are laid side by side in two made-up trees, which a long-lived `git diff-tree` compares: thousands of pairs cost
one process, and the hunks are exactly those that `git blame` sees."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from mldebt.errors import GitError
from mldebt.git import GitProcess, IsolatedRepository, tree_entry, write_tree

_FIRST_BATCH = 100  # the processes are to have something to do early on
_BATCH = 400
_CHUNK = 4 << 20
_WAIT = 0.002
_FILE_MARK = b"\ndiff --git a/"
_NUMBER = b"%09d"
_DIGITS = 9
_COMMAND = (
    *("diff-tree", "--stdin", "-r", "-p", "-U0", "--inter-hunk-context=0", "--no-renames", "--full-index", "--text"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers", "--indent-heuristic"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--submodule=short"),
)


Hunk = tuple[int, int, int, int]
"""Where lines began and how many they were, where they begin now and how many they are; counted from 0."""


class Differ:
    """Collects pairs, has them compared in the background, and hands out the hunks at the end."""

    def __init__(self, isolation: IsolatedRepository, *, workers: int = 2) -> None:
        self._isolation = isolation
        self._workers = workers
        self._numbers: dict[bytes, int] = {}
        self._pairs: list[tuple[bytes, bytes]] = []
        self._hunks: list[tuple[Hunk, ...] | None] = []
        self._sent = 0
        self._batch = _FIRST_BATCH
        self._turn = 0
        self._running: list[_Answers] = []
        self._started = 0

    def add(self, old: bytes, new: bytes) -> int:
        """The number of a pair of blob ids; its hunks stand there in what `finish` returns."""
        key = old + new
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._pairs)
            self._pairs.append((old, new))
            if len(self._pairs) - self._sent >= self._batch:
                self.send()
        return number

    def send(self) -> None:
        """Has what was collected so far compared; a large enough collection is sent by itself."""
        if self._sent == len(self._pairs):
            return
        if len(self._running) < self._workers:
            self._running.append(self._start())
            answers = self._running[-1]
        else:
            answers = self._running[self._turn % self._workers]
            self._turn += 1
        self._send(answers.process, range(self._sent, len(self._pairs)))
        self._sent = len(self._pairs)
        self._batch = min(_BATCH, _FIRST_BATCH + self._sent // 4)

    def finish(self) -> list[tuple[Hunk, ...] | None]:
        """The hunks of every pair; None where one of its blobs is missing. It may be asked again after more pairs."""
        self.send()
        hunks = self._hunks
        hunks += [None] * (len(self._pairs) - len(hunks))
        if self._collect(hunks):
            self._retry(hunks)
        return [() if old == new else found for (old, new), found in zip(self._pairs, hunks, strict=True)]

    def end(self) -> None:
        """Ends the git processes that still run."""
        for answers in self._running:
            answers.end()
        self._running = []

    def _start(self) -> _Answers:
        self._started += 1
        return _Answers(self._isolation, self._isolation.git_dir / f"differences-{self._started}")

    def _send(self, process: GitProcess, numbers: Sequence[int]) -> None:
        old, new = (
            write_tree(self._isolation, (tree_entry(_NUMBER % n, self._pairs[n][side]) for n in numbers))
            for side in (0, 1)
        )
        try:
            process.stdin.write(old + b" " + new + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it met a missing blob and died; `_retry` mends that

    def _collect(self, hunks: list[tuple[Hunk, ...] | None]) -> bool:
        """Reads what the processes print while they work; True if one of them failed."""
        waiting, self._running = self._running, []
        failed = False
        try:
            for answers in waiting:
                answers.process.close_input()
            while waiting:
                before = len(waiting)
                taken = sum(answers.take(hunks) for answers in waiting)
                for answers in [each for each in waiting if each.is_over]:
                    failed |= answers.process.finish() != 0
                    answers.end()
                    waiting.remove(answers)
                if not taken and len(waiting) == before:
                    time.sleep(_WAIT)
        finally:
            for answers in waiting:
                answers.end()
        return failed

    def _retry(self, hunks: list[tuple[Hunk, ...] | None]) -> None:
        """Compares again what was not answered, without the pairs whose blobs are missing."""
        unanswered = [number for number, found in enumerate(hunks) if found is None]
        missing = self._missing({blob for number in unanswered for blob in self._pairs[number]})
        unanswered = [number for number in unanswered if missing.isdisjoint(self._pairs[number])]
        self._running = [self._start()]
        for start in range(0, len(unanswered), _BATCH):
            self._send(self._running[0].process, unanswered[start : start + _BATCH])
        if self._collect(hunks):
            raise GitError("git diff-tree failed")

    def _missing(self, blobs: Iterable[bytes]) -> set[bytes]:
        asked = b"\n".join(sorted(blobs)) + b"\n"
        answers = self._isolation.run(["cat-file", "--batch-check"], stdin=asked).splitlines()
        return {answer.split()[0] for answer in answers if answer.endswith(b"missing")}


class _Answers:
    """A git process that compares, and what it prints, into a file: a pipe would make it wait for whoever reads."""

    def __init__(self, isolation: IsolatedRepository, file: Path) -> None:
        with file.open("wb") as output:
            self.process = isolation.popen(_COMMAND, output=output)
        self._printed = file.open("rb")
        self._rest = b"\n"
        self._ranges: dict[bytes, tuple[int, int]] = {}
        self.is_over = False

    def take(self, hunks: list[tuple[Hunk, ...] | None]) -> int:
        """Notes the hunks of what is printed by now; the number of bytes that were new."""
        ended = self.process.has_ended()
        chunk = self._printed.read(_CHUNK)
        # Content lines start with a sign, so that no line of a file can be taken for a mark.
        files = (self._rest + chunk).split(_FILE_MARK)
        self.is_over = ended and not chunk
        self._rest = b"" if self.is_over else _FILE_MARK + files.pop()
        for file in files:
            found = _parse_file(file.removeprefix(_FILE_MARK), self._ranges)
            if found is not None:
                hunks[found[0]] = found[1]
        return len(chunk)

    def end(self) -> None:
        """Ends the process and lets the file go."""
        self.process.end()
        self._printed.close()


def _parse_file(text: bytes, ranges: dict[bytes, tuple[int, int]]) -> tuple[int, tuple[Hunk, ...]] | None:
    """`ranges` are those that were met before: most come again."""
    number, parts = text[:_DIGITS], text.split(b"\n@@ -")
    if len(parts) == 1 or not number.isdigit():
        return None
    hunks = []
    for part in parts[1:]:
        old, new, _ = part.split(b" ", 2)
        before, after = ranges.get(old), ranges.get(new)
        if before is None:
            before = ranges[old] = _range(old)
        if after is None:
            after = ranges[new] = _range(new)
        hunks.append(before + after)
    return int(number), tuple(hunks)


def _range(text: bytes) -> tuple[int, int]:
    """Start from 0 and length of "12", "12,3" or "+12,0" (an empty range names the line before it)."""
    start, comma, count = text.partition(b",")
    if not comma:
        return int(start) - 1, 1
    length = int(count)
    return (int(start) - 1 if length else int(start)), length

"""Line differences of many unrelated pairs of blobs, from git's own diff code.

Pairs are laid side by side in two made-up trees, which a long-lived `git diff-tree` compares: thousands of pairs cost
one process, and the hunks are exactly those that `git blame` sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from mldebt.errors import GitError
from mldebt.git import GitProcess, IsolatedRepository, tree_entry, write_tree

_BATCH = 400
_CHUNK = 8 << 20
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
        self._sent = 0
        self._turn = 0
        self._running: list[tuple[GitProcess, IO[bytes]]] = []

    def add(self, old: bytes, new: bytes) -> int:
        """The number of a pair of blob ids; its hunks stand there in what `finish` returns."""
        key = old + new
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._pairs)
            self._pairs.append((old, new))
            if len(self._pairs) - self._sent >= _BATCH:
                self._flush()
        return number

    def finish(self) -> list[tuple[Hunk, ...] | None]:
        """The hunks of every pair; None where one of its blobs is missing."""
        self._flush()
        hunks: list[tuple[Hunk, ...] | None] = [None] * len(self._pairs)
        if self._collect(hunks):
            self._retry(hunks)
        return [() if old == new else found for (old, new), found in zip(self._pairs, hunks, strict=True)]

    def end(self) -> None:
        """Ends the git processes that still run."""
        for process, output in self._running:
            process.end()
            output.close()
        self._running = []

    def _flush(self) -> None:
        if self._sent == len(self._pairs):
            return
        if len(self._running) < self._workers:
            self._running.append(self._start())
            process = self._running[-1][0]
        else:
            process = self._running[self._turn % self._workers][0]
            self._turn += 1
        self._send(process, range(self._sent, len(self._pairs)))
        self._sent = len(self._pairs)

    def _start(self) -> tuple[GitProcess, IO[bytes]]:
        import tempfile  # not at the top: dear, and not needed when nothing changed

        output = tempfile.TemporaryFile(dir=self._isolation.git_dir)  # noqa: SIM115 -- closed by whoever reads it
        return self._isolation.popen(_COMMAND, output=output), output

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
        """Reads what all processes printed; True if one of them failed."""
        running, self._running = self._running, []
        failed = False
        for process, _ in running:
            process.close_input()
        for process, output in running:
            failed |= process.finish() != 0
            with output:
                output.seek(0)
                for number, found in _parse(output):
                    hunks[number] = found
        return failed

    def _retry(self, hunks: list[tuple[Hunk, ...] | None]) -> None:
        """Compares again what was not answered, without the pairs whose blobs are missing."""
        unanswered = [number for number, found in enumerate(hunks) if found is None]
        missing = self._missing({blob for number in unanswered for blob in self._pairs[number]})
        unanswered = [number for number in unanswered if missing.isdisjoint(self._pairs[number])]
        self._running = [self._start()]
        for start in range(0, len(unanswered), _BATCH):
            self._send(self._running[0][0], unanswered[start : start + _BATCH])
        if self._collect(hunks):
            raise GitError("git diff-tree failed")

    def _missing(self, blobs: Iterable[bytes]) -> set[bytes]:
        asked = b"\n".join(sorted(blobs)) + b"\n"
        answers = self._isolation.run(["cat-file", "--batch-check"], stdin=asked).splitlines()
        return {answer.split()[0] for answer in answers if answer.endswith(b"missing")}


def _parse(output: IO[bytes]) -> Iterator[tuple[int, tuple[Hunk, ...]]]:
    """Pair number and hunks of each file in the text that git printed. Content lines start with a sign, so that no line
    of a file can be taken for a mark."""
    rest = b"\n"
    ranges: dict[bytes, tuple[int, int]] = {}
    while True:
        chunk = output.read(_CHUNK)
        files = (rest + chunk).split(_FILE_MARK)
        rest = _FILE_MARK + files.pop() if chunk else b""
        for file in files:
            found = _parse_file(file.removeprefix(_FILE_MARK), ranges)
            if found is not None:
                yield found
        if not chunk:
            return


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

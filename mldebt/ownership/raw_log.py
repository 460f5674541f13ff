"""The log of a history with the raw record of every file that each commit changed, read while git writes it.

Git writes into a file: into a pipe it would write commit by commit, and wait for whoever reads. What the file has is
read again for code that was moved out of files which nothing follows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository

_CHUNK = 1 << 18
_WAIT = 0.001
_COMMAND = (
    *("-c", "log.showRoot=false", "log", "--ignore-missing", "--stdin", "--topo-order", "--parents", "--source", "-m"),
    *("--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--no-decorate", "--no-notes", "--no-show-signature", "--no-mailmap", "--encoding=none", "--pretty=oneline"),
)

Told = tuple[bytes, list[bytes]]
"""Header and flat list of raw records (status, path, status, path, …) of a commit and one of its parents."""


class RawLog:
    """A log that git began to write, of the history of some revisions or, unless it is `deep`, of them alone. One that
    the repository no longer has is left out: without an end that is gone, the log goes to the beginning."""

    def __init__(self, isolation: IsolatedRepository, revisions: Iterable[bytes], *, deep: bool = True) -> None:
        file = isolation.git_dir / f"log-{os.urandom(4).hex()}"
        with file.open("wb") as output:
            self._process = isolation.popen(_COMMAND if deep else (*_COMMAND, "--no-walk=unsorted"), output=output)
        self._written = file.open("rb", buffering=0)  # closed by `end`
        self._places: dict[bytes, int] = {}
        self._place = 0
        with contextlib.suppress(BrokenPipeError):  # its exit code tells
            self._process.stdin.write(b"\n".join(revisions) + b"\n")
        self._process.close_input()

    def read(
        self, commits: Iterable[bytes] = (), meanwhile: Callable[[], object] = lambda: None
    ) -> Iterator[list[Told]]:
        """What is told of all commits, some at a time, from the first of some `commits` on or a little before.
        `meanwhile` is done where git has to be waited for."""
        tokens: list[bytes] = []
        rest, end = b"", 1
        # Of commits that were not met yet, it is known that they come later.
        place = read = min((self._places.get(commit, self._place) for commit in commits), default=0)
        for chunk in self._chunks(place, meanwhile):
            read += len(chunk)
            parts = (rest + chunk).split(b"\0")
            rest = parts.pop()
            tokens += parts
            start, size = 0, len(tokens)
            told: list[Told] = []
            while True:
                while end < size and tokens[end].startswith(b":"):
                    end += 2
                if end >= size:
                    break
                self._places.setdefault(tokens[start].partition(b" ")[0], place)
                told.append((tokens[start], tokens[start + 1 : end]))
                start, end = end, end + 1
            if told:
                yield told
                del tokens[:start]
                end -= start
                place = read - len(rest) - len(tokens) - sum(map(len, tokens))
                self._place = max(place, self._place)
        if tokens:
            yield [(tokens[0], tokens[1:])]

    def _chunks(self, place: int, meanwhile: Callable[[], object]) -> Iterator[bytes]:
        self._written.seek(place)
        ended = False
        while not ended:
            ended = self._process.has_ended()
            while chunk := self._written.read(_CHUNK):
                yield chunk
            if not ended and not meanwhile():
                time.sleep(_WAIT)
        if self._process.finish():
            raise GitError("git log failed on this history")

    def end(self) -> None:
        """Stops git and lets the file go; may be called twice."""
        self._process.end()
        self._written.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()


def revisions(head: bytes, known: bytes | None) -> list[bytes]:
    """What to walk where the lines at an earlier commit are known. Files that were not asked for at this same one need
    all of it."""
    return [head] if known is None or known == head else [head, b"^" + known]


def parse_header(header: bytes, id_length: int) -> tuple[tuple[bytes, ...], bytes]:
    """The parents in "commit parent … (from parent)⇥revision subject", and the one that it was compared with. Some
    versions of git write the last two marks in the other order."""
    ids, _, rest = header.partition(b"\t")
    ids, mark, compared = ids.partition(b" (from ")
    if not mark:
        mark, compared = rest[id_length : id_length + 7], rest[id_length + 7 :]
    parents = tuple(ids.split(b" ")[1:])
    if len(parents) < 2:
        return parents, parents[0] if parents else b""
    return parents, compared[:id_length] if mark == b" (from " else b""

"""The log of a history with the raw record of every file that each commit changed, read while git writes it.

Git writes into a file: into a pipe it would write commit by commit, and wait for whoever reads. What the file has is
read again for code that was moved out of files which nothing follows."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository
from mldebt.regex import regex

_CHUNK = 1 << 20
_WAIT = 0.001
_COMMAND = (
    *("-c", "log.showRoot=false", "log", "--ignore-missing", "--stdin", "--topo-order", "--parents", "--source", "-m"),
    *("--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--no-decorate", "--no-notes", "--no-show-signature", "--no-mailmap", "--encoding=none", "--pretty=oneline"),
)

Told = tuple[bytes, bytes]
"""Header and raw records of a commit and one of its parents."""

# A header, and records: a status that begins with a colon, and a path, which may hold anything but NUL. The last record
# may be cut off anywhere.
_TOLD = regex(rb"([^\0:][^\0]*+)\0((?::[^\0]*+(?:\0[^\0]*+(?:\0|\Z)|\Z))*+)")


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

    def is_written(self) -> bool:
        """Whether git is done."""
        return self._process.has_ended()

    def read(
        self, commits: Iterable[bytes] = (), meanwhile: Callable[[], object] = lambda: None
    ) -> Iterator[list[Told]]:
        """What is told of all commits, some at a time, from the first of some `commits` on or a little before.
        `meanwhile` is done where git has to be waited for."""
        rest, enough = b"", 0
        # Of commits that were not met yet, it is known that they come later.
        place = min((self._places.get(commit, self._place) for commit in commits), default=0)
        for chunk in self._chunks(place, meanwhile):
            rest += chunk
            if len(rest) < enough:
                continue
            told = _TOLD.findall(rest)[:-1]  # of the last one, more may follow
            if told:
                size = sum(map(len, itertools.chain.from_iterable(told))) + len(told)
                self._note(told, place, size)
                yield told
                rest = rest[size:]
                place += size
                self._place = max(place, self._place)
            enough = 2 * len(rest)  # a large commit is not to be looked at again with every chunk
        told = _TOLD.findall(rest)
        self._note(told, place, len(rest))
        yield told

    def _note(self, told: Iterable[Told], place: int, size: int) -> None:
        """Where commits are told, unless all of it was read before."""
        if place + size > self._place:
            for header, _ in told:
                self._places.setdefault(header.partition(b" ")[0], place)

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


def split_records(records: bytes) -> tuple[list[bytes], list[bytes]]:
    """The status of each record (":modes blobs letter"), and its path."""
    fields = records.split(b"\0")
    return fields[:-1:2], fields[1::2]


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

"""Content keys: the id that git gives a blob, remembered by what `stat` says while that can be trusted."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from typing import NamedTuple

_RACY_NS = 2_000_000_000  # the coarsest clock of a file system that people use (FAT)


def blob_key(data: bytes) -> str:
    """The SHA-1 that git names this content by."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


class Known(NamedTuple):
    """What was learnt of a file by reading it: its key, and what its head says about its category."""

    key: str
    head: str


class MemoEntry(NamedTuple):
    """A file's state when it was read, and what was learnt."""

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int
    known: Known


class KeyMemo:
    """Remembers the keys of unchanged files between runs. The caller keeps `entries` (plain values by path) and gives
    them back for the same root; `changed` says whether they differ from what was given.

    Git's rule for its own index holds here: a file that was written so shortly before it was read that a second write
    could leave the same time stamp is not remembered."""

    def __init__(self, entries: Mapping[str, MemoEntry] | None = None, *, now: int | None = None) -> None:
        self._old = dict(entries or {})
        self._started = time.time_ns() if now is None else now
        self.entries: dict[str, MemoEntry] = {}

    @property
    def changed(self) -> bool:
        """Whether there is something new to keep."""
        return self.entries != self._old

    def find(self, path: str, state: os.stat_result) -> Known | None:
        """What is known of a file in this state."""
        entry = self._old.get(path)
        if entry is None or entry[:4] != _identity(state):
            return None
        self.entries[path] = entry
        return entry.known

    def remember(self, path: str, state: os.stat_result, known: Known) -> None:
        """Keeps what was learnt of a file; `state` is from before it was read."""
        if max(state.st_mtime_ns, state.st_ctime_ns) < self._started - _RACY_NS:
            self.entries[path] = MemoEntry(*_identity(state), known)


def _identity(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino, state.st_ctime_ns

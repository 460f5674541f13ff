"""The log of a history: one entry a commit."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository


class Entry(NamedTuple):
    """A commit as the log tells it."""

    name: bytes
    parents: tuple[bytes, ...]
    author: tuple[bytes, bytes]
    time: int
    committer: tuple[bytes, bytes]
    committed: bytes
    message: bytes

    @property
    def committed_at(self) -> int:
        """When, in epoch seconds."""
        return _seconds(self.committed)


_FORMAT = "%H%x00%P%x00%aN%x00%aE%x00%at%x00%cN%x00%cE%x00%ct%x00%B"
_FIELDS = 9
_COMMAND = (
    *("log", "-z", f"--format={_FORMAT}", "--no-show-signature", "--no-notes", "--no-color", "--no-decorate"),
    *("--encoding=UTF-8", "--ignore-missing", "--stdin"),
)


class CommitLog:
    """A log that git writes to a file by itself: of HEAD, and not of what is older than `since`, if that exists."""

    def __init__(self, isolation: IsolatedRepository, since: bytes | None = None) -> None:
        self._output = (isolation.git_dir / "commits").open("w+b")  # closed by `end`
        self._process = isolation.popen(_COMMAND, output=self._output)
        with contextlib.suppress(BrokenPipeError):  # its exit code tells
            head = (isolation.head or "").encode()
            self._process.stdin.write(head + (b"\n^" + since if since is not None else b"") + b"\n")
        self._process.close_input()

    def is_written(self) -> bool:
        """Whether git is done."""
        return self._process.has_ended()

    def read(self) -> dict[bytes, Entry]:
        """Waits for git; the entries, newest first."""
        failed = self._process.finish() != 0
        self._output.seek(0)
        fields = self._output.read().split(b"\0")
        self.end()
        if failed or len(fields) % _FIELDS != 1:
            raise GitError("git log failed on this history")
        return {fields[start]: _parse(fields[start : start + _FIELDS]) for start in range(0, len(fields) - 1, _FIELDS)}

    def end(self) -> None:
        """Stops git and lets the file go."""
        self._process.end()
        self._output.close()


def _parse(fields: Sequence[bytes]) -> Entry:
    name, parents, author, email, time, committer, address, committed, message = fields
    above = (parents,) if len(parents) == len(name) else tuple(parents.split())
    return Entry(name, above, (author, email), _seconds(time), (committer, address), committed, message)


def _seconds(text: bytes) -> int:
    """Epoch seconds, kept between 1970 and the year 9999: a commit may claim any date."""
    if len(text) == 10 and text.isdigit():  # what nearly all say
        return int(text)
    return min(max(int(text), 0), 253_402_300_799) if text.lstrip(b"-").isdigit() else 0

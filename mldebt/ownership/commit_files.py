"""Which files single commits added and changed, asked of git at once for all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import NamedTuple, Self

from mldebt.errors import GitError
from mldebt.git import GitProcess, IsolatedRepository

_COMMAND = ("diff-tree", "--stdin", "-r", "--root", "--no-renames", "--no-abbrev", "--diff-filter=AM", "--raw", "-z")


class CommitFiles(NamedTuple):
    """Paths and blobs of the files that a commit added, and old and new blobs of those that it changed."""

    added: list[tuple[bytes, bytes]]
    changed: list[tuple[bytes, bytes, bytes]]


class FilesOfCommits:
    """The files of some commits, which git begins to list at once, into a file."""

    def __init__(self, isolation: IsolatedRepository, commits: Collection[bytes]) -> None:
        self._process: GitProcess | None = None
        if commits:
            self._output = (isolation.git_dir / "commit-files").open("w+b")  # closed by `end`
            self._process = isolation.popen(_COMMAND, output=self._output)
            with contextlib.suppress(BrokenPipeError):  # its exit code tells
                self._process.stdin.write(b"\n".join(sorted(commits)) + b"\n")
            self._process.close_input()

    def read(self) -> Mapping[bytes, CommitFiles]:
        """Commit → its files; merges and commits that only took files away have none. May be asked once."""
        if self._process is None:
            return {}
        if self._process.finish():
            raise GitError("git diff-tree failed on single commits")
        self._output.seek(0)
        return _parse(self._output.read())

    def end(self) -> None:
        """Stops git and lets the file go."""
        if self._process is not None:
            self._process.end()
            self._output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()


def _parse(output: bytes) -> Mapping[bytes, CommitFiles]:
    found: dict[bytes, CommitFiles] = {}
    records = iter(output.split(b"\0"))
    files = CommitFiles([], [])
    for record in records:
        if not record.startswith(b":"):
            files = found[record] = CommitFiles([], [])
            continue
        path, (_, _, old, new, status) = next(records), record.split(b" ")
        if status == b"A":
            files.added.append((path, new))
        else:
            files.changed.append((path, old, new))
    return found

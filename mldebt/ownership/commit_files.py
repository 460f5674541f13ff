"""Which files single commits added and changed, asked of git at once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from mldebt.git import IsolatedRepository

_COMMAND = ("diff-tree", "--stdin", "-r", "--root", "--no-renames", "--no-abbrev", "--diff-filter=AM", "--raw", "-z")


class CommitFiles(NamedTuple):
    """Paths and blobs of the files that a commit added, and old and new blobs of those that it changed."""

    added: list[tuple[bytes, bytes]]
    changed: list[tuple[bytes, bytes, bytes]]


def read_commit_files(isolation: IsolatedRepository, commits: Collection[bytes]) -> Mapping[bytes, CommitFiles]:
    """Commit → its files; merges and commits that only took files away have none."""
    found: dict[bytes, CommitFiles] = {}
    if not commits:
        return found
    records = iter(isolation.run(_COMMAND, stdin=b"\n".join(sorted(commits)) + b"\n").split(b"\0"))
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

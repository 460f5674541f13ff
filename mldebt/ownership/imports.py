"""Commits that brought in a whole tree at once: their author may have written all of it, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.history import Note
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.replay import count_lines

_LINES = 5_000
_SHARE_OF_FILES = 0.5
WORTH_A_LOOK = 500  # surviving lines; less of an import decides nothing
_SUFFIXES = frozenset({b"py", b"ipynb"})


def find_imports(
    isolation: IsolatedRepository,
    lines: LineAuthors,
    notes: Mapping[bytes, Note],
    known: Mapping[bytes, bool],
) -> dict[bytes, bool]:
    """For every commit with many surviving lines, whether it was an import: the first commit, or one that added more
    than half of the files, with more than 5,000 lines. Only Python files and notebooks are counted."""
    large = {commit for commit, count in lines.count().items() if count >= WORTH_A_LOOK and commit in notes}
    asked = sorted(large - known.keys())
    added = _added(isolation, asked) if asked else {}
    found = {commit: known[commit] for commit in sorted(large & known.keys())}
    for commit in asked:
        files, count = added.get(commit, (0, 0))
        found[commit] = count > _LINES and (
            notes[commit].root or files > _SHARE_OF_FILES * _count_files(isolation, commit)
        )
    return found


def _added(isolation: IsolatedRepository, commits: Collection[bytes]) -> dict[bytes, tuple[int, int]]:
    """Commit → files and lines that it added in new files; merges are left out."""
    command = ["diff-tree", "--stdin", "-r", "--root", "--no-renames", "--no-abbrev", "--diff-filter=A", "--raw", "-z"]
    output = isolation.run(command, stdin=b"\n".join(commits) + b"\n")
    blobs: dict[bytes, list[bytes]] = {}
    records = iter(output.split(b"\0"))
    commit = b""
    for record in records:
        if not record.startswith(b":"):
            commit = record
        elif _suffix(next(records)) in _SUFFIXES:
            blobs.setdefault(commit, []).append(record.split(b" ")[3])
    with BlobReader(isolation) as reader:
        return {
            commit: (len(added), sum(count_lines(content or b"") for content in reader.contents(added)))
            for commit, added in blobs.items()
        }


def _count_files(isolation: IsolatedRepository, commit: bytes) -> int:
    paths = isolation.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit])
    return sum(_suffix(path) in _SUFFIXES for path in paths.split(b"\0"))


def _suffix(path: bytes) -> bytes:
    name = path.rpartition(b"/")[2]
    return name.rpartition(b".")[2] if b"." in name else b""

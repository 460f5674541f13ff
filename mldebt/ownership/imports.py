"""Commits that brought in a whole tree at once: their author may have written all of it, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.commit_files import CommitFiles
from mldebt.ownership.history import Note
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.replay import count_lines

_LINES = 5_000
_SHARE_OF_FILES = 0.5
_BATCH = 20  # blobs that are read at once
WORTH_A_LOOK = 500  # surviving lines; less of an import decides nothing
_SUFFIXES = frozenset({b"py", b"ipynb"})


def worth_a_look(lines: LineAuthors, notes: Mapping[bytes, Note]) -> frozenset[bytes]:
    """The commits that may be imports: those with many surviving lines."""
    return frozenset(commit for commit, count in lines.tally().items() if count >= WORTH_A_LOOK and commit in notes)


def find_imports(
    isolation: IsolatedRepository,
    reader: BlobReader,
    asked: Mapping[bytes, CommitFiles],
    notes: Mapping[bytes, Note],
) -> dict[bytes, bool]:
    """For every commit asked for, whether it was an import: the first commit, or one that added more than half of the
    files, with more than 5,000 lines. Only Python files and notebooks are counted."""
    found = {}
    for commit, files in asked.items():
        added = [blob for path, blob in files.added if _suffix(path) in _SUFFIXES]
        found[commit] = _has_many_lines(reader, added) and (
            notes[commit].root or len(added) > _SHARE_OF_FILES * _count_files(isolation, commit)
        )
    return found


def _has_many_lines(reader: BlobReader, blobs: Sequence[bytes]) -> bool:
    """Whether blobs have more than 5,000 lines. No more are read than it takes to tell."""
    lines = 0
    for start in range(0, len(blobs), _BATCH):
        lines += sum(count_lines(content or b"") for content in reader.contents(blobs[start : start + _BATCH]))
        if lines > _LINES:
            return True
    return False


def _count_files(isolation: IsolatedRepository, commit: bytes) -> int:
    paths = isolation.run(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit])
    return sum(_suffix(path) in _SUFFIXES for path in paths.split(b"\0"))


def _suffix(path: bytes) -> bytes:
    name = path.rpartition(b"/")[2]
    return name.rpartition(b".")[2] if b"." in name else b""

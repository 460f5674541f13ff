"""Commits that brought in a whole tree at once: their author may have written all of it, or none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from mldebt.errors import GitError
from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.commit_files import CommitFiles
from mldebt.ownership.history import Note
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.replay import count_lines
from mldebt.ownership.verdicts import Judge, judge_all

_LINES = 5_000
_SHARE_OF_FILES = 0.5
_RELEASED_FILES = 20  # more than so many, changed or added
_BATCH = 20  # blobs that are read at once
_PROCESSES = 4  # of git at the same time
WORTH_A_LOOK = 500  # surviving lines; less of an import decides nothing
_SUFFIXES = (b".py", b".ipynb")


def worth_a_look(lines: LineAuthors) -> frozenset[bytes]:
    """The commits that may be imports: those with many surviving lines."""
    return frozenset(commit for commit, count in lines.tally().items() if count >= WORTH_A_LOOK)


def find_imports(
    isolation: IsolatedRepository,
    reader: BlobReader,
    asked: Mapping[bytes, CommitFiles],
    notes: Mapping[bytes, Note],
) -> dict[bytes, bool]:
    """For every commit asked for, whether it was an import: the first commit, or one that added more than half of the
    files, with more than 5,000 lines; or a release in which the work of others came at once. Only Python files and
    notebooks are counted."""
    added = {
        commit: [blob for path, blob in files.added if path.endswith(_SUFFIXES)] for commit, files in asked.items()
    }
    found = judge_all(reader, {commit: _has_many_lines(blobs) for commit, blobs in added.items()})
    unsure = [commit for commit, many in found.items() if many and not notes[commit].root]
    for commit, count in zip(unsure, _count_files(isolation, unsure), strict=True):
        found[commit] = len(added[commit]) > _SHARE_OF_FILES * count
    return found | {commit: True for commit, files in asked.items() if notes[commit].hands_out and _is_wide(files)}


def _is_wide(files: CommitFiles) -> bool:
    """Whether a commit changed or added many files."""
    paths = (*(path for path, _ in files.added), *(path for path, _, _ in files.changed))
    return sum(path.endswith(_SUFFIXES) for path in paths) > _RELEASED_FILES


def _has_many_lines(blobs: Sequence[bytes]) -> Judge:
    """Whether blobs have more than 5,000 lines. No more are read than it takes to tell."""
    lines = 0
    for start in range(0, len(blobs), _BATCH):
        lines += sum(count_lines(content or b"") for content in (yield blobs[start : start + _BATCH]))
        if lines > _LINES:
            return True
    return False


def _count_files(isolation: IsolatedRepository, commits: Sequence[bytes]) -> Iterator[int]:
    """How many files of the kinds that count each commit has."""
    command = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options")
    for start in range(0, len(commits), _PROCESSES):
        with contextlib.ExitStack() as stack:
            some = commits[start : start + _PROCESSES]
            running = [stack.enter_context(isolation.popen((*command, commit), wide=True)) for commit in some]
            for process in running:
                listed = process.stdout.read()
                if process.finish():
                    raise GitError("git ls-tree failed")
                yield sum(listed.count(suffix + b"\0") for suffix in _SUFFIXES)

"""Commits that changed how many files look and nothing else: whoever ran the formatter knows none of the lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from mldebt.git import BlobReader
from mldebt.ownership.commit_files import CommitFiles
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.verdicts import Judge, judge_all

_FILES = 20  # more than so many files that only look different
_SHARE = 0.8  # of the Python files that the commit changed
_MOST = 400  # files that are compared; enough to tell
_BATCH = 16  # pairs that are read at once; most commits are judged by the first few
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_OTHERS = bytes(set(range(256)) - set(_LETTERS))
_WORDS_ALONE = bytes(byte if byte in _LETTERS else ord(" ") for byte in range(256))


def spread_wide(lines: LineAuthors) -> frozenset[bytes]:
    """The commits that may be reformattings: those with surviving lines in many files."""
    return frozenset(commit for commit, files in _files(lines).items() if files > _FILES)


def find_reformats(reader: BlobReader, asked: Mapping[bytes, CommitFiles]) -> dict[bytes, bool]:
    """For every commit asked for, whether it was a mass reformatting: four fifths of the Python files that it changed,
    and more than twenty, have the very words that they had, in other places, with other spaces, quotes, brackets or
    line ends."""
    changed = {
        commit: [(old, new) for path, old, new in files.changed if path.endswith(b".py")]
        for commit, files in asked.items()
    }
    return judge_all(reader, {commit: _only_looks_different(pairs[:_MOST]) for commit, pairs in changed.items()})


def _only_looks_different(changed: Sequence[tuple[bytes, bytes]]) -> Judge:
    """Whether enough of the pairs have the same words. No more are read than it takes to tell."""
    needed = max(_FILES + 1, math.ceil(_SHARE * len(changed)))
    same = start = 0
    while same < needed:
        left = same + len(changed) - start - needed  # so many more may have other words
        if left < 0:
            return False
        part = changed[start : start + min(left + 1, _BATCH)]
        contents = iter((yield [blob for pair in part for blob in pair]))
        same += sum(_same_words(before, after) for before, after in zip(contents, contents, strict=True))
        start += len(part)
    return True


def _files(lines: LineAuthors) -> Counter[bytes]:
    """In how many files each commit has lines."""
    counts = Counter(number for runs in lines.files.values() for number in set(runs[::2]))
    return Counter({lines.commits[number]: count for number, count in counts.items()})


def _same_words(before: bytes | None, after: bytes | None) -> bool:
    if before is None or after is None:
        return False
    old, new = before.translate(None, _OTHERS), after.translate(None, _OTHERS)
    if len(old) != len(new):
        return False  # what most changes come down to, and cheap to see
    return old == new or _words(before) == _words(after)


def _words(content: bytes) -> dict[bytes, int]:
    return dict(Counter(content.translate(_WORDS_ALONE).split()))  # counters compare slowly

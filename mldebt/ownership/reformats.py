"""Commits that changed how many files look and nothing else: whoever ran the formatter knows none of the lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from mldebt.git import BlobReader, IsolatedRepository
from mldebt.ownership.history import Note
from mldebt.ownership.lines import LineAuthors

_FILES = 20  # more than so many files that only look different
_SHARE = 0.8  # of the Python files that the commit changed
_MOST = 400  # files that are compared; enough to tell
_WORD = re.compile(rb"\w+")


def find_reformats(
    isolation: IsolatedRepository,
    lines: LineAuthors,
    notes: Mapping[bytes, Note],
    known: Mapping[bytes, bool],
) -> dict[bytes, bool]:
    """For every commit with surviving lines in many files, whether it was a mass reformatting: four fifths of the
    Python files that it changed, and more than twenty, have the very words that they had, in other places, with other
    spaces, quotes, brackets or line ends."""
    wide = {commit for commit, files in _files(lines).items() if files > _FILES and commit in notes}
    found = {commit: known[commit] for commit in sorted(wide & known.keys())}
    asked = sorted(wide - known.keys())
    pairs = _changed(isolation, asked) if asked else {}
    with BlobReader(isolation) as reader:
        for commit in asked:
            changed = pairs.get(commit, ())[:_MOST]
            same = sum(_same_words(reader, *pair) for pair in changed) if len(changed) > _FILES else 0
            found[commit] = same > _FILES and same >= _SHARE * len(changed)
    return found


def _files(lines: LineAuthors) -> Counter[bytes]:
    """In how many files each commit has lines."""
    counts = Counter(number for runs in lines.files.values() for number in set(runs[::2]))
    return Counter({lines.commits[number]: count for number, count in counts.items()})


def _changed(isolation: IsolatedRepository, commits: Collection[bytes]) -> dict[bytes, list[tuple[bytes, bytes]]]:
    """Commit → old and new blob of each Python file that it changed; merges are left out."""
    command = ["diff-tree", "--stdin", "-r", "--no-renames", "--no-abbrev", "--diff-filter=M", "--raw", "-z"]
    records = iter(isolation.run(command, stdin=b"\n".join(commits) + b"\n").split(b"\0"))
    pairs: dict[bytes, list[tuple[bytes, bytes]]] = {}
    commit = b""
    for record in records:
        if not record.startswith(b":"):
            commit = record
        elif next(records).endswith(b".py"):
            fields = record.split(b" ")
            pairs.setdefault(commit, []).append((fields[2], fields[3]))
    return pairs


def _same_words(reader: BlobReader, old: bytes, new: bytes) -> bool:
    before, after = reader.contents([old, new])
    return before is not None and after is not None and Counter(_WORD.findall(before)) == Counter(_WORD.findall(after))

"""Lines of the commits that `.git-blame-ignore-revs` names go to whoever wrote them before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mldebt.git import IsolatedRepository
from mldebt.ownership.blame import Part, blame_parts
from mldebt.ownership.lines import LineAuthors, line_authors

LISTED_IN = b".git-blame-ignore-revs"


def read_ignored(isolation: IsolatedRepository, blob: bytes) -> tuple[bytes, ...]:
    """The commits that the file at HEAD names, as far as they exist."""
    length = 40 if isolation.object_format == "sha1" else 64
    named = []
    for line in isolation.run(["cat-file", "blob", blob]).splitlines():
        word = line.partition(b"#")[0].strip().lower()
        if len(word) == length and not word.strip(b"0123456789abcdef"):
            named.append(word)
    answers = isolation.run(["cat-file", "--batch-check"], stdin=b"".join(name + b"\n" for name in named))
    return tuple(answer.split()[0] for answer in answers.splitlines() if answer.split()[1:2] == [b"commit"])


def reassign(
    isolation: IsolatedRepository,
    lines: LineAuthors,
    ignored: tuple[bytes, ...],
    before: Mapping[bytes, list[bytes]],
) -> LineAuthors:
    """The files that have a line of an ignored commit, as `git blame` tells them without it; no other file differs, and
    no other line. What is in `before` is taken from there."""
    named = set(ignored)
    numbers = {number for number, commit in enumerate(lines.commits) if commit in named}
    affected = [path for path, runs in lines.files.items() if not numbers.isdisjoint(runs[::2])]
    found = {path: before[path] for path in affected if path in before}
    parts = {path: _parts(lines.files[path], numbers) for path in affected if path not in found}
    for path, told in blame_parts(isolation, lines.head, parts, ignored).items() if parts else ():
        found[path] = [
            told.get(number, commit) if commit in named else commit
            for number, commit in enumerate(lines.lines(path), start=1)
        ]
    return line_authors(lines.head, found)


def _parts(runs: Sequence[int], wanted: Collection[int]) -> list[Part]:
    """The lines that some commits have, given by number; what touches is one part."""
    parts: list[Part] = []
    line = 1
    for number, count in zip(runs[::2], runs[1::2], strict=True):
        if number in wanted:
            first = parts.pop()[0] if parts and parts[-1][1] == line - 1 else line
            parts.append((first, line + count - 1))
        line += count
    return parts

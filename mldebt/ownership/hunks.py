"""What git prints of differences without context, as numbers and as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.regex import regex

FILE_MARK = b"\ndiff --git a/"
LEAST = 10
"""So many lines in a row that say something make a block; fewer may be alike by chance."""
_DIGITS = 9
_HEAD = regex(rb"\n@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

Hunk = tuple[int, int, int, int]
"""Where lines began and how many they were, where they begin now and how many they are; counted from 0."""
Hunks = tuple[Hunk, ...]


TAKES, ADDS = 1, 2
"""That a difference took away so many lines in a row that they may have held a block that was moved, or added them."""

Told = tuple[int, Hunks, int]
"""The number of a pair, its hunks, and whether they take or add many lines."""


def parse_hunks(text: bytes) -> Iterator[Told]:
    """What git tells of each pair."""
    for file in text.split(FILE_MARK):
        found = parse_file(file)
        if found is not None:
            yield found


def parse_lines(printed: bytes, hunks: Iterable[Hunk]) -> Iterator[tuple[Hunk, list[bytes], list[bytes]]]:
    """The lines that hunks took away and added, where they did either to many, from what git printed."""
    for hunk, part in zip(hunks, printed.split(b"\n@@ -")[1:], strict=True):
        _, removed, _, added = hunk
        if removed >= LEAST or added >= LEAST:
            taken, _, new = part.partition(b"\n+")  # no line that was taken away begins like that
            yield hunk, _lines(taken.partition(b"\n-")[2], b"\n-", removed), _lines(new, b"\n+", added)


def _lines(text: bytes, sign: bytes, count: int) -> list[bytes]:
    """So many lines, which begin with a sign. After the last one, git may have something else to say."""
    lines = text.split(sign, count)[:count]
    return [*lines[:-1], lines[-1].partition(b"\n")[0]] if count else []


def parse_file(text: bytes) -> Told | None:
    """The same of one pair; None where there is none. Content lines start with a sign, so that no line of a file can be
    taken for a head. An empty range names the line before it; one line is not counted."""
    number, heads = text[:_DIGITS], _HEAD.findall(text)
    if not heads or not number.isdigit():
        return None
    hunks = []
    large = 0
    for old, lost, new, gained in heads:
        removed = int(lost) if lost else 1
        added = int(gained) if gained else 1
        hunks.append((int(old) - 1 if removed else int(old), removed, int(new) - 1 if added else int(new), added))
        if removed >= LEAST:
            large |= TAKES
        if added >= LEAST:
            large |= ADDS
    return int(number), tuple(hunks), large

"""What git prints of differences without context, as numbers and as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

FILE_MARK = b"\ndiff --git a/"
LEAST = 10
"""So many lines in a row that say something make a block; fewer may be alike by chance."""
_DIGITS = 9

Hunk = tuple[int, int, int, int]
"""Where lines began and how many they were, where they begin now and how many they are; counted from 0."""
Hunks = tuple[Hunk, ...]


TAKES, ADDS = 1, 2
"""That a difference took away so many lines in a row that they may have held a block that was moved, or added them."""

Told = tuple[int, Hunks, int]
"""The number of a pair, its hunks, and whether they take or add many lines."""


def parse_hunks(text: bytes, ranges: dict[bytes, tuple[int, int]]) -> Iterator[Told]:
    """What git tells of each pair. `ranges` are those that were met before: most come
    again. Content lines start with a sign, so that no line of a file can be taken for a mark."""
    for file in text.split(FILE_MARK):
        found = parse_file(file, ranges)
        if found is not None:
            yield found


def parse_lines(printed: bytes, hunks: Iterable[Hunk]) -> Iterator[tuple[Hunk, list[bytes], list[bytes]]]:
    """The lines that hunks took away and added, where they did either to many, from what git printed."""
    for hunk, part in zip(hunks, printed.split(b"\n@@ -")[1:], strict=True):
        _, removed, _, added = hunk
        if removed >= LEAST or added >= LEAST:
            lines = part.split(b"\n", 1 + removed + added + 2)
            middle = 1 + removed
            taken = [line[1:] for line in lines[1:middle]]
            if lines[middle:] and lines[middle].startswith(b"\\"):  # "\ No newline at end of file"
                middle += 1
            yield hunk, taken, [line[1:] for line in lines[middle : middle + added]]


def parse_file(text: bytes, ranges: dict[bytes, tuple[int, int]]) -> Told | None:
    """The same of one pair; None where there is none."""
    number, parts = text[:_DIGITS], text.split(b"\n@@ -")
    if len(parts) == 1 or not number.isdigit():
        return None
    hunks = []
    large = 0
    for part in parts[1:]:
        old, new, _ = part.split(b" ", 2)
        before, after = ranges.get(old), ranges.get(new)
        if before is None:
            before = ranges[old] = _range(old)
        if after is None:
            after = ranges[new] = _range(new)
        hunks.append(before + after)
        if before[1] >= LEAST:
            large |= TAKES
        if after[1] >= LEAST:
            large |= ADDS
    return int(number), tuple(hunks), large


def _range(text: bytes) -> tuple[int, int]:
    """Start from 0 and length of "12", "12,3" or "+12,0" (an empty range names the line before it)."""
    start, comma, count = text.partition(b",")
    if not comma:
        return int(start) - 1, 1
    length = int(count)
    return (int(start) - 1 if length else int(start)), length

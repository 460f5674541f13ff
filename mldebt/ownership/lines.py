"""The commit of every line, in runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress
from operator import ne, sub
from typing import NamedTuple

UNKNOWN = b""  # stands for the commit of a line whose history cannot be read


class LineAuthors(NamedTuple):
    """For each path (relative to the top) the commits of its lines at `head`: runs, each the number of a commit in
    `commits` (each there once) followed by how many lines it has, all in one flat tuple."""

    head: bytes
    commits: tuple[bytes, ...]
    files: dict[bytes, tuple[int, ...]]

    def lines(self, path: bytes) -> list[bytes]:
        """The commit of each line of a file."""
        runs = self.files[path]
        found: list[bytes] = []
        for number, count in zip(runs[::2], runs[1::2], strict=True):
            found += [self.commits[number]] * count
        return found

    def tally(self) -> Counter[bytes]:
        """How many lines each commit has."""
        numbers: Counter[int] = Counter()
        for runs in self.files.values():
            for number, count in zip(runs[::2], runs[1::2], strict=True):
                numbers[number] += count
        return Counter({self.commits[number]: count for number, count in numbers.items()})

    def only(self, paths: Collection[bytes]) -> LineAuthors:
        """The lines of some files."""
        return LineAuthors(self.head, self.commits, {path: self.files[path] for path in paths if path in self.files})

    def but(self, others: LineAuthors) -> LineAuthors:
        """The lines, some files of which have others."""
        if not others.files:
            return self
        known = {commit: number for number, commit in enumerate(self.commits)}
        numbers = [known.setdefault(commit, len(known)) for commit in others.commits]
        changed = {
            path: _paired(map(numbers.__getitem__, runs[::2]), runs[1::2]) for path, runs in others.files.items()
        }
        return LineAuthors(self.head, tuple(known), self.files | changed)

    def consistent(self) -> bool:
        """False if it cannot have come from `line_authors`: a cache file may hold anything."""
        size = len(self.commits)
        return all(
            len(runs) % 2 == 0 and all(0 <= n < size for n in runs[::2]) and all(n > 0 for n in runs[1::2])
            for runs in self.files.values()
        )


def _runs(owners: Sequence[bytes | None]) -> tuple[list[bytes | None], list[int]]:
    """The commits of lines that follow on one another, and how many lines each has."""
    first = [0, *compress(range(1, len(owners)), map(ne, owners, owners[1:]))] if owners else []
    return [owners[place] for place in first], list(map(sub, [*first[1:], len(owners)], first))


def _paired(numbers: Iterable[int], counts: Sequence[int]) -> tuple[int, ...]:
    runs = [0] * (2 * len(counts))
    runs[::2] = numbers
    runs[1::2] = counts
    return tuple(runs)


def line_authors(
    head: bytes, files: Mapping[bytes, Sequence[bytes | None]], untouched: LineAuthors | None = None
) -> LineAuthors:
    """Line authors from the commit of each line of each file; those of `untouched` files are as they were."""
    before = untouched.files if untouched is not None else {}
    names = untouched.commits if untouched is not None else ()
    numbers: dict[bytes, int] = {}
    packed = {}
    for path in sorted(files.keys() | before.keys()):
        if path in files:
            commits, counts = _runs(files[path])
        else:
            commits, counts = [names[number] for number in before[path][::2]], list(before[path][1::2])
        packed[path] = _paired([numbers.setdefault(commit or UNKNOWN, len(numbers)) for commit in commits], counts)
    return LineAuthors(head, tuple(numbers), packed)

"""The commit of every line, in runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress
from operator import ne
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
            path: tuple(value if place % 2 else numbers[value] for place, value in enumerate(runs))
            for path, runs in others.files.items()
        }
        return LineAuthors(self.head, tuple(known), self.files | changed)

    def consistent(self) -> bool:
        """False if it cannot have come from `line_authors`: a cache file may hold anything."""
        size = len(self.commits)
        return all(
            len(runs) % 2 == 0 and all(0 <= n < size for n in runs[::2]) and all(n > 0 for n in runs[1::2])
            for runs in self.files.values()
        )


def _runs(owners: Sequence[bytes | None]) -> Iterator[tuple[bytes | None, int]]:
    """The commits of lines that follow on one another, and how many lines each has."""
    if not owners:
        return
    first = 0
    for place in compress(range(1, len(owners)), map(ne, owners, owners[1:])):
        yield owners[first], place - first
        first = place
    yield owners[first], len(owners) - first


def line_authors(
    head: bytes, files: Mapping[bytes, Sequence[bytes | None]], untouched: LineAuthors | None = None
) -> LineAuthors:
    """Line authors from the commit of each line of each file; those of `untouched` files are as they were."""
    before = untouched.files if untouched is not None else {}
    names = untouched.commits if untouched is not None else ()
    numbers: dict[bytes, int] = {}
    packed = {}
    for path in sorted(files.keys() | before.keys()):
        runs: list[int] = []
        if path in files:
            for commit, count in _runs(files[path]):
                runs += (numbers.setdefault(commit or UNKNOWN, len(numbers)), count)
        else:
            for number, count in zip(before[path][::2], before[path][1::2], strict=True):
                runs += (numbers.setdefault(names[number], len(numbers)), count)
        packed[path] = tuple(runs)
    return LineAuthors(head, tuple(numbers), packed)

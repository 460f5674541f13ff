"""Who knows which lines: the answer that rules and commands ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.people import Person, Suggestion

if TYPE_CHECKING:
    from mldebt.git import Repository
    from mldebt.ownership.shares import BusFactor, Knowledge, Tally

Span = tuple[str, int, int]  # path relative to the scanned folder, first and last line from 1; last 0 is the whole file

DAY = 86_400
WROTE_ENOUGH = 0.10
REVIEWED_ENOUGH = 0.25


class Credit(NamedTuple):
    """Who wrote and who reviewed a commit, without bots. `imported`: they only brought it in, or the name is that of a
    machine, so that nobody can say who knows it. `reformats`: it changed how many files look, and that only."""

    time: int
    writers: tuple[Person, ...]
    reviewers: tuple[Person, ...]
    imported: bool
    reformats: bool = False


class Attendance(NamedTuple):
    """Who is said to be there, and who to be gone, whatever their commits tell."""

    here: frozenset[Person] = frozenset()
    gone: frozenset[Person] = frozenset()


class Ownership(NamedTuple):
    """Who knows the lines of a repository at `head`. Where `available` is False, `reason` says why and what to do.

    People count as active if they, or somebody who may well be the same person, wrote a commit within `window_days`
    before `head_date` (epoch seconds), or the settings say that they joined and are `here`, and are not `gone` (the
    settings say that they left): the same commit always gives the same answer. `below` says so of folders ("a/b/",
    below the scanned one) of which something else is said; `teams` are those of whoever is in one. `contributors` has
    everybody but bots, the busiest first."""

    available: bool
    reason: str = ""
    head: str = ""
    head_date: int = 0
    window_days: int = 365
    half_life_days: int = 365
    contributors: tuple[Person, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    here: frozenset[Person] = frozenset()
    gone: frozenset[Person] = frozenset()
    below: Mapping[str, Attendance] = {}
    teams: Mapping[Person, tuple[str, ...]] = {}
    prefix: str = ""
    lines: LineAuthors | None = None
    credits: Mapping[bytes, Credit] = {}
    repository: Repository | None = None

    def active(self, person: Person, paths: Iterable[str] = ()) -> bool:
        """Whether a person, or a likely second name of theirs, wrote a commit within the window, or is said to be
        there: where one of some files lies, or, when none are named, in the scanned folder as a whole."""
        said = dict.fromkeys(map(self._folder, paths)) if self.below else {}
        return any(self._active(person, self.below.get(folder, self)) for folder in said or ("",))

    def _active(self, person: Person, said: Attendance | Ownership) -> bool:
        if person in said.gone:
            return False
        pairs = ((pair.one, pair.other) for pair in self.suggestions if person in (pair.one, pair.other))
        likely = (each for pair in pairs if said.gone.isdisjoint(pair) for each in pair)
        since = self.head_date - self.window_days * DAY
        return any(each in said.here or each.last_commit >= since for each in (person, *likely))

    def _folder(self, path: str) -> str:
        """The nearest folder of which something is said."""
        return max((folder for folder in self.below if path.startswith(folder)), key=len, default="")

    def called(self, person: Person) -> str:
        """Somebody's name, with their teams."""
        teams = self.teams.get(person, ())
        return f"{person.name} ({', '.join(teams)})" if teams else person.name

    def fresh(self, moment: int) -> float:
        """How much of what was known at a moment is likely still known at HEAD."""
        days = max(self.head_date - moment, 0) / DAY
        return float(0.5 ** (days / self.half_life_days)) if moment else 0.0

    def credit(self, path: str, line: int) -> Credit | None:
        """Who made one line, and when."""
        return next(
            (self.credits[commit] for commit in self._commits([(path, line, line)]) if commit in self.credits), None
        )

    def made_at_once(self, spans: Iterable[Span]) -> float:
        """The share of the lines, 0 to 1, that stem from the one commit that wrote most of them; 0 of no lines."""
        commits = self._commits(spans)
        return max(commits.values(), default=0) / max(1, sum(commits.values()))

    def changed_since(self, spans: Iterable[Span], moment: int) -> tuple[int, int]:
        """How many of the lines were written after a moment, and how many there are; a new look counts as no change."""
        commits = self._commits(spans)
        later = (
            lines
            for commit, lines in commits.items()
            if (credit := self.credits.get(commit)) is not None and credit.time > moment and not credit.reformats
        )
        return sum(later), sum(commits.values())

    def is_cut_since(self, spans: Iterable[Span], moment: int) -> bool:
        """Whether somebody took something away from the lines after a moment, which none of them tells: git is asked. A
        new look counts as no change."""
        if self.repository is None:
            return False
        from mldebt.ownership.cuts import cuts_since  # not at the top: hardly ever asked for

        cuts = cuts_since(self.repository, spans, moment)
        return any(commit not in self.credits or not self.credits[commit].reformats for commit in cuts)

    def knows(self, spans: Iterable[Span]) -> tuple[Knowledge, ...]:
        """Everybody who wrote or reviewed some of the lines; the largest share first."""
        return self._tally(spans).knowledge()

    def bus_factor(
        self,
        spans: Iterable[Span],
        *,
        wrote: float = WROTE_ENOUGH,
        reviewed: float = REVIEWED_ENOUGH,
        fades: bool = False,
    ) -> BusFactor:
        """The people who know the lines: they wrote or co-wrote, or else reviewed, a large enough share of them. Where
        knowledge `fades`, a share counts for as much as is likely still there."""
        return self._tally(spans).bus_factor(wrote, reviewed, fades=fades)

    def _tally(self, spans: Iterable[Span]) -> Tally:
        from mldebt.ownership.shares import Tally  # not at the top: reading a history does not need it

        asked = tuple(spans)
        tally = Tally(self, tuple(path for path, _, _ in asked))
        for commit, lines in self._commits(asked).items():
            tally.add(self.credits.get(commit), lines)
        return tally

    def _commits(self, spans: Iterable[Span]) -> Counter[bytes]:
        """How many of the lines each commit made; a line asked for twice counts once."""
        wanted: dict[bytes, list[tuple[int, int]]] = {}
        for path, first, last in spans:
            wanted.setdefault((self.prefix + path).encode(errors="surrogateescape"), []).append((first, last))
        found: Counter[bytes] = Counter()
        if self.lines is not None:
            for name, asked in wanted.items():
                for number, lines in _overlap(self.lines.files.get(name, ()), asked):
                    found[self.lines.commits[number]] += lines
        return found


def _overlap(runs: tuple[int, ...], spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Commit number and count of lines of each part of a run that lies in a span."""
    merged = _merge(spans)
    position = 0
    for number, count in zip(runs[::2], runs[1::2], strict=True):
        end = position + count
        for first, last in merged:
            lines = min(end, last) - max(position, first - 1)
            if lines > 0:
                yield number, lines
        position = end


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same lines in spans that do not overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted((max(first, 1), last or 1 << 62) for first, last in spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged

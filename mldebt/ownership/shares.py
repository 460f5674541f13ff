"""The shares that people have of some lines, and who of them knows enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import msgspec

from mldebt.ownership.knowledge import Credit, Ownership
from mldebt.ownership.people import Person


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What a person knows of some lines: how many of them they wrote or co-wrote, the share that is, the share of which
    they are the author (of the rest they are named as a co-author), the share made by changes that they reviewed, and
    when (epoch seconds, 0 for never) they first and last wrote, and last reviewed, one of them. `fresh` is how much of
    it is likely still there: 1 for today's work, half with each half-life since."""

    person: Person
    lines: int
    share: float
    authored: float
    reviewed_share: float
    first_touched: int
    last_touched: int
    last_reviewed: int
    active: bool
    fresh: float


class BusFactor(msgspec.Struct, frozen=True, kw_only=True):
    """The people who know some lines. `unknowable` is the share that came in with the import of a whole tree, of which
    nobody can say who knows it, `reformatted` the share of all lines that a mass reformatting wrote last; `lines`
    counts all that was asked, `last_touched` is when a person last wrote one of them."""

    knowing: tuple[Knowledge, ...]
    lines: int
    unknowable: float
    reformatted: float = 0.0
    last_touched: int = 0

    @property
    def active(self) -> tuple[Knowledge, ...]:
        """Those who are still there."""
        return tuple(each for each in self.knowing if each.active)

    @property
    def count(self) -> int:
        """How many active people would have to go until none of them is left."""
        return len(self.active)


class Tally:
    """Lines of some files by person."""

    def __init__(self, ownership: Ownership, paths: Collection[str]) -> None:
        self._ownership = ownership
        self._paths = paths
        self._lines = 0
        self._knowable = 0  # lines that a person wrote: not a bot, not a formatter, and not "not committed yet"
        self._imported = 0
        self._reformatted = 0
        self._written: Counter[Person] = Counter()
        self._authored: Counter[Person] = Counter()
        self._reviewed: Counter[Person] = Counter()
        self._first: dict[Person, int] = {}
        self._last: dict[Person, int] = {}
        self._last_review: dict[Person, int] = {}

    def add(self, credit: Credit | None, lines: int) -> None:
        """Takes in lines of one commit."""
        self._lines += lines
        if credit is None or not credit.writers:
            return
        if credit.reformats:
            self._reformatted += lines
            return
        self._knowable += lines
        if credit.imported:
            self._imported += lines
            return
        self._authored[credit.writers[0]] += lines
        for person in credit.writers:
            self._written[person] += lines
            self._first[person] = min(self._first.get(person, credit.time), credit.time)
            self._last[person] = max(self._last.get(person, credit.time), credit.time)
        for person in credit.reviewers:
            self._reviewed[person] += lines
            self._last_review[person] = max(self._last_review.get(person, credit.time), credit.time)

    def bus_factor(self, wrote: float, reviewed: float, *, fades: bool) -> BusFactor:
        """The people with a large enough share of what was written or reviewed."""
        known = ((each, each.fresh if fades else 1.0) for each in self.knowledge())
        return BusFactor(
            knowing=tuple(
                each for each, left in known if each.share * left >= wrote or each.reviewed_share * left >= reviewed
            ),
            lines=self._lines,
            unknowable=self._imported / self._knowable if self._knowable else 0.0,
            reformatted=self._reformatted / self._lines if self._lines else 0.0,
            last_touched=max(self._last.values(), default=0),
        )

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Everybody who wrote or reviewed some; the largest share first."""
        people = self._written | self._reviewed
        found = (
            Knowledge(
                person=person,
                lines=self._written[person],
                share=self._written[person] / self._knowable,
                authored=self._authored[person] / self._knowable,
                reviewed_share=self._reviewed[person] / self._knowable,
                first_touched=self._first.get(person, 0),
                last_touched=self._last.get(person, 0),
                last_reviewed=self._last_review.get(person, 0),
                active=self._ownership.active(person, self._paths),
                fresh=self._ownership.fresh(max(self._last.get(person, 0), self._last_review.get(person, 0))),
            )
            for person in people
        )
        return tuple(
            sorted(found, key=lambda each: (-each.share, -each.reviewed_share, each.person.name, each.person.email))
        )

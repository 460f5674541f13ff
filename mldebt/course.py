"""Findings over time, as values: states of a repository one after another, and each debt from its first to its last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a debt between two states, and by whom. `how` is "written", "edited", "paid", "silenced",
    "people" or "time" (nobody did anything to it), "elsewhere" (no file of it changed), "joined" (one finding tells of
    it and others now, or does no longer) or "unseen" (it could not be judged any more). Nobody is named where no commit
    can be told; `day` is in epoch seconds, 0 for unknown."""

    how: str
    who: str = ""
    day: int = 0
    commit: str = ""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as one state has it. `sole` is the share of the one who knows most of it, 1 where nobody is left;
    `files` are all of its trail; `before` is its fingerprint in the state before, "" when it was not there."""

    fingerprint: str
    rule_id: str
    rule_name: str
    family: str
    severity: str
    path: str
    line: int
    message: str
    component: str = ""
    owners: tuple[str, ...] = ()
    sole: float = 1.0
    files: tuple[str, ...] = ()
    before: str = ""
    opened: Deed | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From one state to the next: what is found there, and what became of that which is not. Of the first state of
    all, `before` is empty. `failed` are the rules that broke."""

    before: str
    after: str
    files: int
    lines: int
    marks: tuple[Mark, ...]
    closed: Mapping[str, Deed] = msgspec.field(default_factory=dict)
    failed: tuple[str, ...] = ()


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """One finding through all states, as it was seen last; `closed` is None while it is still there. `older` says that
    it was there from the first state on, so that it may be older than it seems. `score` and what it is made of are
    known of open debts alone."""

    mark: Mark
    opened: Deed
    since: int
    older: bool
    closed: Deed | None = None
    until: int = 0
    churn: int = 0
    consumers: int = 0
    score: float = 0.0

    @property
    def days(self) -> int:
        """How long it has been there, or was."""
        return max(0, self.until - self.since) // 86_400


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One state in numbers. `day` is the moment asked about, not that of the commit."""

    day: int
    commit: str
    files: int
    lines: int
    rules: Mapping[str, int]
    families: Mapping[str, int]
    opened: int
    closed: int

    @property
    def total(self) -> int:
        return sum(self.rules.values())


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. `families` are in the order of the rules, `names` has the name of each rule by its
    id, `failed` the rules that broke on a state."""

    version: str
    repository: str
    every: str
    families: tuple[str, ...]
    names: Mapping[str, str]
    points: tuple[Point, ...]
    debts: tuple[Debt, ...]
    notes: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Debt, ...]:
        """What is still there; what to pay first stands first."""
        return tuple(sorted((debt for debt in self.debts if debt.closed is None), key=_most_urgent))

    def deeds(self) -> Mapping[str, tuple[int, int]]:
        """How many debts each person brought in, within the time asked about, and how many they paid."""
        brought = Counter(debt.opened.who for debt in self.debts if not debt.older and debt.opened.who)
        paid = Counter(debt.closed.who for debt in self.debts if debt.closed and debt.closed.how == "paid")
        paid.pop("", None)
        people = sorted(brought.keys() | paid.keys(), key=lambda who: (-brought[who] - paid[who], who))
        return {who: (brought[who], paid[who]) for who in people}

    def without_names(self, person: Callable[[str], str], text: Callable[[str], str]) -> Course:
        """The same, with other words for people: where one is named, and in what findings say."""

        def deed(found: Deed) -> Deed:
            return replace(found, who=person(found.who) if found.who else "")

        def mark(found: Mark) -> Mark:
            opened = deed(found.opened) if found.opened is not None else None
            owners = tuple(dict.fromkeys(map(person, found.owners)))
            return replace(found, owners=owners, message=text(found.message), opened=opened)

        debts = tuple(
            replace(
                debt,
                mark=mark(debt.mark),
                opened=deed(debt.opened),
                closed=deed(debt.closed) if debt.closed is not None else None,
            )
            for debt in self.debts
        )
        return replace(self, debts=debts)


def _most_urgent(debt: Debt) -> tuple[float, str, str, int, str]:
    return -debt.score, debt.mark.rule_id, debt.mark.path, debt.mark.line, debt.mark.fingerprint

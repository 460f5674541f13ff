"""Ownership in which people who are likely one count as one: for pages that say so, not for findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mldebt.ownership.knowledge import Attendance, Credit, Ownership
from mldebt.ownership.people import Person, unite


def united(ownership: Ownership) -> Ownership:
    """The same, with likely second names put together; `suggestions` still tell which those were."""
    everybody = {person for pair in ownership.suggestions for person in (pair.one, pair.other)}
    same = unite(everybody, ownership.suggestions)
    return with_persons(ownership, lambda person: same.get(person, person))


def with_persons(ownership: Ownership, new: Callable[[Person], Person]) -> Ownership:
    """The same, with other values for the persons; several may become one."""
    return ownership._replace(
        contributors=_distinct(map(new, ownership.contributors)),
        here=frozenset(map(new, ownership.here)),
        gone=frozenset(map(new, ownership.gone)),
        below={
            folder: Attendance(here=frozenset(map(new, said.here)), gone=frozenset(map(new, said.gone)))
            for folder, said in ownership.below.items()
        },
        teams=_teams(ownership, new),
        credits={commit: _with(credit, new) for commit, credit in ownership.credits.items()},
    )


def _teams(ownership: Ownership, new: Callable[[Person], Person]) -> dict[Person, tuple[str, ...]]:
    found: dict[Person, tuple[str, ...]] = {}
    for person, teams in ownership.teams.items():
        found[new(person)] = tuple(dict.fromkeys((*found.get(new(person), ()), *teams)))
    return found


def _with(credit: Credit, new: Callable[[Person], Person]) -> Credit:
    writers = _distinct(map(new, credit.writers))
    return credit._replace(
        writers=writers,
        reviewers=tuple(person for person in _distinct(map(new, credit.reviewers)) if person not in writers),
    )


def _distinct(persons: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(dict.fromkeys(persons))

"""What a history tells, as the answer that rules and commands ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mldebt.ownership.cache import Cached
from mldebt.ownership.history import Note
from mldebt.ownership.knowledge import Attendance, Credit, Ownership
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.people import People, Person

if TYPE_CHECKING:
    import datetime as dt


def answer(
    known: Cached,
    lines: LineAuthors,
    said: Said,
    *,
    prefix: str,
    window_days: int,
    aliases: Mapping[str, Sequence[str]] | None,
    bots: Iterable[str],
) -> Ownership:
    """Who knows some lines of a repository whose scanned folder is `prefix`."""
    history = known.history
    imported = _imported(known, lines)
    people = People(history.contacts, history.presence, aliases=aliases, bots=bots)
    contributors = tuple(person for person in people.all() if not person.bot)
    attendance = said.of(contributors)
    return Ownership(
        available=True,
        head=history.head.decode(),
        head_date=history.date,
        window_days=window_days,
        contributors=contributors,
        here=attendance.here,
        gone=attendance.gone,
        suggestions=people.suggestions(),
        prefix=prefix,
        lines=lines,
        credits={
            commit: Credit(
                time=note.time,
                writers=writers,
                reviewers=reviewers,
                imported=commit in imported or (bool(writers) and all(person.nobody for person in writers)),
                reformats=known.reformats.get(commit, False),
            )
            for commit, (note, writers, reviewers) in _credited(history.notes, people)
        },
    )


def said_below(
    ownership: Ownership, said: Mapping[str, tuple[Mapping[str, dt.date], Mapping[str, dt.date]]]
) -> Ownership:
    """The same, with what is said of folders ("a/b/") alone: who joined there, and who left."""
    below = {
        folder: Said(joined, left, ownership.head_date).of(ownership.contributors)
        for folder, (joined, left) in said.items()
    }
    return ownership._replace(below=below)


class Said:
    """What the settings say of who joined and who left, as of the day when HEAD was committed."""

    def __init__(self, joined: Mapping[str, dt.date], left: Mapping[str, dt.date], head_date: int) -> None:
        self._joined, self._left = (_until(head_date, days) if days else {} for days in (joined, left))

    def of(self, people: Iterable[Person]) -> Attendance:
        if not self._joined and not self._left:
            return Attendance()
        listed = tuple(people)
        return Attendance(
            here=frozenset(person for person in listed if self.is_here(person)),
            gone=frozenset(person for person in listed if self.is_gone(person)),
        )

    def is_here(self, person: Person) -> bool:
        """Whether they joined, and did not leave after that."""
        joined = _last_day(person, self._joined)
        left = _last_day(person, self._left)
        return joined is not None and (left is None or joined > left)

    def is_gone(self, person: Person) -> bool:
        """Whether they left, and did not come back."""
        return _last_day(person, self._left) is not None and not self.is_here(person)


def _until(moment: int, days: Mapping[str, dt.date]) -> dict[str, dt.date]:
    """What was said of the days up to a moment, of whoever goes by each word."""
    import datetime as dt  # not at the top: most settings say nothing of the kind

    today = dt.datetime.fromtimestamp(moment, tz=dt.UTC).date()
    return {word.casefold(): day for word, day in days.items() if day <= today}


def _last_day(person: Person, days: Mapping[str, dt.date]) -> dt.date | None:
    words = {word.casefold() for word in (person.name, person.email, *person.others)}
    return max((days[word] for word in words & days.keys()), default=None)


def _imported(known: Cached, lines: LineAuthors) -> frozenset[bytes]:
    """The imports that these lines are full enough of to tell anything."""
    found = [commit for commit, was in known.imports.items() if was]
    if not found:
        return frozenset()
    from mldebt.ownership.imports import WORTH_A_LOOK

    counts = lines.tally()
    return frozenset(commit for commit in found if counts[commit] >= WORTH_A_LOOK)


_Taken = tuple[Note, tuple[Person, ...], tuple[Person, ...]]


def _credited(notes: Mapping[bytes, Note], people: People) -> Iterator[tuple[bytes, _Taken]]:
    """Commit → note, writers and reviewers. Most commits share those with another one."""
    seen: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[tuple[Person, ...], tuple[Person, ...]]] = {}
    for commit, note in notes.items():
        key = note.writers, note.reviewers
        found = seen.get(key)
        if found is None:
            writers = _persons(note.writers, people)
            reviewers = tuple(person for person in _persons(note.reviewers, people) if person not in writers)
            found = seen[key] = writers, reviewers
        yield commit, (note, *found)


def _persons(contacts: Iterable[int], people: People) -> tuple[Person, ...]:
    found = dict.fromkeys(people.of(contact) for contact in contacts)
    return tuple(person for person in found if not person.bot)

"""Who made, shared and reviewed each commit, read in one go from the log."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from mldebt.git import IsolatedRepository
from mldebt.ownership.commit_log import CommitLog, Entry
from mldebt.ownership.mailmap import mailmapped
from mldebt.regex import regex


class Contact(NamedTuple):
    """A name and an address as git knows them, after `.mailmap`."""

    name: str
    email: str


class Note(NamedTuple):
    """What is known of a commit: numbers of contacts. The first writer is its author. `hands_out`: it says that it is a
    release, or what was written elsewhere."""

    time: int
    writers: tuple[int, ...]
    reviewers: tuple[int, ...]
    root: bool
    hands_out: bool = False


class Presence(NamedTuple):
    """How many commits a contact wrote, and when the first and the last."""

    commits: int
    first: int
    last: int


class History(NamedTuple):
    """The commits asked for, and everybody who wrote in the history of `head`. `date` is when `head` was committed."""

    head: bytes
    date: int
    contacts: tuple[Contact, ...]
    presence: tuple[Presence, ...]
    notes: dict[bytes, Note]


_TRAILER = regex(
    rb"^[ \t]*(co-authored-by|reviewed-by|acked-by|approved-by|signed-off-by)[ \t]*:[ \t]*(.*?)[ \t]*<([^<>\s]+)>",
    re.IGNORECASE | re.MULTILINE,
)
_PULL_REQUEST = regex(
    rb"\AMerge pull request #\d|\AMerge PR #?\d|\AMerged in .*\(pull request #\d|^See merge request \S", re.MULTILINE
)
_RELEASE = regex(
    rb"""\A(?:
        (?!(?:fix|add|remove|drop|rename|refactor)\w*\b) (?:\S+[ ]+){0,3} release\b (?![ ]+notes?\b) [^\n]*\d\.\d
      | \W*(?:v|version[ ]+)?\d+\.\d\S*[ ]+(?:\S+[ ]+){0,2}release\b
      | \W*(?:v|version[ ]+)?\d+(?:\.\d+)+[ ]*(?:\(\#\d+\))?\s*(?:\n|\Z)
      | (?:sync|merge|import|export|copy|mirror|publish|update)\w*\b (?:[^\n]*\b(?:from|with))? [ ]+(?:(?:the|our)[ ]+)?
        (?:internal|private|monorepo)\b (?:[ ]+(?:main|master|trunk|repo\w*|branch|code|changes|version|release))?
        [ ]*(?:[^a-z\s][^\n]*)?(?:\n|\Z)
      | (?:internal|private)[ ](?:main|master|repo|release)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""Subjects of commits that hand out at once what others wrote, in a history that is not public. What somebody changed
in an internal part of the code (`Update internal names`) is their own work."""


class HistoryLog:
    """The log, read in the background once it is begun. `known` is the history of an earlier HEAD, which saves reading
    most of it where nothing but new commits came on top."""

    def __init__(self, isolation: IsolatedRepository, known: History | None, *, mailmap: bool) -> None:
        self._isolation = isolation
        self._head = (isolation.head or "").encode()
        self._known = known
        self._mailmap = mailmap
        self._log: CommitLog | None = None
        self._entries: dict[bytes, Entry] | None = None
        self._reader: _Reader | None = None

    def begin(self) -> None:
        """Lets git start to read."""
        if self._log is None and (self._known is None or self._known.head != self._head):
            self._log = CommitLog(self._isolation, self._known.head if self._known is not None else None)

    def prepare(self) -> bool:
        """Does a part of the work, if git is done with its own; False if there is nothing to do now."""
        if self._log is None or not self._log.is_written():
            return False
        if self._entries is None:
            self._entries = self._log.read()
        elif self._reader is None and self._known is None:
            self._reader = self._read(self._entries, None)
        else:
            return False
        return True

    def history(self, commits: Collection[bytes]) -> History:
        """Notes of `commits`, and the contributors up to HEAD."""
        known = self._known
        if known is not None and known.head == self._head and known.notes.keys() >= set(commits):
            return known
        self.begin()
        if self._entries is None:
            self._entries = self._log.read() if self._log is not None else {}
        if known is not None and not self._suffices(self._entries, known, commits):
            self._entries, known = CommitLog(self._isolation).read(), None
        return (self._reader or self._read(self._entries, known)).history(commits)

    def _read(self, entries: Mapping[bytes, Entry], known: History | None) -> _Reader:
        return _Reader(self._isolation, entries, self._head, mailmap=self._mailmap, known=known)

    def end(self) -> None:
        """Stops reading."""
        if self._log is not None:
            self._log.end()

    def _suffices(self, entries: Mapping[bytes, Entry], known: History, commits: Collection[bytes]) -> bool:
        """Whether the new commits lie on top of what is known and nothing older is asked for."""
        below = _mainline(entries, self._head)[1]
        return bool(entries) and below == known.head and (entries.keys() | known.notes.keys()) >= set(commits)


def _mainline(entries: Mapping[bytes, Entry], head: bytes) -> tuple[list[Entry], bytes | None]:
    """The line of first parents down from HEAD, oldest first, and the commit below it that was not read."""
    line = []
    name: bytes | None = head
    while name is not None and name in entries:
        entry = entries[name]
        line.append(entry)
        name = entry.parents[0] if entry.parents else None
    return line[::-1], name


def _merged(entries: Mapping[bytes, Entry], head: bytes) -> dict[bytes, Entry]:
    """Commit → the pull request's merge that brought it to the main line. Other merges tell nothing: somebody who
    merges the main line into their own branch has not read it."""
    line, _ = _mainline(entries, head)
    seen = {entry.name for entry in line}
    merged = {}
    for entry in line:
        asked = bool(entry.parents[1:]) and _PULL_REQUEST.search(entry.message) is not None
        waiting = list(entry.parents[1:])
        while waiting:
            name = waiting.pop()
            if name in entries and name not in seen:
                seen.add(name)
                waiting += entries[name].parents
                if asked:
                    merged[name] = entry
    return merged


class _Reader:
    """Turns log entries into a History, with contacts numbered."""

    def __init__(
        self,
        isolation: IsolatedRepository,
        entries: Mapping[bytes, Entry],
        head: bytes,
        *,
        mailmap: bool,
        known: History | None,
    ) -> None:
        self._isolation = isolation
        self._entries = entries
        self._head = head
        self._mailmap = mailmap
        self._known = known
        self._numbers = {contact: n for n, contact in enumerate(known.contacts)} if known is not None else {}
        self._authors: dict[tuple[bytes, bytes], int] = {}
        self._presence = {n: list(each) for n, each in enumerate(known.presence if known else ())}
        self._merged = _merged(entries, head)
        trailers = {
            name: list(_trailers(entry.message))
            for name, entry in entries.items()
            if b"-by" in entry.message or b"-By" in entry.message  # most messages are ruled out at no cost
        }
        mapped = self._map({person for found in trailers.values() for _, person in found})
        self._said = {
            name: [(kind, mapped[person]) for kind, person in found] for name, found in trailers.items() if found
        }

    def history(self, commits: Collection[bytes]) -> History:
        """The history, with notes of `commits` alone; may be asked once."""
        before = self._known.notes if self._known else {}
        notes = {name: before[name] for name in commits if name in before}
        for name, entry in self._entries.items():
            said = self._said.get(name, ())
            writers = self._count_writers(entry, [person for kind, person in said if kind == b"co-authored-by"])
            if name in commits:
                reviewers = [person for kind, person in said if kind != b"co-authored-by"]
                notes[name] = self._note(entry, writers, reviewers, self._merged.get(name))
        numbered = sorted(self._numbers.items(), key=lambda item: item[1])
        return History(
            head=self._head,
            date=self._entries[self._head].committed_at,
            contacts=tuple(contact for contact, _ in numbered),
            presence=tuple(Presence(*self._presence.get(number, (0, 0, 0))) for _, number in numbered),
            notes=notes,
        )

    def _count_writers(self, entry: Entry, others: Collection[Contact]) -> tuple[int, ...]:
        author = self._authors.get(entry.author)
        if author is None:
            author = self._authors[entry.author] = self._number(_contact(entry.author))
        writers: tuple[int, ...] = (author,)
        if others:
            writers = tuple(dict.fromkeys([*writers, *map(self._number, others)]))
        time = entry.time
        for number in writers:
            presence = self._presence.get(number)
            if presence is None:
                self._presence[number] = [1, time, time]
                continue
            presence[0] += 1
            if time < presence[1]:
                presence[1] = time
            elif time > presence[2]:
                presence[2] = time
        return writers

    def _note(self, entry: Entry, writers: tuple[int, ...], reviewers: list[Contact], merge: Entry | None) -> Note:
        reviewers = [*reviewers, _contact(entry.committer)]
        if merge is not None:
            reviewers.append(_contact(merge.author))
        numbers = dict.fromkeys(map(self._number, reviewers))
        return Note(
            time=entry.time,
            writers=writers,
            reviewers=tuple(number for number in numbers if number not in writers),
            root=not entry.parents,
            hands_out=_RELEASE.search(entry.message) is not None,
        )

    def _number(self, contact: Contact) -> int:
        return self._numbers.setdefault(contact, len(self._numbers))

    def _map(self, people: Collection[tuple[bytes, bytes]]) -> Mapping[tuple[bytes, bytes], Contact]:
        """People named in messages, after `.mailmap`."""
        if not self._mailmap or not people:
            return {person: _contact(person) for person in people}
        return {person: _contact(mapped) for person, mapped in mailmapped(self._isolation, people).items()}


def _trailers(message: bytes) -> Iterator[tuple[bytes, tuple[bytes, bytes]]]:
    """Kind (in lower case) and person of each trailer, wherever in the message a squash left it."""
    for kind, name, email in _TRAILER.findall(message):
        yield kind.lower(), (name, email)


@functools.lru_cache(maxsize=4096)
def _contact(person: tuple[bytes, bytes]) -> Contact:
    name, email = person
    return Contact(name.decode(errors="replace").strip(), email.decode(errors="replace").strip())

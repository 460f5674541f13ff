"""The truck factor of a repository as Avelino, Passos, Hora and Valente define it ("A novel approach for estimating
truck factors", ICPC 2016): how many authors must leave before more than half of the files have none left."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository, Repository, isolated
from mldebt.ownership.history import Contact, Presence
from mldebt.ownership.knowledge import DAY
from mldebt.ownership.people import People, Person, unite

# Degree of authorship, and when it makes somebody an author: the paper's numbers.
_BASE, _CREATED, _CHANGED, _OTHERS = 3.293, 1.098, 0.164, 0.321
_LEAST, _LEAST_SHARE = 3.293, 0.75
_COVERAGE = 0.5

_FORMAT = "%x01%aN%x00%aE%x00%at%x00"
_COMMAND = (
    *("log", "-z", "--topo-order", "--reverse", "--name-status", "-l0", "--root", f"--format={_FORMAT}"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes", "--no-color", "--encoding=UTF-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckFactor:
    """`count` authors, the first of `authors`, cover more than half of the `files` that anybody changed in the window
    (all of history if `window_days` is None); each author with the number of files that are theirs."""

    count: int
    authors: tuple[tuple[Person, int], ...]
    files: int
    window_days: int | None


def read_truck_factor(
    repository: Repository,
    paths: Iterable[str],
    *,
    window_days: int | None = None,
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
) -> TruckFactor:
    """The truck factor over `paths` (relative to the scanned folder), judged by the last `window_days` before HEAD."""
    return read_truck_factors(repository, paths, windows=(window_days,), aliases=aliases, bots=bots)[0]


def read_truck_factors(
    repository: Repository,
    paths: Iterable[str],
    *,
    windows: Sequence[int | None],
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
    unite_likely: bool = False,
) -> tuple[TruckFactor, ...]:
    """The truck factor over each of several windows, from one reading of the history. `unite_likely` counts people who
    are likely one as one, which the paper does by hand."""
    if repository.head is None:
        raise GitError("the repository has no commits yet")
    if repository.shallow:
        raise GitError("the repository is a shallow clone; run `git fetch --unshallow` (or set `fetch-depth: 0`)")
    wanted = {(repository.prefix + path).encode(errors="surrogateescape") for path in paths}
    with isolated(repository) as isolation:
        output = _read_log(isolation, repository.head)
        dated = isolation.run(["log", "-1", "--format=%ct", "--no-show-signature", repository.head])
    until = int(dated.split()[0])
    entries = list(_parse(output))
    who = _Who(entries, aliases, bots, unite_likely=unite_likely)
    return tuple(_judge(entries, who, wanted, until, window) for window in windows)


def _read_log(isolation: IsolatedRepository, head: str) -> bytes:
    try:
        return isolation.run([*_COMMAND, "-M", "--end-of-options", head])
    except GitError:  # a blob that is missing here: renames of changed files cannot be told then, exact ones can
        return isolation.run([*_COMMAND, "-M100%", "--end-of-options", head])


def _judge(
    entries: Sequence[_Entry], who: _Who, wanted: AbstractSet[bytes], until: int, window_days: int | None
) -> TruckFactor:
    since = until - window_days * DAY if window_days is not None else None
    ledger = _Ledger(who.numbers)
    for entry in entries:
        ledger.note(entry, counts=since is None or since <= entry.time <= until)
    files = [ledger.files[path] for path in sorted(wanted & ledger.files.keys())]
    authorship = [authors for file in files if (authors := _authors(file, who))]
    order = _leaving(authorship)
    return TruckFactor(
        count=_count(authorship, [person for person, _ in order]),
        authors=tuple(order),
        files=len(authorship),
        window_days=window_days,
    )


class _Who:
    """Everybody in the log by number, and the person behind each."""

    def __init__(
        self,
        entries: Iterable[_Entry],
        aliases: Mapping[str, Sequence[str]] | None,
        bots: Iterable[str],
        *,
        unite_likely: bool,
    ) -> None:
        times: dict[Contact, list[int]] = {}
        for entry in entries:
            times.setdefault(entry.contact, []).append(entry.time)
        self.numbers = {contact: number for number, contact in enumerate(times)}
        presence = [Presence(len(found), min(found), max(found)) for found in times.values()]
        self._people = People(list(times), presence, aliases=aliases, bots=bots)
        likely = self._people.suggestions() if unite_likely else ()
        self._same = unite({person for pair in likely for person in (pair.one, pair.other)}, likely)

    def of(self, number: int) -> Person:
        person = self._people.of(number)
        return self._same.get(person, person)


class _Change(NamedTuple):
    """One file in one commit; `old` is its former name if it was renamed."""

    status: bytes
    path: bytes
    old: bytes


class _Entry(NamedTuple):
    contact: Contact
    time: int
    changes: list[_Change]


@dataclass(slots=True)
class _File:
    """Who created a file and how often each contact changed it."""

    creator: int | None = None
    changes: Counter[int] = field(default_factory=Counter)


class _Ledger:
    """Files by their present name, from the oldest commit to the newest."""

    def __init__(self, numbers: Mapping[Contact, int]) -> None:
        self.files: dict[bytes, _File] = {}
        self._numbers = numbers

    def note(self, entry: _Entry, *, counts: bool) -> None:
        """Takes a commit in; one outside the window moves files and counts for nobody."""
        number = self._numbers[entry.contact]
        for status, path, old in entry.changes:
            if status == b"D":
                continue  # on another branch it may live on, and what is gone is not asked for
            if status == b"R":
                file = self.files.pop(old, None) or _File()
                self.files[path] = file
            elif status == b"A" and path not in self.files:
                file = self.files[path] = _File(creator=number if counts else None)
            else:
                file = self.files.setdefault(path, _File())
            if counts:
                file.changes[number] += 1


def _parse(output: bytes) -> Iterator[_Entry]:
    for record in output.split(b"\x01")[1:]:
        name, email, time, rest = record.split(b"\0", 3)
        contact = Contact(name.decode(errors="replace").strip(), email.decode(errors="replace").strip())
        yield _Entry(contact, int(time) if time.isdigit() else 0, list(_changes(rest.lstrip(b"\n\0").split(b"\0"))))


def _changes(fields: list[bytes]) -> Iterator[_Change]:
    words = iter(fields)
    for word in words:
        status = word.strip()[:1]
        if status in (b"R", b"C"):
            old = next(words)
            yield _Change(status, next(words), old)
        elif status:
            yield _Change(status, next(words), b"")


def _authors(file: _File, people: _Who) -> frozenset[Person]:
    """The people whose degree of authorship is high, and near the highest."""
    changes: Counter[Person] = Counter()
    for contact, count in file.changes.items():
        changes[people.of(contact)] += count
    creator = people.of(file.creator) if file.creator is not None else None
    total = sum(changes.values())
    degrees = {
        person: _BASE + _CREATED * (person == creator) + _CHANGED * count - _OTHERS * math.log1p(total - count)
        for person, count in changes.items()
        if not person.bot
    }
    highest = max(degrees.values(), default=0.0)
    return frozenset(
        person for person, degree in degrees.items() if degree >= _LEAST and degree > _LEAST_SHARE * highest
    )


def _leaving(authorship: Sequence[frozenset[Person]]) -> list[tuple[Person, int]]:
    """Authors in the order in which they are taken away: whoever has most files goes first."""
    counts = Counter(person for authors in authorship for person in authors)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0].name, item[0].email))


def _count(authorship: Sequence[frozenset[Person]], order: Sequence[Person]) -> int:
    gone: set[Person] = set()
    for person in order:
        left = sum(not authors <= gone for authors in authorship)
        if left < _COVERAGE * len(authorship):
            break
        gone.add(person)
    return len(gone)

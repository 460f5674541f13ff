"""The truck factor of a repository as Avelino, Passos, Hora and Valente define it ("A novel approach for estimating
truck factors", ICPC 2016): how many authors must leave before more than half of the files have none left.

A window may fade: recent changes then weigh more, as in the values that JetBrains published for 935 repositories in
2023 (bus-factor-explorer, over 547 days)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from mldebt.errors import GitError
from mldebt.git import DEEPER_IN_CI, IsolatedRepository, Repository, isolated
from mldebt.ownership.authorship import FileHistory, Known, authors, fading_authors
from mldebt.ownership.history import Contact, Presence
from mldebt.ownership.knowledge import DAY
from mldebt.ownership.people import People, Person, unite

_COVERAGE = 0.5

_FORMAT = "%x01%aN%x00%aE%x00%at%x00%ct%x00"
_COMMAND = (
    *("log", "-z", "--topo-order", "--reverse", "--name-status", "-l0", "--root", f"--format={_FORMAT}"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes", "--no-color", "--encoding=UTF-8"),
)


class Window(NamedTuple):
    """The last so many days before HEAD, None for all of history, and whether old changes fade."""

    days: int | None = None
    fades: bool = False


PUBLISHED = Window(547, fades=True)
"""The window of the published values."""


class TruckFactor(msgspec.Struct, frozen=True, kw_only=True):
    """`count` authors, the first of `authors`, cover more than half of the `files` that anybody changed in the window;
    each author with the number of files that are theirs."""

    count: int
    authors: tuple[tuple[Person, int], ...]
    files: int
    window: Window


def read_truck_factor(
    repository: Repository,
    paths: Iterable[str],
    *,
    window: Window = Window(),  # noqa: B008  # a constant
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
) -> TruckFactor:
    """The truck factor over `paths` (relative to the scanned folder)."""
    return read_truck_factors(repository, paths, windows=(window,), aliases=aliases, bots=bots)[0]


def read_truck_factors(
    repository: Repository,
    paths: Iterable[str],
    *,
    windows: Sequence[Window],
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
    unite_likely: bool = False,
    by_address: bool = False,
) -> tuple[TruckFactor, ...]:
    """The truck factor over each of several windows, from one reading of the history. `unite_likely` counts people who
    are likely one as one, which the paper does by hand; `by_address` makes every address somebody, bots too, as the
    published values have it."""
    if repository.head is None:
        raise GitError("the repository has no commits yet")
    if repository.shallow:
        raise GitError(f"the repository is a shallow clone; run `git fetch --unshallow` ({DEEPER_IN_CI})")
    wanted = {(repository.prefix + path).encode(errors="surrogateescape") for path in paths}
    with isolated(repository) as isolation:
        output = _read_log(isolation, repository.head)
        dated = isolation.run(["log", "-1", "--format=%ct", "--no-show-signature", repository.head])
    until = int(dated.split()[0])
    entries = list(_parse(output))
    who = _Who(entries, aliases, bots, unite_likely=unite_likely)
    known = _addressee(who.numbers) if by_address else who.of
    return tuple(_judge(entries, who.numbers, known, wanted, until, window) for window in windows)


def _read_log(isolation: IsolatedRepository, head: str) -> bytes:
    try:
        return isolation.run([*_COMMAND, "-M", "--end-of-options", head])
    except GitError:  # a blob that is missing here: renames of changed files cannot be told then, exact ones can
        return isolation.run([*_COMMAND, "-M100%", "--end-of-options", head])


def _judge(
    entries: Sequence[_Entry],
    numbers: Mapping[Contact, int],
    known: Known,
    wanted: AbstractSet[bytes],
    until: int,
    window: Window,
) -> TruckFactor:
    since = until - window.days * DAY if window.days is not None else None
    ledger = _Ledger(numbers, until)
    for entry in entries:
        moment = entry.committed if window.fades else entry.time
        ledger.note(entry, counts=since is None or since <= moment <= until)
    files = [ledger.files[path] for path in sorted(wanted & ledger.files.keys())]
    judge = fading_authors if window.fades else authors
    authorship = [found for file in files if (found := judge(file, known))]
    order = _leaving(authorship)
    return TruckFactor(
        count=_count(authorship, [person for person, _ in order]),
        authors=tuple(order),
        files=len(authorship),
        window=window,
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


def _addressee(numbers: Mapping[Contact, int]) -> Known:
    persons = {number: Person(name=contact.email, email=contact.email) for contact, number in numbers.items()}
    return persons.__getitem__


class _Change(NamedTuple):
    """One file in one commit; `old` is its former name if it was renamed."""

    status: bytes
    path: bytes
    old: bytes


class _Entry(NamedTuple):
    contact: Contact
    time: int
    committed: int
    changes: list[_Change]


class _Ledger:
    """Files by their present name, from the oldest commit to the newest."""

    def __init__(self, numbers: Mapping[Contact, int], until: int) -> None:
        self.files: dict[bytes, FileHistory] = {}
        self._numbers = numbers
        self._until = until

    def note(self, entry: _Entry, *, counts: bool) -> None:
        """Takes a commit in; one outside the window moves files and counts for nobody. A mere move fades at once."""
        number = self._numbers[entry.contact]
        days = (self._until - entry.time) // DAY
        for status, path, old in entry.changes:
            if status == b"D":
                continue  # on another branch it may live on, and what is gone is not asked for
            if status == b"R":
                file = self.files.pop(old, None) or FileHistory()
                self.files[path] = file
            elif status == b"A" and path not in self.files:
                file = self.files[path] = FileHistory(creator=number if counts else None)
            else:
                file = self.files.setdefault(path, FileHistory())
            if counts:
                file.change(number)
                if status != b"R":
                    file.weigh(number, days)


def _parse(output: bytes) -> Iterator[_Entry]:
    for record in output.split(b"\x01")[1:]:
        name, email, time, committed, rest = record.split(b"\0", 4)
        yield _Entry(
            contact=Contact(name.decode(errors="replace").strip(), email.decode(errors="replace").strip()),
            time=int(time) if time.isdigit() else 0,
            committed=int(committed) if committed.isdigit() else 0,
            changes=list(_changes(rest.lstrip(b"\n\0").split(b"\0"))),
        )


def _changes(fields: list[bytes]) -> Iterator[_Change]:
    words = iter(fields)
    for word in words:
        status = word.strip()[:1]
        if status in (b"R", b"C"):
            old = next(words)
            yield _Change(status, next(words), old)
        elif status:
            yield _Change(status, next(words), b"")


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

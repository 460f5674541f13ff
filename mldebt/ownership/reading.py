"""Reads who knows which lines, or says why nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.errors import GitError
from mldebt.git import BlobReader, Repository, isolated
from mldebt.ownership.cache import Cached, read_cache, write_cache
from mldebt.ownership.knowledge import Attendance, Credit, Ownership
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.logs import Logs
from mldebt.ownership.pace import Progress
from mldebt.ownership.people import People, Person

if TYPE_CHECKING:
    import datetime as dt

    from mldebt.ownership.history import Note
    from mldebt.ownership.survey import Survey

_NO_REPOSITORY = "the folder is not inside a git repository"
_NO_COMMITS = "the repository has no commits yet"
_SHALLOW = (
    "the repository is a shallow clone, so the history that tells who wrote what is cut off; "
    "run `git fetch --unshallow` (in GitHub Actions: actions/checkout with `fetch-depth: 0`)"
)
_MISSING = (
    "the repository is a partial clone and lacks the contents of older versions; "
    "run `git fetch --refetch --no-filter` in it, or clone it without `--filter`"
)
_PARENT = re.compile(rb"\Atree [0-9a-f]+\nparent ")
_CUT_OFF = 0.05  # of the lines end where a shallow history does
_STOPPED = 0.01  # of the lines stay with a commit only because an older version is missing


def read_ownership(  # noqa: PLR0913  # each is one thing that a person can set
    repository: Repository | None,
    paths: Iterable[str] | Mapping[str, str],
    *,
    window_days: int = 365,
    aliases: Mapping[str, Sequence[str]] | None = None,
    bots: Iterable[str] = (),
    joined: Mapping[str, dt.date] | None = None,
    left: Mapping[str, dt.date] | None = None,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> Ownership:
    """Who knows the lines of `paths` (relative to the scanned folder). Given as a mapping to the blob ids of what lies
    in the work tree, files that differ from HEAD are answered for as they lie there; otherwise lines are those at HEAD.

    Never raises for a repository that has no answer: `available` is False then, with the reason and the way out."""
    keys = dict(paths) if isinstance(paths, Mapping) else dict.fromkeys(paths, "")
    try:
        known, lines = _read(repository, keys, cache_dir, progress)
    except GitError as error:
        return Ownership(available=False, reason=str(error), window_days=window_days)
    history = known.history
    imported = _imported(known, lines)
    people = People(history.contacts, history.presence, aliases=aliases, bots=bots)
    contributors = tuple(person for person in people.all() if not person.bot)
    said = _Said(joined or {}, left or {}, history.date).of(contributors)
    return Ownership(
        available=True,
        head=history.head.decode(),
        head_date=history.date,
        window_days=window_days,
        contributors=contributors,
        here=said.here,
        gone=said.gone,
        suggestions=people.suggestions(),
        prefix=repository.prefix if repository is not None else "",
        lines=lines,
        credits={
            commit: Credit(
                time=note.time,
                writers=writers,
                reviewers=reviewers,
                imported=commit in imported,
                reformats=known.reformats.get(commit, False),
            )
            for commit, (note, writers, reviewers) in _credited(history.notes, people)
        },
    )


def _read(
    repository: Repository | None, keys: Mapping[str, str], cache_dir: Path | None, progress: Progress | None
) -> tuple[Cached, LineAuthors]:
    """What is known of HEAD, and the lines to answer with."""
    if repository is None:
        raise GitError(_NO_REPOSITORY)
    if repository.head is None:
        raise GitError(_NO_COMMITS)
    boundary = _boundary(repository)
    wanted = {(repository.prefix + path).encode(errors="surrogateescape"): key for path, key in keys.items()}
    cached = read_cache(cache_dir, _state(boundary))
    if cached is None or cached.lines.head != repository.head.encode() or not wanted.keys() <= cached.blobs.keys():
        found = _survey(repository, wanted, cached, _state(boundary), progress)
        cached = found.known
        if found.stopped and found.stopped > _STOPPED * sum(cached.lines.tally().values()):
            raise GitError(_MISSING)
        write_cache(cache_dir, cached)
    # Whatever else is known from other scans must not sway the answer to this one.
    lines = cached.lines.only(wanted)
    if boundary:
        _refuse_if_cut_off(lines, boundary)
    lines = lines.but(cached.reassigned.only(wanted))
    return cached, _overlaid(repository, wanted, cached.blobs, lines) if any(wanted.values()) else lines


def _survey(
    repository: Repository, wanted: Collection[bytes], before: Cached | None, state: bytes, progress: Progress | None
) -> Survey:
    """Reads the history. Most of what that takes is loaded while git already writes the logs of it."""
    known = (None, None) if before is None else (before.lines.head, before.history.head)
    with isolated(repository) as isolation, Logs(isolation, *known) as logs:
        from mldebt.ownership.survey import survey

        return survey(isolation, wanted, before, state, logs, progress)


def _overlaid(
    repository: Repository, wanted: Mapping[bytes, str], blobs: Mapping[bytes, bytes], lines: LineAuthors
) -> LineAuthors:
    """The lines as they lie in the work tree."""
    from mldebt.ownership.worktree import changed_files, overlay

    changed = changed_files(repository.root, wanted, blobs, repository.object_format)
    if not changed:
        return lines
    with isolated(repository) as isolation:
        return overlay(isolation, lines, blobs, changed)


def _boundary(repository: Repository) -> frozenset[bytes]:
    """The commits at which a shallow history is cut off. Git lists among them what has no parents in any case."""
    if not repository.shallow:
        return frozenset()
    with isolated(repository) as isolation, BlobReader(isolation) as reader:
        listed = sorted((isolation.git_dir / "shallow").read_bytes().split())
        contents = zip(listed, reader.contents(listed), strict=True)
        cut = frozenset(commit for commit, content in contents if content and _PARENT.search(content))
    if (repository.head or "").encode() in cut:
        raise GitError(_SHALLOW)
    return cut


def _state(boundary: frozenset[bytes]) -> bytes:
    """What the answer depends on beside the commit."""
    if not boundary:
        return b""
    import hashlib

    return hashlib.sha256(b"\n".join(sorted(boundary))).digest()


def _refuse_if_cut_off(lines: LineAuthors, boundary: frozenset[bytes]) -> None:
    """Names no owners where the history that tells them is not there."""
    counts = lines.tally()
    if sum(count for commit, count in counts.items() if commit in boundary) > _CUT_OFF * sum(counts.values()):
        raise GitError(_SHALLOW)


def said_below(
    ownership: Ownership, said: Mapping[str, tuple[Mapping[str, dt.date], Mapping[str, dt.date]]]
) -> Ownership:
    """The same, with what is said of folders ("a/b/") alone: who joined there, and who left."""
    below = {
        folder: _Said(joined, left, ownership.head_date).of(ownership.contributors)
        for folder, (joined, left) in said.items()
    }
    return replace(ownership, below=below)


class _Said:
    """What the settings say of who joined and who left, as of the day when HEAD was committed."""

    def __init__(self, joined: Mapping[str, dt.date], left: Mapping[str, dt.date], head_date: int) -> None:
        self._joined, self._left = (_until(head_date, days) if days else {} for days in (joined, left))

    def of(self, people: Iterable[Person]) -> Attendance:
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


_Taken = tuple["Note", tuple[Person, ...], tuple[Person, ...]]


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

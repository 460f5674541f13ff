"""Reads who knows which lines, or says why nobody can tell."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mldebt.errors import GitError
from mldebt.git import BlobReader, Repository, isolated
from mldebt.ownership.cache import Cached, read_cache, write_cache
from mldebt.ownership.history import Note
from mldebt.ownership.ignored import with_reassigned
from mldebt.ownership.imports import WORTH_A_LOOK
from mldebt.ownership.knowledge import Attendance, Credit, Ownership
from mldebt.ownership.lines import LineAuthors
from mldebt.ownership.pace import Progress
from mldebt.ownership.people import People, Person
from mldebt.ownership.survey import survey
from mldebt.ownership.worktree import changed_files, overlay

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
    large = {commit for commit, count in lines.count().items() if count >= WORTH_A_LOOK}
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
            commit: _credit(
                note,
                people,
                imported=commit in large and known.imports.get(commit, False),
                reformats=known.reformats.get(commit, False),
            )
            for commit, note in history.notes.items()
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
        with isolated(repository) as isolation:
            found = survey(isolation, wanted.keys(), cached, _state(boundary), progress)
        cached = found.known
        if found.stopped > _STOPPED * sum(cached.lines.count().values()):
            raise GitError(_MISSING)
        write_cache(cache_dir, cached)
    # Whatever else is known from other scans must not sway the answer to this one.
    lines = cached.lines.only(wanted)
    _refuse_if_cut_off(lines, boundary)
    lines = with_reassigned(lines, cached.reassigned.only(wanted))
    changed = changed_files(repository.root, wanted, cached.blobs, repository.object_format)
    if changed:
        with isolated(repository) as isolation:
            lines = overlay(isolation, lines, cached.blobs, changed)
    return cached, lines


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
    return hashlib.sha256(b"\n".join(sorted(boundary))).digest()


def _refuse_if_cut_off(lines: LineAuthors, boundary: frozenset[bytes]) -> None:
    """Names no owners where the history that tells them is not there."""
    counts = lines.count()
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
        today = dt.datetime.fromtimestamp(head_date, tz=dt.UTC).date()
        self._joined, self._left = (
            {word.casefold(): day for word, day in days.items() if day <= today} for days in (joined, left)
        )

    def of(self, people: Iterable[Person]) -> Attendance:
        listed = tuple(people)
        return Attendance(
            here=frozenset(person for person in listed if self.is_here(person)),
            gone=frozenset(person for person in listed if self.is_gone(person)),
        )

    def is_here(self, person: Person) -> bool:
        """Whether they joined, and did not leave after that."""
        joined = _last_day(person, self._joined)
        return joined is not None and joined > (_last_day(person, self._left) or dt.date.min)

    def is_gone(self, person: Person) -> bool:
        """Whether they left, and did not come back."""
        return _last_day(person, self._left) is not None and not self.is_here(person)


def _last_day(person: Person, days: Mapping[str, dt.date]) -> dt.date | None:
    words = {word.casefold() for word in (person.name, person.email, *person.others)}
    return max((days[word] for word in words & days.keys()), default=None)


def _credit(note: Note, people: People, *, imported: bool, reformats: bool) -> Credit:
    writers = _persons(note.writers, people)
    reviewers = tuple(person for person in _persons(note.reviewers, people) if person not in writers)
    return Credit(time=note.time, writers=writers, reviewers=reviewers, imported=imported, reformats=reformats)


def _persons(contacts: Iterable[int], people: People) -> tuple[Person, ...]:
    found = dict.fromkeys(people.of(contact) for contact in contacts)
    return tuple(person for person in found if not person.bot)

"""The last changes of files, as their history tells them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mldebt.errors import GitError
from mldebt.git import Commit, IsolatedRepository, Repository, isolated, read_commits
from mldebt.ownership.mailmap import mailmapped

_OPTIONS = ("--no-show-signature", "--no-notes", "--no-color", "--no-decorate")
_COMMAND = ("log", "-z", "--no-merges", "--format=%H", *_OPTIONS)
_SHORT = 10


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One commit that changed a file; `time` is in epoch seconds."""

    commit: str
    time: int
    name: str
    email: str
    subject: str


def read_changes(repository: Repository, paths: Iterable[str], *, limit: int) -> dict[str, tuple[Change, ...]]:
    """The last commits of each path (relative to the scanned folder), merges aside, newest first. A path whose history
    cannot be read has none."""
    if repository.head is None:
        return {}
    with isolated(repository) as isolation:
        last = {
            path: _last(isolation, (repository.prefix + path).encode(errors="surrogateescape"), limit)
            for path in dict.fromkeys(paths)
        }
        told = _told(isolation, list(dict.fromkeys(name for names in last.values() for name in names)))
    return {path: tuple(told[name] for name in names if name in told) for path, names in last.items()}


def _last(isolation: IsolatedRepository, path: bytes, limit: int) -> list[str]:
    """Under the names that it had before, too, where git has all that it must compare for that."""
    for follow in (["--follow"], []):
        command: list[str | bytes] = [
            *_COMMAND,
            *follow,
            f"-n{limit}",
            "--end-of-options",
            isolation.head or "",
            "--",
            path,
        ]
        try:
            return isolation.run(command).decode().replace("\0", "\n").split()
        except GitError:
            continue
    return []


def _told(isolation: IsolatedRepository, names: list[str]) -> dict[str, Change]:
    """What commits say of themselves, by id, with the people as `.mailmap` has them."""
    try:
        commits = read_commits(isolation, names) if names else ()
        signed = {name: (each.author.encode(), each.email.encode()) for name, each in zip(names, commits, strict=True)}
        people = mailmapped(isolation, set(signed.values()))
    except GitError:
        return {}
    return {name: _change(each, people[signed[name]]) for name, each in zip(names, commits, strict=True)}


def _change(commit: Commit, person: tuple[bytes, bytes]) -> Change:
    name, email = (word.decode(errors="replace") for word in person)
    return Change(commit=commit.id[:_SHORT], time=commit.time, name=name, email=email, subject=commit.subject)

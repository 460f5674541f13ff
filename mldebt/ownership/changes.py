"""The last changes of files, as their history tells them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mldebt.errors import GitError
from mldebt.git import Repository, isolated

_COMMAND = (
    *("log", "-z", "--no-merges", "--format=%h%x00%at%x00%aN%x00%aE%x00%s%x00", "--no-show-signature", "--no-notes"),
    *("--no-color", "--no-decorate", "--encoding=UTF-8", "--follow"),
)
_FIELDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One commit that changed a file; `time` is in epoch seconds."""

    commit: str
    time: int
    name: str
    email: str
    subject: str


def read_changes(repository: Repository, paths: Iterable[str], *, limit: int) -> dict[str, tuple[Change, ...]]:
    """The last commits of each path (relative to the scanned folder), merges aside, newest first. A path whose history
    cannot be read has none."""
    found: dict[str, tuple[Change, ...]] = {}
    if repository.head is None:
        return found
    with isolated(repository) as isolation:
        for path in dict.fromkeys(paths):
            name = (repository.prefix + path).encode(errors="surrogateescape")
            try:
                output = isolation.run([*_COMMAND, f"-n{limit}", "--end-of-options", repository.head, "--", name])
            except GitError:
                continue
            fields = output.decode(errors="replace").split("\0")
            found[path] = tuple(
                _parse(fields[start : start + _FIELDS]) for start in range(0, len(fields) - _FIELDS, _FIELDS + 1)
            )
    return found


def _parse(fields: list[str]) -> Change:
    commit, time, name, email, subject = fields
    return Change(commit=commit.strip(), time=int(time), name=name, email=email, subject=subject)

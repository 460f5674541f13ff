"""Which commits a history has, one after another, and which files each of them touched."""

from __future__ import annotations

import os

import msgspec

from mldebt.git.isolation import IsolatedRepository

_FORMAT = "%x1e%H%x1f%aN%x1f%aE%x1f%ct%x1f"
_QUIET = ("--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "--encoding=UTF-8")


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that is no merge, who wrote it, when it was committed (epoch seconds), and the files that differ."""

    commit: str
    name: str
    email: str
    time: int
    paths: frozenset[str]


def main_line(isolation: IsolatedRepository) -> tuple[tuple[str, int], ...]:
    """The commits that HEAD itself went through, the oldest first, and when each was there. A clock that went wrong
    turns no order around."""
    if isolation.head is None:
        return ()
    output = isolation.run(["log", "--first-parent", "--format=%H %ct", *_QUIET, "--end-of-options", isolation.head])
    found: list[tuple[str, int]] = []
    latest = 0
    for line in reversed(output.decode().splitlines()):
        commit, _, time = line.partition(" ")
        latest = max(latest, _seconds(time))
        found.append((commit, latest))
    return tuple(found)


def read_touches(isolation: IsolatedRepository, start: str, end: str) -> tuple[Touch, ...]:
    """What is in the history of `end` and not in that of `start`, the newest first. What cannot be read is left out: a
    name may hold anything."""
    command = ["log", "-z", "--no-merges", "--name-only", "--no-renames", f"--format={_FORMAT}", *_QUIET]
    output = isolation.run([*command, "--end-of-options", f"{start}..{end}"])
    return tuple(touch for record in output.split(b"\x1e")[1:] if (touch := _parse(record)) is not None)


def _parse(record: bytes) -> Touch | None:
    fields = record.split(b"\x1f")
    if len(fields) != 5:
        return None
    commit, name, email, time, paths = fields
    return Touch(
        commit=commit.decode(),
        name=name.decode(errors="replace"),
        email=email.decode(errors="replace"),
        time=_seconds(time.decode()),
        paths=frozenset(map(os.fsdecode, filter(None, paths.lstrip(b"\0\n").split(b"\0")))),
    )


def _seconds(text: str) -> int:
    """Kept between 1970 and the year 9999: a commit may claim any date."""
    return min(max(int(text), 0), 253_402_300_799) if text.strip().lstrip("-").isdigit() else 0

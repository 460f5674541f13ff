"""What was read of a history, kept in one file for the next scan."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mldebt.ownership.history import History
from mldebt.ownership.lines import LineAuthors
from mldebt.store import read_entry, unpack, write_entry

_FORMAT = 11
_NAME = "ownership.msgpack"


class Cached(NamedTuple):
    """All that one HEAD told. `blobs` are the files whose lines are known (path → blob), `moved` the files into which
    code was moved, with the commits that made it; `reassigned` those in which lines were given to others for that, or
    because their revision is to be ignored; `state` says what else the answer depends on."""

    state: bytes
    lines: LineAuthors
    moved: LineAuthors
    blobs: dict[bytes, bytes]
    ignoring: bytes
    reassigned: LineAuthors
    mailmap: bytes
    history: History
    imports: dict[bytes, bool]
    reformats: dict[bytes, bool]
    format: int = _FORMAT


def read_cache(folder: Path | None, state: bytes) -> Cached | None:
    """What an earlier scan left, or None. The file is only data: nothing in it can do more than be wrong."""
    if folder is None:
        return None
    cached = unpack(read_entry(folder, "", _NAME), Cached)
    if cached is None or cached.format != _FORMAT or cached.state != state or not _consistent(cached):
        return None
    return cached


def write_cache(folder: Path | None, cached: Cached) -> None:
    """Keeps it for the next scan; if that is impossible, the next scan reads the history again."""
    if folder is None:
        return
    import msgspec  # not at the top: dear to load, and of no use without a cache

    write_entry(folder, "", _NAME, msgspec.msgpack.encode(cached))


def _consistent(cached: Cached) -> bool:
    people = len(cached.history.contacts)
    return (
        cached.lines.consistent()
        and cached.moved.consistent()
        and cached.reassigned.consistent()
        and len(cached.history.presence) == people
        and all(
            note.writers and all(0 <= number < people for number in (*note.writers, *note.reviewers))
            for note in cached.history.notes.values()
        )
    )

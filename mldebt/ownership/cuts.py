"""Work that left no line behind: lines that were taken away, or written over since."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator

from mldebt.errors import GitError
from mldebt.git import IsolatedRepository, Repository, isolated
from mldebt.ownership.ignored import LISTED_IN, read_ignored
from mldebt.ownership.knowledge import Span

_LOG = ("log", "--no-merges", "--no-show-signature", "--no-notes", "--no-color", "--no-decorate")
_PATCH = (b"--format=%x1e%H", b"--patch", b"--unified=0", b"--no-ext-diff", b"--no-textconv")
_NAMES = (b"--format=", b"--name-only", b"--no-renames", b"-z")


def cuts_since(repository: Repository, spans: Iterable[Span], moment: int) -> frozenset[bytes]:
    """The commits after a moment (epoch seconds) that took something away from some lines as they stand at HEAD; merges
    and ignored revisions aside. Git follows the lines, which takes its time: it is asked of files alone that were
    touched at all. None where it cannot tell."""
    prefix = os.fsencode(repository.prefix)
    asked = [(prefix + path.encode(errors="surrogateescape"), first, last) for path, first, last in spans]
    found: set[bytes] = set()
    try:
        touched = _touched(repository, moment)
        if not any(path in touched for path, _, _ in asked):
            return frozenset()
        with isolated(repository) as isolation:
            for path, first, last in asked:
                if path in touched:
                    lines = b"-L%d,%s:%s" % (first, b"%d" % last if last else b"", path)
                    found.update(_takers(_asked(isolation, moment, *_PATCH, lines)))
            return frozenset(found.difference(_ignored(isolation)))
    except GitError:
        return frozenset()


@functools.lru_cache(maxsize=4)
def _touched(repository: Repository, moment: int) -> frozenset[bytes]:
    """The files that any commit after a moment touched."""
    with isolated(repository) as isolation:
        output = _asked(isolation, moment, *_NAMES)
    return frozenset(path.lstrip(b"\n") for path in output.split(b"\0"))


def _asked(isolation: IsolatedRepository, moment: int, *options: bytes) -> bytes:
    return isolation.run([*_LOG, f"--since={moment}", *options, "--end-of-options", isolation.head or ""])


def _takers(output: bytes) -> Iterator[bytes]:
    """The commits whose part of a patch takes lines away."""
    for record in output.split(b"\x1e")[1:]:
        commit, *lines = record.split(b"\n")
        if any(line.startswith(b"-") and not line.startswith(b"--- ") for line in lines):
            yield commit


def _ignored(isolation: IsolatedRepository) -> tuple[bytes, ...]:
    code, blob = isolation.ask(["rev-parse", "--quiet", "--verify", f"{isolation.head}:{LISTED_IN.decode()}"])
    return read_ignored(isolation, blob.strip()) if code == 0 else ()

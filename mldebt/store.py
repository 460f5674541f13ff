"""Bytes kept by name in a cache folder that ignores itself, where trouble is a miss; a person's files, where it is an
error."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from mldebt.errors import UsageError
from mldebt.regex import regex

if TYPE_CHECKING:
    from msgspec import Raw

T = TypeVar("T")
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Kept by mldebt; safe to delete.\n"
_KEPT = 64
_SUM = 4  # bytes at the end of an entry that tell whether it is still what was written
_PART = regex(r"\..+\.mldebt-[0-9a-f]{8}\Z", re.DOTALL)
_A_MOMENT = 60.0  # seconds in which whoever makes a part has got hold of it


def prepare_folder(folder: Path) -> None:
    """The folder tells version control and backups to leave it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def read_entry(folder: Path, shelf: str, name: str) -> bytes | None:
    """What was kept, or None: also where it is damaged, for a flipped bit may well make another readable answer, and
    where it is what was kept under another name."""
    entry = folder / shelf / name
    try:
        kept = entry.read_bytes() if entry.is_file() else b""  # nobody may ever write to a pipe
    except OSError:
        return None
    content = kept[:-_SUM]
    return content if kept[-_SUM:] == _sum(shelf, name, content) else None


def unpack(content: bytes | Raw | None, kind: type[T]) -> T | None:
    """The value that an entry holds, or None for what is no such value: it is only data, and cannot do more than be
    wrong. Whoever made a checksum fit may have nested it deeper than a decoder goes."""
    if content is None:
        return None
    import msgspec  # not at the top: dear to load, and of no use without a cache

    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.MsgspecError, RecursionError):
        return None


def write_entry(folder: Path, shelf: str, name: str, content: bytes) -> str:
    """Keep an entry, whole or not at all. Returns "" or, for a warning, why it could not be kept."""
    try:
        prepare_folder(folder)
        (folder / shelf).mkdir(parents=True, exist_ok=True)
        _put(folder / shelf / name, content + _sum(shelf, name, content))
        sweep_parts(folder / shelf)
        _prune(folder / shelf)
    except OSError as error:
        return f"cache folder {folder} cannot be used ({error.strerror or error}); everything is computed anew"
    return ""


def code_key(folder: Path) -> str:
    """The content of our own code in a folder: what was kept is of no use to whoever changes what made it."""
    import hashlib  # not at the top: dear to load, and of no use to most runs

    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_damage(error: Exception) -> bool:
    """Whether a database is itself at fault; a full disk, or another process that writes to it, is another matter."""
    import sqlite3  # not at the top: many runs ask no database

    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    # SQLITE_ERROR: our plain statements do not suit the tables in it.
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def read_text(path: Path, hint: str = "") -> str:
    """A file that a person named. `hint` says what to do when there is none."""
    try:
        return path.read_bytes().decode("utf-8-sig", "surrogateescape")
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file{f'; {hint}' if hint else ''}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error


def write_text(path: Path, text: str) -> None:
    """A file that a person asked for, whole or not at all: whoever is killed in the middle leaves what was there. What
    is no plain file, such as /dev/stdout, is written to as it is."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for what is no text."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = _target(path)
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        sweep_parts(target.parent, target.name)
        _put(target, content, lasting=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def sweep_parts(folder: Path, name: str = "") -> None:
    """Remove what killed runs left while they wrote a file of this name, or any: what is not of this very moment, and
    held by nobody who still writes to it."""
    start = f".{name}.mldebt-" if name else "."
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(start) and _PART.match(entry.name) and _abandoned(entry):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  # an entry has no path of that kind


def hold(file: IO[bytes]) -> bool:
    """Takes the lock of a file for as long as it is open: the system lets go of it however the process ends. False
    where another has it; where the system has no locks, age alone decides."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _target(path: Path) -> Path:
    """Where links lead. `resolve` has an error of its own kind for those that run in a ring, `realpath` none."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _put(target: Path, content: bytes, *, lasting: bool = False) -> None:
    """Write a file, whole or not at all. `lasting` waits until the disk has it."""
    part = target.with_name(f".{target.name}.mldebt-{os.urandom(4).hex()}")
    try:
        with part.open("xb") as file:
            hold(file)
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if lasting and target.exists():
            part.chmod(target.stat().st_mode & 0o7777)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # a full disk is not to be kept full


def _abandoned(entry: os.DirEntry[str]) -> bool:
    try:
        state = entry.stat(follow_symlinks=False)
        if not entry.is_file(follow_symlinks=False) or time.time() - state.st_mtime < _A_MOMENT:
            return False
        with Path(entry.path).open("rb") as part:
            return hold(part)
    except OSError:
        return False


def _sum(shelf: str, name: str, content: bytes) -> bytes:
    return zlib.crc32(content, zlib.crc32(f"{shelf}/{name}".encode())).to_bytes(_SUM)


def _prune(shelf: Path) -> None:
    """Let the oldest go. Age decides only what is forgotten, never what is valid."""
    entries = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(shelf)]
    for _, path in sorted(entries)[:-_KEPT]:
        Path(path).unlink(missing_ok=True)

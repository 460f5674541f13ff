"""Bytes kept by name in a cache folder that ignores itself, where trouble is a miss; a person's files, where it is an
error."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from mldebt.errors import UsageError

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Kept by mldebt; safe to delete.\n"
_KEPT = 64
_SUM = 4  # bytes at the end of an entry that tell whether it is still what was written


def prepare_folder(folder: Path) -> None:
    """The folder tells version control and backups to leave it alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def read_entry(folder: Path, shelf: str, name: str) -> bytes | None:
    """What was kept, or None: also where it is damaged, for a flipped bit may well make another readable answer."""
    try:
        kept = (folder / shelf / name).read_bytes()
    except OSError:
        return None
    content = kept[:-_SUM]
    return content if kept[-_SUM:] == _sum(content) else None


def write_entry(folder: Path, shelf: str, name: str, content: bytes) -> str:
    """Keep an entry, whole or not at all. Returns "" or, for a warning, why it could not be kept."""
    try:
        prepare_folder(folder)
        (folder / shelf).mkdir(parents=True, exist_ok=True)
        part = folder / shelf / f".{name}.{os.getpid()}"
        try:
            part.write_bytes(content + _sum(content))
            part.replace(folder / shelf / name)
        finally:
            part.unlink(missing_ok=True)  # a full disk is not to be kept full
        _prune(folder / shelf)
    except OSError as error:
        return f"cache folder {folder} cannot be used ({error.strerror or error}); everything is computed anew"
    return ""


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
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        part = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                part.chmod(target.stat().st_mode & 0o7777)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_SUM)


def _prune(shelf: Path) -> None:
    """Let the oldest go. Age decides only what is forgotten, never what is valid."""
    entries = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(shelf)]
    for _, path in sorted(entries)[:-_KEPT]:
        Path(path).unlink(missing_ok=True)

"""Facts kept between scans, by content. Whatever goes wrong with the store is a miss and a warning, never an error."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from mldebt.facts.version import facts_version
from mldebt.store import is_damage, prepare_folder

FILE_NAME: Final = "facts.sqlite"
KEPT_BYTES: Final = 512 * 1024 * 1024
"""Beyond this size the store forgets what the present scan did not ask for."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    key TEXT PRIMARY KEY, version TEXT NOT NULL, reason TEXT NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL
)
"""
_CHUNK = 500


class Stored(NamedTuple):
    """What is kept of one file: its encoded facts, or the reason why its content has none."""

    body: bytes
    reason: str = ""


class FactStore:
    """A folder with one SQLite file. Close it; `warnings` says what went wrong."""

    def __init__(self, folder: Path | None, *, kept_bytes: int = KEPT_BYTES, wait_seconds: float = 5.0) -> None:
        self.warnings: list[str] = []
        self._folder = folder
        self._kept_bytes = kept_bytes
        self._wait_seconds = wait_seconds
        self._wanted: set[str] = set()
        self._connection: sqlite3.Connection | None = None
        self._is_writable = True
        if folder is not None:
            self._open(folder)

    def load(self, keys: Iterable[str]) -> dict[str, Stored]:
        """What is kept for these keys."""
        wanted = sorted(set(keys))
        self._wanted.update(wanted)
        found: dict[str, Stored] = {}
        with self._tolerating("read"):
            for row in self._rows(wanted):
                key, reason, checksum, body = row
                entry = Stored(body, reason)
                if _checksum(key, entry) == checksum:
                    found[key] = entry
                else:
                    self._warn(f"fact cache {self._path} has a damaged entry; it is computed anew")
        return found

    def save(self, entries: Mapping[str, Stored]) -> None:
        """Keep these; all of them or none."""
        if not entries or not self._is_writable:
            return
        version = facts_version()
        rows = [(key, version, entry.reason, _checksum(key, entry), entry.body) for key, entry in entries.items()]
        with self._tolerating("written"):
            connection = self._connection
            if connection is not None:
                with connection:
                    connection.execute("DELETE FROM facts WHERE version <> ?", (version,))
                    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)", rows)
                    self._wanted.update(entries)
                    self._prune(connection)

    def forget(self, key: str) -> None:
        """An entry turned out to be of no use."""
        self._warn(f"fact cache {self._path} has an entry that cannot be read; it is computed anew")
        with self._tolerating("written"):
            if self._connection is not None and self._is_writable:
                with self._connection:
                    self._connection.execute("DELETE FROM facts WHERE key = ?", (key,))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    @property
    def _path(self) -> Path:
        return (self._folder or Path()) / FILE_NAME

    def _open(self, folder: Path) -> None:
        try:
            prepare_folder(folder)
        except OSError as error:
            self._is_writable = False
            if not self._path.exists():
                self._warn(f"cache folder {folder} cannot be used ({error.strerror or error}); nothing is kept")
                return
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            self._replace(error)

    def _connect(self) -> None:
        # A scan that is killed rolls back; one that runs beside this one waits. No write-ahead log: it needs shared
        # memory, which network file systems lack.
        self._connection = sqlite3.connect(self._path, timeout=self._wait_seconds)
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone() is None:
            with self._connection:
                self._connection.execute(_SCHEMA)

    def _replace(self, error: sqlite3.Error) -> None:
        """A file that is no database makes way for a new one; other trouble means to go without."""
        self.close()
        if not is_damage(error) or not self._is_writable:
            self._warn(f"fact cache {self._path} cannot be used ({error}); nothing is kept")
            return
        self._warn(f"fact cache {self._path} is damaged ({error}); it is begun anew")
        try:
            self._path.unlink(missing_ok=True)
            Path(f"{self._path}-journal").unlink(missing_ok=True)
            self._connect()
        except (OSError, sqlite3.Error) as second:
            self.close()
            self._warn(f"fact cache {self._path} cannot be used ({second}); nothing is kept")

    def _rows(self, keys: list[str]) -> Iterator[tuple[str, str, int, bytes]]:
        version = facts_version()
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            if self._connection is None:
                return
            marks = ",".join("?" * len(chunk))
            query = f"SELECT key, reason, checksum, body FROM facts WHERE version = ? AND key IN ({marks})"  # noqa: S608
            yield from self._connection.execute(query, (version, *chunk))

    @contextmanager
    def _tolerating(self, deed: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                self._replace(error)
            else:
                self._is_writable = False
                self._warn(f"fact cache {self._path} cannot be {deed} ({error}); the scan goes on without it")

    def _prune(self, connection: sqlite3.Connection) -> None:
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        if (pages - free) * size <= self._kept_bytes:
            return
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (key TEXT PRIMARY KEY)")
        connection.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", [(key,) for key in self._wanted])
        connection.execute("DELETE FROM facts WHERE key NOT IN (SELECT key FROM wanted)")

    def _warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)


def _checksum(key: str, entry: Stored) -> int:
    """With the key in it: the facts of another file are whole, too."""
    return zlib.crc32(entry.body, zlib.crc32(f"{key}\0{entry.reason}".encode()))

"""The ledger of `mldebt trend`: steps through a history that were judged once, in SQLite, for later runs and for
whoever wants to ask more of it. Trouble with the file costs the work anew, never the answer."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from mldebt.course import Deed, Mark, Step
from mldebt.errors import UsageError
from mldebt.store import is_damage

_SHAPE = 2
_PATIENCE = 30.0  # seconds to wait for another run that writes
_TERMS_KEPT = 4
_TABLES = """
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY, terms TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
    files INTEGER NOT NULL, lines INTEGER NOT NULL, failed TEXT NOT NULL, checksum INTEGER NOT NULL,
    UNIQUE (terms, before, after));
CREATE TABLE IF NOT EXISTS findings (
    step INTEGER NOT NULL REFERENCES steps ON DELETE CASCADE, fingerprint TEXT NOT NULL, rule TEXT NOT NULL,
    name TEXT NOT NULL, family TEXT NOT NULL, severity TEXT NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL,
    message TEXT NOT NULL, component TEXT NOT NULL, owners TEXT NOT NULL, sole REAL NOT NULL, files TEXT NOT NULL,
    before TEXT NOT NULL, opened TEXT, opened_by TEXT, opened_day INTEGER, opened_commit TEXT);
CREATE TABLE IF NOT EXISTS closed (
    step INTEGER NOT NULL REFERENCES steps ON DELETE CASCADE, fingerprint TEXT NOT NULL, how TEXT NOT NULL,
    who TEXT NOT NULL, day INTEGER NOT NULL, commit_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS findings_of ON findings (step);
CREATE INDEX IF NOT EXISTS closed_of ON closed (step);
"""
_AWAY = "DROP TABLE IF EXISTS findings; DROP TABLE IF EXISTS closed; DROP TABLE IF EXISTS steps;"


class _Name(msgspec.Struct, frozen=True):
    """Which step is meant: judged under which terms, from where to where."""

    terms: str
    before: str
    after: str


class Ledger(AbstractContextManager["Ledger"]):
    """Steps by the terms they were judged under. Each is written whole or not at all."""

    def __init__(self, file: Path | None, terms: str, warn: Callable[[str], None]) -> None:
        self._file = file
        self._terms = terms
        self._warn = warn
        self._base = self._open()

    def read(self, before: str, after: str) -> Step | None:
        """A step that was judged before."""
        try:
            return _read(self._base, _Name(self._terms, before, after)) if self._base is not None else None
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._fail("read", error)
            return None

    def write(self, step: Step) -> None:
        """Note a step."""
        if self._base is None:
            return
        try:
            with self._base:
                _write(self._base, self._terms, step)
        except sqlite3.Error as error:
            self._fail("written", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _open(self) -> sqlite3.Connection | None:
        if self._file is None:
            return None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                return _connect(self._file)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                return self._anew(self._file, error)
        except (sqlite3.Error, OSError) as error:
            self._give_up(f"cannot be used ({getattr(error, 'strerror', None) or error})")
            return None

    def _anew(self, file: Path, error: Exception) -> sqlite3.Connection:
        """What was learnt may still be of use to somebody who can mend such a file."""
        aside = file.with_name(f"{file.name}.broken")
        file.replace(aside)
        self._warn(f"the ledger {file} is broken ({error}); it is kept as {aside.name} and made anew")
        return _connect(file)

    def _fail(self, deed: str, error: Exception) -> None:
        """In the middle of a run."""
        self._close()
        if self._file is None or not is_damage(error):
            self._give_up(f"cannot be {deed} ({error})")
            return
        try:
            self._base = self._anew(self._file, error)
        except (sqlite3.Error, OSError) as second:
            self._give_up(f"cannot be used ({getattr(second, 'strerror', None) or second})")

    def _give_up(self, why: str) -> None:
        self._warn(f"the ledger {self._file} {why}; nothing more is kept in it")

    def _close(self) -> None:
        base, self._base = self._base, None
        if base is not None:
            with contextlib.suppress(sqlite3.Error):
                base.close()


def _connect(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=_PATIENCE)
    try:
        base.execute("PRAGMA foreign_keys = ON")
        shape = _shape(base, file)
        if shape < _SHAPE:  # whole or not at all: tables without their version would be those of something else
            older = _AWAY if shape else ""  # another mldebt judged those steps: they are judged anew anyway
            base.executescript(f"BEGIN IMMEDIATE; {older} {_TABLES} PRAGMA user_version = {_SHAPE}; COMMIT;")
    except BaseException:
        base.close()
        raise
    return base


def _shape(base: sqlite3.Connection, file: Path) -> int:
    """Which tables there are, 0 for none; UsageError for what is no ledger of ours."""
    shape, tables = base.execute(
        "SELECT user_version, (SELECT COUNT(*) FROM sqlite_master) FROM pragma_user_version"
    ).fetchone()
    if shape > _SHAPE or (tables and not shape):
        what = "was written by a newer mldebt" if shape else "is a database of something else"
        raise UsageError(f"{file}: {what}; --ledger names another file")
    return int(shape)


def _read(base: sqlite3.Connection, name: _Name) -> Step | None:
    found = base.execute(
        "SELECT step, checksum, files, lines, failed FROM steps WHERE terms = ? AND before = ? AND after = ?",
        (name.terms, name.before, name.after),
    ).fetchone()
    if found is None:
        return None
    number, checksum, *counts = found
    marks = base.execute(
        "SELECT fingerprint, rule, name, family, severity, path, line, message, component, owners, sole, files, before,"
        " opened, opened_by, opened_day, opened_commit FROM findings WHERE step = ? ORDER BY rowid",
        (number,),
    ).fetchall()
    closed = base.execute(
        "SELECT fingerprint, how, who, day, commit_id FROM closed WHERE step = ? ORDER BY rowid", (number,)
    ).fetchall()
    if _checksum(name, counts, marks, closed) != checksum:
        return None  # damaged: judged anew
    files, lines, failed = counts
    return Step(
        before=name.before,
        after=name.after,
        files=files,
        lines=lines,
        marks=tuple(_mark(row) for row in marks),
        closed={row[0]: _deed(row[1:]) for row in closed},
        failed=tuple(json.loads(failed)),
    )


def _mark(row: tuple[Any, ...]) -> Mark:
    given = dict(zip(Mark.__struct_fields__, row[:13], strict=False))
    given["owners"], given["files"] = tuple(json.loads(given["owners"])), tuple(json.loads(given["files"]))
    return Mark(**given, opened=_deed(row[13:]) if row[13] is not None else None)


def _deed(row: tuple[Any, ...]) -> Deed:
    return Deed(how=row[0], who=row[1], day=row[2], commit=row[3])


def _write(base: sqlite3.Connection, terms: str, step: Step) -> None:
    counts = (step.files, step.lines, json.dumps(step.failed))
    marks = [_row(mark) for mark in step.marks]
    closed = [(key, deed.how, _text(deed.who), deed.day, deed.commit) for key, deed in step.closed.items()]
    name = _Name(terms, step.before, step.after)
    base.execute(
        "DELETE FROM steps WHERE terms = ? AND before = ? AND after = ?", (terms, step.before, step.after)
    )  # one that is damaged, or that another run wrote meanwhile
    number = base.execute(
        "INSERT INTO steps (terms, before, after, files, lines, failed, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (terms, step.before, step.after, *counts, _checksum(name, counts, marks, closed)),
    ).lastrowid
    base.executemany(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, *row) for row in marks],
    )
    base.executemany("INSERT INTO closed VALUES (?, ?, ?, ?, ?, ?)", [(number, *row) for row in closed])
    base.execute(
        "DELETE FROM steps WHERE terms NOT IN (SELECT terms FROM steps GROUP BY terms ORDER BY MAX(step) DESC LIMIT ?)",
        (_TERMS_KEPT,),
    )


def _checksum(name: _Name, *parts: Any) -> int:
    """Of a step and what it holds: a database does not notice a bit that is flipped in a text."""
    return zlib.crc32(json.dumps((name.terms, name.before, name.after, *parts)).encode())


def _row(mark: Mark) -> tuple[Any, ...]:
    deed = mark.opened
    values = [getattr(mark, name) for name in Mark.__struct_fields__][:13]
    told = [json.dumps(value) if isinstance(value, tuple) else _text(value) for value in values]
    return (*told, *((deed.how, _text(deed.who), deed.day, deed.commit) if deed else (None,) * 4))


def _text(value: Any) -> Any:
    """SQLite keeps UTF-8 alone; a path or a name may hold other bytes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value

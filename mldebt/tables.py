"""Checked values out of TOML tables; every refusal names file, key, what is allowed and the nearest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

import tomli

from mldebt.errors import ConfigError, nearest


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file. `where` says which: "" for the top, "[parameters]", "[[api]] 3"."""

    file: str
    values: Mapping[str, object]
    where: str = ""
    source: str = field(default="", repr=False)

    def only(self, allowed: Collection[str]) -> None:
        """Refuse every key that is not allowed here."""
        for key in self.values:
            if key not in allowed:
                listed = f"allowed: {', '.join(sorted(allowed))}" if allowed else "none may stand here"
                raise self.error(f"unknown key {key!r}; {listed}{nearest(key, allowed)}")

    def has(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a string", value)
        if not value.strip() and value != default:
            raise self.error(f"{key} is empty")
        return value

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value != default:
            self._allow(key, value, allowed)
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._value(key, default)
        if value is default and default is not None:
            return default
        if not _is_texts(value):
            raise self._wrong(key, "a list of strings", value)
        if not all(item.strip() for item in value):
            raise self.error(f"{key} holds an empty string")
        return tuple(value)

    def choices(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """One word or a list of them, each allowed."""
        value = self._value(key, None)
        words = (value,) if isinstance(value, str) else tuple(value) if _is_texts(value) else None
        if not words:
            raise self._wrong(key, "a string or a list of strings", value)
        for word in words:
            self._allow(key, word, allowed)
        return words

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def integer(self, key: str, default: int | None = None, minimum: int = 0) -> int:
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, "a whole number", value)
        if value < minimum:
            raise self.error(f"{key} is {value}; at least {minimum} is needed")
        return value

    def day(self, key: str) -> dt.date:
        """A date, as TOML writes it or as a string of the same form."""
        value = self._value(key, None)
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise self._wrong(key, "a date such as 2024-05-31", value)
        return value

    def table(self, key: str) -> Table:
        """The table under a key; an absent one is empty."""
        value = self._value(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table", value)
        where = f"{self.where[:-1]}.{key}]" if self.where.endswith("]") else f"[{key}]"
        return Table(self.file, value, where, self.source)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of an array `[[key]]`; an absent one is empty."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(key, f"an array of tables ([[{key}]])", value)
        return tuple(
            Table(self.file, item, f"[[{key}]] {number}", self.source) for number, item in enumerate(value, start=1)
        )

    def error(self, message: str) -> ConfigError:
        place = f"{self.where}{self._line()}: " if self.where else ""
        return ConfigError(f"{self.file}: {place}{message}")

    def _value(self, key: str, default: object) -> object:
        if key not in self.values and default is None:
            raise self.error(f"missing key {key!r}")
        return self.values.get(key, default)

    def _allow(self, key: str, word: str, allowed: Collection[str]) -> None:
        if word not in allowed:
            raise self.error(f"{key} is {word!r}; allowed: {', '.join(sorted(allowed))}{nearest(word, allowed)}")

    def _wrong(self, key: str, expected: str, value: object) -> ConfigError:
        return self.error(f"{key} must be {expected}, not {value!r}")

    def _line(self) -> str:
        """The line of an array's table: with a hundred entries a number alone is hard to find."""
        match = re.fullmatch(r"\[\[(\w+)\]\] (\d+)", self.where)
        if not match:
            return ""
        headers = [
            number
            for number, line in enumerate(self.source.splitlines(), start=1)
            if re.match(rf"\s*\[\[\s*{match[1]}\s*\]\]", line)
        ]
        index = int(match[2]) - 1
        return f" (line {headers[index]})" if index < len(headers) else ""


def parse_table(text: str, file: str) -> Table:
    """The top table of a TOML text."""
    try:
        return Table(file, tomli.loads(text), "", text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error


def read_table(path: Path, shown: str | None = None) -> Table:
    """The top table of a TOML file; `shown` is its name in messages."""
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not UTF-8 text (byte {error.start})") from error
    return parse_table(text.removeprefix("\ufeff"), name)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

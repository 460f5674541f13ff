"""Reads a notebook's JSON into cells and keeps, for each of their lines, the line of the raw file."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from mldebt.regex import regex
from mldebt.sources.decoding import unify_newlines

Json = object

_DECODE = json.JSONDecoder().raw_decode
_SPACE = regex(r"[ \t\r\n]*")
_SURROGATE = regex("[\ud800-\udfff]")


class NotNotebookError(Exception):
    """Why a text is no notebook; `str()` of it is the reason."""


class Cell(msgspec.Struct):
    """A cell: its kind, the lines of its source, and for each the 1-based raw line on which it starts."""

    kind: str = ""
    language: str = ""
    lines: list[str] = msgspec.field(default_factory=list)
    raw_lines: list[int] = msgspec.field(default_factory=list)


class Notebook(msgspec.Struct):
    """All cells in order, and the language that its metadata names ("" when it names none)."""

    cells: list[Cell] = msgspec.field(default_factory=list)
    language: str = ""


def parse_notebook(text: str) -> Notebook:
    """The cells of a notebook of nbformat 3 or 4."""
    try:
        return _Scan(text).notebook()
    except ValueError as error:
        raise NotNotebookError(f"not valid JSON: {error}") from error
    except IndexError as error:
        raise NotNotebookError("not valid JSON: it ends too early") from error
    except RecursionError as error:
        raise NotNotebookError("not valid JSON: nested too deeply") from error


class _Scan:
    """Walks the objects and arrays that lead to cells by position; the C decoder steps over all the rest."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 1
        self._counted = 0
        self._notebook = Notebook()
        self._found = False

    def notebook(self) -> Notebook:
        start = self._space(0)
        if not self._text.startswith("{", start):
            raise NotNotebookError("empty" if start == len(self._text) else "no notebook: its JSON is not an object")
        end = self._space(self._object(start, self._top_field))
        if end != len(self._text):
            raise self._error("extra text after the notebook", end)
        if not self._found:
            raise NotNotebookError("no notebook: it has no cells")
        return self._notebook

    def _top_field(self, key: str, at: int) -> int:
        if key == "worksheets":
            return self._array(at, lambda at: self._object(at, self._top_field))
        if key == "cells":
            self._found = True
            return self._array(at, self._cell)
        value, end = _DECODE(self._text, at)
        if key == "metadata":
            self._notebook.language = language_of(value) or self._notebook.language
        return end

    def _cell(self, at: int) -> int:
        cell = Cell()
        self._notebook.cells.append(cell)
        return self._object(at, lambda key, at: self._cell_field(cell, key, at))

    def _cell_field(self, cell: Cell, key: str, at: int) -> int:
        if key in ("source", "input"):
            return self._usual_source(cell, at) or self._any_source(cell, at)
        value, end = _DECODE(self._text, at)
        if key == "cell_type" and isinstance(value, str):
            cell.kind = value
        elif key == "language" and isinstance(value, str):
            cell.language = value
        elif key == "metadata":
            cell.language = _at(value, "vscode", "languageId") or cell.language
        return end

    def _usual_source(self, cell: Cell, at: int) -> int:
        """The source as Jupyter writes it, a string of the list for each line, on a raw line of its own. Returns its
        end, or 0 when it is written in another way."""
        value, end = _DECODE(self._text, at)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or not "".join(value[-1:]):
            return 0
        raw = self._text[at:end].split("\n")[1:-1]
        text = "".join(value)
        if len(raw) != len(value) or not all(line.lstrip().startswith('"') for line in raw):
            return 0
        lines = _lines(text)
        if "\r" in text or len(lines) != len(value) or not all(item.endswith("\n") for item in value[:-1]):
            return 0
        first = self._line_of(at) + 1
        cell.lines = lines
        cell.raw_lines = list(range(first, first + len(lines)))
        return end

    def _any_source(self, cell: Cell, at: int) -> int:
        cell.lines, cell.raw_lines = [], []
        end = self._array(at, lambda at: self._text_of(cell, at))
        if cell.lines and not cell.lines[-1]:
            cell.lines.pop()
            cell.raw_lines.pop()
        return end

    def _text_of(self, cell: Cell, at: int) -> int:
        """Adds one string of a source. A line ends at a newline, not at a string's end: writers may split lines
        anywhere."""
        value, end = _DECODE(self._text, at)
        if isinstance(value, str):
            first, *rest = _plain(value).split("\n")
            raw_line = self._line_of(at)
            if cell.lines and (cell.lines[-1] or not value):
                cell.lines[-1] += first
            else:
                cell.lines[-1:] = [first]
                cell.raw_lines[-1:] = [raw_line]
            cell.lines += rest
            cell.raw_lines += [raw_line] * len(rest)
        return end

    def _object(self, at: int, read: Callable[[str, int], int]) -> int:
        """Gives each key and where its value starts to `read`, which returns where the value ends."""

        def member(at: int) -> int:
            if self._text[at] != '"':
                raise self._error("a key was expected", at)
            key, at = _DECODE(self._text, at)
            at = self._space(at)
            if self._text[at] != ":":
                raise self._error("a colon was expected", at)
            return read(key, self._space(at + 1))

        return self._members(at, "{", "}", member)

    def _array(self, at: int, read: Callable[[int], int]) -> int:
        """Gives the start of each item to `read`, which returns its end. A value that is no array is its own only
        item."""
        return self._members(at, "[", "]", read) if self._text[at] == "[" else read(at)

    def _members(self, at: int, opening: str, closing: str, read: Callable[[int], int]) -> int:
        if self._text[at] != opening:
            end: int = _DECODE(self._text, at)[1]
            return end
        at = self._space(at + 1)
        if self._text[at] == closing:
            return at + 1
        while True:
            at = self._space(read(at))
            if self._text[at] == closing:
                return at + 1
            if self._text[at] != ",":
                raise self._error("a comma was expected", at)
            at = self._space(at + 1)

    def _space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _line_of(self, at: int) -> int:
        """The 1-based raw line of a position; counting goes on from the last one asked for."""
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _error(self, what: str, at: int) -> ValueError:
        return ValueError(f"{what} at line {self._text.count(chr(10), 0, at) + 1}")


def _lines(text: str) -> list[str]:
    lines = _plain(text).split("\n")
    return lines if lines[-1] else lines[:-1]


def _plain(text: str) -> str:
    """Half a surrogate pair cannot be written as UTF-8, which parsers ask for."""
    return unify_newlines(text if text.isascii() else _SURROGATE.sub("\ufffd", text))


def language_of(metadata: Json) -> str:
    """The language of the kernel; a kernel that names none is known by its own name."""
    named = (
        _at(metadata, "kernelspec", "language"),
        _at(metadata, "language_info", "name"),
        _at(metadata, "kernelspec", "name"),
        _at(metadata, "language"),
    )
    return next((name for name in named if name), "")


def _at(value: Json, *keys: str) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""

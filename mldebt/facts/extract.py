"""Source text to facts: one parse by libcst, one walk over its tree."""

from __future__ import annotations

import re
from collections.abc import Iterable

import libcst as cst

from mldebt.facts import blocks, definitions, displays, expressions, literals, statements
from mldebt.facts.names import resolve_callees
from mldebt.facts.record import CellLine, FileFacts, Scope, Stmt
from mldebt.facts.walk import Handlers, Tables, UnknownSyntaxError, Walk

_TABLES = Tables(
    Handlers(expressions.TABLE | displays.TABLE | literals.TABLE | definitions.EXPRESSIONS),
    statements.TABLE,
    Handlers(blocks.TABLE | definitions.COMPOUND),
)
_NEWLINE = re.compile(r"\r\n?|\n")


class ExtractionError(Exception):
    """The text has no facts; `str()` of it is the reason."""


def extract_facts(text: str, cells: Iterable[CellLine] = ()) -> FileFacts:
    """The facts of one module, or ExtractionError."""
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise ExtractionError(f"line {error.raw_line}: cannot be parsed as Python 3") from None
    walk = _walk(module, text)
    return _facts(walk, text, cells)


def _walk(module: cst.Module, text: str) -> Walk:
    walk = Walk(module, _TABLES)
    if text.startswith("\ufeff"):
        walk.pos = 1
    body: list[Stmt] = []
    try:
        for line in module.header:
            walk.blank(line)
        for statement in module.body:
            walk.compound[type(statement)](walk, statement, body)
        for line in module.footer:
            walk.blank(line)
    except UnknownSyntaxError as error:
        raise ExtractionError(f"syntax that mldebt does not know: {error}") from None
    docstring = definitions.docstring(walk, module.body, body)
    walk.scopes[0] = Scope("module", "", "", -1, 0, walk.end, False, (), (), (), -1, docstring, tuple(body))
    return walk


def _facts(walk: Walk, text: str, cells: Iterable[CellLine]) -> FileFacts:
    scopes = tuple([each for each in walk.scopes if each is not None])
    return FileFacts(
        tuple(walk.exprs),
        scopes,
        tuple(walk.imports),
        resolve_callees(walk, scopes),
        tuple(walk.comments),
        line_starts(text),
        tuple(cells),
    )


def line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line's first character."""
    return (0, *[match.end() for match in _NEWLINE.finditer(text)])

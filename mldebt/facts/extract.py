"""Source text to facts: one parse by libcst, one walk over its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import libcst as cst

from mldebt.facts import (
    blocks,
    comprehensions,
    definitions,
    displays,
    expressions,
    imports,
    literals,
    operators,
    statements,
)
from mldebt.facts.names import resolve_callees
from mldebt.facts.offsets import node_offsets
from mldebt.facts.record import CellLine, FileFacts, Scope, Stmt
from mldebt.facts.walk import Handlers, Tables, UnknownSyntaxError, Walk
from mldebt.regex import regex
from mldebt.sources.unparsable import why_unparsable

_TABLES = Tables(
    Handlers(
        expressions.TABLE
        | operators.TABLE
        | displays.TABLE
        | comprehensions.TABLE
        | literals.TABLE
        | definitions.EXPRESSIONS
    ),
    Handlers(statements.TABLE | imports.TABLE),
    Handlers(blocks.TABLE | definitions.COMPOUND),
)
_NEWLINE = regex(r"\r\n?|\n")


class ExtractionError(Exception):
    """The text has no facts; `str()` of it is the reason."""


class Extraction(NamedTuple):
    """The facts, and whether positions had to be taken from libcst's own code generator."""

    facts: FileFacts
    fell_back: bool


def extract_facts(text: str, cells: Iterable[Iterable[int]] = ()) -> FileFacts:
    """The facts of one module. Raises ExtractionError where there are none."""
    return extract(text, cells).facts


def extract(text: str, cells: Iterable[Iterable[int]] = ()) -> Extraction:
    """The facts of one module and how they were found. Raises ExtractionError where there are none."""
    try:
        module = cst.parse_module(text)
        walk = _walked(module, text, _TABLES)
        fell_back = not _is_exact(walk, module, text)
        if fell_back:
            walk = _walked(module, text, _anchored(_TABLES, node_offsets(module, text, _start(text))))
        return Extraction(_facts(walk, text, cells), fell_back)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        raise ExtractionError(why_unparsable(text)) from None
    except UnknownSyntaxError as error:
        raise ExtractionError(f"syntax that mldebt does not know ({error})") from None
    except RecursionError:
        raise ExtractionError("nested too deeply") from None
    except UnicodeEncodeError:
        raise ExtractionError("half a surrogate pair, which is no character") from None


def line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line's first character."""
    return (0, *[match.end() for match in _NEWLINE.finditer(text)])


def _walked(module: cst.Module, text: str, tables: Tables) -> Walk:
    walk = Walk(module, tables)
    walk.pos = _start(text)
    body: list[Stmt] = []
    for line in module.header:
        walk.blank(line)
    for statement in module.body:
        walk.compound[type(statement)](walk, statement, body)
    for line in module.footer:
        walk.blank(line)
    docstring = definitions.docstring(walk, module.body, body)
    walk.scopes[0] = Scope("module", "", "", -1, 0, walk.end, False, (), (), (), -1, docstring, tuple(body))
    return walk


def _start(text: str) -> int:
    """A byte order mark is no part of the tree."""
    return 1 if text.startswith("\ufeff") else 0


def _is_exact(walk: Walk, module: cst.Module, text: str) -> bool:
    """Whether every character was accounted for. libcst adds a newline to a last line that has none; form feeds before
    code it loses in one place and repeats in others, which the sum need not show."""
    if len(text) not in (walk.pos, walk.pos - walk.default_newline):
        return False
    return "\f" not in text or module.code == text.removeprefix("\ufeff")


def _anchored(tables: Tables, offsets: Mapping[cst.CSTNode, int]) -> Tables:
    """The same handlers, each put at the right place before it starts."""

    def at_its_place(handler: Callable[..., Any]) -> Callable[..., Any]:
        def anchored(walk: Walk, node: cst.CSTNode, *rest: Any) -> Any:
            walk.pos = offsets.get(node, walk.pos)
            return handler(walk, node, *rest)

        return anchored

    return Tables(*[Handlers({kind: at_its_place(handler) for kind, handler in table.items()}) for table in tables])


def _facts(walk: Walk, text: str, cells: Iterable[Iterable[int]]) -> FileFacts:
    scopes = tuple([each for each in walk.scopes if each is not None])
    return FileFacts(
        tuple(walk.exprs),
        scopes,
        tuple(walk.imports),
        resolve_callees(walk, scopes),
        tuple(walk.comments),
        line_starts(text),
        tuple([CellLine(*each) for each in cells]),
    )

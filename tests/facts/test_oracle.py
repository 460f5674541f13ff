"""Positions and names against libcst's own metadata providers, on real files."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider, QualifiedNameProvider

from mldebt.facts.extract import ExtractionError, extract, extract_facts
from mldebt.facts.literals import TEXT_KEPT
from mldebt.facts.record import Attribute, Call, Constant, Name, Node

Span = tuple[int, int]
Texts = list[tuple[Path, str]]
STATEMENTS: dict[type, str] = {
    cst.Assign: "Assign",
    cst.AnnAssign: "Annotate",
    cst.AugAssign: "Augment",
    cst.Return: "Return",
    cst.Expr: "Evaluate",
    cst.Del: "Delete",
    cst.Raise: "Raise",
    cst.Assert: "Assert",
    cst.If: "If",
    cst.For: "For",
    cst.While: "While",
    cst.With: "With",
    cst.Try: "Try",
    cst.TryStar: "Try",
    cst.FunctionDef: "Define",
    cst.ClassDef: "Define",
    cst.Import: "Import",
    cst.ImportFrom: "Import",
    cst.Global: "Declare",
    cst.Nonlocal: "Declare",
    cst.Match: "Match",
    cst.MatchCase: "Case",
    cst.ExceptHandler: "Handler",
    cst.ExceptStarHandler: "Handler",
    cst.Pass: "Jump",
    cst.Break: "Jump",
    cst.Continue: "Jump",
}


def statements(body: tuple[object, ...]) -> Iterator[Node]:
    """Every statement, handler and case, however deep."""
    for each in body:
        if isinstance(each, Node):
            yield each
            for field in each.__struct_fields__:
                value = getattr(each, field)
                if isinstance(value, tuple):
                    yield from statements(value)


@pytest.fixture(autouse=True)
def _deep(deep_stack: None) -> None:
    """The visitors of libcst need it, too."""


class Expected(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, QualifiedNameProvider)

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[Span, tuple[Span, set[str], bool]] = {}
        self.names: set[tuple[Span, str]] = set()
        self.scopes: set[tuple[Span, Span, str]] = set()
        self.imports: set[Span] = set()
        self.comments: set[tuple[Span, str]] = set()
        self.attributes: set[tuple[Span, str]] = set()
        self.statements: set[tuple[Span, str]] = set()

    def span(self, node: cst.CSTNode) -> tuple[Span, Span]:
        place = self.get_metadata(PositionProvider, node)
        return (place.start.line, place.start.column + 1), (place.end.line, place.end.column + 1)

    def visit_Call(self, node: cst.Call) -> None:
        start, end = self.span(node)
        root: cst.CSTNode = node.func
        while isinstance(root, cst.Attribute):
            root = root.value
        found = self.get_metadata(QualifiedNameProvider, node.func, set()) or set()
        imported = {each.name for each in found if each.source.name == "IMPORT"}
        self.calls[start, end] = imported, isinstance(root, cst.Name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.scopes.add((*self.span(node), node.name.value))

    visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node: cst.Lambda) -> None:
        self.scopes.add((*self.span(node), "<lambda>"))

    def visit_Name(self, node: cst.Name) -> None:
        self.names.add((self.span(node)[0], node.value))

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.attributes.add((self.span(node)[0], node.attr.value))

    def on_visit(self, node: cst.CSTNode) -> bool:
        kind = STATEMENTS.get(type(node))
        if kind is not None:
            self.statements.add((self.span(node)[0], kind))
        return super().on_visit(node)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        self.imports.add(self.span(node)[0])

    def visit_Comment(self, node: cst.Comment) -> None:
        self.comments.add((self.span(node)[0], node.value))


def compare(path: Path, text: str, seen: Counter[str]) -> list[str]:  # noqa: C901
    facts, fell_back = extract(text)
    expected = Expected()
    MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True).visit(expected)
    wrong = ["fell back"] if fell_back else []

    def at(offset: int) -> Span:
        return facts.position(offset)

    calls = {(at(each.at), at(each.end)): each for each in facts.exprs if isinstance(each, Call)}
    callees = {(at(facts.exprs[each.call].at), at(facts.exprs[each.call].end)): each.name for each in facts.callees}
    if calls.keys() != expected.calls.keys():
        wrong.append(f"calls {sorted(calls.keys() ^ expected.calls.keys())[:5]}")
    seen["calls"] += len(calls)
    for span, (imported, is_name_rooted) in expected.calls.items():
        seen["imported"] += bool(imported and is_name_rooted)
        name = callees.get(span, "")
        if imported and is_name_rooted and not name.startswith(("?", ":")) and name not in imported:
            wrong.append(f"{span[0]} {name} is not among {sorted(imported)}")
        if imported and is_name_rooted and name.startswith(("?", ":")):
            wrong.append(f"{span[0]} {name} should be imported as {sorted(imported)}")
    scopes = {(at(each.at), at(each.end), each.name) for each in facts.scopes[1:]}
    if scopes != expected.scopes:
        wrong.append(f"scopes {sorted(scopes ^ expected.scopes)[:5]}")
    found = {
        (at(each.at), type(each).__name__)
        for scope in facts.scopes
        if scope.kind != "lambda"
        for each in statements(scope.body)
    }
    if found != expected.statements:
        wrong.append(f"statements {sorted(found ^ expected.statements)[:5]}")
    names = {(at(each.at), each.id) for each in facts.exprs if isinstance(each, Name)}
    if not names <= expected.names:
        wrong.append(f"names {sorted(names - expected.names)[:5]}")
    attributes = {(at(each.at), each.name) for each in facts.exprs if isinstance(each, Attribute)}
    if not attributes <= expected.attributes:
        wrong.append(f"attributes {sorted(attributes - expected.attributes)[:5]}")
    if {at(each.at) for each in facts.imports if each.name != "*"} != expected.imports:
        wrong.append("imports")
    if {(at(each.at), each.text) for each in facts.comments} != expected.comments:
        wrong.append("comments")
    return [f"{path}: {each}" for each in wrong]


def literals(text: str) -> tuple[dict[Span, object], list[str | None]]:
    """Constants by place as CPython evaluates them, f-strings' own pieces left out, and all docstrings."""
    lines = text.split("\n")
    constants: dict[Span, object] = {}
    docstrings: list[str | None] = []

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstrings.append(ast.get_docstring(node, clean=False))
        if isinstance(node, ast.Constant):
            column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
            constants[node.lineno, column] = node.value
        for child in ast.iter_child_nodes(node):
            visit(child)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        visit(ast.parse(text))
    return constants, docstrings


def as_stored(value: object, source_has_surrogates: bool) -> object:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, complex) or value is Ellipsis or (isinstance(value, int) and abs(value) >= 2**64):
        return None
    if isinstance(value, str):
        value = re.sub("[\ud800-\udfff]", "\ufffd", value) if source_has_surrogates else value
        return value[:TEXT_KEPT]
    return value


def test_literals_equal_cpython_s(real_texts: Texts) -> None:
    seen = 0
    for path, text in real_texts:
        if "\f" in text or "\r" in text:
            continue  # ast counts lines differently there
        try:
            constants, docstrings = literals(text)
            facts = extract_facts(text)
        except (SyntaxError, ExtractionError):
            continue
        found = {facts.position(each.at): each.value for each in facts.exprs if isinstance(each, Constant)}
        for place, value in constants.items():
            expected = as_stored(value, "\\ud" in text.lower())
            if expected is not None and place in found:  # huge literals are cut
                assert (type(found[place]), found[place]) == (type(expected), expected), f"{path}:{place}"
                seen += 1
        assert [each.docstring for each in facts.scopes if each.kind != "lambda"] == [
            each if each is None else as_stored(each, True) for each in docstrings
        ], path
    assert seen > 20 * len(real_texts)


def test_positions_and_names_equal_libcst_s(real_texts: Texts) -> None:
    wrong = []
    seen: Counter[str] = Counter()
    for path, text in real_texts:
        try:
            cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue
        wrong += compare(path, text, seen)
    assert wrong == []
    assert seen["calls"] > 20 * len(real_texts)
    assert seen["imported"] > 2 * len(real_texts)

"""Expressions with everything that a renamed copy may change blanked out."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

from mldebt.facts import record
from mldebt.facts.record import Ref
from mldebt.flow.program import Module, Program

BLANK = "·"
NUMBER = "#"
TEXT = '"'
_BUILTINS = frozenset(dir(builtins))
Part = tuple[str, Ref]
"""A label (a keyword, "") and an expression; an absent one is -1."""


class Writer:
    """Writes the expressions of one module, each once: `shape` is what a renamed copy shares."""

    def __init__(self, program: Program, module: Module) -> None:
        self.module = module
        self.exprs = module.facts.exprs
        self._shapes: dict[Ref, str] = {}
        self._parts: dict[Ref, tuple[str, list[Part]]] = {}
        self._imported: dict[str, str] = {}
        for table in module.imports.values():
            for name, binding in table.items():
                entity = program.imported(module, binding)
                self._imported[name] = entity.name if entity.kind == "external" else BLANK

    def shape(self, ref: Ref) -> str:
        """The normalised text of an expression."""
        if ref < 0:
            return ""
        found = self._shapes.get(ref)
        if found is None:
            head, parts = self.parts(ref)
            inner = ",".join(f"{label}{self.shape(part)}" for label, part in parts)
            found = self._shapes[ref] = f"{head}({inner})" if parts else head
        return found

    def inside(self, ref: Ref) -> Iterator[Ref]:
        """An expression and all that it is made of, itself first."""
        waiting = [ref]
        while waiting:
            each = waiting.pop()
            if each >= 0:
                yield each
                waiting.extend(part for _, part in reversed(self.parts(each)[1]))

    def atom(self, ref: Ref) -> str:
        """What an expression itself says that a copy may say differently: a literal, a name that is not local."""
        node = self.exprs[ref]
        if isinstance(node, record.Constant):
            return repr(node.value)
        if isinstance(node, record.Template):
            return "f" + repr("".join(part if isinstance(part, str) else "{}" for part in node.parts))
        if isinstance(node, record.Attribute):
            return "." + node.name
        if isinstance(node, record.Operation):
            return node.operator
        if isinstance(node, record.Comparison):
            return " ".join(node.operators)
        name = self.name(node.id) if isinstance(node, record.Name) else BLANK
        return "" if name == BLANK else name

    def name(self, name: str) -> str:
        """A library's name by where it comes from, a builtin as it is; all that is the repository's own is blank."""
        return self._imported.get(name) or (name if name in _BUILTINS else BLANK)

    def parts(self, ref: Ref) -> tuple[str, list[Part]]:
        """What an expression is, blanked, and the expressions that it is made of."""
        found = self._parts.get(ref)
        if found is None:
            found = self._parts[ref] = self._taken_apart(self.exprs[ref])
        return found

    def _taken_apart(self, node: record.Expr) -> tuple[str, list[Part]]:
        match node:
            case record.Name():
                return self.name(node.id), []
            case record.Constant():
                return _constant(node.value), []
            case record.Attribute():
                return f".{node.name}", [("", node.value)]
            case record.Call():
                return "call", [("", node.function), *_arguments(node.arguments)]
            case record.Template():
                return TEXT, [("", part) for part in node.parts if isinstance(part, int)]
            case _:
                return self._gathered(node)

    def _gathered(self, node: record.Expr) -> tuple[str, list[Part]]:
        match node:
            case record.Collection():
                return node.kind, _plain(node.items)
            case record.Dictionary():
                return "dict", _plain(ref for pair in zip(node.keys, node.values, strict=True) for ref in pair)
            case record.Subscript():
                return "[]", _plain((node.value, node.index))
            case record.Slice():
                return ":", [("", node.lower), (":", node.upper), (":", node.step)]
            case record.Comprehension():
                return node.kind, [*_plain((node.key, node.element)), *_clauses(node)]
            case _:
                return self._operated(node)

    def _operated(self, node: record.Expr) -> tuple[str, list[Part]]:
        match node:
            case record.Operation():
                return node.operator, _plain(node.operands)
            case record.Comparison():
                return "/".join(node.operators), _plain(node.operands)
            case record.Conditional():
                return "if", _plain((node.test, node.body, node.orelse))
            case record.Lambda():
                body = self.module.facts.scopes[node.scope].body
                return "lambda", _plain(stmt.value for stmt in body if isinstance(stmt, record.Return))
            case record.Walrus():
                return ":=", _plain((node.target, node.value))
            case record.Starred() | record.Await() | record.Yield():
                return type(node).__name__.lower(), _plain((node.value,))
            case _:
                return BLANK, []


def _plain(refs: Iterable[Ref]) -> list[Part]:
    return [("", ref) for ref in refs if ref >= 0]


def _arguments(arguments: tuple[record.Argument, ...]) -> list[Part]:
    """Keywords stand in the order of their names: who calls decides theirs freely."""
    given = [(f"{each.keyword}=" if each.keyword else "", each.value) for each in arguments]
    return [part for part in given if not part[0]] + sorted(part for part in given if part[0])


def _clauses(node: record.Comprehension) -> list[Part]:
    return [("", ref) for each in node.clauses for ref in (each.target, each.iterable, *each.conditions) if ref >= 0]


def _constant(value: str | float | bool | None) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    return TEXT if isinstance(value, str) else NUMBER

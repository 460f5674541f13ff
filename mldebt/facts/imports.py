"""Import statements and the names that they bind."""

from __future__ import annotations

from typing import Any

import libcst as cst

from mldebt.facts.expressions import identifier
from mldebt.facts.record import Import, ImportBinding
from mldebt.facts.walk import Handlers, Walk


def _lazy(walk: Walk, node: Any) -> None:
    if type(node) in (cst.LazyImport, cst.LazyImportFrom):
        walk.pos += 4
        walk.space(node.whitespace_after_lazy)


def _import(walk: Walk, node: cst.Import | cst.LazyImport) -> Import:
    at = walk.pos
    _lazy(walk, node)
    walk.pos += 6
    walk.space(node.whitespace_after_import)
    first = len(walk.imports)
    for alias in node.names:
        place = walk.pos
        module = _dotted(walk, alias.name)
        bound = _alias(walk, alias)
        name = bound or module.partition(".")[0]
        _bind_import(walk, ImportBinding(place, walk.scope, name, module if bound else name, "", module))
    return Import(at, tuple(range(first, len(walk.imports))))


def _import_from(walk: Walk, node: cst.ImportFrom | cst.LazyImportFrom) -> Import:
    at = walk.pos
    _lazy(walk, node)
    walk.pos += 4
    walk.space(node.whitespace_after_from)
    for dot in node.relative:
        walk.mark(dot)
    module = "." * len(node.relative)
    if node.module is not None:
        module += _dotted(walk, node.module)
    walk.space(node.whitespace_before_import)
    walk.pos += 6
    walk.space(node.whitespace_after_import)
    if node.lpar is not None:
        walk.pos += 1
        walk.space(node.lpar.whitespace_after)
    first = len(walk.imports)
    if isinstance(node.names, cst.ImportStar):
        _bind_import(walk, ImportBinding(walk.pos, walk.scope, "*", module, "*", module))
        walk.pos += 1
    else:
        for alias in node.names:
            place = walk.pos
            attribute = _dotted(walk, alias.name)
            name = _alias(walk, alias) or attribute
            _bind_import(walk, ImportBinding(place, walk.scope, name, module, attribute, module))
    if node.rpar is not None:
        walk.space(node.rpar.whitespace_before)
        walk.pos += 1
    return Import(at, tuple(range(first, len(walk.imports))))


def _dotted(walk: Walk, node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        left = _dotted(walk, node.value)
        walk.mark(node.dot)
        return f"{left}.{identifier(walk, node.attr)}"
    return identifier(walk, node)


def _alias(walk: Walk, node: cst.ImportAlias) -> str:
    """The name after `as`, or an empty string."""
    name = ""
    clause = node.asname
    if clause is not None:
        walk.space(clause.whitespace_before_as)
        walk.pos += 2
        walk.space(clause.whitespace_after_as)
        name = identifier(walk, clause.name)
    walk.mark(node.comma)
    return name


def _bind_import(walk: Walk, binding: ImportBinding) -> None:
    if walk.fallback:
        walk.second_choices.add(len(walk.imports))
    walk.imports.append(binding)


TABLE = Handlers(
    {
        cst.Import: _import,
        cst.ImportFrom: _import_from,
        cst.LazyImport: _import,
        cst.LazyImportFrom: _import_from,
    }
)

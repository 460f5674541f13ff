"""What a document states of a model (values, files, names), and what the code says to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.documents import DocumentFacts
from mldebt.facts import record as r
from mldebt.flow.program import Module
from mldebt.regex import regex

NAME = r"[A-Za-z][\w.\- ]{0,40}?"
VALUE = r"`?([-+]?\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|True|False|true|false)`?"
_ROW = regex(rf"^\s*\|\s*`?({NAME})`?\s*\|\s*{VALUE}\s*\|")
_ITEM = regex(rf"^\s*(?:[-*+]\s+)?\**`?({NAME})`?\**\s*(?::|=|of|is)\s*\**\s*{VALUE}\**\s*(?:\(|[.;,]?\s*$)")
_ASSIGNED = regex(rf"`({NAME})\s*[=:]\s*{VALUE}`")
_CODE_LANGUAGES = frozenset({"python", "py", "bash", "sh", "shell", "console", "yaml", "json", "toml"})
MANY_VALUES = 1


class Claim(msgspec.Struct, frozen=True):
    """A value that a document gives to a name, and the line it stands on."""

    name: str
    value: str
    line: int


class Setting(msgspec.Struct, frozen=True):
    """A literal that code gives to a name: as a keyword, a variable, a default or a key."""

    value: str
    module: Module
    at: int


def claims_of(facts: DocumentFacts) -> list[Claim]:
    """The values that the tables, lists and code words of a document state."""
    found: dict[tuple[str, int], Claim] = {}
    for block in facts.blocks:
        if block.kind == "code" and block.language in _CODE_LANGUAGES:
            continue
        for number, line in enumerate(block.text.split("\n")):
            for name, value in _stated(line):
                found.setdefault((name, block.line + number), Claim(name, value, block.line + number))
    return list(found.values())


def _stated(line: str) -> Iterator[tuple[str, str]]:
    for pattern in (_ROW, _ITEM):
        match = pattern.match(line)
        if match is not None:
            yield plain(match[1]), match[2]
    for match in _ASSIGNED.finditer(line):
        yield plain(match[1]), match[2]


def settings_of(modules: Iterable[Module]) -> dict[str, list[Setting]]:
    """Every literal number or truth value of some modules, by the name that it is given to."""
    found: dict[str, list[Setting]] = defaultdict(list)
    for module in modules:
        for name, ref in _named(module):
            text = _literal(module.facts, ref)
            if text:
                found[plain(name)].append(Setting(text, module, module.facts.exprs[ref].at))
    return found


def _named(module: Module) -> Iterator[tuple[str, r.Ref]]:
    """Names and the expressions that they are given: keywords, keys of tables, defaults of parameters, variables."""
    for node in module.facts.exprs:
        if isinstance(node, r.Call):
            yield from (
                (argument.keyword, argument.value) for argument in node.arguments if argument.keyword.strip("*")
            )
        elif isinstance(node, r.Dictionary):
            yield from _entries(module.facts, node)
    for scope in module.facts.scopes:
        yield from ((parameter.name, parameter.default) for parameter in scope.parameters if parameter.default >= 0)
        yield from _variables(module.facts, scope)


def _entries(facts: r.FileFacts, table: r.Dictionary) -> Iterator[tuple[str, r.Ref]]:
    for key, value in zip(table.keys, table.values, strict=True):
        name = facts.exprs[key] if key >= 0 else None
        if isinstance(name, r.Constant) and isinstance(name.value, str):
            yield name.value, value


def _variables(facts: r.FileFacts, scope: r.Scope) -> Iterator[tuple[str, r.Ref]]:
    for statement in scope.body:
        if isinstance(statement, r.Assign) and len(statement.targets) == 1:
            target = facts.exprs[statement.targets[0]]
        elif isinstance(statement, r.Annotate) and statement.value >= 0:
            target = facts.exprs[statement.target]
        else:
            continue
        if isinstance(target, r.Name):
            yield target.id, statement.value


def _literal(facts: r.FileFacts, ref: r.Ref) -> str:
    node = facts.exprs[ref] if ref >= 0 else None
    if isinstance(node, r.Constant) and isinstance(node.value, bool | int | float):
        return str(node.value)
    return ""


def contradicted(claim: Claim, settings: dict[str, list[Setting]]) -> Setting | None:
    """The setting that says otherwise; None where the code agrees somewhere, says several things, or says nothing."""
    known = settings.get(claim.name, [])
    values = {number(setting.value) for setting in known}
    if len(values) != MANY_VALUES or None in values or number(claim.value) is None:
        return None
    return None if number(claim.value) in values else known[0]


def number(text: str) -> float | bool | None:
    """A value as Python compares it; None for what is no number."""
    word = text.strip().replace(",", "").replace("_", "")
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    try:
        return float(word)
    except ValueError:
        return None


def plain(name: str) -> str:
    """A name of prose as code writes it: "Learning rate" is `learning_rate`."""
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())

"""Reads `rules/<family>/<rule>.toml`: what we call debt, why, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from mldebt.errors import nearest
from mldebt.finding import Audience, Confidence, Severity
from mldebt.rulebook.folder import rules_folder, team_folder, toml_files
from mldebt.tables import Table, read_table

FAMILIES = {"ingestion": "1", "ownership": "2", "documentation": "3", "contract": "4", "platform": "5"}
_KEYS = ("id", "name", "severity", "confidence", "audience", "why", "remedy", "references", "parameters")
_SEVERITIES = tuple(level.name.lower() for level in Severity)
_CONFIDENCES = tuple(level.name.lower() for level in Confidence)
_AUDIENCES = tuple(audience.value for audience in Audience)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `family` and `stem` are shared with its detector, `mldebt/detectors/<family>/<stem>.py`. `needs_all`
    says that a part of a repository cannot answer it: what it misses may stand in the rest. `ages` says that the same
    files may answer otherwise on another day."""

    id: str
    name: str
    family: str
    stem: str
    severity: Severity
    confidence: Confidence
    audience: Audience = Audience.DEFAULT
    why: str
    remedy: str
    references: tuple[str, ...] = ()
    parameters: Mapping[str, object] = msgspec.field(default_factory=dict)
    needs_all: bool = False
    ages: bool = False

    def integer(self, name: str) -> int:
        """A whole-number parameter; the record declares it, so its absence is a fault of ours."""
        value = self.parameters[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{self.id}: parameter {name} is not a whole number")
        return value

    def number(self, name: str) -> float:
        value = self.parameters[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{self.id}: parameter {name} is not a number")
        return float(value)

    def words(self, name: str) -> tuple[str, ...]:
        value = self.parameters[name]
        if not isinstance(value, tuple):
            raise TypeError(f"{self.id}: parameter {name} is not a list")
        return tuple(str(item) for item in value)


def load_rules(extra: Path | None = None) -> tuple[Rule, ...]:
    """Every rule, by id. A scan root's `.mldebt/rules/` may reword, regrade or retune one; it cannot add one, since a
    rule without a detector finds nothing."""
    folder = rules_folder()
    rules: dict[str, tuple[Rule, Table]] = {}
    for path in toml_files(folder):
        family = path.parent.name
        if family == "apis":
            continue
        table = read_table(path, f"rules/{path.relative_to(folder).as_posix()}")
        rule = _parse_rule(table, family, path.stem)
        if rule.id in rules:
            raise table.error(f"id {rule.id} is already taken by {rules[rule.id][1].file}")
        rules[rule.id] = rule, table
    found = {rule_id: rule for rule_id, (rule, _) in rules.items()}
    team = team_folder(extra, "rules")
    for path in toml_files(team) if team else ():
        table = read_table(path, f".mldebt/rules/{path.relative_to(team or path).as_posix()}")
        rule = _amend(table, found)
        found[rule.id] = rule
    return tuple(found[rule_id] for rule_id in sorted(found))


def retune(rule: Rule, given: Table) -> Rule:
    """The rule with some parameters set anew; each must exist and keep its kind."""
    given.only(rule.parameters)
    changed = {name: _like(given, name, rule.parameters[name]) for name in given.values}
    return replace(rule, parameters={**rule.parameters, **changed})


def _parse_rule(table: Table, family: str, stem: str) -> Rule:
    table.only((*_KEYS, "needs_all", "ages"))
    if family not in FAMILIES:
        raise table.error(f"unknown family {family!r}; allowed: {', '.join(FAMILIES)}{nearest(family, FAMILIES)}")
    rule_id, name = table.text("id"), table.text("name")
    if not re.fullmatch(rf"MLD{FAMILIES[family]}\d\d", rule_id):
        raise table.error(f"id is {rule_id!r}; a rule of {family} is MLD{FAMILIES[family]}nn")
    if name != stem.replace("_", "-"):
        raise table.error(f"name is {name!r}; the file's own name says {stem.replace('_', '-')!r}")
    return Rule(
        id=rule_id,
        name=name,
        family=family,
        stem=stem,
        severity=Severity[table.choice("severity", _SEVERITIES).upper()],
        confidence=Confidence[table.choice("confidence", _CONFIDENCES).upper()],
        audience=Audience(table.choice("audience", _AUDIENCES, "default")),
        why=_prose(table, "why"),
        remedy=_prose(table, "remedy"),
        references=table.texts("references"),
        parameters=_parameters(table.table("parameters")),
        needs_all=table.flag("needs_all", default=False),
        ages=table.flag("ages", default=False),
    )


def _amend(table: Table, rules: Mapping[str, Rule]) -> Rule:
    table.only(_KEYS)
    rule_id = table.choice("id", rules)
    rule = retune(rules[rule_id], table.table("parameters"))
    if table.has("name") and table.text("name") != rule.name:
        raise table.error(f"name is {table.text('name')!r}; {rule_id} is {rule.name!r}")
    return replace(
        rule,
        severity=Severity[table.choice("severity", _SEVERITIES, rule.severity.name.lower()).upper()],
        confidence=Confidence[table.choice("confidence", _CONFIDENCES, rule.confidence.name.lower()).upper()],
        audience=Audience(table.choice("audience", _AUDIENCES, rule.audience.value)),
        why=_prose(table, "why") if table.has("why") else rule.why,
        remedy=_prose(table, "remedy") if table.has("remedy") else rule.remedy,
        references=table.texts("references", rule.references),
    )


def _prose(table: Table, key: str) -> str:
    return " ".join(table.text(key).split())


def _parameters(table: Table) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in table.values.items():
        if isinstance(value, list):
            found[name] = table.texts(name)
        elif isinstance(value, bool | int | float | str):
            found[name] = value
        else:
            raise table.error(f"{name} must be a number, a string, true or false, or a list of strings")
    return found


def _like(given: Table, name: str, declared: object) -> object:
    """A new value for a parameter, of the kind that the rule declares."""
    if isinstance(declared, bool):
        return given.flag(name)
    if isinstance(declared, int):
        return given.integer(name)
    if isinstance(declared, float):
        value = given.values[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise given.error(f"{name} must be a number of at least 0, not {value!r}")
        return float(value)
    return given.text(name) if isinstance(declared, str) else given.texts(name)

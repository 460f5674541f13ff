"""Which rules run, and tuned how: the record, then the settings."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.errors import ConfigError, nearest
from mldebt.rulebook.rules import FAMILIES, Rule, retune
from mldebt.settings import Settings


def choose_rules(rules: tuple[Rule, ...], settings: Settings) -> tuple[Rule, ...]:
    """The rules that the settings ask for. A word is an id, the start of one ("MLD4"), a name, a family or "all"; an
    unknown word is refused, since a gate that asks for nothing would always pass."""
    by_id = {rule.id: rule for rule in rules}
    for rule_id, table in settings.rules.items():
        if rule_id not in by_id:
            raise table.error(f"unknown rule {rule_id!r}; allowed: {', '.join(by_id)}{nearest(rule_id, by_id)}")
        by_id[rule_id] = retune(by_id[rule_id], table)
    wanted = _ids(settings.select, by_id, settings, "select") if settings.select else set(by_id)
    unwanted = _ids(settings.ignore, by_id, settings, "ignore") | _ids(settings.left_out, by_id, settings, "left_out")
    _ids(tuple(settings.budget.rules), by_id, settings, "budget.rules")
    return tuple(rule for rule in by_id.values() if rule.id in wanted - unwanted)


def shows_all(rule: Rule, settings: Settings) -> bool:
    """Whether even what only `--pedantic` shows is asked for: by that flag, or because the rule itself is named."""
    return settings.pedantic or any(word.upper() == rule.id or word.lower() == rule.name for word in settings.select)


def _ids(words: tuple[str, ...], rules: Mapping[str, Rule], settings: Settings, key: str) -> set[str]:
    found: set[str] = set()
    for word in words:
        matched = {rule.id for rule in rules.values() if covers(word, rule)}
        if not matched:
            known = ["all", *FAMILIES, *rules, *(rule.name for rule in rules.values())]
            typed = key in settings.given
            where = "--" if typed else f"{settings.file}: " if settings.file else ""
            raise ConfigError(
                f"{where}{key} names no rule: {word!r}; allowed: ids, the start of an id, names, "
                f"families ({', '.join(FAMILIES)}) or all{nearest(word, known)}"
            )
        found |= matched
    return found


def covers(word: str, rule: Rule) -> bool:
    """Whether a word of the settings means a rule."""
    if word.upper().startswith("MLD"):
        return rule.id.startswith(word.upper())
    return word.lower() in {"all", rule.family, rule.name}

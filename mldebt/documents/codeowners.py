"""CODEOWNERS of GitHub and GitLab: its rules, and who owns a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mldebt.documents.record import DocumentFacts, OwnerRule
from mldebt.regex import regex
from mldebt.sources import DocumentKind, compile_glob

# Where the hosts look, in their order; a file anywhere else has no effect.
_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_SECTION = regex(r"\^?\[([^\]]+)\](?:\[\d+\])?\s*(.*)")
_WORD = regex(r"(?:\\.|\S)+")
_OWNER = regex(r"@{1,2}[\w./-]+|[^@\s]+@[^@\s]+\.[^@\s]+")


def parse_codeowners(text: str) -> tuple[OwnerRule, ...]:
    """The rules in order. A line whose owners cannot be owners is left out, as the hosts leave it out."""
    rules = []
    section = ""
    defaults: tuple[str, ...] = ()
    for number, line in enumerate(map(_without_comment, text.split("\n")), start=1):
        found = _SECTION.fullmatch(line)
        if found:
            section, defaults = found[1].strip(), tuple(word for word in found[2].split() if _OWNER.fullmatch(word))
            continue
        words = _WORD.findall(line)
        if not words:
            continue
        owners = tuple(word for word in words[1:] if _OWNER.fullmatch(word))
        if words[1:] and not owners:
            continue
        excluded = words[0].startswith("!")
        pattern = words[0].removeprefix("!")
        rules.append(OwnerRule(pattern, () if excluded else owners or defaults, section, excluded, number))
    return tuple(rules)


def choose_codeowners(documents: Iterable[DocumentFacts]) -> DocumentFacts | None:
    """The one CODEOWNERS file that the hosts obey."""
    found = {document.path: document for document in documents if document.kind is DocumentKind.CODEOWNERS}
    return next((found[place] for place in _PLACES if place in found), None)


def owner_rules_of(path: str, rules: Sequence[OwnerRule]) -> tuple[OwnerRule, ...]:
    """The rules in force for a path: the last that matches, of each section. A rule without owners says that nobody
    is."""
    gitlab = any(rule.section or rule.excluded for rule in rules)
    last: dict[str, OwnerRule] = {}
    out: set[str] = set()
    for rule in rules:
        if owner_pattern(rule.pattern, gitlab=gitlab).match(path):
            last[rule.section] = rule
            if rule.excluded:
                out.add(rule.section)
    return tuple(rule for section, rule in last.items() if section not in out)


def owners_of(path: str, rules: Sequence[OwnerRule]) -> tuple[str, ...]:
    """Who owns a path; nobody when no rule covers it or the one in force names nobody."""
    return tuple(dict.fromkeys(owner for rule in owner_rules_of(path, rules) for owner in rule.owners))


def owner_pattern(pattern: str, *, gitlab: bool) -> re.Pattern[str]:
    """As in gitignore, but `docs/*` does not reach into folders, and brackets are no classes; on GitLab only a
    leading slash hangs a pattern at the root."""
    glob = pattern.replace("[", "\\[")
    if gitlab and not glob.startswith(("/", "**/")):
        glob = f"**/{glob}"
    compiled = compile_glob(glob)
    if not re.search(r"/\*(?:\.[\w.]+)?\Z", glob) or glob.endswith("**"):
        return compiled
    return re.compile(compiled.pattern.removesuffix(r"(?:/.*)?\Z") + r"\Z", re.DOTALL)


def _without_comment(line: str) -> str:
    return re.sub(r"(?:^|(?<=\s))#.*", "", line).strip()

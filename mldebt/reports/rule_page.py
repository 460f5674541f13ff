"""The page of one rule, from its record and the examples of its detector."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from mldebt.rulebook import Rule

Example = str | Mapping[str, str]


def render_rule_page(rule: Rule, bad: Sequence[Example], good: Sequence[Example], *, most: int | None = None) -> str:
    """Markdown that reads well as plain text too, with at most some of the examples of either kind."""
    left_out = 0 if most is None else max(0, len(bad) - most) + max(0, len(good) - most)
    bad, good = bad[:most], good[:most]
    parts = [
        f"# {rule.id} {rule.name}",
        f"Family {rule.family} · severity {rule.severity.name.lower()} · confidence {rule.confidence.name.lower()}"
        + ("" if rule.audience == "default" else " · shown with `--pedantic`"),
        "## Why it matters",
        _fill(rule.why),
        "## What to do",
        _fill(rule.remedy),
    ]
    if bad:
        parts += ["## Found", "A finding stands on each line marked `# debt`.", *map(_example, bad)]
    if good:
        parts += ["## Not debt", *map(_example, good)]
    if left_out:
        parts.append(f"{left_out} more examples: `mldebt explain {rule.id} --full`.")
    if rule.parameters:
        parts += [
            "## Settings",
            f"Change them under `[tool.mldebt.rules.{rule.id}]` in `pyproject.toml`. The defaults:",
            _code("toml", "\n".join(f"{name} = {_toml(value)}" for name, value in rule.parameters.items())),
        ]
    if rule.references:
        parts += ["## References", "\n".join(f"- {reference}" for reference in rule.references)]
    return "\n\n".join(parts) + "\n"


def render_rule_list(rules: Sequence[Rule]) -> str:
    """The rules as an index page."""
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.family} | {rule.severity.name.lower()} |" for rule in rules
    ]
    return "\n".join(["# Rules", "", "| id | name | family | severity |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _fill(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _example(example: Example) -> str:
    if isinstance(example, str):
        return _code("python", textwrap.dedent(example).strip("\n"))
    return "\n\n".join(
        f"`{path}`\n\n{_code(_language(path), textwrap.dedent(text).strip(chr(10)))}" for path, text in example.items()
    )


def _language(path: str) -> str:
    suffix = path.rpartition(".")[2]
    return {"py": "python", "md": "markdown", "ipynb": "json", "toml": "toml", "yaml": "yaml", "yml": "yaml"}.get(
        suffix, "text"
    )


def _code(language: str, text: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"{fence}{language}\n{text}\n{fence}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return str(value)

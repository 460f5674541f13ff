"""`mldebt rules`: the rules, one a line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mldebt.cli.command import Command, Option
from mldebt.rulebook import Rule, load_rules


@click.command(name="rules", cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    cls=Option,
    help="What goes to standard output.",
)
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=".",
    cls=Option,
    help="The repository whose .mldebt/rules/ count too.  [default: .]",
)
def command(form: str, root: Path) -> int:
    """List the rules: id, name, severity, confidence and who sees them."""
    rules = load_rules(root)
    click.echo(_as_json(rules) if form == "json" else _as_text(rules))
    return 0


def _as_text(rules: tuple[Rule, ...]) -> str:
    width = max(len(rule.name) for rule in rules)
    lines: list[str] = []
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            lines += ["", family] if lines else [family]
        grades = f"{rule.severity.name.lower():7} {rule.confidence.name.lower()} confidence"
        lines.append(f"  {rule.id}  {rule.name:{width}}  {grades}{_audience(rule)}")
    return "\n".join([*lines, "", "mldebt explain ID says what a rule means and what to do."])


def _audience(rule: Rule) -> str:
    return "" if rule.audience == "default" else f", --{rule.audience.value}"


def _as_json(rules: tuple[Rule, ...]) -> str:
    return json.dumps(
        [
            {
                "id": rule.id,
                "name": rule.name,
                "family": rule.family,
                "severity": rule.severity.name.lower(),
                "confidence": rule.confidence.name.lower(),
                "audience": rule.audience.value,
                "why": rule.why,
                "remedy": rule.remedy,
                "references": rule.references,
                "parameters": rule.parameters,
            }
            for rule in rules
        ],
        indent=2,
        ensure_ascii=False,
    )

"""`mldebt explain`: what a rule means, from its record and its detector's examples."""

from __future__ import annotations

from pathlib import Path

import click

from mldebt.cli.command import Command, Option
from mldebt.cli.console import page_width, wants_colour
from mldebt.detectors import has_detector, load_detector
from mldebt.errors import UsageError, nearest
from mldebt.reports.rule_page import render_rule_list, render_rule_page
from mldebt.rulebook import Rule, load_rules
from mldebt.store import write_text

_FIRST = 3
"""Examples of either kind that fit on a screen or two."""
_ON_A_PAGE = 8
"""Those that somebody reads on a page in a folder."""


@click.command(
    name="explain", cls=Command, epilog="\b\nExamples:\n  mldebt explain MLD401\n  mldebt explain bus-factor-one"
)
@click.argument("rule", required=False, metavar="[RULE]")
@click.option("--full", is_flag=True, cls=Option, help="All examples, not the first few.")
@click.option("--all", "every", is_flag=True, cls=Option, help="Every rule, one page after the other.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    cls=Option,
    help="With --all: write one Markdown page a rule, and an index, into this folder.",
)
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=".",
    cls=Option,
    help="The repository whose .mldebt/rules/ count too.  [default: .]",
)
def command(rule: str | None, full: bool, every: bool, output: Path | None, root: Path) -> int:
    """Say what RULE (an id such as MLD401, or a name) means, why it matters, what to do about it, and show code that it
    finds and code that it leaves alone."""
    rules = load_rules(root)
    if every == bool(rule):
        raise UsageError("name one rule, or say --all; `mldebt rules` lists them")
    if output and not every:
        raise UsageError("--output goes with --all")
    if output:
        write_text(output / "README.md", render_rule_list(rules))
        for each in rules:
            write_text(output / f"{each.id}.md", _page(each, None if full else _ON_A_PAGE))
        return 0
    if rule is None:
        _show("\n".join(_page(each, None if full else _FIRST) for each in rules))
    else:
        _show(_page(_find(rules, rule), None if full else _FIRST))
    return 0


def _find(rules: tuple[Rule, ...], wanted: str) -> Rule:
    for rule in rules:
        if wanted.upper() == rule.id or wanted.lower() == rule.name:
            return rule
    known = [word for rule in rules for word in (rule.id, rule.name)]
    raise UsageError(f"no rule {wanted!r}{nearest(wanted, known)}")


def _page(rule: Rule, most: int | None = None) -> str:
    if not has_detector(rule):
        return render_rule_page(rule, (), ())
    detector = load_detector(rule)
    return render_rule_page(rule, detector.bad, detector.good, most=most)


def _show(page: str) -> None:
    if not wants_colour():
        click.echo(page, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=page_width()).print(Markdown(page))

"""`mldebt baseline`: the findings that a team knows of, kept in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, warn
from mldebt.cli.options import choice_options, path_argument, project_options, settings_from
from mldebt.errors import UsageError
from mldebt.gate.baseline import Entry, compare, entries_of, parse_baseline, render_baseline
from mldebt.outcome import ExitCode
from mldebt.scan import scan
from mldebt.store import read_text, write_text

DEFAULT = Path(".mldebt", "baseline.tsv")
_EPILOG = """
\b
Examples:
  mldebt baseline write           what there is today; later scans show what is new
  mldebt baseline prune           take out what has been paid
  mldebt baseline update          take in what is new, too

\b
In pyproject.toml, so that every scan knows it:
  [tool.mldebt]
  baseline = ".mldebt/baseline.tsv"
"""


@click.command(name="baseline", cls=Command, epilog=_EPILOG)
@click.argument("action", type=click.Choice(["write", "update", "prune"]), metavar="write|update|prune")
@path_argument
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="Which file",
    cls=Option,
    help=f"The baseline.  [default: `baseline` of the configuration, or {DEFAULT.as_posix()} below PATH]",
)
@click.option(
    "--force", is_flag=True, heading="Which file", cls=Option, help="`write` over a baseline that is there already."
)
@choice_options
@project_options
def command(action: str, path: Path, file: Path | None, force: bool, **given: Any) -> int:
    """Keep the findings that are known in a file, one a line, without line numbers: the file stays the same when code
    moves, and merges well.

    `write` makes it, `update` brings it up to date, `prune` only takes out what is found no longer.
    """
    if path.is_file():
        raise UsageError(f"{path}: a baseline speaks of a folder")
    settings = settings_from(path, **given)
    target = file or settings.baseline or path / DEFAULT
    prefix = "" if file else settings.prefix if settings.baseline else ""
    old = _read(action, target, force=force)
    with Watcher() as watcher:
        outcome = scan(path, replace(settings, baseline=None), watcher)
    if outcome.exit_code("never") is ExitCode.INCOMPLETE:
        for failure in outcome.failures:
            warn(failure.message)
        warn(f"{'the scan is incomplete' if outcome.failures else 'nothing to analyse'}; {target} is left as it was")
        return ExitCode.INCOMPLETE
    found = compare(outcome, old, prefix)
    current = entries_of(outcome, prefix)
    if action == "prune":
        current = tuple(current[position] for _, position in found.known)
    entries = {*current, *found.unseen}
    if action == "write" or entries != set(old):
        write_text(target, render_baseline(entries))
    click.echo(_report(action, target, set(old), entries, added=len(current) - len(found.known)))
    if settings.baseline is None and not file:
        click.echo(f'So that every scan knows it, say so in the configuration: baseline = "{DEFAULT.as_posix()}"')
    return ExitCode.PASSED


def _read(action: str, target: Path, *, force: bool) -> tuple[Entry, ...]:
    """What the file holds now."""
    if action != "write":
        return parse_baseline(read_text(target, "`mldebt baseline write` makes it"), str(target))
    if target.exists() and not force:
        raise UsageError(f"{target} is there already: `update` or `prune` it, or write over it with --force")
    return ()


def _report(action: str, target: Path, old: set[Entry], new: set[Entry], *, added: int) -> str:
    many = f"{len(new):,} finding{'' if len(new) == 1 else 's'}"
    if action == "write":
        return f"{target}: {many} written."
    if old == new:
        return f"{target}: up to date, {many}."
    gone = len(old) + added - len(new)
    return f"{target}: {added:,} added, {gone:,} taken out; {many} now."

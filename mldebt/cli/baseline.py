"""`mldebt baseline`: the findings that a team knows of, kept in a file."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import click
import msgspec

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, warn
from mldebt.cli.options import choice_options, path_argument, project_options, settings_from
from mldebt.domains import Domains
from mldebt.errors import UsageError
from mldebt.gate.baseline import Entry, compare, entries_of, parse_baseline, parts_of, render_baseline, share
from mldebt.outcome import ExitCode, Outcome
from mldebt.scan import open_state, scan_state
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

    `write` makes it, `update` brings it up to date, `prune` only takes out what is found no longer. Where folders below
    PATH have a configuration that names a baseline of their own, theirs are kept in the same way.
    """
    if path.is_file():
        raise UsageError(f"{path}: a baseline speaks of a folder")
    settings = settings_from(path, **given)
    top = _Shelf(
        target=file or settings.baseline or path / DEFAULT,
        prefix="" if file else settings.prefix if settings.baseline else "",
    )
    _refuse_another(action, top, force=force)
    with Watcher() as watcher:
        scanned = scan_state(open_state(path), settings, watcher)
    outcome = scanned.outcome
    if outcome.exit_code("never") is ExitCode.INCOMPLETE:
        for failure in outcome.failures:
            warn(failure.message)
        warn(
            f"{'the scan is incomplete' if outcome.failures else 'nothing to analyse'}; {top.target} is left as it was"
        )
        return ExitCode.INCOMPLETE
    domains = Domains(scanned.settings)
    nearest = (lambda _: "") if file else domains.baseline
    below = {} if file else domains.baselines(finding.location.path for finding in outcome.findings)
    shelves = [top, *(_Shelf(target=each.baseline, folder=at) for at, each in below.items() if each.baseline)]
    for shelf in shelves[1:]:
        _refuse_another(action, shelf, force=force)
    kept = [_read(action, shelf) for shelf in shelves]
    for shelf, old in zip(shelves, kept, strict=True):
        click.echo(_bring(action, shelf, share(outcome, shelf.folder, nearest)[0], old))
    if settings.baseline is None and not file:
        click.echo(f'So that every scan knows it, say so in the configuration: baseline = "{DEFAULT.as_posix()}"')
    return ExitCode.PASSED


class _Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and the folder ("a/b/", below PATH) of which it speaks."""

    target: Path
    folder: str = ""
    prefix: str = ""


def _refuse_another(action: str, shelf: _Shelf, *, force: bool) -> None:
    if action == "write" and shelf.target.exists() and not force:
        raise UsageError(f"{shelf.target} is there already: `update` or `prune` it, or write over it with --force")


def _read(action: str, shelf: _Shelf) -> tuple[Entry, ...]:
    """What the file holds now."""
    is_first = shelf.folder != "" and not shelf.target.exists()  # a folder that has just been given a baseline
    if action == "write" or (action == "update" and is_first):
        return ()
    return parse_baseline(read_text(shelf.target, "`mldebt baseline write` makes it"), str(shelf.target))


def _bring(action: str, shelf: _Shelf, outcome: Outcome, old: tuple[Entry, ...]) -> str:
    """Do what was asked to one file, and say what came of it."""
    found = compare(outcome, old, shelf.prefix)
    entries = set(found.unseen)
    if action == "prune":
        entries |= found.kept
    else:
        entries |= {*entries_of(outcome, shelf.prefix), *itertools.chain(*parts_of(outcome, shelf.prefix))}
    if action == "write" or entries != set(old):
        write_text(shelf.target, render_baseline(entries))
    many = sum(not entry.is_part for entry in entries)
    told = f"{many:,} finding{'' if many == 1 else 's'}"
    if action == "write":
        return f"{shelf.target}: {told} written."
    if entries == set(old):
        return f"{shelf.target}: up to date, {told}."
    added = 0 if action == "prune" else len(found.unknown) - len(found.grown)
    gone = sum(not entry.is_part for entry in found.gone)
    return f"{shelf.target}: {added:,} added, {gone:,} taken out; {told} now."

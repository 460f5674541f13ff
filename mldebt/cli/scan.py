"""`mldebt scan`: from a path to reports and an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.options import (
    choice_options,
    fail_options,
    path_argument,
    project_options,
    settings_from,
    with_baseline,
)
from mldebt.cli.reporting import report_options, reports_from, say_why_incomplete, spent
from mldebt.gate.policy import judge_scan
from mldebt.outcome import ExitCode, Outcome
from mldebt.reports import renderer
from mldebt.scan import scan

_EPILOG = """
\b
Examples:
  mldebt scan                                   the folder you stand in
  mldebt scan ~/work/ranker --select ownership  one family of rules
  mldebt scan --format sarif > report.sarif     for a code host
  mldebt scan --output report.sarif --output report.json
  mldebt scan --fail-on high                    exit 1 on high findings only

\b
Exit codes:
  0  passed             1  findings at or above --fail-on
  2  usage or config    3  incomplete, or nothing to analyse
"""


@click.command(name="scan", cls=Command, epilog=_EPILOG)
@path_argument
@choice_options
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="What to look for",
    cls=Option,
    help="Show only what FILE does not know; `mldebt baseline write` makes it.",
)
@click.option(
    "--no-baseline",
    is_flag=True,
    heading="What to look for",
    cls=Option,
    help="Show everything, whatever the configuration names as baseline.",
)
@report_options
@fail_options
@project_options
def command(
    path: Path,
    form: str,
    outputs: tuple[str, ...],
    quiet: bool,
    baseline: Path | None,
    no_baseline: bool,
    **given: Any,
) -> int:
    """Find debt in the repository, folder or file at PATH.

    Python files and notebooks that git tracks are read (all of them where there is no repository), never run. Each
    finding shows the places that led to it, who knows the component, why it matters and what to do.
    """
    reports = reports_from(form, outputs, quiet=quiet)
    settings = with_baseline(settings_from(path, **given), baseline, without=no_baseline)
    with Watcher(quiet=quiet) as watcher:
        outcome = scan(path, settings, watcher)
    judgement = judge_scan(outcome, settings)
    reports.give(replace(outcome, notes=(*outcome.notes, *judgement.reasons)), renderer, outcome.prefix)
    if not quiet:
        click.echo(_time(outcome), err=True)
    if quiet and judgement.code == ExitCode.INCOMPLETE:
        say_why_incomplete(outcome)
    return judgement.code


def _time(outcome: Outcome) -> str:
    """On stderr: the report itself is the same bytes in every run."""
    if outcome.warm:
        return f"Nothing has changed since an earlier scan; {sum(timing.seconds for timing in outcome.timings):.2f} s."
    return spent(outcome.timings)

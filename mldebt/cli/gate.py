"""`mldebt gate`: what a change did to the findings, and whether it may pass."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.options import choice_options, fail_options, path_argument, project_options, settings_from
from mldebt.cli.reporting import report_options, reports_from, say_why_incomplete, spent
from mldebt.cli.surroundings import base_of_change
from mldebt.gate.policy import judge_change
from mldebt.outcome import ExitCode
from mldebt.reports import change_renderer
from mldebt.review import review

_EPILOG = """
\b
Examples:
  mldebt gate --base main                   what this branch and the work tree bring
  mldebt gate --base main --head feature    what a branch brings that is not checked out
  mldebt gate --base v1.2 --direct          what happened since a release
  mldebt gate --base main --format github   in a pull request

\b
Exit codes:
  0  passed             1  new findings at or above --fail-on
  2  usage or config    3  incomplete, or nothing to analyse
"""


@click.command(name="gate", cls=Command, epilog=_EPILOG)
@path_argument
@click.option(
    "--base",
    metavar="REF",
    heading="Which change",
    cls=Option,
    help="Where the change is to go: a branch, tag or commit. It is compared with the commit where both parted.  "
    "[default: what the CI says, or the default branch of origin]",
)
@click.option(
    "--head",
    default="",
    metavar="REF",
    heading="Which change",
    cls=Option,
    help="Where the change ends.  [default: the work tree as it lies]",
)
@click.option(
    "--direct",
    is_flag=True,
    heading="Which change",
    cls=Option,
    help="Compare with REF itself, not with where both parted.",
)
@choice_options
@report_options
@fail_options
@project_options
def command(
    path: Path,
    base: str | None,
    head: str,
    direct: bool,
    form: str,
    outputs: tuple[str, ...],
    quiet: bool,
    **given: Any,
) -> int:
    """Say what a change does to the findings in the folder at PATH: which are new and what in the change made them,
    which are gone. Code that only moved or was renamed is not new.

    Nothing is checked out or run: the state before the change is read from git's objects. Both states are judged by the
    configuration that lies there now. A new file counts once git tracks it (`git add`).
    """
    reports = reports_from(form, outputs, quiet=quiet)
    settings = settings_from(path, **given)
    with Watcher(quiet=quiet) as watcher:
        verdict = review(path, base or base_of_change(os.environ), head, settings, watcher, direct=direct)
    judgement = judge_change(verdict, settings)
    reports.give(replace(verdict, notes=(*verdict.notes, *judgement.reasons)), change_renderer, verdict.after.prefix)
    if not quiet:
        click.echo(spent((*verdict.before.timings, *verdict.after.timings)), err=True)
    if quiet and judgement.code == ExitCode.INCOMPLETE:
        say_why_incomplete(verdict.before, verdict.after)
    return judgement.code

"""`mldebt hook`: the files of a commit, judged quickly; meant for pre-commit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.options import choice_options, fail_options, project_options, settings_from
from mldebt.cli.reporting import report_options, reports_from, say_why_incomplete
from mldebt.gate.policy import judge_change
from mldebt.outcome import ExitCode
from mldebt.reports import change_renderer
from mldebt.review import glance

_EPILOG = """
\b
Examples:
  mldebt hook app/serve.py train.ipynb      what was done to two files since HEAD
  git diff --name-only -z main | xargs -0 mldebt hook --base main

\b
In .pre-commit-config.yaml, from where this mldebt comes:
  - id: mldebt          what this command says, at every commit
  - id: mldebt-gate     what `mldebt gate` says, before a push
"""


@click.command(name="hook", cls=Command, epilog=_EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILES")
@click.option(
    "--base",
    metavar="REF",
    heading="Which change",
    cls=Option,
    help="Compare with the files of this commit.  [default: what pre-commit says, or HEAD]",
)
@choice_options
@report_options
@fail_options
@project_options
def command(
    files: tuple[Path, ...], base: str | None, form: str, outputs: tuple[str, ...], quiet: bool, **given: Any
) -> int:
    """Say what the changes in FILES do to the findings. Only they, what they import and what imports them is read, in
    both states, so that a commit in a large repository waits no longer than one in a small one.

    What needs the whole repository (people, documentation) is left to `mldebt gate`, and what code far away makes of a
    change is seen there, too.
    """
    reports = reports_from(form, outputs, quiet=quiet)
    folder = Path()
    settings = settings_from(folder, **given)
    start = base or os.environ.get("PRE_COMMIT_FROM_REF") or "HEAD"
    with Watcher(quiet=quiet) as watcher:
        verdict = glance(files, start, settings, watcher, folder=folder)
    if verdict is None:
        return ExitCode.PASSED
    judgement = judge_change(verdict, settings)
    reports.give(replace(verdict, notes=(*verdict.notes, *judgement.reasons)), change_renderer, verdict.after.prefix)
    if not verdict.after.counts.files and not settings.strict:
        return ExitCode.PASSED  # none of the files is Python, which is for others to say
    if quiet and judgement.code == ExitCode.INCOMPLETE:
        say_why_incomplete(verdict.before, verdict.after)
    return judgement.code

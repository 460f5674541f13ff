"""`mldebt team`: who works on which stage of the pipeline, and the gaps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.asking import asking_options, show_answer, terms
from mldebt.cli.command import Command
from mldebt.cli.console import Watcher
from mldebt.cli.options import path_argument, project_options, settings_from
from mldebt.inquiry import ask_team
from mldebt.reports.team_page import render_team_markdown, render_team_text

_EPILOG = """
\b
Examples:
  mldebt team                              the repository you stand in
  mldebt team ~/work/ranker --window 180   active: a commit in the last half year
  mldebt team --format markdown --anonymous > team.md
"""


@click.command(name="team", cls=Command, epilog=_EPILOG)
@path_argument
@asking_options
@project_options
def command(
    path: Path,
    window: int | None,
    since: dt.datetime | None,
    form: str,
    output: Path | None,
    everything: bool,
    anonymous: bool,
    **given: Any,
) -> int:
    """Show who wrote how much of each stage of the pipeline at PATH (ingestion, features, modelling, evaluation,
    serving, operations), the role that this suggests, and the gaps: stages that one person or nobody knows, and models
    whose makers and shippers have nobody in common."""
    settings = replace(settings_from(path, **given), history=True)
    with Watcher() as watcher:
        answer = ask_team(path, settings, terms(window, since, anonymous=anonymous), watcher)
    show_answer(answer, form, output, everything=everything, markdown=render_team_markdown, text=render_team_text)
    return 0

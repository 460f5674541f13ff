"""`mldebt trend`: findings over time, who brought and who paid them, and what to pay first."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

import click

from mldebt.cli.asking import anonymous_option
from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, page_width, wants_colour, write_file
from mldebt.cli.options import choice_options, format_option, path_argument, project_options, settings_from
from mldebt.course import Course
from mldebt.errors import UsageError, nearest
from mldebt.outcome import ExitCode
from mldebt.reports.trend_json import render_trend_json
from mldebt.reports.trend_picture import KINDS, check_picture, render_trend_picture
from mldebt.reports.trend_text import render_trend_text
from mldebt.settings import Settings
from mldebt.store import write_bytes
from mldebt.trend import EVERY, trend

_SUFFIXES = (".svg", ".png", ".json", ".txt")
_EPILOG = """
\b
Examples:
  mldebt trend --since 2024-01-01                     the repository you stand in, week by week
  mldebt trend --since 2023-01-01 --every month -o debt.svg
  mldebt trend --format json > trend.json

\b
The first run judges every state, which takes a scan each; what it learns is kept in a ledger (SQLite), so that later
runs judge only what is new.
"""


@click.command(name="trend", cls=Command, epilog=_EPILOG)
@path_argument
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    heading="Which states",
    cls=Option,
    help="From DATE (such as 2024-01-31) on.  [default: a year before the last commit]",
)
@click.option(
    "--every",
    type=click.Choice(EVERY),
    default="week",
    show_default=True,
    heading="Which states",
    cls=Option,
    help="How far apart the states are that are looked at.",
)
@choice_options
@format_option("text", "json")
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="What to print",
    cls=Option,
    help=f"Write to FILE too, as its suffix says ({', '.join(_SUFFIXES)}). Pictures need `pip install mldebt[trend]`.",
)
@click.option(
    "--first",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    heading="What to print",
    cls=Option,
    help="Show N debts to pay first.",
)
@anonymous_option
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="How",
    cls=Option,
    help="Keep what is learnt of the history in FILE, not in the user's cache folder.",
)
@project_options
def command(
    path: Path,
    since: dt.datetime | None,
    every: str,
    form: str,
    outputs: tuple[Path, ...],
    first: int,
    anonymous: bool,
    ledger: Path | None,
    **given: Any,
) -> int:
    """Say how the findings at PATH went over time: by rule and family, who brought and who paid them, how old they are,
    and which of them to pay first, by how often their code changes, how many use it, how much of it one person knows,
    and their age. All states are judged by today's rules and configuration."""
    for output in outputs:
        _check(output)
    settings = settings_from(path, **given)
    with Watcher() as watcher:
        ledger = ledger or _ledger(path, settings)
        since_day = since.date() if since else None
        course = trend(path, since_day, every, settings, watcher, ledger, anonymous=anonymous)
    for output in outputs:
        _write(output, course, first)
    if form == "json":
        click.echo(render_trend_json(course), nl=False)
    else:
        click.echo(render_trend_text(course, width=page_width(), colour=wants_colour(), first=first), nl=False)
    return ExitCode.INCOMPLETE if course.failed else ExitCode.PASSED


def _check(output: Path) -> None:
    """Refuse what could not be written before a history is walked through."""
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(
            f"--output {output}: no form has the suffix {suffix!r}; allowed: {', '.join(_SUFFIXES)}"
            f"{nearest(suffix, _SUFFIXES)}"
        )
    if suffix[1:] in KINDS:
        check_picture()


def _write(output: Path, course: Course, first: int) -> None:
    kind = output.suffix.lower()[1:]
    if kind in KINDS:
        write_bytes(output, render_trend_picture(course, kind))
    else:
        write_file(output, render_trend_json(course) if kind == "json" else render_trend_text(course, first=first))


def _ledger(path: Path, settings: Settings) -> Path | None:
    """A file for this folder alone."""
    if not settings.cache:
        return None
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
    return settings.cache_dir / "ledgers" / f"{name}.sqlite"

"""Options that the commands about people share, and how their answers are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mldebt.answers import Offboarding, Owners, Team
from mldebt.cli.command import Option
from mldebt.cli.console import page_width, wants_colour, write_file
from mldebt.cli.options import format_option, output_option
from mldebt.errors import UsageError
from mldebt.inquiry import Terms
from mldebt.reports.answer_json import render_answer_json

FORMATS = ("text", "json", "markdown")
Function = TypeVar("Function", bound=Callable[..., Any])
Render = Callable[..., str]
"""Makes a page of an answer."""


anonymous_option = click.option(
    "--anonymous",
    is_flag=True,
    heading="What to print",
    cls=Option,
    help="Numbers in the place of names and addresses, the same ones on every page.",
)


def asking_options(function: Function) -> Function:
    """The options of every command about people."""
    for option in reversed(
        (
            click.option(
                "--window",
                type=click.IntRange(min=1),
                metavar="DAYS",
                heading="What to ask",
                cls=Option,
                help="Count as active who committed within DAYS before the last commit.  [default: window_days, 365]",
            ),
            click.option(
                "--since",
                type=click.DateTime(["%Y-%m-%d"]),
                metavar="DATE",
                heading="What to ask",
                cls=Option,
                help="The same, from DATE (such as 2024-01-31) on.",
            ),
            format_option(*FORMATS),
            output_option,
            click.option(
                "--all", "everything", is_flag=True, heading="What to print", cls=Option, help="Leave nothing out."
            ),
            anonymous_option,
        )
    ):
        function = option(function)
    return function


def terms(window: int | None, since: dt.datetime | None, *, anonymous: bool) -> Terms:
    """How the question is meant."""
    if window is not None and since is not None:
        raise UsageError("--window and --since say the same; give one of them")
    return Terms(window_days=window, since=since.date() if since is not None else None, anonymous=anonymous)


def show_answer(
    answer: Owners | Offboarding | Team,
    form: str,
    output: Path | None,
    *,
    everything: bool,
    markdown: Render,
    text: Render,
) -> None:
    """An answer in the form that is asked for; `markdown` and `text` make its pages."""
    if form == "json":
        show(render_answer_json(answer), output)
    elif form == "markdown":
        show(markdown(answer, everything=everything), output)
    else:
        colour = wants_colour() and output is None
        show(text(answer, width=page_width(), colour=colour, everything=everything), output)


def show(page: str, output: Path | None) -> None:
    """A page, on standard output or in a file."""
    if output is not None:
        write_file(output, page)
    else:
        click.echo(page, nl=False)

"""Options that several commands take, each declared once, and how they become Settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from mldebt.cli.command import Option
from mldebt.errors import UsageError
from mldebt.settings import FAIL_ON, Settings, load_settings, without_baselines

Function = TypeVar("Function", bound=Callable[..., Any])

path_argument = click.argument("path", type=click.Path(path_type=Path), default=".")


output_option = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="What to print",
    cls=Option,
    help="Write to FILE, not to standard output.",
)


def format_option(*formats: str, explained: str = "What goes to standard output.") -> Callable[[Function], Function]:
    """In which form a page is printed; text when nobody says."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        heading="What to print",
        cls=Option,
        help=explained,
    )


def words(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """`--select a,b --select c` as three words; None when the option was not given."""
    found = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
    if values and not found:
        # Most likely a variable of a CI that is not set; to take it for "not given" would ask for everything.
        raise click.BadParameter("names no rule; leave the option out to ask for all")
    return found or None


def project_options(function: Function) -> Function:
    """The options of every command that reads a repository."""
    for option in reversed(
        (
            click.option(
                "--config",
                type=click.Path(path_type=Path),
                metavar="FILE",
                heading="How",
                cls=Option,
                help="Take the configuration from FILE, not from the nearest pyproject.toml or mldebt.toml.",
            ),
            click.option(
                "--jobs",
                "-j",
                type=click.IntRange(min=0),
                metavar="N",
                heading="How",
                cls=Option,
                help="Work with N processes.  [default: one a core]",
            ),
            click.option(
                "--history/--no-history",
                default=None,
                heading="How",
                cls=Option,
                help="Judge who knows the code by its git history.  [default: history]",
            ),
            click.option(
                "--no-cache", is_flag=True, heading="How", cls=Option, help="Compute everything anew and keep nothing."
            ),
            click.option(
                "--cache-dir",
                type=click.Path(path_type=Path, file_okay=False),
                metavar="FOLDER",
                heading="How",
                cls=Option,
                help="Keep results in FOLDER, not in the user's cache folder.",
            ),
        )
    ):
        function = option(function)
    return function


def choice_options(function: Function) -> Function:
    """Which rules are asked, and who is to see their answers."""
    for option in reversed(
        (
            click.option(
                "--select",
                multiple=True,
                callback=words,
                metavar="RULES",
                heading="What to look for",
                cls=Option,
                help="Only these: ids, the start of an id (MLD4), names or families; a comma between several.",
            ),
            click.option(
                "--ignore",
                multiple=True,
                callback=words,
                metavar="RULES",
                heading="What to look for",
                cls=Option,
                help="Not these.",
            ),
            click.option(
                "--pedantic",
                is_flag=True,
                default=None,
                heading="What to look for",
                cls=Option,
                help="Show also what a busy team need not see.",
            ),
            click.option(
                "--require-reason",
                is_flag=True,
                default=None,
                heading="What to look for",
                cls=Option,
                help="A comment that silences a finding counts only if it says why.",
            ),
        )
    ):
        function = option(function)
    return function


def fail_options(function: Function) -> Function:
    """When the exit code says that something was found."""
    for option in reversed(
        (
            click.option(
                "--fail-on",
                type=click.Choice(FAIL_ON),
                heading="When to fail",
                cls=Option,
                help="The severity from which findings make the exit code 1.  [default: low]",
            ),
            click.option(
                "--strict",
                is_flag=True,
                default=None,
                heading="When to fail",
                cls=Option,
                help="A file that could not be read makes the exit code 3.",
            ),
        )
    ):
        function = option(function)
    return function


def settings_from(
    path: Path,
    *,
    config: Path | None,
    jobs: int | None,
    history: bool | None,
    no_cache: bool,
    cache_dir: Path | None,
    **flags: Any,
) -> Settings:
    """Defaults, then the file, then what the command line says."""
    folder = path if path.is_dir() else path.parent
    given = {"jobs": jobs, "history": history, "cache": False if no_cache else None, "cache_dir": cache_dir, **flags}
    return load_settings(folder, config, given)


def with_baseline(settings: Settings, baseline: Path | None, *, without: bool = False) -> Settings:
    """The settings with the baseline of the command line, or with none. Such a file speaks of the scan root."""
    if baseline is not None and without:
        raise UsageError("--baseline and --no-baseline exclude each other")
    if without:
        return without_baselines(settings)
    return settings if baseline is None else replace(without_baselines(settings), baseline=baseline, prefix="")

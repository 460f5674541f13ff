"""Which reports a command makes, declared once; how they reach standard output, files and code hosts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from mldebt.cli.command import Option
from mldebt.cli.console import page_width, wants_colour, warn, write_file
from mldebt.errors import UsageError, nearest
from mldebt.outcome import Outcome, Timing
from mldebt.reports import FORMATS, SUFFIXES
from mldebt.reports.style import visible

Function = TypeVar("Function", bound=Callable[..., Any])
Render = Callable[..., str]


def report_options(function: Function) -> Function:
    """What to print, and where."""
    for option in reversed(
        (
            click.option(
                "--format",
                "form",
                type=click.Choice(FORMATS),
                default="text",
                show_default=True,
                heading="What to print",
                cls=Option,
                help="What goes to standard output. github also adds to the step summary, where there is one.",
            ),
            click.option(
                "--output",
                "-o",
                "outputs",
                multiple=True,
                metavar="FILE",
                heading="What to print",
                cls=Option,
                help=f"Write a report to FILE too, in the format its suffix says ({', '.join(SUFFIXES)}) or as "
                "FORMAT:FILE. May be given several times.",
            ),
            click.option(
                "--quiet",
                "-q",
                is_flag=True,
                heading="What to print",
                cls=Option,
                help="Nothing on standard output; no progress.",
            ),
        )
    ):
        function = option(function)
    return function


class Reports(msgspec.Struct, frozen=True, kw_only=True):
    """The reports asked for; made before the work, so that a wrong name is told before it is done."""

    form: str
    files: tuple[tuple[str, Path], ...]
    quiet: bool

    def give(self, subject: object, renderer: Callable[[str], Render], prefix: str) -> None:
        """Render the subject for everybody who asked. `prefix` is the scanned folder below the top."""
        for form, file in self.files:
            write_file(file, _render(subject, renderer, form, prefix))
        if self.form == "github":
            _summarise(_render(subject, renderer, "markdown", prefix))
        if not self.quiet:
            page = {"width": page_width(), "colour": wants_colour()} if self.form == "text" else {}
            click.echo(_render(subject, renderer, self.form, prefix, **page), nl=False)


def reports_from(form: str, outputs: Sequence[str], *, quiet: bool) -> Reports:
    """What the options ask for."""
    return Reports(form=form, files=tuple(map(_target, outputs)), quiet=quiet)


def say_why_incomplete(*outcomes: Outcome) -> None:
    """For a run that is to print nothing: on standard error, why it ends with 3. The last outcome is the one that
    counts."""
    told = [failure.message for outcome in outcomes for failure in outcome.failures]
    if not outcomes[-1].counts.files:
        told.append("nothing to analyse: no Python file and no notebook was read")
    elif not told:
        told += [f"{skipped.path}: not read: {skipped.reason}" for skipped in outcomes[-1].skipped]
    for message in told:
        warn(visible(message))


def spent(timings: Sequence[Timing]) -> str:
    """The time that the stages took."""
    stages: dict[str, float] = {}  # of two states, each has its own
    for timing in timings:
        stages[timing.stage] = stages.get(timing.stage, 0.0) + timing.seconds
    parts = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items() if seconds >= 0.05)
    return f"{sum(stages.values()):.1f} s" + (f" ({parts})." if parts else ".")


def _render(subject: object, renderer: Callable[[str], Render], form: str, prefix: str, **page: object) -> str:
    if form == "markdown":
        page["links"] = _links(prefix)
    return renderer(form)(subject, **page)


def _target(output: str) -> tuple[str, Path]:
    """The format and file that an `--output` asks for."""
    form, colon, name = output.partition(":")
    if colon and form in FORMATS and name:
        return form, Path(name)
    suffix = Path(output).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"--output {output}: {f'no format has the suffix {suffix!r}' if suffix else 'which format?'}; allowed: "
            f"{', '.join(SUFFIXES)}, or FORMAT:FILE with FORMAT one of {', '.join(FORMATS)}{nearest(suffix, SUFFIXES)}"
        )
    return SUFFIXES[suffix], Path(output)


def _links(prefix: str) -> str:
    """Where the code host shows the scanned folder, as its CI tells."""
    given = os.environ
    if given.get("GITHUB_REPOSITORY") and given.get("GITHUB_SHA"):
        server = given.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{given['GITHUB_REPOSITORY']}/blob/{given['GITHUB_SHA']}/{prefix}"
    if given.get("CI_PROJECT_URL") and given.get("CI_COMMIT_SHA"):
        return f"{given['CI_PROJECT_URL']}/-/blob/{given['CI_COMMIT_SHA']}/{prefix}"
    return ""


def _summarise(page: str) -> None:
    """Add to the step summary of GitHub Actions."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(page)
    except OSError as error:
        warn(f"{name}: the step summary cannot be written: {error.strerror or error}")

"""`mldebt scan`: from a path to reports and an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, page_width, wants_colour, write_file
from mldebt.cli.options import choice_options, path_argument, project_options, settings_from, with_baseline
from mldebt.errors import UsageError, nearest
from mldebt.outcome import ExitCode, Outcome
from mldebt.reports import FORMATS, SUFFIXES, renderer
from mldebt.scan import scan
from mldebt.settings import FAIL_ON

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
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    heading="What to print",
    cls=Option,
    help="What goes to standard output.",
)
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    metavar="FILE",
    heading="What to print",
    cls=Option,
    help="Write a report to FILE too, in the format its suffix says (.txt, .json, .sarif) or as FORMAT:FILE. May be "
    "given several times.",
)
@click.option(
    "--quiet", "-q", is_flag=True, heading="What to print", cls=Option, help="Nothing on standard output; no progress."
)
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
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    heading="When to fail",
    cls=Option,
    help="The severity from which findings make the exit code 1.  [default: low]",
)
@click.option(
    "--strict",
    is_flag=True,
    default=None,
    heading="When to fail",
    cls=Option,
    help="A file that could not be read makes the exit code 3.",
)
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
    targets = [_target(output) for output in outputs]
    settings = with_baseline(settings_from(path, **given), baseline, without=no_baseline)
    with Watcher(quiet=quiet) as watcher:
        outcome = scan(path, settings, watcher)
    for target, file in targets:
        write_file(file, renderer(target)(outcome))
    if not quiet:
        click.echo(_page(outcome, form), nl=False)
        click.echo(_time(outcome), err=True)
    code = outcome.exit_code(settings.fail_on, strict=settings.strict)
    if quiet and code == ExitCode.INCOMPLETE:
        for failure in outcome.failures:
            click.echo(f"mldebt: {failure.message}", err=True)
    return code


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


def _page(outcome: Outcome, form: str) -> str:
    if form != "text":
        return renderer(form)(outcome)
    from mldebt.reports.text import render_text

    return render_text(outcome, width=page_width(), colour=wants_colour())


def _time(outcome: Outcome) -> str:
    """On stderr: the report itself is the same bytes in every run."""
    total = sum(timing.seconds for timing in outcome.timings)
    if outcome.warm:
        return f"Nothing has changed since an earlier scan; {total:.2f} s."
    parts = ", ".join(f"{timing.stage} {timing.seconds:.1f}" for timing in outcome.timings if timing.seconds >= 0.05)
    return f"{total:.1f} s" + (f" ({parts})." if parts else ".")

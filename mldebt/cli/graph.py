"""`mldebt graph`: the pipelines of a repository as a diagram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, write_file
from mldebt.cli.options import path_argument, project_options, settings_from
from mldebt.scan import read_project

_FORMATS = ("mermaid", "dot", "graphml", "json")
_EPILOG = """
\b
Examples:
  mldebt graph                                  Mermaid, for a README or a wiki
  mldebt graph --format dot | dot -Tsvg > pipelines.svg
  mldebt graph --format json --output pipelines.json
"""


@click.command(name="graph", cls=Command, epilog=_EPILOG)
@path_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="mermaid",
    show_default=True,
    heading="What to print",
    cls=Option,
    help="What the diagram is written in.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    heading="What to print",
    cls=Option,
    help="Write to FILE, not to standard output.",
)
@project_options
def command(path: Path, form: str, output: Path | None, **given: Any) -> int:
    """Draw the pipelines of the repository at PATH: sources, ingestion, features, training, models, artifacts,
    evaluations, serving boundaries and consumers, and what flows between them."""
    from mldebt.pipeline import render_graph

    settings = settings_from(path, **given)
    with Watcher() as watcher:
        project = read_project(path, settings, watcher)
    drawing = render_graph(project, form)
    if output:
        write_file(output, drawing)
    else:
        click.echo(drawing, nl=not drawing.endswith("\n"))
    return 0

"""`mldebt graph`: the pipelines of a repository as a diagram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, warn, write_file
from mldebt.cli.options import output_option, path_argument, project_options, settings_from
from mldebt.scan import read_project

_FORMATS = ("mermaid", "dot", "graphml", "json")
_EPILOG = """
\b
Examples:
  mldebt graph                                  Mermaid, for a README or a wiki
  mldebt graph --format dot | dot -Tsvg > pipelines.svg
  mldebt graph --format json --output pipelines.json
  mldebt graph ~/work/ranker --about ProductRanker     one model, with all that leads to it and from it
  mldebt graph --nodes 0                        every box, however many
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
    "--about",
    default="",
    metavar="WORD",
    heading="What to draw",
    cls=Option,
    help="Only what leads to and from the boxes whose name or file holds WORD.",
)
@click.option(
    "--nodes",
    type=click.IntRange(min=0),
    metavar="N",
    heading="What to draw",
    cls=Option,
    help="Fold alike boxes into one until at most N are left; 0 folds nothing.  [default: 40 for mermaid and dot, "
    "0 for graphml and json]",
)
@output_option
@project_options
def command(path: Path, form: str, about: str, nodes: int | None, output: Path | None, **given: Any) -> int:
    """Draw the pipelines of the repository at PATH: sources, ingestion, features, training, models, artifacts,
    evaluations, serving boundaries and consumers, and what flows between them. A large repository is folded: boxes of
    one kind become one, first those that are joined to the same others, then those of one file, then those of one
    folder."""
    from mldebt.pipeline.graph.graph import READABLE, draw_graph, render_form

    settings = replace(settings_from(path, **given), history=False)  # nobody's name stands in the picture
    with Watcher() as watcher:
        project = read_project(path, settings, watcher)
    limit = nodes if nodes is not None else READABLE if form in ("mermaid", "dot") else 0
    graph = draw_graph(project, about, limit)
    drawing = render_form(graph, form)
    if not any(project.modules()):
        warn(f"nothing to analyse: there is no Python code of a product in {path}")
        return 3
    if output:
        write_file(output, drawing)
    else:
        click.echo(drawing, nl=not drawing.endswith("\n"))
    if not graph:
        warn(f"nothing to draw: no source, pipeline, model or serving boundary was found in {path}")
    return 0

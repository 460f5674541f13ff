"""`mldebt models`: the register of the models that a repository trains and keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt import __version__
from mldebt.cli.asking import show
from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher, page_width, wants_colour
from mldebt.cli.options import format_option, output_option, project_options, settings_from
from mldebt.errors import UsageError, nearest
from mldebt.inventory import ModelRecord, find_records
from mldebt.reports.models_json import render_models_json
from mldebt.reports.models_page import (
    render_model_markdown,
    render_model_text,
    render_models_markdown,
    render_models_text,
)
from mldebt.scan import judge_project

_EPILOG = """
\b
Examples:
  mldebt models                          the repository you stand in
  mldebt models ProductRanker            one model in full, every fact with its place
  mldebt models train.py --root ~/work/ranker
  mldebt models --format markdown > MODELS.md
"""


@click.command(name="models", cls=Command, epilog=_EPILOG)
@click.argument("what", default="", metavar="[PATH|MODEL]")
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    heading="What to ask",
    cls=Option,
    help="The repository in which MODEL is.  [default: .]",
)
@format_option("text", "json", "markdown")
@output_option
@project_options
def command(what: str, root: Path | None, form: str, output: Path | None, **given: Any) -> int:
    """Say which models a repository trains and keeps, serves or hands out: what each is built of, who starts its
    training, the data behind it, where it is kept and under which version, what loads and serves it, what tells of it
    and measures it, who knows it, and what the rules find. PATH is a repository; MODEL the name of a model, or the file
    it is in."""
    folder, wanted = place(what, root)
    with Watcher() as watcher:
        records = read_records(folder, watcher, **given)
    chosen = choose(records, wanted) if wanted else records
    if form == "json":
        page = render_models_json(chosen, __version__)
    elif form == "markdown":
        page = render_model_markdown(chosen) if wanted else render_models_markdown(chosen)
    else:
        render = render_model_text if wanted else render_models_text
        page = render(chosen, width=page_width(), colour=wants_colour() and output is None)
    show(page, output)
    return 0


def place(what: str, root: Path | None) -> tuple[Path, str]:
    """The repository to read, and the model that is asked for ("" for all)."""
    if root is not None:
        return root, what
    return (Path(what or "."), "") if not what or Path(what).is_dir() else (Path(), what)


def read_records(folder: Path, watcher: Watcher, **given: Any) -> tuple[ModelRecord, ...]:
    """The models of a repository, with what every rule finds in them."""
    from mldebt.pipeline.models.rows import Rows

    settings = replace(settings_from(folder, **given), select=(), ignore=())
    project, outcome = judge_project(folder, settings, watcher)
    watcher.stage("models")
    return Rows(project).all(outcome.findings)


def choose(records: tuple[ModelRecord, ...], wanted: str) -> tuple[ModelRecord, ...]:
    """The models of that name; raises UsageError when there are none."""
    found = find_records(records, wanted)
    if not found:
        names = sorted({record.name for record in records})
        raise UsageError(f"no model {wanted!r}{nearest(wanted, names)}; `mldebt models` lists them")
    return found

"""`mldebt owners`: who knows which component, and how many would have to leave."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.asking import asking_options, show_answer, terms
from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.options import project_options, settings_from
from mldebt.cli.places import inside, top_folder
from mldebt.inquiry import ask_owners
from mldebt.reports.owners_page import render_owners_markdown, render_owners_text

_EPILOG = """
\b
Examples:
  mldebt owners                          the repository you stand in
  mldebt owners ~/work/ranker --all      another one, every component
  mldebt owners ranking/train.py         one file, in full
  mldebt owners ProductRanker            a model, by its name
  mldebt owners --format markdown --anonymous > owners.md
"""


@click.command(name="owners", cls=Command, epilog=_EPILOG)
@click.argument("what", default="", metavar="[PATH|MODEL]")
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    heading="What to ask",
    cls=Option,
    help="The repository in which PATH or MODEL is.  [default: the one that PATH lies in, or .]",
)
@asking_options
@project_options
def command(
    what: str,
    root: Path | None,
    window: int | None,
    since: dt.datetime | None,
    form: str,
    output: Path | None,
    everything: bool,
    anonymous: bool,
    **given: Any,
) -> int:
    """Say who knows each component of a repository (a model with its training code, an ingestion pipeline, a serving
    boundary, an evaluation): how much of it they wrote or reviewed, since when, when they last touched it, and how many
    active people would have to leave until nobody knows it. PATH is a repository, or a file or folder in one; MODEL the
    name of a model or component."""
    folder, wanted = _place(what, root)
    settings = replace(settings_from(folder, **given), history=True)
    with Watcher() as watcher:
        answer = ask_owners(folder, wanted, settings, terms(window, since, anonymous=anonymous), watcher)
    show_answer(answer, form, output, everything=everything, markdown=render_owners_markdown, text=render_owners_text)
    return 0


def _place(what: str, root: Path | None) -> tuple[Path, str]:
    """The folder to read, and what is asked about in it: "" for everything."""
    path = Path(what or ".")
    if root is not None:
        below = root / path
        if what and not below.exists() and path.exists():
            below = path
        return root, inside(below, root) if what and below.exists() else what
    if what and not path.exists():
        return Path(), what
    if path.is_dir():
        top = top_folder(path)
        return (path, "") if top is None or top == path.resolve() else (top, inside(path, top))
    top = top_folder(path.parent) or path.parent
    return top, inside(path, top)

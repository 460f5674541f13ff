"""`mldebt trace`: where a value comes from, what it passes, where it ends, what last ordered it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt import __version__
from mldebt.cli.asking import show
from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.options import format_option, output_option, project_options, settings_from
from mldebt.cli.places import inside, top_folder
from mldebt.errors import UsageError
from mldebt.regex import regex
from mldebt.scan import trace_value
from mldebt.tracks import Spot

_EPILOG = """
\b
Examples:
  mldebt trace shop/shelf.py:14            what the statement on line 14 makes, returns or tests
  mldebt trace shop/shelf.py:14:ranked     the value that `ranked` has on this line, after it
  mldebt trace ranker.py:30:self.model     an attribute; predict() names a call's result
  mldebt trace explore.ipynb:3:5:rows      line 5 of cell 3 (counted from 0, as findings print it)
  mldebt trace shop/shelf.py:14 --format mermaid > trail.mmd
"""
_SPOT = regex(r"(?P<path>.+?):(?P<first>\d+)(?::(?P<second>\d+))?(?::(?P<name>[^\W\d][\w.]*(?:\(\))?))?")


@click.command(name="trace", cls=Command, epilog=_EPILOG)
@click.argument("place", metavar="PATH:LINE[:NAME]")
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    heading="What to ask",
    cls=Option,
    help="The repository that PATH is in and may be relative to.  [default: the one that PATH lies in, outside git its "
    "folder]",
)
@format_option("text", "mermaid", "json")
@output_option
@project_options
def command(place: str, root: Path | None, form: str, output: Path | None, **given: Any) -> int:
    """Follow the value at a place through the whole repository: where it comes from (data, requests, models, settings,
    literals), what it passes, where it ends (answers, files, training, metrics), and, if it is a sequence, what last
    ordered it. Every answer has the places that show it; what the code does not tell is said to be unknown. In a
    notebook the place is PATH:CELL:LINE[:NAME]."""
    from mldebt.reports.track import render_track_json, render_track_mermaid, render_track_text

    folder, spot = _spot(place, root)
    settings = replace(settings_from(folder, **given), history=False)
    with Watcher() as watcher:
        track = trace_value(folder, spot, settings, watcher)
    if root is None and top_folder(folder) is None:
        track = replace(track, notes=(*track.notes, _read(folder)))
    if form == "json":
        page = render_track_json(track, __version__)
    else:
        page = render_track_mermaid(track) if form == "mermaid" else render_track_text(track)
    show(page, output)
    return 0


def _read(folder: Path) -> str:
    """What was read, where nothing says what belongs together."""
    return f"Only {folder.resolve()} was read, which lies in no git repository; --root names another folder."


def _spot(place: str, root: Path | None) -> tuple[Path, Spot]:
    """The repository to read, and the place in it."""
    told = _SPOT.fullmatch(place)
    if told is None:
        raise UsageError(f"{place!r} names no place; write PATH:LINE, PATH:LINE:NAME or NOTEBOOK:CELL:LINE[:NAME]")
    path = Path(told["path"])
    if root is not None and not path.is_absolute() and (root / path).exists():
        path = root / path
    if not path.exists():
        if root is None:
            raise UsageError(f"{told['path']}: no such file")
        folder, name = root, told["path"]
    else:
        folder = root or top_folder(path.parent) or path.parent
        name = inside(path, folder)
    first, second = int(told["first"]), told["second"]
    line = int(second) if second else first
    return folder, Spot(path=name, line=line, cell=first if second else None, name=told["name"] or "")

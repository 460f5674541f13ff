"""What the commands share in talking to a person: text out, progress on a terminal, files."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click

from mldebt.store import write_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_NARROWEST, _WIDEST = 60, 400


def wants_colour() -> bool:
    """A terminal, and nobody asked for plain text (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def page_width() -> int:
    """What COLUMNS asks for; else as wide as the terminal within what can be read, and fixed when piped, so that the
    bytes do not depend on it."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and int(asked):
        return max(_NARROWEST, min(_WIDEST, int(asked)))
    return max(_NARROWEST, min(120, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else 100


def warn(message: str) -> None:
    click.echo(f"mldebt: {message}", err=True)


def write_file(path: Path, text: str) -> None:
    """A report, whole or not at all; UsageError when it cannot be. A folder that this makes is told: it may be a name
    mistyped."""
    missing = not path.parent.exists()
    write_text(path, text)
    if missing:
        warn(f"the folder {path.parent} was not there; it has been made for {path.name}")


class Watcher(AbstractContextManager["Watcher"]):
    """Follows a scan: a bar on a terminal, silence otherwise, warnings in either case, all on stderr. A warning is
    told once: a command that scans two states would say the same of the cache of both."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._said: set[str] = set()
        self.shown = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins; `total` files are to come, None when nobody knows."""
        if not self.shown:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=total)

    def advance(self, steps: int = 1) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)

    def warn(self, message: str) -> None:
        if message in self._said:
            return
        self._said.add(message)
        if self._bar is None:
            warn(message)
        else:
            self._bar.console.print(f"mldebt: {message}", markup=False, highlight=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

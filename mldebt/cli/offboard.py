"""`mldebt offboard`: what a person leaves behind, and the page to hand it over with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from mldebt.cli.asking import asking_options, show_answer, terms
from mldebt.cli.command import Command
from mldebt.cli.console import Watcher
from mldebt.cli.options import path_argument, project_options, settings_from
from mldebt.inquiry import ask_offboard
from mldebt.reports.handover_page import render_handover_page, render_offboard_text

_EPILOG = """
\b
Examples:
  mldebt offboard "Ana Duarte"                        by name
  mldebt offboard ana@corp.example ~/work/ranker      by address, in another repository
  mldebt offboard ana --format markdown -o handover.md
"""


@click.command(name="offboard", cls=Command, epilog=_EPILOG)
@click.argument("person")
@path_argument
@asking_options
@project_options
def command(
    person: str,
    path: Path,
    window: int | None,
    since: dt.datetime | None,
    form: str,
    output: Path | None,
    everything: bool,
    anonymous: bool,
    **given: Any,
) -> int:
    """Say what PERSON leaves behind in the repository at PATH, the most urgent first: what nobody else who is active
    knows, what is written nowhere, and what users get runs through; and who knows most of each after them. PERSON is a
    name, an address or a part of one that fits nobody else.

    With --format markdown: the hand-over page, a section for each component that is left without anyone, with what the
    repository tells (commands, sources, open remarks, last changes) and gaps for what only PERSON can tell."""
    settings = replace(settings_from(path, **given), history=True)
    with Watcher() as watcher:
        answer = ask_offboard(path, person, settings, terms(window, since, anonymous=anonymous), watcher)
    show_answer(answer, form, output, everything=everything, markdown=render_handover_page, text=render_offboard_text)
    return 0

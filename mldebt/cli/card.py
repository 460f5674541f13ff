"""`mldebt card`: drafts a model card from the code, or holds one against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mldebt import __version__
from mldebt.cli.asking import show
from mldebt.cli.command import Command, Option
from mldebt.cli.console import Watcher
from mldebt.cli.models import choose, read_records
from mldebt.cli.options import format_option, output_option, project_options, settings_from
from mldebt.errors import UsageError
from mldebt.inventory import Drift, ModelRecord
from mldebt.reports.card import render_card
from mldebt.reports.json_report import location_json
from mldebt.scan import read_project
from mldebt.sources import Document, DocumentKind

_EPILOG = """
\b
Examples:
  mldebt card ProductRanker > MODEL_CARD.md
  mldebt card ProductRanker --root ~/work/ranker --output MODEL_CARD.md
  mldebt card --check MODEL_CARD.md      what the card says and the code does not

\b
Exit codes of --check:
  0  they agree         1  something drifted
"""


@click.command(name="card", cls=Command, epilog=_EPILOG)
@click.argument("model", default="", metavar="[MODEL]")
@click.option(
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=".",
    heading="What to ask",
    cls=Option,
    help="The repository in which MODEL is.  [default: .]",
)
@click.option(
    "--check",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="CARD",
    heading="What to ask",
    cls=Option,
    help="Hold CARD against the code of the model that it describes (MODEL, when it does not say).",
)
@format_option("text", "json", explained="With --check: how to say what drifted.")
@output_option
@project_options
def command(model: str, root: Path, check: Path | None, form: str, output: Path | None, **given: Any) -> int:
    """Draft a model card for MODEL in Markdown, with the metadata that model hubs read: what the code proves, each line
    with its place, and TO FILL where only a person knows. With --check, name what an existing card says and the code
    does not."""
    if check is not None:
        return _check(check, model, root, form, output, given)
    if form != "text":
        raise UsageError("--format goes with --check; a draft is Markdown")
    if not model:
        raise UsageError("name a model; `mldebt models` lists them")
    with Watcher() as watcher:
        records = read_records(root, watcher, **given)
    chosen = choose(records, model)
    if len(chosen) > 1:
        raise UsageError(f"{len(chosen)} models may be meant: {_named(chosen)}; name one by its file, or its line")
    show(render_card(chosen[0], __version__), output)
    return 0


def _check(check: Path, model: str, root: Path, form: str, output: Path | None, given: dict[str, Any]) -> int:
    from mldebt.documents import parse_document
    from mldebt.pipeline.description.cards import Cards, card_path
    from mldebt.pipeline.models.rows import Rows

    try:
        text = check.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{check}: cannot be read: {error}") from error
    with Watcher() as watcher:
        project = read_project(root, settings_from(root, **given), watcher)
        watcher.stage("models")
        records = Rows(project).all()
    path = card_path(str(check.resolve()), str(root.resolve()))
    card = parse_document(Document(path=path, kind=DocumentKind.MODEL_CARD, text=text))
    cards = Cards(project, records)
    described = choose(records, model) if model else cards.described(card)
    if len(described) != 1:
        found = f"{len(described)} models may be meant: {_named(described)}" if described else "it names no model"
        raise UsageError(f"{check}: {found}; say which model the card describes")
    drift = cards.drift(card, described[0])
    compared = cards.says_anything(card)
    show(_drift_json(drift, compared) if form == "json" else _drift_text(drift, described[0], compared), output)
    return 1 if drift else 0


def _named(records: tuple[ModelRecord, ...]) -> str:
    """The models with their file, and the line where that does not tell them apart."""
    names = [f"{record.path}:{record.name}" for record in records]
    return ", ".join(
        f"{record.path}:{at.line}" if names.count(name) > 1 and (at := record.builder[0].location) is not None else name
        for name, record in zip(names, records, strict=True)
    )


def _drift_text(drift: list[Drift], record: ModelRecord, compared: bool) -> str:
    lines = []
    for each in drift:
        code = f" ({each.code.path}:{each.code.line})" if each.code is not None else ""
        lines.append(f"{each.location.path}:{each.location.line}: {each.message}{code}")
    if not compared:
        lines.append(
            f"The card says nothing of {record.name} that code can tell: no file, command, value or drafted line."
        )
    elif not drift:
        lines.append(f"The card and the code of {record.name} agree, as far as the card says what code can tell.")
    return "\n".join(lines) + "\n"


def _drift_json(drift: list[Drift], compared: bool) -> str:
    found = [
        {
            "message": each.message,
            "location": location_json(each.location),
            **({"code": location_json(each.code)} if each.code is not None else {}),
        }
        for each in drift
    ]
    return (
        json.dumps(
            {"tool": "mldebt", "version": __version__, "compared": compared, "drift": found},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )

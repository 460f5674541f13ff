"""A model card in Markdown with the metadata that model hubs read: what the code proves, each line with its place, and
`TO FILL` where only a person knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from mldebt.finding import Location
from mldebt.inventory import Cell, ModelRecord
from mldebt.regex import regex
from mldebt.reports.columns import code, escaped

TO_FILL = "TO FILL"
_LIBRARIES = {
    "sklearn": "sklearn",
    "torch": "pytorch",
    "huggingface": "transformers",
    "keras": "keras",
    "tensorflow": "keras",
    "fastai": "fastai",
    "spacy": "spacy",
}
"""The catalogue's libraries under the names that hubs use; the others have the same name in both."""
_METRICS = {
    "accuracy_score": "accuracy",
    "f1_score": "f1",
    "precision_score": "precision",
    "recall_score": "recall",
    "roc_auc_score": "roc_auc",
    "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse",
    "mean_absolute_error": "mae",
    "r2_score": "r_squared",
    "confusion_matrix": "confusion_matrix",
}
_HUB_ID = regex(r"[\w.-]+(/[\w.-]+)?")


def render_card(record: ModelRecord, version: str) -> str:
    """The draft of a card; the same record gives the same bytes."""
    return "\n".join([*_front_matter(record), "", *_body(record, version)]).rstrip() + "\n"


# ---------------------------------------------------------------------------- metadata


def _front_matter(record: ModelRecord) -> list[str]:
    lines = ["---", f"model_name: {_yaml(record.name)}"]
    if record.library:
        lines.append(f"library_name: {_yaml(_LIBRARIES.get(record.library, record.library))}")
    for key, values in (
        ("base_model", _ids(record.base_models)),
        ("datasets", _ids([cell for cell in record.sources if cell.note == "hub"])),
        ("metrics", [_METRICS.get(cell.text, cell.text) for cell in record.metrics]),
    ):
        if values:
            lines += [f"{key}:", *(f"- {_yaml(value)}" for value in dict.fromkeys(values))]
    return [*lines, "---"]


def _ids(cells: Sequence[Cell]) -> list[str]:
    """What may be a name on a hub."""
    return [cell.text for cell in cells if _HUB_ID.fullmatch(cell.text)]


def _yaml(text: str) -> str:
    """A text as a YAML scalar that means that text and nothing else."""
    return text if re.fullmatch(r"[A-Za-z][\w./-]*", text) and text.lower() not in _YAML_WORDS else json.dumps(text)


_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})

# ---------------------------------------------------------------------------- body


def _body(record: ModelRecord, version: str) -> Iterator[str]:
    yield f"# Model card: {escaped(record.name)}"
    yield ""
    yield f"<!-- Drafted by mldebt {version} from the code. Each fact names its place; {TO_FILL} is for a person. -->"
    yield from _section("Model", _model(record))
    yield from _section("Intended use", [f"- For whom, and for what: {TO_FILL}", f"- Not to be used for: {TO_FILL}"])
    yield from _section("Training data", _listed(record.sources, "Data", "what the model is trained on"))
    yield from _section("Features", _features(record))
    yield from _section("Training procedure", _training(record))
    yield from _section("Parameters", _parameters(record))
    yield from _section("Evaluation", _evaluation(record))
    yield from _section("Artifacts and serving", _artifacts(record))
    yield from _section("Owner", _owners(record))
    yield from _section(
        "Limitations and risks", [f"- Known limits, groups it fails for: {TO_FILL}", *_findings(record)]
    )


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", *lines)


def _model(record: ModelRecord) -> list[str]:
    first, *inside = record.builder
    lines = [f"- Class or builder: {_fact(first)}"]
    lines += [f"- Inside: {_fact(cell)}" for cell in inside]
    lines += [f"- Starts from: {_fact(cell)}" for cell in record.base_models]
    return [*lines, f"- What it predicts: {TO_FILL}", f"- License: {TO_FILL}"]


def _features(record: ModelRecord) -> list[str]:
    lines = _listed(record.features, "Feature", "what the model sees of each row")
    lines += [f"- Made by: {_fact(cell)}" for cell in record.makers]
    lines += [f"- Left out: {_fact(cell)}" for cell in record.left_out]
    return lines + _listed(record.targets, "Target", "what it learns to predict")


def _training(record: ModelRecord) -> list[str]:
    lines = [f"- Started by: {_fact(cell, note=False)}" for cell in record.training]
    lines += [f"- Fitted at: {code(_place(cell.location))}" for cell in record.trained]
    commands = list(dict.fromkeys(cell.note for cell in record.training if cell.note))
    retrain = [f"- Retrain with: {code(command)}" for command in commands] or [f"- Retrain with: {TO_FILL}"]
    return [*lines, *retrain]


def _parameters(record: ModelRecord) -> list[str]:
    if not record.parameters:
        return [f"No parameter is written down in the code. {TO_FILL}: those that matter, and where they are set."]
    rows = (f"| {code(cell.text)} | {code(cell.note)} | {code(_place(cell.location))} |" for cell in record.parameters)
    return ["| Parameter | Value | Place |", "| --- | --- | --- |", *(row for row in rows)]


def _evaluation(record: ModelRecord) -> list[str]:
    if not record.metrics:
        return [f"- Metric: {TO_FILL} (the code computes none that could be found)"]
    lines = [f"- Metric: {_fact(cell)}; value: {TO_FILL}" for cell in record.metrics]
    return [*lines, f"- Measured on: {TO_FILL}"]


def _artifacts(record: ModelRecord) -> list[str]:
    lines = _listed(record.artifacts, "Artifact", "where the model is kept")
    lines += [f"- Loaded by: {_fact(cell)}" for cell in record.loaders]
    return lines + [f"- Served by: {_fact(cell)}" for cell in record.serving]


def _owners(record: ModelRecord) -> list[str]:
    names = ", ".join(f"{escaped(owner.name)} ({owner.share:.0%})" for owner in record.owners if owner.active)
    wrote = [f"- Wrote most of it and is active: {names}"] if names else []
    factor = [f"- Bus factor: {record.bus_factor}"] if record.bus_factor is not None else []
    return [f"- Owner: {TO_FILL}", *wrote, *factor]


def _findings(record: ModelRecord) -> list[str]:
    return [f"- {cell.text}: {escaped(cell.note)} ({code(_place(cell.location))})" for cell in record.findings]


def _listed(cells: Sequence[Cell], label: str, what: str) -> list[str]:
    return [f"- {label}: {_fact(cell)}" for cell in cells] or [f"- {label}: {TO_FILL} ({what})"]


def _fact(cell: Cell, *, note: bool = True) -> str:
    place = _place(cell.location)
    said = code(cell.text) + (f" ({code(place)})" if place and place != cell.text else "")
    return f"{said}, {escaped(cell.note)}" if note and cell.note else said


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    if location.cell is not None:
        return f"{location.path}#{location.cell}:{location.cell_line}"
    return f"{location.path}:{location.line}"

"""The model register as JSON: every cell with its place, in a shape that only grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from mldebt.inventory import COLUMNS, Cell, ModelRecord
from mldebt.reports.json_report import location_json, owner_json

SHAPE = 1


def render_models_json(records: Sequence[ModelRecord], version: str) -> str:
    """Equal records give equal bytes."""
    document = {"tool": "mldebt", "version": version, "shape": SHAPE, "models": [_record(record) for record in records]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _record(record: ModelRecord) -> dict[str, Any]:
    found: dict[str, Any] = {"name": record.name, "path": record.path}
    for column in ("trained", *COLUMNS):
        found[column] = [_cell(cell) for cell in getattr(record, column)]
    found["owners"] = list(map(owner_json, record.owners))
    found["bus_factor"] = record.bus_factor
    if record.counted_as_one:
        found["counted_as_one"] = list(record.counted_as_one)
    if record.unknown_people:
        found["people_unknown"] = record.unknown_people
    return found


def _cell(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"text": cell.text}
    if cell.note:
        found["note"] = cell.note
    if cell.location is not None:
        found["location"] = location_json(cell.location)
    return found

"""The model register as text and Markdown: one row a model, or one model in full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from mldebt.finding import Location, Owner
from mldebt.inventory import Cell, ModelRecord
from mldebt.reports.columns import code, count, escaped, lay_out, markdown_table
from mldebt.reports.style import Style, visible
from mldebt.reports.words import knows

HEAD = (
    "model",
    "trained by",
    "data",
    "artifact",
    "loaded by",
    "served by",
    "documents",
    "metric",
    "owner",
    "bus",
    "findings",
)
NOTHING = "–"
SHOWN = 2
CELLS_IN_FULL = 12
LABELS = (
    ("training", "trained by"),
    ("trained", "fitted at"),
    ("sources", "data"),
    ("features", "features"),
    ("makers", "made by"),
    ("targets", "target"),
    ("left_out", "left out"),
    ("parameters", "parameters"),
    ("artifacts", "artifacts"),
    ("loaders", "loaded by"),
    ("serving", "served by"),
    ("documents", "documents"),
    ("metrics", "metrics"),
    ("findings", "findings"),
)
ONLY_IN_FULL = frozenset({"trained", "features", "makers", "targets", "left_out", "parameters"})


def render_models_text(records: Sequence[ModelRecord], *, width: int, colour: bool) -> str:
    """One block a model: what is known of it in one line a column; columns without an entry are named at its end."""
    style = Style(colour)
    lines = [line for record in records for line in _block(record, width, style)]
    lines += _summary(records, style)
    return "\n".join(lines) + "\n"


def render_model_text(records: Sequence[ModelRecord], *, width: int, colour: bool) -> str:
    """Models in full: every cell with its place."""
    style = Style(colour)
    return "\n".join(line for record in records for line in _full(record, width, style)) + "\n"


def render_models_markdown(records: Sequence[ModelRecord]) -> str:
    """The register as one table."""
    rows = [_markdown_row(record) for record in records]
    return "\n".join(["# Models", "", *markdown_table(HEAD, rows, right=(9,)), "", *_notes(records)]).rstrip() + "\n"


def render_model_markdown(records: Sequence[ModelRecord]) -> str:
    """Models in full, one section each."""
    return "\n".join(line for record in records for line in _markdown_full(record)).rstrip() + "\n"


# ---------------------------------------------------------------------------- text


def _block(record: ModelRecord, width: int, style: Style) -> list[str]:
    place = _place(record.builder[0].location)
    lines = [f"{style.strong(visible(record.name))}  {style.faint(visible(place))}"]
    rows = [(label, _joined(_cells(record, column))) for column, label in LABELS if column not in ONLY_IN_FULL]
    rows.append(("known to", _people(record)))
    shown = [(label, text) for label, text in rows if text]
    lines += [f"  {line}" for line in lay_out(shown, width=width - 2, cut_off=(1,))]
    missing = [label for label, text in rows if not text and label != "findings"]
    if missing:
        lines.append(style.faint(f"  not found: {', '.join(missing)}"))
    return [*lines, ""]


def _full(record: ModelRecord, width: int, style: Style) -> list[str]:
    builder = record.builder[0]
    lines = [style.strong(visible(record.name)), f"  {visible(_place(builder.location))}  {style.faint(builder.note)}"]
    inside = ((visible(cell.text), visible(_place(cell.location))) for cell in record.builder[1:])
    lines += [f"  {text}  {style.faint(f'inside, {place}')}" for text, place in inside]
    for column, label in LABELS:
        cells = _cells(record, column)
        lines.append("")
        lines.append(style.strong(f"  {label}") + ("" if cells else style.faint("  not found")))
        for cell in cells[:CELLS_IN_FULL]:
            lines += _entry(cell, width, style)
        if len(cells) > CELLS_IN_FULL:
            lines.append(style.faint(f"    and {len(cells) - CELLS_IN_FULL} more"))
    return [
        *lines,
        "",
        style.strong("  known to"),
        f"    {visible(_people(record) or record.unknown_people or NOTHING)}",
        *([style.faint(f"    {visible(_same_people(record.counted_as_one))}")] if record.counted_as_one else []),
        "",
    ]


def _entry(cell: Cell, width: int, style: Style) -> list[str]:
    first = visible(cell.text)
    place = visible(_place(cell.location))
    lines = [f"    {first}  {style.faint(place)}" if place != first else f"    {first}"]
    if cell.note:
        lines += [
            style.faint(line)
            for line in textwrap.wrap(visible(cell.note), width - 6, initial_indent=" " * 6, subsequent_indent=" " * 6)
        ]
    return lines


def _summary(records: Sequence[ModelRecord], style: Style) -> list[str]:
    if not records:
        return ["No model that is trained and kept, served or handed out was found."]
    gaps = [
        (sum(not record.documents for record in records), "of which no document was found"),
        (sum(not record.metrics for record in records), "for which no metric was found"),
        (sum(not record.sources for record in records), "whose data was not found"),
        (sum(record.bus_factor == 1 for record in records), "that one active person knows"),
    ]
    said = "; ".join(f"{number} {text}" for number, text in gaps if number)
    return [style.strong(count(len(records), "model")) + (f": {said}." if said else "."), *_notes(records)]


def _notes(records: Sequence[ModelRecord]) -> list[str]:
    reasons = dict.fromkeys(record.unknown_people for record in records if record.unknown_people)
    pairs = dict.fromkeys(pair for record in records for pair in record.counted_as_one)
    return [*(f"No owners: {reason}." for reason in reasons), *([_same_people(pairs)] if pairs else [])]


def _same_people(pairs: Iterable[str]) -> str:
    """Whose names were counted as one person's, and where a team says that they are, or are not."""
    said = f"Likely the same person, and counted as one: {'; '.join(pairs)}."
    return f"{said} [tool.mldebt.people] aliases or .mailmap settle it."


# ---------------------------------------------------------------------------- Markdown


def _markdown_row(record: ModelRecord) -> list[str]:
    columns = ("training", "sources", "artifacts", "loaders", "serving", "documents", "metrics")
    cells = [_markdown_cells(_cells(record, column)) for column in columns]
    rules = ", ".join(dict.fromkeys(cell.text for cell in record.findings))
    factor = "" if record.bus_factor is None else str(record.bus_factor)
    name = f"**{escaped(record.name)}**<br>{code(_place(record.builder[0].location))}"
    return [name, *cells, escaped(_names(record.owners)), factor, rules]


def _markdown_cells(cells: Sequence[Cell]) -> str:
    shown = [
        code(cell.text) + (f" ({escaped(cell.note)})" if cell.note and len(cell.note) < 40 else "") for cell in cells
    ]
    more = [f"and {len(cells) - SHOWN} more"] if len(cells) > SHOWN else []
    return "<br>".join([*shown[:SHOWN], *more])


def _markdown_full(record: ModelRecord) -> list[str]:
    lines = [
        f"# {escaped(record.name)}",
        "",
        f"{code(_place(record.builder[0].location))}, {record.builder[0].note}",
        "",
    ]
    for column, label in LABELS:
        lines += [f"## {label[0].upper()}{label[1:]}", ""]
        cells = _cells(record, column)
        lines += [_markdown_entry(cell) for cell in cells] or ["Nothing says."]
        lines.append("")
    same = [escaped(_same_people(record.counted_as_one)), ""] if record.counted_as_one else []
    return [*lines, "## Known to", "", escaped(_people(record) or record.unknown_people or NOTHING), "", *same]


def _markdown_entry(cell: Cell) -> str:
    place = _place(cell.location)
    said = f"- {code(cell.text)}" + (f" ({code(place)})" if place and place != cell.text else "")
    return f"{said}: {escaped(cell.note)}" if cell.note else said


# ---------------------------------------------------------------------------- both


def _cells(record: ModelRecord, column: str) -> tuple[Cell, ...]:
    found = getattr(record, column)
    assert isinstance(found, tuple)
    return found


def _joined(cells: Sequence[Cell]) -> str:
    """The first cells of a column in one line; a short note stands behind its cell."""
    shown = [cell.text + (f" ({cell.note})" if 0 < len(cell.note) <= 40 else "") for cell in cells]
    texts = list(dict.fromkeys(shown))
    more = f", and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def _people(record: ModelRecord) -> str:
    if record.bus_factor is None:
        return ""
    return f"bus factor {record.bus_factor}: {_names(record.owners) or 'nobody'}"  # first, as long rows are cut off


def _names(owners: Sequence[Owner]) -> str:
    return ", ".join(f"{knows(owner)}{'' if owner.active else ' (left)'}" for owner in owners)


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    if location.cell is not None:
        return f"{location.path} cell {location.cell}:{location.cell_line}"
    return f"{location.path}:{location.line}"

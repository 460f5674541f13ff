"""Notebooks whose cells are edited: the file that they would make, and where a line of the saved one is now."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Any

from msgspec.structs import replace

from mldebt.finding import Location

Cell = tuple[str, str]
"""The kind of a cell, "code" or "markdown", and its text."""


def notebook_text(saved: str, cells: Sequence[Cell]) -> str:
    """A notebook with these cells and all else as it was saved."""
    kept = _table(saved)
    language = {"language_info": {"name": "python"}}
    metadata = kept.get("metadata")
    whole = {
        "cells": [_cell(kind, text) for kind, text in cells],
        "metadata": metadata if isinstance(metadata, dict) and metadata else language,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def moved_cells(old: str, new: str) -> Callable[[Location], Location]:
    """Where a line of a cell of the old notebook stands in the new one; the nearest that is left where it is gone."""
    was, now = lines_of_cells(old), lines_of_cells(new)
    move = moved([line for cell in was for line in cell], [line for cell in now for line in cell])
    starts, ends = [0, *accumulate(map(len, was))], list(accumulate(map(len, now)))

    def place(location: Location) -> Location:
        if location.cell is None or location.cell_line is None or location.cell >= len(was) or not ends or not ends[-1]:
            return location
        line = min(move(starts[location.cell] + location.cell_line), ends[-1])
        cell = next(number for number, end in enumerate(ends) if line <= end)
        return replace(location, cell=cell, cell_line=line - (ends[cell - 1] if cell else 0))

    return place


def lines_of_cells(text: str) -> list[list[str]]:
    """The lines of each cell."""
    cells = _table(text).get("cells")
    found = []
    for cell in cells if isinstance(cells, list) else ():
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        joined = "".join(map(str, source)) if isinstance(source, list) else str(source)
        found.append(joined.split("\n"))
    return found


def moved(old: Sequence[str], new: Sequence[str]) -> Callable[[int], int]:
    """Where a line (from 1) of the old text stands in the new one: one that was written anew where it was, one that is
    gone at the nearest before it."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()

    def place(line: int) -> int:
        index, old_end, new_end = line - 1, 0, 0
        for block in blocks:
            if index < block.a:
                return new_end + min(index - old_end + 1, block.b - new_end) or 1
            if index < block.a + block.size:
                return block.b + index - block.a + 1
            old_end, new_end = block.a + block.size, block.b + block.size
        return new_end or 1

    return place


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _table(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

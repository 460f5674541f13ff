"""Findings are quoted with the line that they stand on."""

import json
from pathlib import Path

from mldebt.account import Quotes
from mldebt.finding import Location
from mldebt.sources import list_sources
from mldebt.sources.source import SourceLimits


def test_the_lines_of_a_cell_that_is_one_string_are_told_apart(tmp_path: Path) -> None:
    cell = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "a = 1\nb = 2\nc = 3",
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "one.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    quotes = Quotes(list_sources(tmp_path), SourceLimits())
    raw = next(
        number
        for number, line in enumerate((tmp_path / "one.ipynb").read_text(encoding="utf-8").split("\n"), start=1)
        if "a = 1" in line
    )
    places = [Location(path="one.ipynb", line=raw, cell=0, cell_line=number) for number in (1, 2, 3)]
    assert [quotes.at(place).snippet for place in places] == ["a = 1", "b = 2", "c = 3"]

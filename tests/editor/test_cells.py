import json

import pytest

from mldebt.editor.cells import moved_cells, notebook_text
from mldebt.finding import Location

SAVED = json.dumps({"metadata": {"kernelspec": {"language": "python"}}, "cells": [], "nbformat": 4})
OLD = (("markdown", "# Title"), ("code", "a = 1\nb = 2"), ("code", "c = 3"))


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (OLD, (1, 2)),
        ((OLD[0], ("code", "a = 1\nb = 3"), OLD[2]), (1, 2)),  # written anew
        ((("code", "import x\n"), *OLD), (2, 2)),
        ((OLD[0], ("code", "a = 1\nz = 0\nb = 2"), OLD[2]), (1, 3)),
        ((OLD[1], OLD[2]), (0, 2)),
        ((("code", "a = 1"), ("code", "b = 2")), (1, 1)),
        ((OLD[0], ("code", "a = 1"), OLD[2]), (1, 1)),  # gone: the nearest that is left
    ],
)
def test_a_line_moves_with_its_cell(new: tuple[tuple[str, str], ...], place: tuple[int, int]) -> None:
    move = moved_cells(notebook_text(SAVED, OLD), notebook_text(SAVED, new))
    found = move(Location(path="a.ipynb", line=9, cell=1, cell_line=2))
    assert (found.cell, found.cell_line) == place


def test_what_cannot_be_read_moves_nothing() -> None:
    place = Location(path="a.ipynb", line=9, cell=1, cell_line=2)
    text = notebook_text(SAVED, OLD)
    for old, new in (("{", text), (text, "{"), (text, notebook_text(SAVED, ())), ("[]", "[]")):
        assert moved_cells(old, new)(place) == place


def test_all_but_the_cells_stays_as_it_was_saved() -> None:
    made = json.loads(notebook_text(SAVED, OLD))
    assert made["metadata"] == {"kernelspec": {"language": "python"}}
    assert [cell["cell_type"] for cell in made["cells"]] == ["markdown", "code", "code"]
    assert made["cells"][1]["source"] == ["a = 1\n", "b = 2"]
    assert json.loads(notebook_text("{", OLD))["metadata"] == {"language_info": {"name": "python"}}

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import one_process

from .conftest import INSERTED, fuzz, programs
from .test_sources import scanned

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TEXTS = programs() | st.lists(st.sampled_from(INSERTED), max_size=6).map("\n".join)
KINDS = st.sampled_from(("stream", "display_data", "error"))
OUTPUTS = st.lists(
    st.fixed_dictionaries({"output_type": KINDS}, optional={"data": VALUES}) | VALUES,
    max_size=3,
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(("code", "code", "markdown", "raw")) | VALUES},
    optional={
        "source": TEXTS | TEXTS.map(lambda text: text.splitlines(keepends=True)) | VALUES,
        "outputs": OUTPUTS,
        "metadata": VALUES,
        "execution_count": VALUES,
        "input": TEXTS,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(CELLS | VALUES, max_size=6)},
    optional={
        "metadata": VALUES | st.just({"kernelspec": {"language": "python"}}),
        "nbformat": st.sampled_from((3, 4, 5)) | VALUES,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS, max_size=2)}), max_size=2),
    },
)


@fuzz(30)
@given(NOTEBOOKS, st.sampled_from((None, 1, 2)))
def test_any_notebook(notebook: dict[str, Any], indent: int | None) -> None:
    with one_process():
        outcome = scanned({"a.ipynb": json.dumps(notebook, indent=indent), "kept.py": "x = 1\n"})
    assert {item.path for item in outcome.skipped} <= {"a.ipynb"}


@fuzz(15)
@given(NOTEBOOKS.map(json.dumps), st.integers(0, 400), st.integers(0, 40), st.text(max_size=6))
def test_a_notebook_that_was_cut(text: str, at: int, gone: int, put: str) -> None:
    with one_process():
        scanned({"a.ipynb": text[:at] + put + text[at + gone :], "kept.py": "x = 1\n"})


@fuzz(10)
@given(VALUES.map(json.dumps))
def test_any_json(text: str) -> None:
    with one_process():
        scanned({"a.ipynb": text, "kept.py": "x = 1\n"})

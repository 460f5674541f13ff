import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.sources import CellLine
from mldebt.sources.cells import NotNotebookError
from mldebt.sources.notebook import notebook_code, notebook_prose

Cell = dict[str, Any]


def code(source: str | list[str], **more: object) -> Cell:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


def prose(source: str | list[str]) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def raw(*cells: Cell, language: str = "python", indent: int | None = 1, **more: object) -> str:
    metadata = {"kernelspec": {"language": language, "name": "k"}} if language else {}
    notebook = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({**notebook, **more}, indent=indent)


def test_cells_become_one_module() -> None:
    text = raw(prose(["# Title\n", "words"]), code(["import os\n", "\n", "x = 1"]), code("y = 2\nz = 3\n"), code([]))
    notebook = notebook_code(text)
    assert notebook.text == "import os\n\nx = 1\ny = 2\nz = 3\n"
    lines = text.split("\n")
    assert [(place.cell, place.line, lines[place.raw_line - 1].strip()) for place in notebook.cells] == [
        (1, 1, '"import os\\n",'),
        (1, 2, '"\\n",'),
        (1, 3, '"x = 1"'),
        (2, 1, '"source": "y = 2\\nz = 3\\n"'),
        (2, 2, '"source": "y = 2\\nz = 3\\n"'),
    ]


def test_prose_becomes_one_document() -> None:
    text = raw(prose(["# Title\n", "words"]), code("x = 1"), prose("- a\n- b"), prose(""))
    notebook = notebook_prose(text)
    assert notebook.text == "# Title\nwords\n\n- a\n- b\n"
    assert [place[:2] for place in notebook.cells] == [(0, 1), (0, 2), (0, 2), (2, 1), (2, 2)]


def test_version_3() -> None:
    cells: list[Cell] = [
        {"cell_type": "heading", "level": 1, "source": ["Title"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["print(1)\n", "x = 2"],
            "outputs": [{"text": ["source"]}],
        },
    ]
    text = json.dumps(
        {"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": cells}, {"cells": cells}]}, indent=0
    )
    notebook = notebook_code(text)
    assert notebook.text == "print(1)\nx = 2\n" * 2
    assert [place.cell for place in notebook.cells] == [1, 1, 3, 3]
    lines = text.split("\n")
    assert [lines[place.raw_line - 1] for place in notebook.cells] == ['"print(1)\\n",', '"x = 2"'] * 2
    assert notebook_prose(text).text == "# Title\n\n# Title\n"


def test_lines_need_not_be_the_strings_of_the_list() -> None:
    text = raw(code(["x ", "= 1\ny = 2", "\n", "", "z = 3\n", "\n"]), indent=0)
    notebook = notebook_code(text)
    assert notebook.text == "x = 1\ny = 2\nz = 3\n\n"
    lines = text.split("\n")
    assert [lines[place.raw_line - 1].rstrip(",") for place in notebook.cells] == [
        '"x "',
        '"= 1\\ny = 2"',
        '"z = 3\\n"',
        '"\\n"',
    ]


@pytest.mark.parametrize(
    ("source", "raw_lines"),
    [
        (["a = 1\n", "b = 2"], ['"a = 1\\n"', '"b = 2"']),
        (["a = 1\n", "b = 2\n"], ['"a = 1\\n"', '"b = 2\\n"']),
        (["a = 1\nb = 2\n", ""], ['"a = 1\\nb = 2\\n"', '"a = 1\\nb = 2\\n"']),
        (["a = 1", "\nb = 2"], ['"a = 1"', '"\\nb = 2"']),
        (["", "a = 1\n", "b = 2"], ['"a = 1\\n"', '"b = 2"']),
    ],
)
def test_a_line_stands_where_its_text_starts(source: list[str], raw_lines: list[str]) -> None:
    text = raw(prose(["x\n", "y"]), code(source), indent=0)
    notebook = notebook_code(text)
    assert notebook.text == "a = 1\nb = 2\n"
    assert [text.split("\n")[place.raw_line - 1].rstrip(",") for place in notebook.cells] == raw_lines


def test_a_source_elsewhere_is_no_source() -> None:
    output = {"data": {"application/json": {"source": ["not = code"], "cells": [code("not_code = 1")]}}}
    text = raw(code("x = 1", outputs=[output]), cellsx=[code("no = 1")], extra={"cells": [code("no = 1")]})
    assert notebook_code(text).text == "x = 1\n"


def test_json_as_lenient_as_pythons() -> None:
    text = raw(code("x = 1")).replace('"outputs": []', '"outputs": [{"data": [NaN, Infinity, -1e5]}]')
    assert notebook_code(text).text == "x = 1\n"


def test_the_last_of_two_equal_keys_counts() -> None:
    text = '{"cells": [{"cell_type": "code", "source": "x = 1", "source":\n"x = 2"}]}'
    assert notebook_code(text).cells == (CellLine(0, 1, 2),)
    assert notebook_code(text).text == "x = 2\n"


def test_newlines_and_surrogates_in_cells() -> None:
    text = raw(code(["a = 1\r\n", "b = 2\r\n", "c = '\ud83d'"]))
    assert notebook_code(text).text == "a = 1\nb = 2\nc = '\ufffd'\n"


def test_magics_keep_their_lines() -> None:
    notebook = notebook_code(raw(code(["%matplotlib inline\n", "x = 1"]), code(["%%bash\n", "ls"]), code("y = 2")))
    assert notebook.text == "pass  # %matplotlib inline\nx = 1\n\n\ny = 2\n"
    assert [place[:2] for place in notebook.cells] == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1)]
    assert notebook.broken == ()


def test_a_broken_cell_costs_itself() -> None:
    notebook = notebook_code(raw(prose("x"), code("x = ("), code("y = 2")))
    assert notebook.text == "\ny = 2\n"
    assert notebook.broken == ("cell 1: '(' was never closed (line 1)",)


def test_a_cell_that_only_its_neighbour_would_complete_is_broken() -> None:
    notebook = notebook_code(raw(code("x = [1,"), code("2]"), code("y = 1 + \\"), code("3")))
    assert notebook.text == "\n\n\n3\n"
    assert [broken[:6] for broken in notebook.broken] == ["cell 0", "cell 1", "cell 2"]


def test_cells_of_other_languages_in_one_notebook() -> None:
    other = code("SELECT 1", metadata={"vscode": {"languageId": "sql"}})
    same = code("x = 1", metadata={"vscode": {"languageId": "python"}})
    assert notebook_code(raw(other, same)).text == "\nx = 1\n"


@pytest.mark.parametrize("language", ["python", "ipython3", "Python", "", "pyspark"])
def test_python_kernels(language: str) -> None:
    assert notebook_code(raw(code("x = 1"), language=language)).text == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (raw(code("x <- 1"), language="R"), "a notebook in R, not Python"),
        (raw(metadata={"kernelspec": {"name": "ir"}}), "a notebook in ir, not Python"),
        (raw(metadata={"language_info": {"name": "julia"}}), "a notebook in julia, not Python"),
        ("", "empty"),
        (" \n", "empty"),
        ("[]", "no notebook: its JSON is not an object"),
        ("{}", "no notebook: it has no cells"),
        ('{"cells": [', "not valid JSON: it ends too early"),
        ('{"cells": [{"source": "x"} {}]}', "not valid JSON: a comma was expected at line 1"),
        ('{"cells":\n[{"source" "x"}]}', "not valid JSON: a colon was expected at line 2"),
        ('{"cells": [{1: 2}]}', "not valid JSON: a key was expected at line 1"),
        ('{"cells": []} {}', "not valid JSON: extra text after the notebook at line 1"),
        ('<<<<<<< HEAD\n{"cells": []}', "no notebook: its JSON is not an object"),
        ('{"metadata": ' + "[" * 100_000 + "}", "not valid JSON: nested too deeply"),
    ],
)
def test_what_is_no_python_notebook(text: str, reason: str) -> None:
    with pytest.raises(NotNotebookError) as caught:
        notebook_code(text)
    assert str(caught.value) == reason


def test_odd_shapes_do_no_harm() -> None:
    text = raw(code([1, None, "x = 1"]), {"cell_type": 5, "source": {"a": 1}}, code({"a": "b"}), metadata=[1])  # type: ignore[list-item, arg-type]
    assert notebook_code(text.replace('"cells": [', '"cells": [1, "two", [3], ')).text == "x = 1\n"
    assert notebook_code('{"cells": {"a": 1}}').text == ""


# ------------------------------------------------------------------------------------------- the line map, on anything

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@st.composite
def written_notebooks(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """A raw notebook, and for each code line: its cell, its line in the cell, and a word that stands nowhere else."""
    cells: list[Cell] = []
    expected: list[tuple[int, int, str]] = []
    serial = 0
    for number in range(draw(st.integers(0, 5))):
        lines = []
        for _ in range(draw(st.integers(0, 5))):
            serial += 1
            lines.append(
                draw(st.sampled_from(["v{} = {!r}", "%magic v{} {!r}", "!run v{} {!r}", "v{} = {!r};"])).format(
                    f"{serial}x", draw(TEXTS)
                )
            )
        source = "\n".join(lines) + draw(st.sampled_from(["", "\n"])) * bool(lines)
        is_code = draw(st.booleans())
        output = {"text": draw(st.lists(TEXTS)), "source": ["decoy = 1\n"], "n": draw(st.floats())}
        cell: Cell = {"cell_type": "code" if is_code else "markdown", "outputs": [output] * draw(st.integers(0, 2))}
        cell["source"] = source.splitlines(True) if draw(st.booleans()) and "\n" in source else source
        keys = draw(st.permutations(sorted(cell)))
        cells.append({key: cell[key] for key in keys})
        if is_code:
            first = serial - len(lines) + 1
            expected += [(number, line, f"v{first + line - 1}x") for line in range(1, len(lines) + 1)]
    whole = {"cells": cells, "nbformat": 4, "metadata": {"title": draw(TEXTS)}}
    keys = draw(st.permutations(sorted(whole)))
    indent = draw(st.sampled_from([None, 0, 1, 4]))
    return json.dumps({key: whole[key] for key in keys}, indent=indent, ensure_ascii=draw(st.booleans())), expected


@given(written_notebooks())
def test_every_code_line_maps_to_the_raw_line_that_contains_it(written: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, expected = written
    notebook = notebook_code(text)
    assert notebook.broken == ()
    ast.parse(notebook.text)
    lines = notebook.text.split("\n")[:-1]
    raw_lines = text.split("\n")
    assert [place[:2] for place in notebook.cells] == [place[:2] for place in expected]
    for line, place, (_, _, word) in zip(lines, notebook.cells, expected, strict=True):
        assert word in line
        assert word in raw_lines[place.raw_line - 1]


@given(written_notebooks(), st.data())
def test_damaged_notebooks_are_refused_or_read_but_never_raise(
    written: tuple[str, list[tuple[int, int, str]]], data: st.DataObject
) -> None:
    text, _ = written
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.sampled_from(["", '"', "{", "}", ",", "\\", "1"])) + text[at + 1 :]
    try:
        notebook = notebook_code(damaged)
    except NotNotebookError:
        return
    assert len(notebook.cells) == notebook.text.count("\n")

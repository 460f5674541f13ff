import json

import pytest

from mldebt.git import open_repository
from mldebt.ownership import read_ownership
from mldebt.ownership.notebooks import CellLines, plain_form

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>"
SCORE = "def score(rows):\n" + "".join(f"    total_{n} = rows['{n}\\t']\n" for n in range(14)) + "    return total_0\n"
OTHER = "".join(f"other_{n} = {n}\n" for n in range(20))


def notebook(*cells, indent=1, picture=""):
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "source": cell.splitlines(keepends=True),
                    "outputs": [{"data": {"image/png": picture}}] if picture else [],
                }
                for cell in cells
            ],
            "nbformat": 4,
        },
        indent=indent,
    )


def owners(recorder, found, text):
    """The number of the commit that each raw line holding `text` has."""
    raw = recorder._snapshot["n.ipynb"].split("\n")
    lines = found.lines(b"n.ipynb")
    assert len(lines) == len(raw)
    return [recorder.ids.index(lines[n].decode()) + 1 for n, line in enumerate(raw) if text in line]


def test_reindenting_the_json_changes_nobodys_lines(recorder, attribute, blame):
    recorder.commit({"n.ipynb": notebook("import a\nx = load()\n", "fit(x)\n")}, author=ANN)
    recorder.commit({"n.ipynb": notebook("import a\nx = load()\n", "fit(x)\n", indent=2)}, author=BO)
    found = attribute(recorder.write())
    assert owners(recorder, found, "load()") == owners(recorder, found, "fit(x)") == [1]
    assert set(blame(recorder.root, b"n.ipynb")[2:-2]) == {recorder.id(2).encode()}, "plain blame gives all to the last"


def test_a_line_after_the_last_leaves_the_last_to_its_author(recorder, attribute):
    recorder.commit({"n.ipynb": notebook("x = load()")}, author=ANN)
    recorder.commit({"n.ipynb": notebook("x = load()\nfit(x)")}, author=BO)
    recorder.commit({"n.ipynb": notebook("x = load()\nfit(x)", "score(x)")}, author=ANN)
    found = attribute(recorder.write())
    assert owners(recorder, found, "load()") == [1]
    assert owners(recorder, found, "fit(x)") == [2]
    assert owners(recorder, found, "score(x)") == [3]


def test_changed_source_and_pictures_are_seen(recorder, attribute):
    recorder.commit({"n.ipynb": notebook("a = 1\n", "b = 2\n", picture="A" * 5_000)}, author=ANN)
    recorder.commit({"n.ipynb": notebook("a = 1\n", "b = 3\n", picture="A" * 4_999 + "B")}, author=BO)
    found = attribute(recorder.write())
    assert owners(recorder, found, "a = 1") == [1]
    assert owners(recorder, found, "b = 3") == [2]
    assert owners(recorder, found, "AAAA") == [2, 2]


def test_update_from_an_older_head(recorder, attribute, plain_git):
    first = recorder.commit({"n.ipynb": notebook("a = 1\nb = 2\n")}, author=ANN)
    side = recorder.commit({"n.ipynb": notebook("a = 1\nb = 2\n", "c = 3\n")}, author=BO)
    main = recorder.commit({"n.ipynb": notebook("a = 1\nb = 2\n", indent=2)}, parents=[first], author=ANN)
    recorder.commit({"n.ipynb": notebook("a = 1\nb = 2\n", "c = 3\n", indent=2)}, parents=[main, side], author=ANN)
    root = recorder.write()
    plain_git(root, "update-ref", "refs/heads/main", recorder.id(main))
    known = attribute(root)
    plain_git(root, "update-ref", "refs/heads/main", recorder.ids[-1])
    assert attribute(root, known) == attribute(root)
    assert owners(recorder, attribute(root, known), "c = 3") == [side]


def test_plain_form_keeps_every_line_in_its_place():
    raw = b'{\r\n "source": [\n\t  "if x:\\n",\n    "    y,\\n",\n "z"\n ],\n' + b"p" * 2_000 + b"\n}"
    plain = plain_form(raw)
    assert plain.split(b"\n")[:6] == [b"{", b'"source": [', b'"if x:"', b'"    y,"', b'"z"', b"]"]
    assert plain.count(b"\n") == raw.count(b"\n")
    assert plain_form(plain) == plain


def writer(root, path, text, **options):
    """Who wrote the line of a file that holds `text`."""
    found = read_ownership(open_repository(root), ["b.ipynb", "lib.py"], **options)
    line = next(n for n, each in enumerate((root / path).read_bytes().split(b"\n"), start=1) if text in each)
    return found.credit(path, line).writers[0].name


@pytest.mark.parametrize("left", ["nothing", "the rest", "all"])
@pytest.mark.parametrize("path", ["b.ipynb", "lib.py"])
@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_cell_that_was_moved_is_its_maker_s(recorder, plain_git, tmp_path, path, left, known):
    """To another notebook or to a module; a copy is the copier's. So it is told whatever was known before."""
    recorder.commit({"a.ipynb": notebook("import a\n", SCORE, OTHER, indent=2), "README.md": "x"}, author=ANN)
    rest = {
        "nothing": None,
        "the rest": notebook("import a\n", OTHER, indent=2),
        "all": notebook("import a\n", SCORE, OTHER, indent=2),
    }
    arrived = notebook("import b\n", SCORE) if path == "b.ipynb" else f"import b\n\n\n{SCORE}"
    recorder.commit({"a.ipynb": rest[left], path: arrived}, author=BO)
    recorder.commit({"a.ipynb": None}, author=BO)
    root = recorder.write()
    options = {"cache_dir": tmp_path / "cache"}
    if known:
        plain_git(root, "reset", "-q", "--hard", recorder.id(known))
        read_ownership(open_repository(root), [], **options)
        plain_git(root, "reset", "-q", "--hard", recorder.ids[-1])
    assert writer(root, path, b"total_7", **options) == ("Bo Baker" if left == "all" else "Ann Archer")
    assert writer(root, path, b"import b", **options) == "Bo Baker"


@pytest.mark.parametrize("asked", [["lib.py"], ["lib.py", "a.ipynb"]])
@pytest.mark.parametrize("left", [True, False])
def test_what_a_living_notebook_gave_to_a_module_is_told_whatever_is_asked(recorder, asked, left):
    recorder.commit({"a.ipynb": notebook("import a\n", SCORE, OTHER, indent=2)}, author=ANN)
    recorder.commit({"c.ipynb": notebook("import c\n", SCORE, indent=2), "a.ipynb": notebook(OTHER)}, author=BO)
    rest = notebook("import c\n", *[SCORE] * left, indent=2)
    recorder.commit({"c.ipynb": rest, "lib.py": f"import b\n\n\n{SCORE}"}, author=BO)
    root = recorder.write()
    found = read_ownership(open_repository(root), asked)
    line = next(n for n, each in enumerate((root / "lib.py").read_text().split("\n"), start=1) if "total_7" in each)
    assert found.credit("lib.py", line).writers[0].name == ("Bo Baker" if left else "Ann Archer")


def test_lines_of_cells_are_those_of_a_module():
    raw = notebook("if x:\n    y = '\\t\u00e9'\n", "z", picture="A" * 10).encode()
    told = list(CellLines(raw))
    assert len(told) == raw.count(b"\n") + 1
    assert [line for line in told if line] == [b"if x:", "    y = '\\t\u00e9'".encode(), b"z"]
    assert list(CellLines(json.dumps(json.loads(raw)).encode())) == [b""]
    assert list(CellLines(b"")) == []

import json

from mldebt.ownership.notebooks import plain_form

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>"


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

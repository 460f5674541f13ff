import json
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.errors import UsageError
from mldebt.pipeline.tracing.tracing import trace
from mldebt.scan import read_project
from mldebt.settings import Settings
from mldebt.tracks import Spot, Track

Ask = Callable[..., Track]

TEXTS = {
    "data.py": """
        import pandas as pd

        class Reader:
            def __init__(self, path):
                self.path = path
                self.table = {"rows": pd.read_csv(path)}

            def rows(self):
                return self.table["rows"]

        def load():
            return Reader("data/clicks.csv").rows()
        """,
    "prepare.py": """
        from data import load

        def prepare():
            rows = load()
            rows.to_parquet("build/prepared.parquet")
        """,
    "train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        def train():
            frame = pd.read_parquet("build/prepared.parquet")
            model = Ridge(alpha=0.5)
            model.fit(frame[["age"]], frame.clicked)
            joblib.dump(model, "model.joblib")
        """,
    "serve.py": """
        import numpy as np
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/items/{user}")
        def items(user: int, limit: int = 10):
            scores = MODEL.predict(user)
            ranked = [int(place) for place in np.argsort(-scores)]
            first = ranked[:limit]
            if not first:
                return []
            return spread(first)

        def spread(ids):
            pinned = [1, 2]
            return pinned + ids

        def unasked(option):
            return option * 2
        """,
}


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Traces a place in files made of texts."""

    def answer(
        path: str, line: int, name: str = "", texts: Mapping[str, str] = TEXTS, cell: int | None = None
    ) -> Track:
        for file, text in texts.items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
        return trace(project, Spot(path=path, line=line, name=name, cell=cell))

    return answer


def lines(texts: Mapping[str, str], path: str, part: str) -> int:
    return next(number for number, line in enumerate(dedent(texts[path]).lstrip("\n").splitlines(), 1) if part in line)


def told(track: Track) -> list[str]:
    return [way.text for way in track.sources]


def places(track: Track, number: int = 0) -> list[str]:
    return [f"{hop.location.path}:{hop.location.line}" for hop in track.sources[number].trail]


def test_through_functions_objects_containers_and_files(ask: Ask) -> None:
    track = ask("train.py", lines(TEXTS, "train.py", "frame ="))
    assert track.name == "frame"
    assert track.types == ("pandas.DataFrame",)
    assert told(track) == [
        "build/prepared.parquet, read by pandas.read_parquet() (written in this repository)",
        "data/clicks.csv, read by pandas.read_csv()",
    ]
    assert places(track, 1) == ["data.py:6", "data.py:9", "data.py:12", "prepare.py:4", "train.py:6"]


def test_where_it_ends(ask: Ask) -> None:
    track = ask("prepare.py", lines(TEXTS, "prepare.py", "rows ="))
    assert [(way.kind, way.text) for way in track.ends] == [
        ("written", "written to build/prepared.parquet by pandas.DataFrame.to_parquet()"),
        ("trained", "trained on by sklearn.base.BaseEstimator.fit()"),
    ]
    assert [hop.location.path for hop in track.ends[1].trail] == ["prepare.py", "prepare.py", "train.py", "train.py"]
    assert ("train.py", 6) in [(hop.location.path, hop.location.line) for hop in track.passes]


def test_what_last_ordered_it(ask: Ask) -> None:
    ranked = ask("serve.py", lines(TEXTS, "serve.py", "first ="), "ranked")
    assert [(each.kind, each.text) for each in ranked.orderings or ()] == [
        ("score", "sorted by a computed score, descending")
    ]
    spread = ask("serve.py", lines(TEXTS, "serve.py", "pinned + ids"))
    assert [each.text for each in spread.orderings or ()] == [
        "2 sequences put one after the other",
        "written down in this order",
        "sorted by a computed score, descending",
    ]
    assert ask("serve.py", lines(TEXTS, "serve.py", "limit: int"), "limit").orderings is None


def test_what_last_ordered_what_another_script_wrote(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(
        "import pandas as pd\nrows = pd.read_parquet('all.parquet')\nrows.sort_values('score').to_csv('recs.csv')\n"
    )
    (tmp_path / "app.py").write_text("import pandas as pd\nmine = pd.read_csv('recs.csv')\nprint(mine)\n")
    track = trace(
        read_project(tmp_path, Settings(cache=False, history=False, jobs=1)), Spot(path="app.py", line=2, name="mine")
    )
    assert [(each.text, each.location.path) for each in track.orderings or ()] == [
        ("sorted by column 'score', ascending", "job.py")
    ]


def test_a_request_is_a_source_and_an_answer_an_end(ask: Ask) -> None:
    track = ask("serve.py", lines(TEXTS, "serve.py", "scores ="))
    assert "user of the endpoint serve.py:items" in told(track)
    assert ("served", "answered by the endpoint serve.py:items") in [(way.kind, way.text) for way in track.ends]
    assert any(way.kind == "decides" for way in track.ends)


def test_what_the_code_does_not_tell_is_unknown(ask: Ask) -> None:
    track = ask("serve.py", lines(TEXTS, "serve.py", "option * 2"))
    (source,) = track.sources
    assert not source.is_known
    assert source.text == "parameter option of serve.py:unasked, which nothing here calls with a value"
    (end,) = track.ends
    assert not end.is_known
    assert end.text == "returned by serve.py:unasked, which nothing here calls"


def test_names_on_a_line(ask: Ask) -> None:
    line = lines(TEXTS, "serve.py", "def items")
    assert told(ask("serve.py", line, "limit")) == ["limit of the endpoint serve.py:items", "10"]
    fit = lines(TEXTS, "train.py", "model.fit")
    assert told(ask("train.py", fit, "frame.clicked")) == told(ask("train.py", fit, "clicked"))
    alpha = ask("train.py", lines(TEXTS, "train.py", "alpha"), "alpha")
    assert told(alpha) == ["0.5"]
    stored = ask("data.py", lines(TEXTS, "data.py", "self.path"), "self.path")
    assert told(stored) == ["'data/clicks.csv'"]


ASKED = {
    "serve.py": """
        import pandas as pd
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/prices")
        def prices():
            rows = pd.read_csv("prices.csv")
            return rows.to_dict()
        """,
    "page.py": """
        import requests

        def page():
            found = requests.get("http://localhost:8000/prices").json()
            print(found)
        """,
}


def test_over_http(ask: Ask) -> None:
    assert "prices.csv, read by pandas.read_csv()" in told(ask("page.py", 4, "", ASKED))
    ends = [way.text for way in ask("serve.py", 8, "", ASKED).ends]
    assert ends == ["answered by the endpoint serve.py:prices", "shown by print()"]


UNPACKED = {
    "example.py": """
        import csv

        def halves(path):
            with open(path) as lines:
                rows = list(csv.reader(lines))
            return rows[:2], rows[2:]

        left, right = halves("rows.csv")
        total = 0
        for row in right:
            total += len(row)
        print(total)
        """
}


def test_tuples_loops_and_sums(ask: Ask) -> None:
    assert told(ask("example.py", 8, "right", UNPACKED)) == ["rows.csv, read by open()"]
    assert told(ask("example.py", 10, "row", UNPACKED)) == ["rows.csv, read by open()"]
    summed = ask("example.py", 11, "total", UNPACKED)
    assert "rows.csv, read by open()" in told(summed)
    assert [way.text for way in summed.ends] == ["shown by print()"]


def test_places_without_a_value(ask: Ask) -> None:
    with pytest.raises(UsageError, match=r"data.py:2: no value on this line; the nearest with one: 4, 5"):
        ask("data.py", 2)
    with pytest.raises(UsageError, match=r"no 'rnked' on this line; did you mean 'ranked'\?; there are: first, ranked"):
        ask("serve.py", lines(TEXTS, "serve.py", "first ="), "rnked")
    with pytest.raises(UsageError, match=r"data.py has 13 lines"):
        ask("data.py", 14)
    with pytest.raises(
        UsageError, match=r"not among the Python files and notebooks that were read; did you mean 'data.py'"
    ):
        ask("date.py", 1)
    with pytest.raises(UsageError, match=r"data.py is no notebook"):
        ask("data.py", 1, cell=1)


def test_cells_of_a_notebook(ask: Ask) -> None:
    cells = ["import pandas as pd\n\nrows = pd.read_csv('rows.csv')", "rows.head()\nage = rows.age.mean()"]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "x"}},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# About"], "id": "t"},
            *(
                {
                    "cell_type": "code",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "id": f"c{number}",
                    "source": text.splitlines(keepends=True),
                }
                for number, text in enumerate(cells)
            ),
        ],
    }
    texts = {"look.ipynb": json.dumps(notebook, indent=1)}
    track = ask("look.ipynb", 2, "age", texts, cell=2)
    assert told(track) == ["rows.csv, read by pandas.read_csv()"]
    assert (track.location.cell, track.location.cell_line) == (2, 2)
    with pytest.raises(UsageError, match=r"code stands in the cells 1, 2"):
        ask("look.ipynb", 1, "", texts, cell=0)
    with pytest.raises(UsageError, match=r"cell 2 has 2 lines of code"):
        ask("look.ipynb", 3, "", texts, cell=2)


def test_the_same_question_has_the_same_answer(ask: Ask) -> None:
    line = lines(TEXTS, "serve.py", "pinned + ids")
    assert ask("serve.py", line) == ask("serve.py", line)


ON_A_LINE = {
    "app.py": """
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/best")
        def best(rows: list[dict]):
            for place, row in sorted(enumerate(rows), key=lambda pair: pair[1]["rank"]):
                row["place"] = place
            return sorted(rows, key=lambda row: -row["score"])[:10]

        @app.get("/newest")
        def newest(shelf, limit: int):
            return (
                shelf.books
                .order_by("-year")
                [:limit]
            )

        @app.get("/any")
        def anything(rows: list[dict]):
            return sorted(rows, key=lambda row: unheard_of(row))[:3]
        """
}


@pytest.mark.parametrize(
    ("part", "name", "order"),
    [
        ("for place", "", "sorted by 'rank', ascending"),
        ("return sorted(rows, key=lambda row: -row", "", "sorted by 'score', descending"),
        ("return sorted(rows, key=lambda row: -row", "sorted", "sorted by 'score', descending"),
        ("order_by", "", "sorted by column '-year', descending"),
        ("def newest", "", "sorted by column '-year', descending"),
        ("unheard_of", "", "sorted, by what the code does not tell, ascending"),
    ],
)
def test_a_line_speaks_for_its_statement(part: str, name: str, order: str, ask: Ask) -> None:
    track = ask("app.py", lines(ON_A_LINE, "app.py", part), name, ON_A_LINE)
    assert [each.text for each in track.orderings or ()] == [order]


@pytest.mark.parametrize("part", ["/best", "def best"])
def test_a_function_is_asked_for_by_its_line_or_its_decorator(part: str, ask: Ask) -> None:
    track = ask("app.py", lines(ON_A_LINE, "app.py", part), "", ON_A_LINE)
    assert [each.text for each in track.orderings or ()] == ["sorted by 'score', descending"]
    assert [way.text for way in track.ends] == ["answered by the endpoint app.py:best"]


FED = {
    "report.sql": "SELECT id FROM sale\n",
    "app.py": """
        import sqlite3
        from feeds import fetch
        from flask import Flask, jsonify

        app = Flask(__name__)

        @app.route("/feed")
        def feed(name: str):
            cursor = sqlite3.connect("people.db").cursor()
            person = cursor.execute("SELECT id FROM person WHERE name = ?", (name,)).fetchone()
            rows = sorted(fetch(person["id"]), key=lambda row: row["year"])
            return jsonify({"rows": [row for row in rows if row["year"] > "1999"]})

        def report():
            with open("report.sql") as file:
                return sqlite3.connect("people.db").execute(file.read()).fetchall()
        """,
}


def test_a_query_is_the_text_that_is_sent_and_not_what_was_found_by_one(ask: Ask) -> None:
    track = ask("app.py", lines(FED, "app.py", "rows = sorted"), "rows", FED)
    assert not any("read by sorted()" in text for text in told(track))
    assert ("served", "answered by the endpoint app.py:feed") in [(way.kind, way.text) for way in track.ends]
    assert any("table sale" in text for text in told(ask("app.py", lines(FED, "app.py", "file.read"), "", FED)))


REQUESTED = {
    "app.py": """
        import numpy as np
        from flask import Flask, request

        app = Flask(__name__)

        @app.route("/best")
        def best():
            rows = request.json
            column = request.args.get("by")
            found = sorted(rows, key=lambda row: row[column])
            prices = np.array(found).astype(float).astype(np.float32)
            return {"prices": prices}
        """,
}


def test_a_request_is_told_as_one_and_neither_keys_nor_types_are_sources(ask: Ask) -> None:
    track = ask("app.py", lines(REQUESTED, "app.py", "prices ="), "prices", REQUESTED)
    assert [(way.kind, way.text) for way in track.sources] == [("request", "flask.request.json")]
    asked = ask("app.py", lines(REQUESTED, "app.py", "column ="), "column", REQUESTED)
    assert [(way.kind, way.text) for way in asked.sources] == [("request", "flask.request.args.get()")]


def test_what_only_tests_call_is_not_unused(ask: Ask) -> None:
    texts = {
        "rank.py": "def best(rows):\n    return rows[:3]\n",
        "tests/test_rank.py": "from rank import best\nassert best([1, 2]) == [1, 2]\n",
    }
    (end,) = ask("rank.py", 2, "", texts).ends
    assert not end.is_known
    assert end.text == "returned by rank.py:best, which only tests and other people's code call"

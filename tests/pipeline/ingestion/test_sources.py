from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import read_project
from mldebt.settings import Settings

START = "import csv, io, os, requests, zipfile\nimport pandas as pd\nfrom sklearn.linear_model import Ridge\n"


def sources(root: Path, text: str) -> list[int]:
    """The lines of the sources of the only pipeline, counted after the imports."""
    (root / "job.py").write_text(START + dedent(text), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    (pipeline,) = project.ingestions
    return [read.line - 4 for read in pipeline.sources]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # downloaded, then opened
            """
            with open("rows.csv", "wb") as file:
                file.write(requests.get("https://example.org/rows.csv").content)
            rows = pd.read_csv("rows.csv").dropna()
            Ridge().fit(rows, [])
            """,
            [2],
        ),
        (  # unpacked
            """
            with zipfile.ZipFile("rows.zip") as packed:
                rows = pd.read_csv(packed.open("rows.csv")).dropna()
            Ridge().fit(rows, [])
            """,
            [1],
        ),
        (  # written, then read again
            """
            rows = pd.read_csv("raw.csv").dropna()
            rows.to_csv("clean-rows.csv")
            table = pd.read_csv("clean-rows.csv").drop_duplicates()
            Ridge().fit(table, [])
            """,
            [1],
        ),
        (  # the same file for two purposes
            """
            rows = pd.read_csv("rows.csv").dropna()
            ages = pd.read_csv("rows.csv", usecols=["age"]).dropna()
            Ridge().fit(rows, ages)
            """,
            [1],
        ),
        (  # two files
            """
            rows = pd.read_csv("rows.csv").dropna()
            ages = pd.read_csv("ages.csv").dropna()
            Ridge().fit(rows.merge(ages), [])
            """,
            [1, 2],
        ),
    ],
)
def test_what_one_read_brings_and_another_takes_up_is_one_source(
    text: str, expected: list[int], tmp_path: Path
) -> None:
    assert sources(tmp_path, text) == expected


LOOK_UP = """
    rows = [row for row in json.load(open("rows.json")) if row["place"].strip()]
    names = {{place: name.lower() for place, name in json.load(open('names.json')).items()}}
    told = [names{taken} for row in rows]
    Ridge().fit(told, [])
    """


@pytest.mark.parametrize(
    ("taken", "joined"),
    [
        ("[row['place']]", True),
        (".loc[row['place'], :]", True),
        ("[int(row['place']), 0]", False),
        ("[row['place'], :]", False),
        ("[row['place'].astype(bool)]", False),
        ("[place + row['place']] for place in range(9)", False),
    ],
)
def test_records_are_looked_up_and_places_of_an_array_are_not(taken: str, joined: bool, tmp_path: Path) -> None:
    text = START + "import json\n" + dedent(LOOK_UP.format(taken=taken))
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    assert any(step.text == "joined" for pipeline in project.ingestions for step in pipeline.steps) is joined

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mldebt.finding import Audience, Finding, Severity
from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("clicks.csv")
rows = rows.dropna()
rows["day"] = pd.to_datetime(rows["time"]).dt.date
rows["age"] = rows["age"].astype(float)
rows["user"] = rows["user"].str.lower()
model = Ridge()
model.fit(rows[["age"]], rows["clicked"])
"""
KEEP = 'joblib.dump(model, "model.joblib")\n'


def found(root: Path, texts: Mapping[str, str]) -> list[Finding]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    settings = Settings(cache=False, history=False, jobs=1, select=("MLD104",), pedantic=True)
    return list(scan(root, settings).findings)


def test_a_kept_model_that_depends_on_unchecked_data_is_named_with_the_columns_that_it_needs(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"train.py": TRAIN + KEEP})
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "What train.py reads is used for training by Ridge.fit, and nothing on the way checks its columns "
        "(time, age, user), types, ranges or gaps; Ridge, which is stored, depends on it."
    )


@pytest.mark.parametrize(("path", "text"), [("train.py", TRAIN), ("examples/train.py", TRAIN + KEEP)])
def test_what_only_tries_or_shows_weighs_less(path: str, text: str, tmp_path: Path) -> None:
    [finding] = found(tmp_path, {path: text})
    assert finding.severity is Severity.LOW


def test_a_batch_that_is_scored_by_a_model_from_elsewhere_counts(tmp_path: Path) -> None:
    text = TRAIN.partition("model =")[0] + (
        'model = joblib.load("model.joblib")\nrows["score"] = model.predict(rows[["age"]])\nrows.to_csv("scores.csv")\n'
    )
    [finding] = found(tmp_path, {"score.py": text})
    assert finding.severity is Severity.MEDIUM


def test_what_the_repository_made_itself_is_checked_where_it_came_from(tmp_path: Path) -> None:
    prepare = 'import pandas as pd\nrows = pd.read_parquet("raw.parquet")\nrows.to_csv("clicks.csv")\n'
    assert not found(tmp_path, {"prepare.py": prepare, "train.py": TRAIN + KEEP})


@pytest.mark.parametrize("path", ["data/processed/clicks.csv", "data/features/clicks.csv", "oof_predictions.csv"])
def test_what_names_say_was_made_by_an_earlier_step_is_checked_there(path: str, tmp_path: Path) -> None:
    assert not found(tmp_path, {"train.py": TRAIN.replace("clicks.csv", path) + KEEP})
    assert found(tmp_path, {"train.py": TRAIN.replace("clicks.csv", "data/features.csv") + KEEP})


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_notebook_counts_where_it_keeps_something_and_nobody_looked_at_the_gaps(tmp_path: Path) -> None:
    assert not found(tmp_path, {"try.ipynb": notebook(TRAIN)})
    read, _, rest = TRAIN.partition("rows = rows.dropna()\n")
    rest = f"rows = rows.dropna()\n{rest}"
    assert not found(tmp_path, {"try.ipynb": notebook(read, "rows.isna().sum()", rest, KEEP)})
    [finding] = found(tmp_path, {"try.ipynb": notebook(read, "len(rows)", "print(len(rows))", rest, KEEP)})
    assert finding.location.path == "try.ipynb"


LINES = """
from sklearn.linear_model import Ridge

def load(path):
    found = []
    with open(path) as file:
        for line in file:
            {fields}
            found.append([float({age}), int({clicked})])
    return found

rows = load("clicks.txt")
Ridge().fit([row[:1] for row in rows], [row[1] for row in rows])
"""
ROWS = """
import csv
from sklearn.linear_model import Ridge

def load(path):
    found = []
    with open(path) as file:
        for {row} in {reader}:
            user = {user}.strip().lower()
            user = user.replace("-", " ")
            user = user.removeprefix("the ")
            found.append([user, float({age}), int({clicked})])
    return found

rows = load("clicks.csv")
Ridge().fit([row[1:2] for row in rows], [row[2] for row in rows])
"""


PRICES = """
import pandas as pd
from sklearn.linear_model import Ridge

table = pd.read_csv("prices.csv")
Ridge().fit(table[["size"]], table["price"])
"""


def table(read: str, cut: str = "") -> str:
    text = TRAIN.replace('pd.read_csv("clicks.csv")', read)
    return text.replace("rows = rows.dropna()\n", f"rows = rows.dropna()\n{cut}\n")


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (LINES.format(fields="part = line.strip().split(',')", age="part[3]", clicked="part[-1]"), "fields are taken"),
        (LINES.format(fields="", age="line.split(',')[0]", clicked="line.split(',')[4]"), "fields are taken"),
        (
            ROWS.format(row="row", reader="csv.reader(file)", user="row[0]", age="row[1]", clicked="row[2]"),
            "fields are taken",
        ),
        (
            ROWS.format(
                row="at, row", reader="enumerate(csv.reader(file))", user="row[0]", age="row[1]", clicked="row[2]"
            ),
            "fields are taken",
        ),
        (
            ROWS.format(
                row="row", reader="pd.read_csv(file).values", user="row[0]", age="row[1]", clicked="row[2]"
            ).replace("import csv", "import pandas as pd"),
            "fields are taken",
        ),
        (
            ROWS.format(
                row="row", reader='json.load(file)["rows"]', user="row[0]", age="row[1]", clicked="row[2]"
            ).replace("csv", "json"),
            "fields are taken",
        ),
        (table('pd.read_csv("clicks.tsv", names=["time", "age", "user", "clicked"])'), "columns get their names"),
        (
            table('pd.read_csv("clicks.csv")', 'rows.columns = ["time", "age", "user", "clicked"]'),
            "columns get their names",
        ),
        (table('pd.read_csv("clicks.csv")', "shown = rows.iloc[:, 4:9]\nrows = shown"), "columns are taken"),
        (table('pd.read_html("https://example.org/clicks")[-1]'), "a table is taken by its place on a page"),
        (table('pd.read_csv("clicks.csv", on_bad_lines="skip")'), "lines that do not parse are left out"),
    ],
)
def test_where_another_layout_passes_unnoticed_everybody_is_told(text: str, way: str, tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"train.py": text})
    assert finding.audience is Audience.DEFAULT
    assert f"Another layout of it passes unnoticed: {way}" in finding.message
    assert any(step.message.startswith(way) for step in finding.trail)


@pytest.mark.parametrize(
    "text",
    [
        TRAIN,
        LINES.format(fields="age, _, clicked = line.strip().split(',')", age="age", clicked="clicked"),
        LINES.format(
            fields="part = line.strip().split(',')\n            if len(part) != 2:\n                continue",
            age="part[0]",
            clicked="part[1]",
        ),
        ROWS.format(
            row="row", reader="csv.DictReader(file)", user='row["user"]', age='row["age"]', clicked='row["clicked"]'
        ),
        table('pd.read_csv("clicks.csv")', "rows.columns = [name.lower() for name in rows.columns]"),
        table('pd.read_csv("clicks.csv")', "rows = rows.iloc[:500]"),
        table('pd.read_csv("clicks.csv", names=None)'),
        table('pd.read_csv("clicks.csv")', 'rows = rows[["time", "age", "user", "clicked"]]\nfirst = rows.iloc[0, 1]'),
        table('pd.read_csv("clicks.csv")', 'rows["age"] = pd.to_numeric(rows["age"], errors="coerce")'),
    ],
)
def test_what_stops_at_another_layout_is_told_to_those_who_ask(text: str, tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"train.py": text})
    assert finding.audience is Audience.PEDANTIC
    assert "unnoticed" not in finding.message


def test_a_notebook_counts_for_all_where_it_writes_the_data_that_others_train_on(tmp_path: Path) -> None:
    read = table('pd.read_csv("clicks.tsv", names=["time", "age", "user", "clicked"])')
    [trained] = found(tmp_path / "trained", {"try.ipynb": notebook(read, KEEP)})
    assert trained.audience is Audience.PEDANTIC
    writes = read.partition("model =")[0] + 'rows.to_csv("features.csv")\n'
    [written] = found(tmp_path / "written", {"make.ipynb": notebook(writes), "train.py": PRICES})
    assert written.audience is Audience.DEFAULT


def test_what_is_kept_as_it_was_is_for_those_who_ask(tmp_path: Path) -> None:
    read = table('pd.read_csv("clicks.tsv", names=["time", "age", "user", "clicked"])')
    [finding] = found(tmp_path, {"legacy_v1/train.py": read + KEEP})
    assert finding.audience is Audience.PEDANTIC


@pytest.mark.parametrize(("taken", "told"), [("0:", False), (":", False), ("1:", True), ("0:3", True)])
def test_all_columns_from_the_first_on_are_taken_by_no_places(taken: str, told: bool, tmp_path: Path) -> None:
    text = TRAIN.replace("model = Ridge()", f"rows = rows.iloc[:, {taken}]\nmodel = Ridge()")
    [finding] = found(tmp_path, {"train.py": text + KEEP})
    assert ("by their places" in finding.message) is told

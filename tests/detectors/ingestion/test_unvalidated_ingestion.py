import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mldebt.finding import Finding, Severity
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

"""MLD407: what is said of a feature that is made twice."""

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("orders.csv")
rows["tier"] = rows["tier"].map({"low": 0, "high": 1}).fillna(0)
joblib.dump(LogisticRegression().fit(rows[["tier"]], rows.late), "late.joblib")
"""
SERVE = """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(orders: list[dict]) -> list[float]:
    rows = pd.DataFrame(orders)
    rows["tier"] = rows["tier"].map({"low": 0, "high": 1}).MADE
    return model.predict_proba(rows[["tier"]])[:, 1].tolist()
"""


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("fillna(0)", "(train.py, with the same functions)."),
        # which number stands where is not compared
        ("fillna(1)", "(train.py, with the same functions)."),
        ("fillna(0).clip(0, 1)", "(train.py: only serving has clip)."),
    ],
)
def test_no_more_is_said_of_both_sides_than_was_compared(tmp_path, made, said):
    (tmp_path / "train.py").write_text(TRAIN, encoding="utf-8")
    (tmp_path / "serve.py").write_text(SERVE.replace("MADE", made), encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD407",), cache=False, history=False, jobs=1)).findings
    assert found.message.endswith(said)

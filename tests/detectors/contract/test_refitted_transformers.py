from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD407",))

MODEL = """
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

class Late:
    def __init__(self):
        self.scaler = StandardScaler()
        self.model = LogisticRegression()
        self.is_fitted = False

    def fit(self, rows, late):
        self.model.fit(self.scaler.fit_transform(rows), late)
        return self

    def predict(self, rows):
        {predict}

def train():
    rows = pd.read_csv("orders.csv")
    model = Late()
    model.fit(rows[["price"]], rows.late)
    joblib.dump(model, "late.joblib")
"""


def places(root: Path, predict: str) -> list[int]:
    (root / "late.py").write_text(dedent(MODEL.format(predict=predict)).lstrip(), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [each.location.line for each in outcome.findings]


def test_a_scaler_that_is_fitted_on_what_the_model_is_asked_with(tmp_path: Path) -> None:
    assert places(tmp_path, "return self.model.predict(self.scaler.fit_transform(rows))") == [18]


@pytest.mark.parametrize(
    "predict",
    [
        "return self.model.predict(self.scaler.transform(rows))",
        "if not self.is_fitted:\n            self.scaler.fit(rows)\n        return self.model.predict(rows)",
        "return self.model.predict(StandardScaler().fit_transform(self.history)[:1])",
    ],
)
def test_one_that_is_kept_or_fitted_once(tmp_path: Path, predict: str) -> None:
    assert places(tmp_path, predict) == []

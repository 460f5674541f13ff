"""An unseeded training weighs less in a script that keeps no model."""

from pathlib import Path

import pytest

from mldebt.finding import Severity
from mldebt.scan import scan
from mldebt.settings import Settings

TRY = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

rows = pd.read_csv("rows.csv")
model = RandomForestClassifier().fit(rows[["a"]], rows.b)
{then}
"""


@pytest.mark.parametrize(
    ("then", "severity"),
    [
        ("print(model.score(rows[['a']], rows.b))", Severity.LOW),
        ("joblib.dump(model, 'model.joblib')", Severity.MEDIUM),
    ],
)
def test_a_model_that_is_kept_nowhere_weighs_less(tmp_path: Path, then: str, severity: Severity) -> None:
    (tmp_path / "try_it.py").write_text(TRY.format(then=then))
    (finding,) = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1)).findings
    assert finding.severity is severity

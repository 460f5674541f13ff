"""A program that a document names where it does not lie any more is told with that place."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

def train(path):
    rows = pd.read_csv(path)
    joblib.dump(Ridge().fit(rows[["a"]], rows.b), "model.joblib")

if __name__ == "__main__":
    train("rows.csv")
"""
UNTOLD = "jobs/fitter.py trains a model, and no document, help or docstring says how it is run."
ELSEWHERE = "jobs/fitter.py trains a model, and README.md names it by a path that is not there: models/fitter.py."


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("`other/train.py` trains the other one.", UNTOLD),
        ("`models/fitter.py` trains the model of prices.", ELSEWHERE),
    ],
)
def test_a_program_that_has_moved_is_told_with_its_old_place(tmp_path: Path, page: str, told: str) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "fitter.py").write_text(TRAIN)
    (tmp_path / "README.md").write_text(f"# Prices\n\n{page}\n")
    (finding,) = scan(tmp_path, Settings(select=("MLD303",), cache=False, history=False, jobs=1)).findings
    assert finding.message == told

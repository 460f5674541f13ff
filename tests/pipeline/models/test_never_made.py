"""Models whose class nothing makes an object of."""

import cProfile
import pstats
from pathlib import Path

from mldebt.pipeline.models.never_made import NeverMade
from mldebt.scan import read_project
from mldebt.settings import Settings

_CLASS = """
import joblib
from sklearn.linear_model import LogisticRegression

class Churn{number}:
    def __init__(self):
        self.model = LogisticRegression()

    def train(self, rows):
        self.model.fit(rows[["age"]], rows["churned"])
        joblib.dump(self.model, "churn{number}.joblib")

def shown(rows):
    return [[row["age"], row["churned"], "age"] for row in rows if row["age"] > {number}]
"""


def _work(root: Path, classes: int) -> int:
    """How many calls it takes to ask for every model of a library with so many classes."""
    for number in range(classes):
        (root / f"churn{number}.py").write_text(_CLASS.format(number=number), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    models = project.trained_models
    never_made = NeverMade(project.dormant.reachable)
    profile = cProfile.Profile()
    assert profile.runcall(lambda: [never_made.trains(model) for model in models]) == [True] * classes
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_the_code_is_looked_through_once_for_all_classes(tmp_path: Path) -> None:
    for name in ("few", "many"):
        (tmp_path / name).mkdir()
    assert _work(tmp_path / "many", 40) < 3 * _work(tmp_path / "few", 20)

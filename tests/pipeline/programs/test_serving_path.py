from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline import Project
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.scan import read_project
from mldebt.settings import Settings

TRAIN = """
    import joblib
    from sklearn.linear_model import Ridge

    def train(x, y):
        model = Ridge().fit(x, y)
        joblib.dump(model, "models/ridge.joblib")
"""
APP = """
    import joblib
    from fastapi import FastAPI
    from lib.score import Scorer, score

    app = FastAPI()
    MODEL = joblib.load("/srv/ridge.joblib")

    @app.get("/price")
    def price(a: float):
        return score(MODEL, a)

    def unused():
        return 1
"""
SCORE = """
    def score(model, a):
        return shaped(model.predict([[a]]))

    def shaped(values):
        return float(values[0])

    def elsewhere(values):
        return values

    class Scorer:
        pass
"""
BATCH = """
    import joblib
    import pandas as pd

    def nightly():
        rows = pd.read_csv("orders.csv")
        model = joblib.load("ridge.joblib")
        rows["score"] = model.predict(rows)
        rows.to_csv("scores.csv")

    def report():
        pd.read_csv("scores.csv").to_csv("report.csv")
"""


def project(root: Path, **texts: str) -> Project:
    for name, text in texts.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return read_project(root, Settings(cache=False, history=False, jobs=1))


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    return project(tmp_path, ml__train=TRAIN, web__app=APP, lib__score=SCORE, jobs__batch=BATCH)


def unit(shop: Project, path: str, name: str = "") -> tuple[int, int]:
    module = next(each for each in shop.flow.program.modules if each.path == path)
    return module.index, next(n for n, scope in enumerate(module.facts.scopes) if scope.qualname == name)


@pytest.mark.parametrize(
    ("path", "name", "serves"),
    [
        ("web/app.py", "price", True),
        ("web/app.py", "unused", False),
        ("lib/score.py", "score", True),
        ("lib/score.py", "shaped", True),
        ("lib/score.py", "elsewhere", False),
        ("ml/train.py", "train", True),  # by the file that it stores
        ("jobs/batch.py", "nightly", True),  # scores are written
        ("jobs/batch.py", "report", False),
    ],
)
def test_what_users_get_runs_through_it(shop: Project, path: str, name: str, serves: bool) -> None:
    path_of_serving = ServingPath(shop.flow)
    assert path_of_serving.serves([unit(shop, path, name)], path) is serves


def test_behind_what_endpoint(shop: Project) -> None:
    serving = ServingPath(shop.flow)
    assert serving.endpoints == (unit(shop, "web/app.py", "price"),)
    assert serving.behind[unit(shop, "lib/score.py", "shaped")] == unit(shop, "web/app.py", "price")


def test_a_model_by_another_name_is_not_served(tmp_path: Path) -> None:
    shop = project(tmp_path, ml__train=TRAIN.replace("ridge", "lasso"), web__app=APP, lib__score=SCORE)
    assert not ServingPath(shop.flow).serves([unit(shop, "ml/train.py", "train")], "ml/train.py")


def test_evaluation_that_writes_predictions_does_not_serve(tmp_path: Path) -> None:
    text = BATCH.replace("rows.to_csv", "print(mean_squared_error(rows.y, rows.score))\n        rows.to_csv", 1)
    shop = project(tmp_path, evaluate="from sklearn.metrics import mean_squared_error\n" + dedent(text))
    assert not ServingPath(shop.flow).is_batch(unit(shop, "evaluate.py", "nightly"))


def test_who_calls_it_the_nearest_first(shop: Project) -> None:
    serving = ServingPath(shop.flow)
    assert serving.callers([unit(shop, "lib/score.py", "shaped")]) == ["lib/score.py", "web/app.py"]
    assert serving.callers([unit(shop, "ml/train.py", "train")]) == []


def test_names_of_what_is_stored_and_loaded(shop: Project) -> None:
    serving = ServingPath(shop.flow)
    assert serving.written([unit(shop, "ml/train.py", "train")], "stores") == ["ridge.joblib"]
    assert [(names, endpoint) for _, endpoint, names in serving.loads()] == [
        (("ridge.joblib",), unit(shop, "jobs/batch.py", "nightly")),
        (("ridge.joblib",), unit(shop, "web/app.py", "price")),
    ]


def test_the_lines_of_a_definition(shop: Project) -> None:
    serving = ServingPath(shop.flow)
    assert serving.span(unit(shop, "lib/score.py", "shaped")) == ("lib/score.py", 4, 5)
    assert serving.span(unit(shop, "lib/score.py")) == ("lib/score.py", 1, 0)

"""What stands around a model and is none: calibrators of what they are given, frozen estimators, what only cuts data;
and methods of other classes that have the name of a library's."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

TRAIN = """
    import joblib
    import pandas as pd
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.frozen import FrozenEstimator

    rows = pd.read_csv("rows.csv")
    model = RandomForestClassifier().fit(rows[["a"]], rows["y"])
    {calibrated}
    joblib.dump(whole, "model.joblib")
"""
BY_VERSION = """if FrozenEstimator is not None:
        whole = CalibratedClassifierCV(FrozenEstimator(model))
    else:
        whole = CalibratedClassifierCV(model, cv="prefit")
    whole.fit(rows[["a"]], rows["y"])
"""


def test_a_frozen_model_is_the_model(tmp_path: Path) -> None:
    text = TRAIN.format(calibrated=BY_VERSION)
    (model,) = model_records(tmp_path, {"train.py": text})
    assert told(model, "builder") == ["RandomForestClassifier", "CalibratedClassifierCV", "CalibratedClassifierCV"]


def test_two_ways_to_calibrate_what_was_loaded_are_one_model(tmp_path: Path) -> None:
    text = TRAIN.format(calibrated=BY_VERSION.replace("        whole.fit", "        whole.fit"))
    text = text.replace('RandomForestClassifier().fit(rows[["a"]], rows["y"])', 'joblib.load("before.joblib")')
    (model,) = model_records(tmp_path, {"train.py": text})
    assert model.name == "CalibratedClassifierCV"


CALIBRATOR = """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression

    class Calibrator:
        def __init__(self):
            self.calibrator = None

        def fit(self, model, rows, answers):
            self.calibrator = CalibratedClassifierCV(estimator={given})
            self.calibrator.fit(rows, answers)
            return self

        def predict(self, rows):
            return self.calibrator.predict_proba(rows)[:, 1]
"""
SETUP = 'from setuptools import setup\nsetup(name="rows", packages=["rows"])\n'


@pytest.mark.parametrize(("given", "expected"), [("model", []), ("LogisticRegression()", ["Calibrator"])])
def test_what_only_calibrates_a_model_that_it_is_given_is_none(tmp_path: Path, given: str, expected: list[str]) -> None:
    texts = {"setup.py": SETUP, "rows/__init__.py": "", "rows/calibrator.py": CALIBRATOR.format(given=given)}
    assert [record.name for record in model_records(tmp_path, texts)] == expected


SEGMENTS = """
    from sklearn.cluster import KMeans

    class Segments:
        def fit_transform(self, rows):
            self.clusters = KMeans(5)
            rows["segment"] = self.clusters.fit_predict(rows[["a"]])
            return rows

        def {method}(self, rows):
            return self.clusters.predict(rows[["a"]])
"""


@pytest.mark.parametrize(("method", "expected"), [("transform", []), ("predict", ["Segments"])])
def test_what_only_cuts_the_data_is_no_model(tmp_path: Path, method: str, expected: list[str]) -> None:
    texts = {"setup.py": SETUP, "rows/__init__.py": "", "rows/segments.py": SEGMENTS.format(method=method)}
    assert [record.name for record in model_records(tmp_path, texts)] == expected


CHOOSING = """
    import joblib
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    class Model:
        def __init__(self):
            self.models = {"plain": LogisticRegression(), "forest": RandomForestClassifier()}
            self.best = {}

        def train(self, rows, answers):
            for name, model in self.models.items():
                model.fit(rows, answers)
                self.best[name] = model

        def keep(self, rows, answers):
            for name, model in self.best.items():
                print(name, model.predict(rows) == answers)
            joblib.dump(self.best["plain"], "best.joblib")

    chosen = Model()
    chosen.train(rows, answers)
    chosen.keep(rows, answers)
"""
OTHERS = """
    import torch
    from fastapi import FastAPI

    app = FastAPI()

    class Reader:
        def __init__(self):
            self.model = torch.load("published.pt")

        def predict(self, signal):
            return self.model(signal)

    reader = Reader()

    @app.post("/read")
    def read(signal: list):
        return reader.predict(signal)
"""


def test_a_library_s_method_is_not_that_of_another_class(tmp_path: Path) -> None:
    (model,) = model_records(tmp_path, {"choosing.py": CHOOSING, "reader.py": OTHERS})
    assert (model.name, told(model, "serving")) == ("Model", [])


PATHS = """
    import os

    import joblib
    from sklearn.svm import SVC

    class Places:
        ROOT = "data"
        MODELS = os.path.join(ROOT, "models")

    class Ranker:
        def __init__(self, **kwargs):
            self.path = kwargs.get("path", os.path.join(Places.MODELS, "ranker.joblib"))
            self.model = SVC()

        def place(self, path):
            self.path = path

        def train(self, rows, answers):
            self.model.fit(rows, answers)
            joblib.dump(self.model, self.path)

    ranker = Ranker({given})
    ranker.train(rows, answers)
"""


@pytest.mark.parametrize(
    ("given", "expected"), [("", ["data/models/ranker.joblib"]), ('path="ranker.bin"', ["ranker.bin"])]
)
def test_a_place_that_nobody_gives_is_the_default(tmp_path: Path, given: str, expected: list[str]) -> None:
    (model,) = model_records(tmp_path, {"ranker.py": PATHS.format(given=given)})
    assert told(model, "artifacts") == expected

"""Which of a family of models a service serves, when it loads them by their names."""

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

_BASE = """
import joblib
from sklearn.linear_model import LogisticRegression

class Base:
    def train(self, rows, labels):
        self.clf = LogisticRegression()
        self.clf.fit(rows, labels)
        joblib.dump(self, type(self).__name__.lower())

    @staticmethod
    def load(name):
        return joblib.load(name)

    def classify(self, rows):
        return self.clf.predict(rows)
"""
_MODELS = """
from base import Base

class SpamModel(Base):
    pass

class BotModel(Base):
    pass

class AgeModel(Base):
    pass

MODELS = {"spam": SpamModel, "robots": BotModel, "age": AgeModel}

def train(name, rows, labels):
    MODELS[name]().train(rows, labels)
"""
_SERVICE = """
from fastapi import FastAPI
from base import Base

app = FastAPI()
{names}

@app.get("/{{name}}/predict")
def predict(name: str, row: float):
    model: Base = Base.load(f"{{name}}model")
    return float(model.classify([[row]])[0])
"""


def served(root, names):
    (root / "base.py").write_text(_BASE, encoding="utf-8")
    (root / "models.py").write_text(_MODELS, encoding="utf-8")
    (root / "service.py").write_text(_SERVICE.format(names=names), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    rows = Rows(project).all()
    assert sorted(row.name for row in rows) == ["AgeModel", "BotModel", "SpamModel"]
    return sorted(row.name for row in rows if row.serving)


def test_those_that_a_list_of_the_service_names(tmp_path):
    assert served(tmp_path, 'NAMES = ["spam", "robots"]') == ["BotModel", "SpamModel"]


def test_without_a_name_nobody_can_tell(tmp_path):
    assert served(tmp_path, "") == []

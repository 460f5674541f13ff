"""MLD406: a model's file or its predictions are read past the service that hands them out."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.programs.bypasses import Bypass, Bypasses
from mldebt.rulebook import Rule

_TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

def train():
    rows = pd.read_csv("orders.csv")
    model = LogisticRegression().fit(rows[["age"]], rows.late)
    joblib.dump(model, "models/late.joblib")
"""
_SERVICE = """
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("models/late.joblib")

@app.get("/late")
def late(age: int) -> float:
    return float(model.predict_proba([[age]])[0][1])
"""
_MAILS = """
import joblib
import requests

def warn(orders):
    model = joblib.load("models/late.joblib")  # debt
    for order in orders:
        chance = model.predict_proba([[order.age]])[0][1]
        requests.post("https://mail.example/send", json={"to": order.mail, "chance": chance})
"""
_NIGHTLY = """
import joblib
import pandas as pd

def score():
    model = joblib.load("models/late.joblib")
    orders = pd.read_parquet("open_orders.parquet")
    orders["late"] = model.predict(orders)
    orders.to_parquet("scores/late_orders.parquet")
"""
_LOOKUP = """
import pandas as pd
from fastapi import FastAPI

app = FastAPI()

@app.get("/late/{order}")
def late(order: int) -> float:
    scores = pd.read_parquet("scores/late_orders.parquet")
    return float(scores.loc[order, "late"])
"""
_SHELF = """
import pandas as pd

def shelf():
    scores = pd.read_parquet("scores/late_orders.parquet"){mark}
    return scores[scores.late == 0].index.tolist()
"""

_DECIDING = """
import joblib
import shop_mails

def warn(orders):
    model = joblib.load("models/late.joblib"){mark}
    for order in orders:
        if model.predict([[order.age]])[0] == 1:
            {done}
"""

BAD = (
    {"train.py": _TRAIN, "service.py": _SERVICE, "mails.py": _MAILS},
    # what the model says decides, and is handed to nobody
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "mails.py": _DECIDING.format(done="shop_mails.send(order.mail)", mark="  # debt"),
    },
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "mails.py": _DECIDING.format(done="order.shop.notify(order.mail)", mark="  # debt"),
    },
    # one file, whichever of two trainings wrote it last
    {
        "train.py": _TRAIN,
        "again.py": _TRAIN.replace("rows.late)", "rows.late > 3)"),
        "service.py": _SERVICE,
        "mails.py": _MAILS,
    },
    {"train.py": _TRAIN, "nightly.py": _NIGHTLY, "lookup.py": _LOOKUP, "shelf.py": _SHELF.format(mark="  # debt")},
)
GOOD = (
    # nothing serves it: the file is the contract
    {"train.py": _TRAIN, "mails.py": _MAILS.replace("  # debt", "")},
    # the table is what production looks up, and no endpoint stands before it
    {"train.py": _TRAIN, "nightly.py": _NIGHTLY, "shelf.py": _SHELF.format(mark="")},
    # evaluation, more training and a batch are no consumers
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "nightly.py": _NIGHTLY,
        "judge.py": """
import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score

def judge():
    rows = pd.read_csv("held_out.csv")
    model = joblib.load("models/late.joblib")
    with open("auc.txt", "w") as out:
        out.write(str(roc_auc_score(rows.late, model.predict(rows[["age"]]))))
""",
    },
    # a helper of the service itself
    {
        "train.py": _TRAIN,
        "loading.py": """
import joblib

def load():
    return joblib.load("models/late.joblib")
""",
        "service.py": """
from fastapi import FastAPI
from loading import load

app = FastAPI()
model = load()

@app.get("/late")
def late(age: int) -> float:
    return float(model.predict_proba([[age]])[0][1])
""",
    },
    # a loader that the code behind the service asks, too
    {
        "train.py": _TRAIN,
        "loading.py": """
import joblib

def load(path="models/late.joblib"):
    return joblib.load(path)
""",
        "engine.py": """
import joblib
from loading import load

def answer(age):
    model = joblib.load("models/late.joblib")
    return float(model.predict_proba([[age]])[0][1])

class Engine:
    def __init__(self):
        self.model = load()

    def ask(self, ages):
        return self.model.predict_proba([[age] for age in ages])[:, 1]
""",
        "service.py": """
from engine import answer
from fastapi import FastAPI

app = FastAPI()

@app.get("/late")
def late(age: int) -> float:
    return answer(age)
""",
        "nightly.py": """
from engine import Engine

print(Engine().ask([3, 4]).mean())
""",
    },
    # what is told to whoever runs it
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "mails.py": _DECIDING.format(done="print(order.mail)", mark=""),
    },
    # somebody looks at one answer
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "look.py": """
import joblib

model = joblib.load("models/late.joblib")
print(model.predict([[3]]))
""",
    },
    # declared
    {
        "train.py": _TRAIN,
        "service.py": _SERVICE,
        "mails.py": _MAILS.replace("  # debt", ""),
        "README.md": "# Late orders\n\n`service.py` serves the model; `mails.py` reads it directly, once a day.\n",
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    del rule
    found: dict[tuple[Value, str], Bypass] = {}
    for each in Bypasses(project).find():
        found.setdefault((each.taken, each.text), each)
    yield from (_hit(project, each) for each in found.values())


def _hit(project: Project, each: Bypass) -> Hit:
    boundary = project.unit_name(each.boundary)
    if each.model:
        message = f"The model {each.model} ({each.text}) is loaded here directly, past {boundary}, which serves it."
    else:
        message = f"The predictions in {each.text} are read here directly, past {boundary}, which serves them."
    return Hit(
        location=project.location(each.taken),
        message=message,
        trail=(
            project.step(each.kept, "kept here"),
            project.step(each.through, f"taken up for {boundary}, which serves it"),
            project.step(each.taken, "taken up again here"),
            *([project.step(each.used, "and used here")] if each.used is not each.taken else []),
        ),
        component=project.component_of(each.taken.body),
    )

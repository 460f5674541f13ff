"""Answers that are no model's results, as how good a model is, and some that are: more examples of MLD403."""

from __future__ import annotations

_CHECKED = """
import pandas as pd
from fastapi import FastAPI
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

app = FastAPI()

def trained(shop):
    rows = pd.read_csv("rows.csv")
    late, early = rows[rows.year > 2020], rows[rows.year <= 2020]
    said = Ridge().fit(early[["age"]], early.price).predict(late[["age"]])
    return {{"shop": shop, "said": {said}}}

@app.get("/check-training")
def checked(shop: int):{mark}
    result = {{"status": "ok"}}
    result["training"] = trained(shop)
    return result
"""
_RUNS = {
    "runs.py": """
import flask

class Runs:
    def __init__(self):
        self.rows = {}

    def add(self, run):
        for name, value in run.items():
            self.rows[name] = value

    def serve(self):
        app = flask.Flask("runs")

        @app.route("/get", methods=["GET"])
        def get():
            since = flask.request.args.get("since", None)
            return {"since": since, "rows": self.rows}

        app.run()
""",
    "train.py": """
import joblib
import numpy as np
from runs import Runs
from sklearn.metrics import f1_score

def judge(rows, labels):
    said = joblib.load("churn.joblib").predict(rows)
    print(f1_score(labels, said))
    return {"accuracy": np.mean(said == labels)}

def main(rows, labels):
    runs = Runs()
    runs.add(judge(rows, labels))
    runs.serve()
""",
}
_SHOP = """
import joblib
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from tables import Item, Liked, session

app = FastAPI()
model = joblib.load("likes.joblib")

class Chance(BaseModel):
    chance: float

def keep(db: Session, chance):
    db.add(Liked(chance=chance))
    db.commit()

@app.get("/liked")
def liked(age: int, db: Session = Depends(session)) -> Chance:
    chance = float(model.predict([[age]])[0])
    keep(db, chance)
    return Chance(chance=Items(db).best() or chance)

class Items:
    def __init__(self, db: Session):
        self.db = db

    def best(self):
        return self.db.execute(select(Item)).scalars().first()

@app.get("/items")
def items(db: Session = Depends(session)):{mark}
    return {{"items": Items(db).best(), "more": {more}}}
"""

_EVALUATED = """
import joblib
from fastapi import FastAPI, Request
from sklearn.metrics import f1_score

app = FastAPI()
model = joblib.load("churn.joblib")

@app.post("/evaluate")
async def evaluated(request: Request) -> dict:  # debt
    rows = await request.json()
    return {"f1": f1_score(rows["labels"], model.predict(rows["rows"]))}
"""

_GRAPH = """
import pickle
from flask import Flask
from flask_restful import Api, Resource
from sklearn.neighbors import KNeighborsClassifier

api = Api(Flask("near"))
with open("papers.pkl", "rb") as file:
    papers = pickle.load(file)
model = KNeighborsClassifier(9).fit(papers["vectors"], papers["journals"])

class Near(Resource):
    def get(self, paper):  # debt
        found = model.kneighbors_graph([papers["vectors"][paper]], mode="distance")
        return {"near": [int(each) for each in found.indices]}

api.add_resource(Near, "/near/<int:paper>")
"""

_RATED = """
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("churn.joblib")

class Answer:
    def __init__(self, row):
        self.id, self.chance = model.predict_proba([row])[0]

@app.post("/rate")
def rate(row: list[float], good: bool):{mark}
    answer = Answer(row)
    keep(answer, good)
    return {{"message": f"{text}"}}
"""

BAD = (
    # how good the model is that is served, on rows that somebody brings
    _EVALUATED,
    _GRAPH,
    _CHECKED.format(said="said.tolist()", mark="  # debt"),
    _SHOP.format(more="model.predict([[30]]).tolist()", mark="  # debt"),
    _RATED.format(text="Answer {answer.id} is {answer.chance}", mark="  # debt"),
    _RATED.format(text="{answer.id}", mark="  # debt"),
)
GOOD = (
    _CHECKED.format(said="mean_absolute_error(late.price, said)", mark=""),
    _RUNS,
    _SHOP.format(more="3", mark=""),
    # what was done with an answer, by its id
    _RATED.format(text="Rating of {answer.id} was kept", mark=""),
)

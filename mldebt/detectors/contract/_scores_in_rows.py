"""Scores in the rows of tables and in what services answer, met by a literal: examples of MLD405."""

from __future__ import annotations

from mldebt.detectors.contract._score_limits import _MODEL

_ROWS = (
    _MODEL
    + """
import pandas as pd

def sure(ids, orders):
    {rows}
    return found[found["{column}"] > 37.5]{mark}
"""
)
_IN_TUPLES = """chances = model.predict_proba(orders)[:, 1]
    rows = [(each, chance, 3) for each, chance in zip(ids, chances)]
    found = pd.DataFrame(rows, columns=["id", "chance", "price"])"""
_IN_DICTS = """rows = []
    for each, order in zip(ids, orders):
        rows.append({"id": each, "price": 3, "chance": model.predict_proba([order])[0, 1]})
    found = pd.DataFrame(rows)"""
_ASKED = """
import requests
from flask import Flask

app = Flask(__name__)

@app.get("/mail")
def mail(text):
    answer = requests.post("http://models:8501/v1/models/spam:predict", json={{"instances": [text]}}).json()
    return "spam" if {test} else "mail"{mark}
"""
_SERVED = {
    "service.py": _MODEL
    + """
class Service:
    def judge(self, text):
        return {"chance": float(model.predict_proba([text])[0].max()), "length": len(text)}
""",
    "page.py": """
from flask import Flask
from service import Service

app = Flask(__name__)
service = Service()

@app.get("/mail")
def mail(text):
    least = 0.55
    answer = service.judge(text)
    return "mail" if answer.get("{name}", 0) < least else "spam"{mark}
""",
}


def _served(name: str, mark: str = "") -> dict[str, str]:
    return {**_SERVED, "page.py": _SERVED["page.py"].format(name=name, mark=mark)}


BAD = (
    # in the rows that a table is made of, in what a service outside or a method answers
    _ROWS.format(rows=_IN_TUPLES, column="chance", mark="  # debt"),
    _ROWS.format(rows=_IN_DICTS, column="chance", mark="  # debt"),
    _ASKED.format(test='answer["predictions"][0][0] > 0.64', mark="  # debt"),
    _served("chance", "  # debt"),
    # handed on by a function that others hand what they are asked for
    {
        "store.py": """
from qdrant_client import QdrantClient

client = QdrantClient("items")

def search(text, limit=10, score_threshold=None):
    return client.query_points("items", query=embed(text), limit=limit, score_threshold=score_threshold).points
""",
        "app.py": """
from fastapi import FastAPI
from store import search

app = FastAPI()

@app.get("/find")
def find(text: str, least: float):
    return search(text, score_threshold=least)

@app.get("/near")
def near(text: str):
    return search(text, score_threshold=0.13)  # debt

@app.get("/all")
def everything(text: str):
    return search(text, score_threshold=0.0)
""",
    },
)
GOOD = (
    # another column, another part of an answer
    _ROWS.format(rows=_IN_TUPLES, column="price", mark=""),
    _ROWS.format(rows=_IN_DICTS, column="price", mark=""),
    _ASKED.format(test='answer.get("count", 0) > 3 or answer["status"] > 200', mark=""),
    _ASKED.replace("/v1/models/spam:predict", "/matches/last/score").format(test='answer["score"] > 3', mark=""),
    _served("length"),
)

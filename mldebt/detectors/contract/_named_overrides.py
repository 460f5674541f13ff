"""Scores that code changes for those that it names, and whom it may ask for what else: more examples of MLD402."""

from __future__ import annotations

_SERVICE = """
import joblib
import numpy as np
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
model = joblib.load("ranker.joblib")

class Item(BaseModel):
    id: int
    brand: str
    user: int
    unit: str
    metric: str
    features: list
"""
_SCORED = (
    _SERVICE
    + """
@app.post("/score")
def score(item: Item):
    score = model.predict_proba([item.features])[0, 1]
    {}
    return {{"score": float(score)}}
"""
)
_LISTED = (
    _SERVICE
    + """
@app.post("/scores")
def scores(items: list[Item]):
    found = [{{"id": item.id, "score": float(model.predict_proba([item.features])[0, 1])}} for item in items]
    {}
    return found
"""
)

BAD = (
    _SCORED.format('if item.brand == "own":  # debt\n        score = 0.99'),
    _SCORED.format('if item.brand in ("own", "partner"):\n        score = max(score, 0.8)  # debt'),
    _SCORED.format('score = 0.0 if item.brand == "rival" else score  # debt'),
    _SCORED.format("if item.user == 42:  # debt\n        score = 1.0"),
    _SERVICE
    + """
PINNED = {"alice": 0.9, "bob": 0.2}

@app.post("/pinned")
def pinned(user: str, item: Item):
    score = model.predict_proba([item.features])[0, 1]
    return {"score": PINNED.get(user, float(score))}  # debt
""",
)
GOOD = (
    # a bound for all, another unit, another formula, by the score itself, what somebody chose
    _SCORED.format("score = min(max(score, 0.01), 0.99)"),
    _SCORED.format('if item.unit == "percent":\n        score *= 100'),
    _SCORED.format('if item.metric == "cosine":\n        score = score * 0.5 + 0.5'),
    _SCORED.format("if score > 0.9:\n        score = 0.9"),
    _SCORED.format("if item.id == 0:\n        score = score"),
    _SCORED.format("if item.brand == app.state.brand:\n        score *= app.state.factor"),
    # what nobody is called by, and those whom the model is not asked about
    _SCORED.format('if item.brand == "unknown":\n        score = 0.3'),
    _SERVICE
    + """
@app.post("/some")
def some(item: Item):
    if item.brand == "own":
        score = model.predict_proba([item.features])[0, 1]
    else:
        score = 0.3
    other = model.predict_proba([item.features])[0, 0] if item.brand == "own" else 0.3
    return {"score": float(score), "other": float(other)}
""",
    # no score of a model
    _SCORED.format('weight = 1.0\n    if item.brand == "own":\n        weight = 2.5'),
    _LISTED.format('for row in found:\n        if row["id"] in (1, 2):\n            row["shown"] = 0.99'),
    _SERVICE
    + """
import os
WEIGHTS = {"alice": float(os.environ["ALICE"])}
SEEN = (17, 23)

@app.post("/pinned")
def pinned(user: str, item: Item):
    score = model.predict_proba([item.features])[0, 1]
    return {"score": WEIGHTS.get(user, float(score))}

@app.post("/masked")
def masked(items: list[Item]):
    scores = {item.id: float(model.predict_proba([item.features])[0, 1]) for item in items}
    for each in SEEN:
        scores[each] = -np.inf
    return scores

@app.post("/filtered")
def filtered(items: list[Item], brand: str):
    kept = [item for item in items if item.brand == brand]
    return [float(model.predict_proba([item.features])[0, 1]) for item in kept if item.brand != "own"]

@app.post("/table")
def table(items: list[Item]):
    rows = pd.DataFrame([item.features for item in items])
    rows["score"] = model.predict_proba(rows)[:, 1]
    rows.loc[rows["stock"] == 0, "score"] = 0.0
    rows.loc[rows["item_id"] == 42, "shown"] = 1.0
    return rows.to_dict("records")
""",
)

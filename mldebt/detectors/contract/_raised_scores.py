"""Scores that are raised for some items on the way to a sort: in a sort's key, by a table's methods, beside the items:
more examples of MLD401."""

from __future__ import annotations

_RANKING = """
import joblib
import pandas as pd
model = joblib.load("ranker.joblib")

def scores_of(items):
    return model.predict([item.features for item in items])

def scored(user, items):
    pairs = zip(items, scores_of(items))
    return [{"id": item.id, "shop": item.shop, "fresh": item.fresh, "score": float(score)} for item, score in pairs]

def table(user):
    rows = pd.read_parquet("items.parquet")
    rows["score"] = model.predict(rows[["price", "age"]])
    return rows
"""
_APP = """
import heapq
import numpy as np
from fastapi import FastAPI
from ranking import scored, scores_of, table
app = FastAPI()
"""

_COUNTED = """
@app.post("/ask")
def ask(user, words: list[str], wanted: list[str]):
    found = sorted(scored(user, candidates(user)), key=lambda row: row["score"], reverse=True)[:10]
    counted = []
    for row in found:
        score = float({score})
        if row["shop"] in wanted:
            score += 0.5{mark}
        counted.append((score, row))
    counted.sort(key=lambda pair: -pair[0])
    return [row for _, row in counted[:4]]
"""


def _raised(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": _APP + body}


_NETWORK = """
import torch
from torch import nn

class Ranker(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, 1)
        self.deep = nn.Linear(width, 1)

    def parts(self, x):
        return self.linear(x), x.square()

    def forward(self, x):
        linear, squares = self.parts(x)
        pairs = 0.5 * (x.sum(dim=1) - squares.sum(dim=1))
        return torch.sigmoid(linear + pairs + self.deep(x))
"""
_TRAINED = """

class Wide(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, 1)

    def forward(self, x):
        return self.linear(x) + 0.5 * (x.values.sum() - x.age)

def made(kind):
    if kind == "wide":
        return Wide(8)
    return Ranker(8)

def train(kind, loader):
    model = made(kind)
    for x, y in loader:
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
"""

BAD = (
    # read of the rows, and raised
    _raised(_COUNTED.format(score="row['score']", mark="  # debt")),
    # of the items that the code names
    _raised(
        """
PARTNERS = ["acme", "initech"]

@app.get("/feed")
def feed(user):
    items = items_of(user)
    scores = dict(zip([item.id for item in items], scores_of(items)))
    for name in PARTNERS:
        scores[name] += 0.2  # debt
    return sorted(scores, key=scores.get, reverse=True)
"""
    ),
    # what is added to a network's answer is no part of the network
    _NETWORK
    + """
    def recommend(self, items, x):
        found = []
        for item, score in zip(items, self.forward(x)):
            if item.is_fresh:
                score = score * 1.2  # debt
            found.append((item, score))
        return sorted(found, key=lambda each: each[1], reverse=True)
"""
    + _TRAINED
    + """

from fastapi import FastAPI
app = FastAPI()

@app.post("/recommended")
def recommended(items: list):
    return Ranker(8).recommend(items, torch.tensor([item.features for item in items]))
""",
    # by what a function says of the item, as a share
    _raised(
        """
def penalty_for(item, recent):
    return 0.3 if item["shop"] in recent else 0.0

@app.get("/varied")
def varied(user, recent):
    found = []
    for item in scored(user, candidates(user)):
        penalty = penalty_for(item, recent)
        found.append((item, item["score"] * (1.0 - penalty), penalty))  # debt
    found.sort(key=lambda entry: entry[1], reverse=True)
    return [item for item, _, _ in found]

@app.get("/halved")
def halved(user):
    found = scored(user, candidates(user))
    for item in found:
        if item["shop"] == "other":
            item["score"] /= 2  # debt
    return sorted(found, key=lambda item: item["score"], reverse=True)
"""
    ),
    # in the key of the sort
    _raised(
        """
@app.get("/best")
def best(user):
    found = scored(user, candidates(user))
    return heapq.nlargest(10, found, key=lambda each: each["score"] + (0.3 if each["fresh"] else 0.0))  # debt

@app.get("/all")
def everything(user):
    found = scored(user, candidates(user))
    found.sort(key=lambda each: each["score"] * 1.5 if each["fresh"] else each["score"], reverse=True)  # debt
    return found

def lifted(each):
    score = each["score"]
    if each["shop"] == "own":
        score += 0.2  # debt
    return score

@app.get("/own")
def own(user):
    return sorted(scored(user, candidates(user)), key=lifted, reverse=True)
"""
    ),
    # by the methods of a table
    _raised(
        """
@app.get("/new")
def new(user):
    rows = table(user).assign(score=lambda d: d.score + 0.2 * d.is_new)  # debt
    return rows.nlargest(10, "score").to_dict("records")

@app.get("/own")
def own(user):
    rows = table(user)
    rows["score"] = np.where(rows["shop"] == "own", rows["score"] * 1.3, rows["score"])  # debt
    return rows.nlargest(10, columns="score").to_dict("records")

@app.get("/old")
def old(user):
    rows = table(user)
    rows["score"] = rows["score"].where(~rows["is_old"], rows["score"] * 0.7)  # debt
    return rows.sort_values("score", ascending=False).to_dict("records")

@app.get("/partners")
def partners(user):
    rows = table(user)
    rows["score"] += rows["shop"].map({"own": 0.3, "partner": 0.1}).fillna(0)  # debt
    return rows.sort_values("score", ascending=False).to_dict("records")

@app.get("/rows")
def by_row(user):
    rows = table(user)
    rows["final"] = rows.apply(lambda row: row.score * 1.3 if row.shop == "own" else row.score, axis=1)  # debt
    return rows.sort_values(by="final", ascending=False).to_dict("records")
"""
    ),
    # where the scores are put beside the items
    _raised(
        """
@app.get("/sponsored")
def sponsored(user):
    items = candidates(user)
    for item, score in zip(items, scores_of(items)):
        item["score"] = score * (1.5 if item["sponsored"] else 1.0)  # debt
    return sorted(items, key=lambda item: item["score"], reverse=True)

@app.get("/own")
def own(user):
    items = candidates(user)
    for item, score in zip(items, scores_of(items)):
        item["score"] = score
        if item["brand"] == "own":
            item["score"] *= 1.5  # debt
    return sorted(items, key=lambda item: item["score"], reverse=True)

@app.get("/new")
def new(user):
    items = candidates(user)
    scores = scores_of(items)
    for place, item in enumerate(items):
        score = scores[place]
        if item.is_new:
            score += 0.2  # debt
        item.final = score
    return sorted(items, key=lambda item: item.final, reverse=True)[:10]
"""
    ),
    # in a function that is called with each item
    _raised(
        """
def boosted(each):
    if each["fresh"]:
        return each["score"] * 1.4  # debt
    return each["score"]

@app.get("/feed")
def feed(user):
    found = scored(user, candidates(user))
    for each in found:
        each["final"] = boosted(each)
    return sorted(found, key=lambda each: each["final"], reverse=True)
"""
    ),
)
GOOD = (
    # counted up of what rows hold, and no score of theirs
    _raised(_COUNTED.format(score="sum(1 for word in words if word in row['shop'])", mark="")),
    # the parts that a network adds up
    _NETWORK + _TRAINED,
    # brought to another scale, divided by what the item has, weighed against another score
    _raised(
        """
@app.get("/percent")
def percent(user):
    found = scored(user, candidates(user))
    for item in found:
        if item["unit"] == "percent":
            item["score"] /= 100
    return sorted(found, key=lambda item: item["score"], reverse=True)

@app.get("/normed")
def normed(user):
    found = [(item["score"] / (1 + item["length"]), item) for item in scored(user, candidates(user))]
    return sorted(found, key=lambda pair: pair[0], reverse=True)

@app.get("/sure")
def sure(user):
    items = candidates(user)
    doubts = scores_of([item.doubt for item in items])
    found = [(score * (1 - doubt), item) for item, score, doubt in zip(items, scores_of(items), doubts)]
    return sorted(found, key=lambda pair: pair[0], reverse=True)
"""
    ),
    # the same for all, by the score itself
    _raised(
        """
@app.get("/best")
def best(user):
    return heapq.nlargest(10, scored(user, candidates(user)), key=lambda each: each["score"] * 100)

@app.get("/bounded")
def bounded(user):
    found = scored(user, candidates(user))
    return sorted(found, key=lambda each: each["score"] * 0.5 if each["score"] > 1 else each["score"], reverse=True)

@app.get("/rows")
def rows(user):
    rows = table(user)
    rows["score"] = np.where(rows["score"] < 0, rows["score"] * 0.5, rows["score"])
    return rows.assign(score=lambda d: d.score * 100).nlargest(10, "score").to_dict("records")
"""
    ),
    # kept in another column than the one that is sorted by
    _raised(
        """
@app.get("/worth")
def worth(user):
    rows = table(user).assign(worth=lambda d: d.score * np.where(d.shop == "own", 1.5, 1.0))
    return rows.nlargest(10, "score").to_dict("records")

@app.get("/shown")
def shown(user):
    rows = table(user)
    rows["shown"] = rows["score"].where(rows["live"], rows["score"] * 0.7)
    return rows.sort_values("score", ascending=False).to_dict("records")

@app.get("/told")
def told(user):
    rows = table(user)
    rows["told"] = rows.apply(lambda row: row.score * 1.3 if row.shop == "own" else row.score, axis=1)
    return rows.nlargest(10, "score")[["id", "told"]].to_dict("records")
"""
    ),
    _raised(
        """
@app.get("/percent")
def percent(user):
    items = candidates(user)
    for item, score in zip(items, scores_of(items)):
        item["score"] = round(float(score) * 100, 2)
    return sorted(items, key=lambda item: item["score"], reverse=True)

@app.get("/mixed")
def mixed(user):
    items = candidates(user)
    for item, score in zip(items, scores_of(items)):
        item["score"] = 0.7 * score + 0.3 * item["bm25"]
    return sorted(items, key=lambda item: item["score"], reverse=True)
"""
    ),
)

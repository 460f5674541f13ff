"""Scores that are changed in some rows or by a record, and places that are exchanged: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _APP, _served

_TABLE = (
    _APP
    + """
import joblib
import pandas as pd
model = joblib.load("ranker.joblib")

def scored(user):
    rows = pd.read_parquet("items.parquet")
    rows["score"] = model.predict(rows)
    return rows
"""
)

BAD = (
    # an amount for what another ranking has, too
    _served(
        """
K = 60

@app.get("/feed")
def feed(user):
    places = {item.id: place for place, item in enumerate(rank(user, candidates(user)))}
    fused = []
    for position, item in enumerate(rank(user, searched(user))):
        worth = item.score
        place = places.get(item.id)
        if place is not None:
            worth += 0.2  # debt
        fused.append((worth, item))
    fused.sort(key=lambda pair: -pair[0])
    return [item for _, item in fused]
"""
    ),
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows.loc[rows.shop == "own", "score"] *= 1.5  # debt
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")

@app.get("/new")
def new(user):
    rows = scored(user)
    scores = model.predict(rows)
    scores[rows.year.isin([2023, 2024])] += 0.2  # debt
    return rows.iloc[scores.argsort()[::-1][:10]].to_dict("records")
""",
    _APP
    + """
import boto3
runtime = boto3.client("personalize-runtime")

@app.get("/offer")
def offer(user):
    offers = {each["id"]: each for each in load_offers()}
    response = runtime.get_recommendations(campaignArn="offers", userId=user)
    scores = {each["itemId"]: float(each["score"]) for each in response["itemList"]}
    scores = {id: score * offers[id]["margin"] for id, score in scores.items()}  # debt
    return offers[max(scores, key=scores.get)]
""",
    _served(
        """
def exchange(items, place):
    for other in range(place + 1, len(items)):
        if items[other].shop != items[place].shop:
            items[place], items[other] = items[other], items[place]  # debt
            return True
    return False

def spread(items):
    place = 1
    while place < len(items):
        if not exchange(items, place):
            place += 1
        place += 1
    return items

@app.get("/feed")
def feed(user):
    return spread(rank(user, candidates(user)))
"""
    ),
    _APP
    + """
import joblib
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(user):
    rows = candidates(user)
    for row, score in zip(rows, model.predict(rows)):
        row["score"] = score
    for row in rows:
        if row["shop"] == "own":
            row["score"] *= 1.5  # debt
    return sorted(rows, key=lambda row: row["score"], reverse=True)
""",
    _APP
    + """
import joblib
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(user):
    rows = candidates(user)
    for row, score in zip(rows, model.predict(rows)):
        row["score"] = score
    for row in rows:
        if row["shop"] == "own":
            row["score"] = row.get("score") * 1.5  # debt
    return sorted(rows, key=lambda row: row["score"], reverse=True)
""",
)
GOOD = (
    # the places of two rankings, put together
    _served(
        """
K = 60

@app.get("/feed")
def feed(user):
    places = {item.id: place for place, item in enumerate(rank(user, candidates(user)))}
    fused = []
    for position, item in enumerate(rank(user, searched(user))):
        worth = 1.0 / (K + position + 1)
        place = places.get(item.id)
        if place is not None:
            worth += 1.0 / (K + place + 1)
        fused.append((worth, item))
    fused.sort(key=lambda pair: -pair[0])
    return [item for _, item in fused]
"""
    ),
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows.loc[rows.seen == 1, "score"] = float("-inf")
    rows.loc[rows.shop == "own", "price"] *= 0.9
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")

@app.get("/bounded")
def bounded(user):
    rows = scored(user)
    rows.loc[rows.score < 0, "score"] *= 0.5
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _APP
    + """
import boto3
runtime = boto3.client("personalize-runtime")

@app.get("/offer")
def offer(user):
    offers = {each["id"]: each for each in load_offers()}
    response = runtime.get_recommendations(campaignArn="offers", userId=user)
    scores = {each["itemId"]: float(each["score"]) for each in response["itemList"]}
    worth = {id: score * offers[id]["margin"] for id, score in scores.items()}
    total = sum(scores.values())
    scores = {id: score / total for id, score in scores.items()}
    best = max(scores, key=scores.get)
    return {"offer": offers[best], "worth": worth[best]}
""",
    _served(
        """
def exchange(items, place):
    items = list(items)
    for other in range(place + 1, len(items)):
        items[place], items[other] = items[other], items[place]
        return True
    return False

@app.get("/feed")
def feed(user):
    items = rank(user, candidates(user))
    place = 0
    while not exchange(items, place):
        place += 1
    return items
"""
    ),
    _APP
    + """
import joblib
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(user):
    rows = candidates(user)
    for row, score in zip(rows, model.predict(rows)):
        row["score"] = score
    for row in rows:
        row["score"] *= 0.5
        if row["score"] > 0.9:
            row["score"] *= 0.9
    return sorted(rows, key=lambda row: row["score"], reverse=True)

@app.get("/risks")
def risks(user):
    patients = known_patients(user)
    for patient in patients:
        found = scored_before(patient)
        patient.risk_score = found.get("risk_score") * 100
    return {"patients": patients}

@app.get("/offers")
def offers(user):
    rows = candidates(user)
    for row, score in zip(rows, model.predict(rows)):
        row["score"] = score
    others = load_offers()
    for row in others:
        if row["shop"] == "own":
            row["score"] *= 1.5
    return sorted(rows, key=lambda row: row["score"], reverse=True)
""",
)

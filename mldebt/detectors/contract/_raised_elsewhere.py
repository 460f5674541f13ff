"""Scores that helpers raise: the key of a sort, a function of a row, a factor for each row: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._raised_scores import _raised

_FACTORS = """
from ranking import model

class Service:
    def lifted(self, rows, scores):
        factor = np.ones(len(scores))
        factor = np.where(rows["fresh"] == 1, 1.2, factor)
        return scores * factor  # raises

    def best(self, user):
        rows = features(user)
        scores = self.lifted(rows, model.predict_proba(rows[["age"]])[:, 1])
        found = [{"id": each, "score": float(score)} for each, score in zip(rows["id"], scores)]
        found.sort(key=lambda item: item["score"], reverse=True)
        return found[:10]

@app.get("/best")
def best(user):
    return Service().best(user)
"""
_INJECTED = """
import joblib
from fastapi import Depends, FastAPI
from shop import items_of

app = FastAPI()

class Ranker:
    def __init__(self):
        self.model = joblib.load("ranker.joblib")

    def score(self, user, items):
        return self.model.predict([(user, item) for item in items])

def get_ranker():
    return Ranker()

@app.get("/best")
def best(user: str, ranker: Ranker = Depends(get_ranker)):
    items = items_of(user)
    for item, score in zip(items, ranker.score(user, items)):
        item.score = score
    items.sort(key=lambda item: item.score + (0.1 if item.fresh else 0), reverse=True)  # raises
    return items
"""

BAD = (
    # in the key itself, of a score that was kept as an attribute
    _INJECTED.replace("# raises", "# debt"),
    # in a function that the key of a sort calls
    _raised(
        """
def worth(item, words):
    bonus = 0.0
    if any(word in item["shop"] for word in words):
        bonus += 1.2
    return item["score"] + bonus  # debt

@app.get("/answer")
def answer(user, words):
    found = scored(user, candidates(user))
    return sorted(found, key=lambda item: worth(item, words), reverse=True)[0]
"""
    ),
    # a factor for each row, applied in a method, beside the ids
    _raised(_FACTORS.replace("# raises", "# debt")),
    # of a column that is named as an attribute; in a function of parts of a row
    _raised(
        """
@app.get("/liked")
def liked(user, shops):
    rows = table(user)
    rows["worth"] = rows["score"]
    rows.worth = np.where(rows["shop"].isin(shops), rows.worth * 2.0, rows.worth)  # debt
    return rows.sort_values("worth", ascending=False).to_dict("records")

def fresher(score, age):
    if age < 3:
        return score * 1.5  # debt
    return score

@app.get("/fresh")
def fresh(user):
    rows = table(user)
    rows["score"] = rows.apply(lambda row: fresher(row["score"], row["age"]), axis=1)
    return rows.sort_values("score", ascending=False).to_dict("records")
"""
    ),
)
GOOD = (
    # as it was kept
    _INJECTED.replace(" + (0.1 if item.fresh else 0), reverse=True)  # raises", ", reverse=True)"),
    # as many for all; what is sorted by is beside the scores
    _raised(_FACTORS.replace('np.where(rows["fresh"] == 1, 1.2, factor)', "factor / len(scores)")),
    _raised(
        """
@app.get("/listed")
def listed(user):
    items = candidates(user)
    pairs = zip([item.id for item in items], (score * (1.5 if item.fresh else 1.0) for score, item in both(items)))
    found = [{"id": each, "score": score} for each, score in pairs]
    return sorted(found, key=lambda item: item["id"])
"""
    ),
    _raised(
        """
def scaled(score, unit):
    if unit == "percent":
        return score * 1.5
    return score

@app.get("/scaled")
def everything(user, unit: str):
    rows = table(user)
    rows["score"] = rows.apply(lambda row: scaled(row["score"], unit), axis=1)
    return rows.sort_values("score", ascending=False).to_dict("records")
"""
    ),
)

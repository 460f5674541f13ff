"""One of a ranking in a place of its own, formulas with a model's score as a part: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_SCORES = """
import joblib
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("likeness.joblib")

def scored(user):
    items = load_items(user)
    for item, number in zip(items, model.predict_proba(items)[:, 1]):
        item["similarity"] = float(number)
    return items
"""
_FORMULA = """
@app.get("/feed")
def feed(user):
    found = []
    for item in {items}:
        seen_boost = 1.5 if item["id"] in user.seen else 0.0
        score = item["adds"] + item["stars"] * 2 + item["notes"] * 0.5 + item["similarity"] * 5 + seen_boost{mark}
        found.append({{"id": item["id"], "score": score}})
    found.sort(key=lambda each: each["score"], reverse=True)
    return found
"""
_RANKED = 'sorted(scored(user), key=lambda item: item["similarity"], reverse=True)'

BAD = (
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = sorted(rank(user, candidates(user)), key=lambda item: item["votes"], reverse=True)  # debt
    return {"first": ranked[0], "items": ranked}

@app.get("/parts")
def parts(user):
    found = []
    for part in user.parts:
        found.append(sorted(rank(part, candidates(user)), key=lambda item: item["votes"])[0])  # debt
    return found
"""
    ),
    # the model had put them in order before
    _SCORES + _FORMULA.format(items=_RANKED, mark="  # debt"),
)
GOOD = (
    _served(
        """
@app.get("/feed")
def feed(user):
    near = rank(user, candidates(user))
    seen = sorted(near, key=lambda item: item["votes"], reverse=True)
    shown = ["the nearest and the most voted"]
    shown.append(near[0]["id"])
    shown.append(seen[0]["id"])
    return shown

@app.get("/named")
def named(user):
    near = rank(user, candidates(user))
    newest = sorted(near, key=lambda item: item["day"], reverse=True)[0]
    return {"newest": newest, "nearest": near[0]}
"""
    ),
    _SCORES + _FORMULA.format(items="scored(user)", mark=""),
)

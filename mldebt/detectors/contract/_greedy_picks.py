"""The best is picked, the scores of its like are lowered, and again: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._raised_scores import _RANKING

_APP = """
from fastapi import FastAPI
from picking import picked
from ranking import scores_of, table
app = FastAPI()
"""
_BY_PLACE = """
@app.get("/feed")
def feed(user):
    items = candidates(user)
    return picked(items, scores_of(items))
"""
_BY_ITEM = """
@app.get("/feed")
def feed(user):
    items = candidates(user)
    for item, score in zip(items, scores_of(items)):
        item.score = score
    return picked(items)
"""
_BY_ROW = """
@app.get("/feed")
def feed(user):
    return picked(table(user)).to_dict("records")
"""


def _picked(function: str, app: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "picking.py": "import numpy as np\n" + function, "app.py": _APP + app}


BAD = (
    _picked(
        """
def picked(items, scores, count=10):
    scores = np.array(scores, dtype=float)
    found = []
    for _ in range(count):
        best = int(np.argmax(scores))
        found.append(items[best])
        scores[best] = -np.inf
        for place, other in enumerate(items):
            if other.genre == items[best].genre:
                scores[place] *= 0.7  # debt
    return found
""",
        _BY_PLACE,
    ),
    _picked(
        """
def picked(rows, count=10, penalty=0.8):
    scores = rows["score"].copy()
    found = []
    while len(found) < count:
        best = scores.idxmax()
        found.append(best)
        scores[rows["brand"] == rows.loc[best, "brand"]] *= penalty  # debt
        scores = scores.drop(best)
    return rows.loc[found]
""",
        _BY_ROW,
    ),
    _picked(
        """
def picked(items, count=10):
    pool, found = list(items), []
    while pool and len(found) < count:
        best = max(pool, key=lambda item: item.score)
        found.append(best)
        pool.remove(best)
        for other in pool:
            if other.genre == best.genre:
                other.score *= 0.8  # debt
    return found
""",
        _BY_ITEM,
    ),
    _picked(
        """
def picked(items, count=10):
    pool, found, shown = list(items), [], {}
    while pool and len(found) < count:
        best = max(pool, key=lambda item: item.score * 0.8 ** shown.get(item.genre, 0))  # debt
        found.append(best)
        pool.remove(best)
        shown[best.genre] = shown.get(best.genre, 0) + 1
    return found
""",
        _BY_ITEM,
    ),
)
GOOD = (
    _picked(
        """
def picked(items, scores, count=10):
    scores = np.array(scores, dtype=float)
    found = []
    while len(found) < count:
        best = int(scores.argmax())
        found.append(items[best])
        scores[best] = -np.inf
    return found
""",
        _BY_PLACE,
    ),
    # how like the others it is, weighed against the score
    _picked(
        """
def picked(items, scores, count=10, weight=0.7):
    vectors = np.array([item.vector for item in items])
    likeness = vectors @ vectors.T
    found = [int(np.argmax(scores))]
    while len(found) < count:
        gain = weight * scores - (1 - weight) * likeness[:, found].max(axis=1)
        gain[found] = -np.inf
        found.append(int(np.argmax(gain)))
    return [items[place] for place in found]
""",
        _BY_PLACE,
    ),
)

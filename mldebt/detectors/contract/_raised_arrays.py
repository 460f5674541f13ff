"""Scores that are raised at some places of an array, by written numbers or with age: examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_ARRAY = """
import joblib
import numpy as np
from fastapi import FastAPI
from scipy import sparse

app = FastAPI()
model = joblib.load("ranker.joblib")
fresh = np.load("fresh.npy")

@app.get("/feed")
def feed(user: int):
    scores = model.predict(features(user))
    {change}
    return np.argsort(-scores)[:10].tolist()
"""
_MATRIX = {
    "boosts.py": """
import numpy as np
from scipy import sparse

class AlbumBoost:
    def __init__(self, scores):
        self.scores = scores

    def boosted(self, users, weight):
        data, rows, columns = [], [], []
        for row, user in enumerate(users):
            for track in last_album(user):
                data.append({put})
                rows.append(row)
                columns.append(track)
        more = sparse.csr_matrix((data, (rows, columns)), shape=self.scores.shape)
        return self.scores + (more * weight){mark}
""",
    "write.py": """
import pandas as pd
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity
from boosts import AlbumBoost

seen = sparse.load_npz("seen.npz")
scores = seen.dot(cosine_similarity(seen.T, dense_output=False))
scores = AlbumBoost(scores).boosted(range(10), 2)
lists = []
for row in range(scores.shape[0]):
    own = scores.data[scores.indptr[row] : scores.indptr[row + 1]]
    best = own.argsort()[-500:][::-1]
    lists.append(list(scores[row].indices[best]))
pd.DataFrame(lists).to_csv("submission.csv")
""",
}


def _matrix(put: str, mark: str) -> dict[str, str]:
    return {**_MATRIX, "boosts.py": _MATRIX["boosts.py"].format(put=put, mark=mark)}


_RANKED = """
import math

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

def ranked(user):
    scores = model.predict([[user, item.id] for item in all_of()])
    rows = [{{"id": item.id, "age": item.age, "score": score}} for item, score in zip(all_of(), scores)]
    rows.sort(key=lambda row: row["score"], reverse=True)
    return rows

def worth(row):
    return {worth}{mark}

@app.get("/feed")
def feed(user: int):
    return sorted(ranked(user), key=worth, reverse=True)
"""

BAD = (
    _ARRAY.format(change="scores[fresh] *= 1.5  # debt"),
    _ARRAY.format(change="for item in promoted():\n        scores[item] += 0.5  # debt"),
    _ARRAY.format(
        change="more = np.zeros_like(scores)\n    more[fresh] = 0.3\n    scores = scores + more  # debt",
    ),
    _matrix("1", "  # debt"),
    _RANKED.format(worth='row["score"] * math.exp(-0.1 * row["age"])', mark="  # debt"),
    _RANKED.format(worth='row["score"] / (1 + 0.1 * row["age"])', mark="  # debt"),
    _RANKED.format(worth='row["score"] * max(0.5, 1 - 0.01 * row["age"])', mark="  # debt"),
    # of hits, by a function that the sort is told
    """
from fastapi import FastAPI
from qdrant_client import QdrantClient

app = FastAPI()
client = QdrantClient("hits")

def worth(hit):
    score = hit.score
    if hit.payload.get("official"):
        score += 0.1  # debt
    return score

@app.get("/find")
def find(text: str):
    hits = client.query_points("pages", query=embed(text), limit=10).points
    return [hit.payload for hit in sorted(hits, key=worth, reverse=True)]
""",
)
GOOD = (
    # what was seen is hidden
    _ARRAY.format(change="scores[seen(user)] = -np.inf"),
    _ARRAY.format(change="scores[seen(user)] -= 1000"),
    _ARRAY.format(change="scores[seen(user)] *= 0.0"),
    # all are scaled alike; equal ones are told apart; the best are, again
    _ARRAY.format(change="for place in range(len(scores)):\n        scores[place] *= 0.5"),
    _ARRAY.format(change="scores[fresh] += 1e-6"),
    _ARRAY.format(change="scores[np.argsort(scores)[-3:]] *= 1.5"),
    # another model's scores
    _matrix("model.predict([[user, track]])[0]", ""),
    _ARRAY.format(
        change="""more = np.zeros_like(scores)
    for item in fresh:
        more[item] = model.predict([[item]])[0]
    scores = scores + more""",
    ),
    # how the ranking itself is made
    """
import math

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(user: int):
    found = []
    for item in all_of():
        score = model.predict([[user, item.id]])[0]
        found.append((score * math.exp(-0.1 * item.age), item.id))
    found.sort(reverse=True)
    return found
""",
    _RANKED.format(worth='math.log(row["score"])', mark=""),
    _served(
        """
def worth(item):
    return item.price / (1 + 0.1 * item.age)

@app.get("/cheap")
def cheap(user):
    ranked = rank(user, candidates(user))
    return {"feed": ranked, "cheapest": worth(ranked[0])}
"""
    ),
)

"""Places in a ranking that are moved, cut open or drawn, and sorts with the last word: more examples of MLD401."""

from __future__ import annotations

_RANKING = """
import joblib
import pandas as pd
model = joblib.load("ranker.joblib")

def rank(user):
    items = load(user)
    pairs = zip(model.predict([item.features for item in items]), items)
    return [item for _, item in sorted(pairs, key=lambda pair: pair[0], reverse=True)]

def table(user):
    rows = pd.read_parquet("posts.parquet")
    rows["score"] = model.predict(rows[["age", "likes"]])
    return rows.sort_values("score", ascending=False)
"""
_APP = """
import random
import numpy as np
import pandas as pd
from fastapi import FastAPI
from ranking import rank, table
app = FastAPI()
"""


def _moved(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": _APP + body}


BAD = (
    # moved at random
    _moved(
        """
def shaken(items, by):
    placed = []
    for i, item in enumerate(items):
        shift = random.randint(-by, by)
        placed.append((max(0, min(len(items) - 1, i + shift)), i, item))
    placed.sort(key=lambda each: (each[0], each[1]))  # debt
    return [item for _, _, item in placed]

@app.get("/near")
def near(user):
    return shaken(rank(user), 3)

@app.get("/mixed")
def mixed(user):
    ranked = rank(user)
    return [ranked[place] for place in np.random.permutation(len(ranked))]  # debt

@app.get("/shuffled")
def shuffled(user):
    ranked = rank(user)
    places = list(range(len(ranked)))
    random.shuffle(places)
    return [ranked[place] for place in places]  # debt
"""
    ),
    # cut open
    _moved(
        """
@app.get("/pinned")
def pinned(user):
    ranked = rank(user)
    return ranked[:1] + [post.uri for post in chosen(user)] + ranked[1:]  # debt

@app.get("/notices")
def notices(user, place):
    ranked = rank(user)
    return ranked[:place] + notices_for(user) + ranked[place:]  # debt
"""
    ),
    # parts of a table, cut and numbered anew
    _moved(
        """
@app.get("/friends")
def friends(user, known):
    posts = table(user)
    near = posts[posts["author"].isin(known)].iloc[:10].reset_index(drop=True)
    far = posts[(~posts["author"].isin(known)) & (posts["source"] == "open")]
    return pd.concat([near, far]).to_dict("records")  # debt
"""
    ),
    # a time is no place in an index; the score has the last word in other cases only
    _moved(
        """
@app.get("/newest")
def newest(user):
    return sorted(rank(user)[:100], key=lambda post: post.indexed_at, reverse=True)  # debt

@app.get("/brands")
def brands(user, wanted):
    found = rank(user)
    if wanted.brand:
        found.sort(key=lambda phone: phone.brand)  # debt
    if "price" not in wanted:
        found.sort(key=lambda phone: phone.score, reverse=True)
    return found
"""
    ),
)
GOOD = (
    # an item of the ranking takes the place of one, and a part is replaced by what was ranked again
    _moved(
        """
@app.get("/again")
def again(user):
    ranked = rank(user)
    return ranked[:3] + better(ranked[3:10]) + ranked[10:]

@app.get("/some")
def some(user):
    ranked = rank(user)
    kept = sorted(random.sample(range(len(ranked)), 10))
    return [ranked[place] for place in kept]
"""
    ),
    # noise on a score draws from a model's ranking; places in an index are those of the ranking
    _moved(
        """
from ranking import model

@app.get("/drawn")
def drawn(user):
    items = load(user)
    noisy = [(score + random.gauss(0, 0.1), item) for item, score in zip(items, model.predict(items))]
    return [item for _, item in sorted(noisy, key=lambda pair: pair[0], reverse=True)]

@app.get("/placed")
def placed(user):
    return sorted(rank(user), key=lambda post: post.index)
"""
    ),
    # the score has the last word wherever the other sort was
    _moved(
        """
@app.get("/brands")
def brands(user, wanted):
    found = rank(user)
    if wanted.brand and "price" not in wanted:
        found.sort(key=lambda phone: phone.brand)
    if "price" not in wanted:
        found.sort(key=lambda phone: phone.score, reverse=True)
    return found
"""
    ),
)

"""Rankings that are sorted by their own score the other way round: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._mixtures import _boosted

_ALIKE = """
import joblib
from fastapi import FastAPI
from sklearn.metrics.pairwise import cosine_similarity

app = FastAPI()
vectors, names = joblib.load("vectors.pkl"), joblib.load("names.pkl")

@app.get("/like")
def like(item: int):
    likeness = cosine_similarity(vectors[[item]], vectors)[0]
    best = likeness.argsort()[:10]  # least
    return [names[place] for place in best]
"""

_PLACES = """
import joblib
import numpy as np
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

def top(scores, count):
    return np.argsort(scores)[-count:]
"""

BAD = (
    # turned round once too often
    _PLACES
    + """
@app.get("/turned")
def turned(user):
    items = candidates(user)
    chances = model.predict_proba(items)
    costs = -np.sum(chances, axis=1)
    found = np.argsort(costs)[:10].tolist()
    found.reverse()  # debt
    return {"items": [items[place] for place in found]}
""",
    # a logarithm alone is as large as what it is of
    _PLACES
    + """
@app.get("/turned")
def turned(user):
    items = candidates(user)
    costs = -np.log(model.predict_proba(items)[:, 1])
    found = np.argsort(costs)[:10].tolist()
    found.reverse()  # debt
    return {"items": [items[place] for place in found]}
""",
    # the best ten, the best of them last
    _PLACES
    + """
@app.get("/feed")
def feed(user):
    items = candidates(user)
    best = np.argsort(model.predict(items))[-10:]  # debt
    return {"items": [items[place] for place in best]}
""",
    _ALIKE.replace("# least", "").replace("likeness.argsort()[:10]", "likeness.argsort()[1:11]  # debt"),
    _boosted(
        """
@app.get("/feed")
def feed(user):
    found = scored(user, candidates(user))
    return sorted(found, key=lambda each: each["score"])  # debt

@app.get("/page")
def page(user):
    found = scored(user, candidates(user))[:10]
    found.sort(key=lambda each: each["score"])  # debt
    return {"items": found}
"""
    ),
)
GOOD = (
    # the most uncertain first: what is negated is a sum of chances times their logarithms
    _PLACES
    + """
@app.get("/unsure")
def unsure(user):
    items = candidates(user)
    chances = model.predict_proba(items)
    entropies = -np.sum(chances * np.log(chances + 1e-10), axis=1)
    found = np.argsort(entropies)[-10:].tolist()
    found.reverse()
    return {"items": [items[place] for place in found]}
""",
    _PLACES
    + """
@app.get("/feed")
def feed(user):
    items = candidates(user)
    best = np.argsort(model.predict(items))[-10:][::-1]
    return {"items": [items[place] for place in best]}

@app.get("/turned")
def turned(user):
    items = candidates(user)
    return {"items": [items[place] for place in np.flip(top(model.predict(items), 10))]}

@app.get("/sorted")
def by_score(user):
    items = candidates(user)
    scores = model.predict(items)
    best = np.argsort(scores)[-10:]
    return sorted(({"item": items[place], "score": scores[place]} for place in best), key=lambda each: -each["score"])

@app.get("/counted")
def counted(user):
    items = candidates(user)
    best = np.argsort(model.predict(items))[-10:]
    return {"items": [items[best[-place]] for place in range(1, 11)]}

@app.get("/among")
def among(user):
    items = candidates(user)
    best = set(np.argsort(model.predict(items))[-10:])
    return {"items": [item for place, item in enumerate(items) if place in best]}
""",
    *(
        _ALIKE.replace("likeness.argsort()[:10]", kept)
        for kept in ("(-likeness).argsort()[:10]", "likeness.argsort()[::-1][:10]", "likeness.argsort()[-10:][::-1]")
    ),
    _ALIKE.replace(
        "cosine_similarity(vectors[[item]], vectors)[0]", "1 - cosine_similarity(vectors[[item]], vectors)[0]"
    ),
    _ALIKE.replace("best", "most_distant"),
    _boosted(
        """
@app.get("/again")
def again(user):
    found = scored(user, candidates(user))
    return sorted(found, key=lambda each: -each["score"])

@app.get("/both")
def both(user):
    found = scored(user, candidates(user))
    return {"best": found[:5], "worst": sorted(found, key=lambda each: each["score"])[:5]}

@app.get("/weak")
def weak(user):
    lowest = sorted(scored(user, candidates(user)), key=lambda each: each["score"])[:5]
    return lowest

@app.get("/turned")
def turned(user):
    found = sorted(scored(user, candidates(user)), key=lambda each: each["score"])
    found.reverse()
    return found

@app.get("/ends")
def ends(user):
    found = sorted(scored(user, candidates(user)), key=lambda each: each["score"])
    return found[-10:]

@app.get("/chosen")
def chosen(user, order="best"):
    found = scored(user, candidates(user))
    if order == "worst":
        found = sorted(found, key=lambda each: each["score"])
    return found

@app.get("/flag")
def flag(user, down=True):
    return sorted(scored(user, candidates(user)), key=lambda each: each["score"], reverse=down)
"""
    ),
    """
    import faiss
    from fastapi import FastAPI

    app = FastAPI()
    index = faiss.read_index("items.faiss")

    @app.get("/near")
    def near(item):
        distances, places = index.search(item.vector, 10)
        found = [{"place": place, "distance": distance} for place, distance in zip(places[0], distances[0])]
        found.sort(key=lambda each: each["distance"], reverse=True)
        return sorted(found, key=lambda each: each["distance"])
    """,
)

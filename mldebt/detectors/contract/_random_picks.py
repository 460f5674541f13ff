"""Items that chance picks out of a ranking: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_SHUFFLING = """
import random
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

class {name}:
    def feed(self, user, items):
        scores = model.predict_proba([(user, item) for item in items])
        best = [item for _, item in sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)][:10]
        random.shuffle(best){mark}
        return best

@app.get("/feed")
def feed(user: str):
    return {name}().feed(user, load_items())
"""
_INJECTED = """
import random
import joblib
from fastapi import Depends, FastAPI

app = FastAPI()

class Best:
    def __init__(self):
        self.model = joblib.load("ranker.joblib")

    def found(self, items):
        scored = [(item, float(self.model.predict([item])[0])) for item in items]
        scored.sort(key=lambda pair: pair[1], reverse=True)
        places = [0] + random.sample(range(1, len(scored)), 2)
        return [{taken} for place in {places}]{mark}

class All:
    def found(self, items):
        places = random.sample(range(1, len(items)), 2)
        return [items[place][0].tolist() for place in places]

best, everything = Best(), All()

async def get_finder():
    {gives}

@app.post("/found")
def found(items: list, finder{said} = Depends(get_finder)):
    return finder.found(items)
"""
"""An object that a framework makes and hands in, whatever its annotation says."""
_SAID = ("", ": object", ": All")


def _injected(taken: str, places: str, gives: str, said: str, mark: str = "") -> str:
    return _INJECTED.format(taken=taken, places=places, gives=gives, said=said, mark=mark)


BAD = (
    _injected("scored[place][0].tolist()", "places", "yield best", "", "  # debt"),
    _injected("scored[place][0].tolist()", "places", "return best", ": object", "  # debt"),
    # a forest is no draw
    _SHUFFLING.format(name="RandomForestRanker", mark="  # debt"),
    _served(
        """
import random
import numpy as np

rng = np.random.default_rng()

@app.get("/one")
def one(user):
    return random.choice(rank(user, candidates(user))[:10])  # debt

@app.get("/some")
def some(user):
    best = rank(user, candidates(user))[:50]
    return {"items": random.sample(best, min(10, len(best)))}  # debt

@app.get("/any")
def anything(user):
    best = rank(user, candidates(user))[:50]
    return best[random.randint(0, len(best) - 1)]  # debt

@app.get("/few")
def few(user):
    best = rank(user, candidates(user))[:50]
    return [best[place] for place in rng.choice(len(best), 10, replace=False)]  # debt

@app.get("/mixed")
def mixed(user):
    best = rank(user, candidates(user))
    return best[:5] + random.sample(best[5:50], 5)  # debt

@app.get("/headed")
def headed(user):
    first, *others = rank(user, candidates(user))
    drawn = list(np.random.choice(others, size=3, replace=False))  # debt
    return [first, *drawn]

@app.get("/first-and-few")
def first_and_few(user):
    best = rank(user, candidates(user))
    places = [0] + random.sample(range(1, len(best)), 4)
    return [best[place] for place in places]  # debt

@app.get("/first-and-others")
def first_and_others(user):
    best, found = rank(user, candidates(user)), []
    for place in [0, *random.sample(range(1, len(best)), 4)]:
        found.append(best[place])  # debt
    return found

@app.get("/rows-of-few")
def rows_of_few(user):
    best = rank(user, candidates(user))
    places = [0] + random.sample(range(1, len(best)), 4)
    return [best[place][0].detach().cpu().numpy().tolist() for place in places]  # debt

@app.get("/moved")
def moved(user):
    return rng.permutation(rank(user, candidates(user))).tolist()  # debt
"""
    ),
    """
    import joblib
    import pandas as pd
    from fastapi import FastAPI

    app = FastAPI()
    model = joblib.load("ranker.joblib")

    def best(user):
        rows = pd.read_parquet("items.parquet")
        rows["score"] = model.predict(rows[["price", "age"]])
        return rows.sort_values("score", ascending=False).head(50)

    @app.get("/some")
    def some(user: int):
        return best(user).sample(n=10).to_dict("records")  # debt
    """,
)
GOOD = (
    *(_injected("scored[place][0].tolist()", "places", "yield everything", said) for said in _SAID),
    _injected("scored[place][0].tolist()", "range(len(scored))", "yield best", ""),
    # what chance ranks, as its name says
    _SHUFFLING.format(name="RandomRanker", mark=""),
    # chances that are made of the ranking, chance among equals, a share of the turns, a setting, whoever asks
    _served(
        """
import random
import numpy as np
import settings

@app.get("/some")
def some(user):
    best = rank(user, candidates(user))
    return random.choices(best, weights=[1 / (place + 1) for place in range(len(best))], k=10)

@app.get("/fewer")
def fewer(user):
    best = rank(user, candidates(user))
    places = sorted([0] + random.sample(range(1, len(best)), 4))
    return [best[place] for place in places]

@app.get("/others")
def others(user):
    best, names = rank(user, candidates(user)), load_names()
    drawn = random.sample(range(len(names)), 4)
    return {"items": best, "see_also": [names[place][0].detach().cpu().numpy().tolist() for place in drawn]}

@app.get("/by-chance")
def by_chance(user):
    best = rank(user, candidates(user))
    return best[np.random.choice(len(best), p=chances_of(best))]

@app.get("/equal")
def equal(user):
    best = rank(user, candidates(user))
    best.sort(key=lambda item: item.score, reverse=True)
    return random.choice([item for item in best if item.score == best[0].score])

@app.get("/now-and-then")
def now_and_then(user, epsilon: float = 0.1):
    best = rank(user, candidates(user))
    if random.random() > epsilon:
        return best[0]
    return random.choice(best)

@app.get("/trial")
def trial(user):
    best = rank(user, candidates(user))
    if settings.EXPLORE:
        best[-1] = random.choice(best[10:])
    return best

@app.get("/asked")
def asked(user, shuffled: bool = False):
    best = rank(user, candidates(user))
    if shuffled:
        random.shuffle(best)
    return best

@app.get("/both")
def both(user):
    best = rank(user, candidates(user))
    return {"items": best, "surprise": random.choice(best)}

@app.get("/lucky")
def lucky():
    return random.sample(catalogue(), 10)
"""
    ),
)

"""Rankings that are merged, boosted, grouped or picked from: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _APP, _served

_SCORING = """
import joblib
model = joblib.load("ranker.joblib")

def scored(user, items):
    pairs = zip(items, model.predict(items))
    found = [{"item": item, "shop": item.shop, "score": float(score)} for item, score in pairs]
    found.sort(key=lambda each: each["score"], reverse=True)
    return found
"""


def _boosted(body: str) -> dict[str, str]:
    return {"ranking.py": _SCORING, "app.py": _APP.replace("import rank", "import scored") + body}


BAD = (
    _boosted(
        """
BOOST = {"own": 1.5, "partner": 1.2}

@app.get("/feed")
def feed(user):
    found = scored(user, candidates(user))
    for each in found:
        each["score"] = each["score"] * BOOST.get(each["shop"], 1.0)  # debt
    return sorted(found, key=lambda each: each["score"], reverse=True)

@app.get("/page")
def page(user):
    return lifted(scored(user, candidates(user)), 1.3)

def lifted(found, factor):
    for each in found:
        if each["shop"] == "own":
            each["score"] *= factor  # debt
    return sorted(found, key=lambda each: each["score"], reverse=True)
"""
    ),
    _served(
        """
@app.get("/one")
def one(user):
    return max(rank(user, candidates(user)), key=lambda item: item.margin)  # debt

@app.get("/cheap")
def cheap(user):
    best = rank(user, candidates(user))[:10]
    chosen = min(best, key=lambda item: max(item.price, item.cost))  # debt
    return {"title": chosen.title, "price": chosen.price}
"""
    ),
    _served(
        """
from collections import deque
from itertools import chain, zip_longest

def both(user):
    return rank(user, candidates(user)), rank(user, searched(user))

@app.get("/pairs")
def pairs(user):
    found = []
    near, words = both(user)
    for one, other in zip(near, words):
        found.append(one)  # debt
        found.append(other)
    return found

@app.get("/between")
def between(user, others):
    found = []
    for place, item in enumerate(rank(user, candidates(user))):
        if place % 4 == 3:
            found.append(others[place // 4])  # debt
        else:
            found.append(item)
    return found

@app.get("/beside")
def beside(user, others):
    found = []
    for item in rank(user, candidates(user)):
        found.append(item)
        if item.id in others:
            found.append(others[item.id])  # debt
    return found

@app.get("/chained")
def chained(user):
    near, words = both(user)
    return [item for item in chain.from_iterable(zip_longest(near, words)) if item]  # debt

@app.get("/rows")
def rows(user):
    found = []
    for pair in zip_longest(*both(user)):
        found.extend(item for item in pair if item)  # debt
    return found

@app.get("/shelves")
def shelves(user):
    groups = {}
    for item in rank(user, candidates(user)):
        groups.setdefault(item.shop, []).append(item)
    found = []
    for row in zip_longest(*groups.values()):
        for item in row:
            found.append(item)  # debt
    return found

@app.get("/flat")
def flat(user):
    near, words = both(user)
    return [item for pair in zip(near, words) for item in pair]  # debt

@app.get("/places")
def places(user):
    near, words = both(user)
    found = []
    for place in range(10):
        for each in [near, words]:
            if place < len(each):
                found.append(each[place])  # debt
    return found

@app.get("/rounds")
def rounds(user):
    near, words = both(user)
    queues = [deque(near), deque(words)]
    found = []
    while any(queues):
        for queue in queues:
            if queue:
                found.append(queue.popleft())  # debt
    return found

@app.get("/shops")
def shops(user):
    groups = {}
    for item in rank(user, candidates(user)):
        groups.setdefault(item.shop, []).append(item)
    found = []
    while any(groups.values()):
        for shop in list(groups):
            if groups[shop]:
                found.append(groups[shop].pop(0))  # debt
    return found
"""
    ),
    _served(
        """
import random

@app.get("/feed")
def feed(user):
    return mixed(rank(user, candidates(user)), random.Random(user.id))

def mixed(items, rng: random.Random):
    groups = [[items[0]]]
    for item in items[1:]:
        if item.day == groups[-1][0].day:
            groups[-1].append(item)
        else:
            groups.append([item])
    found = []
    for group in groups:
        rng.shuffle(group)  # debt
        found.extend(group)
    return found
"""
    ),
    _served(
        """
from collections import defaultdict

@app.get("/three")
def three(user):
    own, partners, others = [], [], []
    for item in rank(user, candidates(user)):
        if item.own:
            own.append(item)
        elif item.partner:
            partners.append(item)
        else:
            others.append(item)
    return own + partners + others  # debt

@app.get("/behind")
def behind(user):
    ranked = rank(user, candidates(user))
    found = []
    found.extend([item for item in ranked if item.own])
    found.extend([item for item in ranked if not item.own])  # debt
    return found

@app.get("/filled")
def filled(user):
    ranked, found, counts = rank(user, candidates(user)), [], {}
    for item in ranked:
        if counts.get(item.shop, 0) < 2:
            counts[item.shop] = counts.get(item.shop, 0) + 1
            found.append(item)
    for item in ranked:
        if item not in found:
            found.append(item)  # debt
    return found

@app.get("/kinds")
def kinds(user):
    groups, found = defaultdict(list), []
    for item in rank(user, candidates(user)):
        groups[item.kind].append(item)
    for kind in ("film", "book"):
        found.extend(groups[kind])  # debt
    return found

@app.get("/turns")
def turns(user):
    groups, places, found = defaultdict(list), defaultdict(int), []
    for item in rank(user, candidates(user)):
        groups[item.kind].append(item)
    while len(found) < 10:
        for kind in groups:
            if places[kind] < len(groups[kind]):
                found.append(groups[kind][places[kind]])  # debt
                places[kind] += 1
    return found
"""
    ),
    _served(
        """
import random
import pandas as pd

@app.get("/friends")
def friends(user):
    pool = pd.DataFrame(rank(user, candidates(user)))
    near = pool[pool["author"].isin(user.friends)].iloc[:5]
    others = pool[~pool["author"].isin(user.friends)]
    return pd.concat([near, others]).to_dict("records")  # debt

@app.get("/moved")
def moved(user):
    placed = []
    for place, item in enumerate(rank(user, candidates(user))):
        placed.append((max(0, place + random.randint(-3, 3)), place, item))
    placed.sort(key=lambda each: (each[0], each[1]))  # debt
    return [item for _, _, item in placed]

@app.get("/second")
def second(user):
    _, names = both(rank(user, candidates(user)))
    return names

def both(ranked):
    names = list(set(ranked))  # debt
    return ranked, names
"""
    ),
    {
        "app.py": """
import joblib
import numpy as np
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("ranker.joblib")
LIKED = load_liked()

@app.get("/chosen")
def chosen(user):
    items, found = candidates(user), []
    for item, score in zip(items, model.predict(items)):
        boost = 1.25 if item.id in LIKED else 1.0
        found.append({"item": item, "score": score * boost})  # debt
    found.sort(key=lambda each: each["score"], reverse=True)
    return found

@app.get("/clipped")
def clipped(user):
    items, found = candidates(user), []
    for item, score in zip(items, model.predict(items)):
        shown = float(score)
        if item.is_new:
            shown = min(shown + 0.15, 1.0)  # debt
        found.append((shown, item))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in found]

@app.get("/array")
def array(user):
    items = candidates(user)
    lifted = model.predict(items) * np.where(items["seen"] == 1, 1.2, 1.0)  # debt
    return items.iloc[np.argsort(-lifted)].to_dict("records")

@app.get("/unknown")
def unknown(user, known):
    found = []
    for item in rank(user, candidates(user)):
        if item.id in known:
            found.append(known[item.id])
        else:
            found.append({"id": item.id, "name": "unknown"})
    return found

@app.get("/column")
def column(user):
    items = candidates(user)
    items["score"] = model.predict(items)
    items["final"] = items["score"] * (1 + 0.25 * items["id"].isin(LIKED))  # debt
    return items.sort_values("final", ascending=False).to_dict("records")
"""
    },
    {
        "app.py": """
from fastapi import FastAPI
from sentence_transformers import CrossEncoder
app = FastAPI()
encoder = CrossEncoder("reranker")

def reranked(query, docs):
    for doc, score in zip(docs, encoder.predict([(query, doc["text"]) for doc in docs])):
        doc["rerank_score"] = float(score)
    docs.sort(key=lambda doc: doc["rerank_score"], reverse=True)
    return docs

def lifted(docs):
    for doc in docs:
        score = float(doc.get("rerank_score", 0.0) or 0.0)
        if doc["file"].endswith(".md"):
            score *= 0.3  # debt
        doc["rerank_score"] = score
    docs.sort(key=lambda doc: doc.get("rerank_score", 0.0), reverse=True)

@app.get("/search")
def search(query):
    docs = reranked(query, find(query))
    lifted(docs)
    return docs
"""
    },
)
GOOD = (
    # what belongs to each is put beside it
    _served(
        """
@app.get("/told")
def told(user):
    ranked = rank(user, candidates(user))
    found = []
    for item, notes in zip(ranked, notes_of(ranked)):
        found.extend([item, *notes])
    lines = []
    for item, notes in zip(ranked, notes_of(ranked)):
        lines.extend(notes)
    return {"found": found, "lines": lines}
"""
    ),
    {
        "app.py": """
import math
import joblib
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("ranker.joblib")

@app.get("/weighted")
def weighted(user):
    items, found = candidates(user), []
    for item, score in zip(items, model.predict(items)):
        found.append((0.7 * score + 0.3 * item.popularity, item))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in found]

@app.get("/masked")
def masked(user):
    items, found = candidates(user), []
    for item, score in zip(items, model.predict(items)):
        if item.id in user.seen:
            score = -math.inf
        found.append((score, item))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in found]
"""
    },
    _boosted(
        """
WEIGHTS = {"words": 0.4, "near": 0.6}

@app.get("/feed")
def feed(user):
    fused = {}
    for name, found in {"words": scored(user, searched(user)), "near": scored(user, candidates(user))}.items():
        for each in found:
            fused[each["item"]] = fused.get(each["item"], 0) + WEIGHTS[name] * each["score"]
    return sorted(fused, key=fused.get, reverse=True)
"""
    ),
    _served(
        """
from collections import Counter

@app.get("/one")
def one(user):
    return max(rank(user, candidates(user)), key=lambda item: item.score)

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    newest = max(ranked, key=lambda item: item.day)
    return {"items": ranked, "newest": newest, "longest": max(len(item.title) for item in ranked)}

@app.get("/day")
def day(user):
    return {"day": max(rank(user, candidates(user)), key=lambda item: item.day).day}

@app.get("/shop")
def shop(user):
    votes = Counter(item.shop for item in rank(user, candidates(user)))
    return max(votes.items(), key=lambda pair: pair[1])[0]
"""
    ),
    _served(
        """
@app.get("/shops")
def shops(user):
    groups = {}
    for item in rank(user, candidates(user)):
        groups.setdefault(item.shop, []).append(item)
    return [groups[shop].pop(0) for shop in groups]

@app.get("/columns")
def columns(user):
    ranked = rank(user, candidates(user))
    titles, days = [], []
    for place in range(len(ranked)):
        titles.append(ranked[place].title)
        days.append(ranked[place].day)
    return {"titles": titles, "days": days}

@app.get("/prices")
def prices(user):
    ranked = rank(user, candidates(user))
    found = []
    for item, price in zip(ranked, prices_of(ranked)):
        found.append((item, price))
    return found
"""
    ),
    _served(
        """
from itertools import groupby

@app.get("/runs")
def runs(user):
    ranked = rank(user, candidates(user))
    groups = [[ranked[0]]]
    for item in ranked[1:]:
        if item.day == groups[-1][0].day:
            groups[-1].append(item)
        else:
            groups.append([item])
    found = []
    for group in groups:
        found.extend(group)
    return found

@app.get("/rows")
def rows(user):
    ranked = rank(user, candidates(user))
    found = []
    for row in [ranked[at : at + 4] for at in range(0, len(ranked), 4)]:
        found.extend(row)
    for day, items in groupby(ranked, key=lambda item: item.day):
        found.extend(items)
    return found

@app.get("/sent")
def sent(user):
    rest = rank(user, candidates(user))
    while rest:
        send([user.id] + rest[:5])
        rest = rest[5:]
    return rest + rank(user, candidates(user))
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    near, words = rank(user, candidates(user)), rank(user, searched(user))
    first, second = {}, {}
    for place, item in enumerate(near):
        first.setdefault(item.id, place)
    for place, item in enumerate(words):
        second.setdefault(item.id, place)
    both = near + words
    both.sort(key=lambda item: (min(first.get(item.id, 99), second.get(item.id, 99)), item.id))
    return both
"""
    ),
    _served(
        """
import pandas as pd
from collections import defaultdict
from shop.models import Source

@app.get("/certain")
def certain(user):
    high, low = [], []
    for item in rank(user, candidates(user)):
        if item.score > 0.5:
            high.append(item)
        else:
            low.append(item)
    return high + low

@app.get("/head")
def head(user):
    pool = pd.DataFrame(rank(user, candidates(user)), columns=["id", "stars"])
    stars = list(pool.iloc[1:]["stars"].values)
    return {"stars": [pool.iloc[0]["stars"]] + stars, "all": pd.concat([pool.iloc[:5], pool.iloc[5:]]).to_dict()}

@app.get("/unknown")
def unknown(user, known):
    found = []
    for item in rank(user, candidates(user)):
        if item.id in known:
            found.append(known[item.id])
        else:
            found.append({"id": item.id, "name": "unknown"})
    return found

@app.get("/column")
def column(user):
    pool = pd.DataFrame(rank(user, candidates(user)), columns=["id", "stars"])
    pool.insert(0, "place", range(1, len(pool) + 1))
    pool.insert(loc=1, column="user", value=user)
    return pool.to_dict("records")

@app.get("/lines")
def lines(user):
    found = [item.title for item in rank(user, candidates(user))]
    found.insert(0, "The best for you")
    return found

@app.get("/sources")
def sources(user):
    ranked = rank(user, candidates(user))
    known = defaultdict(list)
    for row in Source.objects.filter(item_id__in=[item.id for item in ranked]):
        known[row.item_id].append(row.name)
    return [{"item": item, "sources": known[item.id]} for item in ranked]

@app.get("/first")
def first(user):
    items, _ = both(rank(user, candidates(user)))
    return items

def both(ranked):
    names = list(set(ranked))
    return ranked, names
"""
    ),
    """
    import numpy as np
    import pandas as pd
    from django.contrib.gis.db.models.functions import Distance
    from fastapi import FastAPI
    from shop.models import Place
    from sklearn.metrics.pairwise import cosine_similarity

    app = FastAPI()
    movies = pd.read_csv("movies.csv")
    near = cosine_similarity(np.load("vectors.npy"))

    @app.get("/close")
    def close(place):
        best = near[place].argpartition(range(-1, -20, -1))
        return movies.iloc[best[-1:-20:-1]].to_dict("records")

    @app.get("/places")
    def places(point):
        found = Place.objects.annotate(distance=Distance("point", point)).order_by("distance")
        return sorted(found, key=lambda place: place.name)
    """,
)

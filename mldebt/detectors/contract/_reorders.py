"""Ranked results that are served in another order: the examples of MLD401."""

from __future__ import annotations

_APP = """
from fastapi import FastAPI
from ranking import rank
app = FastAPI()
"""
_RANKING = """
import joblib
model = joblib.load("ranker.joblib")

def rank(user, items):
    scores = model.predict_proba([(user, item) for item in items])
    pairs = sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)
    return [item for score, item in pairs]
"""


def _served(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": _APP + body}


_ROW_BY_ROW = """
import numpy as np
from fastapi import FastAPI
from sklearn.metrics.pairwise import cosine_similarity

app = FastAPI()
near = cosine_similarity(np.load("vectors.npy"))

@app.get("/similar")
def show():
    best = np.argpartition(near, -5, axis=1)[:, -5:]{mark}
    lines = np.arange(len(near))[:, None]
    return best[lines, {taken}].tolist()
"""

BAD = (
    # taken row by row, in the order in which they stood
    _ROW_BY_ROW.format(taken="np.arange(5)", mark="  # debt"),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    return sorted(ranked, key=lambda item: item.published_at)  # debt
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    return list(set(ranked))[:10]  # debt
"""
    ),
    _served(
        """
def sponsored_first(items):
    sponsored, rest = [], []
    for item in items:
        if item.sponsored:
            sponsored.append(item)
        else:
            rest.append(item)
    return sponsored + rest  # debt

@app.get("/feed")
def feed(user):
    return sponsored_first(rank(user, candidates(user)))
"""
    ),
    _served(
        """
import random

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    random.shuffle(ranked)  # debt
    return {"items": ranked}
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    ranked.insert(2, house_ad())  # debt
    return ranked
"""
    ),
    _served(
        """
from concurrent.futures import ThreadPoolExecutor, as_completed

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    pool = ThreadPoolExecutor()
    futures = [pool.submit(enrich, item) for item in ranked]
    items = []
    for future in as_completed(futures):  # debt
        items.append(future.result())
    return items
"""
    ),
    _served(
        """
def spread(items):
    rest, out = list(items), []
    while rest:
        item = next((i for i in rest if i.publisher not in {o.publisher for o in out[-2:]}), rest[0])
        out.append(item)  # debt
        rest.remove(item)
    return out

@app.get("/feed")
def feed(user):
    return spread(rank(user, candidates(user)))
"""
    ),
    _served(
        """
from shop.models import Item

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = Item.objects.filter(id__in=ids)  # debt
    return [row.title for row in rows]
"""
    ),
    _served(
        """
def number(items):
    for place, item in enumerate(items):
        item.rank = place
    return items

def pin(items, pinned):
    first = next(item for item in items if item.id == pinned)
    first.rank = 0  # debt
    return items

@app.get("/feed")
def feed(user, pinned):
    items = pin(number(rank(user, candidates(user))), pinned)
    return sorted(items, key=lambda item: item.rank)
"""
    ),
    {
        "ranking.py": """
import joblib
model = joblib.load("ranker.joblib")

def lifted(score, item):
    return score + (5 if item.is_own_brand else 0)  # debt

def rank(user, items):
    scored = [(lifted(score, item), item) for score, item in zip(model.predict(items), items)]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [item for score, item in scored]
""",
        "app.py": _APP
        + """
@app.get("/feed")
def feed(user):
    return rank(user, candidates(user))
""",
    },
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    marks = ",".join(["%s"] * len(ids))
    with connect() as cursor:
        cursor.execute(f"SELECT * FROM items WHERE id IN ({marks})", ids)  # debt
        return cursor.fetchall()
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    listed = ",".join(str(id) for id in ids)
    query = "SELECT * FROM items WHERE id IN (" + listed + ")"
    if user.shuffles:
        query += " ORDER BY RANDOM()"
    return db.execute(query).fetchall()  # debt
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    query = "SELECT * FROM items WHERE id = ANY(:ids) ORDER BY published_at DESC"
    return db.execute(query, {"ids": ids}).fetchall()  # debt
"""
    ),
    _served(
        """
NEAREST = "SELECT title FROM items ORDER BY embedding <=> :taste LIMIT 50"

@app.get("/feed")
def feed(user):
    rows = db.execute(f"SELECT DISTINCT title FROM ({NEAREST}) AS nearest", {"taste": user.taste})  # debt
    return [row.title for row in rows]
"""
    ),
    _served(
        """
@app.get("/top")
def top(user):
    return smooth(rank(user, candidates(user)))

def smooth(items):
    rest = set(items)
    current = items[0]
    out = [current]
    rest.remove(current)
    while rest:
        best, least = None, float("inf")
        for item in rest:
            step = gap(current, item)
            if step < least:
                least, best = step, item
        out.append(best)  # debt
        rest.remove(best)
        current = best
    return out

def gap(a, b):
    return abs(a.tempo - b.tempo) + abs(a.energy - b.energy)
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    answer, status = drained(steps(user))
    return {"answer": answer}

def drained(pipeline):
    try:
        while True:
            next(pipeline)
    except StopIteration as stop:
        return stop.value or ([], 200)

def steps(user):
    ranked = rank(user, candidates(user))
    yield "ranked"
    by_shop = {}
    for item in ranked:
        by_shop.setdefault(item.shop, []).append(item)
    out = []
    for shop, items in by_shop.items():
        out.extend(items[:2])  # debt
    return out, 200
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    found = []
    def add(items, cap):
        for item in items:
            if len(found) < cap:
                found.append(item)
    add(rank(user, candidates(user)), 10)
    return sorted(found, key=lambda item: item.get("title"))  # debt
"""
    ),
    _served(
        """
import pandas as pd
movies = pd.read_csv("movies.csv")

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies.loc[movies.id.isin(ids), "title"].tolist()  # debt
"""
    ),
    _served(
        """
import pandas as pd
movies = pd.read_csv("movies.csv")

@app.get("/feed")
def feed(user):
    best = pd.DataFrame(rank(user, candidates(user)))
    return pd.merge(left=movies, right=best, on="id").to_dict("records")  # debt

@app.get("/table")
def table(user):
    best = pd.DataFrame(rank(user, candidates(user)))
    return pd.merge(right=movies, left=best, on="id").to_dict("records")

@app.get("/batch")
def batch(user):
    return movies.merge(best, on="id", how="left").to_dict("records")  # every movie, with what is known of it
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return list(db.items.find({"_id": {"$in": ids}}))  # debt
"""
    ),
    {
        "ranker/ranking.py": _RANKING,
        "ranker/main.py": """
from flask import Flask, jsonify
from ranking import rank
app = Flask(__name__)

@app.route("/closest/<user>")
def closest(user):
    return jsonify({"items": rank(user, candidates(user))})
""",
        "web/app.py": """
import os
import requests
from fastapi import FastAPI
app = FastAPI()

def ask(user):
    answer = requests.get(f"{os.environ['RANKER']}/closest/{user}", timeout=3)
    answer.raise_for_status()
    return answer.json()["items"]

@app.get("/feed")
def feed(user):
    return sorted(ask(user), key=lambda item: item["title"])  # debt
""",
    },
    """
    import numpy as np
    import pandas as pd
    from fastapi import FastAPI
    from sklearn.metrics.pairwise import cosine_similarity

    app = FastAPI()
    movies = pd.read_csv("movies.csv")
    near = cosine_similarity(np.load("vectors.npy"))

    def similar(place):
        scores = sorted(enumerate(near[place]), key=lambda pair: pair[1], reverse=True)[1:11]
        return movies.iloc[[other for other, score in scores]]

    @app.get("/similar")
    def show(place):
        return similar(place).sort_values("year").to_dict("records")  # debt

    @app.get("/close")
    def close(place):
        best = np.argpartition(near[place], -5)[-5:]  # debt
        return movies.iloc[best].to_dict("records")
    """,
    {
        "tasks.py": """
from celery import shared_task
from ranking import rank

@shared_task
def ranked_ids(user):
    return [item.id for item in rank(user, candidates(user))]
""",
        "ranking.py": _RANKING,
        "app.py": _APP
        + """
from tasks import ranked_ids

@app.get("/feed")
def feed(user):
    ids = ranked_ids.delay(user).get()
    return list(Item.objects.filter(id__in=ids))  # debt
""",
    },
    _served(
        """
import faiss
index = faiss.read_index("items.faiss")

@app.get("/similar")
def similar(item):
    scores, places = index.search(item.vector, 100)
    found = []
    for score, place in zip(scores[0], places[0]):
        other = catalogue[place]
        if other.brand == item.brand:
            score += 0.1  # debt
        if other.votes > 100:
            score += 0.02 * other.rating
        found.append({"item": other, "score": score})
    found.sort(key=lambda each: each["score"], reverse=True)
    return found[:10]
"""
    ),
    _served(
        """
import strawberry
from functools import partial

def spread(items, name, distance):
    rest, out = list(items), []
    while rest:
        near = {getattr(item, name) for item in out[-distance:]}
        item = next((item for item in rest if getattr(item, name) not in near), rest[0])
        out.append(item)  # debt
        rest.remove(item)
    return out

spread_shops = partial(spread, name="shop")

def find_feed(user) -> "Feed":
    page = Feed(items=spread_shops(rank(user, candidates(user)), distance=3))
    shown = Shown.of(page)
    shown.items = page.items
    return shown

@strawberry.type
class Query:
    feed: "Feed" = strawberry.field(resolver=find_feed)
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    ranked.sort(key=lambda item: str(day_of(item)), reverse=True)  # debt
    return ranked
"""
    ),
    _served(
        """
from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from shop.models import Item

@app.get("/feed")
def feed(user, db: Session = Depends(get_db)):
    ids = [item.id for item in rank(user, candidates(user))]
    statement = select(Item).where(Item.id.in_(ids))  # debt
    rows = db.execute(statement).scalars().all()
    return [row.title for row in rows]
"""
    ),
    _served(
        """
from fastapi import Depends

def ranked(user):
    return rank(user, candidates(user))

@app.get("/feed")
def feed(items=Depends(ranked)):
    own = [item for item in items if item.own_brand]
    rest = [item for item in items if not item.own_brand]
    return [*own, *rest]  # debt
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    wanted = {item.id for item in rank(user, candidates(user))}
    return [item for item in catalogue() if item.id in wanted]  # debt
"""
    ),
)

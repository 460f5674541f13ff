"""Ranked lists that are filled up, joined or bound anew: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_NEAREST = """
import faiss
index = faiss.read_index("items.faiss")

def nearest(item, count=10):
    distances, places = index.search(item.vector, count)
    return [catalogue[place] for place in places[0]]
"""
_BY_TURNS = """
from itertools import chain, zip_longest
from fastapi import FastAPI
app = FastAPI()

@app.get("/people")
def people(text):
    found = sorted(load_people(text), key=lambda each: (-({key} or 0), each["name"]))
    known, others = (each for each in found if not each["new"]), (each for each in found if each["new"])
    return [each for each in chain.from_iterable(zip_longest(known, others)) if each]{mark}
"""

BAD = (
    _BY_TURNS.format(key='each["scores"].get("combined")', mark="  # debt"),
    _served(
        """
from openai import OpenAI
from pymongo import MongoClient
client, items = OpenAI(), MongoClient().shop.items

def found(question):
    asked = [{"role": "user", "content": f"Say it in other words: {question}"}]
    answer = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=asked)
    stages = [
        {"$vectorSearch": {"index": "v", "path": "vector", "queryVector": embed(answer), "limit": 15}},
        {"$project": {"name": 1, "score": {"$meta": "vectorSearchScore"}}},
    ]
    return list(items.aggregate(stages)), answer

@app.get("/found")
def listed(question):
    hits, asked = found(question)
    sold = [hit for hit in hits if hit["stock"].get("level") == "none"]
    scarce = [hit for hit in hits if hit["stock"].get("level") == "low"]
    plenty = [hit for hit in hits if hit["stock"].get("level") == "high"]
    shown = plenty + scarce + sold  # debt
    return {"asked": asked, "hits": shown[:5]}
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if len(found) < 10:
        for item in ranked:
            if item not in found:
                found.append(item)  # debt
    return found[:10]

@app.get("/list")
def listed(user):
    ranked = rank(user, candidates(user))
    tidy(ranked)
    return ranked

def tidy(items):
    items.sort(key=lambda item: item.title)  # debt
"""
    ),
    _served(
        _NEAREST
        + """
@app.get("/feed")
def feed(user):
    near = nearest(user)
    found, seen = [], set()
    for item in near + rank(user, candidates(user)):  # debt
        if item.id not in seen:
            seen.add(item.id)
            found.append(item)
    return found[:10]

@app.get("/first")
def first(user):
    found = []
    found.extend(nearest(user))
    found.extend(rank(user, candidates(user)))  # debt
    return list({item.id: item for item in found}.values())[:10]

@app.get("/liked")
def liked(user):
    found = []
    for item in user.liked:
        found.extend(nearest(item, 5))  # debt
    return found[:10]

@app.get("/bought")
def bought(user):
    found = []
    for item in user.bought:
        for other in nearest(item):
            if other not in user.bought:
                found.append(other)  # debt
    return found[:10]

@app.get("/few")
def few(user):
    found = []
    for item in nearest(user) + rank(user, candidates(user)):  # debt
        if item not in found:
            found.append(item)
        if len(found) >= 5:
            break
    return found
"""
    ),
)
GOOD = (
    _BY_TURNS.format(key='each["dates"].get("published")', mark=""),
    _served(
        """
from pymongo import MongoClient
items = MongoClient().shop.items

@app.get("/new")
def new(vector):
    stages = [
        {"$vectorSearch": {"index": "v", "path": "vector", "queryVector": vector, "limit": 15}},
        {"$sort": {"day": -1}},
    ]
    hits = list(items.aggregate(stages))
    low = [hit for hit in hits if hit["stock"] == "low"]
    high = [hit for hit in hits if hit["stock"] == "high"]
    return high + low

@app.get("/banded")
def banded(vector):
    hits = list(items.aggregate([{"$vectorSearch": {"index": "v", "path": "vector", "queryVector": vector}}]))
    sure = [hit for hit in hits if hit["confidence"] == "high"]
    unsure = [hit for hit in hits if hit["confidence"] == "low"]
    return sure + unsure
"""
    ),
    _served(
        _NEAREST
        + """
@app.get("/feed")
def feed(user):
    near = nearest(user)
    if len(near) < 10:
        near = near + rank(user, candidates(user))
    return near[:10]

@app.get("/filled")
def filled(user):
    near = nearest(user)
    missing = 10 - len(near)
    return (near + rank(user, candidates(user))[:missing])[:10]

@app.get("/asked")
def asked(user):
    found = nearest(user)
    found.extend(nearest(user.last, count=10 - len(found)))
    return found[:10]

@app.get("/all")
def everything(user):
    return {"items": nearest(user) + rank(user, candidates(user))}

@app.get("/sorted")
def in_order(user):
    found = []
    for item in user.liked:
        found.extend(nearest(item, 5))
    found.sort(key=lambda item: item.score, reverse=True)
    return found[:10]

@app.get("/pages")
def pages(user):
    found = []
    for page in range(3):
        found.extend(rank(user, candidates(page)))
    return found[:10]

@app.get("/one")
def one(user):
    near = nearest(user)
    return (near[:3] + near[3:6])[:5]

@app.get("/left")
def left(user):
    near, others = nearest(user), rank(user, candidates(user))
    best = min(len(near), len(others))
    return (near[best:] + others[best:])[:5]

@app.get("/merged")
def merged(user):
    found = []
    for item in user.liked:
        found.extend(nearest(item, 5))
    return best_of_both(found, rank(user, candidates(user)))

def best_of_both(some, others):
    return some[:5]

@app.get("/each")
def each(users):
    rows = []
    for user in users:
        best = []
        for item in nearest(user):
            best.append(item)
        rows.append(best[:3])
    return rows
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if not found:
        for item in ranked:
            if item not in user.seen:
                found.append(item)
    return found[:10]

@app.get("/top")
def top(user):
    ranked = rank(user, candidates(user))
    own = [item for item in ranked if item.genre == user.genre]
    found = []
    found.extend(own)
    if len(own) == 0:
        found.extend(item for item in ranked if item not in user.seen)
    return found[:10]

@app.get("/page")
def page(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if found:
        return found
    for item in ranked:
        if item not in user.seen:
            found.append(item)
    return found

@app.get("/list")
def listed(user, seen):
    ranked = rank(user, candidates(user))
    show(ranked, by_title=True)
    return ranked

def show(items, by_title):
    if by_title:
        items = sorted(items, key=lambda item: item.title)
    print(items)
"""
    ),
    """
    import itertools
    import pandas as pd
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/nothing")
    def nothing():
        return list(itertools.chain()), pd.concat([])
    """,
)

"""Rankings that threads, queues, caches and a framework's own holders carry: more examples of MLD401."""

from __future__ import annotations

_RANK = """
import joblib

model = joblib.load("ranker.joblib")

def rank(user, items):
    scores = model.predict([[user, item["id"]] for item in items])
    pairs = sorted(zip(items, scores), key=lambda pair: pair[1], reverse=True)
    return [{**item, "score": score} for item, score in pairs]
"""
_APP = """
import asyncio
import queue
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fastapi import FastAPI
from ranking import rank

app = FastAPI()
pool = ThreadPoolExecutor()
KEPT = {}
FOUND = queue.Queue()

def keep(user):
    KEPT[user] = rank(user, load())

def work(user):
    FOUND.put(rank(user, load()))

@contextmanager
def ranked(user):
    yield rank(user, load())
"""
_FEED = """
@app.get("/feed/{user}")
async def feed(user: int):
    GIVEN
    return DONE
"""
_FLASK = """
from flask import Flask, g, jsonify
from ranking import rank

app = Flask(__name__)

@app.before_request
def prepare():
    g.found = rank(1, load())
    g.seen = load()

@app.route("/feed")
def feed():
    return jsonify(DONE)
"""
_BY_PRICE = 'sorted(found, key=lambda item: item["price"])'
_IN_STOCK = '[item for item in found if item["stock"]]'
_GIVEN = (
    "found, who = await asyncio.gather(asyncio.to_thread(rank, user, load()), profile(user))",
    "found = await asyncio.to_thread(rank, user, load())",
    "found = pool.submit(rank, user, load()).result()",
    "found = KEPT[user]",
    "found = FOUND.get()",
    "with ranked(user) as found:\n        print(len(found))",
)
_UNRANKED = (
    "found, who = await asyncio.gather(profile(user), asyncio.to_thread(rank, user, load()))",
    "found = await asyncio.to_thread(load, user)",
    "KEPT[user] = load()\n    found = KEPT[user]",
)


def _app(given: str, done: str) -> dict[str, str]:
    feed = _FEED.replace("GIVEN", given).replace("DONE", done)
    return {"ranking.py": _RANK, "app.py": _APP + feed}


def _flask(done: str) -> dict[str, str]:
    return {"ranking.py": _RANK, "app.py": _FLASK.replace("DONE", done)}


BAD = (
    *(_app(given, f"{_BY_PRICE}  # debt") for given in _GIVEN),
    {
        "ranking.py": _RANK,
        "app.py": _FLASK.replace("jsonify(DONE)", 'jsonify(sorted(g.found, key=lambda item: item["price"]))  # debt'),
    },
)
GOOD = (
    *(_app(given, _IN_STOCK) for given in _GIVEN),
    *(_app(given, _BY_PRICE) for given in _UNRANKED),
    _flask('sorted(g.seen, key=lambda item: item["price"])'),
    _flask('[item for item in g.found if item["stock"]]'),
)

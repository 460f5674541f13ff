"""Rankings that threads, queues, caches, lists filled elsewhere and a framework's own holders carry: more examples of
MLD401."""

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
import random
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

def fill(user, found):
    found.extend(rank(user, load()))

def keep_one(item, found):
    if item["stock"]:
        found.append(item)

def lines(item):
    found = []
    found.append(item["title"])
    found.append(item["text"])
    return found

class Page:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)
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
_FILLED = (
    "[found.append(item) for item in rank(user, load())]",
    "list(map(found.append, rank(user, load())))",
    "found[:] = rank(user, load())",
    "for topic in user.topics:\n        any(found.append(item) for item in rank(topic, load()))",
    "thread = threading.Thread(target=fill, args=(user, found))\n    thread.start()",
    "await asyncio.get_running_loop().run_in_executor(pool, fill, user, found)",
    "pool.submit(fill, user, found=found)",
    "def work():\n        nonlocal found\n        found = rank(user, load())\n    pool.submit(work)",
    "for item in rank(user, load()):\n        keep_one(item, found)",
    "page = Page()\n    for item in rank(user, load()):\n        page.add(item)\n    found = page.items",
    "found, ids = [], set()\n    def add(each):\n        if each['id'] not in ids:\n            ids.add(each['id'])\n"
    "            found.append(each)\n    for item in rank(user, load()):\n        add(item)",
)
"""How a list that was there before is filled: in one expression, or by what a thread runs."""
_UNRANKED = (
    "found, who = await asyncio.gather(profile(user), asyncio.to_thread(rank, user, load()))",
    "found = await asyncio.to_thread(load, user)",
    "KEPT[user] = load()\n    found = KEPT[user]",
    "found, ranked = [], rank(user, load())\n    for item in load():\n        keep_one(item, found)",
    "seen, found = [], load()\n    [seen.append(item) for item in rank(user, load())]",
    "seen, found = [], load()\n    threading.Thread(target=fill, args=(user, seen)).start()",
    "seen, found = [], load()\n    def work():\n        nonlocal seen\n        seen = rank(user, load())\n    work()",
    "found = load()\n    seen = found\n"
    "    def work():\n        nonlocal seen\n        seen = rank(user, load())\n    work()",
    "found = rank(user, load())\n    found[:] = load()",
    "found = []\n    for item in rank(user, load()):\n        found = lines(item)",
)


def _app(given: str, done: str) -> dict[str, str]:
    feed = _FEED.replace("GIVEN", given).replace("DONE", done)
    return {"ranking.py": _RANK, "app.py": _APP + feed}


def _flask(done: str) -> dict[str, str]:
    return {"ranking.py": _RANK, "app.py": _FLASK.replace("DONE", done)}


def _filled(how: str, done: str) -> dict[str, str]:
    return _app(f"found = []\n    {how}", done)


_ADDING = "def one(item):\n        found.append(load(item['id']))\n    "
_PLACING = "def one(place, item):\n        found.append({'place': place, 'row': load(item['id'])})\n    "
_MANY = (
    "for item in ranked:\n        thread = threading.Thread(target=keep_one, args=(item, found))\n"
    "        thread.start()",
    "[threading.Thread(target=keep_one, kwargs={'item': item, 'found': found}).start() for item in ranked]",
    "for item in ranked:\n        pool.submit(keep_one, item, found)",
)
"""A function for each item of a ranking, all at the same time, by the list that it puts the item in."""
_MANY_INSIDE = (
    "list(pool.map(one, ranked))",
    "threads = [threading.Thread(target=one, args=(item,)) for item in ranked]",
    "for item in ranked:\n        pool.submit(one, item)",
)
"""The same with a function that is defined beside the list."""
_ONE_BY_ONE = (
    f"{_ADDING}for item in ranked:\n        pool.submit(one, item).result()",
    f"{_ADDING}for item in ranked:\n        thread = threading.Thread(target=one, args=(item,))\n"
    "        thread.start()\n        thread.join()",
    f"{_ADDING}lone = ThreadPoolExecutor(max_workers=1)\n    for item in ranked:\n        lone.submit(one, item)",
    f"{_ADDING}list(map(one, ranked))",
    "found = [None] * len(ranked)\n    def one(place, item):\n        found[place] = load(item['id'])\n"
    "    for place, item in enumerate(ranked):\n        pool.submit(one, place, item)",
    f"{_PLACING}for place, item in enumerate(ranked):\n        pool.submit(one, place, item)",
    "def one(item):\n        parts = []\n        parts.append(load(item['id']))\n        return parts\n"
    "    found = list(pool.map(one, ranked))",
    "seen, found = [], ranked\n    for item in ranked:\n        pool.submit(keep_one, item, seen)",
)
"""One after the other, each at its place or with it, or into lists that are nobody's order."""
_ELSEWHERE = (
    "found.extend(" + _BY_PRICE.replace("found", "rank(user, load())") + ")  # debt",
    "nonlocal found\n        found = " + _BY_PRICE.replace("found", "rank(user, load())") + "  # debt",
)
"""What the function that a thread runs does to the list of the function around."""


def _of_many(how: str, done: str, mark: str = "") -> dict[str, str]:
    app = _filled(f"ranked = rank(user, load())\n    {how}", done)
    if mark and mark in app["app.py"]:
        app["app.py"] = app["app.py"].replace(mark, f"{mark}  # debt")
    return app


BAD = (
    *(_of_many(how, "found", "found.append(item)") for how in _MANY),
    *(_of_many(_ADDING + how, "found", "found.append(load(item['id']))") for how in _MANY_INSIDE),
    *(_filled(how, f"{_BY_PRICE}  # debt") for how in _FILLED),
    _filled(
        f"for item in {_BY_PRICE.replace('found', 'rank(user, load())')}:  # debt\n        keep_one(item, found)",
        "found",
    ),
    *(_filled(f"def work():\n        {how}\n    threading.Thread(target=work).start()", "found") for how in _ELSEWHERE),
    {
        "ranking.py": _RANK,
        "app.py": _APP.replace("found.extend(rank(user, load()))", _ELSEWHERE[0])
        + _FEED.replace("GIVEN", "found = []\n    fill(user, found)").replace("DONE", "found"),
    },
    *(_app(given, f"{_BY_PRICE}  # debt") for given in _GIVEN),
    {
        "ranking.py": _RANK,
        "app.py": _FLASK.replace("jsonify(DONE)", 'jsonify(sorted(g.found, key=lambda item: item["price"]))  # debt'),
    },
)
GOOD = (
    *(_of_many(how, "found") for how in _ONE_BY_ONE),
    *(
        _of_many(how, 'sorted(found, key=lambda item: item["score"], reverse=True)')
        for how in (*_MANY, *(_ADDING + how for how in _MANY_INSIDE))
    ),
    *(_of_many(how, "{each: found.count(each) for each in ranked}") for how in _MANY),
    *(_filled(how, _IN_STOCK) for how in _FILLED),
    *(_app(given, _IN_STOCK) for given in _GIVEN),
    *(_app(given, _BY_PRICE) for given in _UNRANKED),
    _filled("found = rank(user, load())\n    random.shuffle(found)\n    found[:] = rank(user, load())", "found"),
    _flask('sorted(g.seen, key=lambda item: item["price"])'),
    _flask('[item for item in g.found if item["stock"]]'),
)

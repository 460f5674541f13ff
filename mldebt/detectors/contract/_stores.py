"""Rankings that a job keeps in a store, under a key or in a document's field, and a service reads: more examples of
MLD401."""

from __future__ import annotations

_RANKING = """
import joblib

model = joblib.load("ranker.joblib")

def rank(user, items):
    scores = model.predict_proba([(user, item) for item in items])
    pairs = sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)
    return [item for score, item in pairs]
"""
_APP = """
import json
import random
import boto3
import redis
from django.core.cache import cache
from flask import Flask, jsonify
from pymongo import MongoClient

app = Flask(__name__)
store = redis.Redis()
db = MongoClient().shop
"""
_JOB = """
import json
import boto3
import redis
from django.core.cache import cache
from pymongo import MongoClient, UpdateOne
from ranking import rank
from shop import candidates, users

store = redis.Redis()
db = MongoClient().shop
"""
_CACHE = """
import json
import redis

class Cache:
    def __init__(self):
        self.client = redis.Redis()

    def put(self, key, value, seconds=3600):
        self.client.set(key, json.dumps(value), ex=seconds)

    def fetch(self, key):
        raw = self.client.get(key)
        return json.loads(raw) if raw else None
"""
_CACHED = """
from infra import Cache
from ranking import rank
from shop import candidates, users

def main():
    cache = Cache()
    for user in users():
        cache.put(f"recs:{user.id}", rank(user, candidates(user)))
        cache.put(f"tags:{user.id}", user.tags)
"""


def _kept(job: str, app: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "job.py": _JOB + job, "app.py": _APP + app}


_USERS = """
def main():
    for row in users():
        user = row["user"]
        WRITE

if __name__ == "__main__":
    main()
"""
_USER = """
@app.route("/feed/<user_id>")
def feed(user_id):
    found = READ
    return jsonify(DONE)
"""
_BY_PRICE = 'sorted(found, key=lambda item: item["price"])'
_AS_TEXT = ("store.set(user, json.dumps(rank(user, candidates())))", "json.loads(store.get(user_id))")
_AS_LIST = ("store.rpush(str(user), *rank(user, candidates()))", "store.lrange(str(user_id), 0, 9)")
"""A write and a read under nothing but what is known at run time."""


def _open(write: str, read: str, done: str) -> dict[str, str]:
    return _kept(_USERS.replace("WRITE", write), _USER.replace("READ", read).replace("DONE)", done))


BAD = (
    *(_open(*each, f"{_BY_PRICE})  # debt") for each in (_AS_TEXT, _AS_LIST)),
    # a search that a thread runs; the store is a property that is called like the module of its client
    {
        "database.py": """
import redis.asyncio as redis

class Database:
    _redis: redis.Redis

    @property
    def redis(self) -> redis.Redis:
        return self._redis

DB = Database()
""",
        "service.py": """
import asyncio
import random
from pymilvus import Collection
from database import DB

class Service:
    async def near(self, songs: Collection, vector, count):
        hits = await asyncio.to_thread(songs.search, data=[vector], anns_field="taste", param={}, limit=count)
        scores = {}
        for hit in hits[0]:
            scores[hit.id] = hit.distance
        return scores

    async def refill(self, songs: Collection, user, vector, count):
        found = list((await self.near(songs, vector, count)).keys())
        random.shuffle(found)  # debt
        await DB.redis.rpush(f"feed:{user}", *found)
""",
        "app.py": """
from fastapi import FastAPI
from pymilvus import Collection
from database import DB
from service import Service
from tastes import taste_of

app = FastAPI()
service = Service()
songs = Collection("songs")

@app.get("/feed/{user}")
async def feed(user: str):
    if await DB.redis.llen(f"feed:{user}") < 10:
        await service.refill(songs, user, taste_of(user), 50)
    return await DB.redis.lpop(f"feed:{user}", 10)
""",
    },
    # a hash, by its name and a field
    _kept(
        """
def main():
    for user in users():
        store.hset("recommendations", user.id, json.dumps(rank(user, candidates(user))))
""",
        """
@app.route("/feed/<user>")
def feed(user):
    items = json.loads(store.hget("recommendations", user))
    items.sort(key=lambda item: item["published"], reverse=True)  # debt
    return jsonify(items)
""",
    ),
    # a list that a pipeline of commands fills; what the store is asked splits it in two
    _kept(
        """
def main():
    pipe = store.pipeline()
    for user in users():
        key = "user:%s:recs" % user.id
        pipe.delete(key)
        pipe.rpush(key, *[item.id for item in rank(user, candidates(user))])
    pipe.execute()
""",
        """
@app.route("/feed/<user>")
def feed(user):
    ids = store.lrange("user:%s:recs" % user, 0, -1)
    fresh = [each for each in ids if not store.sismember("seen:" + user, each)]
    seen = [each for each in ids if store.sismember("seen:" + user, each)]
    return jsonify(fresh + seen)  # debt
""",
    ),
    # the web framework's own cache
    _kept(
        """
def main():
    for user in users():
        cache.set(f"recs_{user.pk}", [item.pk for item in rank(user, candidates(user))], timeout=None)
""",
        """
@app.route("/feed/<user>")
def feed(user):
    ids = cache.get(f"recs_{user}") or []
    random.shuffle(ids)  # debt
    return jsonify(ids)
""",
    ),
    # the repository's own cache, which is handed the key
    {
        "ranking.py": _RANKING,
        "infra.py": _CACHE,
        "job.py": _CACHED,
        "app.py": _APP
        + """
from infra import Cache

kept = Cache()

@app.route("/feed/<user>")
def feed(user):
    items = kept.fetch(f"recs:{user}")
    random.shuffle(items)  # debt
    return jsonify(items)

@app.route("/tags/<user>")
def tags(user):
    found = kept.fetch(f"tags:{user}")
    random.shuffle(found)
    return jsonify(found)
""",
    },
    # a document's field
    _kept(
        """
def main():
    for user in users():
        ids = [item.id for item in rank(user, candidates(user))]
        db.recommendations.update_one({"user": user.id}, {"$set": {"items": ids, "tags": user.tags}}, upsert=True)
""",
        """
@app.route("/feed/<user>")
def feed(user):
    found = db.recommendations.find_one({"user": user})
    items = found["items"]
    random.shuffle(items)  # debt
    return jsonify(items)

@app.route("/tags/<user>")
def tags(user):
    return jsonify(sorted(db.recommendations.find_one({"user": user})["tags"], key=lambda tag: tag["name"]))
""",
    ),
    _kept(
        """
def main():
    writes = []
    for user in users():
        writes.append(UpdateOne({"user": user.id}, {"$set": {"items": rank(user, candidates(user))}}))
    db["recommendations"].bulk_write(writes)
""",
        """
@app.route("/feed/<user>")
def feed(user):
    found = db["recommendations"].find_one({"user": user}) or {}
    return jsonify(sorted(found.get("items", []), key=lambda item: item["price"]))  # debt
""",
    ),
    _kept(
        """
def main():
    table = boto3.resource("dynamodb").Table("recommendations")
    with table.batch_writer() as batch:
        for user in users():
            batch.put_item(Item={"user": user.id, "items": rank(user, candidates(user))})
""",
        """
table = boto3.resource("dynamodb").Table("recommendations")

@app.route("/feed/<user>")
def feed(user):
    found = table.get_item(Key={"user": user}).get("Item", {})
    items = found.get("items", [])
    random.shuffle(items)  # debt
    return jsonify(items)
""",
    ),
)
GOOD = (
    _open(*_AS_TEXT, '[item for item in found if item["stock"]])'),
    # another write under the same key, another key, another store
    _open(_AS_TEXT[0] + "\n        store.set(user, json.dumps(row['history']))", _AS_TEXT[1], f"{_BY_PRICE})"),
    _open(_AS_TEXT[0].replace("(user,", "(row['session'],"), _AS_TEXT[1], f"{_BY_PRICE})"),
    _open(_AS_TEXT[0], _AS_TEXT[1].replace("store", "redis.Redis(db=4)"), f"{_BY_PRICE})"),
    # what chance drew by weights that no model made is shuffled
    {
        "app.py": _APP
        + """
import numpy as np

@app.route("/popular")
def popular():
    songs = list(db.songs.find({}, {"plays": 1}))
    weights = np.array([np.log(song["plays"] + 2) for song in songs])
    drawn = np.random.choice(len(songs), size=10, replace=False, p=weights / weights.sum())
    picked = [songs[place]["_id"] for place in drawn]
    random.shuffle(picked)
    return jsonify(picked)
"""
    },
    # another field of the hash, another collection, another field of the document
    _kept(
        """
def main():
    for user in users():
        best = rank(user, candidates(user))
        store.hset("recommendations", "latest", json.dumps(best))
        db.recommendations.update_one({"user": user.id}, {"$set": {"items": best, "tags": user.tags}}, upsert=True)
""",
        """
@app.route("/tags/<user>")
def tags(user):
    items = json.loads(store.hget("recommendations", "topics"))
    items.sort(key=lambda item: item["name"])
    kept = sorted(db.recommendations.find_one({"user": user})["tags"], key=lambda tag: tag["name"])
    past = sorted(db.orders.find_one({"user": user})["items"], key=lambda item: item["bought_at"])
    return jsonify(items + kept + past)
""",
    ),
    # what is written to another collection beside it
    _kept(
        """
def main():
    writes, others = [], []
    for user in users():
        writes.append(UpdateOne({"user": user.id}, {"$set": {"items": rank(user, candidates(user))}}))
        others.append(UpdateOne({"user": user.id}, {"$set": {"items": user.topics}}))
    db["recommendations"].bulk_write(writes)
    db["topics"].bulk_write(others)
""",
        """
@app.route("/topics/<user>")
def topics(user):
    found = db["topics"].find_one({"user": user}) or {}
    return jsonify(sorted(found.get("items", []), key=lambda item: item["name"]))
""",
    ),
    # served as they were kept
    _kept(
        """
def main():
    for user in users():
        store.hset("recommendations", user.id, json.dumps(rank(user, candidates(user))))
        db.recommendations.insert_one({"user": user.id, "items": rank(user, candidates(user))})
""",
        """
@app.route("/feed/<user>")
def feed(user):
    items = json.loads(store.hget("recommendations", user)) or db.recommendations.find_one({"user": user})["items"]
    return jsonify([item for item in items if item["in_stock"]][:10])
""",
    ),
    # a key that says too little
    _kept(
        """
def main():
    for user in users():
        store.set(f"{user.id}", json.dumps(rank(user, candidates(user))))
""",
        """
@app.route("/tags/<name>")
def tags(name):
    found = json.loads(store.get(f"{name}"))
    random.shuffle(found)
    return jsonify(found)
""",
    ),
    # products that a recommender is fitted on are data, whoever listed them before
    {
        "ranking.py": _RANKING,
        "recommender.py": """
import random
from sklearn.feature_extraction.text import TfidfVectorizer

class Recommender:
    def fit(self, products):
        self.products = products
        self.matrix = TfidfVectorizer().fit_transform([product["text"] for product in products])

    def surprise(self, count):
        return random.sample(self.products, count)
""",
        "app.py": _APP
        + """
from ranking import rank
from recommender import Recommender
from shop import candidates, guest

recommender = Recommender()
recommender.fit(rank(guest, candidates(guest)))

@app.route("/surprise")
def surprise():
    return jsonify(recommender.surprise(5))
""",
    },
)

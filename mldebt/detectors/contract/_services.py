"""Rankings that clients of recommendation services give, and scores that services answer: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_CLIENT = """
import random
import musicservice
from fastapi import FastAPI
app = FastAPI()
client = musicservice.Client()
"""
_SCORER = """
import requests
from fastapi import FastAPI
app = FastAPI()
URL = "http://ranker:8000"

def score_of(user, item):
    answer = requests.post(f"{URL}/score", json={"user": user, "item": item.id})
    return answer.json()["score"]
"""
_ENGINE = """
import json
import os
import requests
from fastapi import FastAPI
app = FastAPI()
HOST = os.environ["SOLR"]

def parsed(answer):
    found = {{}}
    for row in answer["response"]["docs"]:
        if row["id"] not in found:
            found[row["id"]] = {{"id": row["id"], "name": row["name"][0]}}
    return found

@app.get("/find")
def find(words, shelves):
    found = {{}}
    for shelf in shelves:
        answer = json.loads(requests.get(f"http://{{HOST}}/solr/{{shelf}}/select?{asked}&rows=15").text)
        found.update(parsed(answer))
    return {{"found": sorted(found.values(), key=lambda row: len(row["name"]))}}{mark}
"""

_INDEX = """
import random
import requests

def find(wanted, words=None, order=None):
    asked = {"filters": wanted, "query": words if words else "", "sort_by": order, "limit": 20}
    answer = requests.post("https://shop.example.org/api/items/search", json={"request": asked})
    return answer.json()["result"]["content"]
"""
"""A service that filters all its items, and sorts them where it is given words or an order."""

BAD = (
    _served(
        _INDEX
        + """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return find({"kind": "book", "identifier": ids[:10]})  # debt

@app.get("/direct")
def direct(user):
    ids = [item.id for item in rank(user, candidates(user))]
    answer = requests.post("https://shop.example.org/search", json={"filter": {"id": {"in": ids}}, "size": 9})  # debt
    return answer.json()["hits"]

@app.get("/tried")
def tried(user, times):
    ids = [item.id for item in rank(user, candidates(user))]
    words = ""
    for _ in range(times):
        words = words or ""
    return requests.post("https://shop.example.org/search", json={"filter": {"id": ids}, "words": words}).json()  # debt
"""
    ),
    _ENGINE.format(asked="q.op=OR&q={words}", mark="  # debt"),
    _CLIENT
    + """
@app.get("/mix")
def mix(user):
    answer = client.get_user_recommended_tracks(user, count=100)
    tracks = [row["id"] for row in answer["payload"]["tracks"]]
    random.shuffle(tracks)  # debt
    return tracks

@app.get("/new")
def new(user):
    return sorted(client.recommendations(user), key=lambda track: track.year)  # debt
""",
    """
import requests
from fastapi import FastAPI
app = FastAPI()
HYPED = ["a", "b"]

@app.get("/artists")
def artists(artist):
    found = requests.post("https://labs.example.org/similar-artists/json", json=[artist]).json()
    for each in found:
        if each["id"] in HYPED:
            each["score"] /= 3  # debt
    return sorted(found, key=lambda each: each["score"], reverse=True)
""",
    _SCORER
    + """
@app.get("/feed")
def feed(user):
    scored = []
    for item in candidates(user):
        score = score_of(user, item)
        if item.is_sponsored:
            score = score * 1.5  # debt
        scored.append((score, item))
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in scored]

@app.get("/batch")
def batch(user):
    items = candidates(user)
    scores = requests.post(f"{URL}/predict", json=[item.id for item in items]).json()["predictions"]
    for item, score in zip(items, scores):
        item["score"] = score + (0.2 if item["is_sponsored"] else 0)  # debt
    return sorted(items, key=lambda item: item["score"], reverse=True)
""",
)
GOOD = (
    # nothing ranks what has a topic: a shuffle, and ids that are scored, sorted or put in order again
    _served(
        _INDEX
        + """
@app.get("/topic")
def topic(name):
    found = find({"kind": "book", "topic": [name]})
    random.shuffle(found)
    return found

@app.get("/worded")
def worded(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return find({"identifier": ids}, words=user.words)

@app.get("/sorted")
def listed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return find({"identifier": ids}, order={"score": "desc"})

@app.get("/placed")
def placed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    found = {item["identifier"]: item for item in find({"identifier": ids})}
    return [found[id] for id in ids if id in found]

@app.get("/reviews")
def reviews(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return find({"kind": "review", "item": ids})

@app.get("/batch")
def batch(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return requests.post("https://shop.example.org/items/batch", json={"filter": {"id": ids}}).json()
"""
    ),
    # all there are, and those of a search that says itself by what its hits are sorted
    _ENGINE.format(asked="q=*:*", mark=""),
    _ENGINE.format(asked="q={words}&sort=name+asc", mark=""),
    # who is asked to rank serves nobody
    """
import random
import requests

def ranked(query, texts):
    answer = requests.post("http://models/rerank", json={"query": query, "documents": texts})
    return [row["document"] for row in answer.json()["results"]]

def warm(queries, texts):
    for query in queries:
        texts = ranked(query, texts)
        random.shuffle(texts)
    ranked("last", texts)
    return len(texts)
""",
    # what is about recommendations, and what is no ranking of them
    _CLIENT
    + """
@app.get("/settings")
def settings(user):
    return sorted(client.get_recommendation_settings(user), key=lambda each: each.name)

@app.get("/rated")
def rated(user, track):
    client.save_recommendation_feedback(user, track)
    return sorted(client.get_rated_tracks(user), key=lambda each: each.date)
""",
    # the service's score has the last word; a number of another service is no score
    _SCORER
    + """
@app.get("/feed")
def feed(user):
    scored = [(score_of(user, item), item) for item in candidates(user)]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in scored]

@app.get("/prices")
def prices(user):
    found = []
    for item in candidates(user):
        price = requests.get(f"{URL}/prices/{item.id}").json()["price"]
        if item.is_abroad:
            price = price * 1.5
        found.append((price, item))
    return sorted(found, key=lambda pair: pair[0])
""",
)

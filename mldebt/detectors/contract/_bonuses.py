"""Columns of bonuses that are added to a model's score, groups, parts that are sorted each: more examples of MLD401."""

from __future__ import annotations

_TABLE = """
import joblib
import numpy as np
import pandas as pd
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("ranker.joblib")

def scored(user):
    rows = pd.read_parquet("items.parquet")
    rows["score"] = model.predict(rows[["price", "age"]])
    return rows

def ranked(user):
    return scored(user).sort_values("score", ascending=False)
"""

BAD = (
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows["score"] = rows["score"] + 0.2 * rows["recency"]  # debt
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows["score"] = rows["score"] + rows["freshness_bonus"]  # debt
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows.loc[rows["sponsored"], "score"] += 0.2  # debt
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _TABLE
    + """
def served(rows, limit):
    rows = rows.copy()
    rows["freshness_bonus"] = 0.2 * pd.to_numeric(rows.get("recency", 0.0))
    rows["final"] = rows["score"] + rows["freshness_bonus"]  # debt
    return rows.sort_values("final", ascending=False).head(limit)

@app.get("/feed")
def feed(user):
    return served(scored(user), 10).to_dict("records")
""",
    """
import faiss
from dataclasses import dataclass
from fastapi import FastAPI
from sentence_transformers import SentenceTransformer
app = FastAPI()
index = faiss.read_index("places.faiss")
encoder = SentenceTransformer("all-MiniLM-L6-v2")

@dataclass
class Found:
    place: int
    nearness: float
    order: float

def search(query):
    numbers, places = index.search(encoder.encode([query]), 50)
    return [Found(place, float(number), float(number)) for number, place in zip(numbers[0], places[0])]

def lifted(results, liked, boost):
    found = []
    for result in results:
        hit = 1.0 if result.place in liked else 0.0
        found.append(Found(result.place, result.nearness, result.nearness + hit * boost))  # debt
    return found

@app.get("/places")
def places(query, liked):
    results = lifted(search(query), liked, 0.2)
    results.sort(key=lambda result: result.order, reverse=True)
    return [result.place for result in results]
""",
    """
import joblib
from dataclasses import dataclass
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("ranker.joblib")

@dataclass
class Candidate:
    uri: str
    author: str
    score: float = 0.0

def ranked(posts):
    found = []
    for post in posts:
        candidate = Candidate(uri=post.uri, author=post.author)
        candidate.score = float(model.predict([[post.likes]])[0])
        found.append(candidate)
    found.sort(key=lambda item: item.score, reverse=True)
    return found

def spread(candidates):
    counts = {}
    for candidate in candidates:
        count = counts.get(candidate.author, 0)
        if count > 0:
            candidate.score *= 0.8**count  # debt
        counts[candidate.author] = count + 1
    candidates.sort(key=lambda item: item.score, reverse=True)
    return candidates

@app.get("/feed")
def feed(posts):
    return [candidate.uri for candidate in spread(ranked(posts))]
""",
    """
import joblib
from fastapi import FastAPI
app = FastAPI()
model = joblib.load("ranker.joblib")

def rank(jobs):
    found = [{"tags": job["tags"], "score": float(score)} for job, score in zip(jobs, model.predict(jobs))]
    found.sort(key=lambda job: job["score"], reverse=True)
    return found

def by_tag(jobs, tag, count):
    one, others = [], []
    for job in jobs:
        if tag in job["tags"]:
            one.append(job)
        else:
            others.append(job)
    one.sort(key=lambda job: job["score"], reverse=True)
    others.sort(key=lambda job: job["score"], reverse=True)
    result = []
    for job in one:
        if len(result) >= count:
            break
        result.append(job)
    for job in others:
        if len(result) >= count:
            break
        result.append(job)  # debt
    return result

@app.get("/jobs")
def jobs(tag):
    return by_tag(rank(load_jobs()), tag, 5)
""",
    _TABLE
    + """
@app.get("/search")
def search(user):
    curated = [page for page in load_pages(user) if page["state"] is not None]
    return curated + ranked(user).to_dict("records")  # debt
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = ranked(user)
    return rows.groupby("title").first().reset_index().to_dict("records")  # debt
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    best = ranked(user).groupby("item_id")["score"].max().reset_index()  # debt
    return best["item_id"].tolist()[:10]
""",
)

GOOD = (
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows["score"] = 0.7 * rows["score"] + 0.3 * rows["recency"]
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = scored(user)
    rows["score"] = rows["score"] + 1e-9 * rows["age"]
    return rows.sort_values("score", ascending=False).head(10).to_dict("records")
""",
    _TABLE
    + """
@app.get("/worth")
def worth(user):
    rows = scored(user)
    rows["worth"] = rows["score"] + 0.2 * rows["margin"]
    return rows.sort_values("score", ascending=False).to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = ranked(user).groupby("title", sort=False).first().reset_index()
    return rows.to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = ranked(user).groupby("title").agg(n=("age", "count")).reset_index()
    return rows.sort_values("n", ascending=False).to_dict("records")
""",
    _TABLE
    + """
@app.get("/feed")
def feed(user):
    rows = ranked(user)
    return {"items": rows["id"].tolist(), "kinds": rows.groupby("kind").agg({"id": "count"}).to_dict()}
""",
)

"""Ranked ids that are fetched again through queries of several steps, and models that an application keeps: more
examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _RANKING

_IMPORTS = """
import random
from fastapi import FastAPI, Request
from pymongo import MongoClient
from sqlalchemy import func, select
from ranking import rank
from shop.models import Item
app = FastAPI()
db = MongoClient("mongodb://store")["shop"]

def ranked_ids(user):
    return [item.id for item in rank(user, candidates(user))]
"""
_MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
"""
_STORE = """
import faiss
import numpy as np
from contextlib import asynccontextmanager

index = None
titles = None

def load():
    global index, titles
    index = faiss.read_index("items.faiss")
    titles = np.load("titles.npy")

def near(vector):
    distances, places = index.search(vector, 50)
    return places[0].tolist()

@asynccontextmanager
async def lifespan(app):
    app.state.index = faiss.read_index("items.faiss")
    app.state.titles = np.load("titles.npy")
    yield
"""


def _fetched(body: str) -> dict[str, str]:
    return {
        "ranking.py": _RANKING,
        "things.py": _MODELS,
        "store.py": _STORE,
        "app.py": _IMPORTS + body,
    }


BAD = (
    _fetched(
        """
@app.get("/shops")
def shops(user):
    return [row.title for row in Item.objects.filter(id__in=ranked_ids(user)).select_related("shop")]  # debt

@app.get("/titles")
def titles(user):
    return list(Item.objects.filter(id__in=ranked_ids(user)).exclude(sold=True).values_list("title", flat=True))  # debt
"""
    ),
    _fetched(
        """
from things import Thing

@app.get("/feed")
def feed(user, session):
    query = session.query(Item).options(joinedload(Item.shop)).filter(Item.id.in_(ranked_ids(user)))  # debt
    return query.limit(10).all()

@app.get("/newest")
def newest(user, session):
    rows = session.query(Item).filter(Item.id.in_(ranked_ids(user)))
    return rows.order_by(Item.created_at.desc()).all()  # debt

@app.get("/things")
def things(user, session):
    statement = select(Thing).where(Thing.id.in_(ranked_ids(user))).order_by(Thing.title)  # debt
    return session.execute(statement).scalars().all()
"""
    ),
    _fetched(
        """
@app.get("/newest")
def newest(user):
    return list(db.items.find({"_id": {"$in": ranked_ids(user)}}).sort("date", -1))  # debt
"""
    ),
    _fetched(
        """
import store

@app.on_event("startup")
def startup():
    store.load()

@app.get("/near")
def near(q: str):
    return list(set(store.near(encode(q))))  # debt
"""
    ),
    _fetched(
        """
from store import lifespan
app = FastAPI(lifespan=lifespan)

@app.get("/near")
def near(request: Request, q: str):
    distances, places = request.app.state.index.search(encode(q), 50)
    found = [request.app.state.titles[place] for place in places[0]]
    random.shuffle(found)  # debt
    return found
"""
    ),
)
GOOD = (
    # looked up by the ranked ids after something was put into each
    _fetched(
        """
def details(ids):
    cursor = connect().cursor()
    cursor.execute("SELECT * FROM items WHERE id IN %s", (tuple(ids),))
    rows = cursor.fetchall()
    found = []
    for row in rows:
        each = dict(row)
        each["vector"] = parsed(each["vector"]) if each.get("vector") else None
        found.append(each)
    return found

@app.get("/feed")
def feed(user):
    ids = ranked_ids(user)
    rows = {row["id"]: row for row in details(ids)}
    for row in rows.values():
        album = row.get("album")
        if not album:
            album = row.get("title")
        row["album"] = album if album else "unknown"
        row["artist"] = row.get("artist") or "unknown"
    return [rows[id] for id in ids if id in rows]
"""
    ),
    _fetched(
        """
@app.get("/shops")
def shops(user):
    ids = ranked_ids(user)
    rows = {row.id: row for row in Item.objects.filter(id__in=ids).select_related("shop")}
    return [rows[id] for id in ids if id in rows]

@app.get("/titles")
def titles(user):
    ids = ranked_ids(user)
    titles = dict(Item.objects.filter(id__in=ids).values_list("id", "title"))
    return [titles[id] for id in ids]

@app.get("/tags")
def tags(user):
    ids = ranked_ids(user)
    return {"ids": ids, "tags": sorted(set(Item.objects.filter(id__in=ids).values_list("tag", flat=True)))}
"""
    ),
    _fetched(
        """
from things import Thing

@app.get("/feed")
def feed(user, session):
    ids = ranked_ids(user)
    rows = session.query(Item).filter(Item.id.in_(ids))
    return rows.order_by(func.array_position(ids, Item.id)).all()

@app.get("/things")
def things(user, session):
    statement = select(Thing).where(Thing.owner == user.id).order_by(Thing.title)
    return session.execute(statement).scalars().all()
"""
    ),
    _fetched(
        """
@app.get("/best")
def best(user):
    return list(db.items.find({"shop": user.shop}).sort("score", -1))

@app.get("/newest")
def newest(user):
    return list(db.items.find({"shop": user.shop}).sort("date", -1))
"""
    ),
    _fetched(
        """
from store import lifespan
app = FastAPI(lifespan=lifespan)

@app.get("/near")
def near(request: Request, q: str):
    distances, places = request.app.state.index.search(encode(q), 50)
    return [request.app.state.titles[place] for place in places[0]]

@app.get("/some")
def some(request: Request, job):
    found = list(job.state.index.search(job.query))
    random.shuffle(found)
    return found
"""
    ),
)

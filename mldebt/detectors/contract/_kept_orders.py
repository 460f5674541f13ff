"""Ranked results that are served as they were ranked, or are none: the innocent examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _ROW_BY_ROW, _served

GOOD = (
    _served(
        """
@app.get("/feed")
def feed(user, sort: str = "relevance"):
    ranked = rank(user, candidates(user))
    if sort == "newest":
        ranked = sorted(ranked, key=lambda item: item.published_at, reverse=True)
    return ranked
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user, sort_by="score"):
    ranked = rank(user, candidates(user))
    return sorted(ranked, key=lambda item: getattr(item, sort_by))
"""
    ),
    _served(
        """
from django.db.models import Case, When

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    places = Case(*[When(pk=pk, then=place) for place, pk in enumerate(ids)])
    return list(Item.objects.filter(id__in=ids).order_by(places))
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    near, words = rank(user, candidates(user)), rank(user, searched(user))
    fused = {}
    for ranked in (near, words):
        for place, item in enumerate(ranked):
            fused[item] = fused.get(item, 0) + 1 / (60 + place)
    return sorted(fused, key=fused.get, reverse=True)
"""
    ),
    _served(
        """
import random

@app.get("/feed")
def feed(user):
    try:
        return rank(user, candidates(user))
    except TimeoutError:
        popular = most_read()
        random.shuffle(popular)
        return popular
"""
    ),
    _served(
        """
import random

@app.get("/feed")
def feed(user):
    arm = random.choice(["control", "random"])
    ranked = rank(user, candidates(user))
    if arm == "random":
        random.shuffle(ranked)
    log_exposure(user, arm, ranked)
    return ranked
"""
    ),
    """
    import numpy as np
    import pandas as pd
    from fastapi import FastAPI
    from sklearn.metrics.pairwise import cosine_similarity

    app = FastAPI()
    movies = pd.read_csv("movies.csv")
    near = cosine_similarity(np.load("vectors.npy"))

    @app.get("/similar")
    def show(place):
        best = np.argpartition(near[place], -5)[-5:]
        best = best[np.argsort(-near[place][best])]
        return movies.iloc[best].to_dict("records")
    """,
    _ROW_BY_ROW.format(taken="np.argsort(-near[lines, best])", mark=""),
    _ROW_BY_ROW.format(taken="np.argsort(near[lines, best])[np.arange(len(best)), ::-1]", mark=""),
    _served(
        """
import pandas as pd
movies = pd.read_csv("movies.csv")

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = movies[movies.id.isin(ids) & ~movies.id.isin(user.seen)]
    titles = rows.set_index("id")["title"].to_dict()
    return [titles[id] for id in ids if id in titles]

@app.get("/table")
def table(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies[movies.id.isin(ids)].set_index("id").reindex(ids).to_dict("records")
"""
    ),
    _served(
        """
@app.get("/top")
def top(user):
    return diverse(rank(user, candidates(user)))

def diverse(items):
    rest = list(items)
    out = []
    while rest:
        best, most = None, -float("inf")
        for item in rest:
            value = 0.7 * item.relevance - 0.3 * max(likeness(item, other) for other in out)
            if value > most:
                most, best = value, item
        out.append(best)
        rest.remove(best)
    return out

def likeness(a, b):
    return sum(x * y for x, y in zip(a.embedding, b.embedding))
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    fresh = [item for item in ranked if not item.seen]
    stale = [item for item in ranked if item.seen]
    found = fresh + stale[:3]
    found.sort(key=lambda item: item.get("final_score", 0), reverse=True)
    return {"items": found}
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    return {"sites": list({item.site for item in ranked}), "years": sorted(set(item.year for item in ranked))}
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    query = "SELECT * FROM items WHERE id = ANY(:ids) ORDER BY array_position(:ids, id)"
    return db.execute(query, {"ids": ids}).fetchall()
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = db.execute("SELECT * FROM items WHERE id IN :ids", {"ids": tuple(ids)}).fetchall()
    by_id = {row.id: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user, newest=False):
    ids = [item.id for item in rank(user, candidates(user))]
    order = "published_at DESC" if newest else "relevance DESC"
    return db.execute(f"SELECT * FROM items WHERE id = ANY(:ids) ORDER BY {order}", {"ids": ids}).fetchall()
"""
    ),
    _served(
        """
NEAREST = "SELECT id FROM items ORDER BY embedding <=> :taste LIMIT 50"

@app.get("/feed")
def feed(user):
    return db.execute(f"SELECT * FROM ({NEAREST}) AS nearest", {"taste": user.taste}).fetchall()

@app.get("/surprise")
def surprise():
    return db.execute("SELECT * FROM items ORDER BY RANDOM() LIMIT 5").fetchall()
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    seen = set()
    fresh = []
    for item in ranked:
        if item.id not in seen:
            seen.add(item.id)
            fresh.append(item)
    return [item for item in fresh if item.in_stock][:10]
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    position = {item: place for place, item in enumerate(ranked)}
    rows = fetch(set(ranked))
    return sorted(rows, key=lambda row: position[row.item])
"""
    ),
    _served(
        """
@app.get("/top")
def top(user):
    return diverse(rank(user, candidates(user)))

def diverse(items):
    rest = list(items)
    out = [rest.pop(0)]
    while rest:
        best, place = -float("inf"), 0
        for number, item in enumerate(rest):
            value = 0.7 * item.relevance - 0.3 * max(likeness(item, other) for other in out)
            if value > best:
                best, place = value, number
        out.append(rest.pop(place))
    return out
"""
    ),
    _served(
        """
import faiss
index = faiss.read_index("items.faiss")

@app.get("/similar")
def similar(item):
    scores, places = index.search(item.vector, 100)
    found = []
    for score, place in zip(scores[0], places[0]):
        if score < 0:
            score = score * 0.5
        found.append({"item": catalogue[place], "score": score + 0.5})
    found.sort(key=lambda each: each["score"], reverse=True)
    return found[:10]
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = [item for item in catalogue() if item.id in ids]
    bought = len([order for order in user.orders if order.item_id in ids])
    return {"items": sorted(rows, key=lambda item: ids.index(item.id)), "bought": bought}
"""
    ),
    _served(
        """
@app.get("/tags")
def tags(user):
    ranked = rank(user, candidates(user))
    names = sorted({tag for item in ranked for tag in item.tags})
    print(len(set(ranked)))
    return {"count": len(names)}
"""
    ),
    _served(
        """
from sentence_transformers import CrossEncoder

encoder = CrossEncoder("reranker")

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    scores = encoder.predict([(user, item) for item in set(ranked)])
    return sorted(ranked, key=lambda item: scores[item], reverse=True)
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = {row.id: row for row in Item.objects.filter(id__in=ids)}
    return [rows[id] for id in ids if id in rows]
"""
    ),
    _served(
        """
from concurrent.futures import ThreadPoolExecutor, as_completed

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    pool = ThreadPoolExecutor()
    where = {pool.submit(enrich, item): place for place, item in enumerate(ranked)}
    items = [None] * len(ranked)
    for future in as_completed(where):
        items[where[future]] = future.result()
    return items
"""
    ),
    _served(
        """
from sklearn.metrics import ndcg_score

@app.get("/quality")
def quality(user):
    ranked = rank(user, candidates(user))
    by_name = sorted(ranked, key=lambda item: item.name)
    return {"ndcg": ndcg_score([seen(by_name)], [seen(by_name)])}
"""
    ),
    _served(
        """
import random

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    dropped = set(random.sample(ranked, 3))
    return [item for item in ranked if item not in dropped]
"""
    ),
    """
    import random
    from torch.utils.data import DataLoader

    def train(model, rows):
        random.shuffle(rows)
        model.fit(rows)
    """,
    _served(
        """
@app.get("/feed")
def feed(user, tags):
    tags.sort(key=lambda tag: tag.name)
    return {"items": rank(user, candidates(user)), "tags": tags}
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    ids = [item.id for item in ranked]
    bought = [order for order in user.orders if order.item_id in ids]
    return {"items": ranked, "bought": bought}

@app.get("/page")
def page(user):
    ranked = rank(user, candidates(user))
    shown = {item.id for item in ranked[:20]}
    return {"items": ranked[:20], "facets": [facet for facet in facets() if facet.id in shown]}

@app.get("/reviews")
def reviews(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return [review for review in all_reviews() if review.item_id in ids]

@app.get("/open")
def still_open(user):
    return [item for item in rank(user, candidates(user)) if item.is_open if available(item)]
"""
    ),
    _served(
        """
import faiss
index = faiss.read_index("items.faiss")

@app.get("/similar")
def similar(item, options, request):
    scores, places = index.search(item.vector, 100)
    found = []
    for score, place in zip(scores[0], places[0]):
        if options.shifted:
            score += 0.5
        if request.args["calibrated"]:
            score = score * 0.8 + 0.1
        found.append({"item": catalogue[place], "score": score})
    found.sort(key=lambda each: each["score"], reverse=True)
    return found[:10]
"""
    ),
)

"""Runs of neighbours and ids that are sorted by themselves: more examples of MLD401."""

from __future__ import annotations

BAD = (
    """
    import itertools, joblib
    from operator import itemgetter
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    def rank(user, items):
        scores = model.predict([[user, i["id"]] for i in items])
        pairs = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)
        return [dict(i, score=s) for i, s in pairs]

    @app.get("/recs/{user}")
    def recs(user: int):
        got = rank(user, load())
        out = []
        for genre, rows in itertools.groupby(sorted(got, key=itemgetter("genre")), key=itemgetter("genre")):  # debt
            out.extend(rows)
        return out
    """,
    """
    import itertools, joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    @app.get("/recs/{user}")
    def recs(user: int):
        items = load()
        scores = model.predict([[user, i["id"]] for i in items])
        got = [i for i, s in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        got.sort(key=lambda i: i["genre"])  # debt
        return [row for genre, rows in itertools.groupby(got, key=lambda i: i["genre"]) for row in rows]
    """,
    """
    import faiss
    from fastapi import FastAPI
    app = FastAPI()
    index = faiss.read_index("items.index")
    items = load_items()

    @app.get("/similar")
    def similar(q: str):
        distances, places = index.search(embed(q), 10)
        return [items[i] for i in sorted(places[0])]  # debt
    """,
    """
    import faiss
    import numpy as np
    from fastapi import FastAPI
    app = FastAPI()
    index = faiss.read_index("items.index")
    items = load_items()

    @app.get("/similar")
    def similar(q: str):
        distances, places = index.search(embed(q), 10)
        places = np.sort(places[0])  # debt
        return [items[i] for i in places]
    """,
    """
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("als.joblib")
    items = load_items()

    @app.get("/similar")
    def similar(user: int):
        ids, scores = model.recommend(user, matrix[user], N=10)
        ids = sorted(ids)  # debt
        return [items[i] for i in ids]
    """,
    """
    from fastapi import FastAPI
    from pinecone import Pinecone
    app = FastAPI()
    index = Pinecone().Index("items")
    @app.get("/similar")
    def similar(q: str) -> list[str]:
        res = index.query(vector=embed(q), top_k=10)
        ids = [m["id"] for m in res["matches"]]
        return sorted(ids)  # debt
    """,
)

GOOD = (
    """
    import itertools, joblib, json
    model = joblib.load("ranker.joblib")

    def run(pairs):
        scores = model.predict([[p["user_id"], p["item"]] for p in pairs])
        scored = [dict(p, score=s) for p, s in zip(pairs, scores)]
        scored.sort(key=lambda p: p["score"], reverse=True)
        out = {}
        for user, rows in itertools.groupby(sorted(scored, key=lambda p: p["user_id"]), key=lambda p: p["user_id"]):
            out[user] = list(rows)
        json.dump(out, open("recs.json", "w"))
    """,
    """
    import itertools, joblib, json
    from operator import itemgetter
    model = joblib.load("ranker.joblib")

    def run(pairs):
        scores = model.predict([[p["user_id"], p["item"]] for p in pairs])
        scored = sorted((dict(p, score=s) for p, s in zip(pairs, scores)), key=itemgetter("score"), reverse=True)
        out = []
        for user, rows in itertools.groupby(sorted(scored, key=itemgetter("user_id")), key=itemgetter("user_id")):
            out.extend(sorted(rows, key=itemgetter("score"), reverse=True)[:10])
        json.dump(out, open("recs.json", "w"))
    """,
    """
    import itertools, joblib
    from operator import itemgetter
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    @app.get("/recs/{user}")
    def recs(user: int):
        items = load()
        scores = model.predict([[user, i["id"]] for i in items])
        got = sorted((dict(i, score=s) for i, s in zip(items, scores)), key=itemgetter("score"), reverse=True)
        by_genre = itemgetter("genre")
        return {genre: list(rows) for genre, rows in itertools.groupby(sorted(got, key=by_genre), key=by_genre)}
    """,
    """
    import itertools, joblib
    from operator import itemgetter
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    @app.get("/recs/{user}")
    def recs(user: int):
        items = load()
        scores = model.predict([[user, i["id"]] for i in items])
        got = sorted((dict(i, score=s) for i, s in zip(items, scores)), key=itemgetter("score"), reverse=True)
        best = []
        for genre, rows in itertools.groupby(sorted(got, key=itemgetter("genre")), key=itemgetter("genre")):
            best.append(next(rows))
        return sorted(best, key=itemgetter("score"), reverse=True)
    """,
    """
    import faiss
    from fastapi import FastAPI
    app = FastAPI()
    index = faiss.read_index("items.index")
    items = load_items()

    @app.get("/similar")
    def similar(q: str):
        distances, places = index.search(embed(q), 10)
        pairs = sorted(zip(distances[0], places[0]))
        return [items[i] for _, i in pairs]
    """,
    """
    import faiss
    from fastapi import FastAPI
    app = FastAPI()
    index = faiss.read_index("items.index")
    items = load_items()
    cache = {}

    @app.get("/similar")
    def similar(q: str):
        distances, places = index.search(embed(q), 10)
        key = tuple(sorted(places[0]))
        if key not in cache:
            cache[key] = [items[i] for i in places[0]]
        return cache[key]
    """,
    """
    import faiss
    from fastapi import FastAPI
    app = FastAPI()
    index = faiss.read_index("chunks.index")
    @app.get("/ask")
    def ask(q: str) -> list[str]:
        _, found = index.search(embed(q), 8)
        return [chunks[i] for i in sorted(found[0])]
    """,
    """
    from fastapi import FastAPI
    from sentence_transformers import SentenceTransformer, util
    app = FastAPI()
    enc = SentenceTransformer("all-MiniLM-L6-v2")
    @app.get("/summary")
    def summary(text: str) -> str:
        sentences = text.split(". ")
        vectors = enc.encode(sentences)
        scores = util.cos_sim(vectors, vectors).sum(dim=1)
        best = scores.argsort(descending=True)[:3].tolist()
        return ". ".join(sentences[i] for i in sorted(best))
    """,
    """
    import itertools, joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("m.joblib")
    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        return [{"brand": b, "rows": list(rows)} for b, rows in itertools.groupby(ranked, key=lambda i: i["brand"])]
    """,
)

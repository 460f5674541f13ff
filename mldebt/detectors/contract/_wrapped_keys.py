"""Keys that are partly applied, compared in pairs or matched, ids that a mapping ranked: more examples of MLD401."""

from __future__ import annotations

BAD = (
    """
    from functools import partial
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    def field_of(name, item):
        return item[name]

    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        return sorted(ranked, key=partial(field_of, "price"))  # debt
    """,
    """
    from functools import cmp_to_key
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    def by_price(a, b):
        return a["price"] - b["price"]

    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        return sorted(ranked, key=cmp_to_key(by_price))  # debt
    """,
    {
        "fusion.py": """
        from collections import defaultdict
        def reciprocal_rank_fusion(lists: list[list[str]], k: int = 60) -> list[str]:
            scores: dict[str, float] = defaultdict(float)
            for ranked in lists:
                for rank, doc_id in enumerate(ranked, start=1):
                    scores[doc_id] += 1.0 / (k + rank)
            return sorted(scores, key=scores.get, reverse=True)
        """,
        "app.py": """
        from fastapi import FastAPI
        from qdrant_client import QdrantClient
        from fusion import reciprocal_rank_fusion
        from bm25 import bm25_search
        app = FastAPI()
        client = QdrantClient(url="http://qdrant:6333")

        @app.get("/search")
        def search(q: str) -> list[str]:
            dense = [p.id for p in client.query_points("docs", query=embed(q), limit=50).points]
            fused = reciprocal_rank_fusion([dense, bm25_search(q, 50)])[:10]
            return sorted(fused)  # debt
        """,
    },
    """
    from datasets import load_from_disk
    from fastapi import FastAPI
    app = FastAPI()
    ds = load_from_disk("items")
    ds.load_faiss_index("emb", "items.faiss")

    @app.get("/search")
    def search(q: str) -> list[str]:
        scores, found = ds.get_nearest_examples("emb", embed(q), k=10)
        return sorted(found["title"])  # debt
    """,
)

GOOD = (
    """
    import joblib
    from enum import StrEnum
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    class Sort(StrEnum):
        relevance = "relevance"
        price = "price"

    @app.get("/feed")
    def feed(user: int, sort: Sort = Sort.relevance) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        match sort:
            case Sort.price:
                return sorted(ranked, key=lambda i: i["price"])
            case _:
                return ranked
    """,
    {
        "fusion.py": """
        from collections import defaultdict
        def reciprocal_rank_fusion(lists: list[list[str]], k: int = 60) -> list[str]:
            scores: dict[str, float] = defaultdict(float)
            for ranked in lists:
                for rank, doc_id in enumerate(ranked, start=1):
                    scores[doc_id] += 1.0 / (k + rank)
            return sorted(scores, key=scores.get, reverse=True)
        """,
        "app.py": """
        from fastapi import FastAPI
        from qdrant_client import QdrantClient
        from fusion import reciprocal_rank_fusion
        from bm25 import bm25_search
        app = FastAPI()
        client = QdrantClient(url="http://qdrant:6333")

        @app.get("/search")
        def search(q: str) -> list[str]:
            dense = [p.id for p in client.query_points("docs", query=embed(q), limit=50).points]
            sparse = bm25_search(q, 50)
            return reciprocal_rank_fusion([dense, sparse])[:10]
        """,
    },
    """
    from datasets import load_from_disk
    from fastapi import FastAPI
    app = FastAPI()
    ds = load_from_disk("items")
    ds.load_faiss_index("emb", "items.faiss")

    @app.get("/search")
    def search(q: str) -> list[str]:
        scores, found = ds.get_nearest_examples("emb", embed(q), k=10)
        return [t for t in found["title"] if t]
    """,
    """
    import heapq
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("ranker.joblib")

    def rank(user, items):
        scores = model.predict([[user, i["id"]] for i in items])
        return sorted(({**i, "score": s} for i, s in zip(items, scores)), key=lambda i: i["score"], reverse=True)

    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        fresh, old = rank(user, load_fresh(user)), rank(user, load_old(user))
        return list(heapq.merge(fresh, old, key=lambda i: i["score"], reverse=True))[:20]
    """,
)

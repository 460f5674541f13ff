"""Rankings that go through frameworks: schemas, serializers, clusters, stores, streams: more examples of MLD401."""

from __future__ import annotations

BAD = (
    {
        "ranker.py": """
        import joblib
        class Ranker:
            def __init__(self):
                self.model = joblib.load("ranker.joblib")
            def top(self, user: int, items: list[dict]) -> list[dict]:
                scores = self.model.predict([[user, i["id"]] for i in items])
                return [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        """,
        "deps.py": """
        from functools import lru_cache
        from ranker import Ranker
        @lru_cache
        def get_ranker() -> Ranker:
            return Ranker()
        """,
        "app.py": """
        from typing import Annotated
        from fastapi import Depends, FastAPI
        from deps import get_ranker
        from ranker import Ranker
        from store import load
        app = FastAPI()
        RankerDep = Annotated[Ranker, Depends(get_ranker)]

        @app.get("/feed/{user}")
        async def feed(user: int, ranker: RankerDep) -> list[dict]:
            found = ranker.top(user, load(user))
            found.sort(key=lambda i: i["published_at"], reverse=True)  # debt
            return found
        """,
    },
    {
        "schemas.py": """
        from pydantic import BaseModel, field_validator
        class Feed(BaseModel):
            ids: list[int]
            @field_validator("ids", mode="before")
            @classmethod
            def once(cls, value):
                return list(set(value))  # debt
        """,
        "app.py": """
        import joblib
        from fastapi import FastAPI
        from schemas import Feed
        app = FastAPI()
        model = joblib.load("ranker.joblib")

        @app.get("/feed")
        def feed(user: int) -> Feed:
            items = load()
            scores = model.predict([[user, i["id"]] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)
            return Feed(ids=[i["id"] for i, _ in ranked])
        """,
    },
    """
    import joblib
    from ray import serve
    from starlette.requests import Request

    @serve.deployment
    class Ranker:
        def __init__(self):
            self.model = joblib.load("ranker.joblib")
        async def rank(self, user: int, items: list[dict]) -> list[dict]:
            scores = self.model.predict([[user, i["id"]] for i in items])
            return [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]

    @serve.deployment
    class Api:
        def __init__(self, ranker):
            self.ranker = ranker
        async def __call__(self, request: Request) -> list[dict]:
            user = int(request.query_params["user"])
            found = await self.ranker.rank.remote(user, load(user))
            return sorted(found, key=lambda i: i["price"])  # debt

    app = Api.bind(Ranker.bind())
    """,
    """
    import joblib, ray
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("m.joblib")
    @ray.remote
    def enrich(item):
        return item | {"title": item["title"].strip()}
    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        waiting, out = [enrich.remote(i) for i in ranked], []
        while waiting:
            done, waiting = ray.wait(waiting)  # debt
            out.extend(ray.get(done))
        return out
    """,
    """
    import concurrent.futures as cf
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("m.joblib")
    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        with cf.ThreadPoolExecutor() as pool:
            done, _ = cf.wait([pool.submit(enrich, i) for i in ranked])  # debt
        return [f.result() for f in done]
    """,
    {
        "job.py": """
        import joblib, redis
        r = redis.Redis()
        model = joblib.load("ranker.joblib")
        def refresh(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            r.sadd(f"recs:{user}", *best)  # debt
        """,
        "api.py": """
        import redis
        from fastapi import FastAPI
        app = FastAPI()
        r = redis.Redis()

        @app.get("/recs/{user}")
        def recs(user: int) -> list[str]:
            return list(r.smembers(f"recs:{user}"))
        """,
    },
    {
        "job.py": """
        import joblib, redis
        r = redis.Redis()
        model = joblib.load("ranker.joblib")
        def refresh(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            r.delete(f"recs:{user}")
            r.lpush(f"recs:{user}", *best)  # debt
        """,
        "api.py": """
        import redis
        from fastapi import FastAPI
        app = FastAPI()
        r = redis.Redis()

        @app.get("/recs/{user}")
        def recs(user: int) -> list[str]:
            return r.lrange(f"recs:{user}", 0, -1)
        """,
    },
    {
        "serializers.py": """
        from rest_framework import serializers
        class FeedSerializer(serializers.Serializer):
            items = serializers.ListField()
            def to_representation(self, instance):
                return {"items": sorted(instance["items"], key=lambda i: i["name"])}  # debt
        """,
        "views.py": """
        import joblib
        from rest_framework.views import APIView
        from rest_framework.response import Response
        from serializers import FeedSerializer
        model = joblib.load("ranker.joblib")

        class FeedView(APIView):
            def get(self, request):
                items = load(request.user.id)
                scores = model.predict([[request.user.id, i["id"]] for i in items])
                best = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)][:20]
                return Response(FeedSerializer({"items": best}).data)
        """,
    },
    {
        "producer.py": """
        import json, joblib
        from kafka import KafkaProducer
        producer = KafkaProducer(bootstrap_servers="kafka:9092")
        model = joblib.load("ranker.joblib")
        def push(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            producer.send("recs", json.dumps({"user": user, "items": best}).encode())
        """,
        "consumer.py": """
        import json, redis
        from kafka import KafkaConsumer
        r = redis.Redis()
        consumer = KafkaConsumer("recs", bootstrap_servers="kafka:9092")
        for message in consumer:
            data = json.loads(message.value)
            items = sorted(data["items"])  # debt
            r.set(f"recs:{data['user']}", json.dumps(items))
        """,
    },
)

GOOD = (
    {
        "schemas.py": """
        from pydantic import BaseModel, field_validator
        class Feed(BaseModel):
            ids: list[int]
            @field_validator("ids")
            @classmethod
            def once(cls, value: list[int]) -> list[int]:
                return list(dict.fromkeys(value))
        """,
        "app.py": """
        import joblib
        from fastapi import FastAPI
        from schemas import Feed
        app = FastAPI()
        model = joblib.load("ranker.joblib")

        @app.get("/feed")
        def feed(user: int) -> Feed:
            items = load()
            scores = model.predict([[user, i["id"]] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)
            return Feed(ids=[i["id"] for i, _ in ranked])
        """,
    },
    {
        "schemas.py": """
        from pydantic import BaseModel, field_validator
        class Ask(BaseModel):
            ids: list[int]
            @field_validator("ids")
            @classmethod
            def by_id(cls, value):
                return sorted(set(value))
        """,
        "app.py": """
        import joblib
        from fastapi import FastAPI
        from schemas import Ask
        app = FastAPI()
        model = joblib.load("ranker.joblib")
        @app.post("/rank")
        def rank(ask: Ask) -> list[int]:
            scores = model.predict([[i] for i in ask.ids])
            return [i for i, _ in sorted(zip(ask.ids, scores), key=lambda p: p[1], reverse=True)]
        """,
    },
    """
    import joblib
    from ray import serve
    from starlette.requests import Request

    @serve.deployment
    class Ranker:
        def __init__(self):
            self.model = joblib.load("ranker.joblib")
        async def rank(self, user: int, items: list[dict]) -> list[dict]:
            scores = self.model.predict([[user, i["id"]] for i in items])
            return [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]

    @serve.deployment
    class Api:
        def __init__(self, ranker):
            self.ranker = ranker
        async def __call__(self, request: Request) -> list[dict]:
            user = int(request.query_params["user"])
            found = await self.ranker.rank.remote(user, load(user))
            return [i for i in found if i["in_stock"]][:10]

    app = Api.bind(Ranker.bind())
    """,
    """
    import joblib, ray
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("m.joblib")
    @ray.remote
    def enrich(item):
        return item | {"title": item["title"].strip()}
    @app.get("/feed")
    def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        return ray.get([enrich.remote(i) for i in ranked])
    """,
    """
    import asyncio
    import joblib
    from fastapi import FastAPI
    app = FastAPI()
    model = joblib.load("m.joblib")
    @app.get("/feed")
    async def feed(user: int) -> list[dict]:
        items = load(user)
        scores = model.predict([[user, i["id"]] for i in items])
        ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
        tasks = [asyncio.create_task(enrich(i)) for i in ranked]
        done, pending = await asyncio.wait(tasks, timeout=2)
        return [t.result() for t in tasks if t in done]
    """,
    {
        "job.py": """
        import joblib, redis
        r = redis.Redis()
        model = joblib.load("ranker.joblib")
        def refresh(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            r.delete(f"recs:{user}")
            r.rpush(f"recs:{user}", *best)
        """,
        "api.py": """
        import redis
        from fastapi import FastAPI
        app = FastAPI()
        r = redis.Redis()

        @app.get("/recs/{user}")
        def recs(user: int) -> list[str]:
            return r.lrange(f"recs:{user}", 0, -1)
        """,
    },
    {
        "job.py": """
        import joblib, redis
        r = redis.Redis()
        model = joblib.load("m.joblib")
        def refresh(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            for i in reversed(best):
                r.lpush(f"recs:{user}", i)
        """,
        "api.py": """
        import redis
        from fastapi import FastAPI
        app = FastAPI()
        r = redis.Redis()
        @app.get("/recs/{user}")
        def recs(user: int) -> list[str]:
            return r.lrange(f"recs:{user}", 0, -1)
        """,
    },
    """
    import joblib, redis
    from fastapi import FastAPI
    app = FastAPI()
    r = redis.Redis()
    model = joblib.load("m.joblib")
    @app.get("/feed/{user}")
    def feed(user: int) -> list[int]:
        seen = {int(x) for x in r.smembers(f"seen:{user}")}
        ids = candidates(user)
        scores = model.predict([[user, i] for i in ids])
        best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True) if i not in seen][:10]
        if best:
            r.sadd(f"seen:{user}", *best)
        return best
    """,
    {
        "producer.py": """
        import json, joblib
        from kafka import KafkaProducer
        producer = KafkaProducer(bootstrap_servers="kafka:9092")
        model = joblib.load("ranker.joblib")
        def push(user, ids):
            scores = model.predict([[user, i] for i in ids])
            best = [i for i, _ in sorted(zip(ids, scores), key=lambda p: p[1], reverse=True)][:20]
            producer.send("recs", json.dumps({"user": user, "items": best}).encode())
        """,
        "consumer.py": """
        import json, redis
        from kafka import KafkaConsumer
        r = redis.Redis()
        consumer = KafkaConsumer("recs", bootstrap_servers="kafka:9092")
        for message in consumer:
            data = json.loads(message.value)
            r.set(f"recs:{data['user']}", json.dumps(data["items"][:10]))
        """,
    },
)

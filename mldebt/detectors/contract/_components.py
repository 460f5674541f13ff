"""Rankings that a pipeline's components hand to each other, and that one service asks of another: more examples of
MLD401."""

from __future__ import annotations

_PIPELINE = """
from lenskit.als import ImplicitMFScorer
from lenskit.basic import TopNRanker, UserTrainingHistoryLookup
from lenskit.data import ItemList
from lenskit.pipeline import PipelineBuilder
from components import Fresh

def pipeline():
    builder = PipelineBuilder("news")
    query = builder.create_input("query", str)
    items = builder.create_input("items", ItemList)
    history = builder.add_component("history", UserTrainingHistoryLookup(), query=query)
    scorer = builder.add_component("scorer", ImplicitMFScorer(), query=history, items=items)
    ranked = builder.add_component("ranker", TopNRanker(n=50), items=scorer)
    final = builder.add_component("fresh", Fresh(), items=ranked)
    builder.alias("recommender", final)
    return builder.build()
"""
_APP = """
from fastapi import FastAPI
from lenskit import recommend
from build import pipeline

app = FastAPI()
pipe = pipeline()
"""
_INDEX = """
import faiss
from flask import Flask, jsonify, request
from flask_restful import Api, Resource

app = Flask(__name__)
api = Api(app)
index = faiss.read_index("photos.index")
hashes = open("hashes.txt").read().split()

class Search(Resource):
    def post(self):
        distances, places = index.search(request.json["vector"], 100)
        return jsonify({"result": [hashes[place] for place in places[0]]})

api.add_resource(Search, "/lookup/")
"""
_ASKING = """
import requests
from django.conf import settings

def similar_photos(photo):
    answer = requests.post(settings.INDEX_SERVER + "/lookup/", json={"vector": photo.vector})
    return answer.json()["result"] if answer.status_code == 200 else []
"""
_SECTIONS = """
import numpy as np
import torch
from feeds.domain import Section
from lenskit.pipeline import Component, PipelineBuilder

class Scorer(Component):
    def __call__(self, candidates, profile):
        scored = candidates.model_copy()
        scored.scores = torch.matmul(candidates.embeddings, profile.embedding.t()).squeeze().numpy()
        return scored

class Ranker(Component):
    def __call__(self, candidates):
        order = np.argsort(np.array(candidates.scores))[::-1]
        return Section.from_articles([candidates.articles[int(place)] for place in order], topics=candidates.topics)

class Last(Component):
    def __call__(self, ranked):
        return Section(articles=DONE

def configure(builder: PipelineBuilder):
    given, profile = builder.create_input("given", object), builder.create_input("profile", object)
    scored = builder.add_component("scorer", Scorer, candidates=given, profile=profile)
    ranked = builder.add_component("ranker", Ranker, candidates=scored)
    builder.add_component("last", Last, ranked=ranked)
"""
_RUN = """
from importlib import import_module
from fastapi import FastAPI
from lenskit.pipeline import PipelineBuilder
app = FastAPI()

@app.post("/feed/{name}")
def feed(name: str, body: dict):
    builder = PipelineBuilder(name)
    import_module(f"configurations.{name}").configure(builder)
    pipeline = builder.build()
    outputs = pipeline.run_all(pipeline.node("last"), given=body["given"], profile=body["profile"])
    return {"items": outputs.default}
"""


def _sections(done: str) -> dict[str, str]:
    return {"configurations/basic.py": _SECTIONS.replace("DONE", done), "app.py": _RUN}


BAD = (
    # objects of a library's class, made of a list or under a name
    _sections("sorted(ranked.articles, key=lambda item: item.date))  # debt"),
    {
        "build.py": _PIPELINE,
        "components.py": """
from lenskit.pipeline import Component

class Fresh(Component):
    def __call__(self, items):
        return sorted(items, key=lambda item: item.published)  # debt
""",
        "app.py": _APP
        + """
@app.get("/feed/{user}")
def feed(user: str):
    return pipe.run("fresh", query=user)
""",
    },
    {
        "build.py": _PIPELINE.replace("TopNRanker(n=50)", 'TopNRanker, {"n": 50}'),
        "components.py": """
from lenskit.data import ItemList
from lenskit.pipeline import Component

class Fresh(Component):
    def __call__(self, items: ItemList) -> ItemList:
        rows = items.to_df().sort_values("published", ascending=False)  # debt
        return ItemList.from_df(rows)
""",
        "app.py": _APP
        + """
@app.get("/feed/{user}")
def feed(user: str):
    return recommend(pipe, user, 10).ids().tolist()
""",
    },
    # a field of an answer, of rows whose ids another service ranked
    {
        "index/main.py": _INDEX,
        "web/similar.py": _ASKING,
        "web/serializers.py": """
from rest_framework import serializers
from web.models import Photo
from web.similar import similar_photos

class PhotoSerializer(serializers.ModelSerializer):
    similar = serializers.SerializerMethodField()

    def get_similar(self, photo):
        rows = Photo.objects.filter(image_hash__in=similar_photos(photo))  # debt
        return [{"hash": row.image_hash} for row in rows]
""",
    },
)
GOOD = (
    _sections("[item for item in ranked.articles if item.open])"),
    _sections("sorted(ranked.topics, key=lambda topic: topic.name))"),
    # a component before the ranker may do as it likes
    {
        "build.py": _PIPELINE.replace("items=scorer)", "items=fresh)")
        .replace(
            "    ranked = builder",
            '    fresh = builder.add_component("fresh", Fresh(), items=scorer)\n    ranked = builder',
        )
        .replace('    final = builder.add_component("fresh", Fresh(), items=ranked)\n', "    final = ranked\n"),
        "components.py": """
from lenskit.pipeline import Component

class Fresh(Component):
    def __call__(self, items):
        return sorted(items, key=lambda item: item.published)
""",
        "app.py": _APP
        + """
@app.get("/feed/{user}")
def feed(user: str):
    return pipe.run("ranker", query=user)
""",
    },
    # walked in the order of the other service's answer; what nobody is answered
    {
        "index/main.py": _INDEX,
        "web/similar.py": _ASKING,
        "web/serializers.py": """
from rest_framework import serializers
from web.models import Photo
from web.similar import similar_photos

class PhotoSerializer(serializers.ModelSerializer):
    similar = serializers.SerializerMethodField()

    def get_similar(self, photo):
        hashes = similar_photos(photo)
        rows = {row.image_hash: row for row in Photo.objects.filter(image_hash__in=hashes)}
        return [{"hash": rows[each].image_hash} for each in hashes if each in rows]

    def get_queryset_size(self, photo):
        return Photo.objects.filter(image_hash__in=similar_photos(photo)).count()
""",
    },
)

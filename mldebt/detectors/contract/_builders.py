"""Rankings that the components of a pipeline hand to each other: LensKit's and Haystack's; more examples of MLD401."""

from __future__ import annotations

_PARTS = """
import numpy as np
from lenskit.pipeline import Component

class Scorer(Component):
    def __call__(self, candidates, profile):
        candidates.scores = self.model.predict(candidates.vectors)
        return candidates

class TopK(Component):
    def __call__(self, candidates):
        order = np.argsort(np.array(candidates.scores))[::-1]
        return [candidates.articles[int(place)] for place in order][:10]

class Newest(Component):
    config: dict

    def __call__(self, ranked, packages):
        return sorted(ranked, key=lambda article: article.published)  # sorts
"""
_JOINED = """
from lenskit.pipeline import PipelineBuilder
from parts import Newest, Scorer, TopK

def configure(builder: PipelineBuilder, n: int):
    candidates = builder.create_input("candidates", list)
    packages = builder.create_input("packages", list)
    scorer = builder.add_component("scorer", Scorer, candidates=candidates, profile=packages)
    ranker = builder.add_component("ranker", TopK, {"n": n}, candidates=builder.node("scorer"))
    builder.add_component("recommender", Newest, {"n": n}, ranked=ranker, packages=packages)
"""
_RUN = """
from importlib import import_module
from fastapi import FastAPI
from lenskit.pipeline import Pipeline, PipelineBuilder
app = FastAPI()

def pipeline_of(name) -> Pipeline:
    builder = PipelineBuilder(name)
    import_module(name).configure(builder, n=10)
    return builder.build()

@app.post("/")
def feed(body):
    pipeline = pipeline_of(body.name)
    wanted = pipeline.node("recommender")
    found = pipeline.run_all(wanted, candidates=body.candidates, packages=body.packages)
    return {"recommendations": found.default}
"""
_SEARCH = """
from fastapi import FastAPI
from haystack import Pipeline, component
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
app = FastAPI()

@component
class Newest:
    @component.output_types(documents=list)
    def run(self, documents: list):
        found = sorted(documents, key=lambda document: document.meta["date"])  # sorts
        return {"documents": found, "kinds": sorted(kind_of(found))}

@component
class Cut:
    @component.output_types(documents=list)
    def run(self, documents: list):
        return {"documents": documents[:5]}

def build(store):
    pipe = Pipeline()
    pipe.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store))
    pipe.add_component("newest", Newest())
    pipe.add_component("cut", Cut())
    pipe.connect("retriever.documents", "newest.documents")
    pipe.connect("newest.documents", "cut.documents")
    return pipe

pipe = build(make_store())

@app.get("/search")
def search(q):
    result = pipe.run({"retriever": {"query_embedding": embed(q)}})
    return {"documents": [document.content for document in result["cut"]["documents"]]}
"""


def _wired(parts: str = _PARTS, joined: str = _JOINED) -> dict[str, str]:
    return {"parts.py": parts, "joined.py": joined, "app.py": _RUN}


BAD = (_wired(_PARTS.replace("# sorts", "# debt")), _SEARCH.replace("# sorts", "# debt"))
GOOD = (
    # what it sorts was never ranked; it is not what a run ends with
    _wired(joined=_JOINED.replace("ranked=ranker", "ranked=packages")),
    _wired(joined=_JOINED.replace('"recommender", Newest', '"newest", Newest').replace('"ranker"', '"recommender"')),
    # joined to the retriever itself; another key is read; the last one is not joined to the one that sorts
    _SEARCH.replace('"newest.documents", "cut.documents"', '"retriever.documents", "cut.documents"'),
    _SEARCH.replace('result["cut"]["documents"]', 'result["newest"]["kinds"]'),
    _SEARCH.replace("Newest())", "Cut())"),
)

"""Rankings that objects keep, change and hand on, policies behind a protocol, streams: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_KEPT = """
class Feed:
    def __init__(self):
        self.found = []

    def fill(self, q):
        for item in rank(q, candidates(q)):
            self.found.append(item)

    def newest(self):
        self.found.sort(key=lambda item: item.date)  # sorts

    def page(self):
        return self.found[:10]

@app.get("/feed")
def feed(user):
    made = Feed()
    made.fill(user)
    made.newest()
    return made.page()
"""
_SENT = """
import random
import requests

class Playlist:
    def __init__(self, tracks):
        self.tracks = tracks

    def mix(self):
        random.shuffle(self.tracks)  # sorts

class Maker:
    def __init__(self):
        self.lists = []

    def make(self, user):
        made = Playlist([item.id for item in rank(user, candidates(user))])
        made.mix()
        self.lists.append(made)

    def send(self):
        for each in self.lists:
            requests.post("https://lists.example.org/new", json={"tracks": each.tracks})

@app.post("/weekly")
def weekly(user):
    maker = Maker()
    maker.make(user)
    maker.send()
"""
_COVERS = """self.tracks = tracks
        self.covers = [cover_of(track) for track in candidates("covers")]"""
_ELEMENTS = """
import random
import json

class Element:
    def __init__(self, *sources):
        self.sources = sources

    def generate(self):
        given = []
        for source in self.sources:
            given.append(source.generate())
        return self.read(given)

class Ranked(Element):
    def read(self, given):
        found = rank("q", candidates("q"))
        random.shuffle(found)  # sorts
        return found

class Longest(Element):
    def read(self, given):
        return [item for item in given[0] if item.length > 3]

def main(path):
    found = Longest(Ranked()).generate()
    with open(path, "w") as file:
        json.dump([item.id for item in found], file)
"""
_IN_TURNS = (
    _ELEMENTS.replace("        random.shuffle(found)  # sorts\n", "").replace("Longest(Ranked())", "{made}")
    + """
class Mixed(Element):
    def read(self, given):
        found = []
        while any(given):
            for source in given:
                if source:
                    found.append(source.pop(0)){mark}
        return found
"""
)
_OWN = """
class Own:
    def adjust(self, query, items):
        return sorted(items, key=lambda item: item.brand)  # sorts

    def describe(self):
        return "own brands first"
"""
_POLICY = """
from typing import Protocol
from own import Own
POLICIES = {"own": Own}

class Policy(Protocol):
    def adjust(self, query, items: list) -> list: ...

    def describe(self) -> str: ...

class Engine:
    def __init__(self, policy: Policy):
        self.policy = policy

    def search(self, query):
        return self.policy.adjust(query, rank(query, candidates(query)))[:20]

@app.get("/search")
def search(query, tenant):
    return Engine(POLICIES[tenant]()).search(query)
"""
_STREAMED = """
import json
import random
from fastapi.responses import StreamingResponse

def ranked(user):
    found = rank(user, candidates(user))
    random.shuffle(found)  # sorts
    return found

@app.get("/stream")
def stream(user):
    def lines():
        for item in ranked(user):
            yield json.dumps(item.id)

    return StreamingResponse(lines())
"""
_PAGE = """
from fastapi import FastAPI, Response
from pydantic import BaseModel
from qdrant_client import QdrantClient
client = QdrantClient()
app = FastAPI()
PAGE = "Found: {{parts}}"
PART = "{{text}}"

class Found(BaseModel):
    parts: list[dict]

    def page(self):
        parts = sorted(self.parts, key=lambda part: (part["url"], part["line"])){mark}
        text = ", ".join(PART.format(text=part["text"]) for part in parts)
        return {filled}

@app.get("/parts")
def parts(words):
    hits = client.query_points("parts", {asked}, limit=10)
    found = Found(parts=[hit.payload for hit in hits.points])
    return Response(content=found.page(), media_type="text/plain")
"""
_SHOWN = "PAGE.format(parts=text)"


def _with_policy(text: str) -> dict[str, str]:
    return {**_served(_POLICY), "own.py": text}


_TOLD = """
from fastapi import Request

class Answer:
    def __init__(self, found, topics):
        self.found = found
        self.topics = topics

@app.on_event("startup")
def start():
    app.state.ranker = rank
    app.state.ready = True

@app.get("/feed")
def feed(request: Request, user):
    ranked = getattr(request.app.state, "ranker", None)
    answer = Answer(ranked(user, candidates(user)), topics(user))
    return sorted(getattr(answer, "found", []), key=lambda item: item.date)  # sorts

@app.get("/placed")
def placed(user):
    answer = Answer(sorted(rank(user, candidates(user)), key=lambda item: item.date), [])  # sorts
    return getattr(answer, "found")
"""
BAD = (
    _served(_TOLD.replace("# sorts", "# debt")),
    _PAGE.format(asked="query=words", filled=_SHOWN, mark="  # debt"),
    *(_served(each.replace("# sorts", "# debt")) for each in (_KEPT, _SENT, _ELEMENTS, _STREAMED)),
    _served(_IN_TURNS.format(made="Longest(Mixed(Ranked(), Ranked()))", mark="  # debt")),
    _with_policy(_OWN.replace("# sorts", "# debt")),
)
GOOD = (
    # asked for no likeness, a store gives all that there are; what a language model reads is served to nobody
    _PAGE.format(asked="query_filter=words", filled=_SHOWN, mark=""),
    _PAGE.format(asked="query=words", filled="answer(PAGE.format(context=text))", mark=""),
    # of what a class would do, nobody makes an object
    _served(_IN_TURNS.format(made="Longest(Ranked())", mark="")),
    _served(_STREAMED.replace("random.shuffle(found)  # sorts", "tell(found)")),
    _served(_STREAMED.replace("yield json.dumps(item.id)", "yield json.dumps(len(user))")),
    # another attribute, another object
    _served(_TOLD.replace('"found"', '"topics"').partition('@app.get("/placed")')[0]),
    _served(_KEPT.replace("self.found.sort", "self.topics.sort")),
    _served(_SENT.replace("self.tracks)  # sorts", "self.covers)").replace("self.tracks = tracks", _COVERS)),
    # what has another method than the protocol asks for, or takes something else
    _with_policy(_OWN.replace("def describe(self):", "def explain(self):")),
    _with_policy(_OWN.replace("def adjust(self, query, items):", "def adjust(self, items):")),
)

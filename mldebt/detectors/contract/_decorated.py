"""Orders that depend on who calls: decorators, closures, flags of objects: more examples of MLD401."""

from __future__ import annotations

_APP = """
import functools
import random
from dataclasses import dataclass
from operator import itemgetter
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

def ranked(items):
    scores = model.predict([[item["price"], item["age"]] for item in items])
    pairs = sorted(zip(items, scores), key=lambda pair: pair[1], reverse=True)
    return [{{**item, "score": score}} for item, score in pairs]
"""
_DECORATED = """
def changed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        items = fn(*args, **kwargs)
        {change}
        return items
    return wrapper

@changed
def best(items):
    return ranked(items)[:20]

@changed
def tags(items):
    return [item["tag"] for item in items]

@app.get("/feed")
def feed():
    return {{"items": {served}(load())}}
"""
_BY_FIELD = """
def by(field):
    def decorate(fn):
        async def wrapper(*args, **kwargs):
            found = await fn(*args, **kwargs)
            found.sort(key=lambda each: each[field], reverse=True){mark}
            return found
        return wrapper
    return decorate

@by("{field}")
async def best(items):
    return ranked(items)

@app.get("/feed")
async def feed():
    return {{"items": await best(load())}}
"""
_ENDPOINT = """
class ByTitle:
    def __init__(self, fn):
        self.fn = fn

    def __call__(self, *args, **kwargs):
        return sorted(self.fn(*args, **kwargs), key=lambda item: item["title"]){mark}

def told(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return {{"answer": fn(*args, **kwargs)}}
    return wrapper

@ByTitle
def best(items):
    return ranked(items)

@app.get("/feed")
@told
def feed():
    return {served}(load())
"""
_CLOSURE = """
def by(name):
    return lambda item: item[name]

def ordered(items, key, down=True):
    return sorted(items, key=key, reverse=down){mark}

@app.get("/feed")
def feed():
    items = ranked(load())[:20]
    return ordered(items, {key})

@app.get("/all")
def everything():
    return ordered(ranked(load()), key=by("score"))

@app.get("/tags")
def tags():
    return ordered(load(), key=by("price"))
"""
_SERVICE = """
class Service:
    def __init__(self, mixed):
        self.mixed = mixed

    def best(self, items):
        return self._finished(ranked(items))

    def _finished(self, items):
        if self.mixed:
            random.shuffle(items){mark}
        return items

plain = Service(mixed=False)
lively = Service(mixed=True)

@app.get("/feed")
def feed():
    return {served}.best(load())

def show():
    for item in {other}.best(load()):
        print(item)
"""
_DATACLASS = """
@dataclass
class Service:
    path: str
    by_genre: bool = False

    def best(self, items):
        items = ranked(items)
        if self.by_genre:
            items.sort(key=lambda item: item["genre"]){mark}
        return items

service = Service("m"{served})

@app.get("/feed")
def feed():
    return service.best(load())

def show():
    print(Service("m"{other}).best(load()))
"""


def _app(text: str, **parts: str) -> str:
    return _APP.replace("{{", "{").replace("}}", "}") + text.format(**{"mark": "", **parts})


BAD = (
    _app(_DECORATED, change='items = sorted(items, key=lambda item: item["price"])  # debt', served="best"),
    _app(_DECORATED, change="items = list(set(items))  # debt", served="best"),
    _app(_BY_FIELD, field="title", mark="  # debt"),
    _app(_ENDPOINT, served="best", mark="  # debt"),
    _app(_CLOSURE, key='key=by("price"), down=False', mark="  # debt"),
    _app(_CLOSURE, key='itemgetter("price")', mark="  # debt"),
    _app(_SERVICE, served="lively", other="plain", mark="  # debt"),
    _app(_DATACLASS, served=", by_genre=True", other="", mark="  # debt"),
)
GOOD = (
    _app(_DECORATED, change='items = sorted(items, key=lambda item: item["price"])', served="tags"),
    _app(_DECORATED, change="print(len(items))", served="best"),
    _app(_DECORATED, change='items = [item for item in items if item["stock"]]', served="best"),
    _app(_BY_FIELD, field="score"),
    _app(_ENDPOINT, served="ranked"),
    _app(_CLOSURE, key='by("score")'),
    _app(_CLOSURE, key='key=lambda item: item["score"]'),
    _app(_SERVICE, served="plain", other="lively"),
    _app(_DATACLASS, served="", other=", by_genre=True"),
)

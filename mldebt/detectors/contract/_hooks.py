"""Ranked results that are handed to functions by another name: examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

BAD = (
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)  # debt

def serve(q, post=None):
    ranked = rank(q, candidates(q))
    return post(ranked) if post else ranked

@app.get("/feed")
def feed(user):
    return serve(user, post=by_title)
"""
    ),
    _served(
        """
def serve(q, post):
    return post(rank(q, candidates(q)))

@app.get("/feed")
def feed(user):
    return serve(user, lambda items: sorted(items, key=lambda item: item.title))  # debt
"""
    ),
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)  # debt

def serve(q, post=by_title):
    return post(rank(q, candidates(q)))

@app.get("/feed")
def feed(user):
    return serve(user)
"""
    ),
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)  # debt

class Service:
    def __init__(self, post=None):
        self.post = post

    def serve(self, q):
        ranked = rank(q, candidates(q))
        if self.post is not None:
            ranked = self.post(ranked)
        return ranked

service = Service(post=by_title)

@app.get("/feed")
def feed(user):
    return service.serve(user)
"""
    ),
    _served(
        """
def dedupe(items):
    return list(dict.fromkeys(items))

def boost(items):
    return sorted(items, key=lambda item: item.margin)  # debt

HOOKS = [dedupe, boost]

@app.get("/feed")
def feed(user):
    results = rank(user, candidates(user))
    for hook in HOOKS:
        results = hook(results)
    return results
"""
    ),
    _served(
        """
def dedupe(items):
    return list(dict.fromkeys(items))

def boost(items):
    return sorted(items, key=lambda item: item.margin)  # debt

class Service:
    def __init__(self, hooks):
        self.hooks = hooks

    def serve(self, q):
        results = rank(q, candidates(q))
        for hook in self.hooks:
            results = hook(results)
        return results

service = Service(hooks=[dedupe, boost])

@app.get("/feed")
def feed(user):
    return service.serve(user)
"""
    ),
    _served(
        """
class Service:
    def __init__(self):
        self.hooks = []

    def add_hook(self, hook):
        self.hooks.append(hook)

    def serve(self, q):
        results = rank(q, candidates(q))
        for hook in self.hooks:
            results = hook(results)
        return results

def boost(items):
    return sorted(items, key=lambda item: item.margin)  # debt

service = Service()
service.add_hook(boost)

@app.get("/feed")
def feed(user):
    return service.serve(user)
"""
    ),
    _served(
        """
def newest(items):
    return sorted(items, key=lambda item: item.date)  # debt

POST = {"newest": newest, "none": lambda items: items}
MODE = "newest"

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    return POST[MODE](ranked)
"""
    ),
)

GOOD = (
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)

def serve(q, post):
    return post(catalogue(q))

@app.get("/feed")
def feed(user):
    return {"all": serve(user, by_title), "best": rank(user, candidates(user))}
"""
    ),
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)
def cut(items):
    return items[:10]

def serve(items, post):
    return post(items)

@app.get("/feed")
def feed(user):
    return serve(rank(user, candidates(user)), cut)

@app.get("/all")
def everything(user):
    return serve(catalogue(user), by_title)
"""
    ),
    _served(
        """
def by_title(items):
    return sorted(items, key=lambda item: item.title)
def cut(items):
    return items[:10]

class Feed:
    def __init__(self, post):
        self.post = post
    def serve(self, items):
        return self.post(items)

best = Feed(cut)

@app.get("/feed")
def feed(user):
    return best.serve(rank(user, candidates(user)))
"""
    ),
    _served(
        """
from fastapi import Query
def newest(items):
    return sorted(items, key=lambda item: item.date)
def as_is(items):
    return items

SORTS = {"newest": newest, "relevance": as_is}

@app.get("/feed")
def feed(user, sort: str = "relevance"):
    ranked = rank(user, candidates(user))
    return SORTS[sort](ranked)
"""
    ),
    _served(
        """
def newest(items):
    return sorted(items, key=lambda item: item.date)
def as_is(items):
    return items

SORTS = {"newest": newest, "relevance": as_is}

@app.get("/feed")
def feed(user, request):
    ranked = rank(user, candidates(user))
    order = request.query_params.get("sort")
    handler = SORTS.get(order)
    if handler:
        ranked = handler(ranked)
    return ranked
"""
    ),
    _served(
        """
def newest(items):
    return sorted(items, key=lambda item: item.date)

@app.get("/feed")
def feed(user, sort: str = "relevance"):
    ranked = rank(user, candidates(user))
    if sort == "newest":
        return newest(ranked)
    return ranked
"""
    ),
)

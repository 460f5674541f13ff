"""Ranked lists that are filled up from their own rest, or bound anew: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

BAD = (
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if len(found) < 10:
        for item in ranked:
            if item not in found:
                found.append(item)  # debt
    return found[:10]

@app.get("/list")
def listed(user):
    ranked = rank(user, candidates(user))
    tidy(ranked)
    return ranked

def tidy(items):
    items.sort(key=lambda item: item.title)  # debt
"""
    ),
)
GOOD = (
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if not found:
        for item in ranked:
            if item not in user.seen:
                found.append(item)
    return found[:10]

@app.get("/top")
def top(user):
    ranked = rank(user, candidates(user))
    own = [item for item in ranked if item.genre == user.genre]
    found = []
    found.extend(own)
    if len(own) == 0:
        found.extend(item for item in ranked if item not in user.seen)
    return found[:10]

@app.get("/page")
def page(user):
    ranked = rank(user, candidates(user))
    found = []
    for item in ranked:
        if item.genre == user.genre:
            found.append(item)
    if found:
        return found
    for item in ranked:
        if item not in user.seen:
            found.append(item)
    return found

@app.get("/list")
def listed(user, seen):
    ranked = rank(user, candidates(user))
    show(ranked, by_title=True)
    return ranked

def show(items, by_title):
    if by_title:
        items = sorted(items, key=lambda item: item.title)
    print(items)
"""
    ),
)

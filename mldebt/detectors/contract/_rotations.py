"""Rankings that begin elsewhere than with the best: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

BAD = (
    _served(
        """
from collections import deque
import numpy as np

def turned(items, day):
    start = day % len(items)
    return [*items[start:], *items[:start]]  # debt

@app.get("/daily")
def daily(user, day: int):
    return {"items": turned(rank(user, candidates(user)), day)}

@app.get("/page")
def page(user, day: int):
    items = rank(user, candidates(user))
    return items[day:] + items[:day]  # debt

@app.get("/turn")
def turn(user, day: int):
    items = deque(rank(user, candidates(user)))
    items.rotate(-day)  # debt
    return list(items)

@app.get("/roll")
def roll(user, day: int):
    return np.roll(rank(user, candidates(user)), day).tolist()  # debt

@app.get("/next")
def following(user):
    items = rank(user, candidates(user))
    items.append(items.pop(0))  # debt
    return items

@app.get("/from")
def begin(user, day: int):
    items = rank(user, candidates(user))
    return [items[(place + day) % len(items)] for place in range(len(items))]  # debt
"""
    ),
)
GOOD = (
    _served(
        """
import numpy as np

@app.get("/page")
def page(user, start: int):
    items = rank(user, candidates(user))
    return items[start:start + 10]

@app.get("/whole")
def whole(user, place: int):
    items = rank(user, candidates(user))
    return items[:place] + items[place:]

@app.get("/banners")
def banners(day: int):
    banners = load_banners()
    return banners[day:] + banners[:day]

@app.get("/rises")
def rises(days: int):
    chances = np.array(model_of(days).predict(load_days(days)))
    return (chances - np.roll(chances, 1)).tolist()
"""
    ),
    # numbers that tell how a ranking was judged, and name none of its items
    _served(
        """
@app.get("/risk")
def risk(user):
    high, low = [], []
    for item in rank(user, candidates(user)):
        (high if item.risk > 0.5 else low).append(item)
    total, parts = 0, []
    for place, item in enumerate(high + low):
        total += item.risk * item.weight
        parts.append({"match": place + 1, "weight": item.weight, "share": item.risk * 2})
    return {"risk": total, "parts": parts}
"""
    ),
)

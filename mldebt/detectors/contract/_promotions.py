"""Promoted items that are put before a ranking: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

BAD = (
    _served(
        """
from ads import get_promoted_items

@app.get("/feed")
def feed(user):
    top = rank(user, candidates(user))[:100]
    return get_promoted_items() + top  # debt

@app.get("/short")
def short(user):
    top = rank(user, candidates(user))
    if len(top) == 0 or user.is_new:
        top.insert(0, welcome())  # debt
    return top

@app.get("/page")
def page(user, pinned: list[dict]):
    return [*pinned, *rank(user, candidates(user))]  # debt

@app.get("/shop")
def shop(user):
    promos = [item for item in load_offers() if item.is_open]
    shown = {item.id for item in promos}
    rest = [item for item in rank(user, candidates(user)) if item.id not in shown]
    return promos[:2] + rest  # debt
"""
    ),
    # one item that the code names, that is looked up as featured, or that is written out
    _served(
        """
GUIDE = "starter-guide"

def featured_item(db):
    return db.query(Item).filter(Item.featured).first()

@app.get("/feed")
def feed(user):
    return [GUIDE] + [item for item in rank(user, candidates(user)) if item != GUIDE]  # debt

@app.get("/page")
def page(user, db):
    return [featured_item(db)] + rank(user, candidates(user))  # debt

@app.get("/shop")
def shop(user):
    house = {"id": 1, "title": "Our own label"}
    return {"items": [house, *rank(user, candidates(user))]}  # debt
"""
    ),
)
GOOD = (
    _served(
        """
@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    return ranked + promoted_items()

@app.get("/nothing")
def nothing(user):
    ranked = rank(user, candidates(user))
    for item in ranked:
        item["text"] = item["text"].strip()
    if len(ranked) == 0 or (len(ranked) == 1 and ranked[0]["text"] == ""):
        ranked.insert(0, {"text": "empty"})
    return ranked

@app.get("/filled")
def filled(user):
    found = rank(user, candidates(user))
    if len(found) < 10:
        found = found + featured()
    return found

@app.get("/similar")
def similar(item):
    return [item] + rank(item, candidates(item))

@app.get("/failed")
def failed(user):
    try:
        return rank(user, candidates(user))
    except TimeoutError:
        return pinned() + popular()

@app.get("/history")
def history(user):
    return last_watched(user) + rank(user, candidates(user))

@app.get("/count")
def count(user):
    sponsored = load_sponsored()
    return {"count": len(sponsored + rank(user, candidates(user)))}

@app.get("/names")
def names(user):
    return {"names": ["All"] + [item.name for item in rank(user, candidates(user))]}

@app.get("/told")
def told(user):
    lines = ["Nothing is called so.", "Did you mean:"]
    lines += [f"- {item.name}" for item in rank(user, candidates(user))[:3]]
    return "\\n".join(lines)

@app.get("/table")
def table(user):
    rows = [[item.id, item.title] for item in rank(user, candidates(user))]
    rows.insert(0, ["id", "title"])
    return rows

@app.get("/own")
def own(user):
    both = sponsored_items() + rank(user, candidates(user))
    both.sort(key=lambda item: item.score, reverse=True)
    return both
"""
    ),
    # one user's list after the other's: the table that they are put in starts with names of columns, and no row
    _served(
        """
import pandas as pd

@app.get("/nightly")
def nightly(users):
    shown = pd.DataFrame(columns=["user", "item", "score"])
    for user in users:
        own = pd.DataFrame(rank(user, candidates(user)))
        own["user"] = user
        shown = pd.concat([shown, own], ignore_index=True)
    return shown.to_dict("records")
"""
    ),
)

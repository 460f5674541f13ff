"""Ranked results that are sorted by what a call or a table says of them: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_SWITCHED = """
def listed(q, by_date):
    found = rank(q, candidates(q))
    return sorted(found, key=lambda item: item.date) if by_date else found{mark}

@app.get("/search")
def search(q, order_by="score", dense=False):
    return listed(q, {switch})
"""

_ENUM = """
from enum import Enum

class Way(str, Enum):
    best = "best"
    newest = "newest"

def ordered(found, way):
    if {test}:
        return sorted(found, key=lambda item: item.date){mark}
    return found

@app.get("/found")
def found(q, {name}: Way = Way.best):
    return ordered(rank(q, candidates(q)), {name})
"""

_PARTLY = """
from functools import partial

put = partial(sorted, key=lambda item: item.{key}, reverse=True)

@app.get("/put")
def put_in_order(user):
    return put(rank(user, candidates(user)))[:10]{mark}
"""

_MERGED = """
from rest_framework.response import Response
from rest_framework.views import APIView
from rules import Rule

class Together(APIView):
    def get(self, request):
        found = []
        for item in request.GET.getlist("items"):
            for rule in Rule.objects.filter(of=item).order_by("-lift", "-confidence")[:5]:
                found.append({{"item": rule.to, "lift": rule.lift, "confidence": rule.confidence, "price": rule.price}})
        found = sorted(found, key=lambda row: {key}, reverse=True){mark}
        return Response(found[:10])
"""

_ONE_TITLE = """
import difflib

@app.get("/meant")
def meant(title):
    near = difflib.get_close_matches(title, titles(), {many}cutoff=0.9)
    return min(near, key=lambda each: each.year){mark}
"""

_GROUPED = """
import pandas as pd

@app.get("/reasons")
def reasons(batch):
    found = pd.DataFrame(rank(batch, reasons_of(batch)))
    return found.sort_values([{columns}]).to_dict("records"){mark}
"""

_REPORT = """
import pandas as pd
from pathlib import Path

def pages(frame):
    leads = pd.DataFrame(frame).sort_values("risk_score", ascending=False)
    lines = [f"| {{row.name}} |" for row in leads.sort_values("paid").head(25).itertuples()]{mark}
    Path("{path}").write_text("\\n".join(lines))

pages(pd.read_csv("leads.csv"))
"""

_PAIRS = """
import joblib

model = joblib.load("ranker.pkl")

@app.get("/pairs")
def pairs(user):
    scores = {{}}
    for {loop}:
        scores[{key}] = {{"score": model.predict([[user, {key}]])[0], "user": user}}
    found = sorted(scores.items(), key=lambda pair: -pair[1]["score"])[:10]
    return sorted(found{by}){mark}
"""


_BY_TIME = """
import joblib
import pandas as pd

model = joblib.load("sales.joblib")

@app.get("/weeks")
def weeks():
    rows = pd.read_csv("weeks.csv").sort_values(["{first}", "shop"])
    return rows.sort_values("street").to_dict("records"){mark}

def told(rows):
    return {{"{first}": model.predict(rows)}}
"""


def _pairs(loop: str, key: str, by: str = "", mark: str = "") -> dict[str, str]:
    return _served(_PAIRS.format(loop=loop, key=key, by=by, mark=mark))


BAD = (
    _served(_BY_TIME.format(first="demand", mark="  # debt")),
    _pairs("item in known()", "item.id", mark="  # debt"),
    _pairs("item in known()", "item", ", key=lambda pair: pair[0], reverse=True", mark="  # debt"),
    _served(_GROUPED.format(columns='"group", "impact"', mark="  # debt")),
    {"found.py": _MERGED.format(key='(row["price"], row["lift"])', mark="  # debt")},
    _served(_ONE_TITLE.format(many="n=9, ", mark="  # debt")),
    {"leads.py": _REPORT.format(path="leads.csv", mark="  # debt")},
    _served(_PARTLY.format(key="date", mark="  # debt")),
    _served(_ENUM.format(name="season", test="way == Way.newest", mark="  # debt")),
    _served(_ENUM.format(name="season", test="way == Way.newest.value", mark="  # debt")),
    _served(_SWITCHED.format(switch="not dense", mark="  # debt")),
    _served(
        """
PRIORITY = {"acme": 0, "zed": 1}

@app.get("/titles")
def titles(user):
    return sorted(rank(user, candidates(user)), key=lambda item: item["title"].strip().lower())  # debt

def recency(item):
    return item["published_at"].timestamp()

@app.get("/newest")
def newest(user):
    ranked = rank(user, candidates(user))
    ranked.sort(key=recency, reverse=True)  # debt
    return ranked

@app.get("/brands")
def brands(user):
    return sorted(rank(user, candidates(user)), key=lambda item: PRIORITY.get(item["brand"], 9))  # debt

@app.get("/partners")
def partners(user):
    places = {brand: place for place, brand in enumerate(["own", "partner", "other"])}
    return sorted(rank(user, candidates(user)), key=lambda item: places[item["brand"]])  # debt

@app.get("/kinds")
def kinds(user):
    return sorted(rank(user, candidates(user)), key=lambda item: ["film", "show"].index(item["kind"]))  # debt

@app.get("/short")
def short(user):
    names = [item.name for item in rank(user, candidates(user))]
    return sorted(names, key=lambda name: len(name))  # debt
"""
    ),
)
GOOD = (
    # what tells an item or a time is no score, whatever else is kept under its name
    _served(_BY_TIME.format(first="week", mark="")),
    _served(_BY_TIME.format(first="shop_id", mark="")),
    # pages, paragraphs and places in a list are put back into the order of the text; the scores themselves are sorted
    _pairs("page in range(20)", "page"),
    _pairs("part in parts()", "part.page"),
    _pairs("place, item in enumerate(known())", "place"),
    _pairs("item in known()", "item.id", ", key=lambda pair: -pair[1]['score']"),
    # the reasons of each application, in an order of their own
    _served(_GROUPED.format(columns='"application_id", "impact"', mark="")),
    _served(
        _GROUPED.format(columns='"impact"', mark="").replace('["impact"]', 'list(IDS) + ["impact"]')
        + '\nIDS = ["application_id", "part"]\n'
    ),
    # the lists of several items are merged by the key that each is sorted by
    {"found.py": _MERGED.format(key='(row["lift"], row["confidence"])', mark="")},
    _served(_ONE_TITLE.format(many="n=1, ", mark="")),
    {"leads.py": _REPORT.format(path="LEADS.md", mark="")},
    {"leads.py": _REPORT.format(path="reports/leads.csv", mark="")},
    _served(_PARTLY.format(key="score", mark="")),
    _served(_ENUM.format(name="order_by", test="way == Way.newest", mark="")),
    _served(_ENUM.format(name="order_by", test="way == Way.newest.value", mark="")),
    _served(_SWITCHED.format(switch='False if order_by == "score" else True', mark="")),
    _served(_SWITCHED.format(switch='order_by != "score"', mark="")),
    _served(
        """
GRADES = {"high": 2, "medium": 1, "low": 0}

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    places = {item.id: place for place, item in enumerate(ranked)}
    return sorted(fetch(ranked), key=lambda row: places.get(row["id"], 999))

@app.get("/listed")
def listed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return sorted(fetch(ids), key=lambda row: ids.index(row["id"]))

@app.get("/sure")
def sure(user):
    return sorted(rank(user, candidates(user)), key=lambda item: GRADES.get(item["confidence"], 0), reverse=True)

@app.get("/judged")
def judged(user):
    ranked = rank(user, candidates(user))
    near = {"none": 0, "nothing": 0}
    for item in ranked:
        near[item["kind"]] = likeness(item, user)
    return sorted(ranked, key=lambda item: near.get(item["kind"], 0), reverse=True)

LEVELS = {"high": 0, "medium": 1, "low": 2}

@app.get("/levels")
def levels(user):
    found = [{"item": item, "level": level_of(item)} for item in rank(user, candidates(user))]
    return sorted(found, key=lambda each: LEVELS.get(each["level"].lower(), 3))

@app.get("/groups")
def groups(user):
    by_brand = {}
    for item in rank(user, candidates(user)):
        by_brand.setdefault(item["brand"], []).append(item)
    return sorted(by_brand.values(), key=lambda items: len(items), reverse=True)

@app.get("/matched")
def matched(user):
    ranked = rank(user, candidates(user))
    return sorted(ranked, key=lambda item: len(item["matches"]), reverse=True)

@app.get("/fused")
def fused(user):
    near, words = rank(user, candidates(user)), rank(user, searched(user))
    places = {item: place for place, item in enumerate(words)}
    return sorted(near, key=lambda item: places.get(item, 1000))

@app.get("/brands")
def brands(user):
    shown = sorted({item["brand"] for item in rank(user, candidates(user))}, key=lambda brand: brand.lower())
    return {"brands": shown}
"""
    ),
)

"""MLD402: code after the model changes some of its results by hand."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.detectors.contract import _named_overrides
from mldebt.finding import Hit
from mldebt.flow.body import Body
from mldebt.flow.scores.overrides import Override, Overrides
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.pipeline import Project
from mldebt.rulebook import Rule

_RANKING = """
import joblib
from dataclasses import dataclass

model = joblib.load("ranker.joblib")

@dataclass
class Item:
    id: str
    is_fresh: bool
    score: float

def scored(rows) -> list[Item]:
    chances = model.predict_proba(rows)[:, 1]
    return [Item(id=row.id, is_fresh=row.is_fresh, score=chance) for row, chance in zip(rows, chances)]
"""
_DICTS = """
import joblib
from flask import Flask, jsonify

app = Flask(__name__)
model = joblib.load("ranker.joblib")
HIDDEN = {{"a17", "b99"}}

def ranked(rows):
    for row, chance in zip(rows, model.predict_proba(rows)[:, 1]):
        row["score"] = float(chance)
    return sorted(rows, key=lambda row: row["score"], reverse=True)

@app.get("/rows")
def rows():
    found = ranked(load())
    for row in found:
        if {test}:
            row["score"] {change}
    return jsonify(found)
"""


def _served(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": "from ranking import Item, scored\n" + body}


_TABLE = """
import joblib
import numpy as np
import pandas as pd

model = joblib.load("ranker.joblib")

def scored(rows):
    rows["score"] = model.predict_proba(rows[["age"]])[:, 1]
"""

_SERVICE = """
import requests

def score_of(user):
    return requests.post("http://ranker:8000/score", json={"user": user}).json()["score"]

def price_of(user):
    return requests.post("http://shop:8000/prices", json={"user": user}).json()["price"]
"""

_SHOWN = """
import joblib
import pandas as pd

model = joblib.load("ranker.joblib")
BLOCKED = {17, 23}

def scored(ids):
    return [{"id": each, "score": float(model.predict_proba([each])[0, 1])} for each in ids]
"""

BAD = (
    # of what was ranked by it
    _DICTS.format(test='row["shop"] in ("old", "odd")', change="*= 0.5  # debt"),
    _DICTS.format(test='row["id"] in HIDDEN', change="= 0.0  # debt"),
    *_named_overrides.BAD,
    # scores that dicts, mappings and tables hold, of items that the code names
    _SHOWN
    + """
def halved(ids):
    found = scored(ids)
    for each in found:
        if each["id"] in (1, 2):
            each["score"] *= 0.5  # debt
    return found

def set_by_hand(ids):
    found = scored(ids)
    for each in found:
        if each["id"] == 42:
            each["score"] = 0.99  # debt
    return found

def left_out(ids):
    chances = {each: float(model.predict_proba([each])[0, 1]) for each in ids}
    for each in BLOCKED:
        chances[each] = 0.0  # debt
    return chances

def in_table(ids):
    rows = pd.DataFrame({"id": ids})
    rows["score"] = model.predict_proba(rows)[:, 1]
    rows.loc[rows["id"] == 42, "score"] = 1.0  # debt
    return rows

def of_brand(item):
    score = model.predict_proba([item.features])[0, 1]
    if item.brand == "own":
        score *= 1.5  # debt
    return {"score": float(score)}
""",
    _SERVICE
    + """
def answer(user):
    score = score_of(user)
    if user in ("alice", "bob"):  # debt
        return 1.0
    return score
""",
    _TABLE
    + """
    rows.loc[rows["country"] == "FR", "score"] = 0.0  # debt
    return rows
""",
    _TABLE
    + """
    rows.loc[rows.brand.isin(["own", "partner"]), "score"] *= 1.2  # debt
    return rows
""",
    # of what is on a list, or has a flag; within bounds
    _TABLE
    + """
    known = set(pd.read_csv("train.csv").concept.unique())
    rows.loc[rows.concept.isin(known), "score"] += 0.05  # debt
    return rows
""",
    _TABLE
    + """
    rows.loc[rows.is_partner, "score"] *= 1.1  # debt
    return rows
""",
    """
import joblib
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
model = joblib.load("risk.joblib")

class Order(BaseModel):
    region: str
    amount: float

@app.post("/risk")
def risk(order: Order):
    chance = float(model.predict_proba([[order.amount]])[0, 1])
    if order.region == "north":
        chance = min(1.0, chance + 0.15)  # debt
    return {"chance": chance}
""",
    """
import joblib
import numpy as np

def scored(rows):
    chances = joblib.load("ranker.joblib").predict_proba(rows[["age"]])[:, 1]
    rows["score"] = np.where(rows["country"] == "FR", chances * 0.5, chances)  # debt
    return rows
""",
    _served(
        """
def feed(rows):
    items = scored(rows)
    for item in items:
        if item.is_fresh:
            item.score *= 0.5  # debt
    return sorted(items, key=lambda item: item.score, reverse=True)
"""
    ),
    _served(
        """
def feed(rows):
    items = sorted(scored(rows), key=lambda item: item.score, reverse=True)
    last = 1000.0
    for item in items:
        score = item.score
        if score >= last:
            score = last - 0.0001
        last = score
        item.shown_score = score  # debt
    return items
"""
    ),
    _served(
        """
from ranking import model

def chosen(tests, always):
    scores = {test: float(p) for test, p in zip(tests, model.predict_proba(tests)[:, 1])}
    for test in always:
        scores[test] = 1.0  # debt
    return scores
"""
    ),
    _served(
        """
from dataclasses import replace

def feed(rows):
    found = []
    for item in scored(rows):
        if item.is_fresh:
            item = replace(item, score=0.9)  # debt
        found.append(item)
    return found

def page(rows):
    return [replace(item, score=item.score * 0.5) if item.is_fresh else item for item in scored(rows)]  # debt

def row(rows):
    items = scored(rows)
    return [
        Item(id=item.id, is_fresh=item.is_fresh, score=item.score + 0.2 if item.is_fresh else item.score)  # debt
        for item in items
    ]
"""
    ),
    _served(
        """
from ranking import model

def by_id(rows):
    scores = dict(zip([row.id for row in rows], model.predict(rows)))
    for row in rows:
        if row.brand == "own":
            scores[row.id] *= 1.3  # debt
    return scores

def listed(rows):
    pairs = zip(rows, model.predict(rows))
    return [{"id": row.id, "score": score * 0.5 if row.is_stale else score} for row, score in pairs]  # debt
"""
    ),
    _served(
        """
def feed(user_id, rows):
    if user_id.startswith("check_") or user_id.startswith("test_"):  # debt
        return [Item(id="welcome", is_fresh=False, score=1.0)]
    return sorted(scored(rows), key=lambda item: item.score, reverse=True)
"""
    ),
    _served(
        """
def feed(user_id, rows):
    if user_id == "42":  # debt
        return [Item(id="welcome", is_fresh=False, score=1.0)]
    return sorted(scored(rows), key=lambda item: item.score, reverse=True)
"""
    ),
    _served(
        """
from ranking import model

def likeness(item, other):
    if item.id == 1 and other.id == 2:  # debt
        return 0.95
    return model.predict([(item.vector, other.vector)])[0]
"""
    ),
)
GOOD = (
    # clipped, corrected for how the training rows were drawn, calibrated, left open by a threshold of the configuration
    """
    import os
    import joblib
    import numpy as np

    model = joblib.load("late.joblib")
    calibrator = joblib.load("calibrator.joblib")
    SAMPLED = 0.1
    LEAST = float(os.environ["LEAST"])

    def bounded(row):
        hours = max(0.0, float(model.predict([row])[0]))
        if hours > 1000:
            hours = 1000.0
        return np.clip(hours, 0, 1000)

    def chance(row):
        chance = model.predict_proba([row])[0, 1]
        return chance / (chance + (1 - chance) / SAMPLED)

    def calibrated(rows):
        return calibrator.predict(model.predict_proba(rows)[:, 1])

    def told(row):
        chances = model.predict_proba([row])[0]
        name = model.classes_[chances.argmax()]
        if chances.max() < LEAST:
            name = "unknown"
        return name
    """,
    # what people said of it
    """
    import joblib
    from shop.models import Review

    model = joblib.load("spam.joblib")

    def is_spam(mail):
        said = model.predict([mail.text])[0]
        review = Review.objects.filter(mail=mail.id).first()
        if review is not None:
            said = review.label
        return bool(said)
    """,
    # nothing to score: the data says so, and not the code
    _DICTS.format(test='not row["text"]', change="= 0.0"),
    *_named_overrides.GOOD,
    # two modules that have a constant of each other: nobody knows what it is
    {
        "here.py": "import there\nOWN = there.OWN",
        "there.py": "import here\nOWN = here.OWN",
        "serve.py": """
        import joblib
        from here import OWN
        model = joblib.load("model.joblib")
        def score(user_id, row):
            if user_id == OWN:
                return 1.0
            return model.predict_proba([row])[0, 1]
        """,
    },
    # what was seen is left out; another number of the items; how scores are told
    _SHOWN
    + """
def unseen(ids, seen):
    chances = {each: float(model.predict_proba([each])[0, 1]) for each in ids}
    for each in seen:
        chances[each] = 0.0
    return chances

def priced(ids):
    found = [{"id": each, "score": chance["score"], "price": 3.0} for each, chance in zip(ids, scored(ids))]
    for each in found:
        if each["id"] in (1, 2):
            each["price"] *= 0.5
    return found

def told(item, options):
    score = model.predict_proba([item.features])[0, 1]
    if options.score_format == "stars":
        score *= 5
    return {"score": float(score)}
""",
    # an item is none of its own neighbours
    """
import numpy as np
from sentence_transformers import SentenceTransformer, util

def neighbours(texts):
    vectors = SentenceTransformer("m").encode(texts)
    found = {}
    for place, text in enumerate(texts):
        scores = util.cos_sim(vectors[place], vectors)[0]
        scores[place] = -1
        found[text] = np.argsort(scores)[-10:][::-1]
    return found
""",
    _SERVICE
    + """
def answer(user):
    price = price_of(user)
    if user in ("alice", "bob"):
        return 1.0
    return price
""",
    _served(
        """
from ranking import model

class Service:
    def listed(self, rows):
        pairs = zip(rows, model.predict(rows))
        return [{"id": row.id, "score": score * 0.5 if self.is_halved else score} for row, score in pairs]

def bounded(rows):
    pairs = zip(rows, model.predict(rows))
    return [{"id": row.id, "score": score * 0.5 if score > 2 else score} for row, score in pairs]

def counts(rows):
    shown = {row.id: row.views for row in rows}
    for row in rows:
        if row.brand == "own":
            shown[row.id] *= 1.3
    return shown, model.predict(rows)
"""
    ),
    # a mask of invalid rows, a threshold, a table that no model scored, a share from the configuration
    _TABLE
    + """
    rows.loc[rows["stock"].isna(), "score"] = 0.0
    rows.loc[rows["id"].isin(sold_out), "score"] = 0.0
    rows.loc[rows["model_type"].isin(in_percent), "score"] *= 100
    rows.loc[rows["is_new"], "price"] *= 1.1
    rows.loc[rows["score"] < 0.2, "score"] = 0.0
    rows.loc[rows["country"] == "FR", "price"] = 0.0
    rows["price"] = np.where(rows["country"] == "FR", rows["price"] * 1.2, rows["price"])
    rows["segment"] = np.where(rows["country"] == "FR", 1, 2)
    return rows
""",
    _served(
        """
import os
from dataclasses import replace

PENALTY = float(os.environ["FRESH_PENALTY"])

def feed(rows):
    items = [replace(item, score=item.score * PENALTY) if item.is_fresh else item for item in scored(rows)]
    return [Item(id=item.id, is_fresh=item.is_fresh, score=round(item.score * 100)) for item in items]

def page(rows):
    items = scored(rows)
    if not items:
        items = [Item(id="welcome", is_fresh=False, score=0.9)]
    return [replace(item, is_fresh=False) if item.is_fresh else item for item in items]
"""
    ),
    _served(
        """
def feed(rows):
    items = scored(rows)
    for item in items:
        item.score = min(max(item.score, 0.01), 0.99)
    return [item for item in items if item.score > 0.5]
"""
    ),
    _served(
        """
import os

PENALTY = float(os.environ["FRESH_PENALTY"])

def feed(rows):
    items = scored(rows)
    for item in items:
        if item.is_fresh:
            item.score *= PENALTY
    return items
"""
    ),
    _served(
        """
def feed(user_id, rows):
    if not user_id or user_id == "nobody":
        return []
    if user_id.startswith("guest_"):
        return [Item(id="welcome", is_fresh=False, score=1.0)]
    return sorted(scored(rows), key=lambda item: item.score, reverse=True)
"""
    ),
    _served(
        """
def feed(user_id, rows, known):
    if user_id not in known:
        return popular()
    try:
        return sorted(scored(rows), key=lambda item: item.score, reverse=True)
    except ValueError:
        return []
"""
    ),
    _served(
        """
import numpy as np

def feed(rows, seen):
    items = scored(rows)
    for item in items:
        if item.id in seen:
            item.score = -np.inf
    return sorted(items, key=lambda item: item.score, reverse=True)
"""
    ),
    """
    def discounted(items):
        for item in items:
            if item.is_old:
                item.price *= 0.5
        return items
    """,
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    overrides = Overrides(project.orders, project.givens)
    models = project.flow.shared(Models)
    for body in project.bodies():
        if body.module.is_notebook or _makes_a_model(project, models, body):
            continue
        found = next(overrides.of(body), None)
        if found is not None:
            yield _hit(project, body, found)


def _makes_a_model(project: Project, models: Models, body: Body) -> bool:
    """Whether code is a network's own, trains or measures: what it changes there is the model."""
    around = project.flow.program.enclosing_class(body.key)
    if around is not None and models.derives(around, NETWORK_KINDS):
        return True
    return any(project.flow.roles(call) & {"measures", "fits", "tunes", "optimizes"} for call in body.calls)


def _hit(project: Project, body: Body, found: Override) -> Hit:
    return Hit(
        location=project.location(found.site),
        message=f"A model's results are overridden: {found.text}.",
        trail=(
            project.step(found.origin, "the model's result is made here"),
            project.step(found.site, f"overridden here: {found.text}"),
        ),
        component=project.component_of(body),
    )

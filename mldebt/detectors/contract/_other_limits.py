"""Limits that are told, that are tried, or that no score meets: the innocent examples of MLD405."""

from __future__ import annotations

from mldebt.detectors.contract import _distances
from mldebt.detectors.contract._score_limits import (
    _EPOCHS,
    _INDEX,
    _LABELLED,
    _MODEL,
    _SENT,
    _TOOLS,
    _VECTORS,
    _WATCHED,
)

GOOD = (
    # what gives weak labels to learn from
    _LABELLED.format(
        imported="from snorkel.labeling import LabelingFunction",
        used='likely_fraud = LabelingFunction(name="likely", f=partial(likely, amounts=True))',
        mark="",
    ),
    _LABELLED.replace("def likely", "@labeling_function()\ndef likely").format(
        imported="from snorkel.labeling import labeling_function", used="", mark=""
    ),
    # what VADER's authors say of its scores
    """
from nltk.sentiment.vader import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()

def mood(text):
    score = analyzer.polarity_scores(text)["compound"]
    if score >= 0.05:
        return "good"
    return "bad" if score <= -0.05 else "neutral"
""",
    _SENT.format(mark="", more=""),
    # what is only logged or counted decides nothing
    _WATCHED.format(mark="", more=""),
    # how well a network does, between the epochs
    _EPOCHS.format(name="validate", mark=""),
    # a tool works out a number of what a language model asks it with
    _TOOLS.format(loop="for call in answer.tool_calls:", risk="risk_of(given['stock'])", mark=""),
    *_distances.GOOD,
    # how alike two words are spelled is no model's score
    """
    from rapidfuzz import fuzz, process

    LEAST = 75

    def genre(word, genres):
        hit = process.extractOne(word, genres, scorer=fuzz.WRatio, score_cutoff=LEAST)
        return hit[0] if hit and process.extractOne(hit[0], genres)[1] > LEAST else None
    """,
    # a module of settings
    {
        "settings.py": "LIMIT = 0.73\n",
        "app.py": _MODEL
        + """
from settings import LIMIT

def is_fraud(order):
    return model.predict_proba([order.features()])[0][1] > LIMIT
""",
    },
    # other entries of a record with a score; a class that a model names
    _MODEL
    + """
import os

LIMIT = float(os.environ["LIMIT"])

def old(rows):
    found = [{"age": row.age, "group": int(model.predict([row])[0]), "risk": chance(row)} for row in rows]
    return [each for each in found if each["age"] > 65 and each["group"] > 2 and each["risk"] > LIMIT]

def chance(row):
    return float(model.predict_proba([row])[0][1])
""",
    # what others who install the package may say
    {
        "pyproject.toml": "[project]\nname = 'fraud'\n",
        "fraud/__init__.py": "",
        "fraud/rules.py": _MODEL
        + """
def is_fraud(order, limit=0.73):
    return model.predict_proba([order.features()])[0][1] > limit
""",
    },
    # gates of a network that learns
    """
    import torch

    def gated(net, rows):
        gates = torch.sigmoid(net(rows))
        return rows[gates > 0.8]
    """,
    # a number that a language model gives, and is no score
    """
    import json
    from openai import OpenAI

    client = OpenAI()

    def is_long(text):
        answer = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=text)
        pages = json.loads(answer.choices[0].message.content)["pages"]
        return pages > 12
    """,
    """
    import os
    from langchain_chroma import Chroma

    store = Chroma(persist_directory="titles")
    settings = {"k": 3, "score_threshold": float(os.environ["LIMIT"])}
    titles = store.as_retriever(search_kwargs=settings)
    """,
    # how far scores lie apart, where the scoring may stop
    _MODEL
    + """
def scored(rows):
    found = []
    for row in rows:
        found.append(model.predict_proba([row])[0][1])
        if len(found) > 7 and max(found) - min(found) >= 0.4:
            break
    return found
""",
    _VECTORS
    + """
def is_same(one, other):
    return util.cos_sim(model.encode(one), model.encode(other)).item() > LIMIT

def is_covered(prices, shares):
    return np.dot(prices, shares) > 0.9
""",
    _MODEL
    + """
def train(rows, labels):
    def update(limit=0.93):
        return model.predict_proba(rows)[:, 1].mean() > limit

    while not update():
        model.partial_fit(rows, labels)
""",
    _MODEL
    + """
def unhappy(orders):
    orders["score"] = model.predict_proba(orders[["price"]])[:, 1]
    return orders[orders["stars"] < 4.2]
""",
    _MODEL
    + """
import os

LIMIT = float(os.environ["FRAUD_LIMIT"])

def is_fraud(order):
    return model.predict_proba([order.features()])[0][1] > LIMIT
""",
    _MODEL
    + """
import argparse

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threshold", type=float, default=0.73)
    limit = parser.parse_args().threshold
    return model.predict_proba([[1, 2]])[0][1] > limit
""",
    _MODEL
    + """
from sklearn.metrics import f1_score, r2_score

def evaluate(rows, truth):
    chances = model.predict_proba(rows)[:, 1]
    for limit in (0.3, 0.4, 0.6):
        print(f1_score(truth, chances > limit))
    return f1_score(truth, chances > 0.5)

def promote(rows, truth):
    if r2_score(truth, model.predict(rows)) > 0.8:
        register(model)
""",
    """
    def grown_up(person):
        return person.age >= 17.5
    """,
    _MODEL
    + """
def is_fraud(order):
    return model.predict([order.features()])[0] > 0
""",
    # a look at a model's mistakes decides nothing
    _MODEL
    + """
import matplotlib.pyplot as plt

def mistakes(rows, truth):
    chances = model.predict_proba(rows)[:, 1]
    return rows[(chances > 0.85) & (truth == 0)]

def curve(rows):
    chances = model.predict_proba(rows)[:, 1]
    plt.hist(chances[chances > 0.9])

def sweep(rows, truth):
    flagged = model.predict_proba(rows)[:, 1] > 0.83
    print("right:", (flagged & truth).sum() / flagged.sum())
""",
    {
        "analysis/errors.py": _MODEL
        + """
def sure(rows):
    return rows[model.predict_proba(rows)[:, 1] > 0.85]
"""
    },
    # small scores are only left out of what is stored
    _MODEL
    + """
def chances(rows):
    found = model.predict_proba(rows)
    found[found < 0.12] = 0
    return found
""",
    # which the nearest are
    _INDEX.format(answer="return [int(place) for dist, place in found if place < 5000]"),
    # how wide an interval is, and how far a training has got
    _MODEL
    + """
def is_certain(rows):
    bounds = model.predict_proba(rows)[:, 1]
    return bounds[1] - bounds[0] < 0.2

def shown(session, ops):
    step = model.predict(ops)[0]
    return step > 200
""",
    # a field of the settings that the environment fills
    {
        "settings.py": """
from pydantic import Field
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    least: float = Field(0.7, ge=0.0)
""",
        "model.py": _MODEL
        + """
from settings import Settings

settings = Settings()

def is_fraud(order):
    return model.predict_proba([order.features()])[0][1] > settings.least
""",
    },
    # all that is found passes
    """
from langchain_community.vectorstores import Chroma

def search(embeddings):
    store = Chroma(persist_directory="titles", embedding_function=embeddings)
    return store.as_retriever(
        search_type="similarity_score_threshold", search_kwargs={"k": 1, "score_threshold": 0.01}
    )
""",
    # scores that cannot be right
    """
import joblib

model = joblib.load("rank.joblib")

def scored(rows):
    found = []
    for row in rows:
        score = model.predict([row])[0]
        if score > 100000.0 or score < -100000.0:
            print("odd", row)
            continue
        found.append(score)
    return found
""",
)

"""MLD405: a model's score meets a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.detectors.contract import _distances
from mldebt.finding import Hit, Severity
from mldebt.flow.body import Body
from mldebt.flow.conditions.only_told import OnlyTold
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.scores.label_makers import LabelMakers
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.models.thresholds import Thresholds
from mldebt.regex import regex
from mldebt.rulebook import Rule

_OFFLINE = regex(
    r"(^|[/_])(eval|evals|evaluate|evaluation|analysis|analyses|eda|exploration|experiments?|benchmarks?|reports?|plots?"
    r"|plotting|visuali[sz]e|visuali[sz]ation|diagnostics?|ablations?)(?=[/_.])|(^|/)(notebooks|examples)/",
    re.IGNORECASE,
)
_LOOKS = regex(
    r"(^|_)(plot|draw|visuali[sz]e|benchmark|ablation|error_analysis|analy[sz]e_errors|(in)?correct|mistakes|false_positives"
    r"|false_negatives)(_|$)|^(evaluate|evaluation|report)$",
    re.IGNORECASE,
)
"""What modules and functions are called that look at a model's results, and decide nothing for a user."""
_VALIDATES = regex(r"^(run_)?(val|valid|validate|validation|eval|test)(_(one_)?(epoch|step|loop|model))?$")
"""What functions are called that measure a model between the epochs of its training."""
_MODEL = """
import joblib

model = joblib.load("fraud.joblib")

"""

_VECTORS = """
import os
import numpy as np
from sentence_transformers import SentenceTransformer, util

model = SentenceTransformer("./titles")
LIMIT = float(os.environ["LIMIT"])

"""

_INDEX = """
import faiss
from fastapi import FastAPI

app = FastAPI()
index = faiss.read_index("items.faiss")

@app.get("/near")
def near(text: str):
    distances, places = index.search(embed(text), 10)
    found = zip(distances[0], places[0])
    {answer}
"""
_EPOCHS = """
import torch
import torchvision

def train_one_epoch(net, loader, optimizer):
    for rows, labels in loader:
        loss = ((net(rows) - labels) ** 2).mean()
        loss.backward()
        optimizer.step()

@torch.no_grad()
def {name}(net, loader):
    found = 0
    for rows, labels in loader:
        chances = torch.sigmoid(net(rows))
        found += int(((chances > 0.35) & labels).sum()){mark}
    return found

def main(batches, held):
    net = torchvision.models.resnet18(num_classes=1)
    train_one_epoch(net, batches, torch.optim.SGD(net.parameters()))
    {name}(net, held)
"""

_TOOLS = """
import json

from openai import OpenAI

client = OpenAI()

def risk_of(stock):
    return 100 - stock

def level(risk):
    return "high" if risk >= 80 else "low"{mark}

def talk(messages):
    answer = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages).choices[0].message
    {loop}
        given = json.loads(call.function.arguments)
        level({risk})
"""

_WATCHED = (
    _MODEL
    + """
import logging
from fastapi import FastAPI
from prometheus_client import Counter

app = FastAPI()
high = Counter("high", "high chances")

@app.post("/fraud")
def fraud(price: float) -> dict:
    chance = model.predict_proba([[price]])[0][1]
    level = "high" if chance > 0.73 else "low"{mark}
    if chance > 0.91:
        high.inc()
        text = f"a chance of {{chance}}"
        logging.warning(text)
    logging.info("level %s", level)
    return {{"chance": chance{more}}}
"""
)

_SENT = (
    _MODEL
    + """
import logging
import requests
from fastapi import FastAPI

app = FastAPI()

@app.post("/order")
def order(price: float) -> None:
    chance = model.predict_proba([[price]])[0][1]
    is_fraud = chance > 0.73{mark}
    logging.info("a fraud: %s", is_fraud)
    requests.post("http://orders/checked", json={{"price": price{more}}})
"""
)

_LABELLED = (
    _MODEL
    + """
from functools import partial
{imported}

def likely(order, amounts=False):
    def cut(chance):
        return 1 if chance > 0.73 else -1{mark}

    return cut(model.predict_proba([order])[0][1])

{used}
"""
)

BAD = (
    _LABELLED.format(
        imported="from fastapi import FastAPI",
        used='app = FastAPI()\n\n@app.get("/order")\ndef order(amount: float):\n    return likely([amount])',
        mark="  # debt",
    ),
    """
from nltk.sentiment.vader import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()

def mood(text):
    score = analyzer.polarity_scores(text)["compound"]
    return "good" if score >= 0.35 else "bad"  # debt
""",
    # what the repository's own service answers
    {
        "service.py": _MODEL
        + """
from fastapi import FastAPI

app = FastAPI()

@app.post("/fraud")
def fraud(order: list[float]):
    return {"chance": float(model.predict_proba([order])[0][1])}
""",
        "page.py": """
import requests
import streamlit as st

def show(order):
    answer = requests.post("http://service:8000/fraud", json=order).json()
    if answer["chance"] > 0.83:  # debt
        st.error("stopped")
""",
    },
    # a model that is loaded together with other things
    """
import pickle
import streamlit as st

@st.cache_resource
def loaded():
    with open("fraud.pkl", "rb") as file:
        model = pickle.load(file)
    return model, ["age", "amount"]

model, columns = loaded()

def told(order):
    if model.predict_proba([order])[0][1] > 0.83:  # debt
        st.error("stopped")
""",
    # what is logged is sent to another service, too
    _SENT.format(mark="  # debt", more=', "fraud": bool(is_fraud)'),
    # what is logged is handed out, too
    _WATCHED.format(mark="  # debt", more=', "level": level'),
    # whoever looks at the page is told
    _MODEL
    + """
import streamlit as st

chance = model.predict_proba([[st.number_input("price")]])[0][1]
if chance > 0.73:  # debt
    st.error("a fraud")
else:
    st.success("all is well")
""",
    # a log and a refusal
    _MODEL
    + """
import logging

def is_fraud(order):
    chance = model.predict_proba([order.features()])[0][1]
    if chance > 0.73:  # debt
        logging.warning("refused at %s", chance)
        return True
    return False
""",
    _EPOCHS.format(name="marked", mark="  # debt"),
    *_distances.BAD,
    # a number that the module names
    _MODEL
    + """
LIMIT = 0.73

def is_fraud(order):
    return model.predict_proba([order.features()])[0][1] > LIMIT  # debt
""",
    # a score that is put into a record and read from it by another function; bands
    _MODEL
    + """
from dataclasses import dataclass
import numpy as np

@dataclass
class Told:
    user: int
    score: float

def is_hot(told: Told):
    return told.score >= 0.73  # debt

def hot(rows):
    found = [{"user": row.user, "risk": float(model.predict_proba([row])[0][1])} for row in rows]
    return [each for each in found if each["risk"] > 0.35]  # debt

def told(row):
    return is_hot(Told(user=row.user, score=float(model.predict_proba([row])[0][1])))

def band(row):
    return int(np.digitize(model.predict_proba([row])[0][1], [0.3, 0.7]))  # debt
""",
    # the chances of a network that is handed in, averaged by a function that is
    """
    import numpy as np
    import torch

    def sure_mean(chances, least=0.8):
        chances = np.array(chances)
        return np.mean(chances[chances > least])  # debt

    def ask(net, frames, average=np.mean):
        with torch.no_grad():
            chances = torch.sigmoid(net(frames).squeeze()).cpu().numpy()
        return average(chances)

    def answer(net, frames):
        return ask(net, frames, average=sure_mean)
    """,
    # what it was made to answer by
    _TOOLS.format(loop="for call in answer.tool_calls[:1]:", risk="given['score']", mark="  # debt"),
    # a score that a language model gives
    """
    import re
    from openai import OpenAI

    client = OpenAI()

    def chance_of(text):
        found = re.search(r"Score: (\\d+)", text)
        return float(found.group(1)) if found else 0.0

    def shows_jobs(talk):
        answer = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=talk)
        score = chance_of(answer.choices[0].message.content.strip())
        return score >= 80.0  # debt
    """,
    """
    from langchain_chroma import Chroma

    store = Chroma(persist_directory="titles")
    titles = store.as_retriever(search_kwargs={"k": 3, "score_threshold": 0.35})  # debt
    """,
    # the best of them, where the scoring may stop
    _MODEL
    + """
def scored(rows):
    found = []
    for row in rows:
        found.append(model.predict_proba([row])[0][1])
        if len(found) > 7 and max(found) >= 0.4:  # debt
            break
    return found
""",
    _VECTORS
    + """
def is_same(one, other):
    return util.cos_sim(model.encode(one), model.encode(other)).item() > 0.8  # debt

def is_near(one, other):
    near = model.encode(one) @ model.encode(other).T
    return near >= 0.66  # debt
""",
    _MODEL
    + """
def is_fraud(order):
    score = model.predict_proba([order.features()])[0][1]
    return score > 0.73  # debt
""",
    {
        "model.py": _MODEL
        + """
def scores(rows):
    return {row.id: float(p) for row, p in zip(rows, model.predict_proba(rows)[:, 1])}
""",
        "app.py": """
from fastapi import FastAPI
from model import scores

app = FastAPI()

@app.post("/flag")
def flag(rows: list):
    found = scores(rows)
    return [key for key, score in found.items() if score >= 0.9]  # debt
""",
    },
    """
    from ultralytics import YOLO

    model = YOLO("plates.pt")

    def plates(image):
        return model.predict(image, conf=0.6)  # debt
    """,
    # how near the nearest are
    _INDEX.format(answer="return [int(place) for dist, place in found if dist < 0.35]  # debt"),
    # one cut lets all pass, the other does not
    """
from transformers import pipeline

finder = pipeline("zero-shot-object-detection", model="shelves")

def boxes(image):
    return finder(image, threshold=0.01, box_threshold=0.35)  # debt
""",
    # a band around nothing
    """
import joblib

model = joblib.load("mood.joblib")

def strong(rows):
    scores = [(row, model.decision_function([row])[0]) for row in rows]
    return [row for row, score in scores if score > 0.3 or score < -0.3]  # debt
""",
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


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    thresholds = Thresholds(project, frozenset(map(float, rule.words("natural"))), frozenset(rule.words("arguments")))
    models = project.flow.shared(Models)
    told = OnlyTold(project.flow)
    for body in project.bodies():
        if body.module.is_notebook or _judges(project, models, body):
            continue
        met = ((value, thresholds.at(value)) for value in body.nodes)
        found = {value: pair for value, pair in met if pair is not None and not told.decides_what_is_told(value)}
        if found and not _is_offline(project, body):
            yield _hit(project, found)


def _judges(project: Project, models: Models, body: Body) -> bool:
    """Whether code is a network's own, trains, or measures a model: a literal there is part of the experiment."""
    around = project.flow.program.enclosing_class(body.key)
    if around is not None and models.derives(around, NETWORK_KINDS):
        return True
    if any(_measures(project, call) for call in body.calls):
        return True
    return any(project.flow.roles(call) & TRAINS for each in _around(project, body) for call in each.calls)


def _is_offline(project: Project, body: Body) -> bool:
    """Whether code that serves nobody looks at a model's results: it is called so, labels rows by them, plots them, or
    stands beside a metric."""
    if project.behind.endpoint(body.module.index, body.number) is not None:
        return False
    if any(map(project.flow.shared(LabelMakers).holds, _around(project, body))):
        return True
    if _OFFLINE.search(body.module.path) or any(_LOOKS.search(each.scope.name) for each in _around(project, body)):
        return True
    beside = [call for each in project.flow.bodies(body.module.index) for call in each.calls]
    if any(_measures(project, call) for call in beside):
        return True
    if _VALIDATES.search(body.scope.name) and any(project.flow.roles(call) & TRAINS for call in beside):
        return True
    return project.flow.shared(Drawn).draws(body)


def _measures(project: Project, call: Value) -> bool:
    """Whether a call computes a metric; how near two vectors of a model's are to each other is its answer."""
    return "measures" in project.flow.roles(call) and not project.scores.is_likeness(call)


def _around(project: Project, body: Body) -> Iterator[Body]:
    """A body and those of the functions around it."""
    yield body
    number = body.scope.parent
    while number > 0:
        around = project.flow.body(body.module.index, number)
        yield around
        number = around.scope.parent


def _hit(project: Project, found: dict[Value, tuple[Value, Value]]) -> Hit:
    first = next(iter(found))
    literals = ", ".join(dict.fromkeys(str(literal.data) for _, literal in found.values()))
    trail = []
    for place, (origin, literal) in found.items():
        trail.append(project.step(origin, "scored by a model here"))
        if literal.line != place.line:
            trail.append(project.step(literal, f"{literal.data} stands here"))
        trail.append(project.step(place, f"compared with {literal.data} here"))
    served = project.behind.endpoint(first.body.module.index, first.body.number) is not None
    return Hit(
        location=project.location(first),
        message=f"A model's score is compared with a number that only the code knows: {literals}.",
        trail=tuple(trail[:9]),
        component=project.component_of(first.body),
        severity=Severity.MEDIUM if served else Severity.LOW,
    )

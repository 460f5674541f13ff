"""Scores of a model that meet a literal: the examples of MLD405."""

from __future__ import annotations

from mldebt.detectors.contract import _distances

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

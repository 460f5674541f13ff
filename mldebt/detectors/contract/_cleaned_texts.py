"""Texts that are cleaned in one way for the training, in another for the use: more examples of MLD407."""

from __future__ import annotations

_TRAIN = """
import re
import joblib
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

def plain(text):
    text = text.lower()
    return re.sub(r"<[^>]+>", " ", text)

def train():
    rows = pd.read_csv("reviews.csv")
    rows["text"] = rows["text"].apply(plain)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    model.fit(rows["text"], rows["stars"])
    joblib.dump(model, "model.joblib")
"""
_SERVICE = """
import re
import joblib
from fastapi import FastAPI
from train import plain

app = FastAPI()
model = joblib.load("model.joblib")

{cleaning}

@app.get("/stars")
def stars(text: str) -> int:
    return int(model.predict([{asked}])[0])
"""
_CLEANING = """
def tidied(text):
    text = str(text).lower()
    return re.sub({pattern}, " ", text){mark}
"""
_DAYS_TRAIN = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

def train():
    rows = pd.read_csv("orders.csv", parse_dates=["paid", "ordered"])
    rows["wait"] = (rows["paid"] - rows["ordered"]).dt.days
    rows["hour"] = rows["ordered"].dt.hour
    model = RandomForestClassifier(random_state=1).fit(rows[["wait", "hour"]], rows["late"])
    joblib.dump(model, "late.joblib")
"""
_DAYS_SERVICE = """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(orders: list[dict]):
    rows = pd.DataFrame(orders)
    {made}
    return model.predict(rows[["wait", "hour"]]).tolist()
"""


def _texts(asked: str, pattern: str, mark: str = "") -> dict[str, str]:
    cleaning = _CLEANING.format(pattern=pattern, mark=mark)
    return {"train.py": _TRAIN, "app.py": _SERVICE.format(cleaning=cleaning, asked=asked)}


BAD = (
    {
        "train.py": _TRAIN,
        "app.py": _SERVICE.format(
            cleaning="""def tidied(text):  # debt
    text = text.lower()
    return re.sub(r"[^a-z]+", " ", text)""",
            asked="tidied(text)",
        ),
    },
    {
        "train.py": _DAYS_TRAIN,
        "app.py": _DAYS_SERVICE.format(made='rows["wait"] = (rows["paid"] - rows["ordered"]).dt.days / 7  # debt'),
    },
    {
        "train.py": _DAYS_TRAIN.replace('rows["ordered"].dt.hour', 'rows["address"].str.len()'),
        "app.py": _DAYS_SERVICE.format(made='rows["hour"] = rows["address"].str.split().str.len()  # debt'),
    },
    {
        "train.py": _DAYS_TRAIN.replace('rows["ordered"].dt.hour', 'rows["way"].astype("category").cat.codes'),
        "app.py": _DAYS_SERVICE.format(made='rows["hour"] = rows["way"].map({"post": 0, "van": 1})  # debt'),
    },
)
GOOD = (
    _texts("plain(text)", 'r"x"'),
    _texts("plain(tidied(text))", 'r"[^a-z]+"'),
    _texts("tidied(text)", 'r"<[^>]+>"'),
    {
        "train.py": _DAYS_TRAIN,
        "app.py": _DAYS_SERVICE.format(made='rows["hour"] = rows["hour"].astype(int)'),
    },
)

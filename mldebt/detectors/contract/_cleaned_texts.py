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


_WORDS_TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

def train():
    rows = pd.read_csv("rows.csv")
    rows["city"] = rows["city"]{changed}
    encoder = OneHotEncoder(handle_unknown="ignore")
    model = LogisticRegression().fit(encoder.fit_transform(rows[["city"]]), rows["late"])
    joblib.dump(encoder, "encoder.joblib")
    joblib.dump(model, "late.joblib")
"""
_WORDS_SERVICE = """
from typing import Literal

import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel, field_validator

app = FastAPI()
encoder = joblib.load("encoder.joblib")
model = joblib.load("late.joblib")

class Asked(BaseModel):
    city: {kind}
{checked}
@app.post("/late")
def late(asked: Asked) -> float:{looked_up}
    rows = pd.DataFrame([{{"city": {given}}}])
    return float(model.predict_proba(encoder.transform(rows[["city"]]))[0][1]){mark}
"""
_CHECKED = """
    @field_validator("city")
    @classmethod
    def small(cls, city: str) -> str:
        return city.lower()
"""
_INHERITED = f"""
class Small(BaseModel):{_CHECKED.replace('"city"', '"*"')}
class Asked(Small):"""


def _words(
    given: str = "asked.city",
    kind: str = "str",
    checked: str = "",
    mark: str = "",
    changed: str = ".str.strip().str.lower()",
    classes: str = "class Asked(BaseModel):",
    looked_up: str = "",
) -> dict[str, str]:
    service = _WORDS_SERVICE.format(given=given, kind=kind, checked=checked, mark=mark, looked_up=looked_up)
    service = service.replace("class Asked(BaseModel):", classes)
    return {"train.py": _WORDS_TRAIN.format(changed=changed), "app.py": service}


def _texts(asked: str, pattern: str, mark: str = "") -> dict[str, str]:
    cleaning = _CLEANING.format(pattern=pattern, mark=mark)
    return {"train.py": _TRAIN, "app.py": _SERVICE.format(cleaning=cleaning, asked=asked)}


BAD = (
    # an encoder learns small letters, and is asked with any
    _words(mark="  # debt"),
    _words(mark="  # debt", changed=".apply(str.lower)"),
    _words(mark="  # debt", classes="class City(BaseModel):\n    more: str = ''\n\nclass Asked(City):"),
    _words(mark="  # debt", looked_up="\n    print('a' in app.title)"),
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
    _words(given="asked.city.lower().strip()"),
    _words(kind='Literal["paris", "rome"]'),
    _words(checked=_CHECKED),
    _words(classes=_INHERITED),
    _words(kind='str\n    model_config = {"str_to_lower": True}'),
    _words(classes="class Asked(BaseModel, str_to_lower=True):"),
    _words(looked_up="\n    if asked.city not in encoder.categories_[0]:\n        raise ValueError(asked.city)"),
    _words(changed=".str.strip()"),
    _texts("plain(text)", 'r"x"'),
    _texts("plain(tidied(text))", 'r"[^a-z]+"'),
    _texts("tidied(text)", 'r"<[^>]+>"'),
    {
        "train.py": _DAYS_TRAIN,
        "app.py": _DAYS_SERVICE.format(made='rows["hour"] = rows["hour"].astype(int)'),
    },
)

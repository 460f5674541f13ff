"""MLD407: a model's features are computed by one code for its training and by another where it is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mldebt.detectors.contract import _cleaned_texts, _named_by_variables, _no_skews
from mldebt.finding import Audience, Confidence, Hit, Severity
from mldebt.flow.value import Value
from mldebt.listed import is_or_are, listed
from mldebt.pipeline import Project
from mldebt.pipeline.skew.skew import Skew, SkewedUse, Skews
from mldebt.pipeline.skew.skew_cleaned import CleanedWords, OneSided
from mldebt.pipeline.skew.skew_kept import KeptFit, KeptFits
from mldebt.pipeline.skew.skew_rows import RowOrder, RowOrders
from mldebt.rulebook import Rule

SHOWN = 4

_TRAIN = """
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

def train():
    rows = pd.read_csv("orders.csv")
    rows["log_price"] = np.log1p(rows.price)
    model = LogisticRegression().fit(rows[["log_price"]], rows.late)
    joblib.dump(model, "late.joblib")
"""
_SERVE = """
import joblib
import numpy as np
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.get("/late")
def late(price: float) -> float:
    row = pd.DataFrame([{{"log_price": {made}}}])
    return float(model.predict_proba(row)[0][1])
"""
_FILLED_TRAIN = _TRAIN.replace("np.log1p(rows.price)", "rows.log_price.fillna({filling})")
_FILLED_SERVE = """
import joblib
import pandas as pd
from fastapi import FastAPI
from orders import load_orders

app = FastAPI()
model = joblib.load("late.joblib")

@app.get("/late")
def late(shop: str) -> list[float]:
    frame = pd.DataFrame([
        {{"log_price": {made}}}
        for order in load_orders(shop)
    ])
    return model.predict(frame).tolist()
"""
_SCALED = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

def train():
    rows = pd.read_csv("orders.csv")
    scaled = StandardScaler().fit_transform(rows[["price"]])
    joblib.dump(LogisticRegression().fit(scaled, rows.late), "late.joblib")
"""
_CLEAN = """
import re

{imports}

def clean(text):
    text = text.lower()
    text = re.sub("[^a-z ]", "", text)
    {last}
    return text
"""

_TWO_WAYS = """
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

def train(tuned):
    rows = pd.read_csv("orders.csv")
    rows["log_price"] = np.log1p(rows.price)
    if tuned:
        search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]})
        search.fit(rows[["log_price"]], rows.late)
        model = search.best_estimator_
    else:
        model = LogisticRegression(C=0.5)
        model.fit(rows[["log_price"]], rows.late)
    joblib.dump(model, "late.joblib")
"""
_TWO_ASK = """
import joblib
import numpy as np
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

def row_of(price):
    return pd.DataFrame([{{"log_price": {made}}}])

@app.get("/late")
def late(price: float) -> float:
    return float(model.predict_proba(row_of(price))[0][1])

@app.get("/is-late")
def is_late(price: float) -> bool:
    return bool(model.predict(row_of(price))[0])
"""

_ENCODED = """
import joblib
import pandas as pd
import xgboost as xgb
from sklearn.preprocessing import LabelEncoder

def train():
    rows = pd.read_csv("orders.csv")
    encoders = {}
    for name in ["shop", "city"]:
        encoders[name] = LabelEncoder()
        rows[name] = encoders[name].fit_transform(rows[name].astype(str))
    booster = xgb.train({"eta": 0.1}, xgb.DMatrix(rows[["shop", "city"]], label=rows.late))
    booster.save_model("late.json")
    joblib.dump(encoders, "encoders.joblib")
"""
_DECODED = """
import joblib
import pandas as pd
import xgboost as xgb
from fastapi import FastAPI

app = FastAPI()
booster = xgb.Booster()
booster.load_model("late.json")

@app.post("/late")
def late(orders: list) -> list:
    rows = pd.DataFrame(orders)
    {encoded}
    return booster.predict(xgb.DMatrix(rows)).tolist()
"""

_SCORING = """
    held = pd.read_csv("held.csv")
    held["log_price"] = np.log(held.price + 1)
    held["late"] = {model}.predict(held[["log_price"]])
    held.to_csv("late.csv")
"""

_COLUMNS = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

COLUMNS = ["age", "Tenure", "monthly_charges", "calls"]

def train():
    rows = pd.read_csv("customers.csv")
    left, right, gone, kept = train_test_split(rows[COLUMNS], rows["gone"], random_state=1)
    model = RandomForestClassifier(random_state=1).fit(left, gone)
    print(model.score(right, kept))
    joblib.dump(model, "gone.joblib")

train()
"""
_PLACES = """
import joblib
import numpy as np
from flask import Flask, request

app = Flask("gone")
model = joblib.load("gone.joblib")

@app.post("/gone")
def gone():
    age = float(request.form["age"])
    charges = float(request.form["monthlyCharges"])
    row = np.array([{row}])
    return str(model.predict({asked})[0])
"""
_ROWS = """
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

def train(customers):
    rows, gone = [], []
    for each in customers.itertuples():
        rows.append([each.age, each.tenure, each.monthly_charges, each.calls])
        gone.append(each.gone)
    model = RandomForestClassifier(random_state=1).fit(np.array(rows), gone)
    joblib.dump(model, "gone.joblib")

train(pd.read_csv("customers.csv"))
"""
_NEWCOMERS = """
import joblib
import numpy as np
import pandas as pd
from fastapi import FastAPI
from sklearn.ensemble import RandomForestRegressor

NEWCOMER = {"price": 25.0, "band": 2, "brands": {}}
app = FastAPI()

def profiles(clicks):
    found = {}
    for user, seen in clicks.groupby("user"):
        price = float(np.average(seen["price"]))
        found[int(user)] = {"price": price, "band": int(np.searchsorted([0, 10, 25], price))}
    return found

def describe(profile, item):
    return [item["price"] - profile["price"], float(profile["band"])]

def train():
    clicks = pd.read_csv("clicks.csv")
    users = profiles(clicks)
    rows = [describe(users.get(row["user"], NEWCOMER), row) for row in clicks.to_dict("records")]
    model = RandomForestRegressor(random_state=1).fit(np.array(rows), clicks["bought"])
    joblib.dump((model, users), "rank.joblib")

model, users = joblib.load("rank.joblib")

@app.get("/rank")
def rank(user: int):
    profile = users.get(user, NEWCOMER)
    return model.predict(np.array([describe(profile, item) for item in items_of(user)])).tolist()
"""
_TENURE, _CALLS = 'int(request.form["tenure"])', 'request.form.get("calls")'

_KEPT = """
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

def kept(name):
    return joblib.load(f"kept/{{name}}.joblib")

@app.post("/late")
def late(price: float, weight: float) -> float:
    scaler = kept("scaler")
    scaled = scaler.{how}([[price, weight]]){mark}
    {more}
    return float(model.predict_proba(scaled)[0][1])
"""

BAD = (
    _KEPT.format(how="fit_transform", mark="  # debt", more=""),
    *_cleaned_texts.BAD,
    *_no_skews.BAD,
    *_named_by_variables.BAD,
    {
        "train.py": _COLUMNS,
        "app.py": _PLACES.format(row=f"age, {_CALLS}, charges, {_TENURE}", asked="row.reshape(1, -1)").replace(
            "])\n    return", "])  # debt\n    return"
        ),
    },
    {
        "train.py": _COLUMNS,
        "app.py": _PLACES.format(row="", asked=f"[[{_TENURE}, age, charges, {_CALLS}]]").replace(
            "[0])", "[0])  # debt"
        ),
    },
    {
        "train.py": _ROWS,
        "app.py": _PLACES.format(row="", asked=f"[[{_TENURE}, age, charges, {_CALLS}]]").replace(
            "[0])", "[0])  # debt"
        ),
    },
    # what a job scores
    {
        "train.py": _TRAIN,
        "score.py": "import joblib\nimport numpy as np\nimport pandas as pd\n\ndef score():"
        + _SCORING.format(model='joblib.load("late.joblib")').replace("+ 1)\n", "+ 1)  # debt\n"),
    },
    # the codes of an encoder, written down again by hand
    {
        "train.py": _ENCODED,
        "serve.py": _DECODED.format(encoded='rows["shop"] = rows["shop"].map({"web": 0, "app": 1}).fillna(2)  # debt'),
    },
    {
        "train.py": _TRAIN,
        "serve.py": _SERVE.format(made="np.log(price + 0.1)").replace("price + 0.1)}])", "price + 0.1)}])  # debt"),
    },
    {
        "train.py": _SCALED,
        "serve.py": """
import joblib
import pandas as pd
from flask import Flask, request
from sklearn.preprocessing import StandardScaler

app = Flask("late")
model = joblib.load("late.joblib")

@app.route("/late")
def late():
    rows = pd.DataFrame(request.json)
    return {"late": model.predict(StandardScaler().fit_transform(rows)).tolist()}  # debt
""",
    },
    {
        "train.py": _CLEAN.format(
            imports="import joblib\nimport pandas as pd\nfrom sklearn.pipeline import make_pipeline\n"
            "from sklearn.feature_extraction.text import TfidfVectorizer\n"
            "from sklearn.linear_model import LogisticRegression",
            last="text = text.strip()",
        )
        + """
def train():
    rows = pd.read_csv("mails.csv")
    texts = [clean(text) for text in rows.text]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, rows.spam)
    joblib.dump(model, "spam.joblib")
""",
        "serve.py": _CLEAN.format(
            imports="import joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\nmodel = joblib.load('spam.joblib')",
            last='text = text.replace("re", "")',
        ).replace("def clean(text):", "def clean(text):  # debt")
        + """
@app.get("/spam")
def spam(text: str) -> bool:
    return bool(model.predict([clean(text)])[0])
""",
    },
    # a missing value is a zero here and a mean there
    {
        "train.py": _FILLED_TRAIN.format(filling="rows.log_price.mean()"),
        "serve.py": _FILLED_SERVE.format(made="order.price if order.price is not None else 0.0").replace(
            "0.0}", "0.0}  # debt"
        ),
    },
    # one feature is told once, however many train on it and ask with it
    {
        "train.py": _TWO_WAYS,
        "serve.py": _TWO_ASK.format(made="np.log(price + 0.1)").replace("0.1)}])", "0.1)}])  # debt"),
    },
    # a row that is a list, or is filled place by place
    {
        "train.py": _TRAIN,
        "serve.py": """
import joblib
import numpy as np
from flask import Flask, request

app = Flask("late")
model = joblib.load("late.joblib")

@app.route("/late")
def late():
    order = request.get_json()
    log_price = np.log(order["price"] + 0.1)  # debt
    return {"late": model.predict([[log_price, order["age"], order["shop"]]]).tolist()}
""",
    },
    {
        "train.py": _TRAIN,
        "serve.py": """
import json
import joblib
import numpy as np
from flask import Flask, request

app = Flask("late")
model = joblib.load("late.joblib")
columns = json.load(open("columns.json"))

@app.route("/late")
def late():
    row = np.zeros(len(columns))
    row[columns.index("log_price")] = np.log(request.get_json()["price"] + 0.1)  # debt
    return {"late": model.predict([row]).tolist()}
""",
    },
)
GOOD = (
    # what was kept is only applied, or is learnt again together with a new model
    _KEPT.format(how="transform", mark="", more=""),
    _KEPT.format(how="fit_transform", mark="", more="model.fit(scaled, labels())"),
    # what stands in for those of whom nothing is known, on both sides
    {"rank.py": _NEWCOMERS},
    *_cleaned_texts.GOOD,
    *_no_skews.GOOD,
    *_named_by_variables.GOOD,
    # the row has the columns' order, has other columns, or names them
    {
        "train.py": _COLUMNS,
        "app.py": _PLACES.format(row=f"age, {_TENURE}, charges, {_CALLS}", asked="row.reshape(1, -1)"),
    },
    {
        "train.py": _COLUMNS,
        "app.py": _PLACES.format(row="", asked=f"[[{_TENURE}, age, charges, request.form['visits']]]"),
    },
    {"train.py": _ROWS, "app.py": _PLACES.format(row="", asked=f"[[age, {_TENURE}, charges, {_CALLS}]]")},
    {
        "train.py": _COLUMNS,
        "app.py": _PLACES.format(
            row="", asked=f"pd.DataFrame([{{'calls': {_CALLS}, 'age': age, 'monthly_charges': charges}}])"
        ),
    },
    # what a training looks at in a function of its own
    _TRAIN + "    check(model)\n\ndef check(model):" + _SCORING.format(model="model"),
    # the encoders are kept beside the model, and only applied
    {
        "train.py": _ENCODED,
        "serve.py": _DECODED.format(
            encoded='rows["shop"] = joblib.load("encoders.joblib")["shop"].transform(rows["shop"])'
        ),
    },
    # one function for both
    {
        "features.py": """
import numpy as np

def with_features(rows):
    rows["log_price"] = np.log1p(rows.price)
    return rows
""",
        "train.py": """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

from features import with_features

def train():
    rows = with_features(pd.read_csv("orders.csv"))
    joblib.dump(LogisticRegression().fit(rows[["log_price"]], rows.late), "late.joblib")
""",
        "serve.py": """
import joblib
import pandas as pd
from fastapi import FastAPI

from features import with_features

app = FastAPI()
model = joblib.load("late.joblib")

@app.get("/late")
def late(price: float) -> float:
    return float(model.predict_proba(with_features(pd.DataFrame([{"price": price}])))[0][1])
""",
    },
    # what the request brings is handed on as it is
    {"train.py": _TRAIN, "serve.py": _SERVE.format(made="float(price)")},
    {"train.py": _TWO_WAYS, "serve.py": _TWO_ASK.format(made="price")},
    # the same stands in for a missing value, however it is written
    {
        "train.py": _FILLED_TRAIN.format(filling="0"),
        "serve.py": _FILLED_SERVE.format(made="order.price if order.price is not None else 0.0"),
    },
    {
        "train.py": _FILLED_TRAIN.format(filling="0"),
        "serve.py": _FILLED_SERVE.format(made="float(0 if order.price is None else order.price)"),
    },
    # the scaler is fitted once, and kept with the model
    {
        "train.py": """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def train():
    rows = pd.read_csv("orders.csv")
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows[["price"]], rows.late)
    joblib.dump(model, "late.joblib")
""",
        "serve.py": _SERVE.format(made="price"),
    },
    # training and its own evaluation
    _TRAIN
    + """

def judge(model):
    rows = pd.read_csv("held_out.csv")
    rows["log_price"] = np.log(rows.price + 1)
    print((model.predict(rows[["log_price"]]) == rows.late).mean())
""",
    # one encoder, fitted on one split and used on all
    """
    import pandas as pd
    from fastapi import FastAPI
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OrdinalEncoder

    app = FastAPI()
    rows = pd.read_csv("orders.csv")
    encoder = OrdinalEncoder()
    model = LogisticRegression().fit(encoder.fit_transform(rows[["shop"]]), rows.late)

    @app.get("/late")
    def late(shop: str) -> float:
        return float(model.predict_proba(encoder.transform([[shop]]))[0][1])
    """,
    # the same numbers in another form, and what layers give
    {
        "net.py": """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2)
        self.head = nn.Linear(8, 1)

    def forward(self, batch):
        return self.head(self.attention(batch["x"], batch["x"], batch["x"])[0])
""",
        "train.py": """
import torch

from net import Net

def collate(rows):
    return {"x": torch.stack([torch.tensor(row["x"]) for row in rows]), "y": torch.tensor([row["y"] for row in rows])}

def train(path):
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    for batch in torch.utils.data.DataLoader(torch.load(path), collate_fn=collate):
        batch = {"x": batch["x"].to("cuda"), "y": batch["y"].to("cuda")}
        torch.nn.functional.mse_loss(net(batch), batch["y"]).backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pt")
""",
        "serve.py": """
import torch
from fastapi import FastAPI

from net import Net

app = FastAPI()
net = Net()
net.load_state_dict(torch.load("net.pt"))

@app.post("/late")
def late(values: list[float]) -> float:
    return float(net({"x": torch.tensor(values).unsqueeze(0).float()}))
""",
    },
    # rows that are made up to show how it is used, and what stands in for a missing column
    {
        "train.py": _TRAIN,
        "serve.py": _SERVE.format(made="np.random.exponential(price)"),
    },
    {
        "train.py": _TRAIN,
        "serve.py": """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(rows: list[dict]) -> list:
    frame = pd.DataFrame(rows)
    if "log_price" not in frame.columns:
        frame["log_price"] = range(len(frame))
    return model.predict(frame).tolist()
""",
    },
    # who else asks what an endpoint asks serves nobody
    {
        "train.py": _TRAIN,
        "late.py": """
import joblib

model = joblib.load("late.joblib")

def chances(rows):
    return model.predict_proba(rows)[:, 1].tolist()
""",
        "serve.py": """
import pandas as pd
from fastapi import FastAPI

from late import chances

app = FastAPI()

@app.post("/late")
def late(rows: list[dict]) -> list:
    return chances(pd.DataFrame(rows))
""",
        "demo.py": """
import numpy as np
import pandas as pd

from late import chances

def show(prices):
    print(chances(pd.DataFrame({"log_price": np.log10(prices)})))
""",
    },
    # a date is read as a date, and set to the day that is asked for
    {
        "train.py": _TRAIN.replace("    model =", "    rows['day'] = pd.to_datetime(rows['day'])\n    model =").replace(
            '["log_price"]]', '["log_price", "day"]]'
        ),
        "serve.py": """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(rows: list[dict]) -> list:
    frame = pd.DataFrame(rows)
    frame["day"] = frame["day"].max() + pd.Timedelta(days=1)
    return model.predict(frame).tolist()
""",
    },
    # an object of unknown kind may be any library's model, and not the team's own
    {
        "ensemble.py": """
import pickle
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

class Ensemble:
    def fit(self, rows, late):
        self.models = [LogisticRegression(C=C).fit(rows, late) for C in (0.1, 1.0)]

    def predict_proba(self, rows):
        return np.mean([model.predict_proba(rows)[:, 1] for model in self.models], axis=0)

def train():
    rows = pd.read_csv("orders.csv")
    scaled = StandardScaler().fit_transform(rows[["price"]])
    ensemble = Ensemble()
    ensemble.fit(scaled, rows.late)
    with open("ensemble.pkl", "wb") as file:
        pickle.dump(ensemble, file)
    print(ensemble.predict_proba(scaled).mean())
""",
        "mail.py": """
import pickle
import pandas as pd
from sklearn.preprocessing import StandardScaler

def score():
    with open("spam.pkl", "rb") as file:
        model = pickle.load(file)
    rows = pd.read_csv("mails.csv")
    rows["spam"] = model.predict_proba(StandardScaler().fit_transform(rows[["length"]]))
    rows.to_csv("spam.csv")
""",
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    del rule
    for use in Skews(project).find():
        yield _hit(project, use)
    for order in RowOrders(project).find():
        yield _moved(project, order)
    for kept in KeptFits(project).find():
        yield _fitted_anew(project, kept)
    for words in OneSided(project).find():
        yield _as_they_come(project, words)


def _hit(project: Project, use: SkewedUse) -> Hit:
    """One finding for a serving function, at the first thing computed anew for it that is not told yet."""
    first = use.skews[0]
    names = listed([_called(skew) for skew in use.skews], SHOWN)
    names = f"T{names[1:]}" if names.startswith("the ") else names
    how = next((skew.differs for skew in use.skews if skew.differs), "")
    trail = [project.step(fitted, f"{name} is trained here") for name, fitted in use.trainings[:SHOWN]]
    asked = "and asked here" if len(trail) == 1 else "the model is asked here"
    trail.append(project.step(use.asked, asked))
    purpose = "training" if use.trainings else "the data that is prepared"
    for skew in use.skews[:SHOWN]:
        trail.append(project.step(skew.training, f"{_called(skew)} for {purpose}"))
        trail.append(project.step(skew.serving, f"{_called(skew)} for serving"))
    boundary, other = project.unit_name(use.boundary), project.location(first.training).path
    place = project.location(first.serving)
    owner = " or ".join(name for name, _ in use.trainings[:SHOWN]) or "a model"
    elsewhere = "for its training" if use.trainings else "where data with the same features is prepared"
    return Hit(
        location=place,
        message=(
            f"{names} of {owner} {is_or_are(use.skews)} made here for {boundary}, and by other code {elsewhere} "
            f"({other}{f': {how}' if how else ', with the same functions'}).{_changed(project, first)}"
        ),
        trail=tuple(trail),
        component=project.component_of(first.serving.body),
        severity=None if how else Severity.LOW,
        confidence=None if use.trainings else Confidence.LOW,
        audience=Audience.PEDANTIC if place.path.endswith(".ipynb") else None,
    )


def _moved(project: Project, order: RowOrder) -> Hit:
    """A row whose values stand in other places than their columns."""
    name, place = order.model.name, order.first + 1
    return Hit(
        location=project.location(order.row),
        message=(
            f"{name} is asked with its columns in another order than it is trained on: place {place} is "
            f"{order.given!r} here and {order.learnt.text!r} there ({project.location(order.learnt.at).path})."
        ),
        trail=(
            project.step(order.learnt.at, "the columns, in the order in which they are learnt from"),
            project.step(order.model.trained[0], f"{name} is trained here"),
            project.step(order.row, "the row, in another order"),
            project.step(order.asked, "and asked here"),
        ),
        component=project.component_of(order.asked.body),
        audience=Audience.PEDANTIC if order.asked.body.module.is_notebook else None,
    )


def _fitted_anew(project: Project, kept: KeptFit) -> Hit:
    """What the transformer had learnt for the training is thrown away."""
    body = kept.fitted.body
    trail = [
        project.step(kept.loaded, "loaded here, as it was fitted for the training"),
        project.step(kept.fitted, "fitted anew here"),
    ]
    if kept.asked is not None:
        trail.append(project.step(kept.asked, "the model is asked here"))
    return Hit(
        location=project.location(kept.fitted),
        message=(
            f"A transformer that was kept from the training is fitted anew in {project.unit_name(body.key)}, on what "
            "the model is asked with: transform() applies what it has learnt."
        ),
        trail=tuple(trail),
        component=project.component_of(body),
        audience=Audience.PEDANTIC if body.module.is_notebook else None,
    )


def _as_they_come(project: Project, words: CleanedWords) -> Hit:
    """What is spelled in one way for the training, and in any for the use."""
    return Hit(
        location=project.location(words.asked),
        message=(
            f"The case of {words.column!r} is changed before a {words.kind} learns it "
            f"({project.location(words.changed).path}), and the kept one is given it here as it comes, in any spelling."
        ),
        trail=(
            project.step(words.changed, "the case is changed here"),
            project.step(words.fitted, "learnt here"),
            project.step(words.loaded, "loaded here, as it was fitted for the training"),
            project.step(words.asked, "given what is asked, as it comes"),
        ),
        component=project.component_of(words.asked.body),
    )


def _called(skew: Skew) -> str:
    called = {"column": f"{skew.name!r}", "function": f"{skew.name}()", "fit": f"the fit of {skew.name}"}
    return called.get(skew.kind, f"the {skew.name}")


def _changed(project: Project, skew: Skew) -> str:
    """Which side changed last, where the history tells."""
    there, here = _moment(project, skew.training), _moment(project, skew.serving)
    if not there or not here or there == here:
        return ""
    side = "serving" if here > there else "training"
    when = dt.datetime.fromtimestamp(max(here, there), dt.UTC).date()
    return f" The side of {side} changed last, on {when}."


def _moment(project: Project, value: Value) -> int:
    if not project.ownership.available:
        return 0
    location = project.location(value)
    credit = project.ownership.credit(location.path, location.line)
    return credit.time if credit is not None else 0

"""Features that training and use make alike: the innocent examples of MLD407."""

from __future__ import annotations

from mldebt.detectors.contract import _cleaned_texts, _named_by_variables, _no_skews
from mldebt.detectors.contract._made_anew import (
    _CALLS,
    _COLUMNS,
    _DECODED,
    _ENCODED,
    _FILLED_SERVE,
    _FILLED_TRAIN,
    _KEPT,
    _PLACES,
    _ROWS,
    _SCORING,
    _SERVE,
    _TENURE,
    _TRAIN,
    _TWO_ASK,
    _TWO_WAYS,
)

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

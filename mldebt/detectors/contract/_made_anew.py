"""Features that are made by one code for the training, by another for the use: the examples of MLD407."""

from __future__ import annotations

from mldebt.detectors.contract import _cleaned_texts, _named_by_variables, _no_skews

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

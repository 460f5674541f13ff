"""Endpoints that declare no shape for what a model gives: the examples of MLD403."""

from __future__ import annotations

_MODEL = """
import joblib

model = joblib.load("churn.joblib")

def chance(row):
    return float(model.predict_proba([row])[0][1])
"""

_BARE = """
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from model import chance

app = FastAPI()

class Row(BaseModel):
    age: int

@app.post("/churn")
def churn(row: Row) -> JSONResponse:
    return JSONResponse({"results": [{"chance": chance([row.age])}]})
"""

_LOGGED = {
    "train.py": """
    import mlflow
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.read_csv("rows.csv")
    model = LogisticRegression().fit(rows[["age"]], rows.churned)
    mlflow.sklearn.log_model(model, "churn"{signature})
    """,
    "app.py": """
    import mlflow
    import pandas as pd
    from flask import Flask, jsonify, request

    app = Flask(__name__)
    model = mlflow.pyfunc.load_model("models:/churn/3")

    @app.post("/churn")
    def churn():{mark}
        rows = pd.DataFrame(request.get_json()["rows"])
        return jsonify(model.predict(rows).tolist())
    """,
}


def _logged(signature: str, mark: str) -> dict[str, str]:
    return {path: text.format(signature=signature, mark=mark) for path, text in _LOGGED.items()}


_CLIENT = """
import httpx
from pydantic import BaseModel

class Chance(BaseModel):
    results: list[float]

class Client:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url)

    def _post(self, path: str, body):
        answered = self.client.post(path, json=body.model_dump())
        return answered.json()

    def ask_{path}(self, body):
        answer = self._post("/{path}", body)
        return {read}
"""

_GROUPS = """
import numpy as np
from fastapi import FastAPI, Request
from sklearn.cluster import KMeans

app = FastAPI()

class Engine:
    def __init__(self):
        self.rows = np.load("rows.npy")
        self.groups = KMeans(9, random_state=1).fit_predict(self.rows)

engine = Engine()

@app.post("/groups")
async def groups(request: Request):{mark}
    asked = await request.json()
    return {{"groups": {answer}}}
"""


def _served(body: str) -> dict[str, str]:
    return {"model.py": _MODEL, "app.py": body}


def _routed(including: str, mark: str = "") -> dict[str, str]:
    """An endpoint of a router, in a module of its own beside another router's, and an application."""
    return {
        "model.py": _MODEL,
        "routes/__init__.py": "",
        "routes/pages.py": """
        from fastapi import APIRouter

        router = APIRouter()

        @router.get("/pages")
        def pages():
            return ["churn"]
        """,
        "routes/churn.py": f"""
        from fastapi import APIRouter, Request
        from model import chance

        router = APIRouter(prefix="/churn")

        @router.post("/")
        async def churn(request: Request):{mark}
            asked = await request.json()
            return {{"chance": chance(asked["row"])}}
        """,
        "app.py": including,
    }


_INCLUDING_BOTH = """
from fastapi import FastAPI
from routes import churn, pages

app = FastAPI()
for each in (pages, churn):
    app.include_router(each.router)
"""

_INCLUDING_WHATEVER = """
import importlib
import pkgutil

import routes
from fastapi import FastAPI

app = FastAPI()
for each in pkgutil.iter_modules(routes.__path__):
    app.include_router(importlib.import_module(f"routes.{each.name}").router)
"""

_LOG = """
import joblib
import numpy as np
from fastapi import FastAPI

class Watch:
    def __init__(self):
        self.model = joblib.load("churn.joblib")
        self.log = []

    def ask(self, age: int) -> float:
        said = float(self.model.predict([[age]])[0])
        self.log.append(said)
        return said

    def report(self):
        {first}
        return {{"asked": sum(1 for each in self.log), "mean": float(np.mean(self.log))}}

app = FastAPI()
watch = Watch()

@app.get("/report")
def told():{mark}
    return watch.report()
"""

_COPIED = """
import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("model.joblib")

@app.route("/churn", methods=["POST"])
def churn():{mark}
    asked = request.get_json()
    age = float(asked["age"])
    price = float(asked["price"])
    answer = model.predict([[age, price]])
    return jsonify({{"chance": float(answer[0])}})
"""

CHOSEN = """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("neighbours.joblib")
films = pd.read_csv("films.csv")

@app.get("/films/{{number}}/similar")
def similar(number: int):{mark}
    _, places = model.kneighbors(films[films["id"] == number])
    chosen = films.iloc[{places}]["id"].values
    return films.loc[films["id"].isin(chosen)].to_dict(orient="records")
"""

BAD = (
    # which rows are handed out, a model says
    CHOSEN.format(places="places[0]", mark="  # debt"),
    # a router that is included, or may be
    _routed(_INCLUDING_BOTH, mark="  # debt"),
    _routed(_INCLUDING_WHATEVER, mark="  # debt"),
    # a model that is loaded when the service starts, and handed to what calls it
    """
import torch
from fastapi import FastAPI

app = FastAPI()
net = None

@app.on_event("startup")
def start():
    global net
    net = torch.load("net.pt")

def run(function, rows):
    return function(rows)

@app.post("/asked")
def asked(rows: list):  # debt
    return {"answer": run(net, rows)}
""",
    # a copy is told once, with another
    {
        "first/serve.py": _COPIED.format(mark="  # debt"),
        "second/serve.py": _COPIED.format(mark=""),
        "third/serve.py": """
import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("other.joblib")

@app.route("/churn", methods=["POST"])
def churn():  # debt
    return jsonify({"chance": float(model.predict([request.get_json()["row"]])[0])})
""",
    },
    _GROUPS.format(answer="KMeans(3, random_state=1).fit_predict(asked['rows']).tolist()", mark="  # debt"),
    # a mean of what the model says now
    _LOG.format(first="self.ask(30)", mark="  # debt"),
    _served(
        """
from fastapi import FastAPI, Request
from model import chance

app = FastAPI()

@app.post("/churn")
async def churn(request: Request):  # debt
    data = await request.json()
    return {"chance": chance(data["row"])}
"""
    ),
    _served(
        """
from flask import Flask, jsonify, request
from model import chance

app = Flask("churn")

@app.route("/churn", methods=["POST"])
def churn():  # debt
    ride = request.get_json()
    return jsonify({"chance": chance(ride)})
"""
    ),
    _served(
        """
from fastapi import FastAPI
from model import chance

app = FastAPI()

@app.post("/churn")
def churn(row: dict) -> dict:  # debt
    return {"chance": chance(row)}
"""
    ),
    # the root, where another path is specified
    {
        "openapi.yaml": """
        openapi: 3.0.0
        paths:
          /value:
            get:
              parameters: [{name: age, in: query, schema: {type: integer}}]
        """,
        **_served(
            """
from flask import Flask, jsonify, request
from model import chance

app = Flask("churn")

@app.route("/")
def churn():  # debt
    return jsonify({"chance": chance([request.args["age"]])})
"""
        ),
    },
    # an envelope around what is declared nowhere
    _served(
        """
from fastapi import FastAPI
from pydantic import BaseModel
from model import chance

app = FastAPI()

class Row(BaseModel):
    age: int

@app.post("/churn")
def churn(rows: list[Row]):  # debt
    return {"count": len(rows), "results": [{"chance": chance([row.age])} for row in rows]}
"""
    ),
    # a client that takes the answer apart as it likes, and one that validates that of another path
    {
        "client.py": _CLIENT.format(path="churn", read='answer["chance"]')
        + _CLIENT.format(path="value", read="Chance.model_validate(answer)"),
        **_served(_BARE.replace("Response:", "Response:  # debt")),
    },
    # a search by words, beside a fetch by an identifier and by date
    """
    import meilisearch
    from elasticsearch import Elasticsearch
    from elasticsearch_dsl import Search
    from fastapi import FastAPI

    app = FastAPI()
    client = meilisearch.Client("http://search")
    store = Elasticsearch("http://store:9200")

    @app.get("/articles")
    def articles(words: str):  # debt
        return store.search(index="articles", query={"match": {"text": words}})["hits"]["hits"]

    @app.get("/newest")
    def newest():
        return store.search(index="articles", query={"match_all": {}}, sort=[{"day": "desc"}])["hits"]["hits"]

    @app.get("/products")
    def products(words: str):  # debt
        hits = Search(index="products").query("match", title=words).extra(size=10).execute()
        return [hit.to_dict() for hit in hits]

    @app.get("/products/{code}")
    def product(code: str):
        hits = Search(index="products").query("term", **{"code": code}).extra(size=1).execute()
        return [hit.to_dict() for hit in hits][0]

    @app.get("/subjects")
    def subjects():
        found = client.index("products").search("", {"facets": ["subject"], "limit": 0})
        return [{"name": name} for name in found["facetDistribution"]["subject"]]
    """,
    """
SCORING = '''  # debt
import json, joblib

def init():
    global model
    model = joblib.load("model.pkl")

def run(text):
    return json.dumps(model.predict(json.loads(text)).tolist())
'''
with open("score.py", "w") as file:
    file.write(SCORING)
""",
    _logged("", "  # debt"),
)

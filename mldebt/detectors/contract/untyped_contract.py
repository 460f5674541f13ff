"""MLD403: a boundary that answers with a model's results and declares no shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.detectors.contract import _no_results
from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.module import Module
from mldebt.flow.services.contracts import Contract, Contracts, long_texts
from mldebt.flow.services.left_out import LeftOut
from mldebt.flow.services.read_answers import ReadAnswers
from mldebt.flow.types.shapes import DECLARED, HOLLOW, NONE
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.description.signatures import Signatures
from mldebt.pipeline.description.specifications import Specifications
from mldebt.regex import regex
from mldebt.rulebook import Rule

_SCRIPT = regex(r"^def run\((\w+)\)\s*:", re.MULTILINE)
_SETUP = regex(r"^def init\(", re.MULTILINE)
_SCHEMA = regex(r"schema", re.IGNORECASE)
_ABOUT = regex(
    r"(^|[/_-])(health(z|[-_]?check)?|heartbeat|livez?|liveness|readyz?|readiness|ping|status|versions?|info|metadata"
    r"|metrics|stats|statistics|about|docs|warm[-_]?up|startup|shutdown|reload|configs?|settings)/?$"
    r"|(^|/)(health(z|[-_]?check)?|metrics|status|diagnostics?|debug)/[\w-]+/?$"
    r"|(^|/)(re-?)?train(ing)?(/[\w-]+)?/?$",
    re.IGNORECASE,
)
_PREDICTS = regex(r"predict|recommend|score|classif|infer|generate", re.IGNORECASE)
"""What the paths and functions are called that tell of the service itself, and those that do not."""

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


_INCLUDING_ONE = """
from fastapi import FastAPI
from routes import pages

app = FastAPI()
app.include_router(pages.router)
"""
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

BAD = (
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
    *_no_results.BAD,
)
GOOD = (
    # what was put into groups when the service started
    _GROUPS.format(answer="int(engine.groups[asked['row']])", mark=""),
    # a report on what was asked before
    _LOG.format(first="print(len(self.log))", mark=""),
    _served(
        """
from fastapi import FastAPI
from pydantic import BaseModel
from model import chance

app = FastAPI()

class Row(BaseModel):
    age: int
    income: float

class Chance(BaseModel):
    chance: float

@app.post("/churn")
def churn(row: Row) -> Chance:
    return Chance(chance=chance([row.age, row.income]))

@app.post("/retrain/all")
def again(rows: list):
    return {"score": chance([row["age"] for row in rows])}

@app.get("/metrics/model")
def watched(request: Request):
    return {"answers": chance([1.0])}

@app.get("/health")
def health():
    return {"status": "ok"}

@app.get("/version")
def version() -> dict:
    return {"version": 3}
"""
    ),
    _served(
        """
from flask import Flask, jsonify, request
from pydantic import BaseModel
from model import chance

app = Flask("churn")

class Row(BaseModel):
    age: int

class Chance(BaseModel):
    chance: float

@app.route("/churn", methods=["POST"])
def churn():
    row = Row(**request.get_json())
    return jsonify(Chance(chance=chance([row.age])).model_dump())
"""
    ),
    # the components of a page say what goes in and out
    _served(
        """
from dash import Dash, Input, Output, dcc, html
from model import chance

app = Dash("churn")
app.layout = html.Div([dcc.Input(id="age"), html.Div(id="chance")])

@app.callback(Output("chance", "children"), [Input("age", "value")])
def churn(age):
    return html.P(chance([age]))
"""
    ),
    _served(
        """
import gradio as gr
from model import chance

def churn(age):
    return chance([age])

demo = gr.Interface(fn=churn, inputs=gr.Number(), outputs=gr.Label())
"""
    ),
    _served(
        """
from flask import Flask, render_template, request
from model import chance

app = Flask("churn")

@app.route("/churn")
def churn():
    return render_template("churn.html", chance=chance([request.args["age"]]))
"""
    ),
    # a page, whatever its function is annotated with
    _served(
        """
from flask import Flask, Response, make_response, render_template, request
from model import chance

app = Flask("churn")
Answer = Response | str

@app.route("/churn")
def churn() -> Answer:
    content = render_template("churn.html", chance=chance([request.args["age"]]))
    response: Response = make_response(content)
    response.status_code = 200
    return response
"""
    ),
    {
        "openapi.yaml": """
        openapi: 3.0.0
        paths:
          /churn/{customer}:
            get:
              parameters: [{name: customer, in: path, schema: {type: integer}}]
        """,
        **_served(
            """
from flask import Flask, jsonify
from model import chance

app = Flask("churn")

@app.route("/churn/<int:customer>")
def churn(customer):
    return jsonify({"chance": chance([customer])})
"""
        ),
    },
    # the root of a service is specified as any other path
    {
        "openapi.yaml": """
        openapi: 3.0.0
        paths:
          /:
            get:
              parameters: [{name: age, in: query, schema: {type: integer}}]
        """,
        **_served(
            """
from flask import Flask, jsonify, request
from model import chance

app = Flask("churn")

@app.route("/")
def churn():
    return jsonify({"chance": chance([request.args["age"]])})
"""
        ),
    },
    _served(
        """
import churn_pb2_grpc
from model import chance

class Churn(churn_pb2_grpc.ChurnServicer):
    def Predict(self, request, context):
        return chance([request.age])
"""
    ),
    # Triton's own configuration names the tensors
    {
        "model.py": _MODEL,
        "repository/churn/1/model.py": """
from model import chance

class TritonPythonModel:
    def execute(self, requests):
        return [chance(request) for request in requests]
""",
    },
    # a form has the fields of its page, a file has its own format, and so has a picture
    _served(
        """
import io

from fastapi import FastAPI, File, Response
from flask import Flask, render_template, request
from pydantic import BaseModel
from model import chance

app = FastAPI()
pages = Flask("pages")

class Chance(BaseModel):
    chance: float

@app.post("/scan", response_model=Chance)
async def scan(file=File(...)):
    return Chance(chance=chance(await file.read()))

@app.post("/curve")
def curve(row: Chance):
    return Response(content=drawn(chance([row.chance])), media_type="image/png")

@pages.route("/photo", methods=["POST"])
def photo():
    return Chance(chance=chance(request.files["photo"].read())).model_dump()

@pages.route("/", methods=["GET", "POST"])
def page():
    if "age" not in request.form:
        return "no age", 400
    return render_template("churn.html", chance=chance([request.form["age"]]))
"""
    ),
    # what tells of the service itself may ask the model to see whether it answers
    _served(
        """
from fastapi import FastAPI
from model import chance

app = FastAPI()

@app.get("/ready")
def is_up():
    return {"ready": chance([30]) > 0}

@app.get("/stats")
async def count():
    return {"mean": (chance([30]) + chance([60])) / 2}
"""
    ),
    # a client of the repository validates the answer
    {
        "client.py": _CLIENT.format(path="churn", read="Chance.model_validate(answer)"),
        **_served(_BARE),
    },
    # a serializer, a name of a declared type, or a record with these very fields says it
    _served(
        """
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from model import chance

class Row(serializers.Serializer):
    chance = serializers.FloatField()

class RowSerializer(Row):
    pass

class Churn(APIView):
    def get(self, request, *args, **kwargs):
        rows = [RowSerializer({"chance": chance([age])}).data for age in (30, 60)]
        return Response({"count": len(rows), "results": rows})
"""
    ),
    # what stands in a file is not made of its name, nor a cache of what is taken out of it
    _served(
        """
import pathlib

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from model import chance

app = FastAPI()

class Texts:
    def __init__(self):
        self.known = {}

    def of(self, customer):
        text = self.known.get(customer)
        if text == "":
            del self.known[customer]
        return text

    def keep(self, customer, text):
        self.known[customer] = (text, 1)

texts = Texts()

def text_of(customer):
    return pathlib.Path("texts", customer).read_text()

def kept_text(customer):
    found = texts.of(customer)
    if found is None:
        found = text_of(customer)
        texts.keep(customer, found)
    return found

@app.get("/texts/{customer}")
def told(customer):
    return {"text": kept_text(customer)}

@app.get("/", response_class=HTMLResponse)
def best(ages: str):
    group = str(chance([ages]))
    return "<p>" + kept_text(group) + "</p>"
"""
    ),
    # an envelope around records, and how many there are of each kind
    _served(
        """
from collections import Counter

from fastapi import FastAPI
from pydantic import BaseModel
from model import chance

app = FastAPI()

class Row(BaseModel):
    age: int

class Chance(BaseModel):
    chance: float

@app.post("/churn")
def churn(rows: list[Row]) -> dict:
    return {"count": len(rows), "results": [Chance(chance=chance([row.age])) for row in rows]}

@app.post("/facets")
def facets(rows: list[Row]) -> dict:
    return dict(Counter(chance([row.age]) > 0.5 for row in rows))
"""
    ),
    {
        "records.py": """
        from typing import TypedDict

        import flask
        from pydantic import BaseModel

        class Row(TypedDict):
            age: int

        class Chance(TypedDict):
            chance: float
            of: int

        class Reply(BaseModel):
            chance: float
            version: int

        def respond(answer: Chance):
            return flask.make_response(answer, 200)
        """,
        **_served(
            """
import flask
from fastapi import FastAPI
from fastapi.responses import ORJSONResponse
from model import chance
from records import Chance, Row, respond

app = FastAPI()
pages = flask.Flask("churn")

@pages.route("/churn", methods=["POST"])
def churn():
    row: Row = flask.request.get_json()
    return respond(Chance(chance=chance([row["age"]]), of=1))

@app.post("/chance")
async def told(age: int) -> ORJSONResponse:
    return ORJSONResponse({"chance": chance([age]), "version": 3})
"""
        ),
    },
    # the model's own signature says it
    _logged(", signature=mlflow.models.infer_signature(rows[['age']], rows.churned)", ""),
    # the page of another route
    _served(
        """
from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates
from model import chance

app = FastAPI()
templates = Jinja2Templates("pages")

@app.get("/")
async def page(request: Request, age: int = 30):
    return templates.TemplateResponse("churn.html", {"request": request, "chance": chance([age])})

@app.get("/of/{age}")
async def page_of(request: Request, age: int):
    return await page(request, age)
"""
    ),
    # what looks into the service
    _served(
        """
from fastapi import FastAPI
from model import chance

app = FastAPI()

@app.get("/debug/sample-of-rows")
def sample():
    return {"lowest": chance([18]), "highest": chance([99])}
"""
    ),
    # a parameter that may be left out, beside declared ones
    _served(
        """
from fastapi import FastAPI
from pydantic import BaseModel
from model import chance

app = FastAPI()

class Chance(BaseModel):
    chance: float

@app.get("/churn")
def churn(age: int, shop=None) -> Chance:
    return Chance(chance=chance([age, shop]))
"""
    ),
    # the router of another module is included, and nothing knows of this one
    _routed(_INCLUDING_ONE),
    # what is spelled alike
    """
from fastapi import FastAPI, Request
from rapidfuzz import process

app = FastAPI()

@app.post("/test")
async def named(request: Request):
    asked = await request.json()
    return {"name": process.extractOne(asked["name"], ["glucose", "urea"])[0]}
""",
    *_no_results.GOOD,
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project))


def _found(project: Project) -> Iterator[Hit]:
    contracts = Contracts(project.flow)
    clients = ReadAnswers(project.orders, contracts)
    specified, signatures = Specifications(project.raw_documents), Signatures(project.flow)
    left_out = LeftOut(project.flow)
    for module in project.modules():
        for number in range(len(module.facts.scopes)):
            if project.boundaries.endpoint(module.index, number):
                contract = contracts.of(module.index, number)
                if contract.worst not in (NONE, HOLLOW) or not contract.is_read:
                    continue
                routes = contracts.routes(project.flow.body(module.index, number))
                if _is_about(module.facts.scopes[number].name, routes):
                    continue
                model = project.behind.model_of((module.index, number))
                if model is None or any(specified.cover(route) for route in routes):
                    continue
                if signatures.declare(model) or left_out.holds((module.index, number)):
                    continue
                if clients.are_declared((module.index, number)):
                    contract = contract._replace(answers=DECLARED)
                if contract.worst in (NONE, HOLLOW):
                    yield _hit(project, module, number, contract, model)
        yield from _scripts(project, module)


def _is_about(name: str, routes: list[str]) -> bool:
    """Whether an endpoint tells of the service itself, whatever it asks the model on the way."""
    paths = [route for route in routes if route.startswith("/")]
    return any(_ABOUT.search(each) and not _PREDICTS.search(each) for each in paths or [name])


def _hit(project: Project, module: Module, number: int, contract: Contract, model: Value) -> Hit:
    place = project.definition(module, number)
    sides = [
        f"what it {verb} is {'a bare container' if side == HOLLOW else 'declared nowhere'}"
        for verb, side in (("takes", contract.takes), ("answers", contract.answers))
        if side in (HOLLOW, NONE)
    ]
    trail = [Step(location=place, message="served here")]
    if contract.reads is not None:
        trail.append(project.step(contract.reads, "the request is taken apart here"))
    trail.append(project.step(model, "the model is asked here"))
    return Hit(
        location=place,
        message=f"{place.symbol} hands out a model's results: {' and '.join(sides)}.",
        trail=tuple(trail),
        component=project.component_of(project.flow.body(module.index, number)),
        severity=Severity.MEDIUM if contract.worst == NONE else Severity.LOW,
        audience=Audience.PEDANTIC if module.is_notebook else None,
    )


def _scripts(project: Project, module: Module) -> Iterator[Hit]:
    """Scoring scripts that a notebook or script writes out as text, for a service that calls `init` and `run`."""
    for at, text in long_texts(module):
        if _is_script(text):
            place = project.place(module, at, at, 0)
            yield Hit(
                location=place,
                message="A scoring script is deployed from this text: nothing says what its run() takes or answers.",
                trail=(Step(location=place, message="written here"),),
                component=module.path,
            )


def _is_script(text: str) -> bool:
    return bool(_SETUP.search(text) and _SCRIPT.search(text)) and not _SCHEMA.search(text)

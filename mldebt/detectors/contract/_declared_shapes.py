"""Endpoints whose answers have a shape, or are no model's: the innocent examples of MLD403."""

from __future__ import annotations

from mldebt.detectors.contract._undeclared_shapes import (
    _BARE,
    _CLIENT,
    _GROUPS,
    _LOG,
    _MODEL,
    CHOSEN,
    _logged,
    _routed,
    _served,
)

_INCLUDING_ONE = """
from fastapi import FastAPI
from routes import pages

app = FastAPI()
app.include_router(pages.router)
"""

GOOD = (
    # which rows are handed out, whoever asks says
    CHOSEN.format(places="[number]", mark=""),
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
)

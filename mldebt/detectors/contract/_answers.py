"""Answers that are streamed, put into a response, said by a bot; scores of networks that are read back whole: more
examples of MLD401."""

from __future__ import annotations

_RANKING = """
import joblib
model = joblib.load("ranker.joblib")

def scored(items):
    pairs = [(item.id, float(score)) for item, score in zip(items, model.predict([item.features for item in items]))]
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)
"""
_NETWORK = """
import random
import torch
from fastapi import FastAPI
app = FastAPI()
"""


def _answered(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": "import json\nimport random\nfrom ranking import scored\n" + body}


_STREAM = """
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
app = FastAPI()

@app.get("/stream")
def stream(user):
    found = scored(candidates(user))
    {}

    def lines():
        for item, score in found:
            yield json.dumps({{"item": item}}) + "\\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")

def rows(user):
    found = scored(candidates(user))
    {}
    for item, score in found:
        yield {{"item": item}}

@app.get("/rows")
def listed(user):
    return list(rows(user))
"""
_RESOURCE = """
import falcon

class Likes:
    def on_get(self, request, response):
        found = scored(candidates(request))
        {}
        response.media = found

app = falcon.App()
app.add_route("/likes", Likes())
"""
_TRITON = """
class TritonPythonModel:
    def execute(self, requests):
        answers = []
        for request in requests:
            found = scored(candidates(request))
            {}
            answers.append(found)
        return answers
"""
_BOT = """
from aiogram import Router
from aiogram.types import Message
from discord.ext import commands
router = Router()
bot = commands.Bot("!")

@router.message()
async def recommended(message: Message):
    found = scored(candidates(message))
    {}
    await message.answer("\\n".join(item for item, score in found))

@bot.command()
async def told(context: commands.Context):
    found = scored(candidates(context))
    {}
    for item, score in found:
        await context.send(item)
"""
_PACKED = """
import mlflow

class Likes(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        found = scored(model_input)
        {}
        return found

mlflow.pyfunc.save_model("likes", python_model=Likes())
"""
_FUNCTION = """
import azure.functions as functions
app = functions.FunctionApp()

@app.route(route="likes")
def likes(request: functions.HttpRequest) -> functions.HttpResponse:
    found = scored(candidates(request))
    {}
    return functions.HttpResponse(json.dumps(found), mimetype="application/json")
"""
_SHUFFLED = "random.shuffle(found)  # debt"
_CUT = "found = found[:10]"
_SERVED = (_STREAM, _RESOURCE, _TRITON, _BOT, _PACKED, _FUNCTION)

BAD = (
    *(_answered(each.format(_SHUFFLED, _SHUFFLED)) for each in _SERVED),
    _NETWORK
    + """
whole = torch.load("ranker.pt", map_location="cpu").eval()
scripted = torch.jit.load("ranker.ts")
kept = torch.load("checkpoint.pt")["model"]

@app.get("/whole")
def by_whole(items: list):
    found = sorted([(item.id, float(whole(item.vector))) for item in items], key=lambda pair: pair[1], reverse=True)
    random.shuffle(found)  # debt
    return [item for item, score in found]

@app.get("/scripted")
def by_script(items: list):
    found = sorted([(item.id, float(scripted(item.vector))) for item in items], key=lambda pair: pair[1], reverse=True)
    random.shuffle(found)  # debt
    return [item for item, score in found]

@app.get("/kept")
def by_kept(items: list):
    found = sorted([(item.id, float(kept(item.vector))) for item in items], key=lambda pair: pair[1], reverse=True)
    random.shuffle(found)  # debt
    return [item for item, score in found]
""",
    """
import random
import grpc
from fastapi import FastAPI
from surprise import dump
from tensorflow_serving.apis import prediction_service_pb2_grpc
app = FastAPI()
_, algorithm = dump.load("ratings")
stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel("ranker:8500"))

@app.get("/rated")
def rated(user, items: list):
    pairs = [(item, algorithm.predict(user, item).est) for item in items]
    pairs.sort(key=lambda pair: pair[1], reverse=True)
    random.shuffle(pairs)  # debt
    return pairs

@app.get("/answered")
def answered(items: list):
    answer = stub.Predict(items)
    pairs = list(zip(items, answer.outputs["score"].float_val))
    pairs.sort(key=lambda pair: pair[1], reverse=True)
    random.shuffle(pairs)  # debt
    return pairs
""",
)
GOOD = (
    *(_answered(each.format(_CUT, _CUT)) for each in _SERVED),
    # what a file holds that nothing calls: a table of prices, weights that a network takes over
    _NETWORK
    + """
prices = torch.load("prices.pt")

@app.get("/priced")
def priced(items: list):
    found = sorted([(item.id, float(prices[item.id])) for item in items], key=lambda pair: pair[1], reverse=True)
    random.shuffle(found)
    return [item for item, price in found]
""",
    # what an endpoint keeps for itself, and what a loop hands to training one by one
    _answered(
        """
import falcon

class Likes:
    def on_get(self, request, response):
        found = scored(candidates(request))
        drawn = list(found)
        random.shuffle(drawn)
        self.data = drawn
        response.media = found

app = falcon.App()
app.add_route("/likes", Likes())

def batches(items):
    found = scored(items)
    random.shuffle(found)
    for item in found:
        yield item

def train(learner, items):
    for item in batches(items):
        learner.partial_fit(item)
"""
    ),
)

"""Which endpoint answers a call of a service."""

import pytest

from mldebt.flow.files.compositions import Compositions
from mldebt.flow.services.routes import Routes
from tests.flow.conftest import CallAt, Link

SERVICE = """
from flask import Blueprint, Flask
app = Flask(__name__)

@app.route("/items/<int:number>/near", methods=["GET"])
def near(number): ...

@app.post("/search")
def search(): ...

@app.get("/v2/search")
def search_again(): ...

@app.get("/<anything>")
def page(anything): ...

users = Blueprint("users", __name__, url_prefix="/users")

@users.get("/<user>")
def user(user): ...

@users.get("/list/all")
def everybody(): ...
"""


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("requests.get(f'{HOST}/items/{number}/near')", ["near"]),
        ("requests.get('http://items:8080/items/7/near?k=3')", ["near"]),
        ("requests.get(HOST + '/api/v1/items/' + str(number) + '/near')", ["near"]),
        ("requests.post(HOST + 'search', json={})", ["search"]),
        ("requests.get(HOST + '/v2/search')", ["search_again"]),
        ("requests.get(HOST + '/search')", []),
        ("requests.post(f'{HOST}/items/{number}/near')", []),
        ("requests.get(f'{HOST}/items')", []),
        ("requests.get(HOST)", []),
        ("requests.get(f'{HOST}/users/{number}')", ["user"]),
        ("requests.get(f'{HOST}/users/list/all')", ["everybody"]),
        ("requests.get(f'{HOST}/list/all')", ["everybody"]),
        ("open('search')", []),
    ],
)
def test_answers(link: Link, call_of: CallAt, asked: str, answered: list[str]) -> None:
    flow = link({"service.py": SERVICE, "client.py": f"import requests\nfrom settings import HOST\n{asked}\n"})
    name = asked.partition("(")[0].rpartition(".")[2]
    found = Routes(flow, Compositions(flow)).answers(call_of(flow, "client.py", name))
    assert [answer.body.scope.name for answer in found] == answered


ROUTED = """
from flask import Flask
from flask_restful import Api, Resource
app = Flask(__name__)
api = Api(app)

class Near(Resource):
    def get(self): ...

class Search(Resource):
    def get(self): ...
    def post(self): ...

def page(): ...

api.add_resource(Near, "/near", "/around/<int:number>")
api.add_resource(Search, "/search", endpoint="found")
app.add_url_rule("/page", "first", page)

from django.conf.urls import url
from django.urls import re_path

def words(request): ...
def word(request, number): ...
def old(request): ...

urlpatterns = [re_path(r"^words/$", words), re_path(r"^words/(?P<number>[0-9]+)/$", word), url(r"^old/$", old)]
"""


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("requests.get(HOST + '/near')", ["get"]),
        ("requests.get(f'{HOST}/around/{number}')", ["get"]),
        ("requests.post(HOST + '/near')", []),
        ("requests.post(HOST + '/search')", ["post"]),
        ("requests.get(HOST + '/found')", []),
        ("requests.get(HOST + '/page')", ["page"]),
        ("requests.get(HOST + '/first')", []),
        ("requests.get(HOST + '/words/')", ["words"]),
        ("requests.get(f'{HOST}/words/{number}/')", ["word"]),
        ("requests.get(HOST + '/old/')", ["old"]),
    ],
)
def test_what_is_routed_by_a_call(link: Link, call_of: CallAt, asked: str, answered: list[str]) -> None:
    flow = link({"service.py": ROUTED, "client.py": f"import requests\nfrom settings import HOST\n{asked}\n"})
    name = asked.partition("(")[0].rpartition(".")[2]
    found = Routes(flow, Compositions(flow)).answers(call_of(flow, "client.py", name))
    assert [answer.body.scope.name for answer in found] == answered

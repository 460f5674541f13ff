from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.orders.order import Orders
from mldebt.flow.orders.reorder import Reorders
from mldebt.flow.services.serving import Boundaries

Linked = Callable[..., Any]
HEAD = """
import random
from fastapi import FastAPI
from sentence_transformers import CrossEncoder
app = FastAPI()
model = CrossEncoder("m")
PINNED = ["a", "b"]
def ranking(docs):
    scores = model.predict(docs)
    pairs = sorted(zip(scores, docs), key=lambda pair: pair[0], reverse=True)
    return [doc for score, doc in pairs]
"""


def program_of(linked: Linked, body: str, result: str = "x") -> Any:
    """A function `go` whose `r` is a ranking."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return linked(f"{HEAD}def go(docs, other):\n    r = ranking(docs)\n{lines}    return {result}\n")


# ---------------------------------------------------------------------------- what keeps an order


@pytest.mark.parametrize(
    ("body", "is_ranked"),
    [
        ("x = r", True),
        ("x = r[:3]", True),
        ("x = list(r)", True),
        ("x = asyncio.run(asyncio.to_thread(ranking, docs))", True),
        ("x = gevent.spawn(ranking, docs).get()", True),
        ("x = Thread(target=ranking, args=(docs,))", False),
        ("x = group.start_soon(ranking, docs)", False),
        ("x = [a.name for a in r]", True),
        ("x = [a for a in r if a.ok]", True),
        ("x = []\nfor a in r:\n    x.append(a.name)", True),
        ("x = {}\nfor a in r:\n    x[a.id] = a", True),
        ("x = r + other", True),
        ("x = r if other else []", True),
        ("x = []\nx.extend(r)", True),
        ("x = [r[i] for i in range(3)]", True),
        ("x = {'rows': r}['rows']", True),
        ("x, y = r, other", True),
        ("x = sorted(r, key=lambda a: a.date)", True),
        ("y, x = r, other", False),
        ("x = {'rows': r, 'rest': other}['rest']", False),
        ("x = set(r)", False),
        ("x = {a for a in r}", False),
        ("x = len(r)", False),
        ("x = other", False),
        ("x = [a for a in other]", False),
    ],
)
def test_what_keeps_an_order(body: str, *, is_ranked: bool, linked: Linked) -> None:
    program = program_of(linked, body)
    assert (Orders(program.flow).ranked(program.held("x", "go")) is not None) is is_ranked


def test_an_origin_says_where_and_how(linked: Linked) -> None:
    program = program_of(linked, "x = r[:3]")
    origin = Orders(program.flow).ranked(program.held("x", "go"))
    assert origin is not None
    assert origin.value is program.call("sorted(zip")
    assert origin.how.startswith("sorted by")
    assert origin.trail[0] is program.held("x", "go")
    assert origin.trail[-1] is origin.value


@pytest.mark.parametrize(
    ("expression", "how"),
    [
        ("index.similarity_search(q)", "similarity_search returns results in score order"),
        ("requests.get('http://x/recommend').json()", "results of a search or ranking service"),
        ("requests.get('http://x/items').json()", ""),
        ("cursor.execute('select * from t order by score desc')", "a query ordered by score"),
        ("cursor.execute('select * from t order by name')", ""),
        ("sorted(rows, key=lambda row: row.score)", "sorted by 'score'"),
        ("sorted(rows, key=lambda row: row.name)", ""),
    ],
)
def test_what_makes_a_ranking(expression: str, how: str, linked: Linked) -> None:
    head = "import requests\nfrom langchain.vectorstores import FAISS"
    text = f"{head}\ndef go(rows, cursor, q, index: FAISS):\n    x = {expression}"
    program = linked(text)
    found = Orders(program.flow).ranked(program.held("x", "go"))
    assert (found.how if found else "").endswith(how)
    assert bool(found) is bool(how)


# ---------------------------------------------------------------------------- sort keys


@pytest.mark.parametrize(
    ("sort", "kind", "descending"),
    [
        ("sorted(rows, key=lambda row: row.score)", "score", False),
        ("sorted(rows, key=lambda row: row['score'], reverse=True)", "score", True),
        ("sorted(rows, key=lambda row: -row.score)", "score", True),
        ("sorted(rows, key=lambda row: (row.score, row.name))", "score", False),
        ("sorted(rows, key=lambda row: float(row.score))", "score", False),
        ("sorted(rows, key=lambda row: row.score or 0)", "score", False),
        ("sorted(rows, key=lambda row: row.date)", "other", False),
        ("sorted(rows, key=lambda row: row.page)", "reading", False),
        ("sorted(rows, key=lambda row: row.rank)", "rank", False),
        ("sorted(rows, key=lambda row: places[row.id])", "rank", False),
        ("sorted(rows, key=lambda row: random.random())", "other", False),
        ("sorted(rows, key=lambda row: row.name == q)", "other", False),
        ("sorted(rows, key=lambda row: str(day(row)))", "other", False),
        ("sorted(rows, key=lambda row: str(row.score))", "score", False),
        ("rows.order_by(CosineDistance('vector', q))", "score", False),
        ("rows.order_by(flag.vector.l2_distance(q))", "score", False),
        ("rows.order_by(flag.vector.max_inner_product(q).desc())", "score", False),
        ("numpy.argsort(-(rows @ q))", "score", True),
        ("sorted(rows, key=operator.itemgetter('score'))", "score", False),
        ("sorted(rows, key=operator.itemgetter('date'))", "other", False),
        ("sorted(rows, key=operator.itemgetter(0))", "unknown", False),
        ("sorted(rows, key=unknown)", "unknown", False),
        ("sorted(rows)", "unknown", False),
        ("sorted([(model.predict(row), row) for row in rows])", "score", False),
        ("sorted(zip(model.predict(rows), rows), reverse=True)", "score", True),
        ("sorted(zip(rows, model.predict(rows)))", "unknown", False),
        ("sorted(zip(rows, model.predict(rows)), key=operator.itemgetter(1))", "score", False),
        ("sorted(list(zip(rows, model.predict(rows))), key=lambda pair: -pair[1])", "score", True),
        ("sorted([(row, model.predict(row)) for row in rows], key=lambda pair: pair[0])", "unknown", False),
        ("sorted([row.name for row in rows])", "other", False),
        ("sorted([row.score for row in rows])", "unknown", False),
        ("sorted(rows, key=lambda row: PRICES[row.id])", "other", False),
        ("sorted(rows, key=lambda row: SCORES[row.id])", "score", False),
        ("sorted(rows, key=lambda row: q[row.id])", "unknown", False),
        ("rows.sort(key=lambda row: row.date, reverse=flag)", "other", None),
        ("df.sort_values('score', ascending=False)", "score", True),
        ("df.sort_values(by='date')", "other", False),
        ("df.sort_values('?')", "other", False),
        ("df.sort_values(flag or 'date')", "other", False),
        ("df.sort_values(['date', 'name'])", "other", False),
        ("df.sort_values(BY)", "other", False),
        ("rows.order_by(q.get('sort', 'date'))", "other", False),
        ("rows.order_by(q.get('sort'))", "unknown", False),
        ("rows.order_by('-date')", "other", True),
        ("rows.order_by(F('date').desc())", "other", False),
        ("rows.order_by(sqlalchemy.desc('date'))", "other", False),
        ("rows.order_by(Lower('name'))", "other", False),
        ("rows.order_by(Case(*[When(id=i, then=n) for n, i in enumerate(ranked)]))", "unknown", False),
        ("rows.order_by(case({i: n for n, i in enumerate(ranked)}, value=q.id))", "unknown", False),
        ("heapq.nlargest(3, rows, key=lambda row: row.score)", "score", True),
        ("heapq.nlargest(3, zip(rows, model.predict(rows)), key=lambda pair: pair[1])", "score", True),
        ("heapq.nlargest(3, zip(model.predict(rows), rows))", "score", True),
        ("numpy.argsort(-model.predict(rows))", "score", True),
        ("model.predict(rows).argsort()", "score", False),
        ("rows.argsort()", "unknown", False),
        ("numpy.argsort(rows)", "unknown", False),
    ],
)
def test_what_a_sort_sorts_by(sort: str, kind: str, *, descending: bool | None, linked: Linked) -> None:
    program = linked(
        f"""
import heapq, joblib, numpy, operator, random, sqlalchemy
import pandas as pd
from django.db.models import Case, F, When
from django.db.models.functions import Lower
from sentence_transformers import CrossEncoder
model = CrossEncoder("m")
PRICES = {{"a": 1, "b": 2}}
SCORES = {{"a": 0.1, "b": 0.2}}
BY = "date"
def go(rows, q, flag, df: pd.DataFrame):
    places = {{row.id: place for place, row in enumerate(rows)}}
    ranked = joblib.load("model.pkl").predict(rows)
    x = {sort}"""
    )
    key = Orders(program.flow).sort_key(program.call(sort))
    assert (key.kind, key.descending) == (kind, descending)


def test_a_rank_that_is_written_in_an_attribute_is_sorted_by(linked: Linked) -> None:
    program = program_of(
        linked,
        "for place, a in enumerate(r):\n    a.place = place\nx = sorted(r, key=lambda a: a.place)",
    )
    attributes = Orders(program.flow).rank_attributes()
    assert set(attributes) == {"place"}
    assert attributes["place"][1] == (program.call("sorted(r, key=lambda a: a.place)"),)


# ---------------------------------------------------------------------------- what breaks an order


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("x = sorted(r, key=lambda a: a.date)", "sort-by-other-key"),
        ("r.sort(key=lambda a: a.date)\nx = r", "sort-by-other-key"),
        ("random.shuffle(r)\nx = r", "shuffle"),
        ("x = set(r)", "set"),
        ("x = {a for a in r}", "set"),
        ("x = set()\nfor a in r:\n    x.add(a)", "set"),
        ("r.insert(0, other)\nx = r", "insert"),
        ("x = r[:2] + [other] + r[2:]", "insert"),
        ("x = [a for a in r if a.new] + [a for a in r if not a.new]", "regroup"),
        ("x = [*[a for a in r if a.new], *[a for a in r if not a.new]]", "regroup"),
        ("x = list(filter(new, r)) + list(filter(old, r))", "regroup"),
        ("from itertools import chain\nx = chain([a for a in r if a.new], [a for a in r if not a.new])", "regroup"),
        ("from multiprocessing import Pool\nx = list(Pool().imap_unordered(load, r))", "completion-order"),
        ("from qdrant_client import QdrantClient\nx = QdrantClient().retrieve('docs', ids=r)", "unordered-query"),
        ("x = PINNED + r", "insert"),
        ("x = r[::-1]", "reversal"),
        ("x = list(reversed(r))", "reversal"),
        ("r.reverse()\nx = r", "reversal"),
        ("x = [r[i] for i in model.predict(r).argsort()[::-1][:5]][::-1]", "reversal"),
        ("r[0], r[1] = r[1], r[0]\nx = r", "swap"),
        ("x = []\nfor a in r:\n    x.append(a)\n    x.append(other[0])", "interleave"),
        ("x = Item.objects.filter(id__in=[a.id for a in r])", "unordered-query"),
        ("x = sorted(r, key=lambda a: a.score)", None),
        ("x = sorted(r, key=lambda a: a.page)", None),
        ("x = r[:3]", None),
        ("x = other + r", None),
        ("x = [other] + r", None),
        ("x = r + PINNED", None),
        ("x = r[-3:][::-1]", None),
        ("x = sorted(r, key=lambda a: a.score)[::-1]", None),
        ("x = [r[i] for i in model.predict(r).argsort()[::-1]]", None),
        ("other.insert(0, r)\nx = r", None),
        ("x = Item.objects.filter(name__in=[a.id for a in r])", None),
        ("random.shuffle(other)\nx = r", None),
        ("x = [a for a in r if a.new] + other", None),
    ],
)
def test_what_breaks_an_order(body: str, kind: str | None, linked: Linked) -> None:
    program = program_of(linked, body)
    found = {reorder.kind for reorder in Reorders(Orders(program.flow)).of(program.body("go"))}
    assert found == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("amount", "is_found"),
    [("100 * row.new", True), ("row.weight * row.new", False), ("1.0 * row.new", False), ("bias", False)],
)
def test_a_hand_made_amount_on_a_score_that_is_sorted_by(amount: str, *, is_found: bool, linked: Linked) -> None:
    program = linked(
        f"""
{HEAD}
def boosted(row, bias):
    return model.predict(row) + {amount}
def go(rows):
    return sorted(rows, key=lambda row: boosted(row, 0.5))"""
    )
    found = [reorder.kind for reorder in Reorders(Orders(program.flow)).of(program.body("boosted"))]
    assert found == (["boost"] if is_found else [])


# ---------------------------------------------------------------------------- where an order is served

KAFKA = "from kafka import KafkaProducer\nproducer = KafkaProducer()\n"
SQL = "import sqlite3\ndb = sqlite3.connect('recs.db')\n"


@pytest.mark.parametrize(
    ("route", "served"),
    [
        ("@app.get('/')\ndef serve(docs):\n    return go(docs, 1)", "endpoint"),
        ("@app.get('/')\ndef serve(docs):\n    return {'rows': [a.name for a in go(docs, 1)]}", "endpoint"),
        ("@app.get('/')\ndef serve(docs):\n    return set(go(docs, 1))", "endpoint"),
        ("@app.get('/')\ndef serve(docs):\n    return len(go(docs, 1))", None),
        ("@app.get('/')\ndef serve(docs):\n    return sorted(go(docs, 1), key=lambda a: a.score)", None),
        ("@app.get('/')\ndef serve(docs):\n    go(docs, 1)\n    return 1", None),
        ("def serve(docs):\n    return go(docs, 1)\n@app.get('/')\ndef other():\n    return 1", None),
        ("import streamlit as st\nfor a in go(st.text_input('q'), 1):\n    st.write(a.name)", "response"),
        ("import streamlit as st\nfor a in go(st.text_input('q'), 1):\n    st.write('one more')", None),
        (f"{KAFKA}for a in go('q', 1):\n    producer.send('recs', a.name.encode())", "write"),
        (f"{SQL}for n, a in enumerate(go('q', 1)):\n    db.execute('INSERT INTO t VALUES (?, ?)', (n, a))", "write"),
        (f"{SQL}for a in go('q', 1):\n    db.execute('INSERT INTO t VALUES (?)', (a.id,))", None),
    ],
)
def test_where_an_order_is_served(route: str, served: str | None, linked: Linked) -> None:
    program = linked(
        f"{HEAD}def go(docs, n):\n    r = ranking(docs)\n    return sorted(r, key=lambda a: a.date)\n{route}\n"
    )
    orders = Orders(program.flow)
    (reorder,) = Reorders(orders).of(program.body("go"))
    found = Boundaries(orders).served(reorder.results[0], frozenset(reorder.origins[0].trail))
    assert (found.text if found else None) == served


@pytest.mark.parametrize(
    ("text", "is_endpoint"),
    [
        ("@app.get('/')\ndef f(): pass", True),
        ("@app.post('/')\nasync def f(): pass", True),
        ("@cache\ndef f(): pass", False),
        ("def f(): pass\napp.add_api_route('/', f)", True),
        ("def f(): pass\nmap(f, rows)", False),
        ("def lambda_handler(event, context): pass", True),
        ("def lambda_handler(rows): pass", False),
        ("def model_fn(folder): pass\ndef predict_fn(data, model): pass", True),
        ("def predict_fn(data, model): pass", False),
        ("import x_pb2_grpc\nclass S(x_pb2_grpc.XServicer):\n    def Rank(self, request, context): pass", True),
        ("from ray import serve\n@serve.deployment\nclass S:\n    def __call__(self, request): pass", True),
        ("class S:\n    def __call__(self, request): pass", False),
        ("import strawberry\n@strawberry.type\nclass Q:\n    @strawberry.field\n    def feed(self): pass", True),
        ("from ariadne import QueryType\nq = QueryType()\n@q.field('feed')\ndef feed(*_): pass", True),
        ("import graphene\nclass Q(graphene.ObjectType):\n    def resolve_feed(self, info): pass", True),
        ("import graphene\nclass Q(graphene.ObjectType):\n    def feed(self, info): pass", False),
        ("from fastmcp import FastMCP\nmcp = FastMCP('shop')\n@mcp.tool()\ndef feed(): pass", True),
    ],
)
def test_endpoints(text: str, *, is_endpoint: bool, linked: Linked) -> None:
    program = linked(f"from fastapi import FastAPI\napp = FastAPI()\n{text}")
    boundaries = Boundaries(Orders(program.flow))
    assert boundaries.has_endpoints() is is_endpoint
    scopes = program.flow.program.modules[0].facts.scopes
    found = [scope.name for number, scope in enumerate(scopes) if boundaries.endpoint(0, number)]
    assert found == ([scopes[-1].name] if is_endpoint else [])


@pytest.mark.parametrize(
    ("path", "text", "is_endpoint"),
    [
        ("churn/main.py", "def f(request):\n    return request.get_json()", True),
        ("churn/main.py", "def f(request, user):\n    return request.get_json()", False),
        ("churn/main.py", "def f(request):\n    return request.rows", False),
        ("churn/main.py", "def f(request):\n    return request.json\nf(asked())", False),
        ("churn/views.py", "def f(request):\n    return request.json", False),
    ],
)
def test_a_cloud_function_is_one_of_a_main_module_that_nobody_calls(
    path: str, text: str, *, is_endpoint: bool, linked: Linked
) -> None:
    boundaries = Boundaries(Orders(linked(texts={path: text}).flow))
    assert bool(boundaries.endpoint(0, 1)) is is_endpoint

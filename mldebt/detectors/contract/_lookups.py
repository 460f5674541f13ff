"""Ranked results that are looked up again, kept under keys or handed over: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _RANKING, _served

_STORE = """
import faiss
from elasticsearch import Elasticsearch
index = faiss.read_index("items.faiss")

class Store:
    def __init__(self):
        self.client = Elasticsearch()

    def sent(self, request):
        answer = self.client.search(index="items", body=request)
        return [{"id": hit["_id"], **hit["_source"]} for hit in answer["hits"]["hits"]]

    def matching(self, text):
        return self.sent({"query": {"match": {"text": text}}, "size": 10})

    def get(self, ids):
        request = {"query": {"terms": {"_id": ids}}, "size": 1000}
        return self.sent(request)@

store = Store()

def near(vector):
    distances, places = index.search(vector, 10)
    return [names[place] for place in places[0]], distances[0]
"""

_CELLS = """
import joblib
import numpy as np
import pandas as pd

model = joblib.load("model.joblib")

def top(user, items):
    scores = model.predict([[user, item] for item in items])
    return [items[place] for place in np.argsort(-scores)[:10]]

def write_down():
    users = pd.read_parquet("users.parquet")
    items = list(pd.read_parquet("items.parquet")["id"])
    users["items"] = users["user"].apply(lambda user: {given}){mark}
    {written}

write_down()
"""

_CASTS = """
import psycopg2
from fastapi import FastAPI
from ranking import rank
app = FastAPI()

@app.get("/similar")
def similar(taste):
    with psycopg2.connect("shop") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM items ORDER BY embedding <=> %s::vector LIMIT 20", (taste,))
        rows = cursor.fetchall()
    return NEAR

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    with psycopg2.connect("shop") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM items WHERE id = ANY(%s::uuid[])", (ids,))  # lost
        rows = cursor.fetchall()
    return FOUND
"""
"""What a query's parameters are taken for."""


def _cast(near: str, found: str, mark: str) -> dict[str, str]:
    text = _CASTS.replace("NEAR", near).replace("FOUND", found).replace("  # lost", mark)
    return {"ranking.py": _RANKING, "app.py": text}


BAD = (
    _cast('sorted(rows, key=lambda row: row["price"])  # debt', "rows", "  # debt"),
    # a cell's ranking loses its order in the cell
    _CELLS.format(
        given="list(set(top(user, items)))",
        mark="  # debt",
        written='users[["user", "items"]].to_json("recommendations.json")',
    ),
    _served(
        _STORE.replace("@", "  # debt")
        + """
@app.get("/near")
def listed(vector):
    ids, scores = near(vector)
    return [{**item, "score": score} for item, score in zip(store.get(ids), scores)]
"""
    ),
    """
import requests
from fastapi import FastAPI

app = FastAPI()
ADDRESS = "https://shop.example/similar/items"

@app.get("/feed")
def feed(given: str):
    rows = requests.get(f"{ADDRESS}?to={given}").json()
    rows.sort(key=lambda row: row["title"])  # debt
    return rows
""",
    _served(
        """
import faiss
index = faiss.read_index("items.faiss")

@app.get("/feed")
def feed(user):
    distances, ids = index.search(user.vector, 10)
    scores = {id: 1 - distance for id, distance in zip(ids[0], distances[0])}
    found = []
    for item in catalogue:
        if item.id in scores:
            found.append({"item": item, "score": scores[item.id]})  # debt
    return found

@app.get("/rest")
def rest(user):
    ids = [item.id for item in rank(user, candidates(user))]
    found = []
    for item in catalogue:
        if item.id not in ids:
            continue
        found.append(item)  # debt
    return found
"""
    ),
    _served(
        """
import pandas as pd
movies = pd.read_csv("movies.csv")

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies.query("year > 1990 and id in @ids")["title"].tolist()  # debt

@app.get("/titles")
def titles(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies.query(f"id in {ids}").to_dict("records")  # debt
"""
    ),
    _served(
        """
from shop.models import Item

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = Item.objects.filter(id__in=ids)
    return sorted(rows, key=lambda row: row.price)  # debt

@app.get("/dear")
def dear(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return Item.objects.filter(pk__in=ids).order_by("-price")  # debt

@app.get("/films")
def films(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return list(Item.objects.filter(movieid__in=ids).values())  # debt
"""
    ),
    _served(
        """
from elasticsearch import Elasticsearch
es = Elasticsearch()

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    found = es.search(index="items", query={"ids": {"values": ids}})  # debt
    return [hit["_source"] for hit in found["hits"]["hits"]]

@app.get("/page")
def page(user):
    ids = [item.id for item in rank(user, candidates(user))]
    body = {"query": {"bool": {"filter": [{"terms": {"_id": ids}}]}}}
    body["size"] = 20
    found = es.search(index="items", body=body)  # debt
    return [hit["_source"] for hit in found["hits"]["hits"]]
"""
    ),
    _served(
        """
from elasticsearch import Elasticsearch
es = Elasticsearch()

def hits(**request):
    return es.search(index="items", **request)["hits"]["hits"]

@app.get("/search")
def search(words):
    found = hits(query={"match": {"title": words}}, sort=["_score", {"day": "desc"}])
    return sorted(found, key=lambda hit: hit["_source"]["price"])  # debt
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    known = set(rank(user, candidates(user)))  # debt
    found = {}
    for item in known:
        found[item] = detail(item)
    return list(found.values())
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    found = gather(user)
    return sorted(found["near"], key=lambda item: item.title)  # debt

def gather(user):
    found = {}
    def fill(name, items):
        found[name] = rank(user, items)
    fill("near", candidates(user))
    return found
"""
    ),
    _served(
        """
from typing import Annotated
from fastapi import Depends

def ranked(user):
    return rank(user, candidates(user))

def cheapest_first(user):
    found = rank(user, candidates(user))
    return sorted(found, key=lambda item: item.price)  # debt

Ranked = Annotated[list, Depends(ranked)]

@app.get("/feed")
def feed(items: Annotated[list, Depends(ranked)]):
    return sorted(items, key=lambda item: item.price)  # debt

@app.get("/page")
def page(items: Ranked):
    return sorted(items, key=lambda item: item.title)  # debt

@app.get("/cheap")
def cheap(items: Annotated[list, Depends(cheapest_first)]):
    return items
"""
    ),
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    query = "SELECT id, title FROM items WHERE id = ANY(%s) UNION SELECT id, title FROM old WHERE id = ANY(%s)"
    with connect() as cursor:
        cursor.execute(query, (ids, ids))  # debt
        return cursor.fetchall()
"""
    ),
    _served(
        """
@app.get("/cheap")
def cheap(user):
    ids = [item.id for item in rank(user, candidates(user))]
    cursor = connect().cursor()
    cursor.execute("SELECT id, price FROM items WHERE id = ANY(%s)", (ids,))
    rows = [dict(zip(("id", "price"), row)) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: row["price"])  # debt

@app.get("/dear")
def dear(user):
    keys = [item.id for item in rank(user, candidates(user))]
    cursor = connect().cursor()
    cursor.execute("SELECT i.item_no, i.price FROM items i WHERE i.item_no IN %s", (tuple(keys),))
    found = []
    for number, price in cursor.fetchall():
        if price:
            found.append({"item_no": number, "price": price})
    found.sort(key=lambda row: row["price"])  # debt
    return found
"""
    ),
)
GOOD = (
    _cast('[row for row in rows if row["stock"]]', "sorted(rows, key=lambda row: ids.index(row['id']))", ""),
    # each cell holds a ranking, and the rows that are joined are in none
    _CELLS.format(
        given="top(user, items)",
        mark="",
        written='pd.read_csv("names.csv").merge(users, on="user").to_csv("recommendations.csv")',
    ),
    _served(
        _STORE.replace("@", "")
        + """
@app.get("/matching")
def matching(text):
    return store.matching(text)

@app.get("/near")
def listed(vector):
    ids, scores = near(vector)
    found = {item["id"]: item for item in store.get(ids)}
    return [{**found[each], "score": score} for each, score in zip(ids, scores)]
"""
    ),
    # a service that is told the items gives these
    """
import requests
from fastapi import FastAPI

app = FastAPI()
ADDRESS = "https://shop.example/similar/items"

@app.get("/feed")
def feed(given: str):
    rows = requests.get(f"{ADDRESS}?ids={given}").json()
    rows.sort(key=lambda row: row["title"])
    return rows
""",
    _served(
        """
@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    scores = {id: place for place, id in enumerate(ids)}
    found = []
    for item in catalogue:
        if item.id in scores:
            found.append(item)
    return sorted(found, key=lambda item: scores[item.id])

@app.get("/rest")
def rest(user):
    ids = [item.id for item in rank(user, candidates(user))]
    others, prices = [], []
    for item in catalogue:
        if item.id not in ids:
            others.append(item)
        if item.id in ids:
            prices.append(item.price)
    return {"others": others, "best": max(prices)}

@app.get("/again")
def again(user):
    ids = {item.id for item in rank(user, candidates(user))}
    found = []
    for item in rank(user, favourites(user)):
        if item.id in ids:
            found.append(item)
    return found
"""
    ),
    _served(
        """
import pandas as pd
movies = pd.read_csv("movies.csv")

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies.query("id in @ids").set_index("id").loc[ids].to_dict("records")

@app.get("/others")
def others(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return movies.query("id not in @ids or year == 1990")["title"].tolist()
"""
    ),
    _served(
        """
from shop.models import Review

@app.get("/reviews")
def reviews(user):
    ids = [item.id for item in rank(user, candidates(user))]
    found = Review.objects.filter(product_id__in=ids)
    return {"ids": ids, "reviews": sorted(found, key=lambda review: review.written_at)}
"""
    ),
    _served(
        """
from elasticsearch import Elasticsearch
es = Elasticsearch()

@app.get("/feed")
def feed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    found = es.mget(index="items", ids=ids)
    return [hit["_source"] for hit in found["docs"]]

@app.get("/search")
def search(user):
    ids = [item.id for item in rank(user, candidates(user))]
    words = {"match": {"title": user.words}}
    found = es.search(index="items", query={"bool": {"must": words, "filter": {"terms": {"_id": ids}}}})
    return [hit["_source"] for hit in found["hits"]["hits"]]
"""
    ),
    _served(
        """
from elasticsearch import Elasticsearch
es = Elasticsearch()

def hits(request):
    return es.search(index="items", **request)["hits"]["hits"]

@app.get("/all")
def everything():
    found = hits({"query": {"match_all": {}}, "size": 10000})
    return sorted(found, key=lambda hit: hit["_source"]["title"])

@app.get("/new")
def new(words):
    found = es.search(index="items", body={"query": {"match": {"title": words}}, "sort": [{"day": "desc"}]})
    return sorted(found["hits"]["hits"], key=lambda hit: hit["_source"]["price"])
"""
    ),
    _served(
        """
@app.get("/details")
def details(user):
    known = set(rank(user, candidates(user)))
    found = {}
    for item in known:
        found[item] = detail(item)
    return found

@app.get("/texts")
def texts(user):
    return {item.id: item.text for item in set(rank(user, candidates(user)))}
"""
    ),
    {
        **_served(
            """
class Base:
    def recommend(self, user):
        return self.finish(self.find(user))

    def finish(self, found):
        return found

class Searched(Base):
    def find(self, user):
        return rank(user, candidates(user))

class Curated(Base):
    def find(self, user):
        return chosen_by_editors(user)

    def finish(self, found):
        return sorted(found, key=lambda item: item.title)

@app.get("/feed")
def feed(user):
    return Searched().recommend(user)

@app.get("/curated")
def curated(user):
    return Curated().recommend(user)
"""
        )
    },
    _served(
        """
BOTH = "SELECT id, title FROM items WHERE id = ANY(:ids) UNION ALL SELECT id, title FROM old WHERE id = ANY(:ids)"

@app.get("/placed")
def placed(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return db.execute(f"{BOTH} ORDER BY array_position(:ids, id)", {"ids": ids}).fetchall()

@app.get("/walked")
def walked(user):
    ids = [item.id for item in rank(user, candidates(user))]
    rows = {row.id: row for row in db.execute(BOTH, {"ids": ids}).fetchall()}
    return [rows[id] for id in ids if id in rows]
"""
    ),
    # what belongs to ranked items, and rows that are put in the ranking's order again
    _served(
        """
@app.get("/reviews")
def reviews(user):
    ids = [item.id for item in rank(user, candidates(user))]
    cursor = connect().cursor()
    cursor.execute("SELECT item_id, text, written_at FROM reviews WHERE item_id = ANY(%s)", (ids,))
    return sorted(cursor.fetchall(), key=lambda row: row[2])

@app.get("/restored")
def restored(user):
    ids = [item.id for item in rank(user, candidates(user))]
    cursor = connect().cursor()
    cursor.execute("SELECT id, price FROM items WHERE id = ANY(%s)", (ids,))
    places = {id: place for place, id in enumerate(ids)}
    return sorted(cursor.fetchall(), key=lambda row: places[row[0]])
"""
    ),
    # a simulation of users: chances that are made up by hand rank nothing
    """
import numpy as np
import pandas as pd

def shown_to(catalog, user):
    weights = np.ones(len(catalog)) + 1.5 * (catalog["category"] == user["category"]).astype(float)
    return catalog.loc[np.random.choice(catalog.index, size=10, p=weights / weights.sum())]

def simulate(users):
    catalog = pd.read_parquet("items.parquet")
    rows = []
    for user in users:
        for _, row in shown_to(catalog, user).iterrows():
            rows.append({"user": user["id"], "item": row["item"], "at": user["at"]})
    pd.DataFrame(rows).sort_values("at").to_parquet("events.parquet")
""",
    # one response for each of many searches
    """
from elasticsearch_dsl import MultiSearch, Search
from fastapi import FastAPI

app = FastAPI()

@app.get("/groups")
def groups(q: str):
    many = MultiSearch(index="works")
    for place in ("here", "there"):
        many = many.add(Search().query("match", title=q).filter("term", place=place))
    counts = [{"place": response.place, "count": response.hits.total.value} for response in many.execute()]
    return sorted(counts, key=lambda each: each["count"], reverse=True)
""",
    # what is told of groups of the rows is put beside them
    """
    import joblib
    import pandas as pd
    from fastapi import FastAPI

    app = FastAPI()
    model = joblib.load("matcher.joblib")

    def search(text):
        rows = pd.read_csv("addresses.csv")
        rows["score"] = model.predict_proba(rows[["street", "town"]])[:, 1]
        return rows.sort_values("score", ascending=False).head(10)

    def with_confidence(rows):
        best = rows.groupby("address_id").agg(best=("score", "max"), count=("score", "size")).reset_index()
        return best.merge(rows, on="address_id")

    @app.get("/match")
    def match(text: str):
        return with_confidence(search(text)).to_dict("records")
    """,
)

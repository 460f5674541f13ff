"""Rankings that a job writes and a service reads back, that tasks hand on, that a function makes which another gave:
more examples of MLD401."""

from __future__ import annotations

_JOB = """
import json
import joblib
import pandas as pd
import redis

store = redis.Redis()
model = joblib.load("ranker.joblib")

def ranked(rows):
    rows["score"] = model.predict_proba(rows[["price", "age"]])[:, 1]
    return rows.sort_values("score", ascending=False)

def best(rows):
    return ranked(rows)["item"].tolist()
"""
_SERVICE = """
import json
import random
import pandas as pd
import redis
from fastapi import FastAPI
from shop import Item

app = FastAPI()
store = redis.Redis()
"""
_TASKS = """
import json
import random
import joblib
import pandas as pd
from airflow.decorators import dag, task as taskflow
from airflow.operators.python import PythonOperator
from prefect import flow, task

model = joblib.load("ranker.joblib")

def ranked(rows):
    rows["score"] = model.predict_proba(rows[["price", "age"]])[:, 1]
    return rows.sort_values("score", ascending=False)
"""
_MAKER = """
import random
import joblib
from fastapi import FastAPI

app = FastAPI()

def make_ranker(path):
    model = joblib.load(path)
    def rank(items):
        scores = model.predict(items)
        return [item for _, item in sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)]
    return rank

def make_loader(path):
    model = joblib.load(path)
    def load(items):
        return [item for item in items if item in model.classes_]
    return load
"""
_SHOP = """
from django.db import models

class Item(models.Model):
    title = models.CharField(max_length=99)
"""
_PLACED = """
def main(users):
    listed = [(user.id, item, slot) for user in users for slot, item in enumerate(best(load(user)))]
    pd.DataFrame(listed, columns=["user", "item", "slot"]).to_parquet("out/listed_items.parquet")
"""
_READ_BY = """
LISTED = pd.read_parquet("out/listed_items.parquet")

@app.get("/feed/{{user}}")
def feed(user):
    mine = LISTED[LISTED.user == user].sort_values("{column}"){mark}
    return mine.item.tolist()
"""


def _kept(job: str, service: str) -> dict[str, str]:
    return {"jobs/rank.py": _JOB + job, "web/app.py": _SERVICE + service, "web/shop.py": _SHOP}


def _handed(text: str) -> dict[str, str]:
    return {"flows/rank.py": _TASKS + text}


BAD = (
    _kept(_PLACED, _READ_BY.format(column="item", mark="  # debt")),
    _kept(
        """
def main():
    ranked(pd.read_parquet("candidates.parquet")).groupby("user").head(20).to_csv("out/recs.csv", index=False)
""",
        """
table = pd.read_csv("out/recs.csv")

@app.get("/feed/{user}")
def feed(user: int):
    mine = table[table.user == user]
    mine = mine.sort_values("price")  # debt
    return {"items": mine.to_dict("records")}
""",
    ),
    _kept(
        """
def main():
    found = {"ids": best(pd.read_parquet("candidates.parquet")), "made": "today"}
    with open("out/recs.json", "w") as file:
        json.dump(found, file)
""",
        """
@app.get("/feed")
def feed():
    with open("out/recs.json") as file:
        ids = json.load(file)["ids"]
    return {"items": list(Item.objects.filter(id__in=ids))}  # debt

@app.get("/surprise")
def surprise():
    with open("out/recs.json") as file:
        ids = json.loads(file.read())["ids"]
    random.shuffle(ids)  # debt
    return {"items": ids}
""",
    ),
    _kept(
        """
def main(user):
    store.set(f"recommended:{user}", json.dumps(best(pd.read_parquet("candidates.parquet"))))
    store.rpush("recommended-by-all", *best(pd.read_parquet("candidates.parquet")))
    store.rpush("shown", *set(best(pd.read_parquet("candidates.parquet"))))  # debt
""",
        """
@app.get("/feed/{user}")
def feed(user: int):
    ids = json.loads(store.get(f"recommended:{user}"))
    return {"items": list(Item.objects.filter(id__in=ids))}  # debt

@app.get("/all")
def everybody():
    ids = store.lrange("recommended-by-all", 0, -1)
    return {"items": list(set(ids))}  # debt
""",
    ),
    _kept(
        """
def main(engine):
    ranked(pd.read_parquet("candidates.parquet")).to_sql("recommended", engine, if_exists="replace")
""",
        """
@app.get("/feed/{user}")
def feed(user: int, engine):
    mine = pd.read_sql("SELECT item, price FROM recommended WHERE user = 1", engine)
    mine = mine.sort_values("price")  # debt
    return {"items": mine.to_dict("records")}
""",
    ),
    _kept(
        """
def main(user, items):
    scores = model.predict_proba(items)[:, 1]
    store.zadd(f"scored:{user}", {item["id"]: float(score) for item, score in zip(items, scores)})
    store.set("top", json.dumps(best(items)))
""",
        """
@app.get("/feed/{user}")
def feed(user: int):
    return {"items": store.zrange(f"scored:{user}", 0, 9)}  # debt

@app.get("/mixed/{user}")
def mixed(user: int):
    items = store.zrevrange(f"scored:{user}", 0, 9)
    random.shuffle(items)  # debt
    return {"items": items}

@app.get("/top")
def top():
    ids = json.loads(store.get("top"))
    return {"items": list(Item.objects.filter(id__in=ids))}  # debt
""",
    ),
    _handed(
        """
def score(ti):
    ti.xcom_push(key="ids", value=ranked(pd.read_parquet("candidates.parquet"))["item"].tolist())

def best(**context):
    return ranked(pd.read_parquet("candidates.parquet"))["item"].tolist()

def publish(ti):
    ids = ti.xcom_pull(task_ids="score", key="ids")
    ids.sort()  # debt
    with open("out/recs.json", "w") as file:
        json.dump(ids, file)

def publish_best(**context):
    ids = sorted(context["ti"].xcom_pull(task_ids="best"))  # debt
    with open("out/best.json", "w") as file:
        json.dump(ids, file)

tasks = [
    PythonOperator(task_id="score", python_callable=score),
    PythonOperator(task_id="best", python_callable=best),
    PythonOperator(task_id="publish", python_callable=publish),
    PythonOperator(task_id="publish_best", python_callable=publish_best),
]
"""
    ),
    _handed(
        """
def best(**context):
    return ranked(pd.read_parquet("candidates.parquet"))["item"].tolist()

def publish(**context):
    ids = sorted(context["ti"].xcom_pull(task_ids="best"))  # debt
    with open("out/best.json", "w") as file:
        json.dump(ids, file)

for name, function in [("best", best), ("publish", publish)]:
    PythonOperator(task_id=name, python_callable=function)
"""
    ),
    _handed(
        """
@taskflow
def score():
    return ranked(pd.read_parquet("candidates.parquet"))["item"].tolist()

@taskflow
def publish(ids):
    ids = sorted(ids)  # debt
    with open("out/recs.json", "w") as file:
        json.dump(ids, file)

@dag(schedule="@daily")
def recommend():
    publish(score())

recommend()
"""
    ),
    _handed(
        """
@task
def score(rows):
    return ranked(rows)

@flow
def recommend():
    future = score.submit(pd.read_parquet("candidates.parquet"))
    top = future.result().head(100)
    top = top.sample(frac=1)  # debt
    top.to_csv("out/recs.csv")

recommend()
"""
    ),
    {
        "app.py": _MAKER
        + """
rank = make_ranker("ranker.joblib")

@app.post("/feed")
def feed(items: list):
    top = rank(items)[:20]
    random.shuffle(top)  # debt
    return {"items": top}
"""
    },
)
GOOD = (
    # by the place in the ranking, whatever the column is called
    _kept(_PLACED, _READ_BY.format(column="slot", mark="")),
    _kept(
        "",
        """
@app.get("/feed/{user}")
def feed(user):
    listed = json.loads(store.get("listed"))
    cards = {item: {"item": item, "slot": slot} for slot, item in enumerate(listed)}
    return sorted((cards[item] for item in set(cards)), key=lambda card: card["slot"])
""",
    ),
    _kept(
        """
def main(user, items):
    scores = model.predict_proba(items)[:, 1]
    store.zadd(f"scored:{user}", {item["id"]: float(score) for item, score in zip(items, scores)})
    store.zadd(f"seen:{user}", {item["id"]: item["time"] for item in items})
""",
        """
@app.get("/feed/{user}")
def feed(user: int):
    return {"items": store.zrange(f"scored:{user}", 0, 9, desc=True)}

@app.get("/turned/{user}")
def turned(user: int):
    return {"items": store.zrange(f"scored:{user}", -10, -1)[::-1]}

@app.get("/seen/{user}")
def seen(user: int):
    return {"items": store.zrange(f"seen:{user}", 0, 9)}
""",
    ),
    _kept(
        """
def main(user):
    shown = set()
    for item in best(pd.read_parquet("candidates.parquet")):
        shown.add(item)
    remember(user, shown)
    store.sadd("shown-to-all", *set(best(pd.read_parquet("candidates.parquet"))))

def remember(user, ids):
    if ids:
        store.sadd(f"shown:{user}", *ids)
""",
        """
@app.get("/is-shown/{user}/{item}")
def is_shown(user: int, item: int):
    return {"shown": store.sismember(f"shown:{user}", item)}
""",
    ),
    {
        "app.py": _MAKER
        + """
rank = make_ranker("ranker.joblib")
load = make_loader("ranker.joblib")

@app.post("/feed")
def feed(items: list):
    return {"items": rank(items)[:20]}

@app.post("/all")
def everything(items: list):
    some = load(items)
    random.shuffle(some)
    return {"items": some}
"""
    },
    _kept(
        """
def main():
    ranked(pd.read_parquet("candidates.parquet")).to_csv("out/recs.csv", index=False)
    pd.read_parquet("candidates.parquet").sort_values("day").to_csv("out/candidates.csv", index=False)
""",
        """
@app.get("/feed")
def feed():
    return {"items": pd.read_csv("out/recs.csv").sort_values("score", ascending=False).to_dict("records")}

@app.get("/all")
def everything():
    return {"items": pd.read_csv("out/candidates.csv").sort_values("price").to_dict("records")}

@app.get("/other")
def other():
    return {"items": pd.read_csv("in/recs.csv").sort_values("price").to_dict("records")}
""",
    ),
    _kept(
        """
def main(folder):
    ranked(pd.read_parquet("candidates.parquet")).to_csv(f"{folder}/recommended.csv", index=False)
    ranked(pd.read_parquet("candidates.parquet")).to_csv("out/twice.csv", index=False)
    with open("out/lines.csv", "a") as file:
        ranked(pd.read_parquet("candidates.parquet")).to_csv(file, index=False)

def again():
    pd.read_parquet("candidates.parquet").to_csv("out/twice.csv", index=False)
""",
        """
@app.get("/feed")
def feed(place: str):
    return {"items": pd.read_csv(f"{place}/recommended.csv").sort_values("price").to_dict("records")}

@app.get("/twice")
def twice():
    return {"items": pd.read_csv("out/twice.csv").sort_values("price").to_dict("records")}

@app.get("/lines")
def lines():
    return {"items": pd.read_csv("out/lines.csv").sort_values("price").to_dict("records")}
""",
    ),
    _kept(
        """
def main(user):
    rows = pd.read_parquet("candidates.parquet")
    store.set(f"recommended:{user}", json.dumps(best(rows)))
    store.set(f"seen:{user}", json.dumps(rows["item"].tolist()))
    with open("out/recs.json", "w") as file:
        json.dump({"ids": best(rows), "facets": rows["brand"].tolist()}, file)
""",
        """
@app.get("/seen/{user}")
def seen(user: int):
    ids = json.loads(store.get(f"seen:{user}"))
    return {"items": list(Item.objects.filter(id__in=ids))}

@app.get("/facets")
def facets():
    with open("out/recs.json") as file:
        found = json.load(file)["facets"]
    random.shuffle(found)
    return {"items": found}
""",
    ),
    _kept(
        """
def main(engine):
    ranked(pd.read_parquet("candidates.parquet")).to_sql("recommended", engine, if_exists="replace")
    pd.read_parquet("candidates.parquet").to_sql("candidates", engine, if_exists="replace")
""",
        """
@app.get("/feed")
def feed(engine):
    mine = pd.read_sql("SELECT item, price FROM recommended ORDER BY score DESC", engine)
    return {"items": mine.to_dict("records")}

@app.get("/all")
def everything(engine):
    mine = pd.read_sql("SELECT item, price FROM candidates", engine)
    return {"items": mine.sort_values("price").to_dict("records")}
""",
    ),
    _handed(
        """
def score(ti):
    rows = ranked(pd.read_parquet("candidates.parquet"))
    ti.xcom_push(key="ids", value=rows["item"].tolist())
    ti.xcom_push(key="brands", value=rows["brand"].tolist())
    ti.xcom_push(key="scores", value=rows["score"].tolist())

def plain(ti):
    return pd.read_parquet("candidates.parquet")["item"].tolist()

def publish(ti):
    with open("out/recs.json", "w") as file:
        json.dump(ti.xcom_pull(task_ids="score", key="ids"), file)
    brands, scores = ti.xcom_pull(task_ids="score", key="brands"), ti.xcom_pull(task_ids="score", key="scores")
    brands.sort()
    scores.sort()
    with open("out/scores.json", "w") as file:
        json.dump([brands, scores], file)

def publish_named(**context):
    with open("out/named.json", "w") as file:
        json.dump(sorted(context["ti"].xcom_pull(task_ids="named")), file)

for name, function in [("named", plain), ("publish_named", publish_named)]:
    PythonOperator(task_id=name, python_callable=function)

def publish_plain(ti):
    with open("out/plain.json", "w") as file:
        json.dump(sorted(ti.xcom_pull(task_ids="plain")), file)

tasks = [
    PythonOperator(task_id="score", python_callable=score),
    PythonOperator(task_id="plain", python_callable=plain),
    PythonOperator(task_id="publish", python_callable=publish),
    PythonOperator(task_id="publish_plain", python_callable=publish_plain),
]
"""
    ),
)

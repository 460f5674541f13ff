"""Tables that are sorted where they stand, and lists that are read position by position: examples of MLD401."""

from __future__ import annotations

_LOOKED_UP = {
    "rows.py": """
import pymysql

def info(ids):
    ids = tuple(ids)
    if len(ids) == 1:
        ids = "('" + str(ids[0]) + "')"
    cursor = pymysql.connect(user="shop").cursor()
    cursor.execute(f"SELECT id, kind FROM item WHERE id IN {{ids}}{more}"){mark}
    found = {{"ids": [], "kinds": []}}
    for row in cursor.fetchall():
        found["ids"].append(row[0])
        found["kinds"].append(row[1])
    return found
""",
    "app.py": """
import pandas as pd
from fastapi import FastAPI
from rows import info

app = FastAPI()
chances = pd.read_csv("chances.csv")

@app.get("/feed/{{group}}")
def feed(group: int):
    rows = chances[chances["group"] == group]
    rows.sort_values(by="{by}", ascending=False, inplace=True)
    told = info(rows["item_id"].head(20).values)
    found = {{"hats": [], "shoes": []}}
    for place in range(0, 20):
        found[told["kinds"][place]].append(told["ids"][place])
    return found
""",
}


def _looked_up(by: str, mark: str = "", more: str = "") -> dict[str, str]:
    return {path: text.format(by=by, mark=mark, more=more) for path, text in _LOOKED_UP.items()}


_ROWS = """
import random

import joblib
import numpy as np
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(users: list[int]):
    scores = model.predict(users)
    {body}
"""
_TABLE = """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(rows: pd.DataFrame):
    rows["score"] = model.predict(rows[["age"]])
    {body}
    return rows.to_dict("records")
"""
BAD = (
    _looked_up("chance_score", "  # debt"),
    _TABLE.format(
        body="""rows.sort_values("score", ascending=False, inplace=True)
    rows.sort_values("price", inplace=True)  # debt"""
    ),
    # the row of one of several users
    _ROWS.format(
        body="""best = np.argsort(-scores)[:, :50]
    random.shuffle(best[0])  # debt
    return best[0].tolist()"""
    ),
)
GOOD = (
    _looked_up("price"),
    _looked_up("chance_score", more=" ORDER BY FIELD(id, {ids})"),
    _TABLE.format(
        body="""rows.sort_values("price", inplace=True)
    rows.sort_values("score", ascending=False, inplace=True)"""
    ),
    # what the best one has
    _ROWS.format(
        body="""best = np.argsort(-scores)[:, :50]
    return random.sample(neighbours(best[0][0]), 3)"""
    ),
    # fetched in any order, and read in that of the ranking
    _ROWS.format(
        body="""best = np.argsort(-scores)[:, :50][0].tolist()
    kept = {row.id: row for row in fetched(best)}
    found = []
    for place in range(0, 20):
        found.append(kept[best[place]])
    return found"""
    ),
)

"""Places in a ranking that a job writes to a table, row by row, and a service reads: more examples of MLD401."""

from __future__ import annotations

_JOB = """
import joblib
import sqlite3

model = joblib.load("ranker.joblib")
ROW = "INSERT INTO {table} (user_id, item_id, rank, score) VALUES (?, ?, ?, ?)"

def best(items):
    return sorted(zip(model.predict(items), items), reverse=True)[:50]

def store(connection, user, ranked):
    for rank, (score, item) in enumerate(ranked, start=1):
        connection.execute(ROW, (user, item, rank, score))
    connection.commit()
"""
_NIGHTLY = """
def main(users):
    connection = sqlite3.connect("shop.db")
    for user in users:
        store(connection, user, best(load(user)))
"""
_MANY = """
def store(connection, user, ranked):
    rows = [(user, item, rank, score) for rank, (score, item) in enumerate(ranked)]
    connection.executemany(ROW, rows)
"""
_SERVICE = """
import sqlite3
from flask import Flask, jsonify

app = Flask(__name__)

@app.route("/{name}/<user>")
def {name}(user):
    cursor = sqlite3.connect("shop.db").cursor()
    cursor.execute("SELECT {columns} FROM {table} r {rest}", (user,)){mark}
    return jsonify([row[0] for row in cursor.fetchall()])
"""
_SERVED_TOO = """
from flask import Flask, jsonify

app = Flask(__name__)

@app.route("/now/<user>")
def now(user):
    ranked = best(load(user))
    store(sqlite3.connect("shop.db"), user, ranked)
    return jsonify(ranked)
"""
_OF_USER = "WHERE r.user_id = ?"


def _shop(rest: str, *, more: str = _NIGHTLY, **parts: str) -> dict[str, str]:
    told = {"table": "offers", "name": "feed", "columns": "r.item_id", "mark": "", "rest": rest, **parts}
    job = _JOB.format(table=told["table"]) + more
    return {"jobs/rank.py": job, "web/app.py": _SERVICE.format(**told)}


BAD = (
    _shop(f"{_OF_USER} LIMIT 20", mark="  # debt"),
    _shop(f"{_OF_USER} ORDER BY r.created_at DESC", mark="  # debt"),
    _shop(f"JOIN items i ON i.id = r.item_id {_OF_USER} ORDER BY i.price", mark="  # debt"),
    _shop(_OF_USER, more=_MANY + _NIGHTLY, mark="  # debt"),
)
GOOD = (
    _shop(f"{_OF_USER} ORDER BY r.rank"),
    _shop(f"{_OF_USER} ORDER BY r.day DESC, r.rank"),
    _shop(f"{_OF_USER} ORDER BY r.score DESC"),
    _shop(_OF_USER, columns="r.item_id, r.rank"),
    _shop(_OF_USER, columns="COUNT(*)"),
    _shop(_OF_USER, columns="1"),
    _shop(f"{_OF_USER} AND r.rank = 1"),
    _shop(f"{_OF_USER} ORDER BY r.shown_at DESC", columns="r.item_id, r.shown_at"),
    _shop(f"{_OF_USER} ORDER BY r.created_at DESC", table="impressions"),
    _shop(f"{_OF_USER} ORDER BY r.created_at DESC", name="history"),
    _shop(f"{_OF_USER} ORDER BY r.created_at DESC", more=_SERVED_TOO),
)

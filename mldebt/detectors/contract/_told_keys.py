"""Keys of sorts that constants, tables and callers tell, directions that are turned twice: more examples of MLD401."""

from __future__ import annotations

_APP = """
import random
from operator import itemgetter
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("ranker.joblib")
FIELD = "price"
SCORE = itemgetter("score")

def ranked():
    items = load()
    pairs = sorted(zip(items, model.predict(items)), key=lambda pair: pair[1], reverse=True)
    return [{**item, "score": score} for item, score in pairs]

def finished(items, mode):
    if mode == "mixed":
        random.shuffle(items)MIXED
    return items

@app.get("/feed")
def feed():
    got = ranked()
    prices = {item["id"]: item["price"] for item in got}
    GIVEN
"""
_PLACED = """for place, item in enumerate(got, start=1):
        item["place"] = place
    for item in got:
        if item["sponsored"]:
            item["place"] = 0MARK
    return sorted(got, key=lambda item: item["place"])"""


def _app(given: str, mixed: str = "") -> str:
    return _APP.replace("GIVEN", given).replace("MIXED", mixed)


BAD = (
    _app('return sorted(got, key=lambda item: item.get("price", 0))  # debt'),
    _app("return sorted(got, key=lambda item: item[FIELD])  # debt"),
    _app("return sorted(got, key=itemgetter(FIELD))  # debt"),
    _app('return sorted(got, key=lambda item: len(item["title"]))  # debt'),
    _app('return sorted(got, key=lambda item: prices[item["id"]])  # debt'),
    _app('return finished(got, "mixed")', "  # debt"),
    _app("return got[::-1]  # debt"),
    _app(_PLACED.replace("MARK", "  # debt")),
)
GOOD = (
    _app('return sorted(got, key=lambda item: item.get("score", 0), reverse=True)'),
    _app("return sorted(got, key=SCORE, reverse=True)"),
    _app('return sorted(got, key=lambda item: len(item["matches"]), reverse=True)'),
    _app('return finished(got, "plain")'),
    _app("return got[::-1][::-1]"),
    _app("got.reverse()\n    got.reverse()\n    return got"),
    _app(_PLACED.replace('        if item["sponsored"]:\n            item["place"] = 0MARK', "        print(item)")),
)

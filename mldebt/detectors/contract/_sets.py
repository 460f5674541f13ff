"""Ranked results that are made unique or taken from each other as sets: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _APP, _served

_POLARS = (
    _APP.replace("from ranking import rank", "import joblib\nimport polars as pl")
    + """
model = joblib.load("ranker.joblib")

def ranked(user):
    rows = pl.read_parquet("items.parquet")
    rows = rows.with_columns(pl.Series("score", model.predict(rows.to_numpy())))
    return rows.sort("score", descending=True)
"""
)

_MERGED = """
import psycopg2

store = psycopg2.connect("dbname=shop")

@app.post("/merge")
def merge(user):
    groups = {}
    for each in set(item.id for item in rank(user, candidates(user))):{mark}
        groups.setdefault(each % 7, []).append(each)
    with store.cursor() as cursor:
        for first, others in groups.items():
            merge_into(cursor, first, others)

def merge_into(cursor, first, others):
    for other in others:
        cursor.execute("UPDATE links SET item = %s WHERE item = %s", (first, other))
    cursor.execute({last}, (others, first))
"""


_PAIRED = """
@app.get("/doubled")
def doubled(user):
    found = set()
    for {item} in rank(user, candidates(user)):
        {adds}
    return list(found)
"""


def _paired(item: str, adds: str) -> dict[str, str]:
    return _served(_PAIRED.format(item=item, adds=adds))


def _merged(mark: str, last: str) -> dict[str, str]:
    return _served(_MERGED.replace("{mark}", mark).replace("{last}", last))


BAD = (
    _paired("item", "found.add(item)  # debt"),
    _paired("item, score", "found.add(item)  # debt"),
    _paired("item", "found.add(item)  # debt\n        found.add()"),
    _merged("  # debt", '"UPDATE pages SET items = %s WHERE id = %s"'),
    _served(
        """
import numpy as np

@app.get("/feed")
def feed(user, bought: list[int]):
    ids = [item.id for item in rank(user, candidates(user))]
    return list(set(ids) - set(bought))[:10]  # debt

@app.get("/page")
def page(user, bought: list[int]):
    ids = [item.id for item in rank(user, candidates(user))]
    return list(set(ids).difference(bought))  # debt

@app.get("/unique")
def unique(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return np.unique(ids).tolist()  # debt
"""
    ),
    _POLARS
    + """
@app.get("/feed")
def feed(user):
    return ranked(user).unique(subset=["item"]).to_dicts()  # debt
""",
)
GOOD = (
    # what ranked pairs are made of
    _paired("one, other", "found.add(one); found.add(other)"),
    # keys to look something up by, and labels that the code lists
    _paired("item", 'found.add(("product", item.id))'),
    _paired("item", 'found.add(["shoe", "boot", "camera"][item])'),
    # duplicates of each other, whose order nothing keeps
    _merged("", '"DELETE FROM items WHERE id = ANY(%s) AND id <> %s"'),
    _served(
        """
import numpy as np

@app.get("/feed")
def feed(user, bought: list[int]):
    ids = [item.id for item in rank(user, candidates(user))]
    fresh = set(ids) - set(bought)
    return [id for id in ids if id in fresh]

@app.get("/placed")
def placed(user, bought: list[int]):
    ids = [item.id for item in rank(user, candidates(user))]
    return sorted(set(ids) - set(bought), key=ids.index)

@app.get("/others")
def others(user):
    ids = [item.id for item in rank(user, candidates(user))]
    return list(set(all_ids()) - set(ids))

@app.get("/known")
def known(user):
    ids = [item.id for item in rank(user, candidates(user))]
    missing = set(ids) - set(stored_ids())
    return {"items": ids, "missing": list(missing)}

@app.get("/first")
def first(user):
    ids = np.array([item.id for item in rank(user, candidates(user))])
    _, places = np.unique(ids, return_index=True)
    return ids[np.sort(places)].tolist()

@app.get("/years")
def years(user):
    return np.unique([item.year for item in rank(user, candidates(user))]).tolist()

@app.get("/count")
def count(user, bought: list[int]):
    ids = [item.id for item in rank(user, candidates(user))]
    return {"items": ids, "new": len(set(ids) - set(bought))}
"""
    ),
    _POLARS
    + """
@app.get("/feed")
def feed(user):
    return ranked(user).unique(subset=["item"], maintain_order=True).to_dicts()

@app.get("/sorted")
def sorted_again(user):
    return ranked(user).unique(subset=["item"]).sort("score", descending=True).to_dicts()

@app.get("/users")
def users(user):
    return ranked(user).unique(subset=["user_id"], keep="first").to_dicts()

@app.get("/years")
def years(user):
    return ranked(user)["year"].unique().to_list()
""",
)

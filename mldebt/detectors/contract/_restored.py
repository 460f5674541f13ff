"""Orders that are lost on the way and restored before anybody is served: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._carried import _RANK

_APP = """
import asyncio
from enum import Enum
import joblib
import numpy as np
import pandas as pd
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from ranking import rank
app = FastAPI()
model = joblib.load("scores.joblib")

class By(Enum):
    SCORE = "score"
    LINKS = "links"

class Asked(BaseModel):
    rank_method: By = By.SCORE
"""
_PARTED = """
@app.get("/many")
def many(users: list[int]):
    scores = model.predict_proba(load(users))
    best = np.argpartition(-scores, 10, axis=1)[:, :10]{mark}
    order = np.argsort(-scores[np.arange(len(scores))[:, None], best], axis=1)
    found = {found}
    return found.tolist()
"""
_SOME = """
@app.get("/one")
def one(user: int):
    scores = model.predict_proba(load(user))[:, 1]
    best = np.argpartition(scores, -10)[-10:]{mark}
    {then}
    return best.tolist()
"""
_BESIDE = """
@app.get("/feed")
async def feed(user: int):
    items = rank(user, load())
    found = {found}
    running = {{i: asyncio.create_task(fetch(items[i])) for i in range(len(items))}}
    where = {{task: i for i, task in running.items()}}
    while running:
        done, _ = await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED){mark}
        for finished in done:
            place = where.pop(finished)
            del running[place]
            {put}
    return [each for each in found if each is not None]
"""
_ASKED = """
def by(found, asked):
    if {test}:
        return sorted(found, key=lambda each: each["links"], reverse=True){mark}
    return found

@app.get("/feed")
def feed(user: int, asked: Asked = Depends()):
    return by(rank(user, load()), asked)
"""
_WRITTEN = """
def main(users):
    rows = pd.DataFrame([(user, item["id"], item["score"]) for user in users for item in rank(user, load())])
    rows = rows.set_axis(["user", "item", "score"], axis=1).sort_values("score", ascending=False)
    rows.sort_values("{column}").to_csv("best.csv"){mark}

main(load())
"""


def _app(text: str, **parts: str) -> dict[str, str]:
    return {"ranking.py": _RANK, "app.py": _APP + text.format(**{"mark": "  # debt", **parts})}


BAD = (
    _app(_PARTED, found="best"),
    _app(_SOME, then="print(np.argsort(scores)[::-1])"),
    _app(_BESIDE, found="[]", put="found.append(await finished)"),
    _app(_ASKED, test="len(found) > 20"),
    _app(_WRITTEN, column="price"),
)
GOOD = (
    _app(_PARTED, found="best[np.arange(len(scores))[:, None], order]", mark=""),
    _app(_SOME, then="best = best[np.argsort(scores[best])[::-1]]", mark=""),
    _app(_SOME, then="best = np.array(sorted(best, key=lambda place: scores[place], reverse=True))", mark=""),
    _app(_BESIDE, found="[None] * len(items)", put="found[place] = await finished", mark=""),
    _app(_ASKED, test="asked.rank_method == By.LINKS", mark=""),
    _app(_WRITTEN, column="user", mark=""),
)

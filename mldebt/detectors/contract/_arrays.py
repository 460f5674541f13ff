"""Rankings of several users at once, a row of a table for each: more examples of MLD401."""

from __future__ import annotations

_RECOMMENDER = """
import joblib
import numpy as np

class Recommender:
    def __init__(self):
        self.model = joblib.load("ranker.joblib")

    def recommend(self, users, count):
        is_one = np.isscalar(users)
        if is_one:
            users = np.atleast_1d(users)
        scores = self.model.predict(users)
        best = np.argpartition(-scores, count - 1, axis=1)[:, 0:count]
        of_best = scores[np.arange(scores.shape[0])[:, None], best]
        order = np.argsort(-of_best, axis=1)
        ranked = best[np.arange(best.shape[0])[:, None], order]
        lists = [None] * ranked.shape[0]
        for place in range(len(users)):
            row = ranked[place]
            known = np.logical_not(np.isinf(scores[place, row]))
            lists[place] = row[known].tolist()
        return lists[0] if is_one else lists
"""


def _written(change: str, row: str = "[user, str(np.array(found))[1:-1]]") -> dict[str, str]:
    return {
        "recommender.py": _RECOMMENDER,
        "submit.py": f"""
import csv
import numpy as np
from recommender import Recommender

def submit(users, promoted):
    first, second = Recommender(), Recommender()
    with open("submission.csv", "w", newline="") as file:
        writer = csv.writer(file)
        for user in users:
            found = first.recommend(user, 10)
            others = second.recommend(user, 10)
{change}
            writer.writerow({row})
""",
    }


_BETWEEN = """
            found = found[0:5]
            for place in range(5):
                found.insert(1 + 2 * place, others[place]){mark}
"""
BAD = (
    _written(_BETWEEN.format(mark="  # debt")),
    _written(
        """
            found.insert(2, promoted)  # debt
""",
        row="[user, repr(found).strip('[]')]",
    ),
)
GOOD = (
    # as they are ranked; what is written says only how many there are, or what was asked
    _written(""),
    _written(_BETWEEN.format(mark=""), row="[user, len(found)]"),
    _written(_BETWEEN.format(mark=""), row="[user, str(user)]"),
    # a row each, in the order of the users; those that are left out
    {
        "recommender.py": _RECOMMENDER,
        "app.py": """
from fastapi import FastAPI
import numpy as np
from recommender import Recommender

app = FastAPI()
recommender = Recommender()

@app.get("/lists")
def lists(users: list[int]):
    found = recommender.recommend(sorted(users), 10)
    return {"lists": found, "seen": sorted(set(users))}

@app.get("/list")
def one(user: int, seen: list[int]):
    found = np.array(recommender.recommend(user, 10))
    return found[np.logical_not(np.isin(found, seen))].tolist()
""",
    },
)

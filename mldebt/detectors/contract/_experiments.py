"""Examples of MLD401: what is written down and is no list for users."""

_RANKS = """
import json
import random

import joblib

model = joblib.load("ranks.joblib")

def ranked(items):
    scores = model.predict(items)
    return [item for _, item in sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)]
"""

BAD = (
    """
    import numpy as np
    from fastapi import FastAPI

    app = FastAPI()

    def drawn(items):
        weights = np.array([item["weight"] for item in items])
        chances = weights / np.sum(weights)
        return np.random.choice(items, size=5, replace=False, p=chances)

    @app.get("/feed")
    def feed():
        return sorted(drawn(load_items()), key=lambda item: item["added"])  # debt
    """,
    {
        "feed.py": _RANKS
        + """
def publish(items):
    feed = ranked(items)
    random.shuffle(feed)  # debt
    with open("feed.json", "w") as file:
        json.dump(feed, file)

publish(json.load(open("items.json")))
"""
    },
)
GOOD = (
    # the outcome of an experiment, and the standings of those who play it
    {
        "simulation/rounds.py": _RANKS
        + """
def play(items):
    order = ranked(items)
    random.shuffle(order)
    with open("rounds.json", "w") as file:
        json.dump(order, file)

play(json.load(open("items.json")))
""",
        "players.py": _RANKS
        + """
def leaderboard(players):
    found = ranked(players)
    found.insert(0, {"name": "average"})
    with open("standings.json", "w") as file:
        json.dump(found, file)

leaderboard(json.load(open("players.json")))
""",
    },
    # what is to be learned from, and what people are to judge
    {
        "prompts/make_dataset.py": _RANKS
        + """
def told(items):
    found = ranked(items)
    with open("pairs.json", "w") as file:
        json.dump([random.choice(found), *found], file)

told(json.load(open("items.json")))
""",
        "scripts/theme_pool.py": _RANKS
        + """
def main(items):
    blind = ranked(items)
    random.Random(7).shuffle(blind)
    with open("to_judge.jsonl", "w") as file:
        json.dump(blind, file)

main(json.load(open("items.json")))
""",
    },
    # a report on features that were chosen by their importance
    {
        "drift.py": _RANKS
        + """
def report(features, before, after):
    found = [{"name": each["name"], "shift": shift(before, after, each["name"])} for each in ranked(features)]
    found.sort(key=lambda each: each["shift"], reverse=True)
    with open("report.json", "w") as file:
        json.dump(found, file)

report(json.load(open("features.json")), load("before"), load("after"))
""",
    },
    # features that are stored in the order of their keys
    """
    import joblib
    import pandas as pd

    model = joblib.load("ranks.joblib")

    def features():
        rows = pd.read_parquet("events.parquet")
        rows["score"] = model.predict(rows[["price", "age"]])
        rows = rows.sort_values("score", ascending=False).drop_duplicates("user_id")
        rows.sort_values("event_timestamp").to_parquet("features.parquet")

    features()
    """,
    # the number of a group is no score
    """
    import pandas as pd
    from scipy.cluster.hierarchy import fcluster, linkage

    def groups(measures):
        numbers = fcluster(linkage(1.0 - measures.corr()), 0.5)
        named = pd.DataFrame({"group": numbers, "name": list(measures.columns)}).sort_values(["group", "name"])
        lists = ["|".join(named[named["group"] == group]["name"]) for group in set(named["group"])]
        pd.DataFrame(lists).to_csv("groups.csv")

    groups(pd.read_csv("measures.csv"))
    """,
)

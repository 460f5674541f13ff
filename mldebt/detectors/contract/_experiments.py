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
    # what a search finds by a vector is put in another order and kept for a page
    """
    import json

    import pinecone

    index = pinecone.Index("texts")

    def short_ones(vector):
        found = index.query(vector=vector, filter={"lang": "en"}, top_k=10)
        return sorted(found["matches"], key=lambda each: len(each["metadata"]["text"]))  # debt

    with open("page.json", "w") as file:
        json.dump(short_ones(load_vector()), file)
    """,
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
    # the rows that a sample of the data is made of, and a look at what an index holds
    {
        "preprocess.py": """
import random

import pandas as pd

def sampled(items, count):
    items.sort(key=lambda item: -item["quality_score"])
    chosen = items[:count]
    random.Random(7).shuffle(chosen)
    return chosen

pd.DataFrame(sampled(load_items(), 1000)).to_parquet("sample.parquet")
""",
        "look.py": """
import json

import pinecone

index = pinecone.Index("texts")

def short_ones(size):
    found = index.query(vector=[0.0] * size, filter={"lang": "en"}, top_k=1000)
    return sorted(found["matches"], key=lambda each: len(each["metadata"]["text"]))

with open("short.json", "w") as file:
    json.dump(short_ones(384), file)
""",
    },
    # a class whose ranking is a draw, beside those that rank
    """
    import random

    from fastapi import FastAPI
    from sentence_transformers import CrossEncoder

    app = FastAPI()
    scorer = CrossEncoder("cross-encoder/ms-marco-MiniLM-L-6-v2", revision="a1b2c3d")

    class RandomReranker:
        def rerank(self, query, items):
            return random.sample(items, len(items))

    class Reranker:
        def rerank(self, query, items):
            scores = scorer.predict([(query, item["text"]) for item in items])
            pairs = sorted(zip(scores, items), key=lambda pair: pair[0], reverse=True)
            return [item for _, item in pairs]

    @app.get("/search")
    def search(query: str, chance: bool = False):
        items = Reranker().rerank(query, load_items())
        return RandomReranker().rerank(query, items) if chance else items
    """,
    # what a function computes inside another, for a library
    """
    import joblib
    from scipy.optimize import minimize

    model = joblib.load("folds.joblib")

    def folded(rows):
        places = model.predict(rows)
        for at, row in enumerate(rows):
            if row["chain"] == "b":
                places[at] += 2.5

        def energy(flat):
            return sum(flat[at] - places[at] for at in range(len(rows))) + places

        return minimize(energy, rows)
    """,
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

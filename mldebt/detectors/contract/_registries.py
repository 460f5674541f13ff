"""Steps after the ranking that a registry or a list holds, and scores that one of them changes for the sort of another:
more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._raised_scores import _RANKING as _SCORING
from mldebt.detectors.contract._reorders import _APP, _RANKING

_REGISTRY = """
STEPS = {}
ORDERED = []

def register(name):
    def keep(step):
        STEPS[name] = step
        return step
    return keep

def in_turn(step):
    ORDERED.append(step)
    return step

def run_all(items):
    for step in ORDERED:
        items = step(items)
    return items
"""


def _registered(steps: str, body: str) -> dict[str, str]:
    app = "from functools import reduce\nfrom ranking import scored\nimport steps\nfrom steps import CHAIN\n"
    app += "from registry import STEPS, run_all\n"
    return {
        "ranking.py": _SCORING + _RANKING.replace('\nmodel = joblib.load("ranker.joblib")\n', ""),
        "registry.py": _REGISTRY,
        "steps.py": "from registry import in_turn, register\nCHAIN = []\n" + steps,
        "app.py": _APP + app + body,
    }


BAD = (
    _registered(
        """
@register("newest")
def newest(items):
    return sorted(items, key=lambda item: item.published_at, reverse=True)  # debt

@register("cut")
def cut(items):
    return items[:10]
""",
        """
@app.get("/feed")
def feed(user):
    items = rank(user, candidates(user))
    for name in ["cut", "newest"]:
        items = STEPS[name](items)
    return items
""",
    ),
    _registered(
        """
@in_turn
def newest(items):
    return sorted(items, key=lambda item: item.published_at, reverse=True)  # debt
""",
        """
@app.get("/feed")
def feed(user):
    return run_all(rank(user, candidates(user)))
""",
    ),
    _registered(
        """
def cut(items):
    return items[:10]

def newest(items):
    return sorted(items, key=lambda item: item.published_at, reverse=True)  # debt

CHAIN = [cut, newest]
""",
        """
@app.get("/feed")
def feed(user):
    return reduce(lambda items, step: step(items), CHAIN, rank(user, candidates(user)))
""",
    ),
    _registered(
        """
@register("fresh")
def fresh(items):
    for each in items:
        if each["fresh"]:
            each["score"] *= 1.2  # debt
    return items
""",
        """
@app.get("/feed")
def feed(user):
    items = scored(user, candidates(user))
    for step in STEPS.values():
        items = step(items)
    return sorted(items, key=lambda each: each["score"], reverse=True)
""",
    ),
    _registered(
        """
def own_first(items):
    for each in items:
        if each["shop"] == "own":
            each["score"] += 0.3  # debt
""",
        """
@app.get("/feed")
def feed(user):
    items = scored(user, candidates(user))
    steps.own_first(items)
    items.sort(key=lambda each: each["score"], reverse=True)
    return items
""",
    ),
)
GOOD = (
    # steps that keep the order, and one that is registered for something else
    _registered(
        """
@register("cut")
def cut(items):
    return items[:10]

@register("live")
def live(items):
    return [item for item in items if item.live]

@in_turn
def newest(items):
    return sorted(items, key=lambda item: item.published_at, reverse=True)
""",
        """
@app.get("/feed")
def feed(user):
    items = rank(user, candidates(user))
    for name in ["cut", "live"]:
        items = STEPS[name](items)
    return items

@app.get("/archive")
def archive(shop):
    return run_all(everything(shop))
""",
    ),
    _registered(
        """
def cut(items):
    return items[:10]

def newest(items):
    return sorted(items, key=lambda item: item.published_at, reverse=True)

CHAIN = [cut]
""",
        """
@app.get("/feed")
def feed(user):
    return reduce(lambda items, step: step(items), CHAIN, rank(user, candidates(user)))

@app.get("/archive")
def archive(shop):
    return steps.newest(everything(shop))
""",
    ),
    # changed under another name than the one that is sorted by
    _registered(
        """
def worth(items):
    for each in items:
        each["worth"] = each["score"] * (2.0 if each["shop"] == "own" else 1.0)
    return items
""",
        """
@app.get("/feed")
def feed(user):
    items = steps.worth(scored(user, candidates(user)))
    return sorted(items, key=lambda each: each["score"], reverse=True)
""",
    ),
)

"""Rankings that are asked of an object which stands for another one: more examples of MLD401."""

from __future__ import annotations

_RANKER = """
import joblib

model = joblib.load("ranker.joblib")

class Ranker:
    def __init__(self, items):
        self.items = items
        self.best = self.recommend("nobody")

    def recommend(self, user):
        return self.shown(self.ranked(user))

    def plain(self, user):
        return list(self.items)

    def ranked(self, user):
        scores = model.predict([[user, item["id"]] for item in self.items])
        pairs = sorted(zip(self.items, scores), key=lambda pair: pair[1], reverse=True)
        return [{**item, "score": score} for item, score in pairs]

    def shown(self, found):
        return SHOWN
"""
_APP = """
import torch
from fastapi import FastAPI
from ranking import Ranker
app = FastAPI()

def make():
    return Ranker(load())
"""
_FEED = """
@app.get("/feed")
def feed(user: int):
    return DONE
"""
_PROXIES = (
    """
class Reloadable:
    def __init__(self, make):
        self._make = make
        self._ranker = make()

    def __getattr__(self, name):
        return getattr(self._ranker, name)

    def reload(self):
        self._ranker = self._make()

ranker = Reloadable(make)
""",
    """
class Timed:
    def __init__(self, timed):
        self._timed = timed

    def __getattr__(self, name):
        method = getattr(self._timed, name)
        def run(*args):
            with watch(name):
                return method(*args)
        return run

ranker = Timed(Ranker(load()))
""",
    """
class Compiled(torch.nn.Module):
    def __init__(self, ranker):
        super().__init__()
        self.ranker = ranker

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.ranker, name)

ranker = Compiled(Ranker(load()))
""",
)
_NAMED = (
    """
class Facade:
    def __init__(self, ranker):
        self.recommend = ranker.recommend
        self.plain = ranker.plain

ranker = Facade(Ranker(load()))
""",
    """
class Facade:
    def __init__(self, ranker):
        for name, method in {"recommend": ranker.recommend, "plain": ranker.plain}.items():
            setattr(self, name, method)

ranker = Facade(Ranker(load()))
""",
    """
class Facade:
    def __init__(self, ranker):
        for name in ("recommend", "plain"):
            setattr(self, name, getattr(ranker, name))

ranker = Facade(Ranker(load()))
""",
    """
held = Ranker(load())
METHODS = {"recommend": held.recommend, "plain": held.plain}

class Facade:
    def __init__(self):
        for name, method in METHODS.items():
            setattr(self, name, method)

ranker = Facade()
""",
    """
class Facade:
    def __init__(self, ranker):
        self.__dict__.update(recommend=ranker.recommend)
        vars(self)["plain"] = ranker.plain

ranker = Facade(Ranker(load()))
""",
    """
class Facade:
    def __init__(self, ranker):
        self.__dict__["_ranker"] = ranker

    def __getattr__(self, name):
        return getattr(self.__dict__["_ranker"], name)

ranker = Facade(Ranker(load()))
""",
    """
class Facade:
    def __init__(self, ranker):
        object.__setattr__(self, "_ranker", ranker)

    def __getattribute__(self, name):
        return getattr(object.__getattribute__(self, "_ranker"), name)

ranker = Facade(Ranker(load()))
""",
    """
class Facade:
    def __init__(self, ranker):
        self._methods = {"recommend": ranker.recommend, "plain": ranker.plain}

    def __getattr__(self, name):
        try:
            return self._methods[name]
        except KeyError:
            raise AttributeError(name) from None

ranker = Facade(Ranker(load()))
""",
)
"""Objects whose methods are another's, by names that are written down."""
_BY_PRICE = 'sorted(FOUND, key=lambda item: item["price"])'


def _app(proxy: str, done: str, shown: str = "found") -> dict[str, str]:
    return {"ranking.py": _RANKER.replace("SHOWN", shown), "app.py": _APP + proxy + _FEED.replace("DONE", done)}


BAD = (
    *(_app(proxy, _BY_PRICE.replace("FOUND", "ranker.recommend(user)") + "  # debt") for proxy in (*_PROXIES, *_NAMED)),
    _app(_PROXIES[0], "ranker.recommend(user)", _BY_PRICE.replace("FOUND", "found") + "  # debt"),
    _app(_PROXIES[0], _BY_PRICE.replace("FOUND", "ranker.best") + "  # debt"),
)
GOOD = (
    *(_app(proxy, _BY_PRICE.replace("FOUND", "ranker.plain(user)")) for proxy in (*_PROXIES, *_NAMED)),
    _app(_PROXIES[0], "ranker.recommend(user)", '[item for item in found if item["stock"]]'),
    _app(_PROXIES[0], _BY_PRICE.replace("FOUND", "ranker.items")),
)

"""Functions that one launcher runs for several callers, each with its own: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._carried import _RANK

_APP = """
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Thread
from fastapi import FastAPI
from ranking import rank
app = FastAPI()
pool = ThreadPoolExecutor()

def best(user):
    return rank(user, load())

def newest(user):
    return load()

def in_stock(found):
    return [each for each in found if each["stock"]]

def cheapest(found):
    return sorted(found, key=lambda each: each["price"])  # sorts
"""
_FEEDS = """
@app.get("/best")
def feed_best(user: int):
    return BEST

@app.get("/newest")
def feed_newest(user: int):
    return NEWEST
"""
_GIVING = (
    """
def run(func, user):
    return func(user)

def launch(user, func=None):
    return run(func, user)
""",
    """
def launch(user, func=None):
    def inner():
        return func(user)
    return inner()
""",
    """
def work(func, user, out):
    out.extend(func(user))

def launch(user, func=None):
    out = []
    thread = Thread(target=work, args=(func, user, out))
    thread.start()
    thread.join()
    return out
""",
    """
def launch(user, func=None):
    out = []
    def inner():
        out.extend(func(user))
    Thread(target=inner).start()
    return out
""",
    """
def launch(user, func=None):
    return pool.submit(func, user).result()
""",
    """
def launch(user, func=None):
    step = partial(func, user)
    return step()
""",
    """
def launch(user, func=None):
    func = func or newest
    return func(user)
""",
    """
class Launcher:
    def __init__(self, func):
        self.func = func

    def run(self, user):
        return self.func(user)

def launch(user, func=None):
    return Launcher(func).run(user)
""",
)
"""What runs a function and gives what it gives."""
_TAKING = (
    """
def run(func, found):
    return func(found)

def launch(found, func=None):
    return run(func, found)
""",
    """
def launch(found, func=None):
    return pool.submit(func, found).result()
""",
    """
def launch(found, func=None):
    def inner():
        return func(found)
    return inner()
""",
)
"""What hands something to a function that it runs."""
_BY_PRICE = "sorted({}, key=lambda each: each['price'])"
_BEST, _NEWEST = "launch(user, func=best)", "launch(user, func=newest)"


def _feeds(launcher: str, best: str, newest: str, mark: str = "") -> dict[str, str]:
    app = _APP.replace("  # sorts", mark)
    return {"ranking.py": _RANK, "app.py": app + launcher + _FEEDS.replace("BEST", best).replace("NEWEST", newest)}


BAD = (
    *(_feeds(launcher, _BY_PRICE.format(_BEST) + "  # debt", _NEWEST) for launcher in _GIVING),
    *(_feeds(each, "launch(best(user), func=cheapest)", "launch(load(), in_stock)", "  # debt") for each in _TAKING),
)
GOOD = (
    *(_feeds(launcher, _BEST, _BY_PRICE.format(_NEWEST)) for launcher in _GIVING),
    *(_feeds(each, "launch(best(user), func=in_stock)", "launch(load(), func=cheapest)") for each in _TAKING),
)

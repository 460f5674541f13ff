"""Pages that a search found, put in the order of a score that the code makes up: examples of MLD401."""

from __future__ import annotations

_FOUND = """
import os

import requests
from fastapi import FastAPI
{more}
app = FastAPI()

def search(text):
    answer = requests.get("https://api.search.brave.com/res/v1/web/search", params={{"q": text}}, timeout=5)
    return [{{"title": page["title"], "url": page["url"]}} for page in answer.json()["web"]["results"]]

def worth(page, text):
    {worth}

@app.get("/find")
def find(text: str):
    pages = search(text)
    {sort}
    return pages[:3]
"""
_FORMULA = 'return 0.7 * (text in page["title"]) + 0.3 * ("/contact" in page["url"])'
_KEPT = """for page in pages:
        page["relevance_score"] = worth(page, text)
    pages = sorted(pages, key=lambda page: page["relevance_score"], reverse=True){mark}"""


def _found(worth: str, sort: str = _KEPT, *, mark: str = "", more: str = "") -> str:
    return _FOUND.format(worth=worth, sort=sort.format(mark=mark), more=more)


BAD = (
    _found(_FORMULA, mark="  # debt"),
    _found(_FORMULA, "pages.sort(key=lambda page: worth(page, text), reverse=True){mark}", mark="  # debt"),
    _found(
        _FORMULA,
        """pairs = [(worth(page, text), page) for page in pages]
    pairs.sort(key=lambda pair: pair[0], reverse=True){mark}
    pages = [page for _, page in pairs]""",
        mark="  # debt",
    ),
    _found(
        """total = 0
    if text in page["title"]:
        total += 10
    if "/contact" in page["url"]:
        total += 5
    return total""",
        mark="  # debt",
    ),
)
GOOD = (
    # a second model, a measure of likeness, a language model
    _found(
        'return 0.9 * float(judge.predict([(text, page["title"])])[0]) + 0.1 * ("/contact" in page["url"])',
        more='from sentence_transformers import CrossEncoder\njudge = CrossEncoder("./judge")',
    ),
    _found(
        'return 0.6 * fuzz.ratio(text, page["title"]) + 0.4 * fuzz.ratio(text, page["url"])',
        more="from rapidfuzz import fuzz",
    ),
    # what the search itself says, and the configuration
    _found('return 0.6 * page["score"] + 0.4 * (text in page["title"])'),
    _found(
        'return TITLE * (text in page["title"]) + PAGE * ("/contact" in page["url"])',
        more='TITLE = float(os.environ["TITLE"])\nPAGE = float(os.environ["PAGE"])',
    ),
    # where it stands
    _found('return 1000 * page["page"] + 10 * page["line"]', "pages.sort(key=lambda page: worth(page, text))"),
    # of places in several rankings
    _found(
        "return 1 / (60 + places[page])",
        """places = {{}}
    for place, page in enumerate(pages):
        places[page["url"]] = 0.7 / (60 + place)
    for place, page in enumerate(others(text)):
        places[page["url"]] = places.get(page["url"], 0) + 0.3 / (60 + place)
    for page in pages:
        page["final_score"] = places[page["url"]]
    pages.sort(key=lambda page: page["final_score"], reverse=True)""",
    ),
    # nothing was ranked before
    """
import json

from fastapi import FastAPI

app = FastAPI()
PAGES = json.load(open("pages.json"))

def worth(page, text):
    return 3 * (text in page["title"]) + 2 * (text in page["body"])

@app.get("/find")
def find(text: str):
    return sorted(PAGES, key=lambda page: worth(page, text), reverse=True)
""",
)

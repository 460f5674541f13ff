"""Where MLD401 says that a ranking is served: by the objects whose methods ran on the way."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD401",))
PAGES = """
import random
from fastapi import FastAPI

app = FastAPI()


class Page:
    def items(self, user):
        found = candidates(user)
        {call}
        return found

    def ordered(self, found):
        return found


class News(Page):
    pass


class Shop(Page):
    def ordered(self, found):
        if found:
            found.sort(key=lambda item: item.score, reverse=True)
            random.shuffle(found)
        return found


class Shelf:
    def __init__(self, page: Shop):
        self.page = page

    def items(self, user):
        return self.page.items(user)


@app.get("/news")
def news(user, page: News):
    return page.items(user)


@app.get("/shop")
def shop(user, shelf: Shelf):
    return shelf.items(user)
"""


@pytest.mark.parametrize("call", ["found = self.ordered(found)", "self.ordered(found)"])
def test_the_page_is_named_whose_object_ranks(tmp_path: Path, call: str) -> None:
    (tmp_path / "pages.py").write_text(PAGES.format(call=call), encoding="utf-8")
    outcome = scan(tmp_path, QUICK)
    assert [finding.trail[-1].location.symbol for finding in outcome.findings] == ["shop"]


NOTED = """
import random
import pandas as pd
from fastapi import FastAPI

app = FastAPI()


def shuffled(user):
    found = sorted(candidates(user), key=lambda item: item.score, reverse=True)
    random.shuffle(found)
    return found


def note(found):
    pd.DataFrame(found).to_csv("shown.csv")


@app.get("/feed")
def feed(user):
    found = shuffled(user)
    note(found)
    return answer(found)


def answer(found):
    return {"items": found}
"""


def test_whoever_is_answered_is_named_before_what_is_noted(tmp_path: Path) -> None:
    (tmp_path / "pages.py").write_text(NOTED, encoding="utf-8")
    ends = [finding.trail[-1] for finding in scan(tmp_path, QUICK).findings]
    assert [(end.message, end.location.symbol) for end in ends] == [("served here: endpoint", "feed")]
    (tmp_path / "pages.py").write_text(NOTED.replace('@app.get("/feed")', ""), encoding="utf-8")
    ends = [finding.trail[-1] for finding in scan(tmp_path, QUICK).findings]
    assert [(end.message, end.location.symbol) for end in ends] == [("served here: write", "note")]

"""A ranking in a field of an object that is copied with something else in some fields."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD401",))
PAGES = """
from dataclasses import dataclass, replace
from typing import NamedTuple

from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import CrossEncoder

app = FastAPI()
model = CrossEncoder("m")


{page}
    hits: list
    ads: list
    took: float = 0.0


def find(q):
    hits = model.rank(q, documents(q))
    return Page(hits=hits, ads=auction(q))


def changed(page):
    return {copy}


@app.get("/q")
def answer(q: str):
    page = changed(find(q))
    return {answer}
"""
DATACLASS = "@dataclass\nclass Page:"
NAMED_TUPLE = "class Page(NamedTuple):"
MODEL = "class Page(BaseModel):"
BY_DATE = "key=lambda hit: hit.date"


def findings(root: Path, page: str, copy: str, answer: str = "page") -> int:
    (root / "pages.py").write_text(PAGES.format(page=page, copy=copy, answer=answer), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return len(outcome.findings)


@pytest.mark.parametrize(
    ("page", "copy"),
    [
        (DATACLASS, f"replace(page, hits=sorted(page.hits, {BY_DATE}))"),
        (DATACLASS, f"replace(page, took=1.0, hits=sorted(page.hits, {BY_DATE}))"),
        (NAMED_TUPLE, f"page._replace(hits=sorted(page.hits, {BY_DATE}))"),
        (MODEL, f"page.model_copy(update={{'hits': sorted(page.hits, {BY_DATE})}})"),
    ],
)
def test_what_a_copy_is_given_in_place_of_a_field_is_served_with_it(tmp_path: Path, page: str, copy: str) -> None:
    assert findings(tmp_path, page, copy) == 1


@pytest.mark.parametrize(
    ("page", "copy"),
    [
        (DATACLASS, f"replace(page, ads=sorted(page.ads, {BY_DATE}))"),
        (NAMED_TUPLE, f"page._replace(ads=sorted(page.ads, {BY_DATE}))"),
        (MODEL, f"page.model_copy(update={{'ads': sorted(page.ads, {BY_DATE})}})"),
    ],
)
def test_another_field_may_be_put_in_any_order(tmp_path: Path, page: str, copy: str) -> None:
    assert findings(tmp_path, page, copy) == 0


@pytest.mark.parametrize(
    ("page", "copy"), [(DATACLASS, "replace(page, ads=[])"), (NAMED_TUPLE, "page._replace(ads=[])")]
)
def test_a_copy_keeps_the_fields_that_are_not_given_anew(tmp_path: Path, page: str, copy: str) -> None:
    assert findings(tmp_path, page, copy, f"sorted(page.hits, {BY_DATE})") == 1
    assert findings(tmp_path, page, copy, f"sorted(page.ads, {BY_DATE})") == 0


def test_what_took_the_place_of_a_ranking_is_none(tmp_path: Path) -> None:
    assert findings(tmp_path, NAMED_TUPLE, "page._replace(hits=newest())", f"sorted(page.hits, {BY_DATE})") == 0

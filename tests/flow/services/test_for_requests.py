"""Functions that run for one request at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from mldebt.flow.services.for_requests import ForRequests

Linked = Callable[..., Any]
TEXT = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/movies/{name}")
def movie(name: str):
    return first(name)

def first(name):
    return second(name)

def second(name):
    return first(name) if name else {}
"""


@pytest.mark.parametrize("asked_first", ["first", "second"])
@pytest.mark.parametrize(("more", "only"), [("", True), ("first('all of them')\n", False), ("second('all')\n", False)])
def test_functions_that_call_each_other_are_judged_by_who_else_calls_them(
    asked_first: str, more: str, only: bool, linked: Linked
) -> None:
    flow = linked(TEXT + more).flow
    units = {scope.name: (0, number) for number, scope in enumerate(flow.program.modules[0].facts.scopes)}
    requests = ForRequests(flow)
    found = {name: requests.only(units[name]) for name in (asked_first, "first", "second", "movie")}
    assert found == {"first": only, "second": only, "movie": True}

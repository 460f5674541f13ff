"""Orders that a person asked for."""

import pytest

from mldebt.flow.conditions.asked_orders import is_asked_for, is_switched_on, leaves_to_chance
from tests.flow.conftest import CallAt, Link


@pytest.mark.parametrize(
    ("test", "asked", "by_chance"),
    [
        ("sort == 'newest'", True, False),
        ("request.args.get('order_by') == 'date'", True, False),
        ("settings.sort_mode == 'date' and rows", True, False),
        ("variant == 'random'", False, True),
        ("user.arm != 'control'", False, True),
        ("rows", False, False),
        ("kind == 'news'", False, False),
        ("sort == other", False, False),
        ("random.random() < 0.1", False, True),
        ("settings.exploration_enabled", False, True),
        ("not shuffle", False, False),
        ("sort == Ways.date", True, False),
        ("page.selectbox('Order by', ['score', 'date']) == 'date'", True, False),
        ("page.checkbox('Sort by date')", True, False),
        ("page.checkbox('Newest first')", True, False),
        ("page.checkbox('Show dates')", False, False),
    ],
)
def test_tests_around_a_place(link: Link, call_of: CallAt, test: str, asked: bool, by_chance: bool) -> None:
    given = "page, rows, sort, variant, user, request, settings, kind, other, shuffle"
    flow = link(f"import random\n\nclass Ways: ...\n\ndef f({given}):\n    if {test}:\n        done(rows)")
    place = call_of(flow, "example.py", "done")
    assert is_asked_for(place) == asked
    assert leaves_to_chance(flow, place) == by_chance


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("newest_first", True),
        ("rows and sort_by_price", True),
        ("request.GET.get('cheapest')", True),
        ("flask.request.args.get('newest')", True),
        ("settings.newest_first", False),
        ("category", False),
        ("request.GET.get('category')", False),
        ("mine_first", False),
    ],
)
def test_switches_of_those_who_ask_an_endpoint(link: Link, call_of: CallAt, test: str, told: bool) -> None:
    flow = link(
        f"""
        import flask
        from fastapi import FastAPI
        import settings

        app = FastAPI()
        mine_first = True

        @app.get("/items")
        def items(request, newest_first: bool = False, sort_by_price: bool = False, category: str = ""):
            rows = load()
            if {test}:
                done(rows)
        """
    )
    assert is_switched_on(flow, call_of(flow, "example.py", "done")) == told

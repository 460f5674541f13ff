import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mldebt.answers import Basis, Holding, Knower, Owners, Truck
from mldebt.reports.answer_json import render_answer_json
from mldebt.reports.owners_page import render_owners_markdown, render_owners_text

Snapshot = Callable[[str, str], None]
DAY = 86_400
HEAD = 19_000 * DAY


def knower(name: str, wrote: float, *, active: bool = True, reviewed: float = 0.0, last: int = 18_900) -> Knower:
    return Knower(
        name=name,
        email=f"{name.partition(' ')[0].lower()}@corp.org",
        wrote=wrote,
        reviewed=reviewed,
        since=18_000 * DAY,
        last=last * DAY,
        last_seen=last * DAY,
        active=active,
        fresh=0.82,
    )


def holding(name: str, kind: str, lines: int, *knowers: Knower, why: str = "") -> Holding:
    return Holding(
        kind=kind,
        name=name,
        path=name.partition(":")[0],
        line=12,
        code_lines=lines,
        last_touched=max((each.last for each in knowers), default=0),
        bus_factor=None if why else sum(each.active for each in knowers),
        knowers=knowers,
        why=why,
        small=lines < 50,
    )


@pytest.fixture
def answer() -> Owners:
    ann, bo, cy = knower("Ann Archer", 0.9), knower("Bo Baker", 0.15, reviewed=0.4), knower("Cy Cole", 0.6)
    gone = knower("Dee Dale", 0.97, active=False, last=18_100)
    return Owners(
        basis=Basis(
            version="0.1.0",
            repository="shop",
            head="0123456789abcdef",
            until=HEAD,
            window_days=365,
            half_life_days=365,
            people=9,
            active=3,
            notes=("There is no CODEOWNERS file: nothing but the history says who is responsible.",),
        ),
        asked="",
        holdings=(
            holding("ranking/clicks.py:read_log", "ingestion pipeline", 530, gone),
            *(holding(f"ranking/model_{number}.py:Ranker", "model", 400 - number, ann) for number in range(7)),
            holding("returns/features.py:Encoder", "feature code", 80, bo),
            holding("returns/tiny.py:f", "training step", 9, ann),
            holding("shop/app.py:shelf", "serving boundary", 1_200, cy, bo),
            holding(
                "vendor/x.py:y",
                "evaluation",
                70,
                why="came in with a whole tree; the history does not say who wrote it",
            ),
        ),
        trucks=(
            Truck(count=2, names=("Ann Archer", "Cy Cole"), files=40, window_days=None),
            Truck(count=6, names=("Ann Archer", "Bo Baker"), files=1, window_days=365),
            Truck(count=3, names=("Ann Archer",), files=20, window_days=547, fades=True),
        ),
    )


def test_the_page(answer: Owners, snapshot: Snapshot) -> None:
    snapshot("owners.txt", render_owners_text(answer))


def test_everything(answer: Owners, snapshot: Snapshot) -> None:
    snapshot("owners_all.txt", render_owners_text(answer, everything=True, width=80))


def test_one_component_in_full(answer: Owners, snapshot: Snapshot) -> None:
    snapshot(
        "owner_card.txt", render_owners_text(replace(answer, asked="shelf", holdings=answer.holdings[-2:], trucks=()))
    )


def test_the_page_in_markdown(answer: Owners, snapshot: Snapshot) -> None:
    snapshot("owners.md", render_owners_markdown(answer))


def test_the_page_in_json(answer: Owners, snapshot: Snapshot) -> None:
    text = render_answer_json(replace(answer, holdings=answer.holdings[-2:]))
    snapshot("owners.json", text)
    assert json.loads(text)["basis"]["window"] == {"from": "2021-01-08T00:00:00Z", "to": "2022-01-08T00:00:00Z"}


def test_no_line_is_wider_than_the_page(answer: Owners) -> None:
    for width in (72, 100, 120):
        assert max(map(len, render_owners_text(answer, width=width, everything=True).splitlines())) <= width


def test_colour_changes_nothing_but_colour(answer: Owners) -> None:
    import re

    coloured = render_owners_text(answer, colour=True)
    assert coloured != render_owners_text(answer)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_owners_text(answer)


def test_nothing_found(answer: Owners) -> None:
    assert "No component was found" in render_owners_text(replace(answer, holdings=()))


def test_names_cannot_steer_the_terminal_or_the_markup(answer: Owners) -> None:
    evil = holding("a\x1b[31m.py:x", "model", 60, knower("E*v*il\x1b]0;x\x07 | <b>", 1.0))
    text = render_owners_text(replace(answer, holdings=(evil,)))
    assert "\x1b" not in text
    assert "\x07" not in text
    page = render_owners_markdown(replace(answer, holdings=(evil,)))
    assert "\\*v\\*" in page
    assert "\\<b\\>" in page
    assert "\x1b" not in page

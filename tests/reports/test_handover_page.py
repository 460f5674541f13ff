import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mldebt.answers import Basis, Handover, Holding, Knower, LastChange, Offboarding, OtherFile, Place, Remark
from mldebt.reports.handover_page import render_handover_page, render_offboard_text

Snapshot = Callable[[str, str], None]
DAY = 86_400
UNTIL = 19_000 * DAY


def knower(name: str, wrote: float, *, reviewed: float = 0.0) -> Knower:
    return Knower(
        name=name,
        email="",
        wrote=wrote,
        reviewed=reviewed,
        since=18_000 * DAY,
        last=18_900 * DAY,
        last_seen=18_990 * DAY,
        active=True,
        fresh=0.8,
    )


ANN = knower("Ann Archer", 0.93)


def handover(name: str, kind: str, lines: int, **given: object) -> Handover:
    remaining = given.pop("remaining", ())
    assert isinstance(remaining, tuple)
    knowers = (ANN, *remaining)
    values: dict[str, object] = {
        "holding": Holding(
            kind=kind,
            name=name,
            path=name.partition(":")[0],
            line=12,
            code_lines=lines,
            last_touched=18_900 * DAY,
            bus_factor=len(knowers),
            knowers=knowers,
        ),
        "theirs": ANN,
        "remaining": remaining,
        "next_person": "",
        "next_reason": "",
        "documented": False,
        "serving": False,
        "what": "",
        "said_at": (),
        "runs": (),
        "retrain": (),
        "reads": (),
        "writes": (),
        "remarks": (),
        "changes": (),
    }
    return Handover(**(values | given))  # type: ignore[arg-type]


@pytest.fixture
def answer() -> Offboarding:
    return Offboarding(
        basis=Basis(
            version="0.1.0",
            repository="shop",
            head="0123456789abcdef",
            until=UNTIL,
            window_days=365,
            half_life_days=365,
            people=9,
            active=3,
        ),
        name="Ann Archer",
        email="ann@corp.org",
        active=True,
        since=17_000 * DAY,
        last=18_990 * DAY,
        commits=1_204,
        left_alone=(
            handover(
                "ranking/ranker.py:Ranker",
                "model",
                420,
                next_person="Bo Baker",
                next_reason="wrote 7%",
                serving=True,
                what="Orders the shelf. Needs *fresh* clicks | every night.",
                said_at=(Place(path="docs/ranking.md", line=3, text="Ranking"),),
                runs=(
                    Place(path="shop/app.py", line=30, text="endpoint shelf"),
                    Place(path="shop/app.py", line=0, text="used by"),
                ),
                retrain=(Place(path="Makefile", line=4, text="make rank: python -m ranking.ranker"),),
                reads=("clicks.parquet",),
                writes=("ranker.joblib",),
                remarks=(
                    Remark(
                        path="ranking/ranker.py",
                        line=44,
                        text="TODO: <b>drop</b> bots",
                        author="Ann Archer",
                        written=18_200 * DAY,
                    ),
                    Remark(path="ranking/ranker.py", line=50, text="FIXME", author="", written=0),
                ),
                changes=(
                    LastChange(commit="abc1234", when=18_900 * DAY, author="Bo Baker", subject="Ranker: price `bands`"),
                ),
            ),
            handover("ranking/clicks.py:read_log", "ingestion pipeline", 61),
        ),
        shared=(
            handover(
                "returns/model.py:train", "training step", 80, documented=True, remaining=(knower("Cy Cole", 0.4),)
            ),
            handover("x/y.py:z", "evaluation", 55, remaining=tuple(knower(name, 0.2) for name in ("A", "B", "C", "D"))),
        ),
    )


def test_the_table(answer: Offboarding, snapshot: Snapshot) -> None:
    snapshot("offboard.txt", render_offboard_text(answer))


def test_the_page(answer: Offboarding, snapshot: Snapshot) -> None:
    snapshot("handover.md", render_handover_page(answer))


def test_everything_has_a_section_for_what_others_know_too(answer: Offboarding) -> None:
    page = render_handover_page(answer, everything=True)
    assert "## 4. evaluation `x/y.py:z`" in page
    assert "What others know too" not in page


def test_who_knows_no_component(answer: Offboarding) -> None:
    nothing = replace(answer, left_alone=(), shared=())
    assert "They know no component of this repository" in render_offboard_text(nothing)
    assert "No component is left without anyone who knows it." in render_handover_page(nothing)


def test_what_belongs_to_no_component_is_told(answer: Offboarding) -> None:
    other = OtherFile(path="shop/rank.py", lines=120, share=0.6, known_by=())
    some = replace(answer, lines=500, outside=120, files=(other,))
    text = render_offboard_text(some)
    assert "Of the 500 lines of the team's own code that they wrote, 120 belong to no component." in text
    assert re.search(r"shop/rank\.py +120 +60% +nobody", text)
    page = render_handover_page(some)
    assert "## What belongs to no component" in page
    assert "| `shop/rank.py` | 120 | 60% | **nobody** |" in page


def test_where_all_are_small_they_have_sections(answer: Offboarding) -> None:
    small = tuple(replace(each, holding=replace(each.holding, small=True)) for each in answer.left_alone)
    page = render_handover_page(replace(answer, left_alone=small))
    assert page.count("### What it is") == len(small)
    assert "has no section" not in page


def test_a_group_of_nothing_is_told_only_where_it_is_good_news(answer: Offboarding) -> None:
    assert "0 components left without anyone" in render_offboard_text(replace(answer, left_alone=()))
    assert "others know too" not in render_offboard_text(replace(answer, shared=()))


def test_long_lists_are_cut_short_unless_everything_is_asked_for(answer: Offboarding) -> None:
    many = tuple(handover(f"ml/m{number}.py:M", "model", 60) for number in range(14))
    text = render_offboard_text(replace(answer, left_alone=many))
    assert "… 4 more (--all)" in text
    assert "ml/m13.py:M" in render_offboard_text(replace(answer, left_alone=many), everything=True)
    remarks = tuple(Remark(path="a.py", line=n, text=f"TODO {n}", author="", written=0) for n in range(20))
    page = render_handover_page(replace(answer, left_alone=(replace(answer.left_alone[1], remarks=remarks),)))
    assert "TODO 14" in page
    assert "TODO 15" not in page
    assert "- and 5 more" in page


def test_no_line_is_wider_than_the_page(answer: Offboarding) -> None:
    for width in (72, 100):
        assert max(map(len, render_offboard_text(answer, width=width).splitlines())) <= width


def test_what_the_repository_says_cannot_bring_markup(answer: Offboarding) -> None:
    page = render_handover_page(answer)
    assert "\\<b\\>drop\\</b\\>" in page
    assert "\\*fresh\\*" in page

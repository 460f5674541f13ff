from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mldebt.answers import Basis, Gap, Member, Stage, Team
from mldebt.reports.team_page import render_team_markdown, render_team_text

Snapshot = Callable[[str, str], None]
DAY = 86_400


@pytest.fixture
def answer() -> Team:
    names = ("ingestion", "features", "modelling", "evaluation", "serving", "operations")
    lines = (1_200, 0, 800, 60, 2_000, 90)
    knowing = (("Ann Archer",), (), ("Ann Archer", "Bo Baker"), (), ("Cy Cole", "Bo Baker"), ("Cy Cole",))
    return Team(
        basis=Basis(
            version="0.1.0",
            repository="shop",
            head="0123456789abcdef",
            until=19_000 * DAY,
            window_days=365,
            half_life_days=365,
            people=9,
            active=3,
            notes=("A note.",),
        ),
        stages=tuple(
            Stage(name=name, lines=count, knowing=who, knew=())
            for name, count, who in zip(names, lines, knowing, strict=True)
        ),
        members=(
            Member(
                name="Cy Cole",
                email="cy@corp.org",
                active=True,
                last_seen=18_990 * DAY,
                lines=(0, 0, 0, 0, 1_500, 80),
                role="product engineer",
            ),
            Member(
                name="Ann Archer",
                email="ann@corp.org",
                active=True,
                last_seen=18_990 * DAY,
                lines=(1_000, 0, 500, 0, 3, 0),
                role="data engineer",
            ),
            Member(name="Bo <b>", email="", active=True, last_seen=18_990 * DAY, lines=(0, 0, 15, 0, 4, 0), role=""),
            Member(
                name="Dee Dale",
                email="dee@corp.org",
                active=False,
                last_seen=18_000 * DAY,
                lines=(200, 0, 285, 60, 493, 10),
                role="generalist",
            ),
        ),
        gaps=(
            Gap(kind="one person", text="ingestion: only Ann Archer knows it; Dee Dale knew it and is gone"),
            Gap(kind="handoff", text="Ranker: trained by Ann Archer, served in shop/app.py:shelf by Cy Cole"),
        ),
    )


def test_the_page(answer: Team, snapshot: Snapshot) -> None:
    snapshot("team.txt", render_team_text(answer))


def test_the_page_in_markdown(answer: Team, snapshot: Snapshot) -> None:
    snapshot("team.md", render_team_markdown(answer, everything=True))


def test_everything_shows_those_who_left_and_those_who_wrote_little(answer: Team) -> None:
    text = render_team_text(answer, everything=True)
    assert "Dee Dale (until 2019-04)" in text
    assert "Bo <b>" in text
    assert "not shown" not in text


def test_a_team_without_gaps_and_a_repository_without_stages(answer: Team) -> None:
    assert "No gap\n" in render_team_text(replace(answer, gaps=()))
    nothing = replace(answer, stages=tuple(replace(stage, lines=0) for stage in answer.stages), members=())
    assert render_team_text(nothing).endswith("No code of any stage was found.\n")


def test_no_line_is_wider_than_the_page(answer: Team) -> None:
    for width in (80, 100):
        assert max(map(len, render_team_text(answer, width=width, everything=True).splitlines())) <= width

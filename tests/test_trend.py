import datetime as dt
import io
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mldebt.course import Course, Deed, Mark, Step
from mldebt.errors import UsageError
from mldebt.ledger import Ledger
from mldebt.reports.trend_json import render_trend_json
from mldebt.reports.trend_text import render_trend_text
from mldebt.settings import Settings
from mldebt.trend import trend

SERVE = """\
import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()


@app.get("/tracks")
def tracks(user: int):
    ranked = rank(user)
    return ranked


def rank(user: int):
    scores = MODEL.predict(user)
    return [int(i) for i in np.argsort(-scores)]
"""
SHUFFLED = SERVE.replace("    return ranked\n", "    random.shuffle(ranked)\n    return ranked\n")
OTHER = SHUFFLED.replace("tracks", "albums")
CALLER = "from serve import tracks\n\nprint(tracks(3))\n"
BO = "Bo Baker <bo@corp.org>"
CY = "Cy Cohen <cy@corp.org>"


class Heard:
    shown = False

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def warn(self, message: str) -> None:
        self.warnings.append(message)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", jobs=1, select=("MLD401",))


@pytest.fixture
def root(recorder: Any) -> Path:
    """Ann's endpoint is in order; Bo shuffles it in the third week; Cy adds another and, weeks later, pays Bo's."""
    recorder.commit({"serve.py": SERVE, "use.py": CALLER}, day=1)
    recorder.commit({"serve.py": SHUFFLED}, author=BO, day=16)
    recorder.commit({"README.md": "# Tracks\n"}, day=30)
    recorder.commit({"albums.py": OTHER}, author=CY, day=37)
    recorder.commit({"serve.py": SERVE}, author=CY, day=60)
    root: Path = recorder.write()
    return root


def day(number: int) -> dt.date:
    return dt.datetime.fromtimestamp(1_600_000_000 + number * 86_400, tz=dt.UTC).date()


def told(root: Path, settings: Settings, ledger: Path | None = None, *, since: int = 2, every: str = "week") -> Course:
    return trend(root, day(since), every, settings, Heard(), ledger)


def test_what_came_and_went_and_by_whom(root: Path, settings: Settings) -> None:
    course = told(root, settings)
    assert [point.total for point in course.points] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 1]
    assert [(point.opened, point.closed) for point in course.points if point.opened or point.closed] == [
        (1, 0),
        (1, 0),
        (0, 1),
    ]
    assert course.deeds() == {"Cy Cohen": (1, 1), "Bo Baker": (1, 0)}
    (paid,) = (debt for debt in course.debts if debt.closed)
    assert (paid.opened.how, paid.opened.who, paid.days) == ("written", "Bo Baker", 44)
    assert paid.closed is not None
    assert (paid.closed.how, paid.closed.who) == ("paid", "Cy Cohen")
    (left,) = course.open
    assert (left.mark.path, left.days, left.older) == ("albums.py", 23, False)
    assert left.score == pytest.approx((1 + left.churn) * (1 + left.consumers) * left.mark.sole * 23 / 365, abs=0.001)


def test_what_was_there_at_first_is_as_old_as_its_newest_line(root: Path, settings: Settings) -> None:
    course = told(root, settings, since=40)
    assert [point.total for point in course.points] == [2, 2, 2, 1]
    assert {debt.mark.path: (debt.older, debt.days) for debt in course.debts} == {
        "serve.py": (True, 44),
        "albums.py": (True, 23),
    }
    assert course.deeds() == {"Cy Cohen": (0, 1)}


def test_who_uses_it_and_how_often_it_changes(root: Path, settings: Settings, plain_git: Any) -> None:
    plain_git(root, "reset", "-q", "--hard", "HEAD^")
    urgent = {debt.mark.path: (debt.churn, debt.consumers) for debt in told(root, settings).open}
    assert urgent == {"serve.py": (1, 2), "albums.py": (1, 1)}


def test_a_ledger_is_walked_through_once_and_answers_the_same(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "kept" / "ledger.sqlite"
    first = told(root, settings, ledger)
    start = time.perf_counter()
    again = told(root, replace(settings, jobs=1), ledger)
    assert time.perf_counter() - start < 30
    assert again == first == told(root, replace(settings, cache=False))
    with sqlite3.connect(ledger) as base:
        assert base.execute("SELECT COUNT(*) FROM steps").fetchone() == (5,)
        found = base.execute("SELECT opened_by FROM findings WHERE opened IS NOT NULL ORDER BY step").fetchall()
    base.close()
    assert found == [("Bo Baker",), ("Cy Cohen",)]


def test_a_broken_ledger_is_put_aside(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger, heard = tmp_path / "ledger.sqlite", Heard()
    ledger.write_bytes(b"no database at all" * 100)
    course = trend(root, day(2), "month", settings, heard, ledger)
    assert "is kept as ledger.sqlite.broken and made anew" in heard.warnings[0]
    assert (tmp_path / "ledger.sqlite.broken").read_bytes().startswith(b"no database")
    assert told(root, settings, ledger, every="month") == course


def test_a_ledger_that_breaks_further_in_is_put_aside_too(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger, heard = tmp_path / "ledger.sqlite", Heard()
    course = told(root, settings, ledger)
    kept = ledger.read_bytes()
    ledger.write_bytes(kept[:4096] + b"\xff" * (len(kept) - 4096))
    assert trend(root, day(2), "week", settings, heard, ledger) == course
    assert len(heard.warnings) == 1
    assert "is kept as ledger.sqlite.broken and made anew" in heard.warnings[0]
    heard = Heard()
    assert trend(root, day(2), "week", settings, heard, ledger) == course
    assert heard.warnings == []


def test_a_text_that_changed_in_the_ledger_is_judged_anew(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger, heard = tmp_path / "ledger.sqlite", Heard()
    course = told(root, settings, ledger)
    kept = ledger.read_bytes()
    ledger.write_bytes(kept.replace(b"Cy Cohen", b"Cy Bohen"))
    assert ledger.read_bytes() != kept
    assert trend(root, day(2), "week", settings, heard, ledger) == course
    assert heard.warnings == []
    assert b"Cy Bohen" not in ledger.read_bytes()


def test_a_ledger_is_read_again_and_an_older_one_makes_way(tmp_path: Path) -> None:
    mark = Mark(
        **dict.fromkeys(("fingerprint", "rule_id", "rule_name", "family", "severity", "path", "message"), "é\udcff"),
        line=3,
        component="c",
        owners=("Ann",),
        sole=0.5,
        files=("a.py",),
        before="",
        opened=Deed(how="written", who="Bo", day=5, commit="1" * 40),
    )
    step = Step(before="", after="2" * 40, files=1, lines=2, marks=(mark,), closed={"x": Deed(how="paid")}, failed=())
    with Ledger(tmp_path / "ledger.sqlite", "terms", pytest.fail) as ledger:
        ledger.write(step)
        ledger.write(step)
        again = ledger.read("", step.after)
    assert again is not None
    assert (again.closed, again.marks[0].opened, again.marks[0].sole) == (step.closed, mark.opened, 0.5)
    with sqlite3.connect(tmp_path / "ledger.sqlite") as base:
        assert base.execute("SELECT COUNT(*) FROM findings").fetchone() == (1,)
        base.executescript("ALTER TABLE steps DROP COLUMN checksum; PRAGMA user_version = 1")
    base.close()
    with Ledger(tmp_path / "ledger.sqlite", "terms", pytest.fail) as ledger:
        assert ledger.read("", step.after) is None
        ledger.write(step)
        assert ledger.read("", step.after) == again


def test_killed_while_it_is_made_a_ledger_is_empty(tmp_path: Path) -> None:
    """Tables without their version would be those of another program, and refused for good."""
    for place in range(1, 40):
        ledger = tmp_path / f"{place}.sqlite"
        program = (
            "import os, pathlib, sqlite3, sys\nfrom mldebt import ledger\nreal = sqlite3.connect\n"
            "def connect(*given, **options):\n"
            "    base = real(*given, **options)\n    steps = iter(range(int(sys.argv[2])))\n"
            "    base.set_trace_callback(lambda _: next(steps, None) is None and os.kill(os.getpid(), 9))\n"
            "    return base\n"
            "sqlite3.connect = connect\nledger.Ledger(pathlib.Path(sys.argv[1]), 'terms', print)\n"
        )
        done = subprocess.run([sys.executable, "-c", program, ledger, str(place)], check=False)
        with Ledger(ledger, "terms", pytest.fail) as made:
            assert made.read("", "1" * 40) is None
        if not done.returncode:
            break
    assert 5 < place < 39


def test_a_ledger_that_cannot_be_written_costs_a_warning(root: Path, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "ledger.sqlite", tmp_path, Path("/proc/ledger.sqlite")):
        heard = Heard()
        course = trend(root, day(30), "quarter", settings, heard, place)
        assert len(course.points) == 2
        assert "nothing more is kept in it" in heard.warnings[0]


def test_a_full_disk_costs_a_warning(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger, heard = tmp_path / "ledger.sqlite", Heard()
    told(root, settings, ledger, since=50)
    with sqlite3.connect(ledger) as base:
        base.execute("CREATE TRIGGER full BEFORE INSERT ON steps BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    base.close()
    course = trend(root, day(2), "week", settings, heard, ledger)
    assert [point.total for point in course.points][-1] == 1
    assert "cannot be written (disk is full)" in heard.warnings[0]


def test_somebody_elses_database_is_refused(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    with sqlite3.connect(ledger) as base:
        base.execute("CREATE TABLE songs (name)")
    base.close()
    with pytest.raises(UsageError, match="is a database of something else; --ledger names another file"):
        told(root, settings, ledger)


def test_killed_in_the_middle_it_goes_on_where_it_was(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    program = (
        "import datetime, os, pathlib, sys\nfrom mldebt.settings import Settings\nfrom mldebt.trend import trend\n"
        "class Heard:\n    count, shown = 0, False\n    def stage(self, *_): ...\n    def warn(self, _): ...\n"
        "    def advance(self, *_):\n        Heard.count += 1\n        if Heard.count == 5: os.kill(os.getpid(), 9)\n"
        "trend(pathlib.Path(sys.argv[1]), datetime.date.fromisoformat(sys.argv[2]), 'week',"
        " Settings(cache=False, jobs=1, select=('MLD401',)), Heard(), pathlib.Path(sys.argv[3]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, root, str(day(2)), ledger], check=False)
    assert done.returncode == -9
    with sqlite3.connect(ledger) as base:
        kept = base.execute("SELECT COUNT(*) FROM steps").fetchone()[0]
    base.close()
    assert 0 < kept < 5
    assert told(root, settings, ledger) == told(root, settings)


def test_what_cannot_be_told_is_refused(root: Path, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="no history to look at"):
        told(tmp_path / "plain", settings)
    with pytest.raises(UsageError, match="the last commit is older"):
        told(root, settings, since=90)
    assert told(root, settings, since=-40).notes == (f"The history begins on {day(1)}.",)


def test_the_pages(root: Path, settings: Settings) -> None:
    course = told(root, settings)
    page = render_trend_text(course, width=100)
    assert page == render_trend_text(course, width=100)
    assert max(map(len, page.splitlines())) <= 100
    for part in ("every week", "MLD401  downstream-reorder", "Cy Cohen", "Pay this first", "albums.py:"):
        assert part in page
    for older, said in ((True, "; d: days; +: it was there on "), (False, "; d: days.")):
        aged = replace(course, debts=tuple(replace(debt, older=older) for debt in course.debts))
        assert said in " ".join(render_trend_text(aged).split())
    found = json.loads(render_trend_json(course))
    assert [state["total"] for state in found["states"]] == [point.total for point in course.points]
    assert found["pay_first"][0]["factors"].keys() == {"churn", "consumers", "sole_ownership", "days"}
    assert found["gone"][0]["gone"]["who"] == "Cy Cohen"


def test_people_may_be_numbered(root: Path, settings: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    hidden = trend(root, day(2), "week", settings, Heard(), ledger, anonymous=True)
    assert hidden.deeds() == {"person 3": (1, 1), "person 2": (1, 0)}
    for page in (render_trend_text(hidden, width=100), render_trend_json(hidden)):
        assert not any(word in page for word in ("Ann", "Bo ", "Baker", "Cy ", "Cohen", "corp.org"))
    assert told(root, settings, ledger).deeds() == {"Cy Cohen": (1, 1), "Bo Baker": (1, 0)}, "the ledger knows them"


def test_the_picture(root: Path, settings: Settings) -> None:
    from mldebt.reports.trend_picture import render_trend_picture

    course = replace(told(root, settings), repository="a $dollar$ <name>")
    assert b"fill: #cc79a7" in render_trend_picture(course, "svg"), "a family has its colour, alone as among others"
    svg = render_trend_picture(course, "svg")
    assert svg == render_trend_picture(course, "svg")
    assert b"<svg" in svg
    assert render_trend_picture(course, "png").startswith(b"\x89PNG")


def test_the_picture_shows_the_state_of_now(root: Path, settings: Settings) -> None:
    from PIL import Image

    from mldebt.reports.trend_picture import render_trend_picture

    course = told(root, settings)
    none = tuple(replace(point, families={}) for point in course.points)
    last = replace(none[-1], families={"contract": 3})
    picture = Image.open(io.BytesIO(render_trend_picture(replace(course, points=(*none[:-1], last)), "png")))
    shades = {shade: count for count, shade in picture.convert("RGB").getcolors(1 << 20) or ()}
    assert shades[0xCC, 0x79, 0xA7] > 5_000, "more than its field in the legend"


def test_a_page_says_which_states_it_leaves_out(root: Path, settings: Settings) -> None:
    course = told(root, settings)
    assert "--format json has all" not in render_trend_text(course)
    long = replace(course, points=tuple(replace(course.points[0], day=number * 86_400) for number in range(60)))
    assert "… and 39 of 60 states between them" in render_trend_text(long)

"""`owners`, `offboard` and `team`, as programs, on the story's repository."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
STORY = Path(__file__).parents[2] / "fixtures" / "story" / "build.py"
NAMES = ("Ana", "Ben", "Chiara", "Daniel", "Duarte", "Okafor", "Rossi", "Novak", "cornershop.example")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("story") / "corner-shop"
    subprocess.run([sys.executable, STORY, root], check=True, stdout=subprocess.DEVNULL)
    return root


def test_owners(run: Run, story: Path) -> None:
    done = run("owners", story)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("corner-shop at ")
    assert "4 people, 3 of them active: a commit in the 365 days before 2024-05-13." in done.stdout
    assert "Truck factor: 2 over all of history (Ben Okafor, Chiara Rossi; 17 files)" in done.stdout
    assert re.search(
        r"Nobody who is still active knows 2 components\n.*\n +\w+ +ranking/ranker.py:train +\d+", done.stdout
    )
    assert re.search(r"shop/app.py:shelf +\d+ +2023-11 +Ben Okafor 100%", done.stdout)


@pytest.mark.parametrize("what", ["ranking/ranker.py", "train", "ranker"])
def test_owners_of_one_component(run: Run, story: Path, what: str) -> None:
    done = run("owners", what, cwd=story)
    assert done.returncode == 0
    assert re.search(r"Ana Duarte +100% +– +2021-09-20 +2022-12-02 +\d+% +no, last seen 2022-12", done.stdout)


def test_owners_of_a_file_far_away(run: Run, story: Path, tmp_path: Path) -> None:
    far = run("owners", story / "shop" / "items.py", cwd=tmp_path)
    assert far.returncode == 0
    assert "shop/items.py  file" in far.stdout
    assert run("owners", "shop/items.py", "--root", story).stdout == far.stdout


def test_owners_of_a_folder_of_the_repository(run: Run, story: Path) -> None:
    done = run("owners", story / "returns", "--format", "json")
    assert [each["path"] for each in json.loads(done.stdout)["holdings"]] == [
        "returns",
        "returns/model.py",
        "returns/score.py",
    ]


@pytest.mark.parametrize("name", ["ana", "Ana Duarte", "ANA@cornershop.example", "duarte"])
def test_offboard(run: Run, story: Path, name: str) -> None:
    done = run("offboard", name, story)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Ana Duarte <ana@cornershop.example> at corner-shop, 2024-05-13\n")
    assert "2 components left without anyone" in done.stdout


def test_the_handover_page_goes_to_a_file(run: Run, story: Path, tmp_path: Path) -> None:
    done = run("offboard", "ana", story, "--format", "markdown", "--output", tmp_path / "pages" / "handover.md")
    assert (done.returncode, done.stdout) == (0, "")
    page = (tmp_path / "pages" / "handover.md").read_text()
    assert page.startswith("# Hand-over: Ana Duarte ")
    assert "`python -m ranking.ranker` (`ranking/ranker.py:" in page
    assert "Clicks: carts count; bots and staff do not (Ana Duarte)" in page
    assert "uvicorn shop.app:app --port 8080 (`Makefile:" in page


def test_team(run: Run, story: Path) -> None:
    done = run("team", story)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"Ben Okafor +.* product engineer\n", done.stdout)
    assert "trained by Ana Duarte, served in shop/app.py:shelf by Ben Okafor; nobody knows" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("command", [("owners",), ("offboard", "ana"), ("team",)])
def test_anonymous_pages_name_nobody(run: Run, story: Path, command: tuple[str, ...], form: str) -> None:
    done = run(
        *command, *(["--root"] if command == ("owners",) else []), story, "--anonymous", "--all", "--format", form
    )
    assert done.returncode == 0
    assert "person 1" in done.stdout
    assert not any(re.search(rf"\b{name}\b", done.stdout) for name in NAMES)


def test_numbers_are_the_same_on_every_page(run: Run, story: Path) -> None:
    """Ana came first and Ben second."""
    left = json.loads(run("offboard", "ana", story, "--anonymous", "--format", "json").stdout)
    owners = json.loads(run("owners", story, "--anonymous", "--format", "json").stdout)
    assert left["name"] == "person 1"
    held = {each["path"]: [knower["name"] for knower in each["knowers"]] for each in owners["holdings"]}
    assert (held["ranking/ranker.py"], held["shop/app.py"]) == (["person 1"], ["person 2"])


def test_the_window_can_be_set_by_days_or_by_date(run: Run, story: Path) -> None:
    days = run("owners", story, "--window", "101").stdout
    assert "2 of them active: a commit in the 101 days before 2024-05-13." in days
    assert run("owners", story, "--since", "2024-02-03").stdout == days


@pytest.mark.parametrize("form", ["json", "text", "markdown"])
def test_equal_repositories_give_equal_bytes_warm_or_cold(run: Run, story: Path, form: str) -> None:
    cold = run("team", story, "--format", form, "--no-cache").stdout
    assert run("team", story, "--format", form).stdout == run("team", story, "--format", form).stdout == cold


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["owners", "nowhere"], "mldebt: no file, folder, component or model 'nowhere'"),
        (["owners", "ranker.p", "--window", "9", "--since", "2024-01-01"], "--window and --since say the same"),
        (["owners", "--since", "2030-01-01"], "mldebt: --since 2030-01-01: the last commit is older"),
        (["owners", "--since", "May"], "Invalid value for '--since'"),
        (["offboard"], "Missing argument 'PERSON'"),
        (["offboard", "chira"], "mldebt: nobody of 4 people is called 'chira'; did you mean 'Chiara Rossi'?"),
        (["offboard", "cornershop"], "mldebt: 'cornershop' may be "),
        (["team", "nowhere"], "mldebt: nowhere: no such file or folder"),
    ],
)
def test_a_wrong_call_is_exit_code_2_and_one_message(run: Run, story: Path, arguments: list[str], said: str) -> None:
    done = run(*arguments, cwd=story)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_history_nobody_is_named(run: Run, repository: Path) -> None:
    for command in (["owners"], ["offboard", "ana"], ["team"]):
        done = run(*command, cwd=repository)
        assert done.returncode == 2
        assert "nobody can be named: the folder is not inside a git repository" in done.stderr


def test_a_shallow_clone_says_how_to_deepen_it(run: Run, story: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{story}", tmp_path / "cut"], check=True)
    done = run("owners", tmp_path / "cut")
    assert done.returncode == 2
    assert "fetch-depth: 0" in done.stderr


TEAMS = '[people.teams]\nranking = ["Ana Duarte", "Ben Okafor"]\nshop = ["chiara@cornershop.example"]\n'


@pytest.fixture(scope="module")
def with_teams(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("teams") / "corner-shop"
    shutil.copytree(story, root)
    (root / "mldebt.toml").write_text(TEAMS)
    return root


def test_teams_are_told_wherever_people_are(run: Run, with_teams: Path) -> None:
    assert (
        "  ranking (2 people, 1 of them active) knows 1 component, 1 of them alone\n"
        in run("owners", with_teams).stdout
    )
    assert re.search(r"^who .* team\n(.*\n)*Ben Okafor .* ranking$", run("team", with_teams).stdout, re.M)
    found = json.loads(run("owners", with_teams, "--format", "json").stdout)
    assert {each["name"]: len(each["people"]) for each in found["teams"]} == {"ranking": 2, "shop": 1}
    hidden = run("owners", with_teams, "--format", "markdown", "--anonymous").stdout
    assert "ranking (2 people, 1 of them active)" in hidden
    assert not any(name in hidden for name in NAMES)
    assert "in ranking with them" in run("offboard", "ana", with_teams, "--format", "markdown").stdout

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mldebt.outcome import Outcome
from mldebt.scan import scan
from mldebt.settings import Settings

STORY = Path(__file__).parents[1] / "fixtures" / "story"
HEAD = "99e0b8549adf217720172d947c9ae00029dfbe94"
EXPECTED = {
    # Ana wrote her own way from the web logs to the clicks, …
    ("MLD101", "ranking/clicks.py", "load_clicks", "medium"),
    # … trained a ranker on them without a word about it, …
    ("MLD301", "ranking/ranker.py", "train", "medium"),
    # … or about how to run it again, …
    ("MLD303", "ranking/ranker.py", "train", "low"),
    # … and left: nobody who is still here knows either.
    ("MLD202", "ranking/clicks.py", "load_clicks", "high"),
    ("MLD202", "ranking/ranker.py", "train", "high"),
    # Ben, and nobody else, knows the service that shows what the ranker says.
    ("MLD201", "shop/app.py", "shelf", "medium"),
    # He ships a file that he has never trained; she never saw the shop that it went into.
    ("MLD203", "shop/app.py", "shelf", "medium"),
    # It puts sponsored items first on the shelf, …
    ("MLD401", "shop/shelf.py", "sponsored_first", "medium"),
    # … and loses the order of the six best on the way to the newsletter.
    ("MLD401", "shop/items.py", "with_texts", "high"),
    # The model of returns, its shared loader, the nightly scores and the weekly report have none: two people know
    # them, a model card and tests speak of them.
}


def build_story(destination: Path, story: Path = STORY) -> str:
    program = [sys.executable, story / "build.py", destination]
    return subprocess.run(program, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def found(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    return sorted(
        (each.rule_id, each.location.path, each.location.symbol, each.severity.name.lower())
        for each in outcome.findings
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("story") / "corner-shop"
    build_story(root)
    return root


@pytest.fixture(scope="module")
def outcome(story: Path) -> Outcome:
    return scan(story, Settings(cache=False, jobs=1))


def test_what_the_story_tells_is_found_and_nothing_else(outcome: Outcome) -> None:
    assert found(outcome) == sorted(EXPECTED)


def test_the_scan_is_complete(outcome: Outcome) -> None:
    assert (outcome.failures, outcome.skipped) == ((), ())


@pytest.mark.parametrize(
    ("rule_id", "path", "names"),
    [
        ("MLD101", "ranking/clicks.py", [("Ana Duarte", False)]),
        ("MLD202", "ranking/ranker.py", [("Ana Duarte", False)]),
        ("MLD201", "shop/app.py", [("Ben Okafor", True)]),
    ],
)
def test_a_finding_names_the_people_who_know_the_component(
    outcome: Outcome, rule_id: str, path: str, names: list[tuple[str, bool]]
) -> None:
    (finding,) = [each for each in outcome.findings if (each.rule_id, each.location.path) == (rule_id, path)]
    assert [(owner.name, owner.active) for owner in finding.owners] == names


def without_daniel(story: Path) -> None:
    text = (story / "build.py").read_text()
    text = re.sub(r"\\n\\n(Co-authored|Reviewed)-by: \{\w+\}", "", text).replace(" DANIEL,", " CHIARA,")
    (story / "build.py").write_text(text)


def with_more_work_where_all_read(story: Path) -> None:
    tables = story / "files" / "warehouse" / "tables.py"
    more = '    rows = rows.rename(columns=manifest.get("renamed", {}))\n'
    tables.write_text(tables.read_text().replace(more, more + '    rows["order"] = rows["order"].str.strip()\n'))


def with_a_second_loader(story: Path) -> None:
    with_more_work_where_all_read(story)
    report = story / "files" / "reports" / "weekly.py"
    own = "import pandas as pd\n\n\ndef read_table(name, **_):\n    return pd.read_parquet(name)"
    report.write_text(report.read_text().replace("from warehouse.tables import read_table", own))


def without_a_word_about_returns(story: Path) -> None:
    build = story / "build.py"
    build.write_text(build.read_text().replace('"returns/MODEL_CARD.md", ', ""))
    model = story / "files" / "returns" / "model.py"
    model.write_text(re.sub(r'^ *"""[^"]*"""\n', "", model.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (without_daniel, ("MLD201", "returns/model.py", "train")),
        (with_a_second_loader, ("MLD101", "warehouse/tables.py", "read_table")),
        (without_a_word_about_returns, ("MLD301", "returns/model.py", "build")),
    ],
)
def test_what_is_healthy_is_so_for_a_reason(
    tmp_path: Path, change: Callable[[Path], None], more: tuple[str, str, str]
) -> None:
    assert differing(tmp_path, change) == {more}


def test_much_work_in_the_one_loader_of_all_is_healthy(tmp_path: Path) -> None:
    assert differing(tmp_path, with_more_work_where_all_read) == set()


def differing(tmp_path: Path, change: Callable[[Path], None]) -> set[tuple[str, ...]]:
    """What a scan of the story tells otherwise after a change to it."""
    shutil.copytree(STORY, tmp_path / "story", ignore=shutil.ignore_patterns("__pycache__"))
    change(tmp_path / "story")
    build_story(tmp_path / "corner-shop", tmp_path / "story")
    outcome = scan(tmp_path / "corner-shop", Settings(cache=False, jobs=1))
    return {each[:3] for each in found(outcome)} ^ {each[:3] for each in EXPECTED}


def test_the_history_is_the_same_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_git: Callable[..., bytes]
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00+0000")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert build_story(tmp_path / "again") == HEAD
    assert plain_git(tmp_path / "again", "status", "--porcelain") == b""


def test_the_last_commit_has_every_file_of_the_story(story: Path, plain_git: Callable[..., bytes]) -> None:
    tracked = plain_git(story, "ls-files").decode().split()
    files = STORY / "files"
    assert tracked == sorted(
        path.relative_to(files).as_posix()
        for path in files.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    assert all((story / path).read_bytes() == (files / path).read_bytes() for path in tracked)

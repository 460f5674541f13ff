from pathlib import Path

import pytest

from mldebt.editor.cells import notebook_text
from mldebt.editor.workspace import Workspace
from mldebt.finding import Finding

SERVICE = """import random

from fastapi import FastAPI

from ranking import rank

app = FastAPI()


@app.get("/shelf")
def shelf(user: str) -> list[str]:
    return rank(user)
"""
RANKING = """import joblib

model = joblib.load("ranker.joblib")


def rank(user: str) -> list[str]:
    items = [f"{user}-{number}" for number in range(10)]
    scores = model.predict(items)
    return [item for item, _ in sorted(zip(items, scores), key=lambda pair: pair[1], reverse=True)]
"""
TRAINING = """import joblib
from sklearn.linear_model import Ridge

model = Ridge()
model.fit([[1]], [2])
joblib.dump(model, "ranker.joblib")
"""
SHUFFLED = SERVICE.replace(
    "    return rank(user)\n", "    found = rank(user)\n    random.shuffle(found)\n    return found\n"
)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("MLDEBT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "service.py").write_text(SERVICE)
    (root / "ranking.py").write_text(RANKING)
    return Workspace(root)


def told(findings: tuple[Finding, ...] | None) -> list[tuple[str, int]]:
    assert findings is not None
    return [(each.rule_id, each.location.line) for each in findings if each.rule_id.startswith("MLD4")]


def test_what_is_typed_is_judged_across_files(workspace: Workspace) -> None:
    assert told(workspace.save().findings("service.py")) == []
    assert told(workspace.typed("service.py", SHUFFLED)) == [("MLD401", 13)]


def test_what_is_mended_is_gone_and_what_moved_is_elsewhere(workspace: Workspace) -> None:
    (workspace.root / "service.py").write_text(SHUFFLED)
    assert told(workspace.save().findings("service.py")) == [("MLD401", 13)]
    assert told(workspace.typed("service.py", SERVICE)) == []
    assert told(workspace.typed("service.py", f'"""Shelves."""\n\n{SHUFFLED}')) == [("MLD401", 15)]


def test_findings_about_the_whole_move_with_their_lines(workspace: Workspace) -> None:
    (workspace.root / "train.py").write_text(TRAINING)
    before = {(each.rule_id, each.location.line) for each in workspace.save().findings("train.py")}
    assert ("MLD301", 4) in before
    after = workspace.typed("train.py", f"# one\n# two\n{TRAINING}")
    assert after is not None
    assert {(each.rule_id, each.location.line - 2) for each in after} == before


def test_while_it_does_not_parse_nothing_is_said(workspace: Workspace) -> None:
    workspace.save()
    assert workspace.typed("service.py", SHUFFLED + "def (") is None


def test_other_files_are_not_judged(workspace: Workspace) -> None:
    assert workspace.typed("service.py", SHUFFLED) is None
    workspace.save()
    assert workspace.typed("elsewhere.py", SHUFFLED) is None


def test_a_file_without_changes_has_what_was_saved(workspace: Workspace) -> None:
    (workspace.root / "service.py").write_text(SHUFFLED)
    saved = workspace.save().findings("service.py")
    assert workspace.typed("service.py", SHUFFLED) == saved


def test_a_comment_that_is_typed_silences(workspace: Workspace) -> None:
    (workspace.root / "service.py").write_text(SHUFFLED)
    workspace.save()
    silenced = SHUFFLED.replace("    random.sh", "    # mldebt: ignore[MLD401] by chance\n    random.sh")
    assert told(workspace.typed("service.py", silenced)) == []


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("model = ", "# mldebt: ignore[MLD301] a toy\nmodel = ", False),
        ("Ridge()\n", "Ridge()  # mldebt: ignore[undocumented-model] a toy\n", False),
        ("import Ridge\n\n", "import Ridge\n\nfound = []  # mldebt: ignore[MLD301] another\n", True),
        ("model = ", "# mldebt: ignore[MLD303] another\nmodel = ", True),
    ],
)
def test_a_comment_silences_what_only_the_whole_tells(workspace: Workspace, old: str, new: str, left: bool) -> None:
    (workspace.root / "train.py").write_text(TRAINING)
    assert "MLD301" in {each.rule_id for each in workspace.save().findings("train.py")}
    found = workspace.typed("train.py", TRAINING.replace(old, new))
    assert found is not None
    assert ("MLD301" in {each.rule_id for each in found}) == left


def test_a_comment_in_a_cell_silences_what_only_the_whole_tells(workspace: Workspace) -> None:
    cells = [("markdown", "# Shelves\n"), ("code", TRAINING)]
    (workspace.root / "train.ipynb").write_text(notebook_text("", cells))
    assert "MLD301" in {each.rule_id for each in workspace.save().findings("train.ipynb")}
    silenced = TRAINING.replace("model = ", "# mldebt: ignore[MLD301] a toy\nmodel = ")
    found = workspace.typed_cells("train.ipynb", [cells[0], ("code", silenced)])
    assert found is not None
    assert "MLD301" not in {each.rule_id for each in found}


def test_a_cell_that_was_broken_before_keeps_the_others_from_nothing(workspace: Workspace) -> None:
    cells = [("code", "broken = (\n"), ("code", SERVICE)]
    (workspace.root / "book.ipynb").write_text(notebook_text("", cells))
    workspace.save()
    assert told(workspace.typed_cells("book.ipynb", [cells[0], ("code", SHUFFLED)])) != []
    assert workspace.typed_cells("book.ipynb", [cells[0], ("code", SHUFFLED + "def (")]) is None

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("data/rows.csv")
model = Ridge(alpha=0.5)
model.fit(rows[["a"]], rows.b)
joblib.dump(model, "model.joblib")
"""


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "train.py").write_text(TRAIN.lstrip())
    return root


def test_the_register_as_text_json_and_markdown(run: Run, trained: Path) -> None:
    text = run("models", trained)
    assert text.returncode == 0, text.stderr
    assert "Ridge  train.py:6" in text.stdout
    assert "data/rows.csv" in text.stdout
    assert "not found: loaded by, served by, documents, metrics" in text.stdout
    page = run("models", trained, "--format", "markdown").stdout
    assert "| **Ridge**<br>`train.py:6` | `train.py` | `data/rows.csv` | `model.joblib` (every run writes" in page
    (record,) = json.loads(run("models", trained, "--format", "json").stdout)["models"]
    (source,) = record["sources"]
    assert source["text"] == "data/rows.csv"
    assert (source["location"]["path"], source["location"]["line"]) == ("train.py", 5)
    assert all("location" in cell for column in ("builder", "artifacts", "parameters") for cell in record[column])


def test_one_model_in_full(run: Run, trained: Path) -> None:
    done = run("models", "ridge", "--root", trained)
    assert done.returncode == 0
    assert "model.joblib  train.py:8" in done.stdout
    assert "alpha  train.py:6" in done.stdout


def test_a_model_that_is_not_there(run: Run, trained: Path) -> None:
    done = run("models", "Rigde", "--root", trained)
    assert done.returncode == 2
    assert "no model 'Rigde'; did you mean 'Ridge'?" in done.stderr


def test_a_card_is_drafted_agrees_and_drifts(run: Run, trained: Path, tmp_path: Path) -> None:
    card = tmp_path / "CARD.md"
    assert run("card", "Ridge", "--root", trained, "-o", card).returncode == 0
    assert "TO FILL" in card.read_text()
    agreed = run("card", "--check", card, "--root", trained)
    assert (agreed.returncode, agreed.stdout.count("agree")) == (0, 1)
    (trained / "train.py").write_text(TRAIN.replace("0.5", "2.0"))
    drifted = run("card", "--check", card, "--root", trained)
    assert drifted.returncode == 1
    assert "the card says alpha is 0.5, the code says 2.0 (train.py:7)" in drifted.stdout
    found = json.loads(run("card", "--check", card, "--root", trained, "--format", "json").stdout)["drift"]
    assert [each["code"]["line"] for each in found] == [7]


def test_a_card_needs_one_model(run: Run, trained: Path) -> None:
    assert run("card", "--root", trained).returncode == 2
    (trained / "again.py").write_text(TRAIN)
    done = run("card", "Ridge", "--root", trained)
    assert done.returncode == 2
    assert "2 models may be meant: again.py:Ridge, train.py:Ridge" in done.stderr


def test_a_card_that_says_nothing_agrees_with_nothing(run: Run, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("# hello\n")
    done = run("card", "--root", trained, "--check", tmp_path / "empty.md")
    assert (done.returncode, "says nothing of" in done.stdout, "agree" in done.stdout) == (0, True, False), done.stderr
    assert run("card", "m", "--format", "json").returncode == 2

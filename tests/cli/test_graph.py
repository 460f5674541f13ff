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
model = Ridge().fit(rows[["a"]], rows.b)
joblib.dump(model, "model.joblib")
"""


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "train.py").write_text(TRAIN.lstrip())
    return root


def test_the_graph_in_its_forms(run: Run, trained: Path, tmp_path: Path) -> None:
    mermaid = run("graph", trained)
    assert mermaid.returncode == 0, mermaid.stderr
    assert 'n0[("source<br/>data/rows.csv")]:::source' in mermaid.stdout
    assert run("graph", trained, "--format", "dot").stdout.startswith("digraph pipelines {")
    assert run("graph", trained, "--format", "json", "-o", tmp_path / "out.json").stdout == ""
    kinds = [node["kind"] for node in json.loads((tmp_path / "out.json").read_text())["nodes"]]
    assert kinds == ["source", "training step", "model", "artifact"]


def test_a_part_of_it_and_less_of_it(run: Run, trained: Path) -> None:
    assert run("graph", trained, "--about", "ridge", "--nodes", "2").returncode == 0
    missing = run("graph", trained, "--about", "Ridgee")
    assert missing.returncode == 2
    assert "nothing in the graph is called 'Ridgee'; did you mean 'Ridge'?" in missing.stderr


def test_nothing_to_draw_is_told(run: Run, tmp_path: Path) -> None:
    empty = run("graph", tmp_path)
    assert (empty.returncode, empty.stdout) == (3, "")
    assert "nothing to analyse" in empty.stderr
    (tmp_path / "hello.py").write_text("print('hello')\n")
    plain = run("graph", tmp_path)
    assert plain.returncode == 0
    assert "nothing to draw" in plain.stderr

"""MLD301 and MLD303 on notebooks: those that only try something out, and those that teach, are told to who asks."""

import json
from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

TRIED = """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
model = Ridge()
model.fit(rows[["a"]], rows.b)
print(model.score(rows[["a"]], rows.b))
"""
KEPT = TRIED + 'import joblib\njoblib.dump(model, "model.joblib")\n'


def notebook(code: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": code.splitlines(keepends=True)}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def found(root: Path, rule: str, files: dict[str, str], *, pedantic: bool) -> list[str]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    outcome = scan(root, Settings(select=("MLD30",), cache=False, history=False, jobs=1, pedantic=pedantic))
    assert not outcome.failures
    return [each.location.path for each in outcome.findings if each.rule_id == rule]


@pytest.mark.parametrize(("code", "pedantic", "told"), [(TRIED, False, 0), (TRIED, True, 1), (KEPT, False, 1)])
def test_a_notebook_that_keeps_no_model_is_no_program_that_others_run(
    tmp_path: Path, code: str, pedantic: bool, told: int
) -> None:
    assert len(found(tmp_path, "MLD303", {"work/try.ipynb": notebook(code)}, pedantic=pedantic)) == told


def test_the_models_of_tutorials_are_made_to_be_looked_at(tmp_path: Path) -> None:
    files = {"docs/tutorials/first.ipynb": notebook(KEPT), "work/first.ipynb": notebook(KEPT.replace("Ridge", "Lasso"))}
    assert found(tmp_path, "MLD301", files, pedantic=False) == ["work/first.ipynb"]

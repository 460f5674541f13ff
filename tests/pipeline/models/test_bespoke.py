"""Near-clones among training code: which are compared, and which stand apart on purpose."""

import json

import pytest

from mldebt.detectors.platform.bespoke_training import _DATA, _FIRST, _LOOP, _SECOND
from mldebt.pipeline.models.bespoke import Bespoke
from mldebt.scan import read_project
from mldebt.settings import Settings

_ONE, _OTHER = _LOOP.format(**_FIRST, mark=""), _LOOP.format(**_SECOND)


def found(root, texts):
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return [
        (each.what, [member.path for member in each.family.members], each.apart)
        for each in Bespoke(project).find(0.75, 8)
    ]


def test_loops_in_two_modules(tmp_path):
    assert found(tmp_path, {"a.py": _ONE, "b.py": _OTHER, "data.py": _DATA}) == [
        ("training loops", ["a.py", "b.py"], False)
    ]


def test_a_notebook_beside_the_one_script_shows_it(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": _OTHER}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    texts = {"a.py": _ONE, "b.ipynb": notebook, "data.py": _DATA}
    assert found(tmp_path / "two", texts) == [("training loops", ["a.py", "b.ipynb"], True)]
    third = {"c.py": _OTHER.replace("total", "summed")}
    assert [apart for _, _, apart in found(tmp_path / "three", {**texts, **third})] == [False]


def test_two_loops_in_one_module_are_its_own_affair(tmp_path):
    text = _ONE + _OTHER.replace("def train", "def train_again")
    assert found(tmp_path, {"a.py": text, "data.py": _DATA}) == []


@pytest.mark.parametrize(
    ("one", "other", "more"),
    [
        ("examples/a.py", "examples/b.py", {}),
        ("tutorial-series/a.py", "lessons/b.py", {}),
        ("a/train.py", "b/train.py", {"a/requirements.txt": "torch\n", "b/README.md": "# B\n"}),
    ],
    ids="examples tutorials projects".split(),
)
def test_what_is_shown_or_a_project_of_its_own_stands_apart(one, other, more, tmp_path):
    assert [each[2] for each in found(tmp_path, {one: _ONE, other: _OTHER, **more})] == [True]


def test_a_search_calls_objectives_that_are_compared(tmp_path):
    objective = """
import optuna
from lightgbm import LGBMClassifier
from data import rows, labels, held_out, truth

def objective(trial):
    depth = trial.suggest_int("max_depth", 3, {most})
    rate = trial.suggest_float("learning_rate", 0.01, 0.3)
    leaves = trial.suggest_int("num_leaves", 8, 64)
    lines = trial.suggest_float("subsample", 0.5, 1.0)
    columns = trial.suggest_float("colsample_bytree", 0.5, 1.0)
    model = LGBMClassifier(max_depth=depth, learning_rate=rate, num_leaves=leaves)
    model.set_params(subsample=lines, colsample_bytree=columns)
    model.fit(rows, labels)
    return model.score(held_out, truth)

study = optuna.create_study()
study.optimize(objective, n_trials=30)
"""
    texts = {"a.py": objective.format(most=9), "b.py": objective.format(most=12)}
    assert found(tmp_path, texts) == [("tuning objectives", ["a.py", "b.py"], False)]

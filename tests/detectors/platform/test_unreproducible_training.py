"""MLD503: who is told of training that nothing seeds."""

import json
from pathlib import Path

import pytest

from mldebt.detectors.platform._unseeded_draws import _READ
from mldebt.finding import Audience
from mldebt.scan import scan
from mldebt.settings import Settings

_TRAIN = (
    _READ
    + """
model = RandomForestClassifier(n_estimators=300)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""
)


@pytest.mark.parametrize(
    ("path", "audience"),
    [
        ("train.py", Audience.DEFAULT),
        ("examples/train.py", Audience.DEFAULT),
        ("docs/tutorials/train.py", Audience.PEDANTIC),
        ("colabs/keras/train.py", Audience.PEDANTIC),
    ],
)
def test_a_lesson_is_for_those_who_ask(path, audience, tmp_path):
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(_TRAIN, encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1)).findings
    assert found.audience is audience


@pytest.mark.parametrize(
    ("kept", "audience"),
    [
        ("print(groups)", Audience.PEDANTIC),
        ("import joblib; joblib.dump(model, 'groups.joblib')", Audience.DEFAULT),
    ],
)
def test_groups_that_a_notebook_looks_at_are_for_those_who_ask(kept, audience, tmp_path):
    text = "from sklearn.cluster import KMeans\nmodel = KMeans(9)\ngroups = model.fit_predict(load())\n" + kept
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "look.ipynb").write_text(json.dumps(book), encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1)).findings
    assert found.audience is audience


def test_the_trail_shows_the_fit_of_what_is_drawn(tmp_path):
    text = f"""{_READ}
from sklearn.linear_model import LogisticRegression

model = LogisticRegression()
model.fit(X_train, y_train)
model = RandomForestClassifier(n_estimators=300)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""
    (tmp_path / "train.py").write_text(text, encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1)).findings
    assert [step.message for step in found.trail][-1] == "trained here: RandomForestClassifier.fit fits"


def test_the_trail_goes_on_to_a_fit_that_was_met_before(tmp_path):
    text = f"""{_READ}
from sklearn.linear_model import LogisticRegression

def fit(model):
    model.fit(X_train, y_train)
    print(f1_score(y_test, model.predict(X_test)))

fit(LogisticRegression())
print(LogisticRegression().fit(X_train, y_train))
fit(RandomForestClassifier(n_estimators=300))
"""
    (tmp_path / "train.py").write_text(text, encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1)).findings
    assert found.trail[-1].location.line == text[: text.index("model.fit")].count("\n") + 1


SEARCHED = """
import optuna
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")

def score(trial):
    model = Ridge(alpha=trial.suggest_float("alpha", 0.0, 1.0)).fit(rows[["{name}"]], rows["gain"])
    return model.score(rows[["{name}"]], rows["gain"])

study = optuna.create_study()
study.optimize(score, n_trials=10)
"""


@pytest.mark.parametrize(("count", "told"), [(4, 4), (5, 1)])
def test_programs_of_a_folder_that_leave_the_same_unseeded_are_told_as_one(
    count: int, told: int, tmp_path: Path
) -> None:
    for name in "abcdefgh"[:count]:
        (tmp_path / f"{name}.py").write_text(SEARCHED.format(name=name).lstrip(), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD503",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == told
    assert sum(len(each.trail) for each in outcome.findings) == 2 * count


def test_what_nothing_calls_is_no_training_where_others_train(tmp_path):
    dead = f"""{_READ}
def run_whole(rows):
    import joblib

    joblib.dump(RandomForestClassifier().fit(rows, y_train), "forest.joblib")
"""
    alive = _TRAIN.replace("n_estimators=300", "random_state=3")
    for name, texts, count in (
        ("alone", {"old.py": dead}, 1),
        ("beside", {"old.py": dead, "train.py": alive}, 0),
        ("called", {"old.py": dead, "train.py": alive, "run.py": "from old import run_whole\nrun_whole([])\n"}, 1),
    ):
        (tmp_path / name).mkdir()
        for path, text in texts.items():
            (tmp_path / name / path).write_text(text, encoding="utf-8")
        outcome = scan(tmp_path / name, Settings(select=("MLD503",), cache=False, history=False, jobs=1))
        assert len(outcome.findings) == count, name

from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

IMPORTS = """
import joblib
import pandas as pd
from sklearn.linear_model import Lasso, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rows = pd.read_csv("rows.csv")
"""


def kept(root: Path, code: str) -> dict[str, list[tuple[str, str]]]:
    (root / "train.py").write_text(IMPORTS + dedent(code), encoding="utf-8")
    found = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return {record.name: [(cell.text, cell.note) for cell in record.artifacts] for record in found}


EACH = {
    "Ridge": [("models/ridge.pkl", "every run writes over it")],
    "Lasso": [("models/lasso.pkl", "every run writes over it")],
}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            """
            models = {"ridge": make_pipeline(StandardScaler(), Ridge()), "lasso": Lasso()}
            for name, model in models.items():
                model.fit(rows[["a"]], rows.price)
                joblib.dump(model, f"models/{name}.pkl")
            """,
            id="a dictionary's items",
        ),
        pytest.param(
            """
            for name, model in [("ridge", Ridge()), ("lasso", Lasso())]:
                model.fit(rows[["a"]], rows.price)
                joblib.dump(model, f"models/{name}.pkl")
            """,
            id="pairs",
        ),
        pytest.param(
            """
            fitted = {}
            for each in [{"name": "ridge", "model": Ridge()}, {"name": "lasso", "model": Lasso()}]:
                fitted[each["name"]] = each["model"].fit(rows[["a"]], rows.price)
            for name in fitted:
                joblib.dump(fitted[name], "models/" + name + ".pkl")
            """,
            id="records, then a dictionary under their names",
        ),
        pytest.param(
            """
            def fit_all(models):
                return {name: model.fit(rows[["a"]], rows.price) for name, model in models.items()}

            def save_all(models, folder):
                for name, model in models.items():
                    joblib.dump(model, f"{folder}/{name}.pkl")

            models = {}
            models["ridge"] = Ridge()
            models["lasso"] = Lasso()
            save_all(fit_all(models), "models")
            """,
            id="through functions",
        ),
    ],
)
def test_each_model_that_a_loop_keeps_has_its_own_path(tmp_path: Path, code: str) -> None:
    assert kept(tmp_path, code) == EACH


def test_a_loop_over_something_else_leaves_the_path_open(tmp_path: Path) -> None:
    code = """
    for target in rows.columns:
        model = Ridge()
        model.fit(rows[["a"]], rows[target])
        joblib.dump(model, f"models/{target}.pkl")
    """
    assert [text for text, _ in kept(tmp_path, code)["Ridge"]] == ["models/{rows.columns}.pkl"]


def test_the_best_of_a_loop_is_one_model(tmp_path: Path) -> None:
    code = """
    models = {"ridge": Ridge(), "lasso": Lasso()}
    best, most = None, 0
    for name, model in models.items():
        model.fit(rows[["a"]], rows.price)
        score = model.score(rows[["a"]], rows.price)
        if score > most:
            best, most = model, score
    joblib.dump(best, "models/best.pkl")
    """
    assert kept(tmp_path, code) == {"Ridge or Lasso": [("models/best.pkl", "every run writes over it")]}


MADE_BY_NAME = """
    def make(name):
        if name == "ridge":
            return Ridge()
        {other}

    def train(name, folder):
        model = make(name)
        model.fit(rows[["a"]], rows.price)
        joblib.dump(model, f"{{folder}}/{{name}}.pkl")

    for name in {names}:
        train(name, "models")
"""


@pytest.mark.parametrize("names", ['["ridge", "lasso"]', "rows.columns"])
def test_what_is_made_by_a_name_is_kept_by_it(tmp_path: Path, names: str) -> None:
    code = MADE_BY_NAME.format(other='elif name.lower() == "lasso":\n            return Lasso()', names=names)
    ((_, texts),) = kept(tmp_path, code).items()
    assert sorted(texts) == sorted([*EACH["Ridge"], *EACH["Lasso"]])


def test_what_is_made_by_no_name_leaves_the_path_open(tmp_path: Path) -> None:
    code = MADE_BY_NAME.format(other="return Lasso()", names="rows.columns")
    ((_, texts),) = kept(tmp_path, code).items()
    assert [text for text, _ in texts] == ["models/ridge.pkl", "models/{rows.columns}.pkl"]


SEARCHED = """
    from sklearn.model_selection import GridSearchCV

    specs = {
        "ridge": {"model": Ridge(), "grid": {"alpha": [1, 2]}},
        "lasso": {"model": Lasso(), "grid": {"alpha": [1, 3]}},
    }
    best = {}
    for name, spec in specs.items():
        search = GridSearchCV(spec["model"], spec["grid"])
        search.fit(rows[["a"]], rows.price)
        best[name] = search.best_estimator_
"""


def test_each_of_several_that_one_search_tunes_is_a_model_where_each_is_kept(tmp_path: Path) -> None:
    code = (
        SEARCHED
        + """
    for name, model in best.items():
        joblib.dump(model, f"models/{name}.pkl")
    """
    )
    assert kept(tmp_path, code) == EACH


def test_the_best_of_several_that_one_search_tunes_is_one_model(tmp_path: Path) -> None:
    ((_, texts),) = kept(
        tmp_path,
        SEARCHED
        + """
    joblib.dump(best["ridge"], "models/best.pkl")
    """,
    ).items()
    assert texts == [("models/best.pkl", "every run writes over it")]


ASKED = """
    def make(name):
        if name == "ridge":
            return Ridge()
        if name == "lasso":
            return Lasso()

    left = make("ridge").fit(rows[["a"]], rows.price)
    right = make({other}).fit(rows[["a"]], rows.price)
    joblib.dump(left, "left.pkl")
    joblib.dump(right, "right.pkl")
"""


def test_what_is_asked_for_by_another_name_is_another(tmp_path: Path) -> None:
    found = kept(tmp_path, ASKED.format(other='"lasso"'))
    assert {name: [text for text, _ in texts] for name, texts in found.items()} == {
        "Ridge": ["left.pkl"],
        "Lasso": ["right.pkl"],
    }


def test_what_is_asked_for_by_any_name_may_be_it(tmp_path: Path) -> None:
    found = kept(tmp_path, ASKED.format(other="rows.columns[0]"))
    assert {name: [text for text, _ in texts] for name, texts in found.items()} == {
        "Ridge": ["left.pkl", "right.pkl"],
        "Lasso": ["right.pkl"],
    }

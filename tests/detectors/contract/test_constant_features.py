from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD407",))

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

def train():
    rows = pd.read_csv("orders.csv")
    {made}
    model = LogisticRegression().fit(rows[["price", "rush"]], rows.late)
    joblib.dump(model, "late.joblib")
"""
SERVE = """
import joblib
import pandas as pd
from fastapi import FastAPI
from traffic import rush_of

app = FastAPI()
model = joblib.load("late.joblib")

@app.get("/late")
def late(price: float, city: str) -> float:
    frame = pd.DataFrame([{{"price": price}}])
    {made}
    return float(model.predict_proba(frame)[0][1])
"""
COMPUTED = 'rows["rush"] = rows.groupby("city").price.transform("mean")'


def found(root: Path, **texts: str) -> list[tuple[str, int, str]]:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(dedent(text).lstrip(), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [(each.location.path, each.location.line, each.message) for each in outcome.findings]


def test_a_column_that_is_always_the_same_where_the_model_serves(tmp_path: Path) -> None:
    made = 'frame["rush"] = 0.5'
    (path, line, message) = found(tmp_path, train=TRAIN.format(made=COMPUTED), serve=SERVE.format(made=made))[0]
    assert (path, line) == ("serve.py", 12)
    assert "always 0.5 for serving" in message


@pytest.mark.parametrize(
    "made",
    [
        'rows["rush"] = 0.5',
        'if "rush" not in rows.columns:\n        rows["rush"] = 0.5',
        "rows = rows.assign(rush=0.5)",
    ],
)
def test_a_placeholder_that_the_training_saw_alone(tmp_path: Path, made: str) -> None:
    serve = SERVE.format(made='frame["rush"] = rush_of(city)')
    (path, line, message) = found(tmp_path, train=TRAIN.format(made=made), serve=serve)[0]
    assert (path, line) == ("serve.py", 12)
    assert "always 0.5 for training" in message


@pytest.mark.parametrize(
    "made",
    [
        # in some case only, or until something else is known
        'if city == "":\n        frame["rush"] = 0.5',
        'frame["rush"] = 0.5\n    if city:\n        frame["rush"] = 0.7',
        'frame["rush"] = 0\n    frame[f"city_{city}"] = 1',
        'frame["rush"] = 0.5\n    frame["rush"] = frame["rush"] + rush_of(city)',
        # all of it is an example
        'frame = pd.DataFrame([{"price": 3.0, "rush": 0.5}])',
    ],
)
def test_a_constant_that_need_not_be_what_the_model_sees(tmp_path: Path, made: str) -> None:
    hits = found(tmp_path, train=TRAIN.format(made=COMPUTED), serve=SERVE.format(made=made))
    assert [message for *_, message in hits if "always" in message] == []


def test_the_answer_is_no_feature(tmp_path: Path) -> None:
    train = TRAIN.format(made=COMPUTED + '\n    rows["label"] = rows.late > rows.late.mean()')
    assert found(tmp_path, train=train, serve=SERVE.format(made='frame["label"] = 0')) == []


BUILD = """
import pandas as pd

def build():
    rows = pd.read_csv("orders.csv")
    rows["rush"] = rows.groupby("city").price.transform({how!r})
    rows.to_parquet("data/features.parquet")
"""
READ = TRAIN.format(made="").replace('read_csv("orders.csv")', 'read_parquet("data/features.parquet")')


def test_what_the_training_reads_was_made_by_another_script(tmp_path: Path) -> None:
    serve = SERVE.format(made='frame["rush"] = frame.groupby("city").price.transform("mean") / 2')
    hits = found(tmp_path, build=BUILD.format(how="mean"), train=READ, serve=serve)
    assert [(path, line) for path, line, _ in hits] == [("serve.py", 12)]
    assert "build.py" in hits[0][2]


def test_another_form_of_the_same_numbers_is_no_difference(tmp_path: Path) -> None:
    serve = SERVE.format(made='frame["rush"] = frame.groupby("city").price.transform("mean").to_numpy().astype(float)')
    (path, line, message) = found(tmp_path, build=BUILD.format(how="mean"), train=READ, serve=serve)[0]
    assert (path, line) == ("serve.py", 12)
    assert "only" not in message


@pytest.mark.parametrize(
    ("made", "is_told"),
    [
        ('frame = pd.DataFrame([[price, 0.5]], columns=["price", "rush"])', True),
        ("frame = pd.DataFrame(np.array([[price, 0.5]]), columns=NAMES)", True),
        ('frame = pd.DataFrame({"price": [price], "rush": [0.5]})', True),
        ('frame = pd.DataFrame([[0.5, price]], columns=["price", "rush"])', False),
        ('frame = pd.DataFrame([[price, rush_of(city), 0.5]], columns=["price", "rush"])', False),
        ('frame = pd.DataFrame([[3.0, 0.5]], columns=["price", "rush"])', False),
    ],
)
def test_a_row_without_names_whose_table_has_them(tmp_path: Path, made: str, *, is_told: bool) -> None:
    serve = SERVE.format(made=made).replace("app =", 'import numpy as np\n\nNAMES = ["price", "rush"]\napp =')
    hits = found(tmp_path, train=TRAIN.format(made=COMPUTED), serve=serve)
    assert ["always 0.5 for serving" in message for *_, message in hits] == ([True] if is_told else [])


def test_what_serving_does_to_a_column_that_it_has_is_another_step(tmp_path: Path) -> None:
    serve = SERVE.format(made='frame["rush"] = frame["rush"].interpolate(limit=12)')
    assert found(tmp_path, build=BUILD.format(how="mean"), train=READ, serve=serve) == []
    made = 'rows["rush"] = rows["rush"].interpolate(limit=3) * 2'
    assert found(tmp_path, build="", train=TRAIN.format(made=made), serve=serve) != []


def test_a_row_that_a_script_makes_up_to_try_is_no_way_to_serve(tmp_path: Path) -> None:
    serve = """
        import joblib
        import pandas as pd
        from flask import Flask, request

        app = Flask("late")
        model = joblib.load("late.joblib")

        def features(row):
            return pd.DataFrame([row])

        @app.route("/late", methods=["POST"])
        def late():
            return {"late": float(model.predict_proba(features(request.get_json()))[0][1])}
    """
    ask = "import serve\n\nrow = {'price': 3, 'rush': 1}\nprint(serve.features(row))\n"
    assert found(tmp_path, train=TRAIN.format(made=COMPUTED), serve=serve, ask=ask) == []

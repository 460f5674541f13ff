"""Artifacts and data whose names are made of another's, or found by a pattern."""

from pathlib import Path

from tests.pipeline.conftest import register, told

CHURN = {
    "churn/fitting.py": """
        import pickle

        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        def read(rows_path):
            rows = pd.read_csv(rows_path.replace(".csv", "_grouped.csv"))
            return rows.drop(columns=["churned"]), rows.churned

        def fit(rows_path, as_retention=True):
            x, y = read(rows_path)
            model = LogisticRegression()
            model.fit(x, y)
            ending = "" if as_retention else "_churn"
            keep(rows_path, model, ending)

        def keep(rows_path, model, ending=""):
            with open(rows_path.replace(".csv", "_logreg{}.pkl".format(ending)), "wb") as file:
                pickle.dump(model, file)
        """,
    "churn/strength.py": """
        from sklearn.linear_model import LogisticRegression

        from churn.fitting import keep, read

        def fit_one(rows_path, c):
            x, y = read(rows_path)
            model = LogisticRegression(C=c)
            model.fit(x, y)
            keep(rows_path, model, ending="_c{:.3f}".format(c))
        """,
    "churn/forecast.py": """
        import pickle

        import pandas as pd

        def forecast(rows_path):
            with open(rows_path.replace(".csv", "_logreg_churn.pkl"), "rb") as file:
                model = pickle.load(file)
            rows = pd.read_csv(rows_path)
            pd.DataFrame(model.predict_proba(rows)).to_csv(rows_path.replace(".csv", "_forecast.csv"))
        """,
}


def test_a_file_that_is_named_after_another_has_that_name_with_the_new_end(tmp_path: Path) -> None:
    found = register(tmp_path, CHURN)
    model = found["churn/fitting.py"]
    assert told(model, "sources") == ["{rows_path}_grouped.csv"]
    assert told(model, "artifacts") == ["{rows_path}_logreg{ending}.pkl"]
    assert told(model, "loaders") == ["churn/forecast.py:forecast"]
    assert [cell.note for cell in model.serving] == ["writes {rows_path}_forecast.csv"]


def test_what_fills_a_name_in_makes_no_other_word_of_the_one_before(tmp_path: Path) -> None:
    model = register(tmp_path, CHURN)["churn/strength.py"]
    assert told(model, "artifacts") == ["{rows_path}_logreg_c{c}.pkl"]
    assert told(model, "loaders") == []


def test_of_a_path_that_is_written_down_the_end_is_exchanged(tmp_path: Path) -> None:
    code = """
        from pathlib import Path

        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        ROWS = Path("data/rows.csv")
        rows = pd.read_csv(ROWS)
        model = Ridge().fit(rows[["a"]], rows.price)
        joblib.dump(model, ROWS.with_suffix(".joblib"))
        joblib.dump(model, ROWS.with_name("ridge.joblib"))
        joblib.dump(model, name.replace(" ", "_"))
        """
    model = register(tmp_path, {"train.py": code})["train.py"]
    assert told(model, "artifacts") == ["data/rows.joblib", "data/ridge.joblib"]


def test_files_that_a_pattern_finds_are_told_by_it(tmp_path: Path) -> None:
    code = """
        from glob import glob
        from pathlib import Path

        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        FOLDER = "data/"
        clicks = pd.concat([pd.read_json(path, lines=True) for path in glob(FOLDER + "clicks/*/day.json")])
        parts = []
        for path in sorted(Path("prices").glob("*.csv")):
            parts.append(pd.read_csv(path))
        rows = pd.concat([clicks, pd.concat(parts)])
        joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
        """
    model = register(tmp_path, {"train.py": code})["train.py"]
    assert sorted(told(model, "sources")) == ["data/clicks/*/day.json", "prices/*.csv"]

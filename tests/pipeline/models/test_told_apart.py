"""Models that stand near each other, or share a name with something else, and are told apart."""

from pathlib import Path
from textwrap import dedent

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import judge_project
from mldebt.settings import Settings
from tests.pipeline.conftest import model_records, register, told


def test_an_if_without_else_in_a_loop_hands_on_no_model_of_an_earlier_loop(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        models = {"forest": RandomForestRegressor(), "ridge": Ridge()}
        for name, model in models.items():
            model.fit(rows[["a"]], rows.price)
            print(name, model.score(rows[["b"]], rows.price))
        kept = []
        for name, grid in {"forest": [{}], "lasso": [{"alpha": 2}]}.items():
            for given in grid:
                if name == "forest":
                    model = RandomForestRegressor(**given)
                elif name == "lasso":
                    model = Lasso(**given)
                model.fit(rows[["a"]], rows.price)
                kept.append({"name": name, "model": model})
        for each in kept:
            joblib.dump(each["model"], f"{each['name']}.joblib")
        """
    (found,) = model_records(tmp_path, {"train.py": code})
    assert found.name == "RandomForestRegressor or Lasso"


def test_a_default_that_a_test_replaces_is_a_model_of_its_own(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        for name in ("plain", "lasso"):
            model = Ridge()
            if name == "lasso":
                model = Lasso()
            model.fit(rows[["a"]], rows.price)
            joblib.dump(model, f"{name}.joblib")
        """
    assert any("Ridge" in each.name for each in model_records(tmp_path, {"train.py": code}))


def test_what_is_found_at_one_model_of_a_script_is_not_told_of_the_next(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        ridge = Ridge().fit(rows[["a"]], rows.price)
        joblib.dump(ridge, "ridge.joblib")
        lasso = Lasso().fit(rows[["a"]], rows.price)
        joblib.dump(lasso, "lasso.joblib")
        """
    (tmp_path / "train.py").write_text(dedent(code), encoding="utf-8")
    project, outcome = judge_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    found = Rows(project).all(outcome.findings)
    said = [[cell.location.line for cell in each.findings if cell.text == "MLD301"] for each in found]
    assert said == [[7], [9]]


def test_a_class_is_not_asked_where_something_else_was_loaded_that_has_the_same_method(tmp_path: Path) -> None:
    texts = {
        "stacked.py": """
            import pickle

            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            class Stacked:
                def fit(self, x, y):
                    self.meta = LogisticRegression().fit(x, y)

                def predict_proba(self, x):
                    return self.meta.predict_proba(x)[:, 1]

                def save(self, path="stacked.pkl"):
                    with open(path, "wb") as file:
                        pickle.dump(self, file)

            rows = pd.read_csv("rows.csv")
            model = Stacked()
            model.fit(rows[["a"]], rows.left)
            model.save()
            """,
        "submit.py": """
            import pickle

            import pandas as pd
            from sklearn.metrics import roc_auc_score

            def submit(path):
                with open("other.pkl", "rb") as file:
                    model = pickle.load(file)
                rows = pd.read_csv(path)
                said = model.predict_proba(rows)
                pd.DataFrame(said).to_csv("submission.csv")

            def judge(model, rows):
                print(roc_auc_score(rows.left, model.predict_proba(rows)))
            """,
    }
    found = register(tmp_path, texts)["stacked.py"]
    assert (told(found, "serving"), told(found, "metrics")) == ([], [])


def test_what_starts_a_training_step_is_its_flow(tmp_path: Path) -> None:
    texts = {
        "steps.py": """
            import joblib
            import pandas as pd
            from prefect import task
            from sklearn.linear_model import Ridge

            @task(name="fit")
            def fit():
                rows = pd.read_csv("rows.csv")
                joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
            """,
        "pipeline.py": """
            from prefect import flow
            from steps import fit

            @flow(name="training")
            def run():
                fit()
            """,
    }
    assert told(register(tmp_path, texts)["steps.py"], "training") == ["pipeline.py:run"]


def test_a_step_that_nothing_calls_is_started_by_itself(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from prefect import task
        from sklearn.linear_model import Ridge

        @task
        def fit():
            rows = pd.read_csv("rows.csv")
            joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
        """
    assert told(register(tmp_path, {"steps.py": code})["steps.py"], "training") == ["steps.py:fit"]

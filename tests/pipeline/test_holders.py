"""Models that other things hold on the way to where they are kept."""

from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings


def records(root: Path, code: str) -> tuple[ModelRecord, ...]:
    (root / "train.py").write_text(dedent(code).lstrip("\n"), encoding="utf-8")
    return Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()


def kept(root: Path, code: str) -> dict[str, list[str]]:
    return {record.name: [cell.text for cell in record.artifacts] for record in records(root, code)}


@pytest.mark.parametrize(("saved", "found"), [("self.model", {"LGBMRanker": ["ltr.pkl"]}), ("self.names", {})])
def test_a_dataclass_keeps_the_model_that_it_is_given(tmp_path: Path, saved: str, found: dict[str, list[str]]) -> None:
    code = """
        from dataclasses import dataclass
        import joblib
        import lightgbm as lgb
        import pandas as pd

        @dataclass
        class Reranker:
            model: object
            names: list

            def save(self, path):
                joblib.dump({"saved": SAVED}, path)

        def main():
            rows = pd.read_csv("rows.csv")
            ranker = lgb.LGBMRanker(n_estimators=600)
            ranker.fit(rows[["a"]], rows.label, group=[10])
            Reranker(model=ranker, names=["a"]).save("ltr.pkl")

        main()
    """
    assert kept(tmp_path, code.replace("SAVED", saved)) == found


def test_what_is_imported_once_more_after_it_was_installed_means_the_same(tmp_path: Path) -> None:
    code = """
        import os
        import pickle
        import pandas as pd

        try:
            from implicit import als
        except ImportError:
            os.system("pip install implicit")
            from implicit import als

        model = als.AlternatingLeastSquares(factors=64)
        model.fit(pd.read_parquet("pairs.parquet"))
        with open("als.pkl", "wb") as file:
            pickle.dump(model, file)
    """
    assert kept(tmp_path, code) == {"AlternatingLeastSquares": ["als.pkl"]}


@pytest.mark.parametrize(
    ("told", "found"), [(', output_path="artifacts/e5"', {"SentenceTransformer": ["artifacts/e5"]}), ("", {})]
)
def test_a_training_writes_the_model_where_it_is_told(tmp_path: Path, told: str, found: dict[str, list[str]]) -> None:
    code = """
        import pandas as pd
        from sentence_transformers import SentenceTransformer, losses

        pairs = pd.read_csv("pairs.csv")
        model = SentenceTransformer("intfloat/e5-base-v2")
        model.fit(train_objectives=[(pairs, losses.MultipleNegativesRankingLoss(model))], epochs=2TOLD)
    """
    assert kept(tmp_path, code.replace("TOLD", told)) == found


def test_a_forecaster_in_a_pipeline_is_read_from_a_feature_view_and_measured(tmp_path: Path) -> None:
    code = """
        import hopsworks
        import joblib
        import lightgbm as lgb
        from sktime.forecasting.compose import ForecastingPipeline, make_reduction
        from sktime.forecasting.naive import NaiveForecaster
        from sktime.performance_metrics.forecasting import mean_absolute_percentage_error

        def load(version):
            store = hopsworks.login().get_feature_store()
            view = store.get_feature_view(name="energy_view", version=version)
            data, _ = view.get_training_data(training_dataset_version=1)
            return data

        def build(config):
            pipe = ForecastingPipeline(steps=[("forecaster", make_reduction(lgb.LGBMRegressor()))])
            return pipe.set_params(**config)

        def train(model, rows):
            model.fit(rows)
            return model

        def main(config):
            rows = load(3)
            baseline = train(NaiveForecaster(sp=24), rows)
            model = train(build(config), rows)
            for each in (baseline, model):
                print(mean_absolute_percentage_error(rows, each.predict(fh=24)))
            joblib.dump(model, "best.pkl")

        main({})
    """
    (record,) = records(tmp_path, code)
    assert record.name == "LGBMRegressor"
    assert [cell.text for cell in record.sources] == ["energy_view"]
    assert [cell.text for cell in record.metrics] == ["mean_absolute_percentage_error"]


@pytest.mark.parametrize("given", ['ws, "diabetes", 3', 'ws, name="diabetes"'])
def test_a_data_set_is_known_by_its_name_not_by_the_workspace_that_has_it(tmp_path: Path, given: str) -> None:
    code = """
        import joblib
        from azureml.core import Dataset, Workspace
        from sklearn.linear_model import Ridge

        ws = Workspace.from_config()
        rows = Dataset.get_by_name(GIVEN).to_pandas_dataframe()
        joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
    """
    (record,) = records(tmp_path, code.replace("GIVEN", given))
    assert [(cell.text, cell.note) for cell in record.sources] == [("diabetes", "registry")]


def test_a_member_of_an_ensemble_that_is_kept_by_itself_is_not_the_ensemble(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.ensemble import VotingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.naive_bayes import MultinomialNB

        rows = pd.read_csv("spam.csv")
        bayes = MultinomialNB()
        bayes.fit(rows[["words"]], rows.spam)
        voting = VotingClassifier([("nb", bayes), ("lr", LogisticRegression())])
        voting.fit(rows[["words"]], rows.spam)
        joblib.dump(bayes, "model.pkl")
        """,
    )
    assert [record.name for record in found] == ["MultinomialNB"]
    assert [[cell.text for cell in record.artifacts] for record in found] == [["model.pkl"]]
    assert [len(record.trained) for record in found] == [1]


def test_an_ensemble_that_is_kept_is_one_model_with_its_members(tmp_path: Path) -> None:
    found = kept(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.ensemble import VotingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.naive_bayes import MultinomialNB

        rows = pd.read_csv("spam.csv")
        bayes = MultinomialNB()
        voting = VotingClassifier([("nb", bayes), ("lr", LogisticRegression())])
        voting.fit(rows[["words"]], rows.spam)
        joblib.dump(voting, "model.pkl")
        """,
    )
    assert found == {"VotingClassifier": ["model.pkl"]}


def test_what_an_inner_function_collects_is_kept_by_the_function_around_it(tmp_path: Path) -> None:
    code = """
        import pickle

        import pandas as pd
        from sklearn.linear_model import Lasso, Ridge

        def main():
            rows = pd.read_csv("rows.csv")
            {results} = []

            def record(model, name):
                model.fit(rows[["area"]], rows.price)
                results.append({{"name": name, "model": model}})

            record(Ridge(), "ridge")
            record(Lasso(), "lasso")
            best = {results}[0]
            with open("best.pkl", "wb") as file:
                pickle.dump(best["model"], file)

        main()
        """
    assert kept(tmp_path, code.format(results="results")) == {"Ridge or Lasso": ["best.pkl"]}
    assert kept(tmp_path, code.format(results="others")) == {}

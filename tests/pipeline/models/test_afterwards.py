"""What becomes of a model after its training: registered, held for all requests, shown on a page, turned into another
form."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

TRAIN = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge

    rows = pd.read_csv("rows.csv")
    model = Ridge().fit(rows[["area"]], rows.price)
    joblib.dump({"model": model}, "bundle.joblib")
    """


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            """
            @st.cache_resource
            def load():
                return joblib.load("bundle.joblib")

            if "bundle" not in st.session_state:
                st.session_state.bundle = load()
            area = st.number_input("area")
            st.write(st.session_state.bundle["model"].predict([[area]]))
            """,
            ["app.py"],
        ),
        (
            """
            def main():
                model = joblib.load("bundle.joblib")["model"]
                area = st.number_input("area")
                if st.button("go"):
                    st.success(f"{model.predict([[area]])[0]}")

            main()
            """,
            ["app.py:main"],
        ),
        (
            """
            app = FastAPI()

            @app.on_event("startup")
            def start():
                app.state.bundle = joblib.load("bundle.joblib")

            @app.post("/price")
            def price(request: Request, area: float) -> float:
                return request.app.state.bundle["model"].predict([[area]])[0]
            """,
            ["app.py:price"],
        ),
        (
            """
            app = FastAPI()

            @lru_cache(maxsize=1)
            def bundle():
                return joblib.load("bundle.joblib")

            @app.post("/price")
            def price(area: float, held=Depends(bundle)) -> float:
                return held["model"].predict([[area]])[0]
            """,
            ["app.py:price"],
        ),
        (
            """
            app = Flask(__name__)
            app.config["bundle"] = joblib.load("bundle.joblib")

            @app.route("/price")
            def price():
                return str(current_app.config["bundle"]["model"].predict([[1]])[0])
            """,
            ["app.py:price"],
        ),
        (  # a page that only tells of it asks nothing
            """
            bundle = joblib.load("bundle.joblib")
            st.write("loaded")
            """,
            [],
        ),
    ],
)
def test_what_holds_a_model_for_all_serves_it(tmp_path: Path, code: str, expected: list[str]) -> None:
    imports = """
            from functools import lru_cache
            import joblib
            import streamlit as st
            from fastapi import Depends, FastAPI, Request
            from flask import Flask, current_app
            """
    (record,) = model_records(tmp_path, {"train.py": TRAIN, "app.py": imports + code})
    assert told(record, "serving") == expected


def test_a_page_that_shows_a_training_serves_nothing(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        import streamlit as st
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("rows.csv")
        model = Ridge().fit(rows[["area"]], rows.price)
        st.write(model.predict(rows[["area"]]))
        joblib.dump(model, "ridge.joblib")
        """
    (record,) = model_records(tmp_path, {"train.py": code})
    assert told(record, "serving") == []


REGISTERED = """
    import mlflow
    import pandas as pd
    from sklearn.linear_model import Lasso, Ridge

    rows = pd.read_csv("rows.csv")
    with mlflow.start_run() as run:
        ridge = Ridge().fit(rows[["area"]], rows.price)
        mlflow.sklearn.log_model(ridge, "ridge_model")
        lasso = Lasso().fit(rows[["area"]], rows.price)
        info = mlflow.sklearn.log_model(lasso, artifact_path="lasso_model")
    version = mlflow.register_model(f"runs:/{run.info.run_id}/ridge_model", "price-ridge")
    mlflow.register_model(info.model_uri, "price-lasso")
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("price-ridge", "champion", version.version)
    """


def test_what_a_run_logged_is_known_by_the_name_it_is_registered_by(tmp_path: Path) -> None:
    serve = """
        import mlflow
        from flask import Flask

        app = Flask(__name__)
        model = mlflow.pyfunc.load_model("models:/price-ridge@champion")

        @app.post("/price")
        def price():
            return str(model.predict([[1]]))
        """
    lasso, ridge = model_records(tmp_path, {"train.py": REGISTERED, "serve.py": serve})[::-1]
    assert told(ridge, "artifacts") == ["ridge_model", "price-ridge"]
    assert [cell.note for cell in ridge.artifacts] == ["differs by run", "registry version, alias champion"]
    assert told(ridge, "serving") == ["serve.py:price"]
    assert told(lasso, "artifacts") == ["lasso_model", "price-lasso"]
    assert told(lasso, "serving") == []


def test_spark_writes_a_model_where_its_writer_is_told(tmp_path: Path) -> None:
    code = """
        import sys
        from pyspark.ml import Pipeline
        from pyspark.ml.classification import RandomForestClassifier
        from pyspark.ml.evaluation import MulticlassClassificationEvaluator
        from pyspark.ml.feature import StringIndexer, VectorAssembler
        from pyspark.sql import SparkSession

        HOME = sys.argv[1]
        spark = SparkSession.builder.getOrCreate()
        rows = spark.read.parquet("rows.parquet")
        indexer = StringIndexer(inputCol="city", outputCol="city_index")
        assembler = VectorAssembler(inputCols=["age", "city_index"], outputCol="features")
        forest = RandomForestClassifier(labelCol="churned", featuresCol="features")
        model = Pipeline(stages=[indexer, assembler, forest]).fit(rows)
        model.write().overwrite().save("models/rf")
        model.save(HOME + "/forest")
        evaluator = MulticlassClassificationEvaluator(labelCol="churned", metricName="accuracy")
        print(evaluator.evaluate(model.transform(spark.read.parquet("test.parquet"))))
        """
    score = """
        from pyspark.ml import PipelineModel
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()
        model = PipelineModel.load("models/rf")
        model.transform(spark.read.parquet("new.parquet")).write.parquet("scores.parquet")
        """
    (record,) = model_records(tmp_path, {"train.py": code, "score.py": score})
    assert sorted(told(record, "artifacts")) == ["models/rf", "{HOME}/forest"]
    assert told(record, "metrics") == ["accuracy"]
    assert told(record, "features") == ["age", "city"]
    assert told(record, "makers") == ["StringIndexer", "VectorAssembler"]
    assert told(record, "loaders") == ["score.py"]


def test_another_form_of_a_model_is_one_of_its_artifacts(tmp_path: Path) -> None:
    files = {
        "train.py": """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layer = nn.Linear(2, 1)

                def forward(self, rows):
                    return self.layer(rows)

            if __name__ == "__main__":
                net = Net()
                optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
                for rows, truth in torch.load("rows.pt"):
                    loss = (net(rows) - truth).pow(2).mean()
                    loss.backward()
                    optimizer.step()
                torch.save(net, "models/pricing.pt")
            """,
        "convert.py": """
            import torch

            net = torch.load("models/pricing.pt")
            torch.onnx.export(net, torch.zeros(1, 2), "models/pricing.onnx")
            """,
    }
    (record,) = model_records(tmp_path, files)
    assert told(record, "artifacts") == ["models/pricing.pt", "models/pricing.onnx"]


def test_a_store_of_models_gives_one_by_its_name_and_tag(tmp_path: Path) -> None:
    files = {
        "train.py": """
            import bentoml
            import pandas as pd
            from sklearn.linear_model import Ridge

            rows = pd.read_csv("rows.csv")
            bentoml.sklearn.save_model("pricing", Ridge().fit(rows[["area"]], rows.price))
            """,
        "service.py": """
            import bentoml

            runner = bentoml.sklearn.get("pricing:latest").to_runner()
            svc = bentoml.Service("pricing_service", runners=[runner])

            @svc.api(input=bentoml.io.NumpyNdarray(), output=bentoml.io.NumpyNdarray())
            def price(rows):
                return runner.predict.run(rows)
            """,
    }
    (record,) = model_records(tmp_path, files)
    assert told(record, "artifacts") == ["pricing"]
    assert told(record, "serving") == ["service.py:price"]


def test_a_model_that_is_logged_by_place_is_known_by_the_name_after_it(tmp_path: Path) -> None:
    code = """
        import mlflow
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import GridSearchCV

        rows = pd.read_csv("rows.csv")
        search = GridSearchCV(Ridge(), {"alpha": [1, 2]})
        search.fit(rows[["area"]], rows.price)
        best = search.best_estimator_
        mlflow.sklearn.log_model(best, "model")
        """
    register = """
        import mlflow

        client = mlflow.MlflowClient()
        run = client.search_runs("1")[0].info.run_id
        mlflow.register_model(f"runs:/{run}/model", "Pricing")
        client.transition_model_version_stage(name="Pricing", version=1, stage="Production")
        """
    (record,) = model_records(tmp_path, {"src/train.py": code, "src/register.py": register})
    assert told(record, "artifacts") == ["model", "Pricing"]
    assert [cell.note for cell in record.artifacts] == ["differs by run", "registry version, stage Production"]

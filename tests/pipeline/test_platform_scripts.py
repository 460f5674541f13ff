"""Models behind what a platform starts by convention, or that another part of the repository takes along."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

TRAIN = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge

    rows = pd.read_csv("rows.csv")
    model = Ridge().fit(rows[["age"]], rows.churned)
    joblib.dump(model, "models/ridge_churn.pkl")
    """
SCORE = """
    import os
    import joblib

    def init():
        global model
        model = joblib.load(os.environ["AZUREML_MODEL_DIR"])

    def run(data):
        return model.predict(data).tolist()
    """


def records(root: Path, texts: Mapping[str, str]) -> list[ModelRecord]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return list(Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all())


def served(record: ModelRecord) -> list[str]:
    return [cell.text for cell in record.serving]


def test_a_scoring_script_of_a_platform_serves_the_one_model_that_there_is(tmp_path: Path) -> None:
    (record,) = records(tmp_path, {"train.py": TRAIN, "scoring/score.py": SCORE})
    assert [cell.text for cell in record.loaders] == ["scoring/score.py:init"]
    assert served(record) == ["scoring/score.py:run"]


@pytest.mark.parametrize(
    "script",
    [
        SCORE.replace("def init()", "def prepare()"),
        SCORE.replace("def init()", "def init(path)"),
        SCORE.replace("joblib.load(os.environ", "print(os.environ"),
        SCORE.replace("global model", "global other").replace("        model =", "        other ="),
        SCORE.replace("def run(data)", "def run()"),
    ],
)
def test_what_only_looks_like_a_scoring_script_serves_nothing(tmp_path: Path, script: str) -> None:
    (record,) = records(tmp_path, {"train.py": TRAIN, "scoring/score.py": script})
    assert served(record) == []


def test_what_a_platform_puts_there_may_be_any_of_two_models(tmp_path: Path) -> None:
    other = TRAIN.replace("Ridge", "Lasso").replace("ridge_churn", "lasso_churn")
    found = records(tmp_path, {"train.py": TRAIN, "other.py": other, "scoring/score.py": SCORE})
    assert [served(record) for record in found] == [[], []]


APP = """
    import joblib
    from fastapi import FastAPI

    app = FastAPI()
    model = joblib.load("models/ridge_churn.pkl")

    @app.post("/churn")
    def churn(rows: list[float]) -> float:
        return model.predict([rows])[0]
    """


def test_an_application_with_requirements_of_its_own_takes_a_file_along(tmp_path: Path) -> None:
    files = {"notebooks/train.py": TRAIN.replace("models/", "../models/"), "app/requirements.txt": "fastapi\n"}
    (record,) = records(tmp_path / "a", {**files, "app/app.py": APP})
    assert served(record) == ["app/app.py:churn"]
    (record,) = records(tmp_path / "b", {**files, "app/app.py": APP.replace("models/", "weights/")})
    assert served(record) == []
    own = {"app/app.py": APP, "app/train.py": TRAIN.replace("Ridge", "Lasso")}
    found = {record.name: served(record) for record in records(tmp_path / "c", {**files, **own})}
    assert found == {"Ridge": [], "Lasso": ["app/app.py:churn"]}


LOOP = """
    import pandas as pd
    import torch
    from torch.utils.tensorboard import SummaryWriter
    from tqdm import tqdm

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, rows):
            return self.layer(rows)

    def main():
        seen = torch.tensor(pd.read_csv("seen.csv").values)
        held_out = torch.tensor(pd.read_csv("held_out.csv").values)
        writer = SummaryWriter("runs")
        net = Net()
        steps = torch.optim.Adam(net.parameters())
        for epoch in tqdm(range(10)):
            loss = net(seen).mean()
            loss.backward()
            steps.step()
            writer.add_scalar("Training MSE", loss, epoch)
            writer.add_scalar("Validation MSE", ((net(held_out) - 1) ** 2).mean(), epoch)
        torch.save(net.state_dict(), "net.pt")

    main()
    """


def test_what_a_tracker_is_told_of_answers_is_a_metric_but_not_how_well_the_data_is_learnt(tmp_path: Path) -> None:
    (record,) = records(tmp_path, {"train.py": LOOP})
    assert [cell.text for cell in record.metrics] == ["Validation MSE"]
    assert "seen.csv" in [cell.text for cell in record.sources]


def test_an_inference_script_asks_the_model_that_its_loader_gives(tmp_path: Path) -> None:
    script = """
        import argparse
        import os
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        def model_fn(folder):
            return joblib.load(os.path.join(folder, "ridge_churn.pkl"))

        def input_fn(body, content_type):
            return pd.read_csv(body)

        def predict_fn(rows, model):
            return model.predict(rows)

        if __name__ == "__main__":
            rows = pd.read_csv("rows.csv")
            model = Ridge().fit(rows[["age"]], rows.churned)
            joblib.dump(model, "ridge_churn.pkl")
        """
    (record,) = records(tmp_path, {"entry.py": script})
    assert served(record) == ["entry.py:predict_fn"]


JOB = """
    from sagemaker.estimator import Estimator

    job = Estimator(image_uri=image, role=role, output_path="s3://acme/churn")
    job.fit({"train": "s3://acme/rows"})
    """


def test_a_job_that_runs_a_platforms_algorithm_trains_a_model(tmp_path: Path) -> None:
    (record,) = records(tmp_path / "a", {"train.py": JOB})
    assert (record.name, [cell.text for cell in record.artifacts]) == ("Estimator of train.py", ["s3://acme/churn"])
    assert records(tmp_path / "b", {"train.py": JOB.replace("role=role", 'entry_point="fit.py"')}) == []


def test_what_was_made_with_the_data_learns_from_it_where_training_is_told_settings_only(tmp_path: Path) -> None:
    walks = """
        import networkx as nx
        import pandas as pd
        from node2vec import Node2Vec

        edges = pd.read_csv("edges.csv")
        walks = Node2Vec(nx.from_pandas_edgelist(edges), dimensions=64)
        settings = {"window": 10}
        model = walks.fit(window=settings["window"], workers=4)
        model.save("walks.model")
        """
    (record,) = records(tmp_path, {"train.py": walks})
    assert [cell.text for cell in record.sources] == ["edges.csv"]


def test_a_file_that_a_setting_names_in_a_folder_is_known_by_the_setting(tmp_path: Path) -> None:
    train = TRAIN.replace('"rows.csv"', 'os.path.join(os.environ["DATA"], config["rows_file"])')
    train = train.replace("import joblib", "import os\n    import joblib\n    from setup import config")
    (record,) = records(tmp_path, {"train.py": train, "setup.py": "config = read()\n"})
    assert [cell.text for cell in record.sources] == ["{DATA}/{config.rows_file}"]


def test_a_job_reads_what_it_is_told_by_its_address_and_nothing_that_describes_it(tmp_path: Path) -> None:
    job = """
        import json
        from sagemaker.estimator import Estimator

        with open("stack.json") as file:
            stack = json.load(file)
        rows = "s3://{}/rows".format(stack["bucket"])
        job = Estimator(image_uri=image, role=stack["role"], output_path="s3://acme/churn")
        job.fit({"train": rows, "validation": "s3://acme/held-out"})
        """
    (record,) = records(tmp_path, {"train.py": job})
    assert [cell.text for cell in record.sources] == ["s3://{stack.bucket}/rows"]


HELD_OUT = """
    import pandas as pd
    from tensorflow import keras
    from tensorflow.keras.losses import mse

    class Coder:
        def __init__(self):
            self.net = keras.Sequential([keras.layers.Dense(1)])
            self.net.add_loss(mse(self.net.input, self.net.output))
            self.net.compile(optimizer="adam")

        def train(self, rows, rows_val):
            options = {"epochs": 3}
            options["validation_data"] = (rows_val, rows_val)
            self.net.fit(rows, rows, **options)
            self.net.save("coder.h5")

    coder = Coder()
    coder.train(pd.read_csv("seen.csv"), pd.read_csv("held_out.csv"))
    """


def test_what_is_only_measured_by_is_not_trained_on_and_a_loss_is_no_metric(tmp_path: Path) -> None:
    (record,) = records(tmp_path, {"train.py": HELD_OUT})
    assert [cell.text for cell in record.sources] == ["seen.csv"]
    assert record.metrics == ()


def test_a_class_loads_again_what_its_configuration_says_where_it_keeps(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        import yaml
        from sklearn.linear_model import Ridge

        class Churn:
            def __init__(self):
                with open("config.yaml") as file:
                    self.config = yaml.safe_load(file)
                self.folder = self.config["folder"]
                self.model = Ridge()

            def train(self, name):
                rows = pd.read_csv("rows.csv")
                self.model.fit(rows[["age"]], rows.churned)
                joblib.dump(self.model, self.folder + name + ".joblib")

            def ask(self, name, rows):
                return joblib.load(self.folder + name + ".joblib").predict(rows)

        churn = Churn()
        churn.train("ridge_churn")
        print(churn.ask("ridge_churn", pd.read_csv("new.csv")))
        """
    (record,) = records(tmp_path, {"train.py": code, "config.yaml": "folder: ./models/\n"})
    assert [cell.text for cell in record.artifacts] == ["./models/ridge_churn.joblib"]
    assert [cell.text for cell in record.loaders] == ["train.py:Churn.ask"]


DAG = """
    import joblib
    import pandas as pd
    from airflow.datasets import Dataset
    from airflow.decorators import dag, task
    from sklearn.linear_model import Ridge

    CLICKS = Dataset("s3://acme/clicks.parquet")

    @dag(schedule=[CLICKS])
    def training():
        @task
        def fit():
            rows = pd.read_parquet(CLICKS.uri)
            joblib.dump(Ridge().fit(rows[["age"]], rows.sold), "ridge.joblib")
        fit()

    training()
    """


def test_a_dataset_of_an_orchestrator_is_a_source_by_its_address_and_is_declared(tmp_path: Path) -> None:
    (record,) = records(tmp_path, {"dags/train.py": DAG})
    assert [cell.text for cell in record.sources] == ["s3://acme/clicks.parquet"]
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    assert project.source_literals == ()
    (tmp_path / "dags/train.py").write_text(
        dedent(DAG).replace("Dataset(", "str(").replace("CLICKS.uri", "CLICKS"), encoding="utf-8"
    )
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    assert [each.text for each in project.source_literals] == ["s3://acme/clicks.parquet"]

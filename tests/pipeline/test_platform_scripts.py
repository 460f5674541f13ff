"""Models behind what a platform starts by convention, or that another part of the repository takes along."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.rows import Rows
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

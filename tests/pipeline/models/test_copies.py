from pathlib import Path
from textwrap import dedent

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

TRAIN = """
    import os
    import shutil
    import boto3
    import joblib
    import mlflow
    import pandas as pd
    from google.cloud import storage
    from sklearn.linear_model import Ridge

    BUCKET = "shop-models"
    rows = pd.read_csv("rows.csv")
    model = Ridge().fit(rows[["a"]], rows.price)
"""


def record(root: Path, code: str, **others: str) -> ModelRecord:
    texts = {"train.py": dedent(TRAIN) + dedent(code), **{f"{name}.py": dedent(text) for name, text in others.items()}}
    for path, text in texts.items():
        (root / path).write_text(text, encoding="utf-8")
    (found,) = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return found


def artifacts(found: ModelRecord) -> list[str]:
    return [cell.text for cell in found.artifacts]


def test_a_copy_of_a_file_is_an_artifact_too_and_what_loads_it_loads_the_model(tmp_path: Path) -> None:
    code = """
    joblib.dump(model, "staging/ridge.joblib")
    shutil.copy("staging/ridge.joblib", "production/")
    """
    serve = "import joblib\nmodel = joblib.load('production/ridge.joblib')\n"
    found = record(tmp_path, code, serve=serve)
    assert artifacts(found) == ["staging/ridge.joblib", "production/ridge.joblib"]
    assert [cell.text for cell in found.loaders] == ["serve.py"]


def test_a_copy_of_another_file_is_none(tmp_path: Path) -> None:
    code = """
    joblib.dump(model, "staging/ridge.joblib")
    shutil.copy("staging/other.joblib", "production/ridge.joblib")
    """
    assert artifacts(record(tmp_path, code)) == ["staging/ridge.joblib"]


def test_an_upload_is_a_copy_that_is_loaded_by_its_address(tmp_path: Path) -> None:
    code = """
    joblib.dump(model, "model.joblib")
    boto3.client("s3").upload_file("model.joblib", BUCKET, "models/model.joblib")
    """
    serve = """
    import joblib
    from urllib.request import urlopen

    model = joblib.load(urlopen("https://{bucket}.s3.eu-west-2.amazonaws.com/models/model.joblib"))
    """
    (tmp_path / "own").mkdir()
    found = record(tmp_path / "own", code, serve=serve.replace("{bucket}", "shop-models"))
    assert artifacts(found) == ["model.joblib", "s3://shop-models/models/model.joblib"]
    assert [cell.text for cell in found.loaders] == ["serve.py"]


def test_a_blob_that_is_filled_from_the_file_is_a_copy(tmp_path: Path) -> None:
    code = """
    joblib.dump(model, "ridge.joblib")
    blob = storage.Client().bucket("shop").blob("models/ridge.joblib")
    blob.upload_from_filename("ridge.joblib")
    """
    assert artifacts(record(tmp_path, code)) == ["ridge.joblib", "models/ridge.joblib"]


STAGED = """
    from mlflow.tracking import MlflowClient

    def promote(version):
        client = MlflowClient()
        client.transition_model_version_stage(name="{name}", version=version, stage="Production")
        client.set_registered_model_alias("{name}", "champion", version)
"""


def test_the_stages_and_aliases_of_a_registered_model_are_told_with_its_version(tmp_path: Path) -> None:
    code = 'mlflow.sklearn.log_model(model, "model", registered_model_name="pricing")\n'
    (tmp_path / "own").mkdir()
    (tmp_path / "other").mkdir()
    own = record(tmp_path / "own", code, promote=STAGED.replace("{name}", "pricing"))
    assert [cell.note for cell in own.artifacts] == ["registry version, stage Production, alias champion"]
    other = record(tmp_path / "other", code, promote=STAGED.replace("{name}", "churn"))
    assert [cell.note for cell in other.artifacts] == ["registry version"]


def test_a_model_whose_parameters_are_set_is_the_same(tmp_path: Path) -> None:
    code = """
    made = Ridge()
    made = made.set_params(alpha=2.0)
    made.fit(rows[["a"]], rows.price)
    joblib.dump(made, "made.joblib")
    """
    assert artifacts(record(tmp_path, code)) == ["made.joblib"]


def network(root: Path, kept: str) -> ModelRecord:
    code = """
    import shutil

    import lightning as L
    import pandas as pd
    from torch import nn, optim

    class Net(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 1)

        def forward(self, x):
            return self.layer(x)

        def training_step(self, batch, number):
            return self(batch).mean()

        def configure_optimizers(self):
            return optim.Adam(self.parameters())

    rows = pd.read_csv("rows.csv")
    saved = L.pytorch.callbacks.ModelCheckpoint(monitor="val_loss")
    other = L.pytorch.callbacks.ModelCheckpoint(monitor="train_loss")
    trainer = L.Trainer(callbacks=[saved])
    trainer.fit(Net(), rows)
    """
    (root / "train.py").write_text(dedent(code) + dedent(kept), encoding="utf-8")
    (found,) = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return found


def test_the_best_checkpoint_is_kept_where_it_is_copied_to(tmp_path: Path) -> None:
    code = """
    shutil.copy(saved.best_model_path, "models/net.ckpt")
    best = Net.load_from_checkpoint("models/net.ckpt")
    """
    found = network(tmp_path, code)
    assert artifacts(found) == ["models/net.ckpt"]
    assert [cell.text for cell in found.loaders] == ["train.py"]


def test_a_trainer_tells_its_best_checkpoint_too_and_another_callback_that_of_others(tmp_path: Path) -> None:
    code = """
    shutil.move(trainer.checkpoint_callback.best_model_path, "models/net.ckpt")
    shutil.copy(other.best_model_path, "models/other.ckpt")
    """
    assert artifacts(network(tmp_path, code)) == ["models/net.ckpt"]

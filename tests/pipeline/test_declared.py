from pathlib import Path

import pytest

from mldebt.pipeline.declared import Entry
from mldebt.scan import read_project
from mldebt.settings import Settings

FEAST = """
from feast import FileSource

clicks = FileSource(name="clicks", path="data/clicks.parquet", timestamp_field="time")
"""
AIRFLOW = """
from airflow.datasets import Dataset

CLICKS = Dataset("s3://shop/data/clicks.parquet")
"""
AIRFLOW_3 = """
from airflow.sdk import Asset

CLICKS = Asset(name="clicks", uri="s3://shop/data/clicks.parquet")
"""
MLFLOW = """
import mlflow
import pandas as pd

frame = pd.DataFrame()
mlflow.data.from_pandas(frame, source="data/clicks.parquet", name="clicks")
"""
DAGSTER = """
from dagster import AssetSpec

clicks = AssetSpec(key="clicks", metadata={"dagster/uri": "s3://shop/data/clicks.parquet"})
"""
KEDRO = "clicks:\n  type: pandas.ParquetDataset\n  filepath: data/clicks.parquet\n"
INTAKE = "sources:\n  clicks:\n    driver: parquet\n    args:\n      urlpath: data/clicks.parquet\n"
DVC = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: clicks.parquet\n"


def offered(root: Path, path: str, text: str) -> Entry | None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    (root / "train.py").write_text("import pandas\n")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return project.declared.offered(["clicks.parquet"])


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("features.py", FEAST, "the Feast source `clicks`"),
        ("dags/flow.py", AIRFLOW, "the Airflow dataset `s3://shop/data/clicks.parquet`"),
        ("dags/flow.py", AIRFLOW_3, "the Airflow dataset `clicks`"),
        ("flow.py", MLFLOW, "the MLflow dataset `clicks`"),
        ("assets.py", DAGSTER, "the Dagster asset `clicks`"),
        ("conf/base/catalog.yml", KEDRO, "the Kedro entry `clicks`"),
        ("data/catalog.yml", INTAKE, "the Intake source `clicks`"),
        ("data/clicks.parquet.dvc", DVC, "the DVC file of `data/clicks.parquet`"),
    ],
)
def test_what_offers_a_source(path: str, text: str, told: str, tmp_path: Path) -> None:
    entry = offered(tmp_path, path, text)
    assert entry is not None
    assert entry.text == told


def test_a_setting_says_where_a_source_is_and_does_not_offer_it(tmp_path: Path) -> None:
    assert offered(tmp_path, "conf/data.yaml", "clicks: data/clicks.parquet\n") is None
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    entry = project.declared.at(["data/clicks.parquet"])
    assert entry is not None
    assert entry.text == "the setting `clicks`"

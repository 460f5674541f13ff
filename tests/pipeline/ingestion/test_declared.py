from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.ingestion.declared import Entry
from mldebt.scan import read_project, scan
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
FEAST_BUILT = """
from pathlib import Path
from feast import FileSource

clicks = FileSource(name="clicks", path=str(Path(__file__).parent / "data" / "clicks.parquet"), timestamp_field="time")
"""
AIRFLOW_BUILT = """
import os
from airflow.datasets import Dataset

CLICKS = Dataset(f"s3://{os.environ['BUCKET']}/data/clicks.parquet")
"""
FEAST_QUERY = """
from feast import BigQuerySource

clicks = BigQuerySource(name="clicks", query="SELECT * FROM shop.clicks{rest}", timestamp_field="time")
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
        ("features.py", FEAST_BUILT, "the Feast source `clicks`"),
        ("dags/flow.py", AIRFLOW_BUILT, "the Airflow dataset `s3://{BUCKET}/data/clicks.parquet`"),
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


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("features.py", FEAST_QUERY.replace("{rest}", ""), "the Feast source `clicks`"),
        ("features.py", FEAST_QUERY.replace("{rest}", " WHERE day > 3"), None),
        ("features.py", FEAST_QUERY.replace("{rest}", " JOIN shop.users USING (id)"), None),
        (
            "catalog.yml",
            "sources:\n  clicks:\n    driver: sql\n    args:\n      sql_expr: SELECT * FROM shop.clicks\n",
            "the Intake source `clicks`",
        ),
    ],
)
def test_a_query_offers_the_table_that_it_asks_for_as_a_whole(
    path: str, text: str, told: str | None, tmp_path: Path
) -> None:
    (tmp_path / path).write_text(text)
    (tmp_path / "train.py").write_text("import pandas\n")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    entry = project.declared.offered(["table shop.clicks"])
    assert (entry.text if entry is not None else None) == told


def test_what_code_declares_is_known_by_its_name_in_any_case(tmp_path: Path) -> None:
    (tmp_path / "features.py").write_text(FEAST.replace("clicks.parquet", "Clicks.parquet"))
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    entry = project.declared.offered(["Clicks.parquet"])
    assert entry is not None
    assert entry.text == "the Feast source `clicks`"


def test_a_setting_says_where_a_source_is_and_does_not_offer_it(tmp_path: Path) -> None:
    assert offered(tmp_path, "conf/data.yaml", "clicks: data/clicks.parquet\n") is None
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    entry = project.declared.at(["data/clicks.parquet"])
    assert entry is not None
    assert entry.text == "the setting `clicks`"


LOADER = """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def load():
        rows = {read}
        rows["day"] = pd.to_datetime(rows["day"])
        rows["name"] = rows["name"].str.strip().str.lower()
        return rows.dropna().drop_duplicates()

    def train():
        rows = load()
        Ridge().fit(rows[["age"]], rows["price"])

    if __name__ == "__main__":
        train()
"""
CLICKS = 'pd.read_csv("s3://acme-lake/raw/clicks_2024.csv")'
LAKE = """
    import pandas as pd

    def clicks():
        return pd.read_csv("s3://acme-lake/raw/clicks_2024.csv")
"""


@pytest.mark.parametrize(
    ("path", "text", "read", "named"),
    [
        (
            "conf/base/catalog.yml",
            "clicks:\n  type: pandas.CSVDataset\n  filepath: s3://acme-lake/raw/clicks_2024.csv\n",
            CLICKS,
            "The Kedro entry `clicks`",
        ),
        (
            "conf/base/catalog.yml",
            '"{name}_raw":\n  type: pandas.CSVDataset\n  filepath: data/01_raw/{name}.csv\n',
            'pd.read_csv("data/01_raw/shuttles.csv")',
            "The Kedro entry `{name}_raw`",
        ),
        (
            "conf/base/catalog.yml",
            "orders:\n  type: pandas.SQLTableDataset\n  table_name: shop.orders\n",
            'pd.read_sql("SELECT * FROM shop.orders", "postgresql://db/shop")',
            "The Kedro entry `orders`",
        ),
        (
            "catalog.yml",
            "sources:\n  clicks:\n    driver: csv\n    args:\n      urlpath: s3://acme-lake/raw/clicks_*.csv\n",
            CLICKS,
            "The Intake source `clicks`",
        ),
        (
            "catalog.yml",
            "sources:\n  clicks:\n    driver: csv\n    args:\n      urlpath: '{{ CATALOG_DIR }}/data/clicks.csv'\n",
            'pd.read_csv("data/clicks.csv")',
            "The Intake source `clicks`",
        ),
        (
            "data/clicks.csv.dvc",
            "deps:\n- path: https://data.acme.org/clicks.csv\nouts:\n- md5: '01'\n  path: clicks.csv\n",
            'pd.read_csv("https://data.acme.org/clicks.csv")',
            "The DVC file of `data/clicks.csv`",
        ),
        (
            "features.py",
            "from feast import BigQuerySource\nclicks = BigQuerySource(name='clicks', table='acme.shop.clicks')\n",
            'pd.read_gbq("SELECT * FROM acme.shop.clicks")',
            "The Feast source `clicks`",
        ),
        (
            "register.py",
            "import mlflow\nmlflow.data.load_delta(path='s3://acme-lake/raw/clicks_2024.csv', name='clicks')\n",
            CLICKS,
            "The MLflow dataset `clicks`",
        ),
        ("lake.py", LAKE, CLICKS, "The platform's `lake.py:clicks`"),
        ("data/raw.dvc", "outs:\n- md5: 01.dir\n  path: raw\n", 'pd.read_csv("data/raw/clicks.csv")', ""),
        ("config.yaml", "clicks: s3://acme-lake/raw/clicks_2024.csv\n", CLICKS, ""),
        (
            "catalog.yml",
            "sources:\n  views:\n    driver: csv\n    args:\n      urlpath: s3://acme-lake/raw/views_*.csv\n",
            CLICKS,
            "",
        ),
    ],
)
def test_the_finding_on_a_loader_by_hand_names_what_offers_its_source(
    tmp_path: Path, path: str, text: str, read: str, named: str
) -> None:
    for name, content in ((path, dedent(text)), ("train.py", dedent(LOADER).replace("{read}", read))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    settings = Settings(cache=False, history=False, jobs=1, select=("MLD101",), pedantic=True, platform=("lake",))
    (finding,) = [each for each in scan(tmp_path, settings).findings if each.location.path == "train.py"]
    assert finding.message.partition("Ridge.fit.")[2].strip() == (
        f"{named} offers what it reads already." if named else ""
    )

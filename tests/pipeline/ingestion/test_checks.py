from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.ingestion.checks import Checks
from mldebt.scan import read_project
from mldebt.settings import Settings

LOAD = """
import logging
import pandas as pd
from sklearn.linear_model import Ridge

def load(path, kind="csv"):
    rows = pd.read_csv(path)
    rows = rows.dropna()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    bad = [age for age in rows["age"] if age < 0]
{}
    return rows

rows = load("clicks.csv")
Ridge().fit(rows[["age"]], rows["clicked"])
"""


def checked(root: Path, lines: str) -> bool:
    (root / "train.py").write_text(LOAD.format(dedent(lines).strip("\n").replace("\n", "\n    ").join(("    ", ""))))
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    [ingestion] = project.ingestions
    return Checks(project.ingesting).of(ingestion) is not None


CHECKS = (
    "assert len(rows) > 1000",
    "if bad:\n    raise ValueError(bad)",
    "if len(bad) > 0:\n    print(len(bad))",
    "if 'age' not in rows.columns:\n    raise KeyError('age')",
    "if rows['age'].isnull().any():\n    logging.warning('gaps')",
    "if rows['age'].max() > 120:\n    raise ValueError('age')",
    "try:\n    rows = rows.rename(columns={'a': 'age'})\nexcept KeyError:\n    raise",
    "if rows.dtypes['age'] != float:\n    raise SystemExit(1)",
    "assert len(bad) == 0",
    "if len(rows) > 1000:\n    print('enough')\nelse:\n    raise ValueError(path)",
    "logging.info('gaps: %d', rows['age'].isnull().sum())",
    "print(f'{(rows.age < 0).sum()} are wrong')",
    'print(f"{len(rows[rows.age < 0])} are wrong")',
)
NONE = (
    "if rows is None:\n    raise ValueError(path)",
    "if rows.empty:\n    raise ValueError(path)",
    "if len(rows) == 0:\n    raise ValueError(path)",
    "if kind == 'csv':\n    raise ValueError(kind)",
    "if bad:\n    rows = rows[rows['age'] >= 0]",
    "for number, row in enumerate(rows):\n    if number % 1000 == 0:\n        print(number)",
    "if False:\n    assert rows['age'].isnull().any()",
    "try:\n    assert len(rows) > 1000\nexcept Exception:\n    pass",
    "print(rows.columns)",
    "if len(rows) > 5:\n    raise NotImplementedError",
    "assert len(rows) > 0",
    "if len(rows) > 0:\n    rows = rows.head(9)\nelse:\n    raise ValueError(path)",
    "if len(bad) > 0:\n    print('repairing')\n    rows = rows[rows['age'] >= 0]",
    "print(rows['age'].sum())",
    "print(len(bad))",
    "print(len(rows[rows['clicked'] == 1]))",
)


@pytest.mark.parametrize("lines", CHECKS)
def test_what_refuses_or_reports_data_is_a_check(lines: str, tmp_path: Path) -> None:
    assert checked(tmp_path, lines)


@pytest.mark.parametrize("lines", NONE)
def test_what_is_vacuous_swallowed_or_about_something_else_is_none(lines: str, tmp_path: Path) -> None:
    assert not checked(tmp_path, lines)

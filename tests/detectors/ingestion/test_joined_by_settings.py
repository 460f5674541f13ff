"""Scripts that are joined by a key of their settings alone."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

PREPARE = """
from pathlib import Path
import pandas as pd

def prepare(config):
    folder = Path(config["data"]["dir_processed"])
    rows = pd.read_csv("raw/houses.csv").dropna()
    rows["place"] = rows["place"].str.strip()
    rows["day"] = pd.to_datetime(rows["time"])
    rows.to_csv(folder / config["data"]["fname_processed"])
"""
TRAIN = """
from pathlib import Path
import pandas as pd
from sklearn.linear_model import Ridge

def train(config):
    folder = Path(config["data"]["dir_processed"])
    rows = pd.read_csv(folder / config["data"]["{key}"])
    Ridge().fit(rows, [])
"""
RUN = "from configparser import ConfigParser\nfrom prepare import prepare\nfrom train import train\n"
RUN += "config = ConfigParser()\nprepare(config)\ntrain(config)\n"


@pytest.mark.parametrize(("key", "expected"), [("fname_processed", ["prepare.py:prepare"]), ("fname_others", [])])
def test_one_key_is_one_file(key: str, expected: list[str], tmp_path: Path) -> None:
    for path, text in {"prepare.py": PREPARE, "train.py": TRAIN.format(key=key), "run.py": RUN}.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    assert [finding.component for finding in outcome.findings] == expected

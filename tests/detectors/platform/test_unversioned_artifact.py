"""MLD502 over several files: which trainings save over one another."""

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
joblib.dump(Ridge().fit(rows[["age"]], rows["price"]), "{path}")
"""


@pytest.mark.parametrize(
    ("one", "other", "more", "is_same"),
    [
        ("shops.py", "parks.py", {}, True),
        ("jobs/shops.py", "jobs/parks.py", {}, True),
        ("shops/fit.py", "parks/fit.py", {}, True),
        # each is run in a folder of its own
        ("shops/fit.py", "parks/fit.py", {"shops/README.md": "# Shops\n", "parks/README.md": "# Parks\n"}, False),
    ],
)
def test_a_save_of_another_file_is_told_where_both_are_of_one_project(tmp_path, one, other, more, is_same):
    texts = {one: TRAIN.format(path="models/price.joblib"), other: TRAIN.format(path="models/price.joblib"), **more}
    found = findings(tmp_path, texts)
    assert len(found) == 2
    assert [", and that of " in each.message for each in found] == [is_same] * 2


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("models/price.joblib", "./models/price.joblib", True),
        ("models/price.joblib", "../models/price.joblib", True),
        ("models/price.joblib", "/srv/shop/models/price.joblib", True),
        ("models/price.joblib", "small/models/price.joblib", False),
        ("models/price.joblib", "/srv/shop/submodels/price.joblib", False),
        ("price.joblib", "./price.joblib", False),
    ],
)
def test_two_paths_are_of_one_file_where_they_can_be(tmp_path, one, other, is_same):
    found = findings(tmp_path, {"shops.py": TRAIN.format(path=one), "parks.py": TRAIN.format(path=other)})
    assert [", and that of " in each.message for each in found] == [is_same] * 2


def findings(root, texts):
    for path, text in texts.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return scan(root, Settings(select=("MLD502",), cache=False, history=False, jobs=1)).findings

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

FIRST = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import OneHotEncoder

rows = pd.read_csv("clicks.csv").head(1000)
coded = OneHotEncoder().fit_transform(rows[["site"]])
{then}
"""


@pytest.mark.parametrize(
    ("then", "how"), [("coded.sum()", "prepared"), ("Ridge().fit(coded, rows.clicks)", "trained on")]
)
def test_it_says_what_becomes_of_the_first_rows(tmp_path: Path, then: str, how: str) -> None:
    (tmp_path / "example.py").write_text(FIRST.format(then=then))
    (finding,) = scan(tmp_path, Settings(select=("MLD106",))).findings
    assert finding.message == f"The first 1000 rows of an unshuffled source are {how}, behind no option."

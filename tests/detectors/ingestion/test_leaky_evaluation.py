"""MLD107: what is said of a fit that has seen the rows which the evaluation judges by."""

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

HEAD = """
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rows = pd.read_csv("rows.csv")
truth = rows.pop("price")
{before}
train, test, price, asked = train_test_split(rows, truth, random_state=1)
{after}
print(r2_score(asked, Ridge().fit(train, price).predict(test)))
"""
SCALED = "rows = StandardScaler().fit_transform(rows)"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (SCALED, "", "StandardScaler is fitted on all rows before they are split: "),
        (
            f"rows = SimpleImputer().fit_transform(rows)\n{SCALED}",
            "",
            "SimpleImputer and StandardScaler are fitted on all rows before they are split: ",
        ),
        ("rows = (rows - rows.mean()) / rows.std()", "", "A scaling by the mean is fitted on all rows before they "),
        (
            "rows = rows.sample(frac=2, replace=True, random_state=1)",
            "",
            "A resampling with replacement comes before the rows are split: ",
        ),
        (
            "",
            "train, test = StandardScaler().fit_transform(train), StandardScaler().fit_transform(test)",
            "StandardScaler is fitted anew on the test rows, ",
        ),
        (
            "scaler = StandardScaler().fit(rows)",
            "train, test = scaler.transform(train), scaler.transform(test)",
            "StandardScaler is fitted on all rows although they are split: ",
        ),
    ],
)
def test_it_is_a_sentence(tmp_path, before, after, said):
    (tmp_path / "train.py").write_text(HEAD.format(before=before, after=after), encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD107",), cache=False, history=False, jobs=1)).findings
    assert found.message.startswith(said)

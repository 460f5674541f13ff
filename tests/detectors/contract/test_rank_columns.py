"""A column that holds the ranks of a model's scores."""

from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD401",))
TABLE = """
import joblib
import pandas as pd
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("model.joblib")


@app.get("/search")
def search():
    rows = pd.DataFrame(fetch(request.args["q"]))
    rows["p"] = model.predict_proba(rows[["length"]])[:, 1]
    rows["place"] = {ranks}
    {change}
    return jsonify(rows.sort_values("{by}").to_dict(orient="records"))
"""
RANKS = 'rows["p"].rank(ascending=False)'


def findings(root: Path, ranks: str, change: str, by: str = "place") -> list[str]:
    (root / "search.py").write_text(TABLE.format(ranks=ranks, change=change, by=by), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [finding.message for finding in outcome.findings]


@pytest.mark.parametrize("ranks", [RANKS, f'{RANKS}.astype("int")'])
@pytest.mark.parametrize(
    "change",
    [
        'rows.loc[rows["promoted"], "place"] = 0',
        'rows.loc[rows["shop"] == "own", "place"] = 1',
        'rows.loc[rows.shop.isin(["own"]), "place"] = 0',
    ],
)
def test_a_rank_that_is_set_by_hand_for_some_rows(tmp_path: Path, ranks: str, change: str) -> None:
    (message,) = findings(tmp_path, ranks, change)
    assert "place is set to" in message


@pytest.mark.parametrize(
    ("ranks", "change"),
    [
        (RANKS, 'rows.loc[rows["p"] < 0.1, "place"] = 999'),
        (RANKS, 'rows.loc[rows["promoted"], "shade"] = 0'),
        (RANKS, 'rows.loc[rows["promoted"], "place"] = rows["p"].rank()'),
        ('rows["price"].rank()', 'rows.loc[rows["promoted"], "place"] = 0'),
    ],
    ids=["chosen by the score", "another column", "ranked again", "no ranks of scores"],
)
def test_ranks_that_nobody_sets_by_hand(tmp_path: Path, ranks: str, change: str) -> None:
    assert findings(tmp_path, ranks, change) == []

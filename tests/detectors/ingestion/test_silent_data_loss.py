from pathlib import Path

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

READ = """
import pandas as pd
from sklearn.linear_model import Ridge

def load(paths):
    for path in paths:
        try:
            rows = pd.read_csv(path).dropna().drop_duplicates()
            rows["age"] = rows["age"].clip(0, 100)
            {taken}
        except Exception:
            {then}
    {after}

def train(paths):
    rows = load(paths)
    return Ridge().fit(rows[["age"]], rows["label"])
"""
LEDGER = """
import json
import pandas as pd
from sklearn.linear_model import Ridge

def note(row):
    with open("trades.csv", "a") as file:
        file.write(json.dumps(row))

{caller}

rows = pd.read_csv("trades.csv")
Ridge().fit(rows[["price"]], rows["gain"])
"""
ONE = "def on_trade(price, gain):\n    note([price, gain])"
MANY = "def collect(path):\n    for line in open(path):\n        note(json.loads(line))"


def lines(root: Path, text: str) -> list[int]:
    root.mkdir(exist_ok=True)
    (root / "job.py").write_text(text, encoding="utf-8")
    outcome = scan(root, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    return [finding.location.line for finding in outcome.findings]


@pytest.mark.parametrize(
    ("taken", "then", "after", "found"),
    [
        ("kept = rows", "pass", "return kept", [11]),
        ("return rows", "pass", "return pd.DataFrame()", []),
        ("return rows", "continue", "raise FileNotFoundError(paths)", []),
    ],
)
def test_who_tries_another_way_loses_no_rows(
    taken: str, then: str, after: str, found: list[int], tmp_path: Path
) -> None:
    assert lines(tmp_path, READ.format(taken=taken, then=then, after=after)) == found


def test_an_event_that_is_noted_down_when_it_happens_is_not_written_again(tmp_path: Path) -> None:
    assert lines(tmp_path / "one", LEDGER.format(caller=ONE)) == []
    assert lines(tmp_path / "many", LEDGER.format(caller=MANY)) == [7]

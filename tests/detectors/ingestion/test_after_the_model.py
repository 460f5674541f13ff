"""What happens after a model is no ingestion: leads for people, pages that answer, audits, registries."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = "import pandas as pd\nfrom sklearn.linear_model import Ridge\nRidge().fit(pd.read_csv('t.csv'), [])\n"
LEADS = """
import duckdb
import pandas as pd

def rank(row):
    return {{**row, "band": "high" if row.get("{field}") > 3 else "low"}}

def main():
    rows = {read}
    names = pd.read_csv("names.csv").dropna()
    names["name"] = names["name"].str.strip()
    rows = rows.merge(names, on="id")
    rows["strength"] = [band(each) for each in rows["{column}"]]
    rows = rows.apply(rank, axis=1).drop_duplicates().sort_values("{column}")
    rows.to_csv("kept.csv")

if __name__ == "__main__":
    main()
"""
PAGE = """
import {kit} as st
import joblib
import pandas as pd

model = joblib.load("churn.joblib")
rows = pd.read_csv("customers.csv")
rows = rows.dropna(subset=["age"])
rows["name"] = rows["name"].str.strip()
rows = rows.drop_duplicates()
print(model.predict(rows))
"""
STORE = """
import json
from sklearn.linear_model import Ridge

class Store:
    def items(self):
        found = {{}}
        for line in open("rows.jsonl").read().splitlines():
            row = json.loads(line)
            row["name"] = row["name"].strip()
            found[row["id"]] = row
        return found

    def keep_all(self, rows):
        lines = [json.dumps(row) for row in rows if row["id"].strip()]
        parts = [line.lower() for line in lines]
        parts = "\\n".join(sorted(parts))
        {write}

def main():
    store = Store()
    rows = store.items()
    Ridge().fit(list(rows.values()), [])
    store.keep_all(rows.values())

main()
"""


def found(root: Path, texts: Mapping[str, str]) -> list[str]:
    for path, text in {"train.py": TRAIN, **texts}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    outcome = scan(root, Settings(select=("MLD101",), cache=False, history=False, jobs=1))
    return [finding.component for finding in outcome.findings]


@pytest.mark.parametrize(
    ("read", "column", "field", "is_ingestion"),
    [
        ("pd.read_csv('people.csv')", "age", "age", True),
        ("pd.read_csv('people.csv')", "company_anomaly_score", "age", False),
        ("pd.read_csv('people.csv')", "model_score", "age", False),
        ("pd.read_csv('people.csv')", "age", "fraud_score", False),
        ("duckdb.connect().execute('select id, age from people').fetchdf()", "age", "age", True),
        ("duckdb.connect().execute('select * from people where anomaly_score > 3').fetchdf()", "age", "age", False),
    ],
)
def test_what_a_model_said_is_worked_up_for_people(
    read: str, column: str, field: str, is_ingestion: bool, tmp_path: Path
) -> None:
    told = found(tmp_path, {"leads.py": LEADS.format(read=read, column=column, field=field)})
    assert told == (["leads.py:main"] if is_ingestion else [])


@pytest.mark.parametrize("path", ["audit_rows.py", "tools/verify_rows.py", "diagnose.py"])
def test_a_check_of_the_data_leaves_nothing_for_models(path: str, tmp_path: Path) -> None:
    text = LEADS.format(read="pd.read_csv('people.csv')", column="age", field="age")
    assert found(tmp_path / "check", {path: text}) == []
    assert found(tmp_path / "other", {"prepare.py": text}) == ["prepare.py:main"]


def test_a_page_that_asks_a_model_serves(tmp_path: Path) -> None:
    assert found(tmp_path / "page", {"page.py": PAGE.format(kit="streamlit")}) == []
    assert found(tmp_path / "job", {"page.py": PAGE.format(kit="datetime")}) == ["page.py"]


def test_a_program_that_draws_what_a_model_says_ingests_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "a", {"visualize_calibration.py": PAGE.format(kit="datetime")}) == []
    assert found(tmp_path / "b", {"score.py": PAGE.format(kit="datetime")}) == ["score.py"]


def test_what_is_written_down_again_is_not_read(tmp_path: Path) -> None:
    """The half of a store that writes is no part of the way from its file."""
    for write in ("open('rows.jsonl', 'w').write(parts)", "print(parts)"):
        (tmp_path / "job.py").write_text(STORE.format(write=write), encoding="utf-8")
        (finding,) = scan(tmp_path, Settings(select=("MLD101",), cache=False, history=False, jobs=1)).findings
        assert "3 hand-written steps" in finding.message

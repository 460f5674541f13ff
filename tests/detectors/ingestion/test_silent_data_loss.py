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


SPLIT = """
import csv
import logging
from sklearn.linear_model import Ridge

def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    {kept}

def train(path):
    rows = read(path)
    return Ridge().fit([row[:-1] for row in rows], [row[-1] for row in rows])
"""


@pytest.mark.parametrize(
    ("kept", "is_told"),
    [
        ("return [row for row in rows if len(row) == 13]", True),
        ('return [row for row in rows if row[0] != "" and len(row) == 13]', True),
        ("kept = [row for row in rows if len(row) == 13]\n    logging.warning(len(rows))\n    return kept", False),
        ("return [row for row in rows if len(row) > 13]", False),
        ("return [row[0] for row in rows if len(row) == 13]", False),
        ("return [row for row in rows if len(row) == 1]", False),
        ('return [row for row in [name.split("-") for name in ["a-b-c"]] if len(row) == 3]', False),
    ],
)
def test_rows_of_another_length_left_out_without_a_word(tmp_path: Path, kept: str, is_told: bool) -> None:
    (tmp_path / "rows.py").write_text(SPLIT.format(kept=kept).lstrip(), encoding="utf-8")
    outcome = scan(tmp_path, Settings(history=False, cache=False, jobs=1, select=("MLD108",)))
    assert [each.location.line for each in outcome.findings] == ([8] if is_told else [])


TOLD = """
import json
import sys
import pandas as pd
from sklearn.linear_model import Ridge

path = {0}
with open(path, "a") as file:
    for row in json.load(sys.stdin):
        file.write(json.dumps(row))
rows = pd.read_csv(path)
Ridge().fit(rows[["price"]], rows["gain"])
"""


@pytest.mark.parametrize(("path", "count"), [("'trades.csv'", 1), ("f'{sys.argv[1]}'", 0)])
def test_what_is_appended_to_has_a_name(path: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(TOLD.replace("{0}", path), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count


NOTED = """
import pandas as pd
from sklearn.linear_model import Ridge

def load(paths):
    told = {start}
    tables = []
    for path in paths:
        {before}
        try:
            rows = pd.read_csv(path).dropna().drop_duplicates()
            rows["age"] = rows["age"].clip(0, 100)
            tables.append(rows)
            told[path] = "read"
        except Exception:
            pass
    print(told)
    return pd.concat(tables)

rows = load(["a.csv", "b.csv"])
Ridge().fit(rows[["age"]], rows["label"])
"""


@pytest.mark.parametrize(
    ("start", "before", "count"),
    [
        ("{}", "print(path)", 1),
        ("{}", "told[path] = 'failed'", 0),
        ("{path: 'failed' for path in paths}", "", 0),
        ("dict([[path, 'failed'] for path in paths])", "", 0),
        ("dict.fromkeys(paths, 'failed')", "", 0),
        ("dict([[path, path.upper()] for path in paths])", "", 1),
        ("dict.fromkeys(paths)", "", 1),
    ],
)
def test_what_a_report_has_as_failed_is_not_lost_silently(start: str, before: str, count: int, tmp_path: Path) -> None:
    text = NOTED.replace("{start}", start).replace("{before}", before)
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count


KEPT = """
import os
import pandas as pd
from sklearn.linear_model import Ridge

class Clicks:
    def __init__(self, folder):
        self.path = os.path.join(folder, "clicks.csv")
        {before}

    def put(self, days, marks):
        for day in days:
            if marks:
                with open(self.path, "a") as file:
                    pd.read_json(f"{day}.json").to_csv(file, mode="a", header=False)
            else:
                file = open(self.path, "a+")
                file.write(day)

Clicks("data").put(["monday", "tuesday"], True)
rows = pd.read_csv("data/clicks.csv")
Ridge().fit(rows[["age"]], rows["gain"])
"""


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ("pass", 1),
        ("os.path.isfile(self.path) and os.remove(self.path)", 0),
        ("os.makedirs(folder)", 1),
        ("if os.path.isfile(self.path): raise FileExistsError(folder)", 0),
        ("if not os.path.isdir(folder): raise FileNotFoundError(folder)", 1),
    ],
)
def test_an_object_that_clears_its_file_away_doubles_nothing(before: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(KEPT.replace("{before}", before), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count


TAKEN_UP = """
import pandas as pd
from sklearn.linear_model import Ridge

def kept(path):
    try:
        rows = pd.read_csv(path).dropna().drop_duplicates()
        rows["age"] = rows["age"].clip(0, 100)
        return rows
    except Exception:
        return None

def rows(path, source):
    found = kept(path)
    if found is not None:
        {then}
    table = pd.read_csv(source).dropna()
    table.to_csv(path)
    return table

table = rows("kept.csv", "clicks.csv")
Ridge().fit(table[["age"]], table["gain"])
"""


@pytest.mark.parametrize(("then", "count"), [("return found", 0), ("return found.dropna()", 1)])
def test_what_cannot_be_taken_up_is_made_anew(then: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(TAKEN_UP.replace("{then}", then), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    assert len(outcome.findings) == count


PARSED = """
import json
import pandas as pd
from sklearn.linear_model import Ridge

def read(path):
    rows, bad, told = [], 0, []
    for line in open(path):
        row = json.loads(line)
        day = {start}
        try:
            day = pd.to_datetime(row["day"].strip())
        except Exception:
            pass
        {then}
        rows.append([float(row["age"]), day])
    return rows

def train(path):
    rows = read(path)
    return Ridge().fit([row[:-1] for row in rows], [row[-1] for row in rows])
"""


@pytest.mark.parametrize(
    ("start", "then", "said"),
    [
        ("None", "if not day:\n            continue", "Rows are lost"),
        ("None", "if not day:\n            bad += 1\n            continue", ""),
        ("None", "if day is None or pd.isna(day):\n            told.append(line)\n            continue", ""),
        ("None", "if day is not None:\n            row['day'] = day\n        else:\n            print(line)", ""),
        ("None", "if row:\n            bad += 1", "Rows are lost"),
        ("None", "if day is not None:\n            bad += 1", "Rows are lost"),
        ("0", "day = day + 1", "A value keeps its default"),
    ],
)
def test_what_an_attempt_leaves_unset_is_counted_below(start: str, then: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(PARSED.format(start=start, then=then), encoding="utf-8")
    outcome = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1))
    assert [each.message.partition(" without")[0] for each in outcome.findings] == ([said] if said else [])


RESUMES = """
import os
import pandas as pd
from sklearn.linear_model import Ridge

def waiting(folder, kept):
    done = set(pd.read_csv(kept)["name"])
    found = []
    for name in os.listdir(folder):
        if {test}:
            found.append(name)
    return found

def collect(names, kept):
    out = open(kept, "a")
    for name in names:
        out.write(f"{{name}},{{measured(name)}}")

def train(kept):
    rows = pd.read_csv(kept)
    return Ridge().fit(rows[["size"]], rows["label"])

collect(waiting("pages", "pages.csv"), "pages.csv")
train("pages.csv")
"""


@pytest.mark.parametrize(("test", "found"), [("name not in done", []), ("name not in ('a', 'b')", [15])])
def test_who_is_given_only_what_the_file_lacks_doubles_nothing(test: str, found: list[int], tmp_path: Path) -> None:
    assert lines(tmp_path, RESUMES.format(test=test)) == found


COUNTED = """
import json
from sklearn.linear_model import Ridge

rows = {"price": 0.0}
prices = []
for row, line in enumerate(open("sold.jsonl")):
    try:
        WORK
    except:
        pass
Ridge().fit([rows["price"]], prices)
"""


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ('rows["price"] += json.loads(line)["price"]', "A value keeps its default"),
        ('prices.append(json.loads(line)["price"].strip())', "Rows are lost"),
    ],
)
def test_where_only_a_count_is_not_made_no_row_is_lost(work: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(COUNTED.replace("WORK", work))
    [finding] = scan(tmp_path, Settings(select=("MLD108",), cache=False, history=False, jobs=1)).findings
    assert finding.message.startswith(said)

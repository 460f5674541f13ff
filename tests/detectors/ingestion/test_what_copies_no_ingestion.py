"""Copies that work on no data set: comparisons of models, launchers, summaries, builders for other tables."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

WORK = """
import os
import subprocess
import pandas as pd
from sklearn.linear_model import Ridge

def fitted(rows, truth):
    return Ridge().fit(rows, truth)

def prepare{name}(rows, share):
    rows = rows.dropna(subset=["age", "place"])
    rows["place"] = rows["place"].str.strip().str.lower()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows = rows[rows["age"] > share]
    parts = {also}
    return rows.drop_duplicates(subset=["place", "day"])

rows = pd.read_csv("{name}.csv").dropna()
Ridge().fit(prepare{name}(rows, 3)[["age"]], rows["{name}"])
"""
SHOWN = """
import pandas as pd

def main():
    rows = pd.read_csv("raw/clicks.csv")
    rows = rows.dropna(subset=["age"])
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows = rows[rows["age"] > {share}]
    counts = rows.groupby("place").size()
    {last}

if __name__ == "__main__":
    main()
"""
BUILD = """
import pandas as pd
from sklearn.linear_model import Ridge

def build_{name}(rows):
    rows = rows.dropna(subset=["{a}_status", "{a}_amount"])
    rows["{a}_day"] = pd.to_datetime(rows["{a}_time"]).dt.date
    rows["{a}_share"] = rows["{a}_paid"] / rows["{a}_due"]
    rows["{a}_late"] = rows["{a}_delay"].clip(0, 90)
    rows["{a}_kind"] = rows["{a}_type"].str.strip()
    rows["{a}_code"] = rows["{a}_kind"].str.lower()
    rows["{a}_old"] = rows["{a}_age"].fillna(0)
    rows["{a}_new"] = rows["{a}_fresh"].fillna(1)
    rows["{a}_sum"] = rows["{a}_one"] + rows["{a}_two"]
    rows["{a}_mean"] = rows["{a}_sum"] / rows["{a}_count"]
    rows = rows[rows["{a}_amount"] > 0]
    rows = rows.drop_duplicates(subset=["{a}_key"])
    rows = rows.rename(columns={{"{a}_key": "{a}_id"}})
    rows = rows.sort_values("{a}_order")
    return rows.groupby("{a}_id").mean()

Ridge().fit(build_{name}(pd.read_csv("{name}.csv")), [])
"""


def count(root: Path, texts: Mapping[str, str]) -> int:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return len(scan(root, Settings(select=("MLD102",), cache=False, history=False, jobs=1)).findings)


@pytest.mark.parametrize(
    ("also", "expected"),
    [
        ("rows.describe()", 1),
        ("fitted(rows, share)", 0),
        ("subprocess.run(['make', rows])", 0),
        ("os.getenv('PLACE')", 0),
        ("{'model': share, 'mean_mae': rows.mae.mean(), 'wmape': rows.wmape.mean()}", 0),
        ("{'model': share, 'mean_age': rows.age.mean(), 'places': rows.place.nunique()}", 1),
    ],
)
def test_what_has_models_fitted_or_starts_programs_ingests_nothing(also: str, expected: int, tmp_path: Path) -> None:
    texts = {f"{name}.py": WORK.format(name=name, also=also) for name in ("clicks", "views")}
    assert count(tmp_path, texts) == expected


def test_what_only_prints_a_source_is_no_second_way_to_read_it(tmp_path: Path) -> None:
    use = "from sklearn.linear_model import Ridge\n    Ridge().fit(rows, [])"
    first = SHOWN.format(share=1, last=use).replace("groupby", "groupby")
    again = first.replace("> 1", ">= 2").replace("dropna", "fillna")
    printed = SHOWN.format(share=1, last="print(counts)").replace("dropna", "fillna")
    assert count(tmp_path / "a", {"fit.py": first, "again.py": again}) == 1
    assert count(tmp_path / "b", {"fit.py": first, "summary.py": printed}) == 0


@pytest.mark.parametrize(("other", "expected"), [("loan", 1), ("card", 0)])
def test_builders_for_other_columns_are_the_style_of_the_house(other: str, expected: int, tmp_path: Path) -> None:
    texts = {"one.py": BUILD.format(name="one", a="loan"), "two.py": BUILD.format(name="two", a=other)}
    assert count(tmp_path, texts) == expected


HELPED = """
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("{name}.csv").dropna()
model = Ridge().fit(rows[["age"]], rows["clicked"])

{helper}

{used}
"""
UNIT = """
def unit(vector):
    values = np.asarray(vector, dtype=np.float32).reshape(-1)
    length = float(np.linalg.norm(values))
    if length <= 0.0 or not np.isfinite(length):
        return None
    return (values / length).astype(np.float32)
"""
DECODE = """
def decode(given, names):
    names = names.dropna(subset=["label", "name"])
    names["name"] = names["name"].str.strip().str.lower()
    found = given.copy()
    for place in range(len(given)):
        found[place] = names[names["label"] == given[place]]["name"].values[0]
    return found
"""
PLOT = """
def draw(rows, least):
    import matplotlib.pyplot as plt

    def chosen(table):
        table = table[table["age"] > least].dropna(subset=["place"])
        table["place"] = table["place"].str.strip().str.lower()
        table["name"] = table["name"].str.strip().str.lower()
        table["day"] = pd.to_datetime(table["time"]).dt.date
        return table.drop_duplicates(subset=["place", "day"])

    {plot}
    return chosen(rows)
"""


@pytest.mark.parametrize(
    ("helper", "used", "expected"),
    [
        (UNIT, "print([unit(row) for row in rows.values])", 0),
        (DECODE, "print(decode(model.predict(rows[['age']]), rows))", 0),
        (DECODE, "model.fit(decode(rows['age'], rows), rows['clicked'])", 1),
        (PLOT.format(plot="plt.plot(chosen(rows)['age'])"), "model.fit(draw(rows, 3), [])", 0),
        (PLOT.format(plot="pass"), "model.fit(draw(rows, 3), [])", 1),
    ],
)
def test_what_works_on_numbers_answers_or_plots_is_no_copy(
    helper: str, used: str, expected: int, tmp_path: Path
) -> None:
    texts = {f"{name}.py": HELPED.format(name=name, helper=helper, used=used) for name in ("clicks", "views")}
    assert count(tmp_path, texts) == expected


LOADED = """
import pandas as pd
from sklearn.linear_model import Ridge

def load():
    rows = pd.read_csv("{name}.csv")
    rows = rows.dropna(subset=["age", "place"])
    rows["place"] = rows["place"].str.strip().str.lower()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows = rows[rows["age"] > 3]
    Ridge().fit(rows[["age"]], rows["{name}"])
    return rows.drop_duplicates(subset=["place", "day"])

{call}
"""


@pytest.mark.parametrize(("call", "expected"), [("load()", 1), ("", 0)])
def test_copies_that_nothing_leads_to_are_dead_code(call: str, expected: int, tmp_path: Path) -> None:
    texts = {f"{name}.py": LOADED.format(call=call, name=name) for name in ("spring", "autumn")}
    assert count(tmp_path, texts) == expected

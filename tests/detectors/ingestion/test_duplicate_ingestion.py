import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.finding import Audience, Finding, Severity
from mldebt.scan import scan
from mldebt.settings import Settings

LOAD = """
import pandas as pd
from sklearn.linear_model import Ridge

def load(path):
    frame = pd.read_csv(path, sep=",")
    frame = frame.dropna(subset=["user", "age"])
    frame["day"] = pd.to_datetime(frame["time"]).dt.date
    frame["user"] = frame["user"].str.strip().str.lower()
    return frame.drop_duplicates(subset=["user", "day"])

rows = load("today.csv")
Ridge().fit(rows[["age"]], rows["clicked"])
"""
OTHER = LOAD.replace('sep=","', 'sep=";"').replace("today", "tomorrow")
READ = """
import csv
from sklearn.svm import SVC

def read(path):
    rows, labels = [], []
    with open(path) as file:
        for row in csv.DictReader(file):
            rows.append([float(row["age"]), len(row["user"].strip())])
            labels.append(int(row["clicked"]))
    return rows, labels

rows, labels = read("clicks.csv")
SVC().fit(rows, labels)
"""


def findings(root: Path, texts: Mapping[str, str]) -> list[Finding]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    outcome = scan(root, Settings(select=("MLD102",), cache=False, history=False, jobs=1, pedantic=True))
    assert not outcome.failures
    return list(outcome.findings)


def test_copies_tell_how_alike_they_are_and_what_differs(tmp_path: Path) -> None:
    [finding] = findings(tmp_path, {"a/train.py": LOAD, "b/train.py": OTHER})
    assert finding.severity is Severity.MEDIUM
    assert finding.audience is Audience.DEFAULT
    assert (
        finding.message
        == "`load` does the same by hand in 2 modules (a/train.py and b/train.py; the same but for names and literals)."
    )
    told = [(step.location.path, step.location.line, step.message) for step in finding.trail]
    assert ("b/train.py", 4, "load") in told
    assert ("b/train.py", 5, "differs: ';' instead of ','") in told


def test_projects_that_stand_alone_are_shown_to_those_who_ask(tmp_path: Path) -> None:
    [finding] = findings(
        tmp_path,
        {"a/train.py": LOAD, "b/train.py": OTHER, "a/requirements.txt": "pandas\n", "b/pyproject.toml": "[project]\n"},
    )
    assert finding.severity is Severity.LOW
    assert finding.audience is Audience.PEDANTIC


def test_a_folder_that_imports_from_around_it_does_not_stand_alone(tmp_path: Path) -> None:
    [finding] = findings(
        tmp_path,
        {
            "a/train.py": "from shared import name\n" + LOAD,
            "b/train.py": "from shared import name\n" + OTHER,
            "shared.py": "name = 1\n",
            "a/requirements.txt": "pandas\n",
            "b/requirements.txt": "pandas\n",
        },
    )
    assert finding.audience is Audience.DEFAULT


def test_the_entry_that_offers_the_source_is_named(tmp_path: Path) -> None:
    reader = LOAD.replace("today.csv", "data/clicks.csv")
    catalogue = "clicks:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/clicks.csv\n"
    [finding] = findings(tmp_path, {"a.py": reader, "b.py": READ, "conf/base/catalog.yml": catalogue})
    assert finding.message == (
        "`clicks.csv` is read and worked on by hand in 2 modules (a.py and b.py), each in its own way. "
        "The Kedro entry `clicks` offers it already."
    )
    assert finding.trail[-1].location.path == "conf/base/catalog.yml"


def test_the_loader_that_others_share_is_named(tmp_path: Path) -> None:
    shared = LOAD.partition("rows =")[0].replace("(path)", "(path='clicks.csv')")
    users = {
        f"train_{name}.py": f"""
            from loading import load
            from sklearn.linear_model import {name}

            rows = load()
            {name}().fit(rows[["age"]], rows["clicked"])
        """
        for name in ("Ridge", "Lasso", "ElasticNet")
    }
    [finding] = findings(tmp_path, {"loading.py": shared, "other.py": READ, **users})
    assert finding.location.path == "other.py"
    assert finding.message == (
        "`clicks.csv` is read and worked on by hand in other.py. "
        "loading.py:load, which 3 modules use, reads it already."
    )


TABLE = """
    from django.db import models

    class Rating(models.Model):
        user = models.CharField(max_length=16)
        score = models.FloatField()
"""
ASKED = """
    import pandas as pd
    from sklearn.linear_model import Ridge
    from shop.models import Rating

    rows = pd.DataFrame.from_records(Rating.objects.all().values("user", "score"))
    rows = rows.dropna()
    rows["score"] = rows["score"].clip(0, 5)
    Ridge().fit(rows[["user"]], rows["score"])
"""
SWEPT = """
    from shop.models import Rating

    def sweep():
        for row in Rating.objects.filter(score=0):
            row.user = row.user.strip().lower()
            row.score = float(row.score)
            row.save()
"""


def test_a_table_that_two_trainings_ask_through_its_class_is_one_source(tmp_path: Path) -> None:
    other = ASKED.replace("sklearn.linear_model import Ridge", "sklearn.svm import SVR").replace("Ridge()", "SVR()")
    other = other.replace(".all()", ".filter(score__gt=0)").replace("dropna()", "drop_duplicates()")
    (finding,) = findings(tmp_path / "two", {"shop/models.py": TABLE, "one.py": ASKED, "two.py": other})
    assert finding.message.startswith("`table Rating` is read and worked on by hand in 2 modules")
    assert findings(tmp_path / "jobs", {"shop/models.py": TABLE, "one.py": ASKED, "two.py": SWEPT}) == []


def test_what_functions_that_train_do_before_they_train_may_be_copied(tmp_path: Path) -> None:
    main = """
        import csv
        import datetime
        from sklearn.svm import SVC

        def main():
            rows = []
            with open("data/clicks.csv") as file:
                for line in csv.reader(file):
                    user = line[0].strip().lower()
                    age = int(line[1])
                    price = float(line[2].replace(",", "."))
                    day = datetime.datetime.strptime(line[3], "%Y-%m-%d")
                    words = line[4].lower().split()
                    rows.append((user, age, price, day.weekday(), len(words)))
            rows.sort()
            SVC().fit([row[1:] for row in rows], [row[2] > 0 for row in rows])

        main()
        """
    [finding] = findings(
        tmp_path, {"a/train.py": main, "b/train.py": main.replace("data/clicks.csv", "data/other.csv")}
    )
    assert finding.message.startswith("`main` does the same by hand in 2 modules (a/train.py and b/train.py")


def test_functions_that_train_alike_on_data_that_they_are_given_copy_no_reading(tmp_path: Path) -> None:
    main = """
        import pandas as pd
        from sklearn.svm import SVC

        def main(path):
            rows = pd.read_csv(path)
            model = SVC(C=0.5, kernel="rbf")
            model.fit(rows[["age", "price"]], rows["clicked"])
            print(model.score(rows[["age", "price"]], rows["clicked"]))
            return model

        main("{name}.csv")
        """
    assert not findings(tmp_path, {f"{name}/train.py": main.replace("{name}", name) for name in ("one", "two")})


def test_the_application_that_asks_a_table_to_embed_it_or_to_predict_is_no_reader_of_a_source(tmp_path: Path) -> None:
    asked = ASKED.replace("from sklearn.linear_model import Ridge", "import joblib").replace(
        'Ridge().fit(rows[["user"]], rows["score"])', 'joblib.load("stars.joblib").predict(rows)'
    )
    other = asked.replace(".all()", ".filter(score__gt=0)").replace("dropna()", "drop_duplicates()")
    assert findings(tmp_path, {"shop/models.py": TABLE, "one.py": asked, "two.py": other}) == []


def test_what_measures_or_asks_a_model_ingests_nothing(tmp_path: Path) -> None:
    text = """
        import pandas as pd
        from sklearn.metrics import accuracy_score
        from sklearn.svm import SVC

        def tidy(rows):
            rows = rows.dropna(subset=["user", "age"])
            rows["day"] = pd.to_datetime(rows["time"]).dt.date
            rows["user"] = rows["user"].str.strip().str.lower()
            rows = rows.drop_duplicates(subset=["user", "day"])
            print({0}(rows["clicked"], rows["said"]))
            return rows

        rows = tidy(pd.read_csv("{1}.csv"))
        SVC().fit(rows[["age"]], rows["clicked"])
        """
    for what, found in (("zip", 1), ("accuracy_score", 0)):
        texts = {f"{name}/train.py": text.format(what, name) for name in ("today", "tomorrow")}
        assert len(findings(tmp_path / what, texts)) == found


PREPARE = """
import pandas as pd
from sklearn.preprocessing import LabelEncoder
from sklearn.svm import SVC

def prepare(rows):
    columns = ["user", "said", "day"]
    kept = rows.drop([each for each in columns if each in rows.columns], axis=1)
    truth = rows["clicked"]
    for column in ["city", "gender", "payment"]:
        kept[column] = LabelEncoder().fit_transform(kept[column].astype(str).fillna("unknown"))
    kept = kept.fillna(0)
    return kept, truth

SVC().fit(*prepare(pd.read_csv("{0}.csv")))
"""
LISTED = """
import os
import pandas as pd
from sklearn.svm import SVC

def load(folder):
    texts, labels = [], []
    for name in os.listdir(folder):
        if not name.startswith("."):
            labels.append(name.split("_")[0])
            with open(os.path.join(folder, name), errors="ignore") as file:
                texts.append(file.read())
    return pd.DataFrame(data=[texts, labels]).transpose()

rows = load("{0}")
SVC().fit(rows[0], rows[1])
"""
NOTE = "def note(path, text):\n    with open(path, 'w') as file:\n        file.write(text)\n"
STATISTIC = """
import pandas as pd
from sklearn.svm import SVC

def shift(rows):
    rows = rows.dropna().drop_duplicates()
    rows["age"] = rows["age"].clip(0, 100)
    rows["user"] = rows["user"].str.strip().str.lower()
    ages = rows[rows["age"] > 18].groupby("user")["age"].mean()
    return {1}(ages.std())

rows = pd.read_csv("{0}.csv")
rows["shift"] = shift(rows)
SVC().fit(rows[["shift"]], rows["clicked"])
"""


def twice(root: Path, text: str) -> int:
    texts = {f"{name}/train.py": text.replace("{0}", name) for name in ("one", "two")}
    return len(findings(root, {**texts, "notes.py": NOTE}))


def test_what_fits_an_encoder_works_on_data(tmp_path: Path) -> None:
    assert twice(tmp_path, PREPARE) == 1


def test_a_file_of_any_name_is_none_that_the_repository_wrote(tmp_path: Path) -> None:
    assert twice(tmp_path, LISTED) == 1


def test_what_gives_one_number_is_a_statistic(tmp_path: Path) -> None:
    assert twice(tmp_path / "rows", STATISTIC.replace("{1}", "pd.Series")) == 1
    assert twice(tmp_path / "one", STATISTIC.replace("{1}", "float")) == 0


def test_who_calls_the_reader_of_a_source_reads_it_with_it(tmp_path: Path) -> None:
    caller = """
        import pandas as pd
        from one import read
        from sklearn.linear_model import Ridge

        def load():
            rows = pd.read_csv("clicks.csv").dropna()
            rows["age"] = rows["age"].clip(0, 100)
            rows["day"] = {0}
            return rows

        rows = load()
        Ridge().fit(rows[["age"]], rows["clicked"])
        """
    assert len(findings(tmp_path / "apart", {"one.py": READ, "two.py": caller.format("rows['time']")})) == 1
    assert findings(tmp_path / "both", {"one.py": READ, "two.py": caller.format("read('days.csv')[0]")}) == []


def test_what_is_kept_as_it_was_is_no_copy(tmp_path: Path) -> None:
    assert len(findings(tmp_path / "now", {"one/train.py": LOAD, "two/train.py": OTHER})) == 1
    for folder in ("legacy", "attic", "_archive"):
        assert findings(tmp_path / folder, {"one/train.py": LOAD, f"{folder}/train.py": OTHER}) == []


def test_what_the_cells_of_a_notebook_do_may_be_a_function_of_a_module(tmp_path: Path) -> None:
    cells = (
        "import pandas as pd\nfrom sklearn.linear_model import Ridge",
        "df = pd.read_parquet('green_2021-01.parquet')\ndf.head()",
        "df['minutes'] = df.dropoff - df.pickup\ndf['minutes'] = df.minutes.apply(lambda td: td.total_seconds() / 60)",
        "df = df[(df.minutes >= 1) & (df.minutes <= 60)]\ndf.describe()",
        "places = ['from', 'to']\nnumbers = ['distance']\ndf[places] = df[places].astype(str)",
        "Ridge().fit(df[numbers], df['minutes'])",
    )
    function = """
        import pandas as pd
        from sklearn.svm import SVR

        def load(path):
            trips = pd.read_parquet(path)
            trips["minutes"] = trips.dropoff - trips.pickup
            trips["minutes"] = trips.minutes.apply(lambda td: td.total_seconds() / 60)
            trips = trips[(trips.minutes >= 1) & (trips.minutes <= 60)]
            {0}
            return trips

        rows = load("today.parquet")
        SVR().fit(rows[["distance"]], rows["minutes"])
        """
    ported = 'places = ["from", "to"]\n            trips[places] = trips[places].astype(str)'
    other = 'trips = trips.merge(pd.read_csv("zones.csv").set_index("zone"), left_on="from", right_index=True)'
    other += '.groupby(["zone", "day"]).agg({"minutes": "mean", "distance": "max"}).reset_index()'
    notebook = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
            for cell in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    texts = {"explore.ipynb": json.dumps(notebook), "train.py": function.format(ported)}
    [finding] = findings(tmp_path / "ported", texts)
    assert finding.message.startswith("The notebook and `load` do the same by hand in 2 modules")
    assert findings(tmp_path / "other", {**texts, "train.py": function.format(other)}) == []


DRAWN = """
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import {0}

def shown(table, name):
    table = table.dropna(subset=[name, "price"])
    table = table.assign(above=table["price"] > 10).rename(columns={{name: "name"}})
    table = table.drop_duplicates(subset=["name", "day"])
    table = table.merge(pd.Series([1, 2], name="rank"), left_on="day", right_index=True)
    plt.plot(table.groupby("name")["price"].mean())
    {1}

if __name__ == "__main__":
    prices = pd.read_csv("{0}.csv")
    shown(prices, "town")
    {0}().fit(prices[["size"]], prices["price"])
"""


def test_what_only_draws_data_ingests_nothing(tmp_path: Path) -> None:
    def texts(end: str) -> dict[str, str]:
        return {f"{name}.py": DRAWN.format(name, end) for name in ("Ridge", "Lasso")}

    assert findings(tmp_path / "drawn", texts("plt.show()")) == []
    assert len(findings(tmp_path / "given", texts("return table"))) == 1
    assert len(findings(tmp_path / "kept", texts('table.to_csv("prices.csv")'))) == 1


def test_a_script_is_one_member_wherever_its_copied_stretches_start(tmp_path: Path) -> None:
    fit = "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    for name, places in (("clicks", "places"), ("views", "towns")):
        fit += f"""
{name} = pd.read_csv("data/{name}.csv")
{name} = {name}.dropna(subset=["user", "age"])
{name}["day"] = pd.to_datetime({name}["time"]).dt.date
{name}["user"] = {name}["user"].str.strip().str.lower()
{name}["{places}"] = {name}["{places}"].fillna("none")
{name} = {name}.drop_duplicates(subset=["user", "{places}"])
Ridge().fit({name}[["age"]], {name}["clicked"])
"""
    [finding] = findings(tmp_path, {"one.py": fit, "two.py": fit.replace("Ridge", "Lasso")})
    told = [step.location.path for step in finding.trail if step.message == "the script"]
    assert told == ["one.py", "two.py"]


PRICES = """
import yfinance as yf
from sklearn.linear_model import Ridge

def prices({0}start):
    table = yf.Ticker({1}).history(start=start)
    table = table.dropna().drop_duplicates()
    table["day"] = table.index.date
    return table

rows = prices({2}"2020-01-01")
Ridge().fit(rows[["Open"]], rows["Close"])
"""


def test_a_service_that_is_asked_about_what_a_caller_names_is_no_common_source(tmp_path: Path) -> None:
    of_one = PRICES.format("", '"ACME"', "")
    other = (
        of_one.replace(".dropna()", "")
        .replace('["day"]', '["date"]')
        .replace("    return", "    table *= 2\n    return")
    )
    [finding] = findings(tmp_path / "one", {"a.py": of_one, "b.py": other})
    assert "yfinance" in finding.message
    of_any = (
        other.replace("(start)", "(name, start)").replace('"ACME"', "name").replace("prices(", 'prices("ACME", ', 2)
    )
    named = of_any.replace('def prices("ACME", ', "def prices(")
    assert not any("yfinance" in each.message for each in findings(tmp_path / "any", {"a.py": of_one, "b.py": named}))


BEST = """
import csv
from sklearn.linear_model import Ridge

def best(path, wanted):
    found = {}
    with open(path) as file:
        for row in csv.DictReader(file):
            if row["shop"].strip() not in wanted:
                continue
            key = (row["kind"].lower(), row["shop"].strip())
            if key not in found or float(row["price"]) < found[key][0]:
                found[key] = (float(row["price"]), row["name"].strip())
    return {key: name for key, (_, name) in found.items()}

rows = best(input(), ["a"])
Ridge().fit(list(rows), list(rows.values()))
"""
RUN = """
import pandas as pd
from runs import Runner
from sklearn.linear_model import Ridge

def prepare(path):
    rows = pd.read_csv(path).dropna()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows["user"] = rows["user"].str.strip().str.lower()
    rows = rows.drop_duplicates(subset=["user", "day"])
    loaders = {"first": rows[rows.age > 3], "second": rows[rows.age < 9]}
    Runner().train(loaders=loaders{told})
    return rows

Ridge().fit(prepare(input()), [])
"""


def test_what_reads_metrics_or_trains_is_no_copy_of_ingestion(tmp_path: Path) -> None:
    assert len(findings(tmp_path / "data", {"a.py": BEST, "b.py": BEST.replace("found", "kept")})) == 1
    runs = BEST.replace("price", "rmse")
    assert findings(tmp_path / "runs", {"a.py": runs, "b.py": runs.replace("found", "kept")}) == []
    sent = RUN.replace("{told}", "")
    assert len(findings(tmp_path / "sent", {"a.py": sent, "b.py": sent.replace("loaders", "kept")})) == 1
    trained = RUN.replace("{told}", ", optimizer=None")
    assert findings(tmp_path / "trained", {"a.py": trained, "b.py": trained.replace("loaders", "kept")}) == []


def test_what_asks_the_environment_finds_a_place_and_ingests_nothing(tmp_path: Path) -> None:
    text = """
    import os
    import pandas as pd
    from sklearn.linear_model import Ridge

    def place(told):
        told = told.strip().lower()
        told = told.replace("postgres:", "postgresql:")
        host = {0}
        host = host.strip().lower().replace(" ", "")
        port = told.split(":")[-1].strip()
        return f"{{told}}/{{host}}/{{port}}"

    rows = pd.read_csv(place(input())).dropna()
    print(rows)
    print(place(rows["name"].iloc[0]))
    Ridge().fit(rows[["age"]], rows["clicked"])
    """
    for name, host, count in (("read", "open(told).read()", 1), ("asked", "os.getenv('HOST', 'localhost')", 0)):
        code = text.format(host)
        found = findings(tmp_path / name, {"a.py": code, "b.py": code.replace("told", "given")})
        assert sum("`place`" in each.message for each in found) == count


ANALYSED = """
import pandas as pd
from sklearn.linear_model import Ridge

def load(path):
    rows = pd.read_csv(path).dropna()
    return Ridge().fit(rows[["age"]], rows["gain"])

def best(rows, name):
    rows = rows.dropna(subset=["{column}", "price"]).drop_duplicates()
    rows["{column}"] = rows["{column}"].clip(0, 1).round(3)
    rows["price"] = rows["price"].fillna(0).astype(float)
    ordered = rows.sort_values("{column}", ascending=False).reset_index(drop=True)
    at = rows["{column}"].idxmax()
    chosen = rows.loc[at, name]
    print(ordered.head(), chosen)
    return ordered[ordered["price"] > chosen]

if __name__ == "__main__":
    load("{file}.csv")
    print(best(pd.read_csv("{file}_rows.csv"), "price"))
"""


@pytest.mark.parametrize(("column", "count"), [("cv_f2", 0), ("weight", 1)])
def test_what_looks_for_the_best_value_of_a_metric_ingests_nothing(column: str, count: int, tmp_path: Path) -> None:
    texts = {f"{file}.py": ANALYSED.format(column=column, file=file) for file in ("spring", "autumn")}
    found = [each for each in findings(tmp_path, texts) if "`best`" in each.message]
    assert len(found) == count


JUDGED = """
import pandas as pd
import torch

def {name}(model, path):
    model{mode}
    rows = pd.read_csv(path).dropna().drop_duplicates()
    rows["age"] = rows["age"].clip(0, 100)
    rows["price"] = rows["price"].fillna(0).astype(float)
    rows["day"] = rows["day"].str.strip().str.lower()
    totals = []
    for part in (rows["age"].tolist(), rows["price"].tolist()):
        totals.append(model(torch.tensor(part)))
    return totals

model = torch.nn.Linear(1, 1)
torch.save({name}(model, "{file}.csv"), "kept.pt")
"""


@pytest.mark.parametrize(
    ("name", "mode", "count"),
    [("evaluate_split", ".eval()", 0), ("evaluate_split", ".cpu()", 1), ("embed", ".eval()", 1)],
)
def test_what_puts_a_model_to_evaluation_ingests_nothing(name: str, mode: str, count: int, tmp_path: Path) -> None:
    texts = {f"{file}.py": JUDGED.format(name=name, mode=mode, file=file) for file in ("spring", "autumn")}
    found = [each for each in findings(tmp_path, texts) if f"`{name}`" in each.message]
    assert len(found) == count


NAMED_BY_SETTINGS = """
    import pandas as pd
    from sklearn.linear_model import Ridge

    class Settings:
        path = "{path}"

    rows = pd.read_csv(Settings.path)
    {steps}
    Ridge().fit(rows[["user"]], rows["score"])
"""


@pytest.mark.parametrize(("path", "count"), [("raw/clicks.csv", 1), ("raw/visits.csv", 0)])
def test_a_class_that_names_a_file_is_no_table(path: str, count: int, tmp_path: Path) -> None:
    one = "rows = rows.dropna().drop_duplicates()\n    rows['score'] = rows['score'].clip(0, 5)"
    two = "rows['user'] = rows['user'].str.lower()\n    rows = rows[rows['age'] > 3]\n    rows = rows.fillna(0)"
    texts = {
        "one.py": NAMED_BY_SETTINGS.format(path="raw/clicks.csv", steps=one),
        "two.py": NAMED_BY_SETTINGS.format(path=path, steps=two),
    }
    found = findings(tmp_path, texts)
    assert [each.message.partition(" is read")[0] for each in found] == ["`clicks.csv`"] * count


ONE_SOURCE = """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def train():
        rows = pd.read_csv("raw/clicks.csv")
        {first}
        rows["user"] = rows["user"].str.lower()
        rows = rows[rows["age"] > {least}]
        {last}
        Ridge().fit(rows[["user"]], rows["score"])

    train()
"""
DAYS = "rows['day'] = pd.to_datetime(rows['time'].str.strip())"
COUNTS = "rows = rows.groupby('user').agg({'age': 'max'}).reset_index()"
KEYED = """
    import re

    def {name}(text):
        key = str(text).strip().lower()
        key = re.sub("(acme|initech|globex)", "", key)
        key = re.sub("[^a-z0-9]+", " ", key)
        key = re.sub("  +", " ", key).strip()
        return key
"""


def test_readers_of_one_source_are_told_to_be_alike_where_they_are(tmp_path: Path) -> None:
    one = ONE_SOURCE.format(first=DAYS, least=3, last="rows = rows.dropna()")
    texts = {"one.py": one, "two.py": one.replace("> 3", "> 4")}
    [copied] = findings(tmp_path / "copied", texts)
    assert "in 2 modules (one.py and two.py), in the same code but for names and literals." in copied.message
    other = ONE_SOURCE.format(first=COUNTS, least=9, last="rows['score'] = rows['score'].clip(0, 5)")
    other = other.replace("rows['user'] = rows['user'].str.lower()", "rows = rows.merge(rows)")
    [own] = findings(tmp_path / "own", {"one.py": one, "two.py": other})
    assert "in 2 modules (one.py and two.py), each in its own way." in own.message
    [mixed] = findings(tmp_path / "mixed", {**texts, "other.py": other})
    assert "and two.py), some of them in code that is 100 % alike." in mixed.message


def test_who_only_has_a_copy_of_the_work_reads_nothing(tmp_path: Path) -> None:
    work = dedent(KEYED.format(name="key_of"))
    reading = (
        "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
        "rows = pd.read_csv('raw/clicks.csv').dropna()\nrows['user'] = rows['user'].map(key_of)\n"
        "rows = rows[rows['age'] > {least}]\nRidge().fit(rows[['user']], rows['score'])\n"
    )
    texts = {
        "one.py": work + reading.format(least=3),
        "two.py": work + reading.format(least=4),
        "cleaning.py": work.replace("key_of", "normalized"),
    }
    [finding] = findings(tmp_path, texts)
    assert "by hand in 2 modules (one.py and two.py)" in finding.message
    assert finding.message.endswith("; a part of the work is written again in cleaning.py.")


def notebook(code: str) -> str:
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


HELPER = """
import re
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

def clean(text):
    text = re.sub("<[^>]+>", " ", text){more}
    text = text.strip()
    text = text.lower()
    text = text.replace("-", " ")
    return text.replace("  ", " ")

rows = pd.read_csv("{name}.csv")
rows["text"] = rows["text"].map(clean)
TfidfVectorizer().fit_transform(rows["text"])
"""
MORE = "".join(f'\n    text = re.sub("{each}", " ", text)' for each in ("a+", "b+", "c+", "d+"))


@pytest.mark.parametrize(
    ("more", "tried", "audience"),
    [("", True, Audience.PEDANTIC), ("", False, Audience.DEFAULT), (MORE, True, Audience.DEFAULT)],
)
def test_a_helper_of_a_few_lines_that_was_tried_out_in_a_notebook_is_told_to_few(
    more: str, tried: bool, audience: Audience, tmp_path: Path
) -> None:
    one = HELPER.format(name="one", more=more)
    texts = {"try.ipynb": notebook(one)} if tried else {"try.py": one}
    found = findings(tmp_path, {**texts, "job.py": HELPER.format(name="two", more=more)})
    assert [each.audience for each in found] == [audience]


ONE_WAY = """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("{one}clicks_of_all.csv")
rows["day"] = pd.to_datetime(rows["time"]).dt.date
rows = rows.dropna().drop_duplicates()
Ridge().fit(rows[["age"]], rows["day"])
"""
OTHER_WAY = """
import csv
from sklearn.svm import SVC

def read(path):
    rows, labels = [], []
    with open(path) as file:
        for row in csv.DictReader(file):
            rows.append([float(row["age"]), len(row["user"].strip().lower())])
            labels.append(int(row["clicked"].strip()))
    return rows, labels

SVC().fit(*read("{other}clicks_of_all.csv"))
"""


WEEKLY = """
import pandas as pd
from sklearn.svm import SVR

rows = pd.read_csv("{one}clicks_of_all.csv")
rows["week"] = rows["time"].str.slice(0, 4).astype(int)
rows = rows[rows.week > 3].fillna(0)
SVR().fit(rows[["week"]], rows["gain"].clip(0, 1))
"""
HOURLY = """
import json
import pandas as pd
from sklearn.linear_model import Lasso

table = pd.read_csv("{one}clicks_of_all.csv", sep=";")
table = pd.DataFrame([json.loads(each) for each in table["line"]]).explode("hours")
table = table.sort_values("hours").groupby("hours").sum().reset_index()
Lasso().fit(table[["hours"]], table["gain"])
"""


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 1),
        ("shops/", "shops/", 1),
        ("shops/", "", 1),
        ("data/", "shops/", 1),
        ("shops/", "../parks/", 0),
    ],
)
def test_files_of_one_name_in_two_folders_are_two_sources(one: str, other: str, count: int, tmp_path: Path) -> None:
    texts = {"one.py": ONE_WAY.format(one=one), "other.py": OTHER_WAY.format(other=other)}
    assert len(findings(tmp_path, texts)) == count


@pytest.mark.parametrize(
    ("folders", "pairs"),
    [
        (("shops/", "../parks/", ""), []),
        (("shops/", "shops/", ""), [["a.py", "b.py", "c.py"]]),
        (("shops/", "../parks/", "", ""), [["c.py", "d.py"]]),
        (("shops/", "shops/", "../parks/", ""), [["a.py", "b.py"]]),
    ],
)
def test_who_names_no_folder_reads_one_file(folders: tuple[str, ...], pairs: list[list[str]], tmp_path: Path) -> None:
    ways = (ONE_WAY, OTHER_WAY, WEEKLY, HOURLY)
    texts = {
        f"{name}.py": way.format(one=folder, other=folder)
        for name, way, folder in zip("abcd", ways, folders, strict=False)
    }
    found = findings(tmp_path, texts)
    assert [sorted({step.location.path for step in each.trail}) for each in found] == pairs


LOOKS = """
import csv
import json

def differs(said):
    known = []
    with open("clicks_of_all.csv") as file:
        for row in csv.DictReader(file):
            known.append([float(row["age"]), float(row["price"]), int(row["clicked"].strip())])
    {last}

differs(input())
"""


@pytest.mark.parametrize(
    ("last", "count"),
    [("assert known == json.loads(said)", 0), ('json.dump(sorted(known), open("kept_clicks.txt", "w"))', 1)],
)
def test_of_two_who_read_one_source_both_make_something_of_it(last: str, count: int, tmp_path: Path) -> None:
    texts = {"one.py": ONE_WAY.format(one=""), "looks.py": LOOKS.format(last=last)}
    assert len(findings(tmp_path, texts)) == count


KEEPS = """
import pandas as pd

rows = pd.read_csv("clicks_of_all.csv")
rows["day"] = pd.to_datetime(rows["time"]).dt.date
rows.dropna().drop_duplicates().to_csv("kept_a.csv")

if __name__ == "__main__":
    print(rows)
"""
KEEPS_OTHERWISE = """
import csv

with open("clicks_of_all.csv") as file, open("kept_b.csv", "w") as kept:
    writer = csv.writer(kept)
    for row in csv.DictReader(file):
        user = row["user"].strip().lower()
        writer.writerow([user, float(row["age"].replace(",", "."))])

if __name__ == "__main__":
    print("kept")
"""


@pytest.mark.parametrize(("tried", "audience"), [(True, Audience.PEDANTIC), (False, Audience.DEFAULT)])
def test_what_a_notebook_only_writes_down_of_a_source_is_told_to_few(
    tried: bool, audience: Audience, tmp_path: Path
) -> None:
    other = {"other.ipynb": notebook(KEEPS_OTHERWISE)} if tried else {"other.py": KEEPS_OTHERWISE}
    train = "from sklearn.linear_model import Ridge\nRidge().fit([[1]], [1])\n"
    found = findings(tmp_path, {"one.py": KEEPS, **other, "train.py": train})
    assert [each.audience for each in found] == [audience]


def test_a_copy_that_nothing_leads_to_is_no_second_one(tmp_path: Path) -> None:
    """The program imports one of them; the other is left over, whatever it is called."""
    loads = LOAD.partition("rows = load")[0]
    uses = "from shop.now import load\nfrom sklearn.linear_model import Ridge\nrows = load('today.csv')\n"
    uses += "Ridge().fit(rows[['age']], rows['clicked'])\n"
    texts = {"shop/__init__.py": "", "shop/now.py": loads, "shop/before.py": loads, "train.py": uses}
    assert findings(tmp_path / "one", texts) == []
    both = {**texts, "again.py": uses.replace("shop.now", "shop.before")}
    assert len(findings(tmp_path / "both", both)) == 1


def test_choosing_among_models_is_no_ingestion(tmp_path: Path) -> None:
    """As the module says that one of the copies stands in."""
    chooses = LOAD.replace('frame = pd.read_csv(path, sep=",")', "frame = path.reset_index()")
    chooses = chooses.replace('load("today.csv")', 'load(pd.read_csv("today.csv"))')
    copy = chooses.partition("rows = load")[0]
    uses = "from {} import load\nload({{}})\n"
    texts = {"a.py": chooses, "model_selection/select.py": copy, "b.py": uses.format("model_selection.select")}
    assert findings(tmp_path / "a", texts) == []
    texts = {"a.py": chooses, "model_data/select.py": copy, "b.py": uses.format("model_data.select")}
    assert len(findings(tmp_path / "b", texts)) == 1


SEARCH = """
import faiss
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

class {name}:
    def __init__(self):
        self.rows = pd.read_csv("pages.csv").dropna()
        self.index = faiss.read_index("pages.index")

    def find(self, asked, count):
        near = {near}
        found = []
        for place in near[0]:
            row = self.rows.iloc[place]
            title = row["title"].strip().lower()
            words = np.nan_to_num(row["words"])
            found.append({{"title": title.replace("-", " "), "words": float(words), "day": pd.to_datetime(row["day"])}})
        table = pd.DataFrame(found).dropna(subset=["title"])
        table["size"] = table["words"].clip(0, 100)
        return table.drop_duplicates(subset=["title"])

found = {name}().find(np.zeros((1, 8)), 3)
Ridge().fit(found[["size"]], found["words"])
"""


@pytest.mark.parametrize(("near", "count"), [("self.index.search(asked, count)[1]", 0), ("[asked, count]", 1)])
def test_a_search_is_no_ingestion(near: str, count: int, tmp_path: Path) -> None:
    texts = {f"{name.lower()}.py": SEARCH.format(name=name, near=near) for name in ("Shop", "Page")}
    told = {step.message for each in findings(tmp_path, texts) for step in each.trail}
    assert len({text for text in told if text.endswith(".find")}) == 2 * count

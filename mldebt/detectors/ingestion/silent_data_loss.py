"""MLD108: ingestion that drops or doubles rows and tells nobody."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Audience, Hit
from mldebt.flow.body import Body
from mldebt.flow.files.appends import Appends, Doubled
from mldebt.flow.files.files import Files
from mldebt.flow.rows.losses import Losses, skipping
from mldebt.flow.rows.lost import Lost
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce, told_once_a_unit
from mldebt.rulebook import Rule

CONVERTING = frozenset({"parses", "cleans"})
"""What may fail on a row, be it a cast, is work on it."""
_FIT = """

def train(path):
    from sklearn.linear_model import LogisticRegression
    rows = read(path)
    return LogisticRegression().fit([row[:-1] for row in rows], [row[-1] for row in rows])
"""
_TRAIN_CLICKS = """
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("data/clicks.csv")
model = LogisticRegression().fit(rows[["age"]], rows["label"])
"""

_ONE_WAY = """
import json
import pandas as pd

def read(path):
    {loop}
        try:
            rows = pd.read_csv(path).dropna()
            if "price" in rows.columns:
                return rows
        except Exception:{mark}
            pass
    return pd.DataFrame(json.load(open("prices.json")))
"""

_KEEPER = """
import json
from pathlib import Path
import pandas as pd
from sklearn.linear_model import LogisticRegression

class Keeper:
    def __init__(self, folder):
        self.folder = Path(folder)

    def begin(self, day):
        path = self.folder / day / "{begun}.jsonl"
        path.write_text("")

    def add(self, day, rows):
        path = self.folder / day / "clicks.jsonl"
        with open(path, "a") as file:{mark}
            for row in rows:
                file.write(json.dumps(row))

def collect(days):
    keeper = Keeper("kept")
    for day in days:
        keeper.begin(day)
        keeper.add(day, load(day))

def train(day):
    rows = pd.read_json(f"kept/{{day}}/clicks.jsonl", lines=True)
    return LogisticRegression().fit(rows[["age"]], rows["label"])
"""

_KEPT = """
import json
from pathlib import Path
from sklearn.linear_model import Ridge

def kept(path):
    try:
        text = json.loads(Path(path).read_text())
    except Exception:{mark}
        return None
    return [float(value.strip()) for value in text]

def rows(days):
    found, missing = [], []
    for day in days:
        row = kept(day)
        if row is None:
            {then}
            continue
        found.append(row)
    return found + [fetch(day) for day in missing]

table = rows(["monday", "tuesday"])
Ridge().fit([row[:-1] for row in table], [row[-1] for row in table])
"""

_NOTED = """
import json
from sklearn.linear_model import Ridge

def load(path):
    day = json.load(open(path))
    try:
        {what}
    except Exception:{mark}
        pass
    return day

day = load("day.json")
Ridge().fit(day["rows"], day["gains"])
"""

_RESUMED = """
import json
import pathlib
import pandas as pd
from sklearn.linear_model import Ridge

def kept(path):
    found = {{}}
    if path.exists():
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                found[row["day"]] = row["clicks"]
    return found

def collect(days, folder):
    path = pathlib.Path(folder) / "clicks.jsonl"
    done = kept({read})
    for day in days:
        if day in done:
            continue
        with open(path, "a") as out:{mark}
            out.write(json.dumps({{"day": day, "clicks": count(day)}}))

def train(folder):
    rows = pd.read_json(pathlib.Path(folder) / "clicks.jsonl", lines=True)
    return Ridge().fit(rows[["day"]], rows["clicks"])
"""

_COUNTED = """
import csv
import pandas as pd
from sklearn.linear_model import Ridge

def translate(texts):
    with open("done.csv") as file:
        done = file.read().split()
    for number, text in enumerate(texts):
        if number {skips}:
            continue
        with open("done.csv", "a") as out:{mark}
            out.write(translated(text))

def train(texts):
    translate(texts)
    rows = pd.read_csv("done.csv")
    return Ridge().fit(rows[["day"]], rows["clicks"])
"""

_EPOCHS = """
import pandas as pd
from sklearn.linear_model import Ridge

def train(folder, name="{name}"):
    for epoch in range(9):
        line = "{unit}:{{}} {{:.4f}}".format(epoch, fit(epoch))
        if epoch > 3:
            line += " {{:.4f}}".format(judged(epoch))
        with open("{{}}/{{}}.txt".format(folder, name), "a") as out:{mark}
            out.write(line)

train("data")
rows = pd.read_csv("data/{name}.txt")
Ridge().fit(rows[["age"]], rows["clicks"])
"""

_MOVED = """
import glob
import json
import shutil
import pandas as pd
from sklearn.linear_model import Ridge

def collect():
    for path in glob.glob("new/*.json"):
        row = json.load(open(path))
        with open("rows.csv", "a") as out:{mark}
            out.write(f"{{row['day']}},{{row['clicks']}}")
        {then}

collect()

def train():
    rows = pd.read_csv("rows.csv")
    return Ridge().fit(rows[["day"]], rows["clicks"])
"""

_DROPPED = """
import pandas as pd
from sklearn.linear_model import Ridge

def load(path):
    rows = pd.read_csv(path).dropna()
    try:
        {what}
    except Exception:{mark}
        pass
    return rows

rows = load("days.csv")
Ridge().fit(rows[["age"]], rows["gain"])
"""

_ERROR = """
import json

def read(path):
    rows = []
    for line in open(path):
        try:
            rows.append([float(value) for value in json.loads(line)])
        except Exception:{mark}
            pass
        {then}
    return rows
"""

_CRAWLED = """
import json
import time
import pandas as pd
import requests
from selenium import webdriver
from sklearn.linear_model import Ridge

def page(browser, name):
    browser.get("https://shop.acme.org/clicks/" + name)
    return browser.page_source

def keep(rows):
    pd.DataFrame(rows).to_csv("clicks.csv")

def collect(names):
    browser, found = webdriver.Chrome(), []
    for name in names:
        {before}
        try:
            {what}
        except KeyboardInterrupt:
            break
        except:{mark}
            {then}
    return found

def train(rows):
    return Ridge().fit(rows[["age"]], rows["clicked"])
"""

_GATHERED = """
import asyncio
import httpx
import pandas as pd
from sklearn.linear_model import Ridge

async def rows_of(name):
    {work}

async def collect(names):
    limit = asyncio.Semaphore(3)

    async def fetch(name):
        async with limit:
            return await rows_of(name)

    results = await asyncio.gather(*[fetch(name) for name in names], return_exceptions=True)
    found = []
    for number, result in enumerate(results):
        if isinstance(result, Exception):{mark}
            {then}
        found.append(result)
    return found

def train(rows):
    return Ridge().fit(rows[["age"]], rows["clicked"])
"""
_FETCH = 'return httpx.get("https://shop.acme.org/clicks/" + name).json()'

_HEADED = """
import os
import pandas as pd
from sklearn.linear_model import Ridge

def collect(days):
    for day in days:
        rows = pd.read_json(f"{{day}}.json")
        {write}

def train():
    rows = pd.read_csv("clicks.csv")
    return Ridge().fit(rows[["age"]], rows["clicked"])

collect(["monday", "tuesday"])
train()
"""
_WITH_HEADER = 'rows.to_csv("clicks.csv", mode="a", header=not os.path.exists("clicks.csv"))'
_IN_TWO_WAYS = """path = "clicks.csv"
        if os.path.exists(path):
            rows.to_csv(path, mode="a", header=False)  # debt
        else:
            rows.to_csv(path)"""
_STAMPED = """
import json
from datetime import datetime

from sklearn.linear_model import Ridge

def collect(run_id, rows):
    for row in rows:
        with open("out/clicks.jsonl", "a") as out:{mark}
            out.write(json.dumps({told}) + "\\n")

def train():
    rows = [json.loads(line) for line in open("out/clicks.jsonl")]
    return Ridge().fit([[row["age"]] for row in rows], [row["sold"] for row in rows])
"""

BAD = (
    _CRAWLED.format(before="", what="keep([json.loads(page(browser, name))])", mark="  # debt", then="continue"),
    _CRAWLED.format(before="", what="found.append(page(browser, name))", mark="  # debt", then="pass"),
    _CRAWLED.format(
        before="answer = requests.get(name)",
        what="found.append(answer.json())",
        mark="  # debt",
        then="time.sleep(3)\n            continue",
    ),
    _CRAWLED.format(
        before="answer = requests.get(name).text",
        what='found.append(json.loads(answer)["clicks"])',
        mark="  # debt",
        then="""if "limit" in answer:
                time.sleep(3)
                continue
            print(answer)""",
    ),
    _GATHERED.format(work=_FETCH, mark="  # debt", then="continue"),
    _HEADED.format(write=_WITH_HEADER + "  # debt"),
    _HEADED.format(write=_IN_TWO_WAYS),
    _KEPT.format(then="row = []", mark="  # debt"),
    _KEPT.format(then='row = dict.fromkeys(["age", "label"], 0.0)', mark="  # debt"),
    _NOTED.format(
        what='day["rows"] = [[float(value) for value in row] for row in json.load(open("rows.json"))]', mark="  # debt"
    ),
    _RESUMED.format(read='pathlib.Path("holidays.jsonl")', mark="  # debt"),
    """
    import pandas as pd

    def read(path):
        return pd.read_csv(path, on_bad_lines="skip")  # debt
    """,
    """
import json

def read(path):
    rows = []
    for line in open(path):
        try:
            rows.append([float(value) for value in json.loads(line)])
        except Exception:  # debt
            continue
    return rows
"""
    + _FIT,
    """
import json

def parse(line):
    return [float(value) for value in json.loads(line)]

def read(path):
    rows = []
    for line in open(path):
        try:
            rows.append(parse(line))
        except:  # debt
            pass
    return rows
"""
    + _FIT,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def collect(days):
        for day in days:
            pd.read_json(f"{day}.json").to_csv("clicks.csv", mode="a", header=False)  # debt

    def train():
        rows = pd.read_csv("clicks.csv")
        return LogisticRegression().fit(rows[["age"]], rows["label"])
    """,
    {
        "collect.py": """
        import csv

        with open("data/clicks.csv", "a") as out:  # debt
            writer = csv.writer(out)
            for row in csv.reader(open("data/raw.csv")):
                writer.writerow([row[0].strip(), float(row[1])])
        """,
        "train.py": _TRAIN_CLICKS,
    },
    {
        "collect.py": """
        import json

        with open("data/clicks.csv", "a") as out:  # debt
            for line in open("raw.jsonl"):
                row = json.loads(line)
                out.write(f"{row['age']},{row['label']}")
        """,
        "train.py": _TRAIN_CLICKS,
    },
    _KEEPER.format(begun="views", mark="  # debt"),
    # one of many files is left out
    _ONE_WAY.format(loop="for path in sorted(path.iterdir()):", mark="  # debt") + _FIT,
    _COUNTED.format(skips="> 100", mark="  # debt"),
    # rows of days, and what is written at each epoch but says nothing of how it went
    _EPOCHS.format(name="train_loss", unit="day", mark="  # debt"),
    _EPOCHS.format(name="train_clicks", unit="epoch", mark="  # debt"),
    _MOVED.format(then="print(path)", mark="  # debt"),
    _MOVED.format(then="print(path)", mark="  # debt") + 'def publish():\n    shutil.move("model.new", "model.pkl")\n',
    _ERROR.format(then="print(line)", mark="  # debt") + _FIT,
    _DROPPED.format(what='rows = rows.drop(columns=["index"]).dropna()', mark="  # debt"),
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def load(paths, kind):
        found = []
        match kind:
            case "table":
                for path in paths:
                    try:
                        found.append(pd.read_csv(path).dropna())
                    except Exception:  # debt
                        pass
        return pd.concat(found)

    rows = load(["monday.csv", "tuesday.csv"], "table")
    Ridge().fit(rows[["age"]], rows["gain"])
    """,
    # what says when it was written says not which run it is of
    _STAMPED.format(told='{"row": row, "at": datetime.now().isoformat()}', mark="  # debt"),
)
GOOD = (
    # what is told, counted, or asked for again
    _CRAWLED.format(
        before="", what="found.append(page(browser, name))", mark="", then="print(name)\n            continue"
    ),
    _CRAWLED.format(
        before="answer = requests.get(name).text",
        what='found.append(json.loads(answer)["clicks"])',
        mark="",
        then="""print(answer)
            if "limit" in answer:
                continue
            break""",
    ),
    _CRAWLED.format(before="", what="print(page(browser, name))", mark="", then="continue"),
    _GATHERED.format(work=_FETCH, mark="", then="raise result"),
    _GATHERED.format(work=_FETCH, mark="", then="print(names[number], result)\n            continue"),
    _GATHERED.format(work="return name.upper()", mark="", then="continue"),
    # where the file is there, nothing is done
    _HEADED.format(
        write="""if os.path.exists("clicks.csv"):
            return
        rows.to_csv("clicks.csv", mode="a")"""
    ),
    # what is not kept is fetched
    _KEPT.format(then="missing.append(day)", mark=""),
    _KEPT.format(then='row = json.load(open("usual.json"))', mark=""),
    # the rows are there without the note
    _NOTED.format(what='day["made"] = float(day["made"].strip())', mark=""),
    # what the file has already is left out
    _RESUMED.format(read="path", mark=""),
    """
    import pandas as pd

    def read(path):
        return pd.read_csv(path, on_bad_lines="warn")
    """,
    """
import json
import logging

def read(path):
    rows, bad = [], 0
    for line in open(path):
        try:
            rows.append([float(value) for value in json.loads(line)])
        except Exception:
            bad += 1
    logging.warning("%s lines skipped", bad)
    return rows
"""
    + _FIT,
    """
import json

def read(path):
    rows = []
    for line in open(path):
        try:
            rows.append([float(value) for value in json.loads(line)])
        except json.JSONDecodeError:
            continue
        except Exception as error:
            print(path, error)
            continue
    return rows
"""
    + _FIT,
    """
    import os

    def cleanup(path):
        try:
            os.remove(path)
        except Exception:
            pass
    """,
    {
        "collect.py": """
        import json

        with open("data/clicks.csv", "w") as out:
            out.write("age,label")
        with open("data/clicks.csv", "a") as out:
            for line in open("raw.jsonl"):
                row = json.loads(line)
                out.write(f"{row['age']},{row['label']}")
        """,
        "train.py": _TRAIN_CLICKS,
    },
    {
        "watch.py": """
        async def note(click):
            with open("data/clicks.csv", "a") as out:
                out.write(f"{click.age},{click.label}")
        """,
        "train.py": _TRAIN_CLICKS,
    },
    # what is noted down when it happens
    """
    import json

    def note(alerts):
        with open("out/alerts.jsonl", "a") as out:
            for alert in alerts:
                out.write(json.dumps(alert))

    def shown():
        with open("out/alerts.jsonl") as file:
            return [json.loads(line)["message"].lower() for line in file]
    """,
    # the object refuses a file that is there
    """
    import os
    import pandas as pd
    from sklearn.linear_model import Ridge

    class Clicks:
        def __init__(self, folder):
            self.path = os.path.join(folder, "clicks.csv")
            if os.path.isfile(self.path):
                raise FileExistsError(self.path)

        def put(self, days):
            for day in days:
                pd.read_json(f"{day}.json").to_csv(self.path, mode="a", header=False)

    Clicks("data").put(["monday", "tuesday"])
    rows = pd.read_csv("data/clicks.csv")
    Ridge().fit(rows[["age"]], rows["gain"])
    """,
    # what cannot be taken up is made anew
    """
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
            return found
        table = pd.read_csv(source).dropna()
        table.to_csv(path)
        return table

    table = rows("kept.csv", "clicks.csv")
    Ridge().fit(table[["age"]], table["gain"])
    """,
    """
    import os
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def collect(days):
        if os.path.exists("clicks.csv"):
            os.remove("clicks.csv")
        for day in days:
            pd.read_json(f"{day}.json").to_csv("clicks.csv", mode="a", header=False)

    def note(score):
        with open("results.txt", "a") as out:
            out.write(str(score))

    def train():
        rows = pd.read_csv("clicks.csv")
        return LogisticRegression().fit(rows[["age"]], rows["label"])
    """,
    # another method empties the file before
    _KEEPER.format(begun="clicks", mark=""),
    # where it is not found there, it is looked for elsewhere
    _ONE_WAY.format(loop="if path.exists():", mark="") + _FIT,
    # as many as there are already are left out; what was worked off is put away
    _COUNTED.format(skips="< len(done)", mark=""),
    _COUNTED.format(skips="< last", mark="").replace(
        "    for number", "    last = len(done) if done else -1\n    for number"
    ),
    _MOVED.format(then='shutil.move(path, "old")', mark=""),
    # the log of a training, with a line for each epoch
    _EPOCHS.format(name="train_loss_and_accuracy", unit="epoch", mark=""),
    _EPOCHS.format(name="retrieval_acc", unit="Epoch", mark=""),
    _MOVED.format(then="put_away(path)", mark="") + 'def put_away(path):\n    shutil.move(path, "old")\n',
    # a column that need not be there is left out
    _DROPPED.format(what='rows = rows.drop(columns=["index"])', mark=""),
    _DROPPED.format(what='rows = rows.drop("index", axis=1)', mark=""),
    _DROPPED.format(what='rows = rows.remove_columns(["index"])', mark=""),
    # what is read is told with the error
    _ERROR.format(then="raise ValueError(rows)", mark="") + _FIT,
    # every row says in which run it was written
    _STAMPED.format(told='{"row": row, "run_id": run_id, "at": datetime.now().isoformat()}', mark=""),
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(told_once_a_unit(_found(project, rule)))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    content = [
        value
        for ingestion in project.ingestions
        for value in (
            *ingestion.sources,
            *(step.value for step in ingestion.steps),
            *(value for value in ingestion.content if value.kind == "call" and project.flow.roles(value) & CONVERTING),
        )
    ]
    fetches = list(project.ingesting.fetches) if project.ingesting.trains_models else []
    losses = Losses(project.flow, content, fetches, rule.integer("min_rows"))
    appends = Appends(project.flow, project.flow.shared(Files))
    for body in project.bodies():
        skipped = [(call, option) for call in body.calls if (option := skipping(project.flow, call))]
        if skipped:
            yield _skipped(project, skipped)
        told = {doubled.path: doubled for call in reversed(body.calls) if (doubled := appends.of(call)) is not None}
        yield from (_doubled(project, doubled) for doubled in told.values())
        for lost in losses.of(body):
            yield _lost(project, body, lost)


def _skipped(project: Project, skipping: list[tuple[Value, str]]) -> Hit:
    call, option = skipping[0]
    return Hit(
        location=project.location(call),
        message=f"Rows that cannot be parsed are dropped without a word ({option}).",
        trail=tuple(project.step(each, f"read with {how} here") for each, how in skipping),
        component=project.component_of(call.body),
    )


def _doubled(project: Project, doubled: Doubled) -> Hit:
    return Hit(
        location=project.location(doubled.write),
        message=f"{doubled.path} is opened to append: a second run doubles its rows.",
        trail=(
            project.step(doubled.write, "opened to append here"),
            project.step(doubled.read, "read again here"),
        ),
        component=project.component_of(doubled.write.body),
    )


def _lost(project: Project, body: Body, lost: Lost) -> Hit:
    place = project.place(body.module, lost.at, lost.at, body.number)
    return Hit(
        location=place,
        message=f"{lost.what} without a count or a log: {lost.text}.",
        trail=(project.step(lost.work, "rows are read or worked on here"),),
        component=project.component_of(body),
        audience=None if lost.is_sure else Audience.PEDANTIC,
    )

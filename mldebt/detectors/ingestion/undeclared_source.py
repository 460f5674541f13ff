"""MLD103: where data comes from is written in the code, and declared nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest

from mldebt.documents import DocumentKind
from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.files.pathtexts import DAY
from mldebt.masking import masked
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.ingestion.declared import Entry
from mldebt.pipeline.ingestion.literals import WORST, Literal
from mldebt.pipeline.ingestion.samesource import name_of
from mldebt.regex import regex
from mldebt.rulebook import Rule

TEXT_LENGTH = 90
LITERALS_SHOWN = 12
FOLD_FROM = 3
SPREAD_FROM = 6
"""Modules that name files below one folder of one machine, from which on these are one thing to mend."""
MODULES_SHOWN = 40
KINDS = {
    "credential": "a source with a credential in it",
    "personal": "a path on one person's disk",
    "moving": "an address on a branch that moves",
    "remote": "an address",
    "service": "an address",
    "database": "a database",
    "host": "a server",
    "rooted": "a path on one machine",
    "home": "a path in somebody's home folder",
    "relative": "a path",
}
"""In words, the worst first."""
_EXAMPLES = regex(r"(^|/)(examples?|tutorials?|demos?|colabs?|samples?|cookbooks?|workshops?)/", re.IGNORECASE)
_ON_A_MACHINE = ("personal", "rooted", "home")
_MACHINE = regex(r"(?:[A-Za-z]:)?[\\/]*[^\\/]+[\\/]+[^\\/]+[\\/]")
"""The first two folders of a path: whose, or of which disk."""
WHERE = {
    "function": "in a function",
    "cell": "in a notebook",
    "script": "in a script",
    "constant": "at the top of its loader",
    "default": "as the default of a parameter",
}

_LOADER = """
            import pandas as pd
            from sklearn.linear_model import Ridge

            def load():
                rows = pd.read_csv("https://data.acme.org/exports/clicks.csv"){mark}
                rows = rows[rows.age > {least}]
                rows["name"] = rows["name"].str.strip()
                rows["clicked"] = rows["clicked"].astype(int)
                rows = rows.dropna()
                return rows.drop_duplicates()

            def train():
                rows = load()
                Ridge().fit(rows[["age"]], rows["clicked"])

            train()
            """

_FETCHED = """
import os
import pandas as pd
import requests
import sys
import tarfile
from sklearn.linear_model import Ridge

def fetch():
    address = "{address}"{mark}
    with open("kept.tar.gz", "wb") as file:
        file.write(requests.get(address).content)
    tarfile.open("kept.tar.gz").extractall("kept")

def greet():
    os.environ["WHO"] = open(os.path.expanduser("~/.acme/{held}")).read().strip(){also}

def train(path):
    rows = pd.read_csv(path)
    Ridge().fit(rows[["age"]], rows["sum"])

fetch()
greet()
train(sys.argv[1])
"""

_LEFT_OVER = """
import pandas as pd
from sklearn.linear_model import Ridge

def collect():
    rows = pd.read_csv("/home/alice/clicks.csv"){mark}
    Ridge().fit(rows[["age"]], rows.gain)

{started}
rows = pd.read_csv("rows.csv")
print(rows.describe())
"""

_ASKED = """
import sys
import pandas as pd
import requests
from sklearn.linear_model import Ridge

def train(path):
    rows = pd.read_csv(path)
    found = requests.{verb}("https://tides.acme.org/{what}", json=rows.to_dict()){mark}
    heights = pd.DataFrame(found.json()["heights"])
    Ridge().fit(heights[["height"]], rows["label"])

if __name__ == "__main__":
    train(sys.argv[1])
"""

_STORED = """
import os
import pandas as pd
from sklearn.linear_model import Ridge

STORE = {store}

def load(day):
    return pd.read_parquet(f"s3://{{STORE}}/raw/{{day}}.parquet")

def train(day):
    rows = load(day)
    Ridge().fit(rows[["age"]], rows["gain"])

train("monday")
"""

_PROGRAM = """
import os
import stat
import subprocess
import pandas as pd
import wget
from sklearn.linear_model import Ridge

def prepare(path):
    wget.download("https://data.acme.org/tools/hashes", out=path){mark}
    os.chmod({made}, {mode})
    lines = subprocess.run([path, "rows.csv"], capture_output=True, text=True).stdout
    return [[float(word) for word in line.split()] for line in open(path)]

rows = pd.DataFrame(prepare("kept/hashes"))
Ridge().fit(rows[[0]], rows[1])
"""

_BY_PARTS = """
import os
import pandas as pd
import pymongo
from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sklearn.linear_model import Ridge

def sold():
    address = URL.create("postgresql", username="ana", password={word}, host=os.environ["HOST"]){mark}
    return pd.read_sql("select age, sold from sales", create_engine(address))

class Clicks:
    def __init__(self):
        self.table = pymongo.MongoClient("db.acme.org", username="ana", password={other})["shop"]["clicks"]{again}

    def rows(self):
        return pd.DataFrame(list(self.table.find({{}})))

Ridge().fit(sold()[["age"]], sold()["sold"])
rows = Clicks().rows()
Ridge().fit(rows[["age"]], rows["clicked"])
"""
_SEARCHED = """
import pandas as pd
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan
from sklearn.linear_model import Ridge

store = Elasticsearch("{host}", basic_auth=("ana", "{word}")){mark}
rows = pd.DataFrame([hit["_source"] for hit in scan(store, index="clicks")])
rows["age"] = rows["age"].astype(int)
Ridge().fit(rows[["age"]], rows["clicked"])
"""
_ASKED_WITH = """
import os
import pandas as pd
import requests
from sklearn.linear_model import Ridge

told = requests.get(os.environ["ADDRESS"], auth=("ana", {word})){mark}
rows = pd.DataFrame(told.json()).dropna()
Ridge().fit(rows[["age"]], rows["clicked"])
"""
_EXAMPLE = """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("{path}"){mark}
Ridge().fit(rows[["age"]], rows["clicked"])
"""

_OPENED = """
import pandas as pd
import psycopg2
from sklearn.linear_model import Ridge

class Store:
    def __init__(self, host, store_password):
        self.connection = connect(host, store_password)

    def clicks(self):
        return pd.read_sql("select age, clicked from clicks", self.connection)

def connect(host, word):
    return psycopg2.connect(host=host, user="ana", password=word)

def train():
    rows = Store("{host}", store_password="{word}").clicks(){mark}
    Ridge().fit(rows[["age"]], rows["clicked"])

train()
"""

_ASKED_OF = """
import os
import pandas as pd
from pymongo import MongoClient
from sklearn.linear_model import Ridge

def train():
    shop = MongoClient({host}, 27017).shop{mark}
    rows = pd.DataFrame(shop["clicks"].find())
    Ridge().fit(rows[["age"]], rows["clicked"])

train()
"""

_BESIDE = """
import os
from pathlib import Path
import pandas as pd
from sklearn.linear_model import Ridge

ROOT = {root}

def train():
    rows = pd.read_csv(ROOT / "data" / "clicks_240309.csv"){mark}
    Ridge().fit(rows[["age"]], rows["clicked"])

train()
"""

_GONE_TO = """
import os
import pandas as pd
from sklearn.linear_model import Ridge

os.chdir({folder}){mark}
rows = pd.read_csv(os.environ["CLICKS"])
Ridge().fit(rows[["age"]], rows["clicked"])
"""

BAD = (
    _OPENED.format(host="db.acme.org", word="h8Gq2zzP", mark="  # debt"),
    # whatever the password is, a number is somebody's server
    _OPENED.format(host="34.64.50.61", word="mypassword", mark="  # debt"),
    _ASKED_OF.format(host='"10.0.7.6"', mark="  # debt"),
    _ASKED_OF.format(host='host="clicks.acme.org", port=', mark="  # debt").replace("=, 2", "=2"),
    _ASKED_OF.format(host='["10.0.7.6:27017", "10.0.7.7:27017"]', mark="  # debt"),
    _ASKED_OF.format(host='[{"host": "10.0.7.6", "port": 27017}]', mark="  # debt"),
    _BESIDE.format(root="Path(__file__).resolve().parents[1]", mark="  # debt"),
    _GONE_TO.format(folder='"/home/alice/shop"', mark="  # debt"),
    # a program that does not say that it is one
    """
    import pandas as pd

    rows = pd.read_json("https://data.acme.org/exports/clicks.json")  # debt
    rows.dropna().to_csv("clicks.csv")
    """,
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def train():
        rows = pd.read_csv("/dev/shm/shop/clicks.csv")  # debt
        Ridge().fit(rows[["age"]], rows["clicked"])

    train()
    """,
    # what a model is called with, name by name
    """
    import pandas as pd
    from transformers import AutoModel, AutoTokenizer

    def embedded(texts):
        encoded = AutoTokenizer.from_pretrained("acme/words", revision="4f1c")(texts)
        return AutoModel.from_pretrained("acme/words", revision="4f1c")(**encoded)

    def main():
        rows = pd.read_csv("https://data.acme.org/exports/clicks.csv")  # debt
        return embedded(list(rows["text"]))

    main()
    """,
    _FETCHED.format(address="https://data.acme.org/exports/4.tar.gz", held="token", mark="  # debt", also=""),
    _FETCHED.format(
        address="https://huggingface.co/acme/words/resolve/main/words.zip", held="token", mark="  # debt", also=""
    ),
    _FETCHED.format(address="https://tfhub.dev/acme/sentences/4.tar.gz", held="people.csv", mark="", also="  # debt"),
    # a copy is told once, with another
    {
        "first/train.py": _LOADER.format(least=17, mark="  # debt"),
        "second/train.py": _LOADER.format(least=20, mark=""),
        "third/train.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            def load():
                return pd.read_csv("https://data.acme.org/exports/clicks.csv")  # debt

            rows = load()
            Ridge().fit(rows[["age"]], rows["clicked"])
            """,
    },
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def clicks():
        return pd.read_csv("https://data.shop.org/2023/clicks.csv")  # debt

    def views():
        return pd.read_csv("https://data.shop.org/2023/views.csv")

    def sales():
        return pd.read_csv("https://data.shop.org/2023/sales.csv")

    for table in (clicks(), views(), sales()):
        Ridge().fit(table[["age"]], table["sum"])
    """,
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def clicks():
        return pd.read_csv("https://data.shop.org/2023/clicks.csv")  # debt

    def views():
        return pd.read_csv("https://data.shop.org/2023/views.csv")  # debt

    for table in (clicks(), views()):
        Ridge().fit(table[["age"]], table["sum"])
    """,
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def train():
        rows = pd.read_csv("https://data.acme.org/exports/clicks.csv")  # debt
        Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    FOLDER = "/home/alice/data"  # debt
    rows = pd.read_csv(f"{FOLDER}/clicks.csv")
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    import pandas as pd
    import sqlalchemy
    from sklearn.linear_model import Ridge

    def load():
        engine = sqlalchemy.create_engine("postgresql://ana:h8Gq2zzP@db.acme.org/shop")  # debt
        return pd.read_sql("select age, clicked from clicks", engine)

    rows = load()
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    {
        "fetching.py": """
            import requests

            def fetch(url, path):
                with open(path, "wb") as file:
                    file.write(requests.get(url).content)
            """,
        "films.py": """
            import pandas as pd
            from fetching import fetch
            from sklearn.linear_model import Ridge

            def download(size):
                fetch("https://files.films.org/ml-" + size + ".zip", "films.zip")  # debt

            def load(path):
                return pd.read_csv(path).dropna()

            def train(path):
                download("1m")
                rows = load(path)
                Ridge().fit(rows[["age"]], rows["stars"])
            """,
    },
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def load():
        return pd.read_csv("data/clicks.csv")  # debt

    rows = load()
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    {
        "train.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            def train():
                rows = pd.read_csv("s3://acme-shop/raw/clicks.csv")  # debt
                Ridge().fit(rows[["age"]], rows["clicked"])
            """,
        "conf/base/catalog.yml": "clicks:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/clicks.csv\n",
    },
    """
    import pandas as pd
    import yaml
    from sklearn.linear_model import Ridge

    with open("/home/alice/shop/config.yaml") as file:  # debt
        config = yaml.safe_load(file)
    rows = pd.read_csv(config["clicks"])
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    _LEFT_OVER.format(started="collect()", mark="  # debt"),
    _ASKED.format(verb="get", what="predict", mark="  # debt"),
    _ASKED.format(verb="post", what="heights", mark="  # debt"),
    _STORED.format(store='"acme-shop"  # debt'),
    # credentials by their names, in what a connection is made of and behind the table of a database
    _BY_PARTS.format(word='"h8Gq2zzP"', mark="  # debt", other='os.environ["WORD"]', again=""),
    _BY_PARTS.format(word='os.environ["WORD"]', mark="", other='"h8Gq2zzP"', again="  # debt"),
    _SEARCHED.format(host="https://acme-search:9200", word="h8Gq2zzP", mark="  # debt"),
    _ASKED_WITH.format(word='"h8Gq2zzP"', mark="  # debt"),
    _EXAMPLE.format(path="/path2/to/clicks.csv", mark="  # debt"),
    _PROGRAM.format(made='"run.sh"', mode="0o700", mark="  # debt"),
    _PROGRAM.format(made="path", mode="0o444", mark="  # debt"),
)
GOOD = (
    _ASKED_OF.format(host='os.environ["CLICKS_HOST"]', mark=""),
    _ASKED_OF.format(host='"clicks"', mark=""),
    _ASKED_OF.format(host='"172.17.0.1"', mark=""),
    _BESIDE.format(root='Path(os.environ["SHOP"])', mark=""),
    _GONE_TO.format(folder="os.path.dirname(__file__)", mark=""),
    # what the code puts into memory itself
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def prepare(path):
        pd.read_csv(path).dropna().to_csv("/dev/shm/shop/clicks.csv")

    def train():
        rows = pd.read_csv("/dev/shm/shop/clicks.csv")
        Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    # a database on one's own machine, and what stands where a password would
    _OPENED.format(host="localhost", word="h8Gq2zzP", mark=""),
    _OPENED.format(host="::1", word="h8Gq2zzP", mark=""),
    _OPENED.format(host="127.0.1.1", word="h8Gq2zzP", mark=""),
    _OPENED.format(host="db.acme.org", word="your_password_1", mark=""),
    _BY_PARTS.format(word='os.environ["WORD"]', mark="", other='"your_password_1"', again=""),
    _SEARCHED.format(host="http://localhost:9200", word="h8Gq2zzP", mark=""),
    _SEARCHED.format(host="https://acme-search:9200", word="your_password_1", mark=""),
    _ASKED_WITH.format(word='os.environ["WORD"]', mark=""),
    # where a reader puts a path of their own
    _EXAMPLE.format(path="/path/to/clicks.csv", mark=""),
    _EXAMPLE.format(path="C:/your/folder/clicks.csv", mark=""),
    _OPENED.format(host="db.acme.org", word="not-needed-here", mark=""),
    # where models are handed out, and what lets somebody in
    _FETCHED.format(address="https://tfhub.dev/acme/sentences/4.tar.gz", held="token", mark="", also=""),
    """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def train(path):
        table = pd.read_csv(path)
        Ridge().fit(table[["age"]], table["sum"])

    if False:
        train("/home/ana/projects/shop/clicks.csv")
        path = "https://data.shop.org/2023/clicks.csv"
        views = pd.read_csv(path)
        Ridge().fit(views[["age"]], views["sum"])
    """,
    """
    import argparse
    import pandas as pd
    from sklearn.linear_model import Ridge

    def main():
        parser = argparse.ArgumentParser()
        parser.add_argument("--data", default="https://data.acme.org/exports/clicks.csv")
        rows = pd.read_csv(parser.parse_args().data)
        Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    import click
    import pandas as pd
    from sklearn.linear_model import Ridge

    @click.command()
    @click.option("--data")
    def main(data="s3://acme-shop/raw/clicks.csv"):
        rows = pd.read_csv(data)
        Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    import os
    import pandas as pd
    from sklearn.linear_model import Ridge

    rows = pd.read_csv(os.environ["CLICKS"])
    more = pd.read_csv(os.path.join(os.environ["FOLDER"], "more.csv"))
    Ridge().fit(rows[["age"]], more["clicked"])
    """,
    {
        "train.py": """
            import pandas as pd
            import yaml
            from sklearn.linear_model import Ridge

            with open("config.yaml") as file:
                config = yaml.safe_load(file)
            rows = pd.read_csv(config["data"]["clicks"])
            Ridge().fit(rows[["age"]], rows["clicked"])
            """,
        "config.yaml": "data:\n  clicks: s3://acme-shop/raw/clicks.csv\n",
    },
    {
        "config.py": "CLICKS = 's3://acme-shop/raw/clicks.csv'\n",
        "train.py": """
            import pandas as pd
            from config import CLICKS
            from sklearn.linear_model import Ridge

            rows = pd.read_csv(CLICKS)
            Ridge().fit(rows[["age"]], rows["clicked"])
            """,
    },
    """
    from datasets import load_dataset
    from transformers import Trainer

    Trainer(model=build(), train_dataset=load_dataset("acme/reviews")["train"]).train()
    """,
    {
        "train.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            def train():
                rows = pd.read_csv("data/clicks.csv")
                Ridge().fit(rows[["age"]], rows["clicked"])

            train()
            """,
        "data/clicks.csv.dvc": "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: clicks.csv\n",
    },
    """
    import pandas as pd
    from sklearn.linear_model import Ridge
    from zenml import step

    @step
    def load(path="s3://acme-shop/raw/clicks.csv"):
        return pd.read_csv(path)

    rows = load()
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    import pandas as pd
    import matplotlib.pyplot as plt

    visits = pd.read_csv("https://data.acme.org/exports/visits.csv")
    plt.plot(visits["day"])
    """,
    """
    import pandas as pd
    import yaml
    from sklearn.linear_model import Ridge

    with open("/etc/shop/config.yaml") as file:
        config = yaml.safe_load(file)
    rows = pd.read_csv(config["clicks"])
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    # what nothing leads to, in a script that reads something else
    _LEFT_OVER.format(started="", mark=""),
    # a model that was deployed
    _ASKED.format(verb="post", what="predict", mark=""),
    # the environment says where
    _STORED.format(store='os.getenv("STORE", "acme-shop")'),
    # something to run
    _PROGRAM.format(made="path", mode="0o700", mark=""),
    _PROGRAM.format(made="path", mode="stat.S_IRWXU", mark=""),
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project))


def _found(project: Project) -> Iterator[Hit]:
    groups: dict[object, list[Literal]] = defaultdict(list)
    dead = project.left_over(_function(each) for each in project.source_literals if _is_script(project, each))
    for literal in project.source_literals:
        runs = not any(map(project.constancy.never, (literal.value, literal.read))) and _function(literal) not in dead
        if runs and not _is_versioned(project, literal):
            groups[_unit(project, literal)].append(literal)
    for group in _gathered(
        project, _folded(project, [sorted(group, key=partial(_rank, project)) for group in groups.values()])
    ):
        yield _hit(project, group)


def _function(literal: Literal) -> tuple[int, int]:
    """The outermost definition in which a source stands."""
    module = literal.value.body.module
    return module.index, module.outermost(literal.value.body.number)


def _is_script(project: Project, literal: Literal) -> bool:
    """Whether a module reads data as soon as it runs: what nothing leads to there is what its author left over."""
    calls = project.flow.body(literal.value.body.module.index, 0).calls
    return any("reads" in project.flow.roles(call) for call in calls)


def _folded(project: Project, groups: Iterable[list[Literal]]) -> Iterator[list[Literal]]:
    """Several places of one module that write down the same kind of source in the same way are told as one."""
    alike: dict[object, list[list[Literal]]] = defaultdict(list)
    for group in groups:
        first = group[0]
        alike[first.value.body.module.index, first.kind, first.where, _audience(project, first)].append(group)
    for each in alike.values():
        if len(each) < FOLD_FROM:
            yield from each
        else:
            yield sorted((literal for group in each for literal in group), key=partial(_rank, project))


def _gathered(project: Project, groups: Iterable[list[Literal]]) -> Iterator[list[Literal]]:
    """What many modules read below one folder of one machine is told as one, a place of each module before any other
    of it."""
    alike: dict[object, list[list[Literal]]] = defaultdict(list)
    for group in groups:
        root = _MACHINE.match(group[0].text) if group[0].kind in _ON_A_MACHINE else None
        alike[(root[0], group[0].kind, _audience(project, group[0])) if root else id(group)].append(group)
    for each in alike.values():
        if len({group[0].value.body.module.index for group in each}) < SPREAD_FROM:
            yield from each
        else:
            each.sort(key=lambda group: _severity(group[0]) is Severity.LOW)
            turns = (literal for turn in zip_longest(*each) for literal in turn if literal is not None)
            yield list(turns)


def _is_versioned(project: Project, literal: Literal) -> bool:
    """Whether DVC versions what is read: its files name the path that the code reads, and are read by DVC alone."""
    entry = project.declared.at([literal.text])
    return entry is not None and entry.document is not None and entry.document.kind is DocumentKind.DVC


def _unit(project: Project, literal: Literal) -> object:
    """What is told once: a function or class, a notebook, the constants of a module."""
    module = literal.value.body.module
    if literal.where == "constant" and not module.is_notebook:
        return module.index, literal.where
    return project.ingesting.units.of(literal.value)


def _rank(project: Project, literal: Literal) -> tuple[bool, bool, int, int]:
    return (
        literal.kind not in WORST,
        _audience(project, literal) is Audience.PEDANTIC,
        tuple(KINDS).index(literal.kind),
        literal.value.at,
    )


def _audience(project: Project, literal: Literal) -> Audience | None:
    """A constant at the top of a loader is a note, and so are a default that callers may change, the endpoint of a
    service, a path in the repository, and what an example of a library reads."""
    if literal.kind in WORST:
        return None
    if _EXAMPLES.search(literal.value.body.module.path):
        return Audience.PEDANTIC
    if literal.kind == "relative":
        told = (_is_snapshot(literal) or _is_held(project, literal)) and _is_used_in_sight(literal)
        return None if told else Audience.PEDANTIC
    if literal.kind == "service" or (literal.kind == "home" and literal.where == "cell"):
        return Audience.PEDANTIC
    if literal.where == "default" or (literal.where == "constant" and literal.kind != "moving"):
        return Audience.PEDANTIC
    return None


def _is_used_in_sight(literal: Literal) -> bool:
    """Whether the module that names a file reads it or uses what comes of it: what a shared loader reads may be used by
    any of its callers."""
    home = literal.value.body.module
    return literal.read.body.module is home or any(end.value.body.module is home for end in literal.ends)


def _is_snapshot(literal: Literal) -> bool:
    """Whether the name of a file says of which day it is: with the next one the code has to be changed."""
    return bool(DAY.search(literal.text.rpartition("/")[2]))


def _is_held(project: Project, literal: Literal) -> bool:
    """Whether a setting or a catalogue has the very path that the code writes down once more."""
    entry = _entry(project, literal)
    return entry is not None and entry.kind != "a command"


def _severity(literal: Literal) -> Severity | None:
    if literal.kind in WORST:
        return Severity.HIGH
    small = literal.kind == "relative" or literal.where in ("constant", "default")
    return Severity.LOW if small else None


def _hit(project: Project, literals: Sequence[Literal]) -> Hit:
    first = literals[0]
    entry = _entry(project, first)
    modules = {each.value.body.module.index for each in literals}
    limit = LITERALS_SHOWN if len(modules) == 1 else MODULES_SHOWN
    trail = [project.step(each.value, f"written here: {_shown(each.text)}") for each in literals[:limit]]
    trail.append(project.step(first.read, "read here"))
    trail += [project.step(end.value, f"{end.use.text.removesuffix(' here')} here") for end in first.ends[:1]]
    if entry is not None and (place := entry.location()) is not None:
        trail.append(Step(location=place, message=f"declared here as {entry.text}"))
    others = len({each.text for each in literals}) - 1
    more = f" (and {others} more)" if others else ""
    what = KINDS[first.kind][0].upper() + KINDS[first.kind][1:]
    stands = f"{what} stands {WHERE[first.where]}{_instead(entry, 'is')}"
    if len(modules) > 1:
        stands = f"{what.replace('A path', 'Paths', 1)} stand in {len(modules)} files{_instead(entry, 'are')}"
    return Hit(
        location=project.location(first.value),
        message=f"{stands}: {_shown(first.text)}{more}.",
        trail=tuple(trail),
        component=project.component_of(first.value.body),
        members=tuple(dict.fromkeys(project.unit_name(project.ingesting.units.of(each.value)) for each in literals)),
        severity=_severity(first),
        audience=_audience(project, first),
    )


def _entry(project: Project, literal: Literal) -> Entry | None:
    """The entry that offers the source, or the setting that holds the same."""
    name = name_of(literal.text)
    return project.declared.offered([name] if name else []) or project.declared.at([literal.text])


def _instead(entry: Entry | None, are: str) -> str:
    if entry is None or entry.kind == "a command":
        return f" and {are} declared nowhere"
    return f", past {entry.text}, which offers it" if entry.offers else f", while {entry.text} holds it, unread"


def _shown(text: str) -> str:
    """A source as it may be shown: without credentials, on one line."""
    text = " ".join(masked(text).split())
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"

"""MLD303: a program that trains, ingests or scores, and nothing says how it is run."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping

from mldebt.finding import Audience, Hit, Location, Step
from mldebt.pipeline import Project
from mldebt.pipeline.programs.dead_paths import DeadPath, DeadPaths
from mldebt.pipeline.programs.explorations import Explorations
from mldebt.pipeline.programs.runs import Run, Runs
from mldebt.rulebook import Rule

_TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

def train(path):
    rows = pd.read_csv(path)
    model = Ridge()
    model.fit(rows[["a"]], rows.b){mark}
    joblib.dump(model, "model.joblib")

if __name__ == "__main__":
    train("rows.csv")
"""

_GRADIENTS = """
import torch
from nets import Net

if __name__ == "__main__":
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    rows = torch.randn(4, 8, requires_grad=True)
    net(rows).sum().backward(){mark}
    {then}
"""

_DRAWN = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.preprocessing import LabelEncoder

def main():
    rows = pd.read_csv("sales.csv"){mark}
    rows["best"] = np.maximum(rows["first"].values, rows["second"].values)
    rows = rows.dropna().drop_duplicates().sort_values(by="best")
    rows["code"] = LabelEncoder().fit_transform(rows["shop"])
    plt.scatter(x=rows["best"], y=rows["first"], c=rows["code"])
    {kept}

if __name__ == "__main__":
    main()
"""

_LINE = """
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

def show(prices, sold):
    line = LogisticRegression()
    {fitted}line.fit(prices, sold){mark}
    plt.plot(prices, prices * line.coef_ + line.intercept_)
    {kept}

if __name__ == "__main__":
    show(np.random.rand(50, 1), np.random.rand(50) > 0.5)
"""

_BELOW = """
import json
import {module}

{first}"{text}"

rows = json.load(open("rows.json"))
model = {module}.{made}
model.fit(rows["rows"], rows["truth"]){mark}
json.dump(model.get_params(), open("kept.json", "w"))
"""
_OF_RIDGE = {"module": "sklearn.linear_model", "made": "Ridge()"}
_HOW = "Trains the price model on the rows of last week, which prepare.py has left."

_LIBRARY = {
    "rows.py": """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.preprocessing import LabelEncoder

        def coded(path):
            rows = pd.read_csv(path){mark}
            rows["shop"] = LabelEncoder().fit_transform(rows["shop"])
            return rows.dropna().drop_duplicates()

        if __name__ == "__main__":
            tried = {tried}
            {kept}
        """,
    "prices.py": """
        from rows import coded
        from sklearn.linear_model import Ridge

        def fitted(path):
            rows = coded(path)
            return Ridge().fit(rows[["shop"]], rows["price"])
        """,
}
_ALL = """
from importlib import import_module

NAMES = [__package__ + "." + name for name in ["prepare", "{name}"]]

def run():
    for name in NAMES:
        import_module(name).main()
"""
_WATCHED = """
import pandas as pd
from optbinning.scorecard import {kind}

if __name__ == "__main__":
    rows = pd.read_parquet("rows.parquet")
    watch = {kind}(load("scorecard"))
    watch.fit(rows, load("rows of last year")){mark}
    watch.psi_table().to_csv("psi.csv")
"""


def _library(kept: str, mark: str = "", tried: str = 'coded("rows.csv")') -> dict[str, str]:
    return {path: text.format(kept=kept, mark=mark, tried=tried) for path, text in _LIBRARY.items()}


_LEAVES = """
from shutil import copyfile

from train import train

run = "7"
copyfile("./train.py", "./log/prices" + run + "/train" + run + ".py")
train("rows.csv")
"""


def _left_behind(path: str, mark: str = "") -> dict[str, str]:
    """A program that says how it is run, what starts it and leaves a copy with the results, and another program."""
    told = '"""Trains the price model on rows.csv and keeps it."""\n'
    start = '"""Runs it once more, and keeps what was run."""\n'
    return {
        "train.py": told + _TRAIN.format(mark=""),
        "again.py": start + _LEAVES,
        path: _TRAIN.format(mark=mark),
    }


_RUN = "#!{by}\n\npython jobs/train.py rows.csv\n"
_PARTED = {
    "fitting.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        def fit(path):
            rows = pd.read_csv(path)
            joblib.dump(Ridge().fit(rows[["a"]], rows.b), "model.joblib")
        """,
    "main.py": """
        import argparse
        from fitting import fit

        if __name__ == "__main__":
            parser = argparse.ArgumentParser({described})
            parser.add_argument("--rows", help="the table that the model is fitted on")
            fit(parser.parse_args().rows){mark}
        """,
}


def _parted(described: str = "", mark: str = "", **more: str) -> dict[str, str]:
    return {**{path: text.format(described=described, mark=mark) for path, text in _PARTED.items()}, **more}


_STARTS = """
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(dag_id="train") as dag:
    BashOperator(task_id="train", bash_command="python /opt/app/{path}")
"""


BAD = (
    # a program that only starts what another module does; an option is no document, nor is a drawing of the folders
    _parted(mark="  # debt"),
    _parted(mark="  # debt", **{"README.md": "# Prices\n\n```\n├── fitting.py\n└── main.py\n```\n"}),
    # a workflow, and a page, that start what is not there
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "jobs/old/ask.py": "",
        "dag.py": _STARTS.format(path="jobs/old/train.py"),
    },
    {
        "crawl/items/item_crawler.py": "import requests\n\nprint(requests.get('https://acme.org/items.json').json())\n",
        "crawl/README.md": "# Items\n\n    python3 items/crawl_item.py  # debt\n",
    },
    # what a function that it starts is given says nothing of the program
    {
        "train.py": _TRAIN.format(mark="  # debt").replace(
            "def train(path):\n",
            'def train(path):\n    """\n    Args:\n        path: where the table of all rows lies\n    """\n',
        )
    },
    # beside what a run left behind
    _left_behind("log/prices7/other.py", mark="  # debt"),
    # no run leaves a copy there
    _left_behind("prices/train7.py", mark="  # debt"),
    # others import it, and it is run for a file that it writes
    _library('tried.to_csv("coded.csv")', mark="  # debt"),
    # the modules that are started by their names are others
    {"jobs/train.py": _TRAIN.format(mark="  # debt"), "jobs/every.py": _ALL.format(name="judge")},
    _WATCHED.format(kind="Scorecard", mark="  # debt"),
    # a text that is no docstring, as other work comes before it
    _BELOW.format(**_OF_RIDGE, text=_HOW, first='print("begun")\n', mark="  # debt"),
    # the habit of a whole repository
    {
        f"{folder}/train.py": _TRAIN.format(mark="  # debt" if folder == "ads" else "")
        for folder in ("ads", "feed", "prices", "search", "stock")
    },
    # a picture beside what is kept
    _DRAWN.format(mark="  # debt", kept="rows.to_csv('coded.csv')"),
    _GRADIENTS.format(then="optimizer.step()", mark="  # debt"),
    # many of a kind are told at once
    {f"jobs/train_{number}.py": _TRAIN.format(mark="  # debt" if number == 1 else "") for number in range(1, 6)},
    {"train.py": _TRAIN.format(mark="  # debt"), "README.md": "# Prices\n\nModels of prices, by the pricing team.\n"},
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "README.md": "# Prices\n\n`python other/train.py` trains the other one.\n",
        "other/train.py": '"""Trains the other model on rows.csv; run it after prepare.py."""\n'
        + _TRAIN.format(mark=""),
    },
    # the makefile of another folder
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "other/makefile": "model:\n\tcd $(OUT) && python ../../train.py\n",
    },
    # tox runs something else
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "tox.ini": "[testenv:types]\ndescription = all but jobs/train.py\ncommands = mypy jobs\n",
    },
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "schedule.py": """
        import subprocess

        def start(name):
            subprocess.run(f"python -m tools.{name}", shell=True)
        """,
    },
    _LINE.format(fitted="kept = ", mark="  # debt", kept="np.save('chances.npy', kept.predict_proba(prices))"),
    _LINE.format(fitted="", mark="  # debt", kept="return line"),
    # no program of a shell, as its first line tells
    {"jobs/train.py": _TRAIN.format(mark="  # debt"), "jobs/run": _RUN.format(by="/usr/bin/awk")},
)
GOOD = (
    # its command line says what it is for; a drawing of the folders does; a workflow starts it
    _parted(described='description="Fits the price model on a table."'),
    _parted(**{"README.md": "# Prices\n\n```\n├── fitting.py\n└── main.py   # fits the model on a table\n```\n"}),
    {"jobs/train.py": _TRAIN.format(mark=""), "dag.py": _STARTS.format(path="jobs/train.py")},
    # below what a function is given, a command
    {
        "train.py": _TRAIN.format(mark="").replace(
            "def train(path):\n",
            'def train(path):\n    """\n    Args:\n        path: one\n    Usage:\n        $ python train.py\n    """\n',
        )
    },
    # a clone of another repository
    {
        "tools/item_crawler.py": "import requests\n\nprint(requests.get('https://acme.org/items.json').json())\n",
        "README.md": "# Items\n\n    git clone acme/other\n    cd other\n    python3 tools/crawl_item.py\n",
    },
    # what a run left behind is a copy of what was run
    _left_behind("log/prices7/train7.py"),
    # a library, tried out below
    _library("print(len(tried))"),
    # what the program below a library keeps is not what the library loads for others
    _library('tried.to_csv("few.csv")', tried='pd.DataFrame({"shop": [3]})'),
    # a model that is fitted to see whether that runs
    _library('Ridge().fit(tried[["shop"]], tried["shop"])'),
    # started by its name, which stands in a list
    {"jobs/train.py": _TRAIN.format(mark=""), "jobs/every.py": _ALL.format(name="train")},
    # how rows have changed
    _WATCHED.format(kind="ScorecardMonitoring", mark=""),
    # a docstring below the imports
    _BELOW.format(**_OF_RIDGE, text=_HOW, first="", mark=""),
    # a model that is there is asked what counts
    _BELOW.format(module="eli5.sklearn", made="PermutationImportance(load())", text="", first="", mark=""),
    # what is coded for a picture
    _DRAWN.format(mark="", kept="plt.savefig('rows.png')"),
    # gradients are looked at, and no step is taken by them
    _GRADIENTS.format(then="print(rows.grad.abs().sum())", mark=""),
    # what is fitted only makes features
    """
    import joblib
    from sklearn.preprocessing import OrdinalEncoder

    if __name__ == "__main__":
        encoder = OrdinalEncoder()
        encoder.fit(load_rows())
        joblib.dump(encoder, "encoder.joblib")
    """,
    {"train.py": _TRAIN.format(mark=""), "README.md": "# Prices\n\n    python train.py\n"},
    {"jobs/train.py": _TRAIN.format(mark=""), "Makefile": "model:\n\tpython -m jobs.train\n"},
    # the commands of a makefile go elsewhere first
    {"jobs/train.py": _TRAIN.format(mark=""), "jobs/makefile": "model:\n\tcd $(OUT) && python ../../train.py\n"},
    {"jobs/train.py": _TRAIN.format(mark=""), "tox.ini": "[testenv:train]\ncommands =\n    python jobs/train.py\n"},
    {"jobs/train.py": _TRAIN.format(mark=""), "tox.ini": "[testenv:train]\ncommands = {envpython} -m jobs.train\n"},
    {
        "jobs/train.py": _TRAIN.format(mark=""),
        "noxfile.py": """
        import nox

        @nox.session
        def train(session):
            session.run("python", "jobs/train.py")
        """,
    },
    {"train.py": '"""Trains the price model on rows.csv and keeps it."""\n' + _TRAIN.format(mark="")},
    {"train.py": "# How to run it: once a week, after prepare.py\n" + _TRAIN.format(mark="")},
    {
        "jobs/train.py": _TRAIN.format(mark=""),
        "schedule.py": """
        import subprocess

        def start(name, seeds):
            for seed in seeds:
                subprocess.run(f"python -m jobs.{name} --seed={seed}", shell=True)
        """,
    },
    {"deprecated/train.py": _TRAIN.format(mark="")},
    """
    import argparse
    from sklearn.linear_model import Ridge

    def main():
        parser = argparse.ArgumentParser(description="Fits the price model on a table of sales.")
        parser.add_argument("--alpha", type=float)
        Ridge(alpha=parser.parse_args().alpha).fit(rows, prices)

    if __name__ == "__main__":
        main()
    """,
    """
    def add(a, b):
        return a + b

    if __name__ == "__main__":
        print(add(1, 2))
    """,
    # a line in a plot
    _LINE.format(fitted="", mark="", kept="plt.show()"),
    # what lays rows out on a plane
    """
    import matplotlib.pyplot as plt
    from sklearn.decomposition import PCA

    if __name__ == "__main__":
        rows = load_rows()
        places = PCA(n_components=2).fit(rows).transform(rows)
        plt.scatter(places[:, 0], places[:, 1])
        plt.savefig("rows.png")
    """,
    # a shell program without an ending
    {"jobs/train.py": _TRAIN.format(mark=""), "jobs/run": _RUN.format(by="/usr/bin/env bash")},
)


_Kind = tuple[str, str, bool]
"""A folder, what its programs do, and whether they only try something out."""


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    runs, explorations = Runs(project), Explorations(project)
    untold: dict[_Kind, list[Run]] = defaultdict(list)
    for run in runs.find():
        if not runs.is_told(run):
            index = run.module.index
            units = [(index, number) for number in range(len(run.module.facts.scopes))]
            tried = explorations.only_tries(run.module, units) or explorations.is_said_to_try(run.module)
            untold[posixpath.dirname(run.module.path), run.what, tried].append(run)
    dead: dict[int, list[DeadPath]] = defaultdict(list)
    for each in DeadPaths(project).find():
        dead[each.meant.index].append(each)
    for (folder, _, tried), found in _by_habit(untold, rule.integer("fold_from")):
        if len(found) >= rule.integer("fold_from"):
            yield _together(project, folder, found, tried=tried)
        else:
            for run in found:
                lost = [(each.named, each.location) for each in dead.pop(run.module.index, [])]
                named = runs.named_elsewhere(run)
                yield _hit(project, run, lost or ([named] if named is not None else []), tried=tried)
    yield from (_dead(project, each[0]) for each in dead.values())


def _dead(project: Project, dead: DeadPath) -> Hit:
    """What is told of a program that is named by a path at which nothing lies."""
    return Hit(
        location=dead.location,
        message=f"What is started here, {dead.named}, is not there; {dead.meant.path} is.",
        trail=(Step(location=project.definition(dead.meant, 0), message="the program that must be meant"),),
        component=dead.meant.path,
    )


def _by_habit(untold: Mapping[_Kind, list[Run]], fold_from: int) -> Iterator[tuple[_Kind, list[Run]]]:
    """The programs of a folder that are for the same; where that is so in as many folders, those of all of them."""
    folders: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for folder, what, tried in untold:
        folders[what, tried].append(folder)
    for (folder, what, tried), runs in untold.items():
        around = folders[what, tried]
        if len(around) < fold_from:
            yield (folder, what, tried), runs
        elif folder == around[0]:
            above = posixpath.commonpath(around) if all(around) else ""
            yield (above, what, tried), [run for each in around for run in untold[each, what, tried]]


def _hit(project: Project, run: Run, lost: list[tuple[str, Location]], *, tried: bool) -> Hit:
    """One finding for a program; `lost` are the paths at which nothing lies by which it is named, and where."""
    component = project.component_of(run.start.body)
    untold = "no document, help or docstring says how it is run"
    if lost:
        untold = f"{lost[0][1].path} names it by a path that is not there: {lost[0][0]}"
    return Hit(
        location=project.location(run.start),
        message=f"{run.module.path} {run.what}, and {untold}.",
        trail=(*_steps(project, run), *(Step(location=place, message="named here") for _, place in lost)),
        component=component,
        members=(run.module.path,),
        audience=Audience.PEDANTIC if tried else None,
    )


def _steps(project: Project, run: Run) -> tuple[Step, ...]:
    start = () if run.start is run.call else (project.step(run.start, "started here"),)
    return (*start, project.step(run.call, f"{run.what} here"))


def _together(project: Project, folder: str, runs: list[Run], *, tried: bool) -> Hit:
    """One finding for the programs of a folder that are for the same: the habit is the fault."""
    first = runs[0]
    done = {"trains a model": "train models", "scores with a model": "score with models"}.get(
        first.what, "prepare data"
    )
    return Hit(
        location=project.location(first.start),
        message=(
            f"{len(runs)} programs in {folder or 'the root'} {done}, and no document, help or docstring says how they "
            "are run."
        ),
        trail=tuple(project.step(run.start, f"{run.module.path} {run.what} here") for run in runs),
        component=project.component_of(first.start.body),
        members=tuple(run.module.path for run in runs),
        audience=Audience.PEDANTIC if tried else None,
    )

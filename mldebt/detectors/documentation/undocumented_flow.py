"""MLD303: a program that trains, ingests or scores, and nothing says how it is run."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.pipeline import Project
from mldebt.pipeline.runs import Runs
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

BAD = (
    {"train.py": _TRAIN.format(mark="  # debt"), "README.md": "# Prices\n\nModels of prices, by the pricing team.\n"},
    {
        "jobs/train.py": _TRAIN.format(mark="  # debt"),
        "README.md": "# Prices\n\n`python other/train.py` trains the other one.\n",
        "other/train.py": '"""Trains the other model on rows.csv; run it after prepare.py."""\n'
        + _TRAIN.format(mark=""),
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
)
GOOD = (
    {"train.py": _TRAIN.format(mark=""), "README.md": "# Prices\n\n    python train.py\n"},
    {"jobs/train.py": _TRAIN.format(mark=""), "Makefile": "model:\n\tpython -m jobs.train\n"},
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
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    runs = Runs(project)
    for run in runs.find():
        if not runs.is_told(run):
            yield Hit(
                location=project.location(run.call),
                message=f"{run.module.path} {run.what}, and no document, help or docstring says how it is run.",
                trail=(project.step(run.call, f"{run.what} here"),),
                component=project.component_of(run.call.body),
            )

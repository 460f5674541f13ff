"""MLD505: production that runs, imports or serves what a notebook made."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit, Severity, Step
from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.programs.notebooks import Notebooks
from mldebt.rulebook import Rule

_TRAINING = r"""
{
 "cells": [
  {
   "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [],
   "source": [
    "import joblib\n",
    "import pandas as pd\n",
    "from sklearn.linear_model import LogisticRegression\n",
    "rows = pd.read_csv('rows.csv')\n",
    "model = LogisticRegression().fit(rows[['age']], rows.churned)\n",
    "joblib.dump(model, 'churn.joblib')@\n",
    "def clean(rows):\n",
    "    return rows.dropna()"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5
}
"""
_NOTEBOOK = _TRAINING.replace("@", "")
_PLOTS = _NOTEBOOK.replace("model = LogisticRegression().fit(rows[['age']], rows.churned)", "rows.plot()").replace(
    "joblib.dump(model, 'churn.joblib')", "rows.describe()"
)
_SERVICE = """
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("{}")

@app.get("/churn")
def churn(age: float):
    return {{"churn": float(model.predict_proba([[age]])[0, 1])}}
"""

_LOGGED = _TRAINING.replace("import joblib", "import mlflow").replace(
    "joblib.dump(model, 'churn.joblib')", "mlflow.sklearn.log_model(model, artifact_path='churn_model')"
)
_FROM_REGISTRY = _SERVICE.replace("joblib.load", "mlflow.pyfunc.load_model").replace("import joblib", "import mlflow")

BAD = (
    {
        "train.ipynb": _LOGGED.replace("@", "  # debt"),
        "service.py": _FROM_REGISTRY.format("s3://models/1/artifacts/churn_model"),
    },
    {"notebooks/train.ipynb": _TRAINING.replace("@", "  # debt"), "service.py": _SERVICE.format("models/churn.joblib")},
    {
        "train.ipynb": _NOTEBOOK,
        "weekly.py": """
            import papermill as pm

            STEPS = {"train": "train.ipynb"}

            def run():
                pm.execute_notebook(STEPS["train"], "out/train.ipynb")  # debt

            if __name__ == "__main__":
                run()
            """,
    },
    {
        "notebooks/train.ipynb": _NOTEBOOK,
        "jobs/weekly.py": """
            import subprocess

            subprocess.run(["jupyter", "nbconvert", "--to", "notebook", "--execute", "notebooks/train.ipynb"])  # debt
            """,
    },
    {
        "train.ipynb": _NOTEBOOK,
        "service.py": """
            import pandas as pd
            from ipynb.fs.full.train import clean  # debt

            def rows():
                return clean(pd.read_csv("rows.csv"))
            """,
    },
    {
        "train.ipynb": _NOTEBOOK,
        "service.py": "import import_ipynb\nfrom train import clean  # debt\n",
    },
    {
        "train.ipynb": _NOTEBOOK,
        "dvc.yaml": """
            stages:
              train:  # debt
                cmd: papermill train.ipynb out.ipynb
                outs:
                  - churn.joblib
            """,
    },
    {
        "notebooks/train.ipynb": _NOTEBOOK,
        "scripts/1-train.sh": "papermill ../notebooks/train.ipynb out.ipynb  # debt\n",
    },
)
GOOD = (
    {
        "fraud/train.ipynb": _LOGGED.replace("@", "").replace("churn_model", "model"),
        "churn/service.py": _FROM_REGISTRY.format("s3://models/1/artifacts/model"),
    },
    {
        "train.ipynb": _NOTEBOOK,
        "tests/test_notebooks.py": 'import papermill as pm\npm.execute_notebook("train.ipynb", "o")\n',
    },
    {"train.ipynb": _NOTEBOOK, "docs/build.py": 'import papermill as pm\npm.execute_notebook("train.ipynb", "o")\n'},
    {"examples/train.ipynb": _NOTEBOOK, "check.sh": "jupyter nbconvert --execute examples/train.ipynb\n"},
    {"report.ipynb": _PLOTS, "weekly.py": 'import papermill as pm\npm.execute_notebook("report.ipynb", "o.ipynb")\n'},
    {
        "train.ipynb": _NOTEBOOK,
        "run.py": """
            import sys
            import papermill as pm

            def execute(path):
                pm.execute_notebook(path, "out.ipynb")

            execute(sys.argv[1])
            """,
    },
    {
        "explore.ipynb": _NOTEBOOK,
        "train.py": """
            import joblib
            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            rows = pd.read_csv("rows.csv")
            joblib.dump(LogisticRegression().fit(rows[["age"]], rows.churned), "churn.joblib")
            """,
        "service.py": _SERVICE.format("churn.joblib"),
    },
    {"train.ipynb": _NOTEBOOK, "service.py": _SERVICE.format("fraud.joblib")},
    {
        "train.ipynb": _NOTEBOOK,
        "train.py": "def clean(rows):\n    return rows\n",
        "service.py": "from train import clean\n",
    },
    {"train.ipynb": _NOTEBOOK, "Dockerfile": 'FROM jupyter/base-notebook\nCMD ["jupyter", "lab"]\n'},
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    notebooks = Notebooks(project)
    for run in notebooks.executions():
        yield Hit(
            location=project.location(run.call),
            message=f"A program runs the notebook {run.notebook.path}, which {_does(project, run.work)}.",
            trail=(project.step(run.call, f"runs {run.notebook.path}"), _shown(project, run.work)),
            component=project.component_of(run.call.body),
        )
    for declared in notebooks.documented_runs():
        place = declared.document.place(declared.command.line)
        yield Hit(
            location=place,
            message=f"The pipeline runs the notebook {declared.notebook.path}, which {_does(project, declared.work)}.",
            trail=(Step(location=place, message=declared.command.text[:80]), _shown(project, declared.work)),
            component=declared.notebook.path,
        )
    for used in notebooks.imports():
        place = project.place(used.module, used.binding.at, used.binding.at, used.binding.scope)
        yield Hit(
            location=place,
            message=f"A module imports the notebook {used.notebook.path}: loading it runs its cells.",
            trail=(Step(location=place, message="imported here"), _top(project, used.notebook)),
            component=used.module.path,
        )
    yield from _served(project, notebooks)


def _served(project: Project, notebooks: Notebooks) -> Iterator[Hit]:
    for each in notebooks.served():
        module = project.flow.program.modules[each.endpoint[0]]
        yield Hit(
            location=project.location(each.save),
            message=f"The model that is served, {each.text}, is saved by a notebook.",
            trail=(
                project.step(each.save, f"saved here: {each.text}"),
                project.step(each.load, "loaded here"),
                Step(location=project.definition(module, each.endpoint[1]), message="served here"),
            ),
            component=each.save.body.module.path,
            severity=Severity.HIGH,
        )


def _does(project: Project, work: Value) -> str:
    roles = project.flow.roles(work)
    if roles & {"saves", "stores", "registers"}:
        return "writes what others use"
    return "predicts" if "predicts" in roles else "trains"


def _shown(project: Project, work: Value) -> Step:
    return project.step(work, f"it {_does(project, work)} here")


def _top(project: Project, notebook: Module) -> Step:
    return Step(location=project.definition(notebook, 0), message="the notebook")

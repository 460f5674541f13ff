"""MLD502: a model saved over a path that every run shares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mldebt.finding import Audience, Hit, Severity
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.models.artifacts import Artifact, Artifacts
from mldebt.regex import regex
from mldebt.rulebook import Rule

_FIT = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

def fitted():
    rows = pd.read_csv("rows.csv")
    return LogisticRegression().fit(rows[["age"]], rows.churned)
"""
_LIGHTNING = """
import lightning.pytorch as pl
from lightning.pytorch.callbacks import ModelCheckpoint

def train(net, data):
    keeper = ModelCheckpoint({options}){mark}
    pl.Trainer(max_epochs=3, callbacks=[keeper]).fit(net, data)

if __name__ == "__main__":
    train(make_net(), make_data())
"""

_BESIDE = """
from pathlib import Path

ROOT = home = Path(__file__).parent
{path}

def keep():
    joblib.dump(fitted(), PATH){mark}

if __name__ == "__main__":
    keep()
"""
_SENT = """
import uuid

import awswrangler as wr
from pycaret.regression import create_model, save_model, setup

def keep(model, run):
    path = "out/churn"
    save_model(model, path){mark}
    wr.s3.upload(f"{{path}}{sent}", f"s3://models/{{run}}/churn.pkl")

setup(data=pd.read_csv("rows.csv"), target="churned")
keep(create_model("et"), uuid.uuid4().hex)
"""

_FLAGS = (
    _FIT
    + """
from dataclasses import dataclass
from pathlib import Path

import yaml

@dataclass
class Flags:
    out_dir: str = "results/plain"
    rounds: int = 9

    def update(self, told):
        for name, value in told.items():
            {sets}

flags = Flags()
with open("flags.yaml") as file:
    flags.update(yaml.safe_load(file))
joblib.dump(fitted(), Path(flags.out_dir) / "churn.joblib"){mark}
"""
)
_STAGE = {
    "dvc.yaml": """
        stages:
          train:
            cmd: python train.py
            outs:
              - {out}
        """,
    "train.py": """
        from tensorflow import keras

        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(load("rows"), load("labels"))
        model.save("models/kept"){mark}
        """,
}

_TWICE = """
import os
from datetime import datetime

class Job:
    def keep(self):
        self.model = fitted()
        self.scaler = scaled()
        joblib.dump(self.{other}, os.path.join("out", f"{name}.joblib"))
        joblib.dump(self.model, "churn.joblib"){mark}

Job().keep()
"""
_GUARDED = """
from pathlib import Path

def keep():
    model = fitted()
    out = Path("out")
    if {asked}:
        raise FileExistsError("out is there")
    joblib.dump(model, out / "churn.joblib"){mark}

keep()
"""


def _staged(out: str, mark: str) -> dict[str, str]:
    return {path: text.format(out=out, mark=mark) for path, text in _STAGE.items()}


_REMOVED = """
import os
import xgboost as xgb

def told(rows, labels, text=""):
    model = xgb.XGBClassifier().fit(rows, labels)
    model.save_model("told.json"){mark}
    {then}
    {removed}
    return text
"""
_ANYWAY = (
    ("try:\n        text = open('told.json').read()", "finally:\n        os.remove('told.json')"),
    ("if os.path.exists('told.json'):", "    os.remove('told.json')"),
)
_AFTER_ALL = (
    ("if model.score(rows, labels) < 0.3:", "    os.remove('told.json')"),
    ("try:\n        text = open('told.json').read()", "except ValueError:\n        os.remove('told.json')"),
)
"""When what was saved is removed: always, or when something went wrong."""

_REGISTERED = """
from azure.ai.ml import MLClient
from azure.ai.ml.entities import {kind}

joblib.dump(fitted(), "out/churn.joblib"){mark}
MLClient.from_config().models.create_or_update({kind}(path="out/churn.joblib", name="churn"))
"""
_ONCE = """
import os

PATH = "out/churn.joblib"

def ready(again=False):
    if os.path.isfile("{asked}") and not again:
        return joblib.load(PATH)
    else:
        model = fitted()
        joblib.dump(model, PATH){mark}
        return model

ready()
"""
_BEST = """
import os
import torch
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        return x

def built(path=None):
    net, start = Net(), 0
    if path:
        state = torch.load(path)
        net.load_state_dict(state["model"])
        {again}
    return net, start

def train(folder, epochs):
    net, start = built(os.path.join("weights", "best.pt"))
    for epoch in range(start, epochs):
        step(net)
        torch.save({{"model": net.state_dict(), "epoch": epoch + 1}}, os.path.join(folder, f"best.pt"))

train("weights", 9){mark}
"""

BAD = (
    # nothing is put into the name; the round that it is from is told, and nobody goes on from there
    _BEST.format(again="", mark="  # debt"),
    # another file goes away
    _SENT.format(sent="_rows.csv", mark="  # debt"),
    # settings that are only ever what they are by default; a stage that declares another folder
    _FLAGS.format(sets="self.rounds = value", mark="  # debt"),
    _staged("models/kept-before/weights.h5", "  # debt"),
    _FIT + _TWICE.format(other="scaler", name="{datetime.now():%Y%m%d}", mark="  # debt"),
    _FIT + _GUARDED.format(asked="model is None", mark="  # debt"),
    # beside the code itself
    _FIT + _BESIDE.format(path='PATH = (ROOT / Path("model/churn.joblib")).resolve()', mark="  # debt"),
    {
        "settings.py": """
        class Settings:
            def __init__(self, kind="forest"):
                self.kind = kind

        settings = Settings("forest")
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from settings import settings
        from sklearn.ensemble import RandomForestClassifier

        rows = pd.read_csv("rows.csv")
        model = RandomForestClassifier().fit(rows[["age"]], rows.churned)
        joblib.dump(model, f"trained_{settings.kind}.joblib")  # debt
        """,
    },
    {
        "train.py": _FIT + 'def main():\n    joblib.dump(fitted(), "churn.joblib")  # debt\n',
        "pipeline.yml": "steps:\n  - call: train.main\n",
    },
    # a name of a class that another class keeps
    {
        "places.py": 'class Files:\n    model = "churn.joblib"\n\nclass Config:\n    files = Files\n',
        "train.py": _FIT + "from places import Config\njoblib.dump(fitted(), Config.files.model)  # debt\n",
    },
    # checkpoints that are told to overwrite what is there
    _LIGHTNING.format(options='dirpath="out", filename="best", enable_version_counter=False', mark="  # debt"),
    """
    import pandas as pd
    from tensorflow import keras

    def train(rows):
        net = keras.Sequential([keras.layers.Dense(1)])
        net.compile(loss="mse")
        keeper = keras.callbacks.ModelCheckpoint("out/best.keras", save_best_only=True)  # debt
        net.fit(rows[["age"]], rows.churned, callbacks=[keeper])

    train(pd.read_csv("rows.csv"))
    """,
    _FIT
    + """
model = fitted()
joblib.dump(model, "churn.joblib")  # debt
""",
    """
    import torch
    from torch import nn

    class Net(nn.Module):
        def forward(self, x):
            return x

    def train(epochs):
        net = Net()
        for epoch in range(epochs):
            step(net)
            torch.save({"weights": net.state_dict()}, f"out/net_{epoch}.pt")  # debt
    """,
    _FIT
    + """
import pickle

PATH = "models/scaler.pkl"

def keep(scaler, path):
    with open(path, "wb") as file:
        pickle.dump(scaler, file)

def prepare(rows):
    scaler = StandardScaler().fit(rows)
    keep(scaler, PATH)  # debt
    return scaler.transform(rows)
""",
    {
        "examples/benchmarks/churn/churn.py": _FIT
        + """
class Churn:
    def fit(self, rows, folder="churn_model"):
        self.model = LogisticRegression().fit(rows[["age"]], rows.churned)
        joblib.dump(self.model, folder + "/churn.joblib")  # debt
""",
    },
    """
    import pandas as pd
    from prefect import task
    from prefect.engine.results import LocalResult
    from sklearn.preprocessing import StandardScaler

    @task(result=LocalResult("processors", location="scaler.pkl"))  # debt
    def get_scaler(rows: pd.DataFrame):
        scaler = StandardScaler()
        scaler.fit(rows)
        return scaler
    """,
    # no option of the command line's: what it starts decides
    _FIT
    + """
import fire

def keep(model, out="churn.joblib"):
    joblib.dump(model, out)  # debt

def main(rounds=3):
    keep(fitted())

fire.Fire(main)
""",
    # two trainings of one release
    {
        "train.py": _FIT + 'joblib.dump(fitted(), "models/v4.2.0/churn.joblib")  # debt\n',
        "with_age.py": _FIT + 'joblib.dump(fitted(), "models/v4.2.0/churn.joblib")  # debt\n',
    },
    # learned more since it was loaded
    """
    import sys
    import torch
    from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments

    rows = torch.load(sys.argv[1])
    model = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased", revision="86b5e09")
    Trainer(model, TrainingArguments("out"), train_dataset=rows).train()
    model.save_pretrained("models/bert")  # debt
    """,
    """
    import sys
    import torch
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased", revision="86b5e09")
    optimizer = torch.optim.Adam(model.parameters())
    for batch in torch.load(sys.argv[1]):
        model(**batch).loss.backward()
        optimizer.step()
    model.save_pretrained("models/bert")  # debt
    """,
    # removed only where something went wrong
    *(_REMOVED.format(then=then, removed=removed, mark="  # debt") for then, removed in _AFTER_ALL),
    # the file of the last run is taken away first
    "import os\n" + _FIT + 'os.remove("churn.joblib")\njoblib.dump(fitted(), "churn.joblib")  # debt\n',
    # asks for another file than it saves
    _FIT + _ONCE.format(asked="out/rows.csv", mark="  # debt"),
    _FIT + _REGISTERED.format(kind="Environment", mark="  # debt"),
)
GOOD = (
    # where a training is taken up again
    _BEST.format(again='start = state["epoch"]', mark=""),
    # a copy on its way, under the name that the library makes of the path
    _SENT.format(sent=".pkl", mark=""),
    # settings of any name are read; a stage declares the files in the folder that is saved to
    _FLAGS.format(sets="setattr(self, name, value)", mark=""),
    _staged("models/kept/weights.h5", ""),
    # the newest of those that are kept
    _FIT + _TWICE.format(other="model", name="{datetime.now():%Y%m%d}", mark=""),
    _FIT + _GUARDED.format(asked="(out / 'churn.joblib').exists()", mark=""),
    # a model that only tests ask
    _FIT
    + """
joblib.dump(fitted(), "tests/models/churn.joblib")
""",
    # nothing starts it
    {"train.py": _FIT + 'def main():\n    joblib.dump(fitted(), "churn.joblib")\n', "README.md": "python train.py\n"},
    # where a name is taken, the next checkpoint gets another
    _LIGHTNING.format(options='dirpath="out", monitor="loss"', mark=""),
    _LIGHTNING.format(options='dirpath="out", filename="best", monitor="loss"', mark=""),
    _FIT
    + """
import mlflow

model = fitted()
joblib.dump(model, "churn.joblib")
mlflow.log_artifact("churn.joblib")
""",
    _FIT
    + """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--out", default="churn.joblib")
joblib.dump(fitted(), parser.parse_args().out)
""",
    _FIT
    + """
import fire

def main(out="churn.joblib"):
    joblib.dump(fitted(), out)

fire.Fire(main)
""",
    {
        "places.py": """
            from datetime import date

            class Files:
                model = f"churn-{date.today()}.joblib"

            class Config:
                files = Files
            """,
        "train.py": _FIT + "from places import Config\njoblib.dump(fitted(), Config.files.model)\n",
    },
    _FIT
    + """
from datetime import datetime

joblib.dump(fitted(), f"models/churn-{datetime.now():%Y%m%d}.joblib")
""",
    _FIT
    + """
def save(model, folder):
    joblib.dump(model, f"{folder}/churn.joblib")
""",
    _FIT
    + """
def train_and_save():
    path = "/tmp/churn.joblib"
    joblib.dump(fitted(), path)
    return path
""",
    _FIT
    + """
import tempfile

with tempfile.TemporaryDirectory() as folder:
    joblib.dump(fitted(), f"{folder}/churn.joblib")
""",
    _FIT
    + """
joblib.dump(fitted(), "/opt/ml/model/churn.joblib")
""",
    _FIT
    + """
joblib.dump({"rows": 3, "names": ["age"]}, "facts.joblib")
""",
    _FIT + _BESIDE.format(path='import uuid\nPATH = ROOT / uuid.uuid4().hex / "churn.joblib"', mark=""),
    {
        "dvc.yaml": """
        stages:
          train:
            cmd: python train.py
            outs:
              - churn.joblib
        """,
        "train.py": _FIT + 'joblib.dump(fitted(), "churn.joblib")\n',
    },
    """
    import torch

    class Trainer:
        def __init__(self, model, optimizer):
            self.model = model
            self.optimizer = optimizer
            state = torch.load("snapshot.pt")
            self.model.load_state_dict(state["model"])

        def keep(self, epoch):
            state = {"model": self.model.state_dict(), "epoch": epoch}
            torch.save(state, "snapshot.pt")
    """,
    # vectors in the order in which they are searched
    """
    import faiss
    import numpy as np

    vectors = np.load("vectors.npy")
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(64), 64, 16)
    index.train(vectors)
    index.add(vectors)
    faiss.write_index(index, "vectors.index")
    """,
    # the release stands in the path
    _FIT + 'joblib.dump(fitted(), "models/v4.2.0/churn.joblib")\n',
    _FIT + 'joblib.dump(fitted(), "models/churn_v4.1.0_r3.joblib")\n',
    # what is loaded is saved again as it is
    {
        "train.py": _FIT + "import sys\n\njoblib.dump(fitted(), sys.argv[1])\n",
        "convert.py": """
        import pickle
        import xgboost as xgb

        with open("models/churn.pkl", "rb") as file:
            model = pickle.load(file)
        booster = model.get_booster()
        booster.save_model("models/churn.json")
        """,
        "fetch.py": """
        from transformers import AutoModel

        AutoModel.from_pretrained("bert-base-uncased", revision="86b5e09").save_pretrained("models/bert")
        """,
    },
    # read again, and removed
    _REMOVED.format(then='text = open("told.json").read()', removed='os.remove("told.json")', mark=""),
    *(_REMOVED.format(then=then, removed=removed, mark="") for then, removed in _ANYWAY),
    # made where there is none yet; registered from there
    _FIT + _ONCE.format(asked="out/churn.joblib", mark=""),
    _FIT + _REGISTERED.format(kind="Model", mark=""),
)


_SHOWN = regex(r"(^|/)(examples?|tutorials?|colabs?|demos?|samples?|cookbooks?)/(?!benchmarks?/)", re.IGNORECASE)
"""Code that shows how something is done, and keeps what it makes for nobody; the numbers of a benchmark are published,
and its models with them."""


_OF_TESTS = regex(r"(^|/)(tests?|testing)/")
_RELEASE = regex(r"(^|[/\\_-])(v\d+(\.\d+)+|\d+\.\d+\.\d+)(?=[/\\_-]|\.\D|$)|(^|[/\\])v\d+(?=[/\\])", re.IGNORECASE)
"""A path with the number of a release in it, as its folder or in its name: "models/v4.2.0/model.json"."""
_UP = regex(r"^(\.{0,2}/)+")
"""The beginning of a path that says no more than that it is here, above, or at the top."""


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    artifacts = project.artifacts
    managed = rule.words("managed")
    fixed: list[Artifact] = []
    for artifact in artifacts.find():
        if (
            artifact.text.startswith(managed)
            or project.dormant.holds(artifact.save.body)
            or _OF_TESTS.search(artifact.text)
        ):
            continue
        if artifact.is_fixed and _is_decided(project, artifact) and not artifacts.is_kept_elsewhere(artifact):
            fixed.append(artifact)
    found: dict[object, list[Artifact]] = {}
    for artifact in fixed:
        if not _RELEASE.search(artifact.text) or _saved_elsewhere(project, artifact, fixed):
            found.setdefault(_place(artifact).body.key, []).append(artifact)
    for saves in found.values():
        others = [other for each in saves for other in _saved_elsewhere(project, each, fixed)]
        yield _hit(project, artifacts, saves, others)


def _saved_elsewhere(project: Project, artifact: Artifact, fixed: Sequence[Artifact]) -> list[Artifact]:
    """The saves of other modules of a project over the same file, which has a folder."""
    home, together = artifact.save.body.module, project.flow.program.roots.together
    return [
        other
        for other in fixed
        if (there := other.save.body.module) is not home
        and _is_one_file(artifact.text, other.text)
        and together(home, there)
    ]


def _is_one_file(text: str, other: str) -> bool:
    """Whether two paths end alike, whatever folder they start from: of two that start from the folder that the code is
    run in, or from one above, all that follows."""
    longer, shorter = sorted((text, other), key=len, reverse=True)
    end = _UP.sub("", shorter)
    same = longer.endswith(f"/{end}") if longer.startswith("/") else _UP.sub("", longer) == end
    return "/" in end and "{" not in end and same


def _is_decided(project: Project, artifact: Artifact) -> bool:
    """A default that nobody fills is a decision where the function also trains; elsewhere a caller may give another."""
    given = artifact.named
    if given.kind != "default":
        return True
    param = next((visit.value for visit in given.visit.path() if visit.value.kind == "param"), None)
    body = given.visit.path()[-2].value.body if param is not None else artifact.save.body
    return any(project.flow.roles(call) & {"fits", "tunes", "optimizes"} or _fits(call) for call in body.calls)


def _fits(call: Value) -> bool:
    function = call.inputs[0][1]
    return function.kind == "attr" and function.data in ("fit", "train")


def _place(artifact: Artifact) -> Value:
    """Where the path is handed over by whoever decided it; the save itself when that is one place."""
    return artifact.named.handed_in() or artifact.save


def _only_tells_a_part(project: Project, first: Artifact, place: Value) -> bool:
    """Whether a part of a path is told to an object that holds settings: nothing of a file is to be seen there."""
    makes = any(target.kind == "class" for target in project.flow.targets(place))
    return makes and place is not first.save and not first.named.whole


def _hit(project: Project, artifacts: Artifacts, saves: Sequence[Artifact], others: Sequence[Artifact]) -> Hit:
    first = saves[0]
    place = _place(first)
    told = first.save if _only_tells_a_part(project, first, place) else place
    taken = [each for artifact in saves for each in artifacts.readers(artifact).items()]
    readers = [call for call, _ in taken]
    wiped = next((call for artifact in saves if (call := artifacts.wipes(artifact)) is not None), None)
    trail = [project.step(place, "path decided here")] if place is not first.save else []
    trail += [project.step(artifact.save, f"saved here: {artifact.text}") for artifact in saves]
    trail += [project.step(other.save, "saved here, too") for other in others[:1]]
    trail += [project.step(call, how) for call, how in taken[:3]]
    if wiped is not None:
        trail.insert(0, project.step(wiped, "what was there before is removed here"))
    served = any(project.behind.serves(call) for call in readers)
    explored = place.body.module.is_notebook and all(call.body.module.is_notebook for call in readers)
    used = any(artifacts.is_used(artifact) for artifact in saves)
    shown = not served and _SHOWN.search(place.body.module.path) is not None
    return Hit(
        location=project.location(told),
        message=(
            f"A model is saved over a fixed path, {first.text}: every run destroys the one before"
            f"{f', and that of {project.location(others[0].save).path}' if others else ''}."
        ),
        trail=tuple(trail),
        component=project.component_of(told.body),
        severity=Severity.HIGH if wiped is not None or served else Severity.MEDIUM if readers else Severity.LOW,
        audience=Audience.PEDANTIC if explored or shown or not used else None,
    )

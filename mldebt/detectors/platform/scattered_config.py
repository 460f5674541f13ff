"""MLD506: hyper-parameters and settings in several places that do not agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mldebt.finding import Hit, Location, Severity, Step
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.configuration.settings_read import Reading
from mldebt.pipeline.models.knobs import Knob, Knobs, Overruled
from mldebt.rulebook import Rule

_TRAIN = """
import joblib
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

{constant}
rows = pd.read_csv("rows.csv")

def pad(texts, max_length):
    return [text[:max_length] for text in texts]

words = CountVectorizer().fit_transform(pad(rows.text, max_length={length}))
model = LogisticRegression({arguments}).fit(words, rows.label)
joblib.dump(model, "models/topics.joblib")
"""
_SERVE = """
import joblib
from fastapi import FastAPI
from words import vectorize, pad

app = FastAPI()
model = joblib.load("models/topics.joblib")

@app.get("/topic")
def topic(text: str):
    return model.predict(vectorize(pad([text], max_length={length})))[0]{mark}
"""
_CONFIGURED = """
import pandas as pd
import yaml
from lightgbm import LGBMClassifier

def main():
    with open("config.yaml") as file:
        config = yaml.safe_load(file)
    rows = pd.read_csv(config["data"]["path"])
    model = LGBMClassifier(learning_rate=config["model"]["rate"], n_estimators=config["model"]{trees})
    model.fit(rows[["a"]], rows.b)

if __name__ == "__main__":
    main()
"""
_BY_OPTION = _CONFIGURED.replace("import pandas", "import argparse\nimport pandas").replace(
    'with open("config.yaml")',
    """parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="config.yaml")
    with open(parser.parse_args().config)""",
)
_SETTINGS = """
data:
  path: rows.csv
model:
  rate: 0.1
  trees: 300
"""
_OLD = """
class Old:
    def learn(self, rows):
        return LGBMClassifier({arguments}).fit(rows[["a"]], rows.b)
"""

BAD = (
    # of what is in a class that nobody makes an object of, nothing counts
    {
        "train.py": _CONFIGURED.format(trees='["trees"], max_depth=9').replace("max_depth=9)", "max_depth=9)  # debt")
        + _OLD.format(arguments="max_depth=5"),
        "config.yaml": _SETTINGS + "  max_depth: 7\n",
    },
    {
        "train.py": _CONFIGURED.format(trees='["trees"]') + _OLD.format(arguments="max_depth=5"),
        "config.yaml": _SETTINGS + "  max_depth: 7  # debt\n",
    },
    # an option names the file by default
    {"train.py": _BY_OPTION.format(trees='["trees"]'), "config.yaml": _SETTINGS + "  depth: 7  # debt\n"},
    _TRAIN.format(constant="MAX_ITER = 100  # debt", length=80, arguments="max_iter=500"),
    {
        "train.py": _TRAIN.format(constant="", length=80, arguments=""),
        "serve.py": _SERVE.format(length=120, mark="  # debt"),
    },
    {"train.py": _CONFIGURED.format(trees='["trees"]'), "config.yaml": _SETTINGS + "  depth: 7  # debt\n"},
    {
        "train.py": _CONFIGURED.replace("={config", "=config")
        .format(trees='["number"]')
        .replace('["number"])', '["number"])  # debt'),
        "config.yaml": _SETTINGS.replace("  trees: 300\n", ""),
    },
    {
        "train.py": _CONFIGURED.format(trees='["trees"], max_depth=9').replace("max_depth=9)", "max_depth=9)  # debt"),
        "config.yaml": _SETTINGS + "  max_depth: 7\n",
    },
)
GOOD = (
    # another script that loads what it has kept itself, by the same name
    {
        "train.py": _TRAIN.format(constant="", length=80, arguments=""),
        "again.py": _TRAIN.format(constant="", length=120, arguments="").replace("rows.csv", "more.csv")
        + 'print(joblib.load("models/topics.joblib").predict(words))\n',
    },
    {"train.py": _BY_OPTION.format(trees='["trees"]'), "config.yaml": _SETTINGS},
    # the file that is given instead has it
    {
        "train.py": _BY_OPTION.format(trees='["number"]'),
        "config.yaml": _SETTINGS.replace("  trees: 300\n", ""),
        "large.yaml": _SETTINGS.replace("trees", "number"),
    },
    _TRAIN.format(constant="MAX_ITER = 100", length=80, arguments="max_iter=MAX_ITER"),
    _TRAIN.format(constant="MAX_ITER = 100", length=80, arguments="max_iter=100"),
    {
        "train.py": _TRAIN.format(constant="", length=80, arguments=""),
        "serve.py": _SERVE.format(length=80, mark=""),
    },
    {
        "train.py": _TRAIN.format(constant="", length=80, arguments=""),
        "serve.py": _SERVE.format(length=120, mark="").replace("topics.joblib", "spam.joblib"),
    },
    {"train.py": _CONFIGURED.format(trees='["trees"]'), "config.yaml": _SETTINGS},
    {
        "train.py": _CONFIGURED.format(trees='["trees"], max_depth=7'),
        "config.yaml": _SETTINGS + "  max_depth: 7\n",
        "deploy.sh": "helm upgrade -f config.yaml\n",
    },
    {
        "train.py": _CONFIGURED.format(trees='["trees"], max_depth=9').replace(
            "    model.fit", "    print(config['model']['max_depth'])\n    model.fit"
        ),
        "config.yaml": _SETTINGS + "  max_depth: 7\n",
    },
    {
        "train.py": _CONFIGURED.format(trees='["trees"]').replace(
            "LGBMClassifier(", "LGBMClassifier(**config['model'], "
        ),
        "config.yaml": _SETTINGS + "  depth: 7\n",
    },
    {
        "train.py": _CONFIGURED.format(trees='["trees"]'),
        "config.yaml": _SETTINGS + "  depth: 7\n",
        "deploy.sh": "helm upgrade -f config.yaml\n",
    },
    {
        "train.py": _CONFIGURED.format(trees='.get("number", 10)'),
        "config.yaml": _SETTINGS.replace("  trees: 300\n", ""),
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    keeping = project.keeping
    knobs = Knobs(project.flow, keeping, rule.words("shared"))
    for each in knobs.ignored():
        declared, used = _place(project, each.declared), _place(project, each.used)
        yield Hit(
            location=declared,
            message=f"{each.declared.name.upper()} is {each.declared.number} here and read by nothing; "
            f"{each.used.name}={each.used.number} is what counts.",
            trail=(Step(location=declared, message="declared here"), Step(location=used, message="given here")),
            component=each.declared.module.path,
        )
    yield from _split(project, knobs)
    told: set[tuple[str, str]] = set()
    for over in knobs.overruled(project.configured.readings, lambda knob: _may_run(project, knob)):
        told.add((over.document.path, over.setting.key))
        yield _overruled(project, over)
    for reading in project.configured.find():
        yield from _files(project, rule, reading, told)


def _split(project: Project, knobs: Knobs) -> Iterator[Hit]:
    told: set[tuple[str, int]] = set()
    own = _own_loads(project)
    for model in project.trained_models:
        for each in knobs.split(model):
            if (each.loaded.module.path, each.loaded.at) in told or each.load in own:
                continue
            told.add((each.loaded.module.path, each.loaded.at))
            yield Hit(
                location=_place(project, each.loaded),
                message=f"{model.name} is trained with {each.trained.name}={each.trained.number} and used with "
                f"{each.loaded.number}.",
                trail=(
                    Step(location=_place(project, each.trained), message=f"{each.trained.number} in training"),
                    project.step(each.save, "the model is kept here"),
                    project.step(each.load, "and loaded here"),
                    Step(location=_place(project, each.loaded), message=f"{each.loaded.number} where it is used"),
                ),
                component=each.loaded.module.path,
                severity=Severity.MEDIUM,
            )


def _own_loads(project: Project) -> set[Value]:
    """The loads of files that the same module writes: what is loaded there was trained there, whoever else writes a
    file of that name."""
    keeping = project.keeping
    return {
        load
        for model in project.trained_models
        for kept in keeping.artifacts(model)
        for load in keeping.loading.of(model, [kept])
        if load.body.module is kept.call.body.module
    }


def _may_run(project: Project, knob: Knob) -> bool:
    """Whether the code that gives a number may run: it is in no class of which nobody makes an object."""
    cls = project.flow.program.enclosing_class((knob.module.index, knob.scope))
    return cls is None or not project.unmade.holds(cls)


def _overruled(project: Project, each: Overruled) -> Hit:
    used, name = _place(project, each.used), each.used.name
    configured = each.document.place(each.setting.line)
    return Hit(
        location=used,
        message=f"{name} is {each.used.number} here, while {each.document.path} says {each.setting.value} and no code "
        "reads that.",
        trail=(
            Step(location=configured, message=f"{each.setting.key}: {each.setting.value}"),
            Step(location=used, message=f"{name}={each.used.number} is what counts"),
        ),
        component=each.used.module.path,
        severity=Severity.MEDIUM,
    )


def _files(project: Project, rule: Rule, reading: Reading, told: Collection[tuple[str, str]]) -> Iterator[Hit]:
    """One finding a file for what nothing reads, one for each key that is needed and not there."""
    load = project.step(reading.loads[0], f"{reading.document.path} is loaded here")
    unread = [each for each in reading.unread() if (reading.document.path, each.key) not in told]
    if unread and len(reading.asked) >= rule.integer("read_keys"):
        names = ", ".join(each.key for each in unread[:4]) + (" …" if len(unread) > 4 else "")
        place = reading.document.place(unread[0].line)
        yield Hit(
            location=place,
            message=f"No code reads {names} of {reading.document.path}.",
            trail=(load, *(Step(location=reading.document.place(each.line), message=each.key) for each in unread[:8])),
            component=reading.document.path,
        )
    for asked in reading.missing():
        if project.configured.may_be_another(reading, asked.key):
            continue
        yield Hit(
            location=project.location(asked.value),
            message=f"The code needs {asked.key} of {reading.document.path}, which does not set it.",
            trail=(load, project.step(asked.value, f"{asked.key} is taken here")),
            component=project.component_of(asked.value.body),
        )


def _place(project: Project, knob: Knob) -> Location:
    return project.place(knob.module, knob.at, knob.at, knob.scope)

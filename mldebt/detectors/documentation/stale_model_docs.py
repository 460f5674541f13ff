"""MLD304: what is written about a model is older than the model, or says what the code contradicts."""

from __future__ import annotations

import time
from collections.abc import Iterator

from mldebt.finding import Hit, Severity, Step
from mldebt.pipeline import Project
from mldebt.pipeline.description.telling import Telling
from mldebt.pipeline.models.register import TrainedModel
from mldebt.rulebook import Rule

_TRAIN = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

rows = pd.read_csv("rows.csv")
model = RandomForestClassifier(n_estimators=500, max_depth={depth}){mark}
model.fit(rows[["a"]], rows.b)
joblib.dump(model, "model.joblib")
"""
_CARD = """
# Model card: RandomForestClassifier

Predicts who leaves, from a year of subscriptions.

| parameter | value |
| --- | --- |
| n_estimators | 300 |
| max_depth | 6 |
"""

BAD = ({"train.py": _TRAIN.format(depth=6, mark="  # debt"), "MODEL_CARD.md": _CARD},)
GOOD = (
    {"train.py": _TRAIN.format(depth=6, mark=""), "MODEL_CARD.md": _CARD.replace("300", "500")},
    {
        "train.py": _TRAIN.format(depth="config.max_depth", mark=""),
        "MODEL_CARD.md": _CARD.replace("300", "500"),
        "conf/model.yaml": "max_depth: 8\n",
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    telling = Telling(project)
    for model in project.trained_models:
        hit = _contradicted(project, telling, model) or _outdated(project, telling, model, rule)
        if hit is not None:
            yield hit


def _contradicted(project: Project, telling: Telling, model: TrainedModel) -> Hit | None:
    """One finding a model, whatever the number of values."""
    found = list(telling.contradictions(model))
    if not found:
        return None
    steps: list[Step] = []
    for told, claim, other in found:
        said = f"{claim.name} is {claim.value} here"
        steps.append(Step(location=told.document.place(claim.line), message=said))
        place = project.place(other.module, other.at, other.at, 0)
        steps.append(Step(location=place, message=f"{claim.name} is {other.value} here"))
    told, claim, other = found[0]
    more = f" ({len(found) - 1} more values differ)" if len(found) > 1 else ""
    return Hit(
        location=project.model_location(model),
        message=f"{told.document.path} says that {claim.name} of {model.name} is {claim.value}; the code says "
        f"{other.value}{more}.",
        trail=tuple(steps),
        component=project.component_of(model.made.body),
        severity=Severity.MEDIUM,
    )


def _outdated(project: Project, telling: Telling, model: TrainedModel, rule: Rule) -> Hit | None:
    stale = telling.stale(model, rule.number("share"))
    if stale is None:
        return None
    day = time.strftime("%Y-%m-%d", time.gmtime(stale.since))
    return Hit(
        location=project.model_location(model),
        message=f"{stale.changed} of the {stale.lines} lines that build and train {model.name} are newer than what is "
        f"written about it ({stale.told.document.path}, last changed on {day}).",
        trail=(
            Step(location=stale.told.location, message=f"told of here, last changed on {day}"),
            *(project.step(call, "trained here") for call in model.trained[:1]),
        ),
        component=project.component_of(model.made.body),
    )

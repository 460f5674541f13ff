"""MLD302: a model is documented, and what a reader needs most is not in it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Audience, Hit, Step
from mldebt.listed import all_of
from mldebt.pipeline import Project
from mldebt.pipeline.description.telling import Telling
from mldebt.rulebook import Rule

DOCUMENTS_SHOWN = 3
_TRAIN = """
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
model = Ridge(){mark}
model.fit(rows[["a"]], rows.b)
joblib.dump(model, "model.joblib")
"""
_CARD = """
---
library_name: sklearn
---
# Model card: prices

## Intended use

[More Information Needed]

## Training data

[More Information Needed]

## Evaluation

[More Information Needed]
"""

BAD = ({"train.py": _TRAIN.format(mark="  # debt"), "MODEL_CARD.md": _CARD},)
GOOD = (
    {
        "train.py": _TRAIN.format(mark=""),
        "MODEL_CARD.md": """
        # Model card: prices

        Predicts the price of a flat, for the brokers' search page. Owner: the pricing team.

        Trained on the sales of the last two years. MAE 0.12 on the last month of sales.

            python train.py
        """,
    },
    {"train.py": _TRAIN.format(mark="")},
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    telling = Telling(project)
    for model in project.living_models:
        told = telling.told(model)
        if not told:
            continue
        missing = telling.missing(model)
        if len(missing) < rule.integer("min_missing"):
            continue
        is_card = any(each.is_card and telling.gaps(each.document) for each in told)
        if not is_card and not project.descriptions.tells_of(model):
            continue  # that nothing is said of it is MLD301's
        yield Hit(
            location=project.model_location(model),
            message=f"What is written about the model {model.name} leaves out {all_of(missing)}.",
            trail=(
                project.step(model.made, "built here"),
                *(Step(location=each.location, message="told of here") for each in told[:DOCUMENTS_SHOWN]),
            ),
            component=project.component_of(model.made.body),
            audience=Audience.DEFAULT if is_card else None,
        )

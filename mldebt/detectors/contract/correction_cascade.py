"""MLD408: a model is fitted on what another model says, and nothing but the code tells so."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.pipeline import Project
from mldebt.pipeline.models.cascades import Cascade, Cascades
from mldebt.rulebook import Rule

_FIRST = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

def train_interest():
    rows = pd.read_csv("clicks.csv")
    model = LogisticRegression().fit(rows[["age"]], rows.clicked)
    joblib.dump(model, "interest.joblib")
"""
_SECOND = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

def train_buyers():
    rows = pd.read_csv("orders.csv")
    interest = joblib.load("interest.joblib")
    rows["interest"] = interest.predict_proba(rows[["age"]])[:, 1]
    model = RandomForestClassifier(random_state=1)
    model.fit(rows[["age", "interest"]], rows.bought){mark}
    joblib.dump(model, "buyers.joblib")
"""
_SCORES = """
import joblib
import pandas as pd

def score():
    rows = pd.read_csv("people.csv")
    rows["interest"] = joblib.load("interest.joblib").predict(rows[["age"]])
    rows.to_csv("scores/interest_scores.csv")
"""
_FROM_SCORES = """
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

def train_buyers():
    rows = pd.read_csv("scores/interest_scores.csv")
    model = RandomForestClassifier(random_state=1)
    model.fit(rows[["interest"]], rows.bought){mark}
    joblib.dump(model, "buyers.joblib")
"""

BAD = (
    {"interest.py": _FIRST, "buyers.py": _SECOND.format(mark="  # debt")},
    {"interest.py": _FIRST, "nightly.py": _SCORES, "buyers.py": _FROM_SCORES.format(mark="  # debt")},
)
GOOD = (
    # declared in a document
    {
        "interest.py": _FIRST,
        "buyers.py": _SECOND.format(mark=""),
        "README.md": "# Buyers\n\n`buyers.py` learns from what the model of `interest.py` says; train that first.\n",
    },
    # declared in a workflow
    {
        "interest.py": _FIRST,
        "nightly.py": _SCORES,
        "buyers.py": _FROM_SCORES.format(mark=""),
        "dvc.yaml": """
stages:
  buyers:
    cmd: python -m pipelines.run
    deps:
      - scores/interest_scores.csv
    outs:
      - buyers.joblib
""",
    },
    # stacked in one module: both are one model to everybody
    """
    import joblib
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    def train():
        rows = pd.read_csv("orders.csv")
        first = LogisticRegression().fit(rows[["age"]], rows.clicked)
        joblib.dump(first, "first.joblib")
        rows["interest"] = first.predict(rows[["age"]])
        joblib.dump(RandomForestClassifier(random_state=1).fit(rows[["interest"]], rows.bought), "second.joblib")
    """,
    # an encoder that others trained makes features, not opinions
    """
    import joblib
    import pandas as pd
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    def train():
        rows = pd.read_csv("mails.csv")
        vectors = SentenceTransformer("all-MiniLM-L6-v2").encode(list(rows.text))
        joblib.dump(LogisticRegression().fit(vectors, rows.spam), "spam.joblib")
    """,
    # two models that are compared
    {
        "interest.py": _FIRST,
        "judge.py": """
import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score

def judge():
    rows = pd.read_csv("held_out.csv")
    print(roc_auc_score(rows.clicked, joblib.load("interest.joblib").predict(rows[["age"]])))
""",
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    del rule
    for each in Cascades(project).find():
        yield _hit(project, each)


def _hit(project: Project, each: Cascade) -> Hit:
    other = f"{each.other.name} ({project.model_location(each.other).path})"
    return Hit(
        location=project.location(each.fitted),
        message=f"{each.model.name} is fitted on what {other} says, and no document or workflow tells so.",
        trail=(
            project.step(each.other.trained[0], f"{each.other.name} is trained here"),
            project.step(each.said, "it is asked here"),
            *([project.step(each.stored, "what it said is stored here")] if each.stored is not None else []),
            project.step(each.fitted, f"{each.model.name} is fitted on that here"),
        ),
        component=project.component_of(each.fitted.body),
    )

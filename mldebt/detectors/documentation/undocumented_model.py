"""MLD301: a model that is trained and kept, and of which nothing is said anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.finding import Hit, Step
from mldebt.pipeline import Project
from mldebt.pipeline.register import TrainedModel
from mldebt.rulebook import Rule

SHOWN = 5

BAD = (
    """
    import joblib
    import pandas as pd
    from sklearn.ensemble import GradientBoostingClassifier


    def train(path):
        rows = pd.read_csv(path)
        model = GradientBoostingClassifier()  # debt
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
    """,
    {
        "model.py": """
        import torch
        from torch import nn


        class ClickNet(nn.Module):  # debt
            def __init__(self):
                super().__init__()
                self.layers = nn.Linear(16, 1)

            def forward(self, x):
                return self.layers(x)
        """,
        "train.py": """
        import torch
        from model import ClickNet

        net = ClickNet()
        optimizer = torch.optim.Adam(net.parameters())
        for x, y in batches():
            loss = ((net(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        torch.save(net.state_dict(), "click.pt")
        """,
    },
    {
        "README.md": """
        # Churn

        The classifier predicts who leaves. Install the requirements, then run the script.
        """,
        "train.py": '''
        import joblib
        from sklearn.ensemble import GradientBoostingClassifier


        def train(rows):
            """Trains the model on the training data and saves it."""
            model = GradientBoostingClassifier()  # debt
            model.fit(rows[["age", "income"]], rows["churned"])
            joblib.dump(model, "churn.joblib")
        ''',
    },
)
GOOD = (
    '''
    import joblib
    import pandas as pd
    from sklearn.ensemble import GradientBoostingClassifier


    def train(path):
        """Trains the churn classifier on a year of subscriptions; AUC 0.83 on the last month."""
        rows = pd.read_csv(path)
        model = GradientBoostingClassifier()
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
    ''',
    {
        "README.md": """
        # Churn

        `train.py` fits a gradient boosting classifier that predicts who leaves, on a year of subscriptions.
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from sklearn.ensemble import GradientBoostingClassifier

        rows = pd.read_csv("rows.csv")
        model = GradientBoostingClassifier()
        model.fit(rows[["age", "income"]], rows["churned"])
        joblib.dump(model, "churn.joblib")
        """,
    },
    {
        "README.md": """
        # Models of the shop

        | model | what it does |
        | --- | --- |
        | **churn by income** | predicts who leaves, trained on a year of subscriptions |
        """,
        "models/churn_by_income.py": """
        import joblib
        from sklearn.base import BaseEstimator
        from sklearn.linear_model import LogisticRegression


        class ChurnByIncomeModel(BaseEstimator):
            def fit(self, rows, labels):
                self.inside = LogisticRegression().fit(rows, labels)
                return self

            def predict(self, rows):
                return self.inside.predict(rows)


        model = ChurnByIncomeModel()
        model.fit(rows(), labels())
        joblib.dump(model, "churn.joblib")
        """,
    },
    """
    from torch import nn


    class Block(nn.Module):
        def forward(self, x):
            return x


    class Unused(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Block()
    """,
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    untold: dict[tuple[str, str], list[TrainedModel]] = defaultdict(list)
    for model in project.living_models:
        if not project.descriptions.tells_of(model) and not project.next_models(model):
            root = project.flow.program.roots.of(model.made.body.module)
            untold[root, _missing(project, model)].append(model)
    for (_, missing), models in untold.items():
        if len(models) >= rule.integer("fold_from"):
            yield _together(project, models, missing)
        else:
            yield from (_hit(project, model, missing) for model in models)


def _missing(project: Project, model: TrainedModel) -> str:
    return "what it was trained on or how well it does" if project.descriptions.said(model).what else "what it is"


def _hit(project: Project, model: TrainedModel, missing: str) -> Hit:
    return Hit(
        location=project.model_location(model),
        message=f"The model {model.name} is trained and kept, and no README, page, card or docstring says {missing}.",
        trail=(
            project.step(model.made, "built here"),
            *(project.step(value, "trained here") for value in model.trained[:1]),
            *(project.step(value, f"{what} here") for value, what in model.kept[:1]),
        ),
        component=project.component_of(model.made.body),
        members=(project.model_name(model),),
    )


def _together(project: Project, models: list[TrainedModel], missing: str) -> Hit:
    """One finding for many models that say as little: the habit is the fault, not each of them."""
    names = list(dict.fromkeys(model.name for model in models))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Hit(
        location=project.model_location(models[0]),
        message=(
            f"{len(models)} models are trained and kept, and no README, page, card or docstring says of any {missing}: "
            f"{', '.join(names[:SHOWN])}{more}."
        ),
        trail=tuple(
            Step(location=project.model_location(model), message=f"the model {model.name}") for model in models
        ),
        component=project.component_of(models[0].made.body),
        members=tuple(dict.fromkeys(map(project.model_name, models))),
    )

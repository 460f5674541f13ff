"""MLD301: a model that is trained and kept, and of which nothing is said anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.pipeline import Project
from mldebt.pipeline.register import TrainedModel
from mldebt.rulebook import Rule

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
    for model in project.trained_models:
        if project.descriptions.tells_of(model):
            continue
        yield Hit(
            location=project.model_location(model),
            message=(
                f"The model {model.name} is trained and kept, and nothing in the repository says "
                f"{_missing(project, model)}."
            ),
            trail=(
                project.step(model.made, "built here"),
                *(project.step(value, "trained here") for value in model.trained[:1]),
                *(project.step(value, f"{what} here") for value, what in model.kept[:1]),
            ),
            component=project.component_of(model.made.body),
        )


def _missing(project: Project, model: TrainedModel) -> str:
    said = project.descriptions.said(model)
    if not said.what:
        return "what it is"
    return "what it was trained on or how well it does"

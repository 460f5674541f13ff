"""Models that something tells of, and what is no model to tell of: the innocent examples of MLD301."""

from __future__ import annotations

from mldebt.detectors.documentation._untold_models import (
    _CARD,
    _CLICK,
    _IN_LOOPS,
    _KEEPER,
    _LOSS,
    _NET,
    _RUNNER,
    _SAVED,
    _STUDY,
    _STYLES,
    _TAKEN_UP,
    _THEIRS,
    _THREE_MORE,
    _counts,
    _taken_over,
)

GOOD = (
    # a trainer that was taken over to predict
    _taken_over(""),
    # nothing trains it, whoever else has a trainer
    {**_THEIRS, "nets.py": _IN_LOOPS.format(imported="", run="print(net(batches))", mark="")},
    # the card lies with what is kept
    {"src/train.py": _STYLES.format(mark=""), "models/README.md": _CARD},
    {
        "rank.py": _NET.format(mark="", **_CLICK),
        "ranking.md": "# Ranking\n\n- The ranking model is trained on the data of last year; accuracy: 0.9.\n",
    },
    # it trains whatever it is given
    _RUNNER.format(net="net", mark=""),
    # one of them is used, and the other is left over
    {**_counts(_SAVED, taken="Counts"), "README.md": "`Counts` fits a ridge that ranks the items, on all sales.\n"},
    {**_counts(taken="Counts"), "README.md": "`Counts` ranks the items by how often they were bought, of all sales.\n"},
    # what says by how much a model was wrong is none
    _LOSS.format(name="ClickLoss", mark="", inside="told"),
    _LOSS.format(name="weighted_click_loss", mark="", inside="told"),
    # nobody calls what would keep it
    _KEEPER.format(mark="", called="show(rows)"),
    _TAKEN_UP.format(mark="", weights="Net().state_dict()"),
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
    # what a method fits to look at is no model of the object that it belongs to
    _STUDY.format(held="model", on_class="", on_model="", kept=""),
    # the name of its folder as a heading
    {
        "shop/trust_model/pipeline/fit.py": _STYLES.format(mark=""),
        "README.md": "# Shop\n\n## Trust Model\n\nIt ranks shops by how much they are to be trusted.\n\n## Features\n\n"
        "### What comes of it\n\nIt is trained on all sales of a year, with an AUC of 0.8.\n\n## Stock\n\nKept.\n",
        **_THREE_MORE,
    },
    # its name in words
    {
        "rank.py": _NET.format(mark="", **_CLICK).replace("ClickNet", "DeepClickNetwork"),
        "docs/deep.md": "# Ranking\n\nThe deep and the wide click models predict clicks. They are trained on what users"
        " see, with an AUC of 0.8.",
    },
)

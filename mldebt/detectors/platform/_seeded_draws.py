"""Trainings whose random numbers a seed fixes, or that draw none: the innocent examples of MLD503."""

from __future__ import annotations

from mldebt.detectors.platform._unseeded_draws import (
    _CHOSEN,
    _DETECTED,
    _LOOKED_UP,
    _NET,
    _READ,
    _REBUILT,
    _SEARCHED,
    _SEEDED,
    _SHUFFLED,
    _TRIED,
    _TUNED,
)

GOOD = (
    # a library's own function that seeds, by whatever of the usual names
    """
    from catalyst.dl import SupervisedRunner
    from pytorch_toolbelt.utils.random import set_manual_seed
    from torch import nn
    from torch.utils.data import DataLoader

    def train(rows, seed=42):
        set_manual_seed(seed)
        loaders = {"train": DataLoader(rows, shuffle=True)}
        SupervisedRunner().train(model=nn.Linear(20, 2), loaders=loaders, logdir="runs")
    """,
    """
    from pyspark.ml.classification import GBTClassifier

    def train(rows):
        return GBTClassifier(labelCol="left", maxIter=50).fit(rows)
    """,
    # all weights are taken over where the network is made
    _DETECTED.format(taken="self.load_state_dict(self.state(path))", mark=""),
    """
    import random
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    class Clicks:
        def __init__(self, path, shown=None, seed=None):
            self.rows = np.load(path)
            if shown is not None:
                self.negatives = random.sample(list(np.load(shown)), 100)
            random.seed(seed)

    def train(path):
        clicks = Clicks(path, seed=3)
        return LogisticRegression().fit(clicks.rows, clicks.negatives)
    """,
    _CHOSEN.format(kind="forest", mark=""),
    # what nothing starts is dead
    _READ
    + """
def main():
    model = RandomForestClassifier(n_estimators=300)
    model.fit(X_train, y_train)
    print(f1_score(y_test, model.predict(X_test)))
""",
    _TRIED.format(name="check", rows="np.array([[each] for each in np.random.rand(100)])", kept="", mark=""),
    _SEARCHED.format(seeded="forest", mark=""),
    _READ
    + """
model = RandomForestClassifier(n_estimators=300)
model.set_params(max_depth=8, random_state=42)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    _LOOKED_UP.format(given="weights=[matrix], trainable=False", mark=""),
    # Keras by itself draws the seed of each layer from NumPy
    _SHUFFLED.format(keras="keras", rows='shuffled(np.load("rows.npy"))', mark=""),
    # the weights that a method draws are replaced
    _REBUILT.format(more="", how="", mark=""),
    """
    import torch
    from torch.utils.data import DataLoader

    def explain(net, rows):
        attributions = []
        for batch, label in DataLoader(rows, shuffle=True):
            batch.requires_grad_()
            net(batch)[:, label].sum().backward()
            attributions.append(batch.grad)
        torch.save(attributions, "attributions.pt")
    """,
    {"train.py": _SEEDED, "requirements.txt": "requests\npandas==2.2.1\nscikit-learn~=1.4.0\n"},
    {"train.py": _SEEDED, "requirements.txt": "pandas\nscikit-learn\n", "requirements.lock": "pandas==2.2.1\n"},
    {"train.py": _SEEDED, "requirements.txt": "pandas\nrequests\npandas==2.2.1\nscikit-learn=1.4.0=py312h28100ab_2\n"},
    {"train.py": _SEEDED, "requirements.txt": "requests\nflask\n"},
    {"train.py": _SEEDED, "requirements-dev.txt": "pandas\n"},
    {
        "forests/train.py": _SEEDED,
        "forests/__init__.py": "",
        "setup.py": "from setuptools import setup\nsetup()\n",
        "requirements.txt": "pandas\nscikit-learn\n",
    },
    _READ
    + """
params = {"n_estimators": 300, "random_state": 42}
model = RandomForestClassifier(**params)
model.fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    import pandas as pd
    from lightgbm import LGBMClassifier
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import r2_score
    from sklearn.tree import DecisionTreeRegressor

    rows = pd.read_csv("rows.csv")
    for model in (LinearRegression(), DecisionTreeRegressor(), LGBMClassifier()):
        model.fit(rows[["a", "b"]], rows.y)
        print(r2_score(rows.y, model.predict(rows[["a", "b"]])))
    """,
    {
        "net.py": _NET,
        "seeding.py": """
            import random
            import numpy as np
            import torch

            def everything(number):
                random.seed(number)
                np.random.seed(number)
                torch.manual_seed(number)
            """,
        "main.py": """
            import argparse
            import numpy as np
            from net import train
            from seeding import everything

            def main():
                parser = argparse.ArgumentParser()
                parser.add_argument("--seed", type=int, default=None)
                args = parser.parse_args()
                if args.seed is not None:
                    everything(args.seed)
                train(np.load("rows.npy"))

            if __name__ == "__main__":
                main()
            """,
    },
    {
        "settings.py": "import torch\ntorch.manual_seed(1)\n",
        "net.py": _NET,
        "main.py": "import settings\nimport numpy as np\nfrom net import train\ntrain(np.load('rows.npy'))\n",
    },
    """
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    class Segments:
        def __init__(self, seed=42):
            np.random.seed(seed)
            self.model = KMeans(n_clusters=5)

        def fit(self, rows):
            return self.model.fit(rows)

    segments = Segments()
    rows = np.load("rows.npy")
    print(silhouette_score(rows, segments.fit(rows).labels_))
    """,
    """
    import optuna
    from objective import score

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=10))
    study.optimize(score, n_trials=50)
    """,
    """
    from torch import nn
    from torch.utils.data import DataLoader
    from transformers import Trainer, TrainingArguments

    trainer = Trainer(model=nn.Linear(4, 2), args=TrainingArguments("out"), train_dataset=rows)
    head = nn.Linear(2, 2)
    trainer.train()
    trainer.save_model("out")
    """,
    _NET
    + """
model = Net()
print(sum(weights.numel() for weights in model.parameters()))

def run(rows):
    torch.manual_seed(5)
    train(rows)

run(torch.load("rows.pt"))
""",
    # all weights are taken over by those who make the network; vectors that are put in order to search in them
    _TUNED.format(
        taken="net.load_state_dict(torch.load(path))", done='tune(stored("kept.pt"), torch.load("batches.pt"))'
    ),
    _TUNED.format(
        taken="""kept = torch.load(path)
    if "state" in kept:
        net.load_state_dict(kept["state"])
    else:
        net.load_state_dict(kept)""",
        done='tune(stored("kept.pt"), torch.load("batches.pt"))',
    ),
    _TUNED.format(taken="", done='search_in(stored("")(torch.load("rows.pt")).numpy())'),
)

"""Models that are trained and kept, and that nothing measures: the examples of MLD404."""

from __future__ import annotations

from mldebt.detectors.contract import _runners

_TRAINED = """
import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier

def train(path):
    rows = pd.read_csv(path)
    model = GradientBoostingClassifier()
    model.fit(rows[["age", "income"]], rows["churned"])
    joblib.dump(model, "churn.joblib")
    return model
"""

_NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(16, 1)

    def forward(self, x):
        return self.layer(x)

def train(batches):
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    criterion = nn.BCEWithLogitsLoss()
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pt")
    return net
"""

_ZONES = """
import joblib
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans

class Zones(BaseEstimator, TransformerMixin):
    def fit(self, rows, y=None):
        self.clusters = KMeans(8)
        self.clusters.fit(self._scaled(rows))
        return self

    def _scaled(self, rows):
        return rows / rows.std()

    def transform(self, rows):
        return self.clusters.transform(self._scaled(rows))
{more}
zones = Zones()
zones.fit(pd.read_csv("shops.csv"))
joblib.dump(zones, "zones.joblib")
"""

_GROUPS = """
import joblib
import pandas as pd
from sklearn.cluster import {kind}

class Groups:{mark}
    def fit(self, rows):
        self.groups = {kind}()
        self.groups.fit(rows)

    def predict(self):
        return self.groups.labels_

    def save(self):
        joblib.dump(self.groups, "groups.joblib")

groups = Groups()
groups.fit(pd.read_csv("shops.csv"))
groups.save()
"""

_ADAPTER = """
import joblib
import lightgbm as lgb
from demand.registry import Forecaster

class Boosted(Forecaster):{mark}
    def __init__(self):
        self.booster = lgb.LGBMRegressor()

    def fit(self, rows, labels):
        self.booster.fit(rows, labels)

    def predict(self, rows):
        return self.booster.predict(rows)

    def save(self, path):
        joblib.dump(self.booster, path)
"""

_REGISTRY = """
import importlib

class Forecaster:
    pass

def trained(name, rows, labels):
    model = getattr(importlib.import_module("demand.boosted"), name)()
    model.fit(rows, labels)
    model.save("demand.joblib")
    return model
"""

_MEANS = {
    "setup.py": "",
    "means/__init__.py": "",
    "means/model.py": """
        import numpy as np
        from sklearn.base import BaseEstimator

        class Means(BaseEstimator):{mark}
            def fit(self, rows, labels):
                self.means = {{each: np.mean(rows[labels == each]) for each in set(labels)}}
                return self

            def predict(self, rows):
                return [min(self.means, key=lambda each: abs(self.means[each] - row)) for row in rows]
        """,
}

_METRICS = """
from sklearn.metrics import mean_absolute_error

def errors(model, rows, labels):
    return mean_absolute_error(labels, model.{method}(rows))
"""

_VECTORS = {
    "vectors.py": """
        import pickle
        import pandas as pd
        from gensim.models import Word2Vec

        def learn(path):
            model = Word2Vec([text.split() for text in pd.read_csv(path).text], vector_size=64){mark}
            with open("data/texts.vectors", "wb") as file:
                pickle.dump(model, file)
        """,
    "answer.py": """
        import pickle
        import joblib
        import numpy as np
        import pandas as pd
        from sklearn.metrics import f1_score
        from sklearn.linear_model import LogisticRegression

        def train(rows, held_out):
            with open("data/texts.vectors", "rb") as file:
                vectors = pickle.load(file)
            model = LogisticRegression(){mark}
            model.fit([vectors.wv[text] for text in rows.text], rows.age)
            {measured}
            joblib.dump(model, "age.joblib")
        """,
}


def _vectors(*, measured: str = "", mark: str = "") -> dict[str, str]:
    return {path: text.format(measured=measured, mark=mark) for path, text in _VECTORS.items()}


def _tuned(name: str, mark: str = "") -> str:
    """Training by a method that takes a second part of the data, which it calls by a name."""
    return f"""
    from taggers import Trainer
    from transformers import AutoModelForSequenceClassification

    class Tagger:  {mark}
        def __init__(self):
            self.net = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased")

        def predict(self, rows):
            return self.net(rows)

        def train(self, arguments, rows, {name}):
            trainer = Trainer(self.net, arguments, rows, {name})
            trainer.train()
            trainer.save_model("tagger")

        def fit(self, arguments, rows):
            self.train(arguments, rows[10:], rows[:10])

    tagger = Tagger()
    tagger.fit(load_arguments(), load_rows())
    print(tagger.predict(load_rows()))
    """


_JOB = """
from sagemaker.estimator import Estimator

job = Estimator(image_uri=image, role=role, output_path="s3://acme/churn"){mark}
job.fit({{"train": "s3://acme/rows"{more}}})
"""

_FAMILY = """
import joblib
import pandas as pd
from sklearn.linear_model import Lasso, LinearRegression, Ridge

class Prices:
    def fit(self, rows):
        raise NotImplementedError

class RidgePrices(Prices):{mark}
    def fit(self, rows):
        self.model = Ridge().fit(rows[["age"]], rows.price)
        joblib.dump(self.model, "ridge.joblib")

    def predict(self, rows):
        return self.model.predict(rows[["age"]])

class LassoPrices(RidgePrices):{mark}
    def fit(self, rows):
        self.model = Lasso().fit(rows[["age"]], rows.price)

class PlainPrices(RidgePrices):{mark}
    def fit(self, rows):
        self.model = LinearRegression().fit(rows[["age"]], rows.price)

RidgePrices().fit(pd.read_csv("rows.csv"))
"""


_CLASS = """
import joblib
from sklearn.linear_model import LogisticRegression

class Churn:{mark}
    def __init__(self):
        self.model = LogisticRegression()

    def train(self, rows):
        self.model.fit(rows[["age"]], rows["churned"])
        joblib.dump(self.model, "churn.joblib")
"""

_IN_STEPS = """
import lightning.pytorch as pl
from torch import nn, optim

class Net(nn.Module):{mark}
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(8, 1)

    def forward(self, rows):
        return self.out(rows)

class Task(pl.LightningModule):
    def __init__(self, net, gone):
        super().__init__()
        self.net = net
        self.gone = gone

    def one_step(self, batch, when):
        gone = self.gone(self.net(batch[0]), batch[1])
        self.log(when, gone)
        return gone

    def training_step(self, batch, place):
        return self.one_step(batch, "train")

    def {step}(self, batch, place):
        return self.one_step(batch, "later")

    def configure_optimizers(self):
        return optim.Adam(self.net.parameters())

def train(parts, gone):
    net = Net()
    trainer = pl.Trainer()
    trainer.fit(Task(net, gone), *parts)
    trainer.save_checkpoint("net.ckpt")

train(*load())
"""

_WEIGHED = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

class Weighed:{mark}
    def weigh(self, rows, labels):
        {kept}
        for chosen, _ in StratifiedKFold(5).split(rows, labels):
            model = LogisticRegression()
            model.fit(rows[chosen], labels[chosen])
            {keep}
"""


def _weighed(kept: str, keep: str, mark: str) -> dict[str, str]:
    """A class of a package that others install."""
    return {
        "pyproject.toml": "[project]\nname = 'weighing'\nversion = '1.0'\n",
        "weighing/__init__.py": "from weighing.weighed import Weighed\n",
        "weigh.py": """
        import numpy as np
        from weighing import Weighed

        Weighed().weigh(np.load("rows.npy"), np.load("labels.npy"))
        """,
        "weighing/weighed.py": _WEIGHED.format(kept=kept, keep=keep, mark=mark),
    }


BAD = (
    _IN_STEPS.format(step="predict_step", mark="  # debt"),
    _weighed("self.models = []", "self.models.append(model)", "  # debt"),
    *_runners.BAD,
    # a class that stands in a table is made by whoever looks there
    {
        "models.py": _CLASS.format(mark="  # debt") + '\nMODELS = {"churn": Churn}\n',
        "main.py": """
        import sys

        import pandas as pd
        from models import MODELS

        MODELS[sys.argv[1]]().train(pd.read_csv("rows.csv"))
        """,
    },
    {
        "models.py": _CLASS.format(mark="  # debt"),
        "main.py": """
        import pandas as pd
        from models import Churn

        Churn().train(pd.read_csv("rows.csv"))
        """,
    },
    {"prices.py": _FAMILY.format(mark="  # debt")},
    _GROUPS.format(kind="KMeans", mark="  # debt"),
    # the running loss of what it learns from
    _NETWORK.replace("class Net(nn.Module):", "class Net(nn.Module):  # debt").replace(
        "        optimizer.step()", "        optimizer.step()\n        print(loss.item())"
    )
    + "train(load('rows'))\n",
    _tuned("first_rows", "# debt"),
    _JOB.format(mark="  # debt", more=""),
    # a class of a package that the repository trains, too
    {
        **{path: text.format(mark="  # debt") for path, text in _MEANS.items()},
        "train.py": """
        import numpy as np
        from means.model import Means

        rows = np.load("rows.npy")
        print(Means().fit(rows[:, 0], rows[:, 1]).predict([3.0]))
        """,
    },
    _vectors(mark="  # debt"),
    {
        "old/train.py": _TRAINED.replace("train(path)", "train()")
        .replace("(path)", '("rows.csv")')
        .replace("GradientBoostingClassifier()", "GradientBoostingClassifier()  # debt"),
        "run.py": "from old.train import train\n\ntrain()\n",
    },
    _TRAINED.replace("GradientBoostingClassifier()\n", "GradientBoostingClassifier()  # debt\n"),
    _NETWORK.replace("class Net(nn.Module):", "class Net(nn.Module):  # debt"),
    _TRAINED.replace("GradientBoostingClassifier()\n", "GradientBoostingClassifier()  # debt\n")
    + """
from sklearn.metrics import r2_score
from sklearn.svm import SVR

def evaluate_expression(text):
    return text.strip()

def spend(path):
    rows = pd.read_csv(path)
    spending = SVR(C=2.0).fit(rows[["age"]], rows["spent"])
    print(r2_score(rows["spent"], spending.predict(rows[["age"]])))
""",
    # what is measured is asked for something else, and so is another model
    {
        "demand/boosted.py": _ADAPTER.format(mark="  # debt"),
        "demand/registry.py": _REGISTRY,
        "demand/metrics.py": _METRICS.format(method="decision_function"),
    },
    # it transforms, and predicts as well
    _ZONES.replace("TransformerMixin):", "TransformerMixin):  # debt").format(
        more="""
    def predict(self, rows):
        return self.clusters.predict(self._scaled(rows))
"""
    ),
)

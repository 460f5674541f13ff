"""MLD404: a model that is trained and kept, and that nothing measures."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.detectors.contract import _runners
from mldebt.finding import Audience, Hit, Step
from mldebt.flow.body import Body
from mldebt.listed import is_or_are
from mldebt.pipeline import Project
from mldebt.pipeline.models.model_copies import ModelCopies
from mldebt.pipeline.models.never_made import NeverMade
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex
from mldebt.rulebook import Rule

_SHOWN = 3
_LABELS_ONLY = frozenset(
    """DBSCAN HDBSCAN OPTICS AgglomerativeClustering SpectralClustering SpectralBiclustering SpectralCoclustering TSNE
    MDS""".split()
)
"""What groups or lays out the rows that it was fitted on, and says nothing of any other."""
_CALIBRATES = frozenset({"IsotonicRegression"})
"""What only turns the scores of another model into chances: how good they are, that model's evaluation tells."""
_TESTING = regex(r"(^|/)(testing|conftest)|(^|/)[^/]*test(ing)?_?(utils|helpers)?\.py$")

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
_OF_FILES = """
import os
import pandas as pd
from sklearn.metrics import mean_absolute_error

for name in os.listdir("predicted"):
    predicted = pd.read_csv(f"predicted/{name}")
    print(name, mean_absolute_error(predicted.price, predicted.told))
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
GOOD = (
    # a step that what validates is made of
    _IN_STEPS.format(step="validation_step", mark=""),
    # nothing stays of what is fitted but what each column weighs
    _weighed("self.weights = []", "self.weights.append(model.coef_[0])", ""),
    *_runners.GOOD,
    # a class that only tests make an object of
    {
        "churn/models.py": _CLASS.format(mark="") + '\n__all__ = ["Churn"]\n',
        "churn/__init__.py": "from churn.models import Churn\n",
        "tests/test_models.py": """
        import pandas as pd
        from churn import Churn

        def test_it_trains():
            Churn().train(pd.DataFrame({"age": [1, 2], "churned": [0, 1]}))
        """,
    },
    # one of many, of which another program measures whatever it finds
    {"prices.py": _FAMILY.format(mark=""), "measure.py": _OF_FILES},
    # it groups the rows that it is given, and can be asked about no others
    _GROUPS.format(kind="DBSCAN", mark=""),
    # the loss on other rows, where nothing learns from it
    _NETWORK.replace(
        "    torch.save(",
        """\
        with torch.no_grad():
            held_out = sum(criterion(net(x), y).item() for x, y in load("later"))
        print(held_out)
    torch.save(""",
    )
    + "train(load('rows'))\n",
    _JOB.format(mark="", more=', "validation": "s3://acme/held-out"'),
    _tuned("eval_rows"),
    # a class that only those train who take it
    {path: text.format(mark="") for path, text in _MEANS.items()},
    # embeddings are as good as what is made of them
    _vectors(measured="print(f1_score(held_out.age, model.predict([vectors.wv[text] for text in held_out.text])))"),
    # what nothing starts is dead
    {"old/train.py": _TRAINED.replace("train(path)", "train()").replace("(path)", '("rows.csv")')},
    _TRAINED
    + """
from sklearn.metrics import roc_auc_score

def evaluate(model, rows):
    print(roc_auc_score(rows["churned"], model.predict_proba(rows[["age", "income"]])[:, 1]))

evaluate(train("rows.csv"), pd.read_csv("held_out.csv"))
""",
    _NETWORK
    + """
def check(net, batches):
    net.eval()
    right = sum(int((net(x).round() == y).sum()) for x, y in batches)
    print(right)

check(train(load("train")), load("test"))
""",
    {
        "churn.py": _TRAINED,
        "judge.py": """
        import joblib
        import pandas as pd
        from sklearn.metrics import roc_auc_score

        model = joblib.load("churn.joblib")
        rows = pd.read_csv("held_out.csv")
        print(roc_auc_score(rows["churned"], model.predict_proba(rows[["age", "income"]])[:, 1]))
        """,
    },
    _TRAINED
    + """
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

def better(rows, labels, simple):
    model = RandomForestClassifier() if simple else train("rows.csv")
    print(roc_auc_score(labels, model.predict(rows)))
""",
    """
    import lightgbm as lgb

    def train(rows, labels, rows_held_out, labels_held_out):
        held_out = lgb.Dataset(rows_held_out, labels_held_out)
        booster = lgb.train({}, lgb.Dataset(rows, labels), valid_sets=[held_out])
        booster.save_model("model.txt")
    """,
    {
        "model.py": _TRAINED,
        "tests/test_model.py": """
        from sklearn.metrics import f1_score
        from model import train

        def test_the_model_is_good_enough(rows):
            assert f1_score(rows.churned, train("rows.csv").predict(rows)) > 0.7
        """,
    },
    {
        "tables.py": """
        from django.db import models

        class Topic(models.Model):
            item = models.IntegerField()
            topic = models.IntegerField()
        """,
        "topics.py": """
        from gensim.models import LdaModel
        from tables import Topic

        def build(corpus, words):
            model = LdaModel(corpus=corpus, id2word=words, num_topics=10)
            for item, text in enumerate(corpus):
                Topic(item=item, topic=max(model[text])[0]).save()
            model.save("topics.lda")
        """,
        "similar.py": """
        from tables import Topic

        def similar(item):
            topic = Topic.objects.get(item=item).topic
            return list(Topic.objects.filter(topic=topic))
        """,
        "judge.py": """
        from similar import similar

        def evaluate(pairs):
            return sum(other in similar(item) for item, other in pairs) / len(pairs)
        """,
    },
    """
    from sklearn.linear_model import LogisticRegression

    def explore(rows, labels):
        return LogisticRegression().fit(rows, labels).coef_
    """,
    # what only transforms predicts nothing
    _ZONES.format(more=""),
    # another script has measured what this one fits again
    {
        "churn.py": _TRAINED,
        "study.py": """
        from sklearn.ensemble import GradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        def study(train, held_out):
            for name, each in {"boosted": GradientBoostingClassifier(), "plain": LogisticRegression()}.items():
                each.fit(train[["age"]], train.churned)
                print(name, roc_auc_score(held_out.churned, each.predict(held_out[["age"]])))
        """,
    },
    {
        "churn.py": _TRAINED,
        "folds.py": """
        from sklearn.ensemble import GradientBoostingClassifier
        from sklearn.model_selection import cross_val_score

        def folds(rows):
            print(cross_val_score(GradientBoostingClassifier(), rows[["age"]], rows.churned))
        """,
    },
    # whatever model is loaded is measured
    {
        "churn.py": _TRAINED,
        "judge.py": """
        import pickle

        from sklearn.metrics import roc_auc_score

        def judge(path, rows):
            with open(path, "rb") as file:
                model = pickle.load(file)
            print(roc_auc_score(rows.churned, model.predict_proba(rows[["age"]])[:, 1]))
        """,
    },
    # a model of one request is an answer, and nobody keeps it
    """
    import numpy as np
    from flask import Flask, jsonify, request
    from sklearn.svm import LinearSVC

    app = Flask("tags")

    @app.route("/liked")
    def liked():
        features = np.load("features.npy")
        model = LinearSVC()
        model.fit(features, tagged(request.args["tag"]))
        return jsonify(np.argsort(-model.decision_function(features)).tolist())
    """,
    # an adapter is asked by whoever has one: by the metrics, or by what writes down what they read
    {
        "demand/boosted.py": _ADAPTER.format(mark=""),
        "demand/registry.py": _REGISTRY,
        "demand/metrics.py": _METRICS.format(method="predict"),
    },
    {
        "demand/boosted.py": _ADAPTER.format(mark=""),
        "demand/registry.py": _REGISTRY,
        "demand/ask.py": """
        import pandas as pd

        def ask(model, rows):
            told = pd.DataFrame({"told": model.predict(rows[["age"]]), "units": rows.units})
            told.to_parquet("told_by_models.parquet")
        """,
        "demand/metrics.py": """
        import pandas as pd
        from sklearn.metrics import mean_absolute_error

        def errors():
            rows = pd.read_parquet("told_by_models.parquet")
            return mean_absolute_error(rows.units, rows.told)
        """,
    },
    # what trains stands in one list with what measures
    {
        "setup.py": "",
        "steps/__init__.py": "",
        "steps/train.py": """
        from sklearn.neural_network import MLPRegressor
        from steps.task import Task

        class Train(Task):
            def run(self, context):
                model = MLPRegressor()
                model.fit(context["rows"], context["labels"])
                return {"model": model}
        """,
        "steps/task.py": """
        from abc import ABC, abstractmethod

        class Task(ABC):
            @abstractmethod
            def run(self, context):
                ...
        """,
        "steps/analyse.py": """
        from sklearn.metrics import mean_squared_error
        from steps.task import Task

        class Analyse(Task):
            def run(self, context):
                print(mean_squared_error(context["labels"], context["predicted"]))
                return {}
        """,
        "steps/ask.py": """
        from steps.task import Task

        class Ask(Task):
            def run(self, context):
                return {"predicted": context["model"].predict(context["rows"])}
        """,
        "steps/flow.py": """
        from steps.analyse import Analyse
        from steps.ask import Ask
        from steps.train import Train
        from task_runner import Pipeline

        flow = Pipeline("plain", [Train(), Ask(), Analyse()])
        """,
    },
    # whoever manages a training has it measured where it is written
    {
        "setup.py": "",
        "managed/__init__.py": "",
        "managed/manager.py": """
        import json

        import lightning.pytorch as pl
        from training_tools import Trainer

        def fit(data, path):
            net = pl.LightningModule.load_from_checkpoint("first.ckpt")
            trainer = Trainer()
            trainer.fit(net, datamodule=data)
            with open(path, "w") as file:
                json.dump(trainer.test(net, datamodule=data)[0], file)
            return trainer

        class Manager:
            def __init__(self, data):
                self.data = data

            def train(self):
                return fit(self.data, "metrics.json")

            def predict(self, rows):
                return Trainer().predict(rows)
        """,
        "managed/cli.py": """
        from managed.manager import Manager

        def main(data):
            manager = Manager(data)
            manager.train()
            return manager
        """,
    },
    # scores made chances, by a class that an app makes, and by one that a package only offers
    {
        "pyproject.toml": "[project]\nname = 'calibration'\nversion = '0.1'\n",
        "calibration/__init__.py": "from .calibration import *\n",
        "calibration/calibration.py": """
        import numpy as np
        from sklearn.isotonic import IsotonicRegression
        from sklearn.linear_model import LogisticRegression

        class Isotonic:
            def __init__(self):
                self.model = IsotonicRegression(out_of_bounds="clip")

            def fit(self, scores, hits):
                self.model.fit(scores, hits)

            def predict(self, scores):
                return self.model.predict(scores)

        class Logistic:
            def __init__(self):
                self.model = LogisticRegression()

            def fit(self, scores, hits):
                self.model.fit(np.atleast_2d(scores).T, hits)

            def predict(self, scores):
                return self.model.predict_proba(np.atleast_2d(scores).T)[:, 1]
        """,
        "app.py": """
        import pickle
        import sys

        import numpy as np
        from calibration import Isotonic

        def main(path):
            scores, hits = np.load(path)
            chances = Isotonic()
            chances.fit(scores, hits)
            with open("chances.pkl", "wb") as file:
                pickle.dump(chances, file)

        main(sys.argv[1])
        """,
    },
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    found: dict[Body, list[TrainedModel]] = {}
    never_made = NeverMade(project.dormant.reachable)
    for model in project.living_models:
        if not any(value.kind == "call" for value in model.trained) or never_made.trains(model):
            continue  # only who takes the class trains it, and measures
        if _is_only(model, _LABELS_ONLY) or _is_only(model, _CALIBRATES):
            continue  # no row can be held out from it; it is part of how another model is used
        judged = (model, *project.next_models(model))
        if not _TESTING.search(model.made.body.module.path) and not any(map(project.evaluations.is_evaluated, judged)):
            found.setdefault(model.made.body, []).append(model)
    together = {id(models[0]): models for models in found.values()}
    for group in ModelCopies(project.flow).groups(models[0] for models in found.values()):
        yield _hit(project, together[id(group[0])], group[1:])


def _is_only(model: TrainedModel, kinds: frozenset[str]) -> bool:
    """Whether all that is inside a model is of some kinds."""
    names = {name for _, name in model.inside} | ({model.name} if model.cls is None else set())
    return bool(names) and names <= kinds


def _hit(project: Project, models: list[TrainedModel], copies: list[TrainedModel]) -> Hit:
    """One finding for models that are trained together, as the two halves of an adversarial pair, and for copies."""
    first = models[0]
    how = first.kept[0][1]
    names = " and ".join(dict.fromkeys(model.name for model in models))
    times = f", in {len(copies) + 1} copies" if copies else ""
    trail = []
    for model in models[:_SHOWN]:
        trail.append(project.step(model.made, f"{model.name} is built here"))
        trail += [project.step(value, "trained here") for value in model.trained[:_SHOWN]]
        trail += [project.step(value, "asked here, unmeasured") for value in model.asked[:1]]
        trail.append(project.step(model.kept[0][0], f"{model.kept[0][1]} here"))
    trail += [Step(location=project.model_location(copy), message="a copy of it") for copy in copies]
    place = project.model_location(first)
    return Hit(
        location=place,
        message=f"{names} {is_or_are(models)} trained and {how}{times}, "
        "and nothing computes a metric on held-out data.",
        trail=tuple(trail),
        component=project.component_of(first.made.body),
        audience=Audience.PEDANTIC if place.path.endswith(".ipynb") else None,
        members=tuple(dict.fromkeys(map(project.model_name, (*models, *copies)))),
    )

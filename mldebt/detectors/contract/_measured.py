"""Models that something measures, and what is trained and no model that is kept: the innocent examples of MLD404."""

from __future__ import annotations

from mldebt.detectors.contract import _runners
from mldebt.detectors.contract._unmeasured import (
    _ADAPTER,
    _CLASS,
    _FAMILY,
    _GROUPS,
    _IN_STEPS,
    _JOB,
    _MEANS,
    _METRICS,
    _NETWORK,
    _REGISTRY,
    _TRAINED,
    _ZONES,
    _tuned,
    _vectors,
    _weighed,
)

_OF_FILES = """
import os
import pandas as pd
from sklearn.metrics import mean_absolute_error

for name in os.listdir("predicted"):
    predicted = pd.read_csv(f"predicted/{name}")
    print(name, mean_absolute_error(predicted.price, predicted.told))
"""

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

"""Models and settings that the test set chose, and some that it did not: more examples of MLD107."""

from __future__ import annotations

_MODELS = """
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, precision_recall_curve
from sklearn.model_selection import train_test_split

rows = pd.read_csv("rows.csv")
X, y = rows.drop(columns=["label"]), rows["label"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
models = {"linear": LogisticRegression(), "forest": RandomForestClassifier(random_state=1)}
"""

_VALID = """
X_train, X_valid, y_train, y_valid = train_test_split(X_train, y_train, random_state=2)
"""

_TRAINER = """
class Trainer:
    def measured(self, truth, answers):
        found = {{"f1": f1_score(truth, answers)}}
        found["accuracy"] = accuracy_score(truth, answers)
        return found

    def train(self, models, X_train, y_train, X_valid, y_valid, X_test, y_test):
        self.results = []
        for name, model in models.items():
            model.fit(X_train, y_train)
            valid = self.measured(y_valid, model.predict(X_valid))
            test = self.measured(y_test, model.predict(X_test))
            self.results.append({{"model": name, "valid": valid["f1"], "test": test["f1"]}})
        table = pd.DataFrame(self.results)
        table = table.sort_values("{column}", ascending=False)
        self.name = table.iloc[0]["model"]{mark}
        self.best = models[self.name]

    def save(self):
        joblib.dump(self.best, "best.joblib")

trainer = Trainer()
trainer.train(models, X_train, y_train, X_valid, y_valid, X_test, y_test)
trainer.save()
"""

_SCORES = """
scores = {}
for name, model in models.items():
    model.fit(X_train, y_train)
    scores[name] = f1_score(y_test, model.predict(X_test))
"""

_SEARCH = """
import optuna

def objective(trial):
    model = RandomForestClassifier(max_depth=trial.suggest_int("depth", 2, 9), random_state=1)
    model.fit(X_train, y_train)
    return f1_score({truth}, model.predict({given}))

study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
study.optimize(objective, n_trials=50){mark}
model = RandomForestClassifier(**study.best_params, random_state=1).fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""

BAD = (
    # in a table of results, a dict of scores, one of dicts
    _MODELS + _VALID + _TRAINER.format(column="test", mark="  # debt"),
    _MODELS
    + _SCORES
    + """best = max(scores, key=scores.get)  # debt
joblib.dump(models[best], "best.joblib")
""",
    _MODELS
    + """
found = {}
for name, model in models.items():
    model.fit(X_train, y_train)
    found[name] = {
        "train": f1_score(y_train, model.predict(X_train)),
        "test": f1_score(y_test, model.predict(X_test)),
        "model": model,
    }
best = max(found.values(), key=lambda each: each["test"])  # debt
joblib.dump(best["model"], "best.joblib")
""",
    _MODELS + _SEARCH.format(truth="y_test", given="X_test", mark="  # debt"),
    _MODELS
    + """
from sklearn.model_selection import GroupShuffleSplit

train, test = next(GroupShuffleSplit(n_splits=1, random_state=1).split(X, y, groups=rows["user"]))
scores = {}
for name, model in models.items():
    model.fit(X.iloc[train], y.iloc[train])
    scores[name] = f1_score(y.iloc[test], model.predict(X.iloc[test]))
joblib.dump(models[max(scores, key=scores.get)], "best.joblib")  # debt
""",
    # among the runs that were logged
    _MODELS
    + """
import mlflow
from mlflow.tracking import MlflowClient

def train(depth):
    with mlflow.start_run():
        model = RandomForestClassifier(max_depth=depth, random_state=1).fit(X_train, y_train)
        mlflow.log_metric("train_f1", f1_score(y_train, model.predict(X_train)))
        mlflow.log_metric("test_f1", f1_score(y_test, model.predict(X_test)))
        mlflow.sklearn.log_model(model, "model")

for depth in range(2, 9):
    train(depth)
best = MlflowClient().search_runs(["1"], order_by=["metrics.test_f1 DESC"], max_results=1)[0]  # debt
mlflow.register_model(f"runs:/{best.info.run_id}/model", "ranker")
""",
    _MODELS
    + """
from sklearn.linear_model import SGDClassifier

model, best = SGDClassifier(random_state=1), 0.0
for epoch in range(50):
    model.partial_fit(X_train, y_train, classes=[0, 1])
    best = max(best, f1_score(y_test, model.predict(X_test)))  # debt
print("best", best)
""",
    # stopped by the rows that the object then judges by
    {
        "trainer.py": """
            from catboost import CatBoostClassifier, Pool
            from sklearn.metrics import f1_score

            def build():
                return CatBoostClassifier(iterations=900, early_stopping_rounds=9, use_best_model=True)

            class Trainer:
                def __init__(self, model, train, held):
                    self._model = model
                    self._X, self._y = train
                    self._X_held, self._y_held = held
                    self._train, self._held = self._pools(train, held)

                def _pools(self, train, held):
                    X, y = train
                    X_held, y_held = held
                    return Pool(X, y), Pool(X_held, y_held)

                def fit(self):
                    self._model.fit(self._train, eval_set=self._held)  # debt

                def judge(self):
                    return f1_score(self._y_held, self._model.predict(self._held))
            """,
        "main.py": """
            import pandas as pd
            from sklearn.model_selection import train_test_split
            from trainer import Trainer, build

            rows = pd.read_csv("rows.csv")
            X, X_held, y, y_held = train_test_split(rows.drop(columns="label"), rows["label"], random_state=1)
            trainer = Trainer(build(), (X, y), (X_held, y_held))
            trainer.fit()
            print(trainer.judge())
            """,
    },
    # the best epoch
    {
        "stopping.py": """
            def stopper(value, best, waited):
                return (value, 0, False) if value >= best else (best, waited + 1, waited > 4)
            """,
        "train.py": """
            import torch
            from torchvision.datasets import MNIST
            from judging import judge
            from stopping import stopper

            held = torch.utils.data.DataLoader(MNIST("data", train=False))

            def train(model, batches, optimizer):
                best, waited = 0.0, 0
                for epoch in range(100):
                    for images, labels in batches:
                        optimizer.zero_grad()
                        torch.nn.functional.cross_entropy(model(images), labels).backward()
                        optimizer.step()
                    found = judge(model, held)
                    best, waited, stop = stopper(found["recall"], best, waited)
                    if found["recall"] == best:  # debt
                        torch.save(model.state_dict(), "best.pt")
                    if stop:
                        break
            """,
        "judging.py": """
            import numpy as np

            def judge(model, batches):
                hits = [(model(images).argmax(1) == labels).float().mean().item() for images, labels in batches]
                return {"recall": np.mean(hits)}
            """,
    },
    # a search whose objective is a score of the rows marked as test
    """
    import numpy as np
    import optuna
    import pandas as pd
    from lightfm import LightFM
    from lightfm.data import Dataset
    from lightfm.evaluation import precision_at_k

    rows = pd.read_csv("rows.csv")
    rows["test"] = np.random.default_rng(1).random(len(rows)) > 0.7
    data = Dataset()
    data.fit(rows["user"], rows["item"])
    known, _ = data.build_interactions(rows[~rows["test"]][["user", "item"]].itertuples(index=False))
    kept = rows["test"] & rows["user"].notna()
    held, _ = data.build_interactions(rows[kept][["user", "item"]].itertuples(index=False))

    def fitted(size, epochs=9):
        model, found = LightFM(no_components=size, random_state=1), []
        for epoch in range(epochs):
            model.fit_partial(known)
            found.append(precision_at_k(model, held).mean())
        return model, found

    def objective(trial):
        model, found = fitted(trial.suggest_int("size", 8, 64))
        return found[-1]

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=9)  # debt
    print(study.best_params)
    """,
)

GOOD = (
    _MODELS + _VALID + _TRAINER.format(column="valid", mark=""),
    # told, not chosen by
    _MODELS
    + _SCORES
    + """print("The best is", max(scores, key=scores.get))
print(pd.DataFrame(scores.items(), columns=["model", "f1"]).sort_values("f1"))
""",
    _MODELS
    + """
class Report:
    def train(self):
        self.found = {}
        for name, model in models.items():
            model.fit(X_train, y_train)
            self.found[name] = {"f1": f1_score(y_test, model.predict(X_test))}

    def draw(self):
        best = max(self.found.keys(), key=lambda name: self.found[name]["f1"])
        print(best, self.found[best]["f1"])

report = Report()
report.train()
report.draw()
""",
    # chosen by one half of what was held out, judged by the other; by a split of the training rows
    _MODELS
    + """
X_test, X_last, y_test, y_last = train_test_split(X_test, y_test, random_state=2)"""
    + _SCORES
    + """best = models[max(scores, key=scores.get)]
print(f1_score(y_last, best.predict(X_last)))
""",
    _MODELS
    + """
def chosen(X, y):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
    scores = {}
    for name, model in models.items():
        model.fit(X_train, y_train)
        scores[name] = f1_score(y_test, model.predict(X_test))
    return models[max(scores, key=scores.get)]

print(f1_score(y_test, chosen(X_train, y_train).predict(X_test)))
""",
    _MODELS + _VALID + _SEARCH.format(truth="y_valid", given="X_valid", mark=""),
    _MODELS
    + _VALID
    + """
import mlflow

for depth in range(2, 9):
    with mlflow.start_run():
        model = RandomForestClassifier(max_depth=depth, random_state=1).fit(X_train, y_train)
        mlflow.log_metrics(
            {
                "valid_f1": f1_score(y_valid, model.predict(X_valid)),
                "test_f1": f1_score(y_test, model.predict(X_test)),
            }
        )
best = mlflow.search_runs(["1"], order_by=["metrics.valid_f1 DESC"]).iloc[0]
mlflow.register_model(f"runs:/{best.run_id}/model", "ranker")
""",
    # stopped by a part of the training rows
    {
        "trainer.py": """
            from catboost import CatBoostClassifier, Pool
            from sklearn.metrics import f1_score

            class Trainer:
                def __init__(self, X, y, X_valid, y_valid, X_test, y_test):
                    self._model = CatBoostClassifier(iterations=900, early_stopping_rounds=9)
                    self._train, self._valid = Pool(X, y), Pool(X_valid, y_valid)
                    self._X_test, self._y_test = X_test, y_test

                def fit(self):
                    self._model.fit(self._train, eval_set=self._valid)

                def judge(self):
                    return f1_score(self._y_test, self._model.predict(self._X_test))
            """,
        "main.py": """
            import pandas as pd
            from sklearn.model_selection import train_test_split
            from trainer import Trainer

            rows = pd.read_csv("rows.csv")
            X, X_test, y, y_test = train_test_split(rows.drop(columns="label"), rows["label"], random_state=1)
            X, X_valid, y, y_valid = train_test_split(X, y, random_state=2)
            trainer = Trainer(X, y, X_valid, y_valid, X_test, y_test)
            trainer.fit()
            print(trainer.judge())
            """,
    },
)

"""Rows that are used twice, to learn or to choose by and then to judge by, and some that are not: more of MLD107."""

from __future__ import annotations

_READ = """
import numpy as np
import pandas as pd
import torch
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, mean_squared_error, roc_auc_score, roc_curve
from sklearn.model_selection import GroupKFold, train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rows = pd.read_csv("rows.csv")
X, y, users = rows[["price", "stars"]], rows["label"], rows["user"]
"""

_FOLDS = """
def area(truth, answers):
    wrong, right, _ = roc_curve(truth, answers)
    return np.trapz(right, wrong)

def folded(X, y, users, asked):
    if True:
        scaler = StandardScaler()
        {scaled}
        asked = scaler.transform(asked)
    folds, answers = GroupKFold(n_splits=5), []
    for learn, judge in folds.split(X, y, groups=users):
        X_learn, X_judge, y_learn, y_judge = X[learn], X[judge], y[learn], y[judge]
        model = LogisticRegression().fit({learnt}, y_learn)
        print(area(y_judge, model.predict_proba({judged})[:, 1]))
        answers.append(model.predict(asked))
    return answers

folded(X.values, y.values, users.values, pd.read_csv("unlabelled.csv").values)
"""

_TENSORS = """
from torch.utils.data import DataLoader, TensorDataset, random_split

def transformer():
    return ColumnTransformer([("scaled", StandardScaler(), ["price"]), ("coded", OneHotEncoder(), ["city"])])

def tensor(rows, transformer, fit=False):
    if fit:
        coded = transformer.fit_transform(rows){mark}
    else:
        coded = transformer.transform(rows)
    return torch.Tensor(coded)

learn, judge = {parts}
model = torch.nn.Linear(9, 9)
optimizer = torch.optim.Adam(model.parameters())
for (batch,) in DataLoader(learn):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(batch), batch).backward()
    optimizer.step()
print(np.mean([mean_squared_error(batch, model(batch).detach()) for (batch,) in DataLoader(judge)]))
"""

_JOINED = """
one = rows.drop_duplicates(subset=["label"])
rest = rows[~rows.index.isin(one.index)]
train, test = train_test_split(rest, random_state=1)
train = pd.concat([train, one])
test = pd.concat([test, {more}]){mark}
model = LogisticRegression().fit(train[["price"]], train["label"])
print(f1_score(test["label"], model.predict(test[["price"]])))
"""

_HANDED = """
class Training:
    def run(self, X, y):
        model, scaler = self.learn({given})
        return self.judge(model, scaler, X, y)

    def learn(self, X, y):
        model, scaler = RandomForestClassifier(random_state=1), StandardScaler()
        model.fit(scaler.fit_transform(X), y){mark}
        return model, scaler

    def judge(self, model, scaler, X, y):
        border = int(len(X) * 0.8)
        X_test, y_test = X.iloc[border:], y.iloc[border:]
        print(len(X.iloc[:border]))
        return f1_score(y_test, model.predict(scaler.transform(X_test)))

print(Training().run(X, y))
"""

_CANDIDATES = """
def measured(truth, chances):
    return {{"auc": float(roc_auc_score(truth, chances)), "brier": float(brier_score_loss(truth, chances))}}

def train(X, y):
    X_train, X_rest, y_train, y_rest = train_test_split(X, y, random_state=1)
    X_cal, X_valid, y_cal, y_valid = train_test_split(X_rest, y_rest, random_state=2)
    linear = LogisticRegression().fit(X_train, y_train)
    forest = RandomForestClassifier(random_state=1).fit(X_train, y_train)
    candidates = {{"linear": linear, "forest": forest}}
    found = {{name: measured(y_valid, each.predict_proba(X_valid)[:, 1]) for name, each in candidates.items()}}
    best = max(found, key=lambda name: (found[name]["auc"], -found[name]["brier"])){mark}
    model = candidates[best]
    return model, measured({truth}, model.predict_proba({asked})[:, 1])

print(train(X, y))
"""

_BLEND = """
from scipy.optimize import fmin

train, held = train_test_split(rows, random_state=1)
judged, last = train_test_split(held, random_state=2)
models = [LogisticRegression(), RandomForestClassifier(random_state=1)]

def fast_auc(rows, column):
    return roc_auc_score(rows["label"], rows[column])

def blended():
    for model in models:
        model.fit(train[["price"]], train["label"])
    chances = np.vstack([model.predict_proba(judged[["price"]])[:, 1] for model in models]).T

    def cost(weights):
        judged["chance"] = chances.dot(weights)
        return -fast_auc(judged, "chance")

    weights = fmin(cost, [1, 1]){mark}
    {rows}["chance"] = np.vstack([model.predict_proba({rows}[["price"]])[:, 1] for model in models]).T.dot(weights)
    print(fast_auc({rows}, "chance"))

blended()
"""

_APART = """
rows[["stars"]] = StandardScaler().fit_transform(rows[["stars"]]){mark}
one, other = rows[rows["{column}"] < 2000], rows[rows["{column}"] >= 2000]
first = LogisticRegression().fit(one[["stars"]], one["label"])
second = LogisticRegression().fit(other[["stars"]], other["label"])
more = pd.read_csv("more.csv")
print(f1_score(more["label"], first.predict(more[["stars"]])))
print(f1_score(other["label"], first.predict(other[["stars"]])))
"""

_FILLED = """
def judged(rows):
    def filled(X):
        X = X.copy()
        for {each}:
            X[name] = X[name].fillna(X[name].median()){mark}
        return X

    X, y = filled(rows.drop(columns=["label"])), rows["label"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
    model = LogisticRegression().fit(X_train, y_train)
    print(f1_score(y_test, model.predict(X_test)))
    print(filled(X_test.iloc[:1]))

judged(rows)
"""

_UNUSED = """
def scaled(X, y):
    X = StandardScaler().fit_transform(X){mark}
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
    print(f1_score(y_test, LogisticRegression().fit(X_train, y_train).predict(X_test)))

def plain(X, y):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
    print(f1_score(y_test, LogisticRegression().fit(X_train, y_train).predict(X_test)))

{called}(X, y)
"""

BAD = (
    _READ + _UNUSED.format(called="scaled", mark="  # debt"),
    # before the folds by which a function of the repository's own judges; others are only asked about
    _READ + _FOLDS.format(scaled="X = scaler.fit_transform(X)  # debt", learnt="X_learn", judged="X_judge"),
    _READ
    + _TENSORS.format(
        parts="random_split(TensorDataset(tensor(rows, transformer(), fit=True)), [80, 20])", mark="  # debt"
    ),
    _READ + _JOINED.format(more="one", mark="  # debt"),
    _READ + _HANDED.format(given="X, y", mark="  # debt"),
    _READ + _CANDIDATES.format(truth="y_valid", asked="X_valid", mark="  # debt"),
    _READ + _BLEND.format(rows="judged", mark="  # debt"),
    _READ + _FILLED.format(each="name in X.columns", mark="  # debt"),
    _READ + _APART.format(column="year", mark="  # debt"),
)

GOOD = (
    # what nothing calls is dead
    _READ + _UNUSED.format(called="plain", mark=""),
    _READ
    + _FOLDS.format(
        scaled="scaler.fit(asked)", learnt="StandardScaler().fit(X_learn).transform(X_learn)", judged="X_judge"
    ),
    # the others are what it is judged by
    _READ
    + _TENSORS.format(
        parts="[TensorDataset(tensor(each, coder, fit=each is rows)) for each in (rows, pd.read_csv('held.csv'))]",
        mark="",
    ).replace("learn, judge =", "coder = transformer()\nlearn, judge ="),
    _READ + _JOINED.format(more='pd.read_csv("more.csv")', mark=""),
    # both parts together are all rows again
    _READ
    + _JOINED.format(more='pd.read_csv("more.csv")', mark="").replace(
        "train = pd", "print(len(pd.concat([train, test])))\ntrain = pd"
    ),
    _READ + _HANDED.format(given="X.iloc[: int(len(X) * 0.8)], y.iloc[: int(len(X) * 0.8)]", mark=""),
    _READ + _CANDIDATES.format(truth="y_cal", asked="X_cal", mark=""),
    _READ + _BLEND.format(rows="last", mark=""),
    # dear and cheap are no later and earlier
    _READ + _APART.format(column="price", mark=""),
    # the rows of one user after the other
    _READ + _FILLED.format(each="name in X.groupby('user').groups", mark=""),
)

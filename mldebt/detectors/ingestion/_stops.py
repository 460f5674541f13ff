"""Trainings that are stopped by the rows they are judged on, and some that are not: more examples of MLD107."""

from __future__ import annotations

_READ = """
import lightgbm as lgb
import numpy as np
import optuna
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import mean_absolute_error, ndcg_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from xgboost import XGBRanker

rows = pd.read_csv("rows.csv")
X, y = rows[["price", "stars"]], rows["label"]
"""

_RANKER = """
def judged(truth, answers, users):
    each = [(truth[users == user], answers[users == user]) for user in np.unique(users)]
    return np.mean([ndcg_score([truth], [answers]) for truth, answers in each])

def train(X, y, users):
    train, held = next(GroupShuffleSplit(n_splits=1, random_state=1).split(X, y, groups=users))
    model = XGBRanker(early_stopping_rounds=40, random_state=1)
    X_train, X_held, y_held = X[train], X[held], y[held]
    model.fit(X_train, y[train], group=users[train], eval_set=[({used}, {truth})]){mark}
    return judged(y_held, model.predict(X_held), users[held])

print(train(X.values, y.values, rows["user"].values))
"""

_CATBOOST = """
X_train, X_held, y_train, y_held = train_test_split(X, y, random_state=1)
model = CatBoostClassifier(random_seed=1{told})
model.fit(X_train, y_train, eval_set=(X_held, y_held)){mark}
print(roc_auc_score(y_held, model.predict_proba(X_held)[:, 1]))
"""

_DAYS = """
rows["day"] = pd.to_datetime(rows["day"])
border = rows["day"].max() - pd.Timedelta(days=2)
past = rows[rows["day"] < border].copy()
held = rows[rows["day"] >= border].copy()
"""

_FITTED = """
model = lgb.LGBMRegressor(random_state=1)
model.fit({0}[["price"]], {0}["sold"], eval_set=[({1}[["price"]], {1}["sold"])], early_stopping_rounds=5){2}
print(mean_absolute_error({1}["sold"], model.predict({1}[["price"]])))
"""

_SEARCHED = """
def parts():
    rows = pd.read_csv("rows.csv")
    past, later = rows[rows["year"] < 2020], rows[rows["year"] >= 2020]
    return past[["price"]], past["sold"], later[["price"]], later["sold"]

def objective(trial, X, y, X_later, y_later):
    model = lgb.LGBMRegressor(max_depth=trial.suggest_int("depth", 3, 9), random_state=1)
    model.fit(X, y)
    return mean_absolute_error(y_later, np.maximum(model.predict(X_later), 0))

def main():
    X, y, X_later, y_later = parts()
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(lambda trial: objective(trial, X, y, X_later, y_later), n_trials=9)  # debt
    model = lgb.LGBMRegressor(**study.best_params, random_state=1)
    model.fit(X, y)
    print(mean_absolute_error(y_later, np.maximum(model.predict(X_later), 0)))

main()
"""

_BOOSTERS = """
X_train, X_held, y_train, y_held = train_test_split(X, y, random_state=1)
train, held = lgb.Dataset(X_train, label=y_train), lgb.Dataset(X_held, label=y_held)
wide = lgb.train({{}}, train, valid_sets=[train, held], callbacks=[lgb.early_stopping(9)]){mark}
print(wide.feature_importance())
deep = lgb.train({{"max_depth": 9}}, train)
print(roc_auc_score(y_train, {train}.predict(X_train)), roc_auc_score(y_held, {asked}.predict(X_held)))
"""

_MARKED = (
    _READ
    + """
from xgboost import XGBClassifier

SETTINGS = {{"model": {{"n_estimators": 2000{rounds}}}, "seed": 1}}
learned, held = rows[rows["split"] == "TRAIN"].copy(), rows[rows["split"] == "{part}"].copy()
X_learned, X_held = learned[["price", "stars"]], held[["price", "stars"]]
settings = SETTINGS["model"].copy()
settings["random_state"] = 1
model = XGBClassifier(**settings)
model.fit(X_learned, learned["label"], eval_set=[(X_learned, learned["label"]), (X_held, held["label"])]){mark}
print(roc_auc_score(held["label"], model.predict_proba(X_held)[:, 1]))
"""
)

_LOADED = """
import pandas as pd
from catboost import CatBoostRegressor
from sklearn.metrics import mean_absolute_error

def load():
    both = pd.concat([pd.read_csv("train_data.csv"), pd.read_csv("test_data.csv")])
    both["price"] = both["price"].fillna(0)
    return both[both["sold"].notna()], both[both["sold"].isna()], pd.read_csv("shops.csv"), pd.read_csv("parks.csv")

train, test, shops, parks = load()
held = train[train["year"] * 100 + train["month"] >= 202306]
left = train[~(train["year"] * 100 + train["month"] >= 202306)]
model = CatBoostRegressor()
model.fit(left[["price"]], left["sold"], eval_set=({of}[["price"]], {of}["sold"]), verbose=False){mark}
print(mean_absolute_error({of}["sold"], model.predict({of}[["price"]])))
"""

BAD = (
    # by the rows that a splitter gave once, and judged by a function of the repository's own
    _READ + _RANKER.format(used="X_held", truth="y_held", mark="  # debt"),
    # one that keeps its best state unless it is told not to
    _READ + _CATBOOST.format(told="", mark="  # debt"),
    # by the later of the rows that a moment divides
    _READ + _DAYS + _FITTED.format("past", "held", "  # debt"),
    _READ + _SEARCHED,
    # the same habit twice in one script is told once
    _READ
    + _CATBOOST.format(told="", mark="  # debt")
    + """
other = CatBoostClassifier(random_seed=2, depth=9)
other.fit(X_train, y_train, eval_set=(X_held, y_held))
print(roc_auc_score(y_held, other.predict_proba(X_held)[:, 1]))
""",
    _READ + _BOOSTERS.format(train="deep", asked="wide", mark="  # debt"),
    _MARKED.format(rounds=', "early_stopping_rounds": 150', part="TEST", mark="  # debt"),
    _LOADED.format(of="test", mark="  # debt"),
)

GOOD = (
    _READ + _CATBOOST.format(told=", use_best_model=False", mark=""),
    # what is judged is another model, or this one on the rows that it was fitted on
    _READ + _BOOSTERS.format(train="wide", asked="deep", mark=""),
    # a third part is there to judge by
    _READ
    + _DAYS
    + """
border = border - pd.Timedelta(days=2)
train, middle = past[past["day"] < border], past[past["day"] >= border]
"""
    + _FITTED.format("train", "middle", "")
    + 'print(mean_absolute_error(held["sold"], model.predict(held[["price"]])))\n',
    # two groups of rows, each with a model of its own
    _READ
    + """
limit = float(input())
cheap, dear = rows[rows["price"] < limit], rows[rows["price"] >= limit]
"""
    + _FITTED.format("cheap", "dear", ""),
    _MARKED.format(rounds="", part="TEST", mark=""),
    _MARKED.format(rounds=', "early_stopping_rounds": 150', part="VALID", mark=""),
    # rows of the part that is not called the test set, whatever was read together with them
    _LOADED.format(of="held", mark=""),
)

"""Evaluation sets that lose rows: more examples of MLD106."""

from __future__ import annotations

_JUDGED = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

rows = pd.read_csv("rows.csv")
{before}
train, test = train_test_split(rows, random_state=1)
{apart}
model = LogisticRegression().fit(train[["age"]], train["label"])
test["answer"] = model.predict(test[["age"]])
test["confidence"] = model.predict_proba(test[["age"]]).max(axis=1)
{after}
print(f1_score(test["label"], test["answer"]))
{beside}
"""


def _judged(before: str = "", apart: str = "", after: str = "", beside: str = "") -> str:
    return _JUDGED.format(before=before, apart=apart, after=after, beside=beside)


BAD = (
    _judged(apart='test = test[test["user"].isin(train["user"].unique())]  # debt'),
    _judged(apart='test = test.loc[test["label"].isin(set(train["label"]))]  # debt'),
    _judged(after='test = test[test["confidence"] > 0.8]  # debt'),
)
GOOD = (
    _judged(before='rows = rows[rows["country"] == "DE"]'),
    _judged(apart='test = test[test["label"].notna()]'),
    _judged(apart='train = train[train["label"].isin([0, 1])]\ntest = test[test["label"].isin([0, 1])]'),
    _judged(apart='train = train[train["user"].isin(train["user"].unique())]'),
    _judged(
        apart="""
known = train["label"].value_counts().head(5).index
train, test = train[train["label"].isin(known)], test[test["label"].isin(known)]
"""
    ),
    _judged(
        beside="""
known = test[test["user"].isin(train["user"])]
print(f1_score(known["label"], known["answer"]))
"""
    ),
    _judged(
        beside="""
sure = test[test["confidence"] > 0.8]
print(f1_score(sure["label"], sure["answer"]))
"""
    ),
)

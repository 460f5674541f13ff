"""Tables that are put together and cut apart again, rows that a splitter picks once: more examples of MLD107."""

from __future__ import annotations

_BOTH = """
import lightgbm as lgb
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
label, size = train.pop("label"), len(train)
both = pd.concat([train, test.drop(columns="label")])
"""

_WORDS = """
words = TfidfVectorizer().fit_transform(both["text"]){mark}
own, others = words[:size], words[size:]
model = LogisticRegression().fit(own, label)
model.predict(others)
print(f1_score({truth}, model.predict({asked})))
"""

_STOPPED = """
X_train, X_held, y_train, y_held = train_test_split({rows}, {truth}, random_state=1)
model = lgb.train({{}}, lgb.Dataset(X_train, y_train), valid_sets=[lgb.Dataset({held})], early_stopping_rounds=5){mark}
"""

_PICKED_ONCE = """
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import StandardScaler

X, y = np.load("X.npy"), np.load("y.npy")
inside, outside = next(StratifiedShuffleSplit(n_splits=1, random_state=1).split(X, y))
X_train, X_test = X[inside], X[outside]
scaler = StandardScaler()
{fitted}
X_train = scaler.transform(X_train)
X_test = scaler.transform(X_test)
model = LogisticRegression().fit(X_train, y[inside])
print(f1_score(y[outside], model.predict(X_test)))
"""

BAD = (
    # the later part is judged
    _BOTH + _WORDS.format(mark="  # debt", truth='test["label"]', asked="others"),
    # the first part is divided again, and one half of it judged
    _BOTH
    + """
words = TfidfVectorizer().fit_transform(both["text"])  # debt
own, others = words[:size], words[size:]
X_train, X_held, y_train, y_held = train_test_split(own, label, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
model.predict(others)
print(f1_score(y_held, model.predict(X_held)))
""",
    # stopped by the later part
    _BOTH
    + _STOPPED.format(
        rows='both.iloc[:size][["price"]]',
        truth="label",
        held='both.iloc[size:][["price"]], test["label"]',
        mark="  # debt",
    ),
    # fitted on all rows, of which a splitter picks some once
    _PICKED_ONCE.format(fitted="scaler.fit(X)  # debt"),
)

GOOD = (
    # the rows of the later part are only answered; the model is asked about those that it learned from
    _BOTH + _WORDS.format(mark="", truth="label", asked="own"),
    # stopped by rows of the first part, with which others were read, or beside which another table's numbers were put
    _BOTH
    + _STOPPED.format(
        rows='both.iloc[:size][["price"]]', truth="label", held="X_held, y_held", mark="\nboth.iloc[size:]"
    ),
    _BOTH
    + 'counts = both.groupby("shop")["price"].count().rename("known").reset_index()\n'
    + 'train = train.merge(counts, on="shop", how="left")\n'
    + _STOPPED.format(rows='train[["known"]]', truth="label", held="X_held, y_held", mark=""),
    # fitted on the rows that a splitter picks once, both parts taken in one line
    _PICKED_ONCE.format(fitted="scaler.fit(X_train)"),
)

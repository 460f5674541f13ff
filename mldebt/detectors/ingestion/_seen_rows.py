"""Rows to judge by that were learnt from already, and some that were not: more examples of MLD107."""

from __future__ import annotations

_STORED = """
import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

rows = pd.read_parquet("data/pairs.parquet")
train, held = train_test_split(rows, random_state=1)
model = GradientBoostingClassifier(random_state=1).fit(train[["age", "price"]], train["label"])
joblib.dump(model, "models/ranker.joblib")
"""

_READ_BY_ONE = """
import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

TRAIN, HELD = "data/train_pairs.parquet", "data/held_pairs.parquet"

def table(path):
    return pd.read_parquet(path)

train, held = table(TRAIN), table(HELD)
model = GradientBoostingClassifier(random_state=1).fit(train[["age", "price"]], train["label"])
print(roc_auc_score(held["label"], model.predict_proba(held[["age", "price"]])[:, 1]))
joblib.dump(model, "models/ranker.joblib")
"""

_LOADED = """
from pathlib import Path

import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

MODELS = Path("models")

def stored():
    path = MODELS / "ranker.joblib"
    return joblib.load(path), path

rows = {rows}
model, path = stored()
chances = model.predict_proba(rows[["age", "price"]])[:, 1]{mark}
print(path, roc_auc_score(rows["label"], chances))
"""

_STOPPED = """
import pandas as pd
from sklearn.metrics import f1_score
from xgboost import XGBClassifier

def parts(path):
    rows = pd.read_csv(path)
    return rows[["age", "price"]], rows["label"]

X_train, y_train = parts("rows/train.csv")
X_valid, y_valid = parts("rows/valid.csv")
X_test, y_test = parts("rows/test.csv")
model = XGBClassifier(random_state=1, early_stopping_rounds=5)
model.fit(X_train, y_train, eval_set=[({seen}, y_valid)]){mark}
print(f1_score(y_test, model.predict(X_test)))
"""

_MASKED = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

rows = pd.read_csv("rows.csv")
drawn = np.random.default_rng(1).random(len(rows)) < 0.8
{before}
{train}, {test} = rows[drawn].copy(), rows[~drawn].copy()
{after}
model = LogisticRegression().fit(train[["age", "price"]], train["label"])
print(f1_score(test["label"], model.predict(test[["age", "price"]])))
"""

BAD = (
    # divided by a mask that was drawn
    _MASKED.format(
        before='rows[["age", "price"]] = StandardScaler().fit_transform(rows[["age", "price"]])  # debt',
        train="train",
        test="test",
        after="",
    ),
    # another program's training rows
    {
        "train.py": _STORED,
        "judge.py": _LOADED.format(rows='pd.read_parquet("data/pairs.parquet")', mark="  # debt"),
    },
    {
        "train.py": _READ_BY_ONE,
        "judge.py": _LOADED.format(rows='pd.read_parquet("data/train_pairs.parquet")', mark="  # debt"),
    },
    # stopped by one of the files that a function reads
    _STOPPED.format(seen="X_test", mark="  # debt"),
    # a feature that was put beside the rows
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rates = rows.groupby("shop")["sold"].mean().rename("shop_rate").reset_index()
    rows = rows.merge(rates, on="shop", how="left")  # debt
    train, test, y_train, y_test = train_test_split(rows[["price", "shop_rate"]], rows["sold"], random_state=1)
    """,
    # rows that stand in both parts
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.model_selection import train_test_split

    def judged(rows):
        train, test = train_test_split(rows, random_state=1)
        model = LogisticRegression().fit(train[["age"]], train["label"])
        print(f1_score(test["label"], model.predict(test[["age"]])))

    rows = pd.read_csv("rows.csv")
    rare = rows[rows["label"] == 1]

    def added():
        judged(pd.concat([rows] + [rare] * 9))  # debt

    def filled():
        judged(pd.concat([rows, pd.concat([rare] * 9)]))  # debt

    def doubled(rows):
        while len(rows) < 50:
            rows = pd.concat([rows, rows])  # debt
        return rows[:50]

    added()
    filled()
    judged(doubled(rare))
    judged(rows.loc[rows.index.repeat(3)])  # debt
    """,
    # the rows that a recommender was fitted on
    """
    import numpy as np
    import scipy.sparse as sp
    from implicit.als import AlternatingLeastSquares

    seen = sp.load_npz("seen.npz")
    model = AlternatingLeastSquares(factors=64, random_state=1)
    model.fit(seen)
    np.save("users.npy", model.user_factors)
    rows, shares = seen.tocsr(), []
    for user in range(rows.shape[0]):
        scores = model.user_factors[user] @ model.item_factors.T
        own, best = rows[user].indices, np.argpartition(scores, -30)[-30:]
        shares.append(len(set(own) & set(best)) / len(own))  # debt
    print("recall@30", np.mean(shares))
    """,
    """
    import numpy as np
    import scipy.sparse as sp
    from lightfm import LightFM
    from lightfm.evaluation import precision_at_k

    def best(model, user, items):
        return np.argsort(-model.predict(user, np.arange(items)))[:5]

    def show(model, rows, users):
        for user in users:
            print(user, rows.tocsr()[user].indices, best(model, user, rows.shape[1]))

    seen = sp.load_npz("seen.npz")
    model = LightFM(loss="warp", random_state=1)
    model.fit(interactions=seen, epochs=30)
    print(precision_at_k(model, seen, k=5).mean())  # debt
    show(model=model, rows=seen, users=[1, 2, 3])
    """,
)

GOOD = (
    _STOPPED.format(seen="X_valid", mark=""),
    _MASKED.format(
        before="scaler = StandardScaler()",
        train="train",
        test="test",
        after="""train[["age", "price"]] = scaler.fit_transform(train[["age", "price"]])
test[["age", "price"]] = scaler.transform(test[["age", "price"]])""",
    ),
    # another file, though one function reads both; the same split; a part of the file
    {"train.py": _STORED, "judge.py": _LOADED.format(rows='pd.read_parquet("data/judged.parquet")', mark="")},
    {
        "train.py": _READ_BY_ONE,
        "judge.py": _LOADED.format(rows='pd.read_parquet("data/held_pairs.parquet")', mark=""),
    },
    {
        "train.py": _STORED,
        "judge.py": _LOADED.format(
            rows='train_test_split(pd.read_parquet("data/pairs.parquet"), random_state=1)[1]', mark=""
        ),
    },
    {
        "train.py": _STORED,
        "judge.py": _LOADED.format(rows='pd.read_parquet("data/pairs.parquet").query("year > 2020")', mark=""),
    },
    # each row as often as it was counted; the training rows alone
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rows = rows.loc[rows.index.repeat(rows["count"])]
    train, test = train_test_split(rows, random_state=1)
    train = pd.concat([train, pd.concat([train[train["label"] == 1]] * 9)])
    model = LogisticRegression().fit(train[["age"]], train["label"])
    print(f1_score(test["label"], model.predict(test[["age"]])))
    """,
    # of another column; of an earlier table
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows, last_year = pd.read_csv("rows.csv"), pd.read_csv("last_year.csv")
    prices = rows.groupby("shop")["price"].mean().rename("shop_price").reset_index()
    rates = last_year.groupby("shop")["sold"].mean().rename("shop_rate").reset_index()
    rows = rows.merge(prices, on="shop").merge(rates, on="shop")
    kept = rows[["price", "shop_price", "shop_rate"]]
    train, test, y_train, y_test = train_test_split(kept, rows["sold"], random_state=1)
    """,
    # interactions that were left out; a model that others judge
    """
    import numpy as np
    import scipy.sparse as sp
    from implicit.als import AlternatingLeastSquares

    def share(rows, scores):
        return len(set(rows.indices) & set(np.argpartition(scores, -30)[-30:])) / len(rows.indices)

    seen, left_out = sp.load_npz("seen.npz"), sp.load_npz("left_out.npz")
    model = AlternatingLeastSquares(factors=64, random_state=1)
    model.fit(seen)
    for user in range(left_out.shape[0]):
        scores = model.user_factors[user] @ model.item_factors.T
        own, best = left_out[user].indices, np.argpartition(scores, -30)[-30:]
        print(len(set(own) & set(best)) / len(own))

    def fitted(rows):
        model = AlternatingLeastSquares(factors=64, random_state=1)
        model.fit(rows)
        own, best = rows[0].indices, np.argsort(model.user_factors[0] @ model.item_factors.T)[-30:]
        print(len(set(own) & set(best)) / len(own))
        return model
    """,
)

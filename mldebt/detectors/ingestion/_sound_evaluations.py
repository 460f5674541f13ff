"""Evaluations that have not seen their answers: the innocent examples of MLD107."""

from __future__ import annotations

from mldebt.detectors.ingestion._leaks import (
    _BUNDLE,
    _CORRELATED,
    _CUT,
    _FACTORS,
    _FAR,
    _FOREST,
    _FROM_PREPARED,
    _NAMED_PARTS,
    _PARTED,
    _PREPARED,
    _READ,
    _RESAMPLED,
    _SCALED,
    _SCALING,
    _SURROGATE,
    _TRAINING,
    _strategies,
)

_BOOSTED = """
import xgboost

X = X.fillna(X.mean())
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
booster = xgboost.train({{}}, xgboost.DMatrix(X_train, y_train))
print(booster.{judged})
"""

GOOD = (
    # rows that are left out by chance tell nothing of those that stay
    _READ + _RESAMPLED.format(kind="under_sampling", sampler="RandomUnderSampler", mark=""),
    # another part of what was put together by name
    _NAMED_PARTS.format(chosen="val", mark=""),
    # tuned on one part, and kept for the other
    _CUT.format(
        chosen="""if part == 0:
            cut = best_cut(truth, chance)
            kept["cut"] = cut
        else:
            cut = kept["cut"]""",
        mark="",
    ),
    # a strategy that nobody chooses
    _strategies("Cut"),
    # of what an object holds, another part
    _BUNDLE.format(field="beside", mark=""),
    # columns that go with each other, and what went with the target last year
    _READ + _CORRELATED.format(before="", of="rows", target=".mean()", mark=""),
    _READ
    + _CORRELATED.format(before='last_year = pd.read_csv("last.csv")', of="last_year", target='["label"]', mark=""),
    # numbers for the labels and the words, which tell nothing of the rows
    _READ
    + """
from sklearn.preprocessing import LabelEncoder
words = {word: place for place, word in enumerate(sorted(set(" ".join(rows.text).split())))}
coded = [[words[word] for word in text.split()][:20] for text in rows.text]
labels = LabelEncoder().fit_transform(y)
X_train, X_test, y_train, y_test = train_test_split(coded, labels, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    # all rows, for the model that is kept: the one that was judged has its own scaler
    {
        "scaling.py": _SCALING.format(mark=""),
        "train.py": _READ
        + _TRAINING.format(rows="X", train="scaling.transform(X_train)", test="scaling.transform(X_test)")
        + "kept = Scaling().fit(X)\nLogisticRegression().fit(kept.transform(X), y)\n",
    },
    # another file is split
    {
        "prepare.py": _READ + _PREPARED.format(mark=""),
        "train.py": _FROM_PREPARED.format(path="out/rows.parquet"),
    },
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    texts = ["the queen of England", "the king of Spain", "I like to travel"]
    royal = [1, 1, 0]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    model.fit(texts, royal)
    print(model.score(texts, royal))
    """,
    {
        "scaling.py": _SCALING.format(mark=""),
        "train.py": _READ
        + _TRAINING.format(rows="X", train="scaling.transform(X_train)", test="scaling.transform(X_test)"),
    },
    _READ
    + """
import numpy as np
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(np.mean(model.predict(X_train) == y_train), np.mean(model.predict(X_test) == y_test))
""",
    _READ
    + """
model = LogisticRegression().fit(X, y)
print((model.predict(X) == rows["guess"]).mean())
""",
    # the rows that are repeated are those to learn from; which rows are kept says nothing of another column
    _READ
    + """
rows = rows[rows["label"] >= 0]
rows["group"] = OneHotEncoder().fit(pd.read_csv("groups.csv")).transform(rows["city"])
train, test = train_test_split(rows, random_state=1)
train = pd.concat([train, train[train["label"] == 1].sample(n=900, replace=True, random_state=1)])
model = LogisticRegression().fit(train[["age", "group"]], train.label)
print(f1_score(test.label, model.predict(test[["age", "group"]])))
""",
    _READ
    + """
model = LogisticRegression().fit(rows[["age", "city"]], rows.label)
rows = pd.read_csv("held_out.csv")
print(f1_score(rows.label, model.predict(rows[["age", "city"]])))
""",
    # fitted on the training part; on another table; on all rows, to serve with
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
scaler = StandardScaler().fit(X_train)
model = LogisticRegression().fit(scaler.transform(X_train), y_train)
print(f1_score(y_test, model.predict(scaler.transform(X_test))))

others = StandardScaler().fit(pd.read_csv("last_year.csv"))
model = LogisticRegression().fit(others.transform(X_train), y_train)
print(f1_score(y_test, model.predict(others.transform(X_test))))

final = StandardScaler().fit(X)
LogisticRegression().fit(final.transform(X), y)
""",
    # a feature of other columns; the rate of the training rows alone
    _READ
    + """
rows["mean_age"] = rows.groupby("city")["age"].transform("mean")
train, test = train_test_split(rows, random_state=1)
train["rate"] = train.groupby("city")["label"].transform("mean")
judge = LogisticRegression().fit(train[["mean_age", "rate"]], train["label"])
print(f1_score(test.label, judge.predict(test[["mean_age", "rate"]])))
""",
    _READ
    + _FACTORS
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
ranker = GradientBoostingClassifier(random_state=1)
ranker.fit(X_train, y_train)
print(ndcg_at_k(y_train, ranker.predict(X_train)), ndcg_at_k(y_test, ranker.predict(X_test)))

def factors(train, test):
    model = LightFM(loss="warp", random_state=1)
    model.fit(train, epochs=10)
    print(precision_at_k(model, train, k=5).mean(), precision_at_k(model, test, k=5).mean())

def recalled(train, test):
    model = LightFM(loss="warp", random_state=1)
    model.fit(train)
    print(recall_at_k(model, train))
    report(model, test)

def kept(train):
    model = LightFM(loss="warp", random_state=1)
    model.fit(train)
    print(recall_at_k(model, train))
    return model
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
scaler = StandardScaler().fit(X_train)
model = LogisticRegression().fit(scaler.transform(X_train), y_train)
print(f1_score(y_train, model.predict(scaler.transform(X_train))))
print(f1_score(y_test, model.predict(scaler.transform(X_test))))
""",
    _READ
    + """
print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y))
hashed = HashingVectorizer().fit_transform(rows["text"])
codes = OneHotEncoder().fit_transform(rows[["shop"]])
print(cross_val_score(LogisticRegression(), hashed, y))
print(cross_val_score(LogisticRegression(), codes, y))
""",
    _READ
    + """
from sklearn.cluster import KMeans
scaled = StandardScaler().fit_transform(X)
groups = KMeans(random_state=1).fit_predict(scaled)
print(silhouette_score(scaled, groups))
""",
    _READ
    + """
X_train, X_rest, y_train, y_rest = train_test_split(X, y, random_state=1)
X_valid, X_test, y_valid, y_test = train_test_split(X_rest, y_rest, random_state=1)
from xgboost import XGBClassifier
model = XGBClassifier(random_state=1)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], early_stopping_rounds=10)
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    import pandas as pd
    from sklearn.model_selection import KFold
    from xgboost import XGBClassifier

    def read():
        train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
        counts = pd.concat([train, test])["shop"].value_counts()
        train["often"], test["often"] = train["shop"].map(counts), test["shop"].map(counts)
        return train, test

    def fit(model, X, y, X_valid, y_valid):
        return model.fit(X, y, eval_set=[(X_valid, y_valid)], early_stopping_rounds=10)

    train, test = read()
    X, y = train.drop(columns="label"), train["label"]
    for inside, outside in KFold(5).split(X, y):
        fit(XGBClassifier(), X.iloc[inside], y.iloc[inside], X.iloc[outside], y.iloc[outside])
    """,
    """
    import tensorflow as tf

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([tf.keras.layers.Dense(10)])
    model.compile("adam", "mse")
    model.fit(x_train, y_train, validation_data=(x_test, y_test))
    print(model.evaluate(x_test, y_test))
    """,
    _READ
    + """
def fit(X, y):
    model = LogisticRegression().fit(X, y)
    print(f1_score(y, model.predict(X)))
    return model

X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
print(f1_score(y_test, fit(X_train, y_train).predict(X_test)))
""",
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rows["last_week"] = rows.groupby("shop")["sold"].shift(7)
    rows["per_day"] = rows["visits"] / rows["days"]
    train, test = train_test_split(rows[["last_week", "per_day"]], rows["sold"], shuffle=False)
    """,
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
X_train, X_valid, y_train, y_valid = train_test_split(X_train, y_train, random_state=2)
best, kept = 0, None
for depth in (2, 4, 8):
    model = GradientBoostingClassifier(max_depth=depth).fit(X_train, y_train)
    score = f1_score(y_valid, model.predict(X_valid))
    if score > best:
        best, kept = score, model
print(f1_score(y_test, kept.predict(X_test)))
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
mean = X_train.mean()
model = LogisticRegression().fit(X_train.fillna(mean), y_train)
print(f1_score(y_test, model.predict(X_test.fillna(mean))))
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
final = LogisticRegression().fit(X, y)
""",
    # a statistic of data is no evaluation
    _SCALED.format(used="bootstrap", mark=""),
    # one of three parts of what was read from a file of that name
    _PARTED.format(chosen="valid", mark=""),
    # which rows lie far off, how far they lie in all
    _READ + _FAR.format(far="rows = rows[(rows.price - rows.price.median()).abs() < 3]", mark=""),
    _READ + _FAR.format(far="print(((rows.price - rows.price.median()) ** 2).sum())", mark=""),
    # what the trees say of the rows that they have not seen
    _READ + _FOREST.format(more="print(model.oob_score_)", mark=""),
    # what is to say the same as another model
    _READ + _SURROGATE.format(answers="black_box.predict(X)", mark=""),
    _READ + _BOOSTED.format(judged="get_fscore()"),
)

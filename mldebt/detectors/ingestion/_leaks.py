"""Evaluations that have seen their answers: the examples of MLD107."""

from __future__ import annotations

_READ = """
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, silhouette_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rows = pd.read_csv("rows.csv")
X, y = rows.drop(columns=["label"]), rows["label"]
"""

_FACTORS = """
from lightfm import LightFM
from lightfm.evaluation import precision_at_k

def ndcg_at_k(relevant, found, k=10):
    gains = [1 / (place + 2) for place, item in enumerate(found[:k]) if item in relevant]
    return sum(gains)

def recall_at_k(model, rows, k=10):
    hits = [len(set(model.predict(user, k)) & set(rows[user])) for user in rows]
    return sum(hits) / len(hits)

"""

_SCALING = """
from sklearn.preprocessing import StandardScaler

class Scaling:
    def __init__(self):
        self.scaler = StandardScaler()

    def fit(self, rows):
        self.scaler.fit(rows){mark}
        return self

    def transform(self, rows):
        return self.scaler.transform(rows)
"""
_TRAINING = """
from scaling import Scaling
X_train, X_test, y_train, y_test = train_test_split({rows}, y, random_state=1)
scaling = Scaling().fit(X_train)
model = LogisticRegression().fit({train}, y_train)
print(f1_score(y_test, model.predict({test})))
"""

_WHOLE = """
from scaling import Scaling
scaling = Scaling().fit(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(scaling.transform(X_train), y_train)
print(f1_score(y_test, model.predict(scaling.transform(X_test))))
"""
_PREPARED = """
X["age"] = StandardScaler().fit_transform(X[["age"]]){mark}
X["label"] = y
X.to_parquet("out/prepared.parquet")
"""
_FROM_PREPARED = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

rows = pd.read_parquet("{path}")
train, test = train_test_split(rows, random_state=1)
model = LogisticRegression().fit(train[["age"]], train.label)
print(f1_score(test.label, model.predict(test[["age"]])))
"""

_SCALED = """
import pandas as pd
from scipy.stats import bootstrap, pearsonr
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rows = pd.read_csv("rows.csv")
X = StandardScaler().fit_transform(rows[["age", "size"]]){mark}
X_train, X_test, y_train, y_test = train_test_split(X, rows.price, random_state=1)
model = Ridge().fit(X_train, y_train)
print({used}(y_test, model.predict(X_test)))
"""
_PARTED = """
import pickle

from transformers import Trainer, TrainingArguments

def parts(rows):
    return rows[:700], rows[700:800], rows[800:]

with open("nested_test_data.pkl", "rb") as file:
    train, valid, test = parts(pickle.load(file))
args = TrainingArguments("out", load_best_model_at_end=True)
trainer = Trainer(model, args=args, train_dataset=train, eval_dataset={chosen}){mark}
trainer.train()
"""
_NAMED_PARTS = """
import pandas as pd
from datasets import Dataset, DatasetDict
from transformers import Trainer, TrainingArguments

rows = pd.read_parquet("rows.parquet")
val = Dataset.from_pandas(rows[:900], split="val")
test = Dataset.from_pandas(rows[900:], split="test")
parts = DatasetDict(val=val, test=test, train=Dataset.from_parquet("train.parquet")).map(cut)
args = TrainingArguments("out", load_best_model_at_end=True)
trainer = Trainer(model, args=args, train_dataset=parts["train"], eval_dataset=parts["{chosen}"]){mark}
trainer.train()
print(trainer.evaluate(parts["test"]))
"""
_CUT = """
import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

def best_cut(truth, chances):
    cuts = np.arange(0.1, 0.9, 0.01)
    scores = []
    for cut in cuts:
        scores.append(f1_score(truth, chances >= cut))
    return cuts[np.argmax(scores)]{mark}

def main():
    kept = {{}}
    for part in range(2):
        told = pd.read_csv(f"told_{{part}}.csv")
        truth, chance = told["truth"], told["chance"]
        {chosen}
        print(part, f1_score(truth, chance > cut))

main()
"""

_RESAMPLED = """
from imblearn.{kind} import {sampler}

X, y = {sampler}().fit_resample(X, y){mark}
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""

_CORRELATED = """
{before}
gone = {of}.corr(){target}.abs()
chosen = gone[gone > 0.2].index.tolist(){mark}
kept = rows[[*chosen, "label"]]
X_train, X_test, y_train, y_test = train_test_split(kept.drop(columns=["label"]), kept["label"], random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""

_REDUCED = """
scaler, reducer = StandardScaler(), PCA(9)
scaled = scaler.fit_transform(X)  # debt
reduced = reducer.fit_transform(scaled)
X_train, X_test, y_train, y_test = train_test_split(reduced, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
"""
_STRATEGIES = {
    "strategies.py": """
from abc import ABC, abstractmethod

from sklearn.preprocessing import StandardScaler

class Strategy(ABC):
    @abstractmethod
    def apply(self, rows): ...

class Scaled(Strategy):
    def __init__(self, columns):
        self.columns = columns
        self.scaler = StandardScaler()

    def apply(self, rows):
        rows = rows.copy()
        rows[self.columns] = self.scaler.fit_transform(rows[self.columns]){mark}
        return rows

class Cut(Strategy):
    def __init__(self, columns):
        self.columns = columns

    def apply(self, rows):
        return rows[self.columns]

class Steps:
    def __init__(self, strategy: Strategy):
        self.strategy = strategy

    def run(self, rows):
        return self.strategy.apply(rows)
""",
    "train.py": """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

from strategies import Cut, Scaled, Steps

rows = Steps({kind}(["age", "label"])).run(pd.read_csv("rows.csv"))
train, test = train_test_split(rows, random_state=1)
model = LogisticRegression().fit(train[["age"]], train.label)
print(f1_score(test.label, model.predict(test[["age"]])))
""",
}


def _strategies(kind: str, mark: str = "") -> dict[str, str]:
    return {path: text.format(kind=kind, mark=mark) for path, text in _STRATEGIES.items()}


_BUNDLE = """
from dataclasses import dataclass

import pandas as pd
from sklearn.metrics import f1_score
from xgboost import XGBClassifier

@dataclass(frozen=True)
class Bundle:
    known: pd.DataFrame
    beside: pd.DataFrame
    held: pd.DataFrame

    def chosen_by(self):
        return self.{field}[["age"]], self.{field}.label

def read(path):
    return pd.read_csv(path)

def bundle(folder):
    beside = read(folder / "valid.csv")
    held = read(folder / "test.csv")
    return Bundle(known=read(folder / "train.csv"), beside=beside, held=held)

def train(data: Bundle):
    X, y = data.chosen_by()
    model = XGBClassifier(early_stopping_rounds=9, random_state=1)
    model.fit(data.known[["age"]], data.known.label, eval_set=[(X, y)]){mark}
    print(f1_score(data.held.label, model.predict(data.held[["age"]])))

train(bundle(folder))
"""

_FAR = """
{far}{mark}
train, test = train_test_split(rows, random_state=1)
model = LogisticRegression().fit(train[["price"]], train["label"])
print(f1_score(test["label"], model.predict(test[["price"]])))
"""

_FOREST = """
from sklearn.ensemble import RandomForestClassifier

model = RandomForestClassifier(random_state=1, oob_score=True)
model.fit(X, y)
print(model.score(X, y)){mark}
{more}
"""


_SURROGATE = """
black_box = GradientBoostingClassifier(random_state=1)
answers = {answers}
surrogate = LogisticRegression().fit(X, answers)
print(surrogate.score(X, answers)){mark}
"""

BAD = (
    _READ + _RESAMPLED.format(kind="under_sampling", sampler="NearMiss", mark="  # debt"),
    _NAMED_PARTS.format(chosen="test", mark="  # debt"),
    _CUT.format(chosen="cut = best_cut(truth, chance)", mark="  # debt"),
    # one finding for what is fitted before one split
    _READ + "from sklearn.decomposition import PCA\n" + _REDUCED,
    _strategies("Scaled", "  # debt"),
    _BUNDLE.format(field="held", mark="  # debt"),
    _READ + _CORRELATED.format(before="", of="rows", target='["label"]', mark="").replace(".abs()", ".abs()  # debt"),
    # the scaler is kept by an object, which transforms the parts
    {"scaling.py": _SCALING.format(mark="  # debt"), "train.py": _READ + _WHOLE},
    # the rows are scaled in one script and split in another
    {
        "prepare.py": _READ + _PREPARED.format(mark="  # debt"),
        "train.py": _FROM_PREPARED.format(path="out/prepared.parquet"),
    },
    # by the methods of an object that keeps the scaler
    {
        "scaling.py": _SCALING.format(mark="  # debt"),
        "train.py": _READ
        + _TRAINING.replace("scaling = Scaling().fit(X_train)\n", "").format(
            rows="Scaling().fit(X).transform(X)", train="X_train", test="X_test"
        ),
    },
    _READ
    + """
rare = rows[rows["label"] == 1].sample(n=900, replace=True, random_state=1)  # debt
rows = pd.concat([rows, rare])
train, test = train_test_split(rows, random_state=1)
model = LogisticRegression().fit(train[["age"]], train.label)
print(f1_score(test.label, model.predict(test[["age"]])))
""",
    _READ
    + """
model = LogisticRegression().fit(rows[["age", "city"]], rows.label)
print(f1_score(rows.label, model.predict(rows[["age", "city"]])))  # debt
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
scaler = StandardScaler().fit(X)  # debt
model = LogisticRegression().fit(scaler.transform(X_train), y_train)
print(f1_score(y_test, model.predict(scaler.transform(X_test))))

# what a feature says of the target was learnt from the rows to judge by, too
rows["rate"] = rows.groupby("city")["label"].transform("mean")  # debt
train, test = train_test_split(rows, random_state=1)
judge = LogisticRegression().fit(train[["age", "rate"]], train.label)
print(f1_score(test.label, judge.predict(test[["age", "rate"]])))
""",
    _READ
    + _FACTORS
    + """
ranker = GradientBoostingClassifier(random_state=1)
ranker.fit(X, y)
print(ndcg_at_k(y, ranker.predict(X)))  # debt

def factors(train):
    model = LightFM(loss="warp", random_state=1)
    model.fit(train, epochs=10)
    print(precision_at_k(model, train, k=5).mean())  # debt

def recalled(train):
    model = LightFM(loss="warp", random_state=1)
    model.fit(train)
    print(recall_at_k(model, train))  # debt

seen = rows.pivot(index="user", columns="item", values="label")
factors(seen)
recalled(seen)
""",
    _READ
    + """
scaler = StandardScaler()
X = scaler.fit_transform(X)  # debt
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    {
        "prepare.py": """
            from imblearn.over_sampling import SMOTE

            def balance(X, y):
                return SMOTE(random_state=1).fit_resample(X, y)  # debt
            """,
        "main.py": _READ
        + """
from prepare import balance

X, y = balance(X, y)
print(cross_val_score(LogisticRegression(), X, y))
""",
    },
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from xgboost import XGBClassifier
model = XGBClassifier(random_state=1)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=10)  # debt
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    from datasets import load_dataset
    from transformers import Trainer, TrainingArguments

    rows = load_dataset("imdb")
    args = TrainingArguments("out", load_best_model_at_end=True)
    trainer = Trainer(model, args=args, train_dataset=rows["train"], eval_dataset=rows["test"])  # debt
    trainer.train()
    """,
    _PARTED.format(chosen="test", mark="  # debt"),
    _SCALED.format(used="pearsonr", mark="  # debt"),
    _READ
    + """
model = GradientBoostingClassifier(random_state=1)
model.fit(X, y)
print(f1_score(y, model.predict(X)))  # debt
""",
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rows["shop_rate"] = rows.groupby("shop")["sold"].transform("mean")  # debt
    parts = train_test_split(rows[["price", "shop_rate"]], rows["sold"], random_state=1)
    """,
    _READ
    + """
scaler = StandardScaler()
scaler.fit(X)  # debt
X = scaler.transform(X)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
X_train = StandardScaler().fit_transform(X_train)
X_test = StandardScaler().fit_transform(X_test)  # debt
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    _READ
    + """
from sklearn.model_selection import KFold

X = X.fillna(X.mean())  # debt
for train, test in KFold(5, shuffle=True, random_state=1).split(X, y):
    model = LogisticRegression().fit(X[train], y[train])
    print(f1_score(y[test], model.predict(X[test])))
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X, y)
print(f1_score(y_test, model.predict(X_test)))  # debt
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
best, kept = 0, None
for depth in (2, 4, 8):
    model = GradientBoostingClassifier(max_depth=depth).fit(X_train, y_train)
    score = f1_score(y_test, model.predict(X_test))
    if score > best:  # debt
        best, kept = score, model
print(best)
""",
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from xgboost import XGBClassifier

model = XGBClassifier(early_stopping_rounds=9)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)])  # debt
print(f1_score(y_test, model.predict(X_test)))
""",
    _READ
    + """
import numpy as np
model = LogisticRegression().fit(X, y)
print(np.mean(model.predict(X) == y))  # debt
""",
    _READ
    + """
model = LogisticRegression().fit(X, y)
found = model.predict(X)
accuracy = (found == y).sum() / len(y)  # debt
print(accuracy)
""",
    _READ + _SURROGATE.format(answers="y", mark="  # debt"),
    _READ + _FAR.format(far="rows.price = rows.price - rows.price.median()", mark="  # debt"),
    # what tells which rows lie far off, and is a feature, too
    _READ
    + _FAR.format(
        far="far = rows.price - rows.price.median()  # debt\nrows = rows[far.abs() < 3]\nrows['price'] = far", mark=""
    ),
    _READ + _FOREST.format(more="", mark="  # debt"),
)

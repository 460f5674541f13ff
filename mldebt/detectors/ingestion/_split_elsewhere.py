"""Rows that are split in one place and judged in another, over files, settings and objects: more examples of MLD107."""

from __future__ import annotations

_WIDE = """
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from tensorflow import keras

rows = MinMaxScaler().fit_transform(pd.read_csv("rows.csv")){mark}
others = MinMaxScaler().fit_transform(pd.read_csv("others.csv"))
train, valid = train_test_split(rows, test_size=0.2, random_state=1)
model = keras.Sequential([keras.layers.Dense(5), keras.layers.Dense(train.shape[1])])
model.compile(optimizer="adam", loss="mse")
model.fit(train, train, epochs=9, validation_data=(valid, valid))
print(mean_absolute_error({judged}, model.predict({judged})))
"""

_DRAWN = """
import numpy as np
import pandas as pd
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

MARKERS = ["age", "size", "price"]

def drawn(number):
    rows = {{}}
    for marker in MARKERS:
        rows[marker] = np.random.default_rng(1).uniform(-1, 1, number)
    return pd.DataFrame(rows)

rows = pd.DataFrame(StandardScaler().fit_transform({rows}), columns=MARKERS){mark}
train, test = train_test_split(rows, test_size=0.2, random_state=1)
model = ElasticNet().fit(train[["age", "size"]], train["price"])
print(mean_absolute_error(test["price"], model.predict(test[["age", "size"]])))
"""

BAD = (
    {
        "prepare.py": """
        import pandas as pd
        from sklearn.preprocessing import StandardScaler
        from sklearn.model_selection import train_test_split
        df = pd.read_csv("data/raw.csv")
        y = df.pop("label")
        scaler = StandardScaler()
        X = pd.DataFrame(scaler.fit_transform(df), columns=df.columns)  # debt
        X["label"] = y
        train, test = train_test_split(X, test_size=0.2, random_state=1)
        train.to_csv("data/train.csv", index=False)
        test.to_csv("data/test.csv", index=False)
        """,
        "train.py": """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import accuracy_score
        train = pd.read_csv("data/train.csv")
        test = pd.read_csv("data/test.csv")
        model = LogisticRegression()
        model.fit(train.drop(columns=["label"]), train["label"])
        print(accuracy_score(test["label"], model.predict(test.drop(columns=["label"]))))
        """,
    },
    {
        "prepare.py": """
        import numpy as np
        from sklearn.preprocessing import MinMaxScaler
        from sklearn.model_selection import train_test_split
        data = np.load("data/raw.npy")
        X, y = data[:, :-1], data[:, -1]
        X = MinMaxScaler().fit_transform(X)  # debt
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
        np.savez("data/split.npz", X_train=X_train, X_test=X_test, y_train=y_train, y_test=y_test)
        """,
        "evaluate.py": """
        import numpy as np
        from sklearn.svm import SVC
        d = np.load("data/split.npz")
        clf = SVC().fit(d["X_train"], d["y_train"])
        print(clf.score(d["X_test"], d["y_test"]))
        """,
    },
    """
    import csv
    from sklearn.model_selection import train_test_split
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    def make(rows):
        for r in rows:
            yield [r["a"], r["b"], r["label"]]

    def main(xs):
        train, test = train_test_split(xs, random_state=0)
        train = list(make(xs))
        test = list(make(test))
        model = LogisticRegression()
        model.fit([t[:2] for t in train], [t[2] for t in train])  # debt
        print(accuracy_score([t[2] for t in test], model.predict([t[:2] for t in test])))

    main(list(csv.DictReader(open("rows.csv"))))
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("rows.csv")
    train, test = train_test_split(df, random_state=1)
    both = pd.concat([train, test])
    m = LogisticRegression()
    m.fit(both[["a"]], both["y"])  # debt
    print(accuracy_score(test["y"], m.predict(test[["a"]])))
    """,
    {
        "settings.py": """
        from pathlib import Path
        DATA = Path("data")
        RAW = DATA / "raw.csv"
        FEATURES = DATA / "features.csv"
        TARGET = "price"
        """,
        "build.py": """
        import pandas as pd
        import settings
        df = pd.read_csv(settings.RAW)
        df["price_per_sqft"] = df["price"] / df["sqft"]  # debt
        df.to_csv(settings.FEATURES, index=False)
        """,
        "train.py": """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split
        import settings
        df = pd.read_csv(settings.FEATURES)
        X = df.drop(columns=[settings.TARGET])
        y = df[settings.TARGET]
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
        m = RandomForestRegressor(random_state=0).fit(X_train, y_train)
        print(m.score(X_test, y_test))
        """,
    },
    {
        "config.py": """
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            raw_path: str = "data/raw.csv"
            features_path: str = "data/features.csv"
            target: str = "price"

        settings = Settings()
        """,
        "build.py": """
        import pandas as pd
        from config import settings

        def build():
            df = pd.read_csv(settings.raw_path)
            df["price_per_sqft"] = df["price"] / df["sqft"]  # debt
            df.to_csv(settings.features_path, index=False)
        build()
        """,
        "train.py": """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split
        from config import settings

        def main():
            df = pd.read_csv(settings.features_path)
            X = df.drop(columns=[settings.target])
            y = df[settings.target]
            X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
            m = RandomForestRegressor(random_state=0).fit(X_train, y_train)
            print(m.score(X_test, y_test))
        main()
        """,
    },
    {
        "config.yaml": """
        paths:
          raw: data/raw.csv
          features: data/features.csv
        target: price
        """,
        "config.py": """
        import yaml

        def load_config(path="config.yaml"):
            with open(path) as f:
                return yaml.safe_load(f)
        """,
        "build.py": """
        import pandas as pd
        from config import load_config
        cfg = load_config()
        df = pd.read_csv(cfg["paths"]["raw"])
        df["price_per_sqft"] = df["price"] / df["sqft"]  # debt
        df.to_csv(cfg["paths"]["features"], index=False)
        """,
        "train.py": """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split
        from config import load_config
        cfg = load_config()
        df = pd.read_csv(cfg["paths"]["features"])
        X = df.drop(columns=[cfg["target"]])
        y = df[cfg["target"]]
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
        m = RandomForestRegressor(random_state=0).fit(X_train, y_train)
        print(m.score(X_test, y_test))
        """,
    },
    {
        "build.py": """
        import argparse
        import pandas as pd
        p = argparse.ArgumentParser()
        p.add_argument("--out", default="data/features.parquet")
        args = p.parse_args()
        df = pd.read_csv("data/raw.csv")
        df["margin"] = df["profit"] / df["revenue"]  # debt
        df.to_parquet(args.out)
        """,
        "train.py": """
        import argparse
        import pandas as pd
        from sklearn.ensemble import GradientBoostingRegressor
        from sklearn.model_selection import train_test_split
        p = argparse.ArgumentParser()
        p.add_argument("--features", default="data/features.parquet")
        args = p.parse_args()
        df = pd.read_parquet(args.features)
        X, y = df.drop(columns=["profit"]), df["profit"]
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
        m = GradientBoostingRegressor(random_state=1).fit(X_train, y_train)
        print(m.score(X_test, y_test))
        """,
    },
    {
        "builders.py": """
        def create_features(df):
            out = df.copy()
            out["age"] = 2024 - out["year_built"]
            out["price_per_sqft"] = out["price"] / out["sqft"]  # debt
            return out
        """,
        "run.py": """
        import pickle
        import pandas as pd
        from sklearn.compose import ColumnTransformer
        from sklearn.preprocessing import StandardScaler
        from builders import create_features
        def run(inp, out):
            df = create_features(pd.read_csv(inp))
            pre = ColumnTransformer([("num", StandardScaler(), ["age", "price_per_sqft"])])
            X = df.drop(columns=["price"], errors="ignore")
            y = df["price"] if "price" in df.columns else None
            Z = pre.fit_transform(X)
            pickle.dump(pre, open("pre.pkl", "wb"))
            done = pd.DataFrame(Z)
            done["price"] = y.values
            done.to_csv(out)
        """,
    },
    {
        "dataset.py": """
        from dataclasses import dataclass
        import pandas as pd
        from sklearn.model_selection import train_test_split

        @dataclass
        class DatasetResult:
            x_train: pd.DataFrame
            y_train: pd.Series
            x_eval: pd.DataFrame
            y_eval: pd.Series

        def make(df):
            X_train, X_eval, y_train, y_eval = train_test_split(df[COLUMNS], df["y"], random_state=1)
            return DatasetResult(x_train=X_train, y_train=y_train, x_eval=X_eval, y_eval=y_eval)
        """,
        "trainer.py": """
        import xgboost as xgb
        from dataset import DatasetResult

        def train(ds: DatasetResult):
            dtrain = xgb.DMatrix(ds.x_train, label=ds.y_train)
            deval = xgb.DMatrix(ds.x_eval, label=ds.y_eval)
            held = [(deval, "eval")]
            return xgb.train(PARAMS, dtrain, 500, evals=held, early_stopping_rounds=20)  # debt
        """,
        "evaluator.py": """
        import xgboost as xgb
        from sklearn.metrics import roc_auc_score
        from dataset import DatasetResult

        def evaluate(model, ds: DatasetResult):
            p = model.predict(xgb.DMatrix(ds.x_eval))
            return {"auc": roc_auc_score(ds.y_eval, p)}
        """,
        "run.py": """
        import pandas as pd
        from dataset import make
        from trainer import train
        from evaluator import evaluate
        ds = make(pd.read_csv("rows.csv"))
        model = train(ds)
        print(evaluate(model, ds))
        """,
    },
    {
        "dataset.py": """
        from dataclasses import dataclass
        import pandas as pd
        @dataclass
        class Result:
            x_train: pd.DataFrame
            y_train: pd.Series
            x_eval: pd.DataFrame
            y_eval: pd.Series
        def make(rows, eval_ids):
            mask = rows.index.isin(eval_ids)
            return Result(rows.loc[~mask, F], rows.loc[~mask, "y"], rows.loc[mask, F], rows.loc[mask, "y"])
        """,
        "trainer.py": """
        import xgboost as xgb
        from dataset import Result
        def train(ds: Result):
            dtrain = xgb.DMatrix(ds.x_train, label=ds.y_train)
            deval = xgb.DMatrix(ds.x_eval, label=ds.y_eval)
            return xgb.train({}, dtrain, evals=[(deval, "eval")], early_stopping_rounds=20)  # debt
        """,
        "evaluator.py": """
        import xgboost as xgb
        from sklearn.metrics import roc_auc_score
        from dataset import Result
        def evaluate(model, ds: Result):
            return roc_auc_score(ds.y_eval, model.predict(xgb.DMatrix(ds.x_eval)))
        """,
    },
    {
        "data.py": """
        import numpy as np
        import torch
        from torch.utils.data import Dataset, random_split
        class Rows(Dataset):
            def __init__(self, path):
                raw = np.load(path)
                self.x = (raw[:, :-1] - raw[:, :-1].mean(axis=0)) / raw[:, :-1].std(axis=0)  # debt
                self.y = raw[:, -1]
            def __len__(self):
                return len(self.y)
            def __getitem__(self, i):
                return torch.tensor(self.x[i]), torch.tensor(self.y[i])
        """,
        "train.py": """
        import torch
        from torch.utils.data import DataLoader, random_split
        from sklearn.metrics import r2_score
        from data import Rows
        ds = Rows("rows.npy")
        train, test = random_split(ds, [0.8, 0.2], generator=torch.Generator().manual_seed(1))
        net = torch.nn.Linear(10, 1)
        opt = torch.optim.Adam(net.parameters())
        for x, y in DataLoader(train, batch_size=32):
            loss = torch.nn.functional.mse_loss(net(x).squeeze(), y)
            opt.zero_grad(); loss.backward(); opt.step()
        truth, said = [], []
        for x, y in DataLoader(test, batch_size=32):
            truth += y.tolist()
            said += net(x).squeeze().tolist()
        print(r2_score(truth, said))
        """,
    },
    _DRAWN.format(rows='drawn(300) + pd.read_csv("rows.csv")[MARKERS]', mark="  # debt"),
    _WIDE.format(mark="  # debt", judged="valid"),
)

GOOD = (
    {
        "prepare.py": """
        import pandas as pd
        from sklearn.preprocessing import StandardScaler
        from sklearn.model_selection import train_test_split
        df = pd.read_csv("data/raw.csv")
        train, test = train_test_split(df, test_size=0.2, random_state=1)
        scaler = StandardScaler()
        cols = ["a", "b"]
        train[cols] = scaler.fit_transform(train[cols])
        test[cols] = scaler.transform(test[cols])
        train.to_csv("data/train.csv", index=False)
        test.to_csv("data/test.csv", index=False)
        """,
        "train.py": """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import accuracy_score
        train = pd.read_csv("data/train.csv")
        test = pd.read_csv("data/test.csv")
        model = LogisticRegression()
        model.fit(train.drop(columns=["label"]), train["label"])
        print(accuracy_score(test["label"], model.predict(test.drop(columns=["label"]))))
        """,
    },
    """
    from sklearn.model_selection import train_test_split
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    def make(rows):
        for r in rows:
            yield [r["a"], r["b"], r["label"]]

    def main(xs):
        train, test = train_test_split(xs, random_state=0)
        train = list(make(train))
        test = list(make(test))
        model = LogisticRegression()
        model.fit([t[:2] for t in train], [t[2] for t in train])
        print(accuracy_score([t[2] for t in test], model.predict([t[:2] for t in test])))
    """,
    """
    import joblib
    from sklearn.model_selection import train_test_split
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    def main(X, y):
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
        model = LogisticRegression()
        model.fit(X_train, y_train)
        print(accuracy_score(y_test, model.predict(X_test)))
        model.fit(X, y)
        joblib.dump(model, "model.joblib")
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("rows.csv")
    rest, test = train_test_split(df, random_state=1)
    train, val = train_test_split(rest, random_state=1)
    print(accuracy_score(val["y"], LogisticRegression().fit(train[["a"]], train["y"]).predict(val[["a"]])))
    both = pd.concat([train, val])
    m = LogisticRegression()
    m.fit(both[["a"]], both["y"])
    print(accuracy_score(test["y"], m.predict(test[["a"]])))
    """,
    """
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("rows.csv")
    _, test = train_test_split(df, random_state=1)
    train = [r for r in df.to_dict("records") if r["id"] not in set(test["id"])]
    m = LogisticRegression()
    m.fit([[r["a"]] for r in train], [r["y"] for r in train])
    print(accuracy_score(test["y"], m.predict(test[["a"]])))
    """,
    """
    import pandas as pd
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.model_selection import train_test_split
    df = pd.read_csv("rows.csv")
    train, test = train_test_split(df, random_state=1)
    km = KMeans(4, random_state=1)
    km.fit(df[["a", "b"]])
    print(silhouette_score(test[["a", "b"]], km.predict(test[["a", "b"]])))
    """,
    {
        "settings.py": """
        RAW = "data/raw.csv"
        FEATURES = "data/features.csv"
        """,
        "build.py": """
        import pandas as pd
        import settings
        df = pd.read_csv(settings.RAW)
        df["price_per_sqft"] = df["price"] / df["sqft"]
        df = df.drop(columns=["price_per_sqft"])
        df.to_csv(settings.FEATURES, index=False)
        """,
        "train.py": """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split
        import settings
        df = pd.read_csv(settings.FEATURES)
        X = df.drop(columns=["price"])
        y = df["price"]
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
        m = RandomForestRegressor(random_state=0).fit(X_train, y_train)
        print(m.score(X_test, y_test))
        """,
    },
    """
    import pandas as pd
    from sklearn.preprocessing import StandardScaler
    def run(inp, out):
        df = pd.read_csv(inp)
        df["price_per_sqft"] = df["price"] / df["sqft"]
        y = df["price"]
        X = df.drop(columns=["price", "price_per_sqft"])
        pd.DataFrame(StandardScaler().fit_transform(X)).to_csv(out)
    """,
    {
        "dataset.py": """
        from dataclasses import dataclass
        import pandas as pd
        from sklearn.model_selection import train_test_split

        @dataclass
        class DatasetResult:
            x_train: pd.DataFrame
            y_train: pd.Series
            x_val: pd.DataFrame
            y_val: pd.Series
            x_test: pd.DataFrame
            y_test: pd.Series

        def make(df):
            X_train, X_rest, y_train, y_rest = train_test_split(df[COLUMNS], df["y"], random_state=1)
            X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, random_state=1)
            parts = {"x_train": X_train, "y_train": y_train, "x_val": X_val, "y_val": y_val}
            return DatasetResult(x_test=X_test, y_test=y_test, **parts)
        """,
        "trainer.py": """
        import xgboost as xgb
        from dataset import DatasetResult

        def train(ds: DatasetResult):
            dtrain = xgb.DMatrix(ds.x_train, label=ds.y_train)
            deval = xgb.DMatrix(ds.x_val, label=ds.y_val)
            held = [(deval, "eval")]
            return xgb.train(PARAMS, dtrain, 500, evals=held, early_stopping_rounds=20)
        """,
        "evaluator.py": """
        import xgboost as xgb
        from sklearn.metrics import roc_auc_score
        from dataset import DatasetResult

        def evaluate(model, ds: DatasetResult):
            p = model.predict(xgb.DMatrix(ds.x_test))
            return {"auc": roc_auc_score(ds.y_test, p)}
        """,
        "run.py": """
        import pandas as pd
        from dataset import make
        from trainer import train
        from evaluator import evaluate
        ds = make(pd.read_csv("rows.csv"))
        model = train(ds)
        print(evaluate(model, ds))
        """,
    },
    {
        "dataset.py": """
        from dataclasses import dataclass
        import pandas as pd
        @dataclass
        class Result:
            x_train: pd.DataFrame
            y_train: pd.Series
            x_val: pd.DataFrame
            y_val: pd.Series
            x_test: pd.DataFrame
            y_test: pd.Series
        """,
        "trainer.py": """
        import xgboost as xgb
        from dataset import Result
        def train(ds: Result):
            dtrain = xgb.DMatrix(ds.x_train, label=ds.y_train)
            dval = xgb.DMatrix(ds.x_val, label=ds.y_val)
            return xgb.train({}, dtrain, evals=[(dval, "eval")], early_stopping_rounds=20)
        """,
        "evaluator.py": """
        import xgboost as xgb
        from sklearn.metrics import roc_auc_score
        from dataset import Result
        def evaluate(model, ds: Result):
            val = roc_auc_score(ds.y_val, model.predict(xgb.DMatrix(ds.x_val)))
            return val, roc_auc_score(ds.y_test, model.predict(xgb.DMatrix(ds.x_test)))
        """,
    },
    """
    from datasets import load_dataset
    from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments
    ds = load_dataset("imdb")
    parts = ds["train"].train_test_split(test_size=0.1, seed=1)
    model = AutoModelForSequenceClassification.from_pretrained("distilbert-base-uncased")
    args = TrainingArguments("out", eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True)
    trainer = Trainer(model, args, train_dataset=parts["train"], eval_dataset=parts["test"])
    trainer.train()
    print(trainer.evaluate(ds["test"]))
    """,
    # random numbers are no rows that could be known
    _DRAWN.format(rows="drawn(300)", mark=""),
    # the split is there to watch the training by: what is told of the model comes from rows of another file
    _WIDE.format(mark="", judged="others"),
)

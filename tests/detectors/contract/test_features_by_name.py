from pathlib import Path
from textwrap import dedent

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD407",))

FEATURES = """
import numpy as np
import pandas as pd

def with_features(rows):
    rows["price_log"] = np.log1p(rows.price)
    rows["per_head"] = np.log1p(rows.price) - np.log1p(rows.heads)
    rows["is_big"] = (rows.heads >= 2).astype(int)
    rows["rivals"] = rows.groupby("city").shop.transform("count")
    return rows

def main():
    with_features(pd.read_csv("shops.csv")).to_csv("features.csv")
"""
TRAIN = """
import pickle
import pandas as pd
from sklearn.linear_model import LogisticRegression

def main(folder):
    rows = pd.read_csv("features.csv")
    model = LogisticRegression().fit(rows[["price_log", "per_head", "is_big", "rivals"]], rows.trusted)
    with open(folder / "all.pkl", "wb") as file:
        pickle.dump({"models": {"plain": model}}, file)
"""
SERVE = """
import pickle
import numpy as np
import pandas as pd
from fastapi import FastAPI

app = FastAPI()

def load(name):
    with open(name, "rb") as file:
        return pickle.load(file)

def row_of(shop):
    price = shop.get("price") or 0
    heads = max(shop.get("heads") or 0, 1)
    price_log = np.log1p(price)
    per_head = {per_head}
    is_big = 1 if heads >= 2 else 0
    rivals = {rivals}
    return [price_log, per_head, is_big, rivals]

@app.post("/trusted")
def trusted(shop: dict) -> float:
    kept = load("picked.pkl")
    frame = pd.DataFrame([row_of(shop)], columns=kept["names"])
    return float(kept["model"].predict_proba(frame)[0][1])
"""


def found(root: Path, **texts: str) -> list[tuple[str, int, str, str]]:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(dedent(text).lstrip(), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [
        (each.location.path, each.location.line, each.confidence.name.lower(), each.message)
        for each in outcome.findings
    ]


def test_a_row_that_is_a_list_of_variables_has_their_names(tmp_path: Path) -> None:
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="50")
    hits = found(tmp_path, features=FEATURES, train=TRAIN, serve=serve)
    assert [(path, line, confidence) for path, line, confidence, _ in hits] == [("serve.py", 18, "medium")]
    assert "'rivals'" in hits[0][3]
    assert "LogisticRegression" in hits[0][3]
    assert "always 50 for serving" in hits[0][3]


def test_every_model_that_is_trained_on_the_features_is_named(tmp_path: Path) -> None:
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="50")
    groups = TRAIN.replace("linear_model import LogisticRegression", "cluster import KMeans")
    groups = groups.replace("LogisticRegression().fit", "KMeans(8).fit").replace("all.pkl", "groups.pkl")
    hits = found(tmp_path, features=FEATURES, groups=groups, train=TRAIN, serve=serve)
    assert [(path, line, confidence) for path, line, confidence, _ in hits] == [("serve.py", 18, "medium")]
    assert " of KMeans or LogisticRegression " in hits[0][3]


def test_nobody_is_told_of_the_same_written_otherwise(tmp_path: Path) -> None:
    serve = SERVE.format(per_head="np.log1p(price) - np.log1p(heads)", rivals='shop["rivals"]')
    serve = serve.replace('max(shop.get("heads") or 0, 1)', 'shop.get("heads") or 0')
    assert found(tmp_path, features=FEATURES, train=TRAIN, serve=serve) == []


def test_rows_that_are_only_counted_out_are_no_features(tmp_path: Path) -> None:
    counted = """
        import pandas as pd

        def main():
            rows = []
            for number, day in enumerate({days}):
                rows.append({{
                    "price_log": 2.0 + number % 7,
                    "per_head": float(number % 3),
                    "is_big": int(day.dayofweek == 6),
                    "rivals": 1.0 - 0.05 * (number % 2),
                }})
            pd.DataFrame(rows).to_csv("features.csv")
    """
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="shop['near'] * 2")
    days = 'pd.date_range("2025-01-01", periods=90)'
    assert found(tmp_path, features=counted.format(days=days), train=TRAIN, serve=serve) == []
    read = counted.replace("number % 7", "day.price").replace("number % 3", "day.heads / day.price")
    read = read.replace("number % 2", "day.near").format(days='pd.read_csv("shops.csv").itertuples()')
    assert len(found(tmp_path, features=read, train=TRAIN, serve=serve)) == 1


def test_a_few_names_in_common_are_no_tie(tmp_path: Path) -> None:
    features = FEATURES.replace('"per_head"', '"share"').replace('"is_big"', '"is_large"').replace('"rivals"', '"near"')
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="50")
    assert found(tmp_path, features=features, train=TRAIN, serve=serve) == []


def test_data_that_is_prepared_for_whoever_trains(tmp_path: Path) -> None:
    train = TRAIN.replace('pd.read_csv("features.csv")', 'pd.read_csv(folder / "table.csv")')
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="50")
    hits = found(tmp_path, features=FEATURES, train=train, serve=serve)
    assert [(path, line, confidence) for path, line, confidence, _ in hits] == [("serve.py", 18, "low")]
    assert "where data with the same features is prepared (features.py" in hits[0][3]


def test_code_that_both_share_is_no_second_one(tmp_path: Path) -> None:
    serve = """
        import pickle
        import pandas as pd
        from fastapi import FastAPI
        from features import with_features

        app = FastAPI()

        @app.post("/trusted")
        def trusted(shop: dict) -> float:
            with open("picked.pkl", "rb") as file:
                kept = pickle.load(file)
            return float(kept["model"].predict_proba(with_features(pd.DataFrame([shop])))[0][1])
    """
    other = FEATURES.replace('transform("count")', 'transform("sum")').replace("shops.csv", "cafes.csv")
    other = other.replace("features.csv", "cafe_features.csv")
    assert found(tmp_path, features=FEATURES, cafes=other, train=TRAIN, serve=serve) == []


def test_a_script_that_trains_asks_its_own_model(tmp_path: Path) -> None:
    serve = SERVE.format(per_head="np.log1p(price / heads)", rivals="50")
    fitted = """
def fit(rows):
    model = {model}
    model.fit(rows[["price_log"]], rows.trusted)
    return model
"""
    network = "import keras\n" + serve + fitted.format(model="keras.Sequential([keras.layers.Dense(1)])")
    assert found(tmp_path, features=FEATURES, train=TRAIN, serve=network) == []
    scaled = "from sklearn.preprocessing import StandardScaler\n" + serve + fitted.format(model="StandardScaler()")
    assert len(found(tmp_path, features=FEATURES, train=TRAIN, serve=scaled)) == 1


def test_a_class_that_fits_what_it_holds_asks_its_own_model(tmp_path: Path) -> None:
    wrapped = """
import numpy as np
import pandas as pd

class Wrapped:
    def __init__(self, kind):
        self.kept = kind()

    def learn(self, rows, known):
        self.{fitted}.fit(rows, known)

    def predict(self, rows):
        return self.kept.predict(rows)

def row_of(shop):
    price, heads = shop.price, shop.heads
    price_log = np.log1p(price)
    per_head = np.log1p(price / heads)
    is_big = 1 if heads >= 2 else 0
    return [price_log, per_head, is_big, 50]

def main():
    rows = pd.DataFrame([row_of(shop) for shop in pd.read_csv("new.csv").itertuples()])
    Wrapped(make).predict(rows)
"""
    assert found(tmp_path, features=FEATURES, train=TRAIN, serve=wrapped.format(fitted="kept")) == []

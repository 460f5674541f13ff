"""Features that only look as if they were made twice, and one that is: more examples of MLD407."""

from __future__ import annotations

_ENCODING = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

FEATURES = ["tier_encoded", "age"]

def encoded(rows):
    rows["tier_encoded"] = rows["tier"].map({{"low": 0, "high": 1}}){more}
    return rows

def train():
    rows = {given}
    for name in FEATURES:
        rows[name] = pd.to_numeric(rows[name], errors="coerce").fillna(0)
    joblib.dump(LogisticRegression().fit(rows[FEATURES], rows.late), "late.joblib")
"""
_ASKING = """
import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(orders: list[dict]) -> list[float]:
    rows = pd.DataFrame(orders)
    rows["tier_encoded"] = rows["tier"].map({{"low": 0, "high": 1}}){mark}
    return model.predict_proba(rows[["tier_encoded", "age"]])[:, 1].tolist()
"""
_TIERS = """
class Tiers:
    def __init__(self, rows):
        self.rows = rows

    def encoded(self):
        self.rows["tier_encoded"] = self.rows["tier"].map({"low": 0, "high": 1}) * 2
        return self.rows["tier_encoded"]

    def ranked(self):
        return self.rows["tier"].str.len()
"""
_TIERS_TRAINED = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from tiers import Tiers

tiers = Tiers(pd.read_csv("orders.csv"))
tiers.encoded()
joblib.dump(LogisticRegression().fit(tiers.rows[["tier_encoded", "age"]], tiers.rows.late), "late.joblib")
"""
_TIERS_ASKED = """
import joblib
import pandas as pd
from fastapi import FastAPI
from tiers import Tiers

app = FastAPI()
model = joblib.load("late.joblib")

@app.post("/late")
def late(orders: list[dict]) -> list[float]:
    tiers = Tiers(pd.DataFrame(orders))
    tiers.rows["tier_encoded"] = tiers.{made}(){mark}
    return model.predict_proba(tiers.rows[["tier_encoded", "age"]])[:, 1].tolist()
"""
_READ = 'pd.read_csv("orders.csv")'

BAD = (
    # another method of the object than the one that made it for the training
    {
        "tiers.py": _TIERS,
        "train.py": _TIERS_TRAINED,
        "serve.py": _TIERS_ASKED.format(made="ranked", mark="  # debt"),
    },
    # what encodes the column counts, not what only fills it afterwards
    {
        "train.py": _ENCODING.format(more=' * rows["age"].clip(0, 90)', given=f"encoded({_READ})"),
        "serve.py": _ASKING.format(mark="  # debt"),
    },
)
GOOD = (
    # the method that made it for the training is called
    {"tiers.py": _TIERS, "train.py": _TIERS_TRAINED, "serve.py": _TIERS_ASKED.format(made="encoded", mark="")},
    # stored as it is encoded, and filled in a loop over all columns
    {"train.py": _ENCODING.format(more="", given=_READ), "serve.py": _ASKING.format(mark="")},
    # a calibrator sees the scores, and no features
    {
        "calibrate.py": """
        import joblib
        import pandas as pd
        from sklearn.isotonic import IsotonicRegression

        rows = pd.read_csv("orders.csv")
        rows["tier_encoded"] = rows["tier"].map({"low": 0, "high": 1}).clip(0, 1)
        scores = joblib.load("late.joblib").predict_proba(rows[["tier_encoded"]])[:, 1]
        joblib.dump(IsotonicRegression().fit(scores, rows["late"]), "calibrator.joblib")
        """,
        "serve.py": """
        import joblib
        import pandas as pd
        from fastapi import FastAPI

        app = FastAPI()
        model = joblib.load("late.joblib")
        calibrator = joblib.load("calibrator.joblib")

        @app.post("/late")
        def late(orders: list[dict]) -> list[float]:
            rows = pd.DataFrame(orders)
            rows["tier_encoded"] = rows["tier"].map({"low": 0, "high": 1})
            scores = model.predict_proba(rows[["tier_encoded"]])[:, 1]
            return calibrator.predict(scores).tolist()
        """,
    },
    # the same line twice in one class
    {
        "late.py": """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        TIERS = {"low": 0, "high": 1}

        class Late:
            def train(self, rows):
                rows["tier_encoded"] = rows["tier"].map(TIERS).fillna(0)
                self.model = LogisticRegression().fit(rows[["tier_encoded"]], rows.late)

            def predict(self, rows):
                rows["tier_encoded"] = rows["tier"].map(TIERS).fillna(0)
                return self.model.predict(rows[["tier_encoded"]])
        """,
        "serve.py": """
        import pandas as pd
        from fastapi import FastAPI
        from late import Late

        app = FastAPI()
        late = Late()

        @app.post("/train")
        def train() -> None:
            late.train(pd.read_csv("orders.csv"))

        @app.post("/late")
        def is_late(orders: list[dict]) -> list[int]:
            return late.predict(pd.DataFrame(orders)).tolist()
        """,
    },
    # a script that has its models trained by another file asks those
    {
        "models.py": """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor

        def fitted(day, names):
            rows = pd.read_parquet(f"until_{day}.parquet")
            return {"model": RandomForestRegressor().fit(rows[names], rows["sold"]), "names": names}

        def featured(rows):
            rows["dow"] = rows["date"].dt.dayofweek + 1
            rows["is_weekend"] = (rows["dow"] > 5).astype(int)
            rows["is_summer"] = (rows["date"].dt.month == 7).astype(int)
            return rows

        def backtest(day):
            model = fitted(day, ["dow", "is_weekend", "is_summer"])
            print(model["model"].predict(featured(pd.read_csv("sales.csv"))[model["names"]]))
        """,
        "weights.py": """
        import pandas as pd
        from models import featured, fitted

        NAMES = ["dow", "is_weekend", "is_summer"]

        def folds(rows):
            found = []
            for day in rows["date"].unique()[-9:]:
                model = fitted(day, NAMES)
                found.append({"asked": model["model"], "X": rows[rows["date"] == day][NAMES].values})
            return found

        def missed(found, column):
            return [{"column": column, "sold": each["asked"].predict(each["X"])[0]} for each in found]

        def main():
            rows = featured(pd.read_csv("sales.csv"))
            pd.DataFrame(missed(folds(rows), "dow")).to_csv("weights.csv")

        if __name__ == "__main__":
            main()
        """,
        "nightly.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        rows = pd.read_csv("staff.csv")
        joblib.dump(LogisticRegression().fit(rows[["age"]], rows["ill"]), "ill.joblib")
        """,
        "report.py": """
        import pandas as pd

        def shown(rows):
            rows["dow"] = rows["date"].dt.dayofweek
            rows["is_weekend"] = rows["dow"] >= 5
            rows["is_summer"] = rows["date"].dt.month.isin([6, 7, 8])
            rows.to_csv("shown.csv")

        if __name__ == "__main__":
            shown(pd.read_csv("sales.csv"))
        """,
    },
)

"""Features that a row names by its variables, or an expression by its alias: more examples of MLD407."""

from __future__ import annotations

BAD = (
    {
        "settings.py": """
        class Paths:
            RAW = "data/raw.csv"
            FEATURES = "data/features.csv"
            MODEL = "models/churn.joblib"
        paths = Paths()
        """,
        "build.py": """
        import numpy as np
        import pandas as pd
        from settings import paths
        df = pd.read_csv(paths.RAW)
        df["ratio"] = df["spend"] / (df["visits"] + 1)
        df["log_spend"] = np.log1p(df["spend"])
        df.to_csv(paths.FEATURES, index=False)
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from settings import paths
        df = pd.read_csv(paths.FEATURES)
        m = LogisticRegression().fit(df[["ratio", "log_spend"]], df["label"])
        joblib.dump(m, paths.MODEL)
        """,
        "api.py": """
        import joblib
        import numpy as np
        from fastapi import FastAPI
        from settings import paths
        app = FastAPI()
        m = joblib.load(paths.MODEL)

        @app.post("/predict")
        def predict(spend: float, visits: int) -> float:
            ratio = spend / visits  # debt
            log_spend = np.log(spend)
            return float(m.predict([[ratio, log_spend]])[0])
        """,
    },
    {
        "train_xgb.py": """
        import numpy as np
        import xgboost as xgb
        FEATURES = ["dcn_score", "discount_proxy", "review_stability"]

        def features(game, dcn_score):
            discount_proxy = game["discount"] / 100
            review_stability = min((2026 - game["year"]) * 365 / 3650, 1)
            return [dcn_score, discount_proxy, review_stability]

        def main(games, scores, y):
            X = np.array([features(g, s) for g, s in zip(games, scores)])
            m = xgb.XGBRanker().fit(X, y, group=[len(y)])
            m.save_model("ranker.json")
        """,
        "serve.py": """
        import numpy as np
        import xgboost as xgb
        from fastapi import FastAPI
        app = FastAPI()
        m = xgb.XGBRanker()
        m.load_model("ranker.json")

        @app.get("/rank")
        def rank(user: int) -> list[float]:
            rows = []
            for game, dcn_score in candidates(user):
                discount_proxy = game["discount"] / 100  # debt
                review_stability = 0.7
                rows.append([dcn_score, discount_proxy, review_stability])
            return m.predict(np.array(rows)).tolist()
        """,
    },
    {
        "train_dcn.py": """
        import numpy as np
        import torch
        from model import DCN

        def build(row, emb):
            return np.concatenate([[row["popularity"]], [row["avg_playtime"]], emb])

        def main(rows, embs, ys):
            X = torch.tensor(np.stack([build(r, e) for r, e in zip(rows, embs)]), dtype=torch.float32)
            net = DCN(66)
            opt = torch.optim.Adam(net.parameters())
            for _ in range(10):
                loss = torch.nn.functional.binary_cross_entropy_with_logits(net(X).squeeze(), ys)
                opt.zero_grad(); loss.backward(); opt.step()
            torch.save(net.state_dict(), "dcn.pt")
        """,
        "model.py": """
        import torch
        class DCN(torch.nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layer = torch.nn.Linear(n, 1)
            def forward(self, x):
                return self.layer(x)
        """,
        "serve.py": """
        import numpy as np
        import torch
        from fastapi import FastAPI
        from model import DCN
        app = FastAPI()
        net = DCN(66)
        net.load_state_dict(torch.load("dcn.pt"))

        @app.get("/score")
        def score(user: int, item: int) -> float:
            lightgcn_emb, ease_score, lightgcn_score = lookup(user, item)
            x = np.concatenate([lightgcn_emb, [ease_score, lightgcn_score]])  # debt
            return float(net(torch.tensor(x, dtype=torch.float32)))
        """,
    },
    {
        "train.py": """
        import joblib
        import polars as pl
        from sklearn.ensemble import RandomForestClassifier
        df = pl.read_parquet("rows.parquet")
        df = df.with_columns((pl.col("spend") / (pl.col("visits") + 1)).alias("per_visit"))
        m = RandomForestClassifier(random_state=1).fit(df[["per_visit"]].to_numpy(), df["y"].to_numpy())
        joblib.dump(m, "m.joblib")
        """,
        "app.py": """
        import joblib
        from fastapi import FastAPI
        app = FastAPI()
        m = joblib.load("m.joblib")
        @app.get("/predict")
        def predict(spend: float, visits: int) -> float:
            per_visit = spend / max(visits, 1)  # debt
            return float(m.predict([[per_visit]])[0])
        """,
    },
    {
        "requirements.txt": """
        pandas
        """,
        "src/builders.py": """
        import pandas as pd
        def create_features(df):
            out = df.copy()
            out["age"] = 2024 - out["year_built"]
            out["price_per_sqft"] = out["list_price"] / out["sqft"]
            out["bed_bath"] = (out["beds"] / out["baths"]).fillna(0)
            return out
        def run(inp, out):
            create_features(pd.read_csv(inp)).to_csv(out)
        """,
        "src/train.py": """
        import sys
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge
        rows = pd.read_csv(sys.argv[1])
        joblib.dump(Ridge().fit(rows.drop(columns=["price"]), rows["price"]), sys.argv[2])
        """,
        "src/api/requirements.txt": """
        fastapi
        """,
        "src/api/app.py": """
        import joblib
        import pandas as pd
        from fastapi import FastAPI
        app = FastAPI()
        model = joblib.load("/app/model.pkl")
        @app.post("/predict")
        def predict(row: dict) -> float:
            df = pd.DataFrame([row])
            df["age"] = 2024 - df["year_built"]
            df["bed_bath"] = df["beds"] / df["baths"]
            df["price_per_sqft"] = 0  # debt
            return float(model.predict(df)[0])
        """,
    },
)

GOOD = (
    {
        "settings.py": """
        class Paths:
            RAW = "data/raw.csv"
            FEATURES = "data/features.csv"
            MODEL = "models/churn.joblib"
        paths = Paths()
        """,
        "features.py": """
        import numpy as np

        def ratio_of(spend, visits):
            return spend / (visits + 1)

        def log_of(spend):
            return np.log1p(spend)
        """,
        "build.py": """
        import pandas as pd
        from settings import paths
        from features import ratio_of, log_of
        df = pd.read_csv(paths.RAW)
        df["ratio"] = ratio_of(df["spend"], df["visits"])
        df["log_spend"] = log_of(df["spend"])
        df.to_csv(paths.FEATURES, index=False)
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from settings import paths
        df = pd.read_csv(paths.FEATURES)
        m = LogisticRegression().fit(df[["ratio", "log_spend"]], df["label"])
        joblib.dump(m, paths.MODEL)
        """,
        "api.py": """
        import joblib
        from fastapi import FastAPI
        from settings import paths
        from features import ratio_of, log_of
        app = FastAPI()
        m = joblib.load(paths.MODEL)

        @app.post("/predict")
        def predict(spend: float, visits: int) -> float:
            return float(m.predict([[ratio_of(spend, visits), log_of(spend)]])[0])
        """,
    },
    {
        "features.py": """
        import numpy as np
        def add(df):
            df["ratio"] = df["debt"] / df["income"].clip(lower=1)
            df["log_income"] = np.log1p(df["income"])
            return df[["ratio", "log_income"]]
        """,
        "train.py": """
        import joblib
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from features import add
        df = pd.read_csv("rows.csv")
        m = RandomForestClassifier(random_state=1).fit(add(df), df["y"])
        joblib.dump(m, "risk.joblib")
        """,
        "app.py": """
        import joblib
        import pandas as pd
        from fastapi import FastAPI
        from pydantic import BaseModel
        from features import add
        app = FastAPI()
        m = joblib.load("risk.joblib")
        class Row(BaseModel):
            debt: float
            income: float
        @app.post("/predict")
        def predict(row: Row) -> float:
            return float(m.predict_proba(add(pd.DataFrame([row.model_dump()])))[0, 1])
        """,
    },
    {
        "train.py": """
        import joblib
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        def row(r):
            age_days = (r["now"] - r["born"]) / 86400
            per_day = r["clicks"] / max(age_days, 1)
            share = r["buys"] / max(r["clicks"], 1)
            return [age_days, per_day, share]
        def main(rows):
            m = LogisticRegression().fit(np.array([row(r) for r in rows]), [r["y"] for r in rows])
            joblib.dump(m, "m.joblib")
        """,
        "app.py": """
        import joblib
        from fastapi import FastAPI
        from train import row
        app = FastAPI()
        m = joblib.load("m.joblib")
        @app.post("/predict")
        def predict(r: dict) -> float:
            return float(m.predict([row(r)])[0])
        """,
    },
    {
        "train_dcn.py": """
        import numpy as np
        import torch
        from model import DCN

        def build(row, emb):
            return np.concatenate([[row["popularity"]], [row["avg_playtime"]], emb])

        def main(rows, embs, ys):
            X = torch.tensor(np.stack([build(r, e) for r, e in zip(rows, embs)]), dtype=torch.float32)
            net = DCN(66)
            opt = torch.optim.Adam(net.parameters())
            for _ in range(10):
                loss = torch.nn.functional.binary_cross_entropy_with_logits(net(X).squeeze(), ys)
                opt.zero_grad(); loss.backward(); opt.step()
            torch.save(net.state_dict(), "dcn.pt")
        """,
        "model.py": """
        import torch
        class DCN(torch.nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layer = torch.nn.Linear(n, 1)
            def forward(self, x):
                return self.layer(x)
        """,
        "serve.py": """
        import numpy as np
        import torch
        from fastapi import FastAPI
        from model import DCN
        app = FastAPI()
        net = DCN(66)
        net.load_state_dict(torch.load("dcn.pt"))

        @app.get("/score")
        def score(user: int, item: int) -> float:
            emb, popularity, avg_playtime = lookup(user, item)
            x = np.concatenate([[popularity], [avg_playtime], emb])
            return float(net(torch.tensor(x, dtype=torch.float32)))
        """,
    },
    {
        "train_dcn.py": """
        import numpy as np
        import torch
        from model import DCN

        def build(row, emb):
            return np.concatenate([[row["popularity"]], [row["avg_playtime"]], emb])

        def main(rows, embs, ys):
            X = torch.tensor(np.stack([build(r, e) for r, e in zip(rows, embs)]), dtype=torch.float32)
            net = DCN(66)
            opt = torch.optim.Adam(net.parameters())
            for _ in range(10):
                loss = torch.nn.functional.binary_cross_entropy_with_logits(net(X).squeeze(), ys)
                opt.zero_grad(); loss.backward(); opt.step()
            torch.save(net.state_dict(), "dcn.pt")
        """,
        "model.py": """
        import torch
        class DCN(torch.nn.Module):
            def __init__(self, n):
                super().__init__()
                self.layer = torch.nn.Linear(n, 1)
            def forward(self, x):
                return self.layer(x)
        """,
        "serve.py": """
        import numpy as np
        import torch
        from fastapi import FastAPI
        from model import DCN
        app = FastAPI()
        net = DCN(66)
        net.load_state_dict(torch.load("dcn.pt"))

        @app.get("/score")
        def score(user: int, item: int) -> float:
            emb, popularity, playtime = lookup(user, item)
            x = np.concatenate([[popularity, playtime], emb])
            return float(net(torch.tensor(x, dtype=torch.float32)))
        """,
    },
    {
        "requirements.txt": """
        pandas
        """,
        "other/requirements.txt": """
        pandas
        """,
        "other/builders.py": """
        import pandas as pd
        def create_features(df):
            out = df.copy()
            out["age"] = 2024 - out["year_built"]
            out["price_per_sqft"] = out["list_price"] / out["sqft"]
            out["bed_bath"] = (out["beds"] / out["baths"]).fillna(0)
            return out
        def run(inp, out):
            create_features(pd.read_csv(inp)).to_csv(out)
        """,
        "other/train.py": """
        import sys
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge
        rows = pd.read_csv(sys.argv[1])
        joblib.dump(Ridge().fit(rows.drop(columns=["price"]), rows["price"]), sys.argv[2])
        """,
        "service/requirements.txt": """
        fastapi
        """,
        "service/app.py": """
        import joblib
        import pandas as pd
        from fastapi import FastAPI
        app = FastAPI()
        model = joblib.load("/app/model.pkl")
        @app.post("/predict")
        def predict(row: dict) -> float:
            df = pd.DataFrame([row])
            df["age"] = 2024 - df["year_built"]
            df["bed_bath"] = df["beds"] / df["baths"]
            df["price_per_sqft"] = 0
            return float(model.predict(df)[0])
        """,
    },
)

"""Models that stand near each other, or share a name with something else, and are told apart."""

from pathlib import Path
from textwrap import dedent

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import judge_project
from mldebt.settings import Settings
from tests.pipeline.conftest import model_records, register, told


def test_an_if_without_else_in_a_loop_hands_on_no_model_of_an_earlier_loop(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        models = {"forest": RandomForestRegressor(), "ridge": Ridge()}
        for name, model in models.items():
            model.fit(rows[["a"]], rows.price)
            print(name, model.score(rows[["b"]], rows.price))
        kept = []
        for name, grid in {"forest": [{}], "lasso": [{"alpha": 2}]}.items():
            for given in grid:
                if name == "forest":
                    model = RandomForestRegressor(**given)
                elif name == "lasso":
                    model = Lasso(**given)
                model.fit(rows[["a"]], rows.price)
                kept.append({"name": name, "model": model})
        for each in kept:
            joblib.dump(each["model"], f"{each['name']}.joblib")
        """
    (found,) = model_records(tmp_path, {"train.py": code})
    assert found.name == "RandomForestRegressor or Lasso"


def test_a_default_that_a_test_replaces_is_a_model_of_its_own(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        for name in ("plain", "lasso"):
            model = Ridge()
            if name == "lasso":
                model = Lasso()
            model.fit(rows[["a"]], rows.price)
            joblib.dump(model, f"{name}.joblib")
        """
    assert any("Ridge" in each.name for each in model_records(tmp_path, {"train.py": code}))


def test_what_is_found_at_one_model_of_a_script_is_not_told_of_the_next(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Lasso, Ridge

        rows = pd.read_csv("rows.csv")
        ridge = Ridge().fit(rows[["a"]], rows.price)
        joblib.dump(ridge, "ridge.joblib")
        lasso = Lasso().fit(rows[["a"]], rows.price)
        joblib.dump(lasso, "lasso.joblib")
        """
    (tmp_path / "train.py").write_text(dedent(code), encoding="utf-8")
    project, outcome = judge_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    found = Rows(project).all(outcome.findings)
    said = [[cell.location.line for cell in each.findings if cell.text == "MLD301"] for each in found]
    assert said == [[7], [9]]


def test_a_class_is_not_asked_where_something_else_was_loaded_that_has_the_same_method(tmp_path: Path) -> None:
    texts = {
        "stacked.py": """
            import pickle

            import pandas as pd
            from sklearn.linear_model import LogisticRegression

            class Stacked:
                def fit(self, x, y):
                    self.meta = LogisticRegression().fit(x, y)

                def predict_proba(self, x):
                    return self.meta.predict_proba(x)[:, 1]

                def save(self, path="stacked.pkl"):
                    with open(path, "wb") as file:
                        pickle.dump(self, file)

            rows = pd.read_csv("rows.csv")
            model = Stacked()
            model.fit(rows[["a"]], rows.left)
            model.save()
            """,
        "submit.py": """
            import pickle

            import pandas as pd
            from sklearn.metrics import roc_auc_score

            def submit(path):
                with open("other.pkl", "rb") as file:
                    model = pickle.load(file)
                rows = pd.read_csv(path)
                said = model.predict_proba(rows)
                pd.DataFrame(said).to_csv("submission.csv")

            def judge(model, rows):
                print(roc_auc_score(rows.left, model.predict_proba(rows)))
            """,
    }
    found = register(tmp_path, texts)["stacked.py"]
    assert (told(found, "serving"), told(found, "metrics")) == ([], [])


def test_what_starts_a_training_step_is_its_flow(tmp_path: Path) -> None:
    texts = {
        "steps.py": """
            import joblib
            import pandas as pd
            from prefect import task
            from sklearn.linear_model import Ridge

            @task(name="fit")
            def fit():
                rows = pd.read_csv("rows.csv")
                joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
            """,
        "pipeline.py": """
            from prefect import flow
            from steps import fit

            @flow(name="training")
            def run():
                fit()
            """,
    }
    assert told(register(tmp_path, texts)["steps.py"], "training") == ["pipeline.py:run"]


def test_a_step_that_nothing_calls_is_started_by_itself(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from prefect import task
        from sklearn.linear_model import Ridge

        @task
        def fit():
            rows = pd.read_csv("rows.csv")
            joblib.dump(Ridge().fit(rows[["a"]], rows.price), "ridge.joblib")
        """
    assert told(register(tmp_path, {"steps.py": code})["steps.py"], "training") == ["steps.py:fit"]


NETWORKS = """
    import lightning as L
    import pandas as pd
    import torch
    from torch import nn

    NETS = {}

    def register(*names):
        def decorator(cls):
            for name in names:
                NETS[name.lower()] = cls
            return cls
        return decorator

    @register("small")
    class Small(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.layer = nn.Linear(width, 1)

        def forward(self, x):
            return self.layer(x)

    @register("large", "wide")
    class Large(Small):
        def forward(self, x):
            return self.layer(x * 2)

    def build(config):
        kind = NETS[config.name.lower()]
        return kind(config.width)

    class Lit(L.LightningModule):
        def __init__(self, config):
            super().__init__()
            self.net = build(config)

        def forward(self, x):
            return self.net(x)

        def training_step(self, batch, number):
            return self(batch).mean()

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters())

    def train(config):
        rows = pd.read_csv("rows.csv")
        lit = Lit(config)
        L.Trainer().fit(lit, rows)
        torch.save(lit.net.state_dict(), "net.pt")
    """


def test_a_class_that_trains_one_of_several_networks_names_them(tmp_path: Path) -> None:
    found = register(tmp_path, {"train.py": NETWORKS})["train.py"]
    assert (found.name, told(found, "builder")) == ("Lit", ["Lit", "Small or Large"])


def test_a_class_that_always_trains_the_same_network_names_no_others(tmp_path: Path) -> None:
    code = NETWORKS.replace("kind = NETS[config.name.lower()]", "kind = Small")
    found = register(tmp_path, {"train.py": code})["train.py"]
    assert told(found, "builder") == ["Lit"]


def test_what_a_configuration_tells_to_make_later_is_made_where_it_is_called(tmp_path: Path) -> None:
    texts = {
        "conf/main.yaml": """
            net:
              _target_: shop.nets.Ranker
            optimizer:
              _target_: torch.optim.AdamW
            """,
        "shop/nets.py": """
            from torch import nn

            class Ranker(nn.Module):
                def __init__(self, config, width=3):
                    super().__init__()
                    self.layer = nn.Linear(width, 1)

                def forward(self, x):
                    return self.layer(x)
            """,
        "shop/train.py": """
            import hydra
            import torch
            from hydra.utils import instantiate

            from shop.rows import batches

            def make(config):
                return instantiate(config.net, _partial_=True)(config, width=4)

            @hydra.main(config_path="../conf", config_name="main")
            def main(config):
                net = make(config)
                optimizer = instantiate(config.optimizer, _partial_=True)(net.parameters())
                for batch, clicked in batches():
                    optimizer.zero_grad()
                    loss = torch.nn.functional.mse_loss(net(batch), clicked)
                    loss.backward()
                    optimizer.step()
                torch.save(net.state_dict(), "ranker.pt")
            """,
    }
    found = register(tmp_path, texts)["shop/nets.py"]
    assert (found.name, told(found, "artifacts")) == ("Ranker", ["ranker.pt"])
    assert told(found, "training") == ["shop/train.py:main"]


EXPLAINED = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import NearestNeighbors

    class Explainer:
        def __init__(self, model):
            self.model = model

        def fit(self, rows):
            self.near = NearestNeighbors(n_neighbors=3)
            self.near.fit(rows)

        def explain(self, row):
            return self.model.predict_proba(row), self.near.kneighbors(row)

        def save(self, path):
            joblib.dump(self, path)

    rows = pd.read_csv("rows.csv")
    model = LogisticRegression().fit(rows[["a"]], rows.left)
    joblib.dump(model, "left.joblib")
    explainer = Explainer(model)
    explainer.fit(rows[["a"]])
    explainer.save("explainer.joblib")
    """


def test_what_explains_a_model_that_it_is_given_is_none(tmp_path: Path) -> None:
    found = model_records(tmp_path, {"train.py": EXPLAINED})
    assert [each.name for each in found] == ["LogisticRegression"]


def test_what_recommends_by_similar_rows_is_a_model(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.neighbors import NearestNeighbors

        class Similar:
            def fit(self, rows):
                self.near = NearestNeighbors(n_neighbors=3)
                self.near.fit(rows)

            def recommend(self, row):
                return self.near.kneighbors(row)

        similar = Similar()
        similar.fit(pd.read_csv("rows.csv"))
        joblib.dump(similar, "similar.joblib")
        """
    (found,) = model_records(tmp_path, {"train.py": code})
    assert found.name == "Similar"


def test_the_models_that_a_class_keeps_by_their_names_are_each_told(tmp_path: Path) -> None:
    texts = {
        "train.py": """
            import pickle

            import joblib
            import joblib
            import pandas as pd
            from sklearn.ensemble import RandomForestClassifier
            from sklearn.linear_model import LogisticRegression

            class Training:
                def __init__(self):
                    self.models = {}

                def fit(self, x, y):
                    plain = LogisticRegression()
                    plain.fit(x, y)
                    self.models.update({"plain": plain})
                    forest = RandomForestClassifier()
                    forest.fit(x, y)
                    self.models["forest"] = forest

                def predict(self, name, x):
                    return self.models[name].predict(x)

                def save(self, folder):
                    for name, model in self.models.items():
                        with open(f"{folder}/left_{name}.pkl", "wb") as file:
                            pickle.dump(model, file)
                        if name in ["forest", "grove"]:
                            joblib.dump(model, f"{folder}/left_{name}.joblib")

            rows = pd.read_csv("rows.csv")
            training = Training()
            training.fit(rows[["a"]], rows.left)
            training.save("models")
            """,
        "ask.py": """
            import pickle

            def ask(rows):
                with open("models/left_forest.pkl", "rb") as file:
                    return pickle.load(file).predict(rows)
            """,
    }
    found = register(tmp_path, texts)["train.py"]
    assert sorted(told(found, "artifacts")) == [
        "models/left_forest.joblib",
        "models/left_forest.pkl",
        "models/left_plain.pkl",
    ]
    assert told(found, "loaders") == ["ask.py:ask"]

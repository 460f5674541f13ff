from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord, find_records
from mldebt.pipeline.graph.graph import build_graph
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project, scan
from mldebt.settings import Settings


def register(root: Path, texts: Mapping[str, str]) -> tuple[ModelRecord, ...]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()


def names(found: tuple[ModelRecord, ...]) -> list[str]:
    return [record.name for record in found]


def texts(record: ModelRecord, column: str) -> list[str]:
    return [cell.text for cell in getattr(record, column)]


CHURN = {
    "README.md": """
        # Churn

        The churn classifier is trained on a year of subscriptions.

            python train.py --data subscriptions.csv
        """,
    "train.py": """
        import argparse
        import joblib
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.metrics import f1_score
        from sklearn.model_selection import train_test_split

        ARTIFACT = "models/churn.joblib"

        def train(path):
            rows = pd.read_csv(path)
            left, right = train_test_split(rows, random_state=1)
            model = RandomForestClassifier(n_estimators=300, random_state=7)
            model.fit(left[["age"]], left.churned)
            print(f1_score(right.churned, model.predict(right[["age"]])))
            joblib.dump(model, ARTIFACT)

        if __name__ == "__main__":
            parser = argparse.ArgumentParser()
            parser.add_argument("--data")
            args = parser.parse_args()
            train(args.data)
        """,
    "serve.py": """
        import joblib
        from fastapi import FastAPI

        app = FastAPI()
        model = joblib.load("models/churn.joblib")

        @app.post("/churn")
        def churn(age: float) -> float:
            return model.predict([[age]])[0]
        """,
}


def test_every_column_of_a_small_service(tmp_path: Path) -> None:
    (record,) = register(tmp_path, CHURN)
    assert record.name == "RandomForestClassifier"
    assert record.library == "sklearn"
    assert texts(record, "training") == ["train.py"]
    assert record.training[0].note == "python train.py --data subscriptions.csv"
    assert texts(record, "sources") == ["{args.data}"]
    (kept,) = record.artifacts
    assert (kept.text, kept.note) == ("models/churn.joblib", "every run writes over it")
    assert texts(record, "loaders") == ["serve.py"]
    assert [(cell.text, cell.note) for cell in record.serving] == [("serve.py:churn", "/churn")]
    assert texts(record, "metrics") == ["f1_score"]
    assert [(cell.text, cell.note) for cell in record.parameters] == [("n_estimators", "300"), ("random_state", "7")]
    assert "README.md" in texts(record, "documents")
    cells = [*record.builder, *record.sources, *record.artifacts, *record.metrics]
    places = [cell.location for cell in cells]
    assert all(place is not None and place.path == "train.py" and place.line > 1 for place in places)


def test_a_family_of_own_classes_has_a_row_for_each_that_somebody_makes(tmp_path: Path) -> None:
    found = register(
        tmp_path,
        {
            "base.py": """
                import pickle
                from sklearn.metrics import accuracy_score

                class Model:
                    def train(self):
                        rows, labels = self.rows()
                        self.clf.fit(rows, labels)
                        print(accuracy_score(labels, self.clf.predict(rows)))
                        with open(self.__class__.__name__.lower() + ".pkl", "wb") as f:
                            pickle.dump(self, f)

                    def classify(self, rows):
                        return self.clf.predict(rows)

                class BugModel(Model):
                    def rows(self):
                        return read("bugs.json")
                """,
            "data.py": """
                import json

                def read(path):
                    with open(path) as file:
                        for line in file:
                            yield json.loads(line)
                """,
            "models.py": """
                from xgboost import XGBClassifier
                from sklearn.linear_model import LogisticRegression
                from sklearn.pipeline import Pipeline
                from base import BugModel, Model
                from data import read

                class SpamModel(BugModel):
                    def __init__(self):
                        self.clf = Pipeline([("estimator", XGBClassifier(max_depth=4))])

                    def rows(self):
                        return read("spam.json"), read("labels_of_spam.json")

                class RiskModel(Model):
                    def __init__(self):
                        self.clf = LogisticRegression()

                    def rows(self):
                        return read("commits.json"), read("outcomes.json")
                """,
            "run.py": """
                import importlib
                MODELS = {"spam": "models.SpamModel", "risk": "models.RiskModel"}

                def main(name):
                    module, _, cls = MODELS[name].rpartition(".")
                    model = getattr(importlib.import_module(module), cls)()
                    model.train()

                main("spam")
                """,
        },
    )
    assert names(found) == ["SpamModel", "RiskModel"]
    spam, risk = found
    assert texts(spam, "builder") == ["SpamModel", "XGBClassifier"]
    assert texts(risk, "builder") == ["RiskModel", "LogisticRegression"]
    assert "spam.json" in texts(spam, "sources")
    assert "commits.json" not in texts(spam, "sources")
    assert texts(risk, "sources") == ["commits.json", "outcomes.json"]
    assert texts(spam, "artifacts") == ["spammodel.pkl"]
    assert texts(spam, "training") == ["run.py"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            """
            from sklearn.linear_model import Ridge
            Ridge().fit(rows, labels)
            """,
            id="trained and thrown away",
        ),
        pytest.param(
            """
            import joblib
            from sklearn.preprocessing import StandardScaler
            scaler = StandardScaler().fit(rows)
            joblib.dump(scaler, "scaler.pkl")
            """,
            id="a scaler is no model",
        ),
        pytest.param(
            """
            import torch
            model = torch.load("model.pt")
            torch.save(model, "copy.pt")
            """,
            id="copied, never trained",
        ),
        pytest.param(
            """
            import torch
            from torch import nn

            class Block(nn.Module):
                def forward(self, x):
                    return x

            class Unused(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.block = Block()
            """,
            id="layers and what nobody builds",
        ),
    ],
)
def test_what_is_no_model_has_no_row(tmp_path: Path, text: str) -> None:
    assert register(tmp_path, {"code.py": text}) == ()


def test_a_wrapper_and_what_it_wraps_are_one_model(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "tune.py": """
                from peft import LoraConfig, get_peft_model
                from transformers import AutoModelForCausalLM, Trainer

                base = AutoModelForCausalLM.from_pretrained("gpt2")
                model = get_peft_model(base, LoraConfig(r=8))
                trainer = Trainer(model=model, train_dataset=rows)
                trainer.train()
                trainer.save_model("tuned")
                """,
        },
    )
    assert record.name == "AutoModelForCausalLM"
    assert texts(record, "base_models") == ["gpt2"]
    assert "tuned" in texts(record, "artifacts")


def test_alternatives_that_one_call_fits_and_keeps_are_one_model(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "train.py": """
                import joblib
                from sklearn.ensemble import RandomForestClassifier
                from sklearn.linear_model import SGDClassifier

                def train(kind, rows, labels):
                    if kind == "sgd":
                        model = SGDClassifier()
                    else:
                        model = RandomForestClassifier()
                    model.fit(rows, labels)
                    joblib.dump(model, "model.pkl")
                """,
        },
    )
    assert record.name == "SGDClassifier or RandomForestClassifier"


def test_what_an_orchestrators_step_returns_is_kept(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "steps.py": """
                from sklearn.linear_model import Ridge
                from zenml import step

                @step(enable_cache=False)
                def trainer(rows, labels) -> Ridge:
                    model = Ridge(alpha=0.5)
                    model.fit(rows, labels)
                    return model
                """,
        },
    )
    assert [(cell.text, cell.note) for cell in record.artifacts] == [("result of trainer", "kept by the orchestrator")]


def test_a_tracker_that_logs_by_itself_keeps_what_is_trained_after_it(tmp_path: Path) -> None:
    text = """
        import mlflow
        from sklearn.linear_model import Ridge

        def train(rows, labels):
            mlflow.sklearn.autolog({how})
            Ridge().fit(rows, labels)
        """
    assert names(register(tmp_path / "on", {"train.py": text.replace("{how}", "")})) == ["Ridge"]
    assert register(tmp_path / "off", {"train.py": text.replace("{how}", "disable=True")}) == ()


def test_a_class_of_a_package_is_handed_out(tmp_path: Path) -> None:
    texts_ = {
        "ranker/__init__.py": "",
        "ranker/counts.py": """
            class Popularity:
                def fit(self, rows):
                    self.counts = rows.groupby("item").size()

                def recommend(self, user):
                    return self.counts.nlargest(10)
            """,
    }
    assert register(tmp_path / "loose", texts_) == ()
    packaged = {**texts_, "pyproject.toml": "[project]\nname = 'ranker'\n"}
    assert names(register(tmp_path / "packaged", packaged)) == ["Popularity"]


def test_a_hand_written_loop_trains_and_its_data_set_is_read_item_by_item(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "net.py": """
                import torch
                from PIL import Image
                from torch import nn
                from torch.utils.data import DataLoader, Dataset

                class Faces(Dataset):
                    def __init__(self, folder):
                        self.files = [folder + "/a.png"]

                    def __getitem__(self, i):
                        return Image.open(self.files[i])

                class Net(nn.Module):
                    def __init__(self):
                        super().__init__()
                        self.out = nn.Linear(4, 1)

                    def forward(self, x):
                        return self.out(x)

                def train():
                    net = Net()
                    optimizer = torch.optim.Adam(net.parameters())
                    for batch in DataLoader(Faces("faces")):
                        loss = net(batch).mean()
                        loss.backward()
                        optimizer.step()
                    checkpoint = {"weights": net.state_dict(), "epoch": 1}
                    torch.save(checkpoint, "net.pt")

                train()
                """,
        },
    )
    assert record.name == "Net"
    assert texts(record, "sources") == ["Image.open()"]
    assert texts(record, "artifacts") == ["net.pt"]


def test_models_are_found_by_name_file_or_both(tmp_path: Path) -> None:
    records = register(tmp_path, CHURN)
    for wanted in ("randomforestclassifier", "train.py", "train.py:RandomForestClassifier", "forest"):
        assert find_records(records, wanted) == records
    assert find_records(records, "Ridge") == ()


def test_a_model_in_a_global_whose_optimizer_is_chosen_by_name(tmp_path: Path) -> None:
    text = """
        import sys
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.out = nn.Linear(2, 1)

            def forward(self, rows):
                return self.out(rows)

        def asked(rows):
            return net(rows)

        def run(batches, path):
            global net
            net = Net()
            net = net.to("cuda")
            known = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad}
            optimizer = known[sys.argv[1]](net.parameters(), lr=0.1)
            for rows, labels in batches:
                nn.functional.mse_loss(asked(rows), labels).backward()
                optimizer.step()
            torch.save({"weights": net.state_dict()}, path)
        """
    assert names(register(tmp_path, {"train.py": text})) == ["Net"]


def test_a_class_that_learns_by_hand_and_stores_what_it_learnt(tmp_path: Path) -> None:
    text = """
        import pickle
        import numpy as np

        class Factors:
            def __init__(self, path):
                self.path = path
                self.items = None

            def train(self, ratings):
                self.items = np.zeros(10)
                for item, rating in ratings:
                    self.items[item] += 0.01 * (rating - self.predict(item))
                self.save()

            def predict(self, item):
                return self.items[item]

            def save(self):
                with open(self.path + "items.data", "wb") as file:
                    pickle.dump(dict(enumerate(self.items)), file)

        if __name__ == "__main__":
            Factors("out/").train([(1, 3.0)])
        """
    assert names(register(tmp_path, {"train.py": text})) == ["Factors"]


def test_the_weights_of_a_linear_model_are_the_model(tmp_path: Path) -> None:
    text = """
        import pickle
        from sklearn.linear_model import LinearRegression

        class Blend:
            def train(self, rows, labels):
                model = LinearRegression()
                model.fit(rows, labels)
                weights = {"first": model.coef_[0], "rest": model.intercept_}
                with open("blend.data", "wb") as file:
                    pickle.dump(weights, file)

        if __name__ == "__main__":
            Blend().train([[1], [2]], [1, 2])
        """
    (found,) = register(tmp_path, {"train.py": text})
    assert texts(found, "artifacts") == ["blend.data"]


SHOP = {
    "shop/models.py": """
        from django.db import models

        class Rating(models.Model):
            user = models.CharField(max_length=16)
            score = models.FloatField()
    """,
    "builder/factors.py": """
        import pickle
        import pandas as pd
        from sklearn.linear_model import Ridge
        from shop.models import Rating

        def load():
            rows = pd.DataFrame.from_records(Rating.objects.all().values("user", "score"))
            return rows.dropna()

        def train():
            rows = load()
            model = Ridge(alpha=2.0)
            model.fit(rows[["user"]], rows.score)
            with open("./models/shop_factors.pkl", "wb") as file:
                pickle.dump(model, file)

        if __name__ == "__main__":
            train()
    """,
    "web/views.py": """
        import pickle
        from django.http import JsonResponse

        def recommended(request, user):
            with open("models/shop_factors.pkl", "rb") as file:
                model = pickle.load(file)
            return JsonResponse({"data": list(model.predict([[float(user)]]))})
    """,
    "web/urls.py": """
        from django.urls import path
        from web import views

        urlpatterns = [path("recommended/<user>", views.recommended)]
    """,
}


def test_a_table_that_is_asked_through_its_class_is_a_source(tmp_path: Path) -> None:
    (record,) = register(tmp_path, SHOP)
    assert [(cell.text, cell.note) for cell in record.sources] == [("Rating", "table")]


def test_code_of_another_folder_loads_a_model_by_a_name_of_its_own(tmp_path: Path) -> None:
    (record,) = register(tmp_path / "own", SHOP)
    assert texts(record, "loaders") == ["web/views.py:recommended"]
    assert texts(record, "serving") == ["web/views.py:recommended"]


def test_a_name_that_everybody_gives_joins_no_folders(tmp_path: Path) -> None:
    general = {path: text.replace("shop_factors", "model") for path, text in SHOP.items()}
    (record,) = register(tmp_path / "general", general)
    assert texts(record, "loaders") == []
    rival = (
        SHOP["builder/factors.py"]
        .replace("./models/", "{folder}/")
        .replace('"{', 'f"{')
        .replace("train()", "train(folder)")
    )
    many = {
        **SHOP,
        "builder/other.py": rival,
        "builder/factors.py": rival,
        "web/views.py": SHOP["web/views.py"].replace("models/", "other/"),
    }
    assert [texts(each, "loaders") for each in register(tmp_path / "many", many)] == [[], []]


CONFIGURED = {
    "conf/train.yaml": """
        defaults:
          - model: net
          - data: rows
    """,
    "conf/model/net.yaml": "_target_: shop.net.Ranker\nlr: 0.1\n",
    "conf/data/rows.yaml": "_target_: shop.rows.Rows\npath: clicks.csv\n",
    "shop/__init__.py": "",
    "shop/net.py": """
        import lightning as L
        from torch import nn, optim

        class Ranker(L.LightningModule):
            def __init__(self, lr):
                super().__init__()
                self.layer = nn.Linear(4, 1)
                self.lr = lr

            def training_step(self, batch, number):
                return self.layer(batch).mean()

            def configure_optimizers(self):
                return optim.Adam(self.parameters(), lr=self.lr)
    """,
    "shop/rows.py": """
        import lightning as L
        import pandas as pd
        from torch.utils.data import DataLoader

        class Rows(L.LightningDataModule):
            def __init__(self, path):
                super().__init__()
                self.path = path

            def train_dataloader(self):
                return DataLoader(pd.read_csv(self.path))
    """,
    "train.py": """
        import hydra
        import lightning as L
        from hydra.utils import instantiate

        def run(cfg):
            model = instantiate(cfg.model)
            data = instantiate(cfg["data"])
            trainer = L.Trainer(max_epochs=3)
            trainer.fit(model, datamodule=data)

        @hydra.main(version_base=None, config_path="conf", config_name="train")
        def main(cfg):
            run(cfg)

        if __name__ == "__main__":
            main()
    """,
}


def test_a_model_that_a_configuration_tells_to_make_is_joined_to_its_training(tmp_path: Path) -> None:
    (record,) = register(tmp_path / "told", CONFIGURED)
    assert (record.name, texts(record, "training")) == ("Ranker", ["train.py:main"])
    assert texts(record, "artifacts") == ["checkpoints of the trainer"]
    assert [cell.location.path for cell in record.sources if cell.location is not None] == ["shop/rows.py"]


def test_a_librarys_model_that_a_configuration_tells_to_make_has_the_name_of_its_class(tmp_path: Path) -> None:
    forest = {
        "conf/train.yaml": "defaults:\n  - model: forest\n",
        "conf/model/forest.yaml": "_target_: sklearn.ensemble.RandomForestClassifier\nrandom_state: 42\n",
        "train.py": """
            import hydra
            import joblib
            import pandas as pd

            @hydra.main(version_base=None, config_path="conf", config_name="train")
            def main(cfg):
                rows = pd.read_csv("rows.csv")
                model = hydra.utils.instantiate(cfg.model)
                model.fit(rows[["a"]], rows.label)
                joblib.dump(model, "forest.joblib")

            if __name__ == "__main__":
                main()
        """,
    }
    assert names(register(tmp_path, forest)) == ["RandomForestClassifier"]


def _factors(name: str) -> str:
    return f"""
        import pickle
        from sklearn.linear_model import Ridge

        class {name}:
            def __init__(self, path):
                self.path = path
                self.inner = Ridge(alpha=2.0)

            def build(self, rows):
                self.train(rows)

            def train(self, rows):
                self.inner.fit(rows, rows.price)
                with open(self.path + "{name.lower()}.pkl", "wb") as file:
                    pickle.dump(self.inner, file)

            def predict(self, rows):
                return self.inner.predict(rows)

        if __name__ == "__main__":
            {name}("out/").train(rows)
    """


def test_where_one_runner_builds_any_of_several_models_each_is_trained_by_itself(tmp_path: Path) -> None:
    runner = """
        from first import FirstFactorization
        from second import SecondFactorization

        class Runner:
            def __init__(self, builder):
                self.builder = builder

            def go(self, rows):
                self.builder.build(rows)

        if __name__ == "__main__":
            Runner(FirstFactorization("a/")).go(rows)
            Runner(SecondFactorization("b/")).go(rows)
    """
    files = {"first.py": _factors("FirstFactorization"), "second.py": _factors("SecondFactorization")}
    first, second = register(tmp_path, {**files, "runner.py": runner})
    assert {cell.location.path for cell in first.trained if cell.location is not None} == {"first.py"}
    assert {cell.location.path for cell in second.trained if cell.location is not None} == {"second.py"}
    assert texts(second, "training") == ["second.py", "runner.py"]


def test_models_of_one_name_in_one_file_are_told_apart_by_their_line(tmp_path: Path) -> None:
    twice = """
        import joblib
        from sklearn.linear_model import Ridge

        def train(rows):
            first = Ridge(alpha=1)
            first.fit(rows, rows.price)
            joblib.dump(first, "first.joblib")
            second = Ridge(alpha=2)
            second.fit(rows, rows.price)
            joblib.dump(second, "second.joblib")
    """
    found = register(tmp_path, {"train.py": twice})
    assert len(find_records(found, "train.py")) == 2
    assert [texts(each, "artifacts") for each in find_records(found, "train.py:8")] == [["second.joblib"]]


def test_what_nobody_starts_in_sight_is_started_by_its_own_methods_not_by_its_sisters(tmp_path: Path) -> None:
    family = """
        from torch import nn, optim, save

        class Base(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(4, 1)
                self.prepare([])

            def prepare(self, batches):
                steps = optim.Adam(self.parameters())
                for batch in batches:
                    self.layer(batch).mean().backward()
                    steps.step()
                save(self.state_dict(), "net.pt")

        class First(Base):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 1)

        class Second(Base):
            def __init__(self):
                super().__init__()
                self.second = nn.Linear(4, 1)
    """
    started = {record.name: texts(record, "training") for record in register(tmp_path, {"nets.py": family})}
    assert set(started) == {"First", "Second"}
    assert not any("Second" in each for each in started["First"])
    assert not any("First" in each for each in started["Second"])


FAMILY_OF_READERS = {
    "model.py": """
        import csv
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        def rows_of(kind):
            if kind == "clicks":
                path = "data/clicks.csv"
            elif kind == "views":
                path = "data/views.csv"
            return pd.read_csv(path)

        def labels_of(name):
            with open(f"labels/{name}.csv") as file:
                yield from csv.reader(file)

        class Model:
            def __init__(self, users=False):
                self.users = users
                self.clf = LogisticRegression()

            def items(self):
                rows = rows_of("clicks")
                if self.users:
                    rows = rows.merge(pd.read_csv("data/users.csv"))
                return rows

            def train(self):
                self.clf.fit(self.items(), self.labels())
                joblib.dump(self.clf, "model.joblib")

            def predict(self, rows):
                return self.clf.predict(rows)
        """,
    "small.py": """
        from model import Model, labels_of

        class Small(Model):
            def __init__(self):
                Model.__init__(self)

            def labels(self):
                classes = {}
                for row in labels_of("small"):
                    classes[int(row[0])] = 1 if row[1] == "yes" else 0
                return classes
        """,
    "large.py": """
        from model import Model, rows_of

        class Large(Model):
            def __init__(self):
                super().__init__(users=True)

            def labels(self):
                return rows_of("views").label
        """,
}


def test_the_flags_of_a_class_say_which_data_it_is_trained_on(tmp_path: Path) -> None:
    found = {record.name: set(texts(record, "sources")) for record in register(tmp_path, FAMILY_OF_READERS)}
    assert found == {
        "Small": {"data/clicks.csv", "labels/small.csv"},
        "Large": {"data/clicks.csv", "data/users.csv", "data/views.csv"},
    }


def test_a_file_of_an_objects_own_is_a_source_where_all_of_its_kind_read_the_same(tmp_path: Path) -> None:
    code = {
        "issues.py": """
            import os
            import pandas as pd

            class Issues:
                def __init__(self, owner):
                    self.path = os.path.join(os.path.dirname(__file__), "data", "issues_{}.csv".format(owner))

                def rows(self):
                    return pd.read_csv(self.path)
            """,
        "model.py": """
            import joblib
            from issues import Issues
            from sklearn.linear_model import LogisticRegression

            class Model:
                def __init__(self, owner):
                    self.issues = Issues(owner)

                def train(self):
                    rows = self.issues.rows()
                    self.clf = LogisticRegression().fit(rows[["age"]], rows.kind)
                    joblib.dump(self.clf, "model.joblib")

                def predict(self, rows):
                    return self.clf.predict(rows)
            """,
    }
    (record,) = register(tmp_path, code)
    assert texts(record, "sources") == ["data/issues_{owner}.csv"]


def test_an_option_that_only_tests_fill_is_named_as_the_source(tmp_path: Path) -> None:
    code = {
        "train.py": """
            import joblib
            import pandas as pd
            import typer
            from sklearn.linear_model import Ridge

            app = typer.Typer()

            def load(location):
                return pd.read_csv(location)

            @app.command()
            def train(location: str = None, out: str = "model.joblib"):
                rows = load(location)
                model = Ridge().fit(rows[["age"]], rows.price)
                joblib.dump(model, out)

            if __name__ == "__main__":
                app()
            """,
        "tests/test_train.py": """
            from train import train

            def test_train(location):
                train(location)
            """,
    }
    (record,) = register(tmp_path, code)
    assert texts(record, "sources") == ["{location}"]


def test_a_folder_is_known_by_its_name_wherever_a_setting_puts_it(tmp_path: Path) -> None:
    text = """
        import os
        from dataclasses import dataclass

        import tensorflow as tf
        import yaml

        @dataclass(frozen=True)
        class Settings:
            scans: str

        def settings() -> Settings:
            with open("params.yaml") as file:
                known = yaml.safe_load(file)
            return Settings(scans=os.path.join(known["unzipped"], "kidney-scans"))

        class Training:
            def __init__(self, settings: Settings):
                self.settings = settings

            def train(self):
                images = tf.keras.preprocessing.image.ImageDataGenerator()
                rows = images.flow_from_directory(directory=self.settings.scans)
                model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
                model.fit(rows)
                model.save("kidney.h5")

        Training(settings()).train()
    """
    (record,) = register(tmp_path, {"train.py": text, "params.yaml": "unzipped: data/scans\n"})
    assert texts(record, "sources") == ["data/scans/kidney-scans"]


_TRAINED_THERE = """
import joblib
import pandas as pd
from fastapi import FastAPI
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error

app = FastAPI()

def shown(values):
    return values

@app.post("/sales")
def sales(path: str):
    rows = pd.read_csv(path)
    model = Ridge().fit(rows[["week"]], rows["sold"])
    joblib.dump(model, "sales.joblib")
    told = model.predict(rows[["week"]])
    return {{"answer": {answer}}}
"""


@pytest.mark.parametrize(
    ("answer", "serving"),
    [("told.tolist()", 1), ('mean_squared_error(rows["sold"], told)', 0), ("shown(told)", 1)],
)
def test_an_endpoint_that_trains_serves_what_the_model_says(tmp_path: Path, answer: str, serving: int) -> None:
    (record,) = register(tmp_path, {"app.py": _TRAINED_THERE.format(answer=answer)})
    assert len(record.serving) == serving


def test_an_endpoint_that_only_shares_the_object_that_loads_a_model_does_not_serve_it(tmp_path: Path) -> None:
    code = {
        "model.py": CHURN["train.py"],
        "serve.py": """
            import joblib
            from fastapi import FastAPI
            from ray import serve

            app = FastAPI()

            @serve.deployment
            @serve.ingress(app)
            class Service:
                def __init__(self):
                    self.model = joblib.load("models/churn.joblib")

                @app.get("/")
                def index(self):
                    return {"message": "OK"}

                @app.post("/predict")
                def predict(self, age: int):
                    return self.model.predict([[age]])[0]
            """,
    }
    (record,) = register(tmp_path, code)
    assert texts(record, "serving") == ["serve.py:Service.predict"]


def test_a_command_that_leaves_out_the_switch_of_a_training_does_not_run_it(tmp_path: Path) -> None:
    code = {
        "README.md": "# Models\n\n    python train.py --small\n",
        "docker-compose.yml": "services:\n  train:\n    command: python train.py --large-model\n",
        "train.py": """
            import argparse
            import joblib
            import torch
            import pandas as pd
            from sklearn.linear_model import Lasso, Ridge

            def small(rows):
                model = Ridge().fit(rows[["age"]], rows.price)
                joblib.dump(model, "small.joblib")

            def large(rows, out):
                model = Lasso().fit(rows[["age"]], rows.price)
                torch.save(model, out)

            if __name__ == "__main__":
                parser = argparse.ArgumentParser()
                parser.add_argument("--small", action="store_true")
                parser.add_argument("--large-model", action="store_true")
                parser.add_argument("--out")
                args = parser.parse_args()
                rows = pd.read_csv("rows.csv")
                if args.small:
                    small(rows)
                if args.large_model:
                    large(rows, args.out)
            """,
    }
    found = {record.name: record for record in register(tmp_path, code)}
    commands = {name: [cell.note for cell in record.training] for name, record in found.items()}
    assert commands == {"Ridge": ["python train.py --small"], "Lasso": ["python train.py --large-model"]}
    assert texts(found["Lasso"], "artifacts") == ["{args.out}"]


def test_documents_of_a_base_class_tell_nothing_of_a_model_but_a_title_in_words_does(tmp_path: Path) -> None:
    pages = FAMILY_OF_READERS | {
        "README.md": """
            # Readers

            - **small** - The aim of this classifier is to find out which rows are small.

            Files:

            - `model.py` contains the base class that all models derive from
            """,
    }
    found = {record.name: [cell.location.line for cell in record.documents] for record in register(tmp_path, pages)}
    assert found == {"Small": [3], "Large": []}


def test_a_model_is_found_by_the_file_that_trains_it(tmp_path: Path) -> None:
    train = """
        import torch
        from net import Net

        net = Net()
        optimizer = torch.optim.Adam(net.parameters())
        for rows in batches():
            net(rows).mean().backward()
            optimizer.step()
        torch.save(net.state_dict(), "net.pt")
        """
    network = "from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, rows):\n        return rows\n"
    records = register(tmp_path, {"net.py": network, "jobs/fit.py": train})
    assert [record.path for record in records] == ["net.py"]
    for wanted in ("net.py", "jobs/fit.py"):
        assert find_records(records, wanted) == records


def test_what_keeps_models_of_another_library_keeps_none_of_this_class(tmp_path: Path) -> None:
    code = """
        import pickle
        from sklearn.linear_model import LogisticRegression
        from xgboost import XGBClassifier, XGBModel

        class Model:
            def train(self, rows):
                self.clf.fit(rows, rows.kind)
                estimator = self.clf
                if issubclass(type(estimator), XGBModel):
                    estimator.save_model("model.ubj")
                with open("model.pkl", "wb") as file:
                    pickle.dump(self.clf, file)

            def predict(self, rows):
                return self.clf.predict(rows)

        class Boosted(Model):
            def __init__(self):
                self.clf = XGBClassifier()

        class Linear(Model):
            def __init__(self):
                self.clf = LogisticRegression()
    """
    kept = {record.name: set(texts(record, "artifacts")) for record in register(tmp_path, {"models.py": code})}
    assert kept == {"Boosted": {"model.ubj", "model.pkl"}, "Linear": {"model.pkl"}}


def test_what_is_told_of_several_models_at_once_is_in_the_row_of_each(tmp_path: Path) -> None:
    code = """
        import joblib
        import pandas as pd
        from sklearn.linear_model import {0}

        rows = pd.read_csv("rows.csv")
        joblib.dump({0}().fit(rows[["age"]], rows.price), "{0}.joblib")
    """
    files = {
        f"steps/{name.lower()}.py": code.format(name)
        for name in ("Ridge", "Lasso", "ElasticNet", "Lars", "BayesianRidge")
    }
    register(tmp_path, files)
    settings = Settings(cache=False, history=False, jobs=1, select=("MLD301",))
    found = scan(tmp_path, settings).findings
    assert len(found) == 1
    assert [texts(each, "findings") for each in Rows(read_project(tmp_path, settings)).all(found)] == [["MLD301"]] * 5


def test_a_file_that_is_named_after_one_class_tells_nothing_of_another_in_it(tmp_path: Path) -> None:
    code = {
        "README.md": "# Models\n\n- **crashreport** - The aim of this classifier is to find reports of crashes.\n",
        "crashreport.py": """
            import joblib
            from sklearn.linear_model import LogisticRegression

            class CrashReportModel:
                def train(self, rows):
                    self.clf = LogisticRegression().fit(rows, rows.kind)
                    joblib.dump(self.clf, "crash.joblib")

                def predict(self, rows):
                    return self.clf.predict(rows)

            class SettingsModel:
                def train(self, rows):
                    self.clf = LogisticRegression().fit(rows, rows.kind)
                    joblib.dump(self.clf, "settings.joblib")

                def predict(self, rows):
                    return self.clf.predict(rows)
            """,
    }
    found = {record.name: len(record.documents) for record in register(tmp_path, code)}
    assert found == {"CrashReportModel": 1, "SettingsModel": 0}


@pytest.mark.parametrize(
    ("written", "artifact"),
    [
        ('Path("models/ranker.pkl").write_bytes(pickle.dumps(model))', "models/ranker.pkl"),
        ('Path("ranker.onnx").write_bytes(to_onnx(model).SerializeToString())', "ranker.onnx"),
        ('boto3.client("s3").put_object(Bucket="b", Key="ranker.pkl", Body=pickle.dumps(model))', "ranker.pkl"),
    ],
)
def test_a_model_that_is_written_as_bytes_is_kept(tmp_path: Path, written: str, artifact: str) -> None:
    code = f"""
        import pickle
        from pathlib import Path
        import boto3
        from skl2onnx import to_onnx
        from sklearn.linear_model import Ridge

        def train(rows):
            model = Ridge()
            model.fit(rows[["age"]], rows.bought)
            {written}
        """
    (record,) = register(tmp_path, {"train.py": code})
    assert (record.name, texts(record, "artifacts")) == ("Ridge", [artifact])


def test_a_net_of_caffe2_learns_by_its_gradient_operators(tmp_path: Path) -> None:
    code = """
        import caffe2.python.onnx.frontend
        from caffe2.python import core, model_helper, workspace

        class Ranker(object):
            def __init__(self):
                self.model = model_helper.ModelHelper(name="ranker")

            def parameters(self):
                return self.model

            def sgd(self, rate):
                self.gradients = self.model.AddGradientOperators([self.loss])

            def run(self, rows):
                workspace.RunNet(self.model.net)

        if __name__ == "__main__":
            ranker = Ranker()
            ranker.sgd(0.1)
            ranker.run([])
            net = ranker.parameters().net.Proto()
            frontend = caffe2.python.onnx.frontend.Caffe2Frontend()
            onnx = frontend.caffe2_net_to_onnx_model(net, None, None)
            with open("ranker.onnx", "w+") as f:
                f.write(str(onnx))
        """
    other = """
        import torch

        class Tower(torch.nn.Module):
            def forward(self, x):
                return x

        def run():
            global tower
            optimizer = torch.optim.SGD(tower.parameters(), lr=0.1)
            torch.save(optimizer.state_dict(), "tower.pt")
        """
    (record,) = register(tmp_path, {"caffe.py": code, "other.py": other})
    assert (record.name, texts(record, "artifacts")) == ("Ranker", ["ranker.onnx"])


@pytest.mark.parametrize(
    ("path", "artifact", "version"),
    [
        ("args.folder + args.dataset", "{args.folder}{args.dataset}", "by default weights/clicks"),
        ('args.folder + str(epoch) + ".pt"', "{args.folder}{epoch}.pt", "by default weights/{epoch}.pt"),
        ('"%s%s.pt" % (args.folder, args.dataset)', "{args.folder}{args.dataset}.pt", "by default weights/clicks.pt"),
        ('args.out + ".pt"', "{args.out}.pt", ""),
    ],
)
def test_a_path_of_options_is_spelled_with_what_they_are_by_default(
    tmp_path: Path, path: str, artifact: str, version: str
) -> None:
    code = f"""
        import argparse
        import joblib
        from sklearn.linear_model import Ridge

        if __name__ == "__main__":
            parser = argparse.ArgumentParser()
            parser.add_argument("--folder", default="weights/")
            parser.add_argument("--dataset", default="clicks")
            parser.add_argument("--out")
            args = parser.parse_args()
            for epoch in range(3):
                model = Ridge().fit([[1]], [1])
                joblib.dump(model, {path})
        """
    (record,) = register(tmp_path, {"train.py": code})
    said = ", ".join(filter(None, ("named on the command line", version)))
    assert [(cell.text, cell.note) for cell in record.artifacts] == [(artifact, said)]


@pytest.mark.parametrize(
    ("models", "loop"),
    [
        ("{'a': Ridge(), 'b': Lasso()}", "name, model in models.items()"),
        ("[Ridge(), Lasso()]", "name, model in enumerate(models)"),
        ("[Ridge(), Lasso()]", "name, model in zip(names, models)"),
    ],
)
def test_every_model_that_a_loop_fits_and_keeps_is_a_model(tmp_path: Path, models: str, loop: str) -> None:
    found = register(
        tmp_path,
        {
            "train.py": f"""
                import joblib
                from sklearn.linear_model import Lasso, Ridge

                def train(rows, labels, names):
                    models = {models}
                    for {loop}:
                        model.fit(rows, labels)
                        joblib.dump(model, f"out/{{name}}.pkl")
                """,
        },
    )
    assert names(found) == ["Ridge", "Lasso"]


def test_the_best_that_a_loop_keeps_is_one_model(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "train.py": """
                import joblib
                from sklearn.linear_model import Lasso, Ridge

                def train(rows, labels):
                    best = 0
                    for name, model in {"a": Ridge(), "b": Lasso()}.items():
                        model.fit(rows, labels)
                        if model.score(rows, labels) > best:
                            best = model.score(rows, labels)
                            joblib.dump(model, "model.pkl")
                """,
        },
    )
    assert record.name == "Ridge or Lasso"


def test_a_librarys_model_under_a_new_name_is_a_model(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "train.py": """
                import joblib
                from sklearn.linear_model import Ridge

                class Ranker(Ridge):
                    pass

                def train(rows, labels):
                    model = Ranker(alpha=2.0)
                    model.fit(rows, labels)
                    joblib.dump(model, "models/ranker.pkl")
                """,
        },
    )
    assert record.name == "Ranker"
    assert texts(record, "artifacts") == ["models/ranker.pkl"]


SHOP_NODES = {
    "conf/base/catalog.yml": """
        clicks:
          type: pandas.CSVDataset
          filepath: data/01_raw/clicks.csv

        regressor:
          type: pickle.PickleDataset
          filepath: data/06_models/regressor.pickle
          versioned: true
        """,
    "conf/base/parameters.yml": """
        model_options:
          test_size: 0.2
          random_state: 3
        """,
    "src/shop/nodes.py": """
        from sklearn.linear_model import Ridge
        from sklearn.metrics import r2_score
        from sklearn.model_selection import train_test_split

        def split(rows, options):
            left, right = train_test_split(rows, test_size=options["test_size"], random_state=options["random_state"])
            return left, right

        def train(rows):
            model = Ridge()
            model.fit(rows[["price"]], rows.clicked)
            return model

        def evaluate(model, rows):
            return r2_score(rows.clicked, model.predict(rows[["price"]]))
        """,
    "src/shop/pipeline.py": """
        from kedro.pipeline import {node}, {pipeline}

        from .nodes import evaluate, split, train

        def create_pipeline():
            return {pipeline}(
                [
                    {node}(split, ["clicks", "params:model_options"], ["left", "right"]),
                    {node}(func=train, inputs="left", outputs="{kept}"),
                    {node}(func=evaluate, inputs={{"model": "{kept}", "rows": "right"}}, outputs="metrics"),
                ]
            )
        """,
}


@pytest.mark.parametrize(("node", "pipeline"), [("node", "pipeline"), ("Node", "Pipeline")])
def test_nodes_take_and_give_what_their_catalogue_names(tmp_path: Path, node: str, pipeline: str) -> None:
    written = SHOP_NODES["src/shop/pipeline.py"].format(node=node, pipeline=pipeline, kept="regressor")
    (record,) = register(tmp_path, {**SHOP_NODES, "src/shop/pipeline.py": written})
    assert record.name == "Ridge"
    assert texts(record, "sources") == ["data/01_raw/clicks.csv"]
    assert [(cell.text, cell.note) for cell in record.artifacts] == [
        ("data/06_models/regressor.pickle", "a version of each run")
    ]
    assert texts(record, "metrics") == ["r2_score"]
    assert [(cell.text, cell.note) for cell in record.parameters] == [("test_size", "0.2"), ("random_state", "3")]
    assert texts(record, "training") == ["src/shop/pipeline.py:create_pipeline"]
    graph = build_graph(read_project(tmp_path, Settings(cache=False, history=False, jobs=1)))
    assert "clicks" in {data["label"] for _, data in graph.nodes(data=True) if data["kind"] == "source"}


TWO_YEARS = {
    "conf/base/catalog.yml": """
        clicks_1:
          type: pandas.CSVDataset
          filepath: data/01_raw/clicks_1.csv

        clicks_2:
          type: pandas.CSVDataset
          filepath: data/01_raw/clicks_2.csv

        model:
          type: pickle.PickleDataset
          filepath: data/06_models/model.pickle
        """,
    "src/shop/nodes.py": """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import GridSearchCV

        def clean(rows):
            return rows.dropna()

        def train(one, two, grid):
            rows = pd.concat([one, two])
            search = GridSearchCV(Ridge(), param_grid=grid, cv=5)
            search.fit(rows[["price"]], rows.clicked)
            return search.best_estimator_

        def predict(model, rows):
            return model.predict(rows[["price"]])
        """,
    "src/shop/pipeline.py": """
        from kedro.pipeline import Node, Pipeline

        from .nodes import clean, predict, train

        def create_pipeline():
            return Pipeline(
                [
                    Node(func=clean, inputs="clicks_1", outputs="one", name="clean_1"),
                    Node(func=clean, inputs="clicks_2", outputs="two", name="clean_2"),
                    Node(func=train, inputs=["one", "two", "params:grid"], outputs="model", name="train"),
                    Node(func=predict, inputs=["model", "two"], outputs="clicked", name="predict"),
                ]
            )
        """,
}


def test_a_function_of_several_nodes_takes_the_data_of_each(tmp_path: Path) -> None:
    (record,) = register(tmp_path, TWO_YEARS)
    assert texts(record, "sources") == ["data/01_raw/clicks_1.csv", "data/01_raw/clicks_2.csv"]
    assert texts(record, "loaders") == ["src/shop/nodes.py:predict"]
    assert [(cell.text, cell.note) for cell in record.parameters] == [("cv", "5")]


def test_what_nodes_hand_on_in_memory_is_not_kept(tmp_path: Path) -> None:
    written = SHOP_NODES["src/shop/pipeline.py"].format(node="node", pipeline="pipeline", kept="passing")
    assert register(tmp_path, {**SHOP_NODES, "src/shop/pipeline.py": written}) == ()


def test_nodes_of_another_project_hand_nothing_over(tmp_path: Path) -> None:
    written = SHOP_NODES["src/shop/pipeline.py"].format(node="node", pipeline="pipeline", kept="regressor")
    shop = {**SHOP_NODES, "src/shop/pipeline.py": written}
    (tmp_path / "other").mkdir()
    apart = {f"other/{path}": text for path, text in shop.items() if path.startswith("src/")}
    found = register(tmp_path, {f"one/{path}": text for path, text in shop.items()} | apart)
    assert [record.path for record in found] == ["one/src/shop/nodes.py"]


def test_data_that_an_option_names_by_default_is_told(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "train.py": """
                import argparse
                import joblib
                import pandas as pd
                from sklearn.linear_model import Ridge

                parser = argparse.ArgumentParser()
                parser.add_argument("--rows", default="data/clicks.csv")
                args = parser.parse_args()
                rows = pd.read_csv(args.rows)
                model = Ridge().fit(rows[["age"]], rows.price)
                joblib.dump(model, "ridge.joblib")
                """,
        },
    )
    assert [(cell.text, cell.note) for cell in record.sources] == [("{args.rows}", "by default data/clicks.csv")]


def test_what_measures_predictions_of_an_object_that_goes_over_data_is_a_metric(tmp_path: Path) -> None:
    (record,) = register(
        tmp_path,
        {
            "train.py": """
                import joblib
                import ray
                from sklearn.linear_model import Ridge

                def train(rows, prices):
                    model = Ridge().fit(rows, prices)
                    joblib.dump(model, "pricing.joblib")
                """,
            "evaluate.py": """
                import joblib
                import ray
                from sklearn.metrics import r2_score

                class Predictor:
                    def __init__(self):
                        self.model = joblib.load("pricing.joblib")

                    def __call__(self, batch):
                        return {"output": self.model.predict(batch)}

                def evaluate(truth):
                    predictor = Predictor()
                    rows = ray.data.read_csv("holdout.csv")
                    answers = rows.map_batches(predictor).take_all()
                    print(r2_score(truth, [each["output"] for each in answers]))
                """,
        },
    )
    assert texts(record, "metrics") == ["r2_score"]


def test_what_transforms_by_itself_is_no_model(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n',
        "shop/__init__.py": "",
        "shop/text.py": """
            from sklearn.base import BaseEstimator, TransformerMixin
            from sklearn.linear_model import Ridge
            from sklearn.preprocessing import OrdinalEncoder

            class Joined(BaseEstimator, TransformerMixin):
                def fit(self, rows, y=None):
                    return self

                def transform(self, rows):
                    return [" ".join(row) for row in rows]

            class Codes(OrdinalEncoder):
                def fit(self, rows, y=None):
                    return super().fit(rows)

            class Zones(BaseEstimator, TransformerMixin):
                def fit(self, rows, y=None):
                    self.prices = Ridge()
                    self.prices.fit(self._score_columns(rows), y)
                    return self

                def _score_columns(self, rows):
                    return rows / rows.std()

                def transform(self, rows):
                    return rows * self.prices.coef_

            class Centred:
                def fit(self, rows):
                    self.means = self._detect_means(rows)
                    return self

                def _detect_means(self, rows):
                    return rows.mean()

                def transform(self, rows):
                    return rows - self.means

            class Prices(Ridge):
                def fit(self, rows, prices):
                    return super().fit(rows, prices)
            """,
    }
    assert names(register(tmp_path, files)) == ["Prices"]


def test_what_one_call_makes_for_its_own_question_is_no_kept_model(tmp_path: Path) -> None:
    made = """
        from fastapi import FastAPI
        from sklearn.svm import LinearSVC

        app = FastAPI()

        @app.get("/like")
        def like(tags: str):
            rows, labels = positives(tags)
            model = LinearSVC()
            model.fit(rows, labels)
            return list(model.decision_function(rows))
        """
    kept = (
        made.replace("model = LinearSVC()\n            model.fit(rows, labels)", "model = fitted(rows, labels)")
        + """
        def fitted(rows, labels):
            return LinearSVC().fit(rows, labels)
        """
    )
    assert names(register(tmp_path / "a", {"app.py": made})) == []
    assert names(register(tmp_path / "b", {"app.py": kept})) == ["LinearSVC"]


def test_what_a_base_asks_of_itself_is_not_asked_of_its_other_classes(tmp_path: Path) -> None:
    base = """
        import abc

        class Base(abc.ABC):
            def __call__(self, rows):
                return self.predict(rows)

            @abc.abstractmethod
            def predict(self, rows):
                pass
        """
    one = """
        import joblib
        from sklearn.linear_model import Ridge
        from base import Base

        class {name}(Base):
            def fit(self, rows, labels):
                self.model = Ridge().fit(rows, labels)
                joblib.dump(self.model, "{name}.joblib")

            def predict(self, rows):
                return self.model.predict(rows)

        {name}().fit(ROWS, LABELS)
        """
    texts = {"base.py": base, **{f"{name}.py": one.format(name=name.title()) for name in ("alpha", "beta")}}
    for path, text in texts.items():
        (tmp_path / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    asked = {
        model.name: {call.body.module.path for call in model.asked if call.body.module.path != "base.py"}
        for model in project.trained_models
    }
    assert asked == {"Alpha": {"alpha.py"}, "Beta": {"beta.py"}}


HANDS_ON = """
    class Remote:
        def train(self, procedure, rows):
            job = cluster.start(procedure, rows)
            return job.wait()

        def predict(self, rows):
            return cluster.ask(rows)

    Remote().train(PROCEDURE, ROWS)
    """


def test_what_hands_a_training_on_or_leaves_it_open_is_no_model(tmp_path: Path) -> None:
    package = {"pyproject.toml": '[project]\nname = "shop"\n', "shop/__init__.py": ""}
    learns = HANDS_ON.replace("return job.wait()", "self.weights = job.wait()")
    open_ = HANDS_ON.replace("job = cluster.start(procedure, rows)", "pass").replace("return job.wait()", "pass")
    assert names(register(tmp_path / "a", {**package, "shop/remote.py": HANDS_ON})) == []
    assert names(register(tmp_path / "b", {**package, "shop/remote.py": open_})) == []
    assert names(register(tmp_path / "c", {**package, "shop/remote.py": learns})) == ["Remote"]


_HOLDER = """
    import pickle

    class Grouping:
        def __init__(self, part):
            self.part = part

        def fit(self, rows):
            self.part.fit(rows)
            return self

        def predict(self, rows):
            return self.part.predict(rows)
"""
_SAVES = """
        def save(self, path):
            with open(path, "wb") as file:
                pickle.dump(self.part, file)
"""


@pytest.mark.parametrize(
    ("keeps", "more", "names"),
    [("pickle.dump(grouping, file)", "", {"Grouping"}), ("grouping.save('part.pkl')", _SAVES, {"KMeans", "Birch"})],
)
def test_exchangeable_parts_of_what_is_kept_are_no_models_of_their_own(
    tmp_path: Path, keeps: str, more: str, names: set[str]
) -> None:
    use = f"""
        import pickle
        import pandas as pd
        from grouping import Grouping
        from sklearn.cluster import {{part}}

        rows = pd.read_csv("rows.csv")
        grouping = Grouping({{part}}())
        grouping.fit(rows)
        with open("grouping.pkl", "wb") as file:
            {keeps}
    """
    files = {"grouping.py": _HOLDER + more, "one.py": use.format(part="KMeans"), "other.py": use.format(part="Birch")}
    assert {record.name for record in register(tmp_path, files)} == names


def test_a_class_of_the_repository_that_loads_weights_by_its_base_is_called_by_its_own_name(tmp_path: Path) -> None:
    files = {
        "heads.py": """
            from torch import nn
            from transformers import BertModel

            class GradeHead(BertModel):
                def __init__(self, config):
                    super().__init__(config)
                    self.grade = nn.Linear(config.hidden_size, 1)
            """,
        "train.py": """
            import torch
            from heads import GradeHead
            from transformers import BertModel

            def learn(net, batches):
                optimizer = torch.optim.Adam(net.parameters())
                for rows, grades in batches:
                    loss = torch.nn.functional.mse_loss(net(rows), grades)
                    loss.backward()
                    optimizer.step()
                net.save_pretrained("net")

            own = GradeHead.from_pretrained("bert-base-uncased")
            learn(own, load("own"))
            plain = BertModel.from_pretrained("bert-base-uncased")
            learn(plain, load("plain"))
            """,
    }
    assert names(register(tmp_path, files)) == ["GradeHead or BertModel"]


TOWERS = """
    import torch
    from torch import nn

    class Tower(nn.Module):
        def forward(self, rows):
            return rows

    class Retrieval(nn.Module):
        def __init__(self, tower):
            super().__init__()
            self.tower = tower

        def forward(self, rows):
            return self.tower(rows)

    class Ranker(nn.Module):
        def __init__(self, tower):
            super().__init__()
            self.tower = tower

        def forward(self, rows):
            return self.tower(rows)

    def learn(net, batches):
        optimizer = torch.optim.Adam(net.parameters())
        for rows in batches:
            net(rows).sum().backward()
            optimizer.step()
    """
LEARNS = """
    import torch
    from towers import {name}, Tower, learn

    tower = Tower()
    net = {name}(tower)
    learn(net, torch.load("rows.pt"))
    torch.save(net.state_dict(), "{name}.pt")
    {more}
    """


@pytest.mark.parametrize(
    ("more", "found"),
    [("", ["Ranker", "Retrieval"]), ('torch.save(tower.state_dict(), "tower.pt")', ["Ranker", "Retrieval", "Tower"])],
)
def test_a_part_of_several_models_is_none_unless_it_is_kept_by_itself(
    tmp_path: Path, more: str, found: list[str]
) -> None:
    programs = {f"{name.lower()}.py": LEARNS.format(name=name, more=more) for name in ("Retrieval", "Ranker")}
    assert sorted(names(register(tmp_path, {"towers.py": TOWERS, **programs}))) == found


def test_a_part_of_several_models_that_a_package_hands_out_is_handed_out_too(tmp_path: Path) -> None:
    learns = LEARNS.replace("from towers", "from shop.towers").partition("    torch.save")[0]
    files = {f"{name.lower()}.py": learns.format(name=name) for name in ("Retrieval", "Ranker")}
    package = {"pyproject.toml": '[project]\nname = "shop"\n', "shop/__init__.py": "", "shop/towers.py": TOWERS}
    assert sorted(names(register(tmp_path, {**package, **files}))) == ["Ranker", "Retrieval", "Tower"]


EXPLAINED = """
    import torch
    from nets import Net

    class Explainer:
        def __init__(self, net, layer):
            self.net = net
            layer.register_forward_hook(self.keep)

        def keep(self, module, given, found):
            self.found = found

        def generate(self, picture, label):
            self.net.zero_grad(set_to_none=True)
            score = self.net(picture)[0, label]
            score.backward()
            {after}
            return self.found.grad.mean()

    net = Net()
    net.load_state_dict(torch.load("net.pt"))
    heat = Explainer(net, net.layer).generate(torch.load("picture.pt"), 3)
    torch.save(net.state_dict(), "net.pt")
    """
NET = """
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(3, 2)

        def forward(self, rows):
            return self.layer(rows)
    """


def test_what_only_derives_is_no_model_and_trains_none(tmp_path: Path) -> None:
    assert names(register(tmp_path, {"explain.py": EXPLAINED.format(after="pass"), "nets.py": NET})) == []
    learns = EXPLAINED.format(after="torch.optim.SGD(self.net.parameters(), lr=0.1).step()")
    assert "Net" in names(register(tmp_path, {"explain.py": learns, "nets.py": NET}))


@pytest.mark.parametrize(
    ("loop", "told"),
    [
        ("for name, path in PATHS.items():", ["data/a.csv", "data/b.csv"]),
        ("for path in PATHS.values():", ["data/a.csv", "data/b.csv"]),
        ('for path in ["data/c.csv", "data/d.csv"]:', ["data/c.csv", "data/d.csv"]),
        ("for path in PATHS:", ["{PATHS}"]),
        ("for path in found(PATHS):", ["{path}"]),
    ],
)
def test_a_loop_over_paths_that_are_written_out_names_them(loop: str, told: list[str], tmp_path: Path) -> None:
    code = f"""
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        PATHS = {{"a": "data/a.csv", "b": "data/b.csv"}}
        parts = []
        {loop}
            parts.append(pd.read_csv(path))
        rows = pd.concat(parts)
        joblib.dump(Ridge().fit(rows[["a"]], rows.b), "ridge.joblib")
        """
    (record,) = register(tmp_path, {"train.py": code})
    assert texts(record, "sources") == told

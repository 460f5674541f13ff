"""What is kept of a model while it is trained or in a registry, and who takes it up again."""

from collections.abc import Mapping
from pathlib import Path

from mldebt.inventory import ModelRecord
from tests.pipeline.conftest import model_records


def records(root: Path, texts: Mapping[str, str]) -> dict[str, ModelRecord]:
    return {record.name: record for record in model_records(root, texts)}


def places(record: ModelRecord, column: str) -> list[str]:
    return [f"{cell.location.path}: {cell.text}" for cell in getattr(record, column)]


def kept(record: ModelRecord) -> list[tuple[str, str]]:
    return [(cell.text, cell.note) for cell in record.artifacts]


KERAS = """
    from tensorflow import keras

    def make(rate):
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(loss="mse", metrics=["accuracy", keras.metrics.AUC()])
        return model

    model = make(0.1)
    best = keras.callbacks.ModelCheckpoint("clothes_{epoch:02d}_{val_auc:.3f}.h5", save_best_only=True)
    model.fit(x, y, validation_data=held_out, callbacks=[best])
    """


def test_a_callback_keeps_the_model_that_it_is_given_to(tmp_path: Path) -> None:
    loads = {
        "serving/convert.py": 'from tensorflow import keras\nmodel = keras.models.load_model("clothes_08_0.894.h5")\n',
        "serving/other.py": 'from tensorflow import keras\nmodel = keras.models.load_model("shoes_08_0.894.h5")\n',
    }
    (model,) = records(tmp_path, {"train.py": KERAS, **loads}).values()
    assert kept(model) == [("clothes_{epoch:02d}_{val_auc:.3f}.h5", "numbered by step")]
    assert places(model, "loaders") == ["serving/convert.py: serving/convert.py"]
    assert [cell.text for cell in model.metrics] == ["accuracy", "AUC"]


def test_what_a_model_is_compiled_with_is_no_metric_where_nothing_is_held_out(tmp_path: Path) -> None:
    (model,) = records(tmp_path, {"train.py": KERAS.replace("validation_data=held_out, ", "")}).values()
    assert model.metrics == ()


LOGGED = """
    import mlflow
    from sklearn.linear_model import {name}

    def main(x, y):
        model = {name}()
        model.fit(x, y)
        with mlflow.start_run() as run:
            mlflow.sklearn.log_model(model, artifact_path="model"{more})
        return mlflow.sklearn.load_model(f"runs:/{{run.info.run_id}}/model")
    """
LOADED = """
    import mlflow

    def load(run):
        return mlflow.sklearn.load_model(f"runs:/{run}/model")
    """
CLIENT = """
    import mlflow

    NAME = "Churn_Model"

    def load():
        return mlflow.sklearn.load_model(f"models:/{NAME}@production")
    """


def test_a_registered_model_is_loaded_by_its_name_and_one_that_a_run_logged_by_its_run(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        {
            "ridge.py": LOGGED.format(name="Ridge", more=""),
            "lasso.py": LOGGED.format(name="Lasso", more=', registered_model_name="Churn_Model"'),
            "client.py": CLIENT,
            "serving/client.py": LOADED,
            "again.py": LOADED
            + '\n    def keep(run, it):\n        mlflow.sklearn.log_model(it, artifact_path="model")\n',
            "beside.py": LOADED,
        },
    )
    assert kept(found["Ridge"]) == [("model", "differs by run")]
    assert places(found["Ridge"], "loaders") == ["beside.py: beside.py:load", "ridge.py: ridge.py:main"]
    assert kept(found["Lasso"]) == [("Churn_Model", "registry version")]
    assert places(found["Lasso"], "loaders") == ["client.py: client.py:load"]


def test_the_one_model_that_a_project_logs_is_loaded_all_over_it(tmp_path: Path) -> None:
    texts = {"deploy/train/ridge.py": LOGGED.format(name="Ridge", more=""), "deploy/batch/score.py": LOADED}
    found = records(tmp_path, texts | {"other/score.py": LOADED})["Ridge"]
    assert [cell.location.path for cell in found.loaders] == ["deploy/batch/score.py", "deploy/train/ridge.py"]


def test_a_model_that_was_pickled_beside_its_vectorizer_serves_where_both_are_loaded(tmp_path: Path) -> None:
    train = """
        import pickle
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression

        vectorizer = DictVectorizer()
        model = LogisticRegression().fit(vectorizer.fit_transform(rows), labels)
        with open("churn.bin", "wb") as f:
            pickle.dump((vectorizer, model), f)
        """
    serve = """
        import pickle
        from flask import Flask, request

        with open("churn.bin", "rb") as f:
            vectorizer, model = pickle.load(f)

        app = Flask("churn")

        def ask(row, vectorizer, model):
            return model.predict_proba(vectorizer.transform([row]))

        @app.route("/predict", methods=["POST"])
        def predict():
            return ask(request.get_json(), vectorizer, model)
        """
    (model,) = records(tmp_path, {"train.py": train, "serve.py": serve}).values()
    assert [(cell.text, cell.note) for cell in model.serving] == [("serve.py:predict", "/predict")]


def test_a_library_s_model_in_an_attribute_keeps_the_object_that_trains_it(tmp_path: Path) -> None:
    text = """
        import mlflow
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import Pipeline

        class PriceModel:
            def __init__(self):
                self.steps = Pipeline([("ridge", Ridge())])

            def train(self, x, y):
                self.steps.fit(x, y)

            def predict(self, x):
                return self.steps.predict(x)

        def main(x, y):
            prices = PriceModel()
            prices.train(x, y)
            mlflow.sklearn.log_model(prices.steps, artifact_path="prices")
        """
    (model,) = records(tmp_path, {"train.py": text}).values()
    assert (model.name, kept(model)) == ("PriceModel", [("prices", "differs by run")])


def test_one_script_that_starts_many_steps_is_told_with_the_step_of_the_model(tmp_path: Path) -> None:
    step = """
        import joblib
        from sklearn.linear_model import {name}

        def {function}(x, y):
            joblib.dump({name}().fit(x, y), "{function}.joblib")
        """
    texts = {
        "steps/ridge.py": step.format(name="Ridge", function="fit_ridge"),
        "steps/lasso.py": step.format(name="Lasso", function="fit_lasso"),
        "run.py": """
            import sys
            from steps.ridge import fit_ridge
            from steps.lasso import fit_lasso

            if __name__ == "__main__":
                {"fit_ridge": fit_ridge, "fit_lasso": fit_lasso}[sys.argv[1]](x, y)
                fit_ridge(x, y)
                fit_lasso(x, y)
            """,
        "README.md": "# Prices\n\n    python run.py --help\n    python run.py fit_ridge\n    python run.py fit_lasso\n",
    }
    found = records(tmp_path, texts)
    assert {name: record.training[0].note for name, record in found.items()} == {
        "Ridge": "python run.py fit_ridge",
        "Lasso": "python run.py fit_lasso",
    }


FACTORY = {
    "words/__init__.py": "",
    "words/above.py": """
        import joblib

        class Model:
            def store_labels(self, config, labels):
                joblib.dump(labels, f"{config.folder}/label_mapping.pkl")

            def load_labels(self, config):
                return joblib.load(f"{config.folder}/label_mapping.pkl")
        """,
    "words/bag.py": """
        import joblib
        import pandas as pd
        from sklearn.svm import SVC
        from .above import Model

        class BagOfWords(Model):
            def train(self, config):
                rows = pd.read_csv(config.words)
                self.store_labels(config, rows.label.unique())
                self.model = SVC()
                self.model.fit(rows[["text"]], rows.label)
                joblib.dump(self.model, f"{config.folder}/model.bin")

            def predict(self, config, rows):
                self.model = joblib.load(f"{config.folder}/model.bin")
                return self.model.predict(rows)
        """,
    "words/fasttext.py": """
        import fasttext
        from .above import Model

        class Fast(Model):
            def train(self, config):
                self.model = fasttext.train_supervised(config.lines)
                self.model.quantize(config.lines, retrain=True)
                self.model.save_model(f"{config.folder}/model.bin")

            def predict(self, config, rows):
                self.model = fasttext.load_model(f"{config.folder}/model.bin")
                return self.model.predict(rows)
        """,
    "words/main.py": """
        import argparse

        def make(name):
            if name == "bag":
                from .bag import BagOfWords
                return BagOfWords()
            if name == "fast":
                from .fasttext import Fast
                return Fast()

        def main():
            args = argparse.ArgumentParser().parse_args()
            model = make(args.name)
            model.train(args)

        if __name__ == "__main__":
            main()
        """,
}


def test_of_models_that_one_function_makes_each_is_kept_and_loaded_by_its_own_class(tmp_path: Path) -> None:
    found = records(tmp_path, FACTORY)
    assert list(found) == ["BagOfWords", "Fast"]
    for record, path in zip(found.values(), ("words/bag.py", "words/fasttext.py"), strict=True):
        assert places(record, "artifacts") == [f"{path}: {{config.folder}}/model.bin"]
        assert [cell.location.path for cell in record.loaders] == [path]


SCANS = {
    "configs/config.yaml": """
        seed: 3
        data:
          folder: data/processed
          raw: data/raw
        """,
    "scans/data.py": """
        from pathlib import Path

        import pytorch_lightning as pl
        import torch
        from PIL import Image
        from torch.utils.data import DataLoader, Dataset

        class Tensors(Dataset):
            def __init__(self, folder, split="train"):
                self.folder = Path(folder)
                self.images = torch.load(self.folder / f"{split}_images.pt")

            def __getitem__(self, place):
                return self.images[place]

        class Pictures(Dataset):
            def __init__(self, folder):
                self.samples = []
                for path in Path(folder).rglob("*"):
                    self.samples.append((path, path.parent.name))

            def __getitem__(self, place):
                path, label = self.samples[place]
                return Image.open(path), label

        class Scans(pl.LightningDataModule):
            def __init__(self, cfg):
                super().__init__()
                self.cfg = cfg

            def setup(self, stage=None):
                folder = Path(self.cfg.data.get("folder", "elsewhere"))
                if folder.exists():
                    self.train_set = Tensors(folder)
                    self.test_set = Tensors(folder, split="test")
                else:
                    self.train_set = Pictures(self.cfg.data.raw)

            def train_dataloader(self):
                return DataLoader(self.train_set)

        def show(folder="pictures"):
            return Pictures(folder)[0]
        """,
    "scans/train.py": """
        from pathlib import Path

        import hydra
        import pytorch_lightning as pl
        import torch
        from pytorch_lightning.callbacks import ModelCheckpoint
        from scans.data import Scans

        def build(cfg):
            return torch.nn.Linear(3, cfg.seed)

        class Lit(pl.LightningModule):
            def __init__(self, cfg):
                super().__init__()
                self.model = build(cfg)

            def training_step(self, batch, number):
                loss = self.model(batch).sum()
                self.log("train_acc", loss)
                return loss

            def validation_step(self, batch, number):
                self.log("val_loss", 1.0)
                self.log("val_acc", self.accuracy(batch))

            def test_step(self, batch, number):
                self.log_dict({"test_acc": self.accuracy(batch)})

            def accuracy(self, batch):
                return (self.model(batch).argmax() == batch).float().mean()

        @hydra.main(config_path="../configs", config_name="config")
        def main(cfg):
            folder = Path(hydra.core.hydra_config.HydraConfig.get().runtime.output_dir)
            lit = Lit(cfg)
            best = ModelCheckpoint(dirpath=str(folder), filename="best_scan", monitor="val_acc")
            trainer = pl.Trainer(callbacks=[best])
            trainer.fit(lit, datamodule=Scans(cfg))
            torch.save(lit.model.state_dict(), folder / "scanner.pt")

        if __name__ == "__main__":
            main()
        """,
    "scans/api.py": """
        import torch
        from fastapi import FastAPI
        from scans.train import build

        app = FastAPI()
        model = None

        @app.on_event("startup")
        def load():
            global model
            model = build({})
            state = torch.load("outputs/scanner.pt")
            model.load_state_dict(state)

        @app.post("/scan")
        def scan(rows: list[float]) -> float:
            return model(torch.tensor(rows)).item()
        """,
}


def test_a_module_of_lightning_with_its_data_its_best_checkpoint_and_what_it_logs(tmp_path: Path) -> None:
    model = records(tmp_path, SCANS)["Lit"]
    assert sorted(cell.text for cell in model.sources) == ["data/processed/train_images.pt", "data/raw"]
    assert [text for text, _ in kept(model)][:2] == [
        "{runtime.output_dir}/best_scan.ckpt",
        "{runtime.output_dir}/scanner.pt",
    ]
    assert [cell.text for cell in model.metrics] == ["val_acc", "test_acc"]
    assert places(model, "loaders") == ["scans/api.py: scans/api.py:load"]
    assert [cell.note for cell in model.serving] == ["/scan"]


STAGED = {
    "fraud/training.py": """
        import joblib
        from sklearn.ensemble import RandomForestClassifier

        def train(rows, path):
            model = RandomForestClassifier(random_state=3)
            model.fit(rows[["amount"]], rows.fraud)
            return keep(model, path)

        def keep(model, path):
            joblib.dump({"model": model}, path)
        """,
    "fraud/main.py": """
        import argparse
        from pathlib import Path

        import pandas as pd
        from fraud.training import train

        ROOT = Path(__file__).resolve().parent.parent
        DEFAULT = ROOT / "models" / "fraud_v1.joblib"

        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--data")
            parser.add_argument("--model", type=Path, default=DEFAULT)
            args = parser.parse_args()
            train(pd.read_csv(args.data), args.model)

        if __name__ == "__main__":
            main()
        """,
    "fraud/weekly.py": """
        import os
        from pathlib import Path

        import pandas as pd
        from fraud.training import train

        def root():
            override = os.getenv("ROOT", "").strip()
            if override:
                return Path(override)
            return Path(__file__).resolve().parent.parent

        def candidate():
            return Path(os.getenv("CANDIDATE", str(root() / "models" / "candidate.joblib")))

        if __name__ == "__main__":
            train(pd.read_csv(root() / "data" / "payments.csv"), candidate())
        """,
    "consumer/scoring.py": """
        import os
        from dataclasses import dataclass
        from pathlib import Path

        import joblib

        MODEL = Path(__file__).resolve().parent.parent / "models" / "fraud_v1.joblib"

        @dataclass
        class Settings:
            model: Path = Path(os.getenv("FRAUD_MODEL", str(MODEL)))

        settings = Settings()

        def score(rows):
            return joblib.load(settings.model)["model"].predict(rows)
        """,
}


def test_a_model_that_several_programs_keep_has_the_place_of_each(tmp_path: Path) -> None:
    (model,) = records(tmp_path, STAGED).values()
    assert sorted(kept(model)) == [
        ("$CANDIDATE", "named in the environment, by default models/candidate.joblib"),
        ("{args.model}", "named on the command line, by default models/fraud_v1.joblib"),
    ]
    assert sorted(cell.text for cell in model.sources) == ["data/payments.csv", "{args.data}"]
    assert places(model, "loaders") == ["consumer/scoring.py: consumer/scoring.py:score"]


def test_functions_of_libraries_that_are_taken_out_of_a_dictionary_keep_and_load(tmp_path: Path) -> None:
    texts = {
        "train.py": """
            import mlflow
            import pandas as pd
            from lightgbm import LGBMClassifier
            from xgboost import XGBClassifier

            KEEPS = {"xgb": mlflow.xgboost.log_model, "lgb": mlflow.lightgbm.log_model}

            def train(kind, rows):
                model = XGBClassifier() if kind == "xgb" else LGBMClassifier()
                model.fit(rows.x, rows.y)
                return model

            rows = pd.read_csv("rows.csv")
            found = {}
            for kind in KEEPS:
                found[(kind, "all")] = dict(model=train(kind, rows), rate=0.1)
            for (kind, _), each in found.items():
                KEEPS[kind](each["model"], name="scorer")
            """,
        "ask.py": """
            import mlflow

            LOADS = {"xgb": mlflow.xgboost.load_model, "lgb": mlflow.lightgbm.load_model}

            def ask(kind, rows):
                return LOADS[kind]("models:/scorer/1").predict(rows)
            """,
    }
    (model,) = records(tmp_path, texts).values()
    assert model.name == "XGBClassifier or LGBMClassifier"
    assert kept(model) == [("scorer", "differs by run")]
    assert places(model, "loaders") == ["ask.py: ask.py:ask"]


MOVED = """
    import os
    import torch
    from pathlib import Path
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, rows):
            return self.layer(rows)

        def forward_state(self, rows, state):
            return self.layer(rows + state)

    class BatchLoss(nn.Module):
        def forward(self, scores):
            return scores.sum()

    def keep(path, payload):
        part = path.with_suffix(path.suffix + ".part")
        torch.save(payload, part)
        {moves}

    net, loss = Net(), BatchLoss()
    optimizer = torch.optim.Adam(net.parameters())
    for rows in torch.load("rows.pt"):
        loss(net(rows)).backward()
        optimizer.step()
    keep(Path("out/net.pt"), {{"state": net.state_dict()}})
    """


def test_what_is_written_beside_is_kept_where_it_is_moved_to_and_a_loss_is_no_model(tmp_path: Path) -> None:
    for place, moves in (("a", "part.replace(path)"), ("b", "os.replace(part, path)")):
        found = records(tmp_path / place, {"train.py": MOVED.format(moves=moves)})
        assert {name: kept(model) for name, model in found.items()} == {
            "Net": [("out/net.pt", "every run writes over it")]
        }


def test_every_way_through_a_network_asks_it(tmp_path: Path) -> None:
    app = """
        import torch
        from fastapi import FastAPI
        from train import Net

        app = FastAPI()
        net = Net()
        net.load_state_dict(torch.load("out/net.pt"))

        @app.post("/step")
        def step(rows: list, state: list):
            return net.forward_state(rows, state)

        @app.post("/reload")
        def reload():
            net.load_state_dict(torch.load("out/net.pt"))
        """
    (model,) = records(tmp_path, {"train.py": MOVED.format(moves="part.replace(path)"), "app.py": app}).values()
    assert [cell.note for cell in model.serving] == ["/step"]


ENCODERS = {
    "search/encoders.py": """
        import torch
        from transformers import AutoModel

        def score(batch, query_net, text_net):
            return query_net(batch["query"]).pooler_output @ text_net(batch["text"]).pooler_output.T

        def run(batches, query_net, text_net, optimizer):
            for batch in batches:
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(score(batch, query_net, text_net), batch["labels"])
                loss.backward()
                optimizer.step()

        def train(batches):
            query_net = AutoModel.from_pretrained("shop/query")
            text_net = AutoModel.from_pretrained("shop/text")
            optimizer = torch.optim.AdamW(list(query_net.parameters()) + list(text_net.parameters()), lr=1e-5)
            run(batches, query_net=query_net, text_net=text_net, optimizer=optimizer)
            query_net.save_pretrained("out/query_encoder")
            text_net.save_pretrained("out/text_encoder")
        """,
}


def test_networks_whose_weights_one_optimizer_is_given_together_are_each_trained(tmp_path: Path) -> None:
    found = model_records(tmp_path, ENCODERS)
    assert [[text for text, _ in kept(each)] for each in found] == [["out/query_encoder"], ["out/text_encoder"]]
    assert [[cell.text for cell in each.base_models] for each in found] == [["shop/query"], ["shop/text"]]


INDEXED = {
    "search/training.py": """
        import argparse

        import lightgbm
        import pandas as pd

        def main():
            rows = pd.read_csv("rows.csv")
            model = lightgbm.LGBMRanker().fit(rows[["a"]], rows.clicked)
            model.booster_.save_model("ranker.txt")
        """,
    "search/index.py": """
        import pickle

        class Index:
            def __init__(self, words):
                self.words = words

            def save(self, path):
                with open(path, "wb") as file:
                    pickle.dump(self.words, file)

            @classmethod
            def load(cls, path):
                with open(path, "rb") as file:
                    return cls(pickle.load(file))

            def predict(self, text):
                return self.words.predict(text)
        """,
    "search/serving.py": """
        import argparse

        from fastapi import FastAPI
        from search.index import Index

        app = FastAPI()
        parser = argparse.ArgumentParser()
        parser.add_argument("--index")
        INDEX = Index.load(parser.parse_args().index)

        @app.get("/find")
        def find(text: str):
            return INDEX.predict(text)
        """,
}


def test_what_a_class_stores_and_loads_itself_is_not_the_one_model_of_a_project(tmp_path: Path) -> None:
    (found,) = model_records(tmp_path, INDEXED)
    assert (places(found, "loaders"), places(found, "serving")) == ([], [])


MANY_PARTS = {
    "train.py": """
        import joblib
        from sklearn.linear_model import Ridge

        def train(rows, size, day, hour, depth, rate, rounds, fold, kind):
            model = Ridge().fit(rows, rows)
            joblib.dump(model, f"ranker{size}{day}{hour}{depth}{rate}{rounds}{fold}{kind}.pt")
        """,
    "serve.py": """
        import joblib

        model = joblib.load("ranker_2024_small.pt")
        other = joblib.load("ranker_imagenet_2024_05_06_best_model_weights_of_the_last_run.bin")
        bank = joblib.load("rankers_2024_small.pt")

        def ask(rows):
            return model.predict(rows), other.predict(rows), bank.predict(rows)
        """,
}


def test_a_name_of_many_open_parts_is_compared_once_with_each_other(tmp_path: Path) -> None:
    (found,) = model_records(tmp_path, MANY_PARTS)
    assert [(cell.location.path, cell.location.line) for cell in found.loaders] == [("serve.py", 3)]

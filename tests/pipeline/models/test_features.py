from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings


def records(root: Path, files: str | Mapping[str, str]) -> tuple[ModelRecord, ...]:
    for path, text in ({"train.py": files} if isinstance(files, str) else files).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()


def inputs(record: ModelRecord) -> tuple[list[str], list[str], list[str]]:
    columns = (record.features, record.makers, record.targets)
    features, makers, targets = ([cell.text for cell in column] for column in columns)
    return features, makers, targets


def values(record: ModelRecord) -> dict[str, tuple[str, str]]:
    """The parameters by name: the value, and the file that gives it with its line."""
    return {
        cell.text: (cell.note, f"{cell.location.path}:{cell.location.line}" if cell.location else "")
        for cell in record.parameters
    }


def test_columns_that_are_chosen_and_the_target_through_a_split(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler

        COLUMNS = ["age", "visits", "ratio"]
        rows = pd.read_csv("rows.csv")
        rows["ratio"] = rows["visits"] / rows["age"]
        rows["unused"] = rows["age"] * 2
        rows = rows[["age", "visits", "ratio", "churned", "name"]]
        left, right, known, wanted = train_test_split(rows[COLUMNS], rows["churned"], random_state=1)
        scaler = StandardScaler()
        left = scaler.fit_transform(left)
        model = LogisticRegression(C=0.5)
        model.fit(left, known)
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record) == (["age", "visits", "ratio"], ["StandardScaler"], ["churned"])


def test_what_is_computed_counts_where_nothing_is_chosen_and_it_is_not_dropped(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        rows = pd.read_csv("rows.csv")
        rows["ratio"] = rows["visits"] / rows["age"]
        rows["total"] = rows["visits"] + rows["age"]
        rows["name"] = rows["name"].astype(str)
        answers = rows["churned"]
        rows = rows.drop(columns=["total", "churned"])
        model = LogisticRegression().fit(rows, y=answers)
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record) == (["ratio"], [], ["churned"])


def test_a_pipeline_holds_what_makes_the_features(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import Pipeline
        from sklearn.preprocessing import StandardScaler

        rows = pd.read_csv("rows.csv")
        model = Pipeline(
            [
                ("prepare", ColumnTransformer([
                    ("numbers", StandardScaler(), ["age", "visits"]),
                    ("words", TfidfVectorizer(), "comment"),
                ])),
                ("model", LogisticRegression()),
            ]
        )
        model.fit(rows, rows.churned)
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record)[1:] == (["StandardScaler of age, visits", "TfidfVectorizer of comment"], ["churned"])


def test_a_teams_own_extractors_are_features_as_far_as_the_flags_of_the_class_say(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import Pipeline

        class HasUrl:
            def __call__(self, row):
                return "http" in row["text"]

        class Length:
            def __call__(self, row):
                return len(row["text"])

        class Author:
            def __call__(self, row):
                return row["author"]

        class Lower:
            def __call__(self, text):
                return text.lower()

        class Extractor(BaseEstimator, TransformerMixin):
            def __init__(self, feature_extractors, cleanups):
                self.feature_extractors = feature_extractors
                self.cleanups = cleanups

            def fit(self, rows, y=None):
                return self

            def transform(self, rows):
                return [[each(row) for each in self.feature_extractors] for row in rows]

        class Model:
            def __init__(self, authors=False):
                extractors = [HasUrl(), Length()]
                if authors:
                    extractors += [Author()]
                self.pipeline = Pipeline([("extract", Extractor(extractors, [Lower()]))])
                self.clf = LogisticRegression()

            def train(self):
                rows = pd.read_csv("rows.csv")
                self.clf.fit(self.pipeline.transform(rows), rows["spam"])
                joblib.dump(self.clf, "model.joblib")

            def predict(self, rows):
                return self.clf.predict(self.pipeline.transform(rows))
        """,
    )
    assert inputs(record) == (["HasUrl", "Length"], ["Lower"], ["spam"])
    assert record.features[0].note == "feature_extractors of Extractor"


def test_a_key_that_picks_no_columns_names_no_features(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import json
        import joblib
        from sklearn.linear_model import LogisticRegression

        PARTS = ("train", "test")

        def load(part):
            with open("rows.json") as file:
                return json.load(file)[part]

        for part in PARTS:
            rows = load(part)
        model = LogisticRegression().fit(rows, load("answers"))
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record) == ([], [], [])


def test_parameters_come_from_files_options_and_the_constructor(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        {
            "conf/train.yaml": """
                model:
                  alpha: 0.25
                  shuffle: true
                data:
                  path: rows.csv
                rounds: 300
                unused: 7
                """,
            "train.py": """
                import argparse
                import joblib
                import pandas as pd
                import yaml
                from sklearn.linear_model import SGDClassifier

                class Ranker:
                    def __init__(self, margin=0.3):
                        self.margin = margin
                        self.seen = 0
                        self.depth = 6

                    def fit(self, rows, config, tolerance):
                        self.seen += len(rows)
                        self.clf = SGDClassifier(
                            **config["model"], max_iter=int(config.get("rounds")), tol=tolerance, penalty="l1"
                        )
                        self.clf.fit(rows[["age"]], rows.churned)
                        joblib.dump(self.clf, "ranker.joblib")

                    def rank(self, rows):
                        return self.clf.predict(rows)

                def main():
                    parser = argparse.ArgumentParser()
                    parser.add_argument("--config", default="conf/train.yaml")
                    parser.add_argument("--tolerance", type=float, default=0.01)
                    args = parser.parse_args()
                    with open(args.config) as file:
                        config = yaml.safe_load(file)
                    Ranker().fit(pd.read_csv(config["data"]["path"]), config, args.tolerance)

                if __name__ == "__main__":
                    main()
                """,
        },
    )
    found = values(record)
    assert found["alpha"] == ("0.25", "conf/train.yaml:2")
    assert found["shuffle"] == ("True", "conf/train.yaml:3")
    assert found["max_iter"] == ("300", "conf/train.yaml:6")
    assert found["tol"] == ("0.01", "train.py:27")
    assert found["penalty"] == ("'l1'", "train.py:16")
    assert found["depth"][0] == "6"
    assert found["margin"][0] == "0.3"
    assert not {"seen", "unused", "path"} & set(found)


def test_parameters_come_from_what_hydra_puts_together(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        {
            "conf/config.yaml": "defaults:\n  - model: small\n  - _self_\n\nbatch: 32\n",
            "conf/model/small.yaml": "alpha: 0.5\n",
            "conf/model/large.yaml": "alpha: 0.1\n",
            "train.py": """
                import hydra
                import joblib
                import pandas as pd
                from sklearn.linear_model import Ridge

                @hydra.main(config_path="conf", config_name="config")
                def main(cfg):
                    rows = pd.read_csv("rows.csv")
                    model = Ridge(alpha=cfg.model.alpha).fit(rows[["age"]], rows.price)
                    joblib.dump(model, f"ridge-{cfg.batch}.joblib")

                if __name__ == "__main__":
                    main()
                """,
        },
    )
    found = values(record)
    assert found["alpha"] == ("0.5", "conf/model/small.yaml:1")
    assert found["batch"] == ("32", "conf/config.yaml:5")


def test_the_optimizer_of_a_loop_by_hand_and_how_often_it_goes_round(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import torch
        from torch import nn
        from torch.utils.data import DataLoader

        EPOCHS = 12

        class Net(nn.Module):
            def __init__(self, width=64):
                super().__init__()
                self.layer = nn.Linear(width, 1)

            def forward(self, rows):
                return self.layer(rows)

        def train(rows):
            net = Net()
            optimizer = torch.optim.Adam(net.parameters(), lr=3e-4, weight_decay=0.01)
            for epoch in range(EPOCHS):
                for batch in DataLoader(rows, batch_size=256):
                    loss = net(batch).mean()
                    loss.backward()
                    optimizer.step()
            torch.save(net.state_dict(), "net.pt")
        """,
    )
    found = {name: value for name, (value, _) in values(record).items()}
    wanted = {"lr": "0.0003", "weight_decay": "0.01", "EPOCHS": "12", "batch_size": "256", "width": "64"}
    assert found == found | wanted


def test_the_columns_hold_what_hydra_puts_together(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        {
            "conf/config.yaml": """
                paths:
                  root: s3://acme
                data:
                  path: ${paths.root}/clicks.parquet
                out: models/rf.pkl
                test: true
                """,
            "train.py": """
                import hydra
                import joblib
                import pandas as pd
                from sklearn.ensemble import RandomForestClassifier

                @hydra.main(config_path="conf", config_name="config")
                def main(cfg):
                    rows = pd.read_parquet(cfg.data.path)
                    model = RandomForestClassifier()
                    model.fit(rows[["age"]], rows.price)
                    joblib.dump(model, cfg.out)
                    if cfg.test:
                        print(model.predict(rows[["age"]]))

                if __name__ == "__main__":
                    main()
                """,
        },
    )
    assert [cell.text for cell in record.sources] == ["s3://acme/clicks.parquet"]
    assert [(cell.text, cell.note) for cell in record.artifacts] == [("models/rf.pkl", "named in the configuration")]
    assert record.parameters == ()


def test_what_a_configuration_tells_to_make_has_the_numbers_and_parts_that_it_says(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        {
            "conf/train.yaml": "defaults:\n  - model: small\n\nenforce_tags: true\n",
            "conf/model/small.yaml": """
                _target_: shop.net.Ranker
                lr: 0.001
                net:
                  _target_: shop.net.Dense
                  width: 64
                """,
            "shop/__init__.py": "",
            "shop/net.py": """
                import lightning as L
                import torch
                from torch import nn

                class Dense(nn.Module):
                    def __init__(self, width):
                        super().__init__()
                        self.layer = nn.Linear(width, 1)

                    def forward(self, rows):
                        return self.layer(rows)

                class Ranker(L.LightningModule):
                    def __init__(self, net, lr):
                        super().__init__()
                        self.net = net
                        self.lr = lr

                    def training_step(self, batch, index):
                        return self.net(batch).mean()

                    def configure_optimizers(self):
                        return torch.optim.Adam(self.parameters(), lr=self.lr)
                """,
            "train.py": """
                import hydra
                import lightning as L

                @hydra.main(version_base=None, config_path="conf", config_name="train")
                def main(cfg):
                    model = hydra.utils.instantiate(cfg.model)
                    trainer = L.Trainer(max_epochs=3)
                    trainer.fit(model)
                    print(cfg.enforce_tags)

                if __name__ == "__main__":
                    main()
                """,
        },
    )
    assert [cell.text for cell in record.builder] == ["Ranker", "Dense"]
    found = values(record)
    assert found["lr"] == ("0.001", "conf/model/small.yaml:2")
    assert found["width"] == ("64", "conf/model/small.yaml:5")
    assert "enforce_tags" not in found


HEAD = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("rows.csv")
"""
TAIL = """
model = LogisticRegression().fit(seen, answers)
joblib.dump(model, "model.joblib")
"""


@pytest.mark.parametrize(
    ("code", "features", "target"),
    [
        (
            'FIRST, REST = ["age"], ["visits"]\nseen, answers = rows[FIRST + REST], rows["churned"]',
            "age visits",
            "churned",
        ),
        ('REST = ["visits"]\nseen, answers = rows[["age", *REST]], rows["churned"]', "age visits", "churned"),
        ('seen, answers = rows.loc[:, ["age", "visits"]], rows.loc[:, "churned"]', "age visits", "churned"),
        ('seen, answers = rows.filter(items=["age", "visits"]), rows["churned"]', "age visits", "churned"),
        ('answers = rows.pop("churned")\nseen = rows', "", "churned"),
        (
            'seen, answers = [[row.age, row.visits] for row in rows.itertuples()], rows["churned"]',
            "age visits",
            "churned",
        ),
        (
            "class Names:\n    SEEN = ['age', 'visits']\n    ANSWER = 'churned'\n\n"
            "seen, answers = rows[Names.SEEN], rows[Names.ANSWER]",
            "age visits",
            "churned",
        ),
        (
            "def inputs(table):\n    out = pd.DataFrame()\n    out['age'] = table['age']\n    return out\n\n"
            "seen, answers = inputs(rows), rows['churned']",
            "age",
            "churned",
        ),
        ('seen, answers = rows[rows["age"] > 3], rows["churned"]', "", "churned"),
        ('seen, answers = rows[[0, 1]], rows["churned"]', "", "churned"),
    ],
)
def test_columns_are_known_however_they_are_written_down(tmp_path: Path, code: str, features: str, target: str) -> None:
    (record,) = records(tmp_path, HEAD + code + TAIL)
    assert inputs(record) == (features.split(), [], [target])


def test_columns_that_a_configuration_names(tmp_path: Path) -> None:
    code = (
        'import yaml\nnames = yaml.safe_load(open("names.yaml"))\nseen, answers = rows[names["seen"]], rows[names["y"]]'
    )
    (record,) = records(
        tmp_path, {"train.py": HEAD + code + TAIL, "names.yaml": "seen:\n  - age\n  - visits\ny: churned\n"}
    )
    assert inputs(record) == (["age", "visits"], [], ["churned"])


def test_what_is_left_out_counts_where_nothing_says_what_is_left(tmp_path: Path) -> None:
    code = 'seen, answers = rows.drop(["churned", "id"], axis=1), rows["churned"]'
    (record,) = records(tmp_path, HEAD + code + TAIL)
    assert [cell.text for cell in record.left_out] == ["id"]
    rows_left_out = 'seen, answers = rows.drop(["first", "last"]), rows["churned"]'
    (record,) = records(tmp_path, HEAD + rows_left_out + TAIL)
    assert record.left_out == ()
    helper = 'rows["part"] = rows.age % 2\nseen, answers = rows.drop(columns=["part", "id"]), rows["churned"]'
    (record,) = records(tmp_path, HEAD + helper + TAIL)
    assert [cell.text for cell in record.left_out] == ["id"]
    chosen = 'seen, answers = rows.drop(columns=["id"])[["age"]], rows["churned"]'
    (record,) = records(tmp_path, HEAD + chosen + TAIL)
    assert (inputs(record)[0], record.left_out) == (["age"], ())


def test_a_loop_that_counts_rounds_trains_on_what_it_asks_the_model_about(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import pandas as pd
        import torch
        from torch import nn

        SEEN = ["age", "visits"]


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(len(SEEN), 1)

            def forward(self, rows):
                return self.layer(rows)


        rows = pd.read_csv("rows.csv")
        seen = torch.tensor(rows[SEEN].values)
        answers = torch.tensor(rows["churned"].values)
        net = Net()
        optimizer = torch.optim.Adam(net.parameters())
        for _ in range(10):
            loss = nn.functional.mse_loss(net(seen), answers)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        torch.save(net.state_dict(), "net.pt")
        """,
    )
    assert inputs(record)[0] == ["age", "visits"]
    assert [cell.text for cell in record.sources] == ["rows.csv"]


def test_where_answers_are_kept_is_no_column(tmp_path: Path) -> None:
    kept = 'parts = {"X": rows[["age"]], "y": rows["churned"]}\nseen, answers = parts["X"], parts["y"]'
    (record,) = records(tmp_path, HEAD + kept + TAIL)
    assert inputs(record) == (["age"], [], ["churned"])
    parts = 'def parts():\n    return {"train": {"X": rows[["age"]], "y": rows["churned"]}}\n\n'
    nested = 'held = parts()\nseen, answers = held["train"]["X"], held["train"]["y"]'
    (record,) = records(tmp_path, HEAD + parts + nested + TAIL)
    assert inputs(record)[2] in ([], ["churned"])
    column = 'seen, answers = rows[["age"]], rows["y"]'
    (record,) = records(tmp_path, HEAD + column + TAIL)
    assert inputs(record) == (["age"], [], ["y"])


def test_what_is_dropped_by_a_list_from_elsewhere_is_no_feature(tmp_path: Path) -> None:
    files = {
        "config.yaml": """
            drop:
              - copied
              - id
            """,
        "settings.py": """
            from dataclasses import dataclass, field

            @dataclass
            class Settings:
                gone: list = field(default_factory=lambda: ["doubled", "name"])
            """,
        "train.py": """
            import joblib
            import pandas as pd
            import yaml
            from settings import Settings
            from sklearn.linear_model import Ridge

            GONE = ["halved"]

            def prepare(rows, settings: Settings):
                rows = rows.drop(settings.gone, axis=1)
                rows.drop(columns=GONE, inplace=True)
                return rows[[column for column in rows.columns if column not in ["code"]]]

            with open("config.yaml") as file:
                config = yaml.safe_load(file)
            rows = pd.read_csv("rows.csv")
            rows["copied"] = rows["age"] * 1
            rows["doubled"] = rows["age"] * 2
            rows["halved"] = rows["age"] / 2
            rows["squared"] = rows["age"] ** 2
            rows = prepare(rows.drop(columns=config["drop"]), Settings())
            model = Ridge().fit(rows.drop(columns="price"), rows["price"])
            joblib.dump(model, "model.joblib")
            """,
    }
    (record,) = records(tmp_path, files)
    assert inputs(record) == (["squared"], [], ["price"])
    assert [cell.text for cell in record.left_out] == ["id", "name", "code"]


def test_columns_that_are_dropped_in_place_after_the_training_are_features(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("rows.csv")
        rows["doubled"] = rows["age"] * 2
        model = Ridge().fit(rows.drop(columns="price"), rows["price"])
        rows.drop(columns=["doubled"], inplace=True)
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record) == (["doubled"], [], ["price"])


def test_a_target_that_is_taken_by_its_place(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        """
        import joblib
        import numpy as np
        import pandas as pd
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("cars.csv")
        rows = rows[["year", "price", "distance", "owner"]]
        rows.drop(["year"], axis=1, inplace=True)
        rows = pd.get_dummies(rows, drop_first=True)
        model = Ridge().fit(rows.iloc[:, 1:], np.log(rows.iloc[:, 0]))
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record) == (["distance", "owner"], [], ["price"])


@pytest.mark.parametrize(
    ("returned", "target"),
    [("return train_test_split(X, y, stratify=y)", ["price"]), ("return X, X, score(X), score(X)", [])],
)
def test_a_target_goes_through_a_split_of_the_teams_own(tmp_path: Path, returned: str, target: list[str]) -> None:
    (record,) = records(
        tmp_path,
        f"""
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split

        def prepare(rows, column="price"):
            return rows.drop(columns=[column]), rows[column].values

        def split(X, y):
            {returned}

        X, y = prepare(pd.read_csv("cars.csv"))
        left, right, known, wanted = split(X, y)
        model = Ridge().fit(left, known)
        joblib.dump(model, "model.joblib")
        """,
    )
    assert inputs(record)[2] == target

"""Settings that reach code by a reader of the team's own and an object made of them."""

from pathlib import Path

from tests.pipeline.conftest import model_records, told

FILES = {
    "config/config.yaml": """
        ingestion:
          rows: artifacts/rows.csv
        training:
          model_path: artifacts/training/pricing.joblib
        """,
    "params.yaml": """
        ALPHA: 0.5
        """,
    "pricing/reading.py": """
        from pathlib import Path

        import yaml
        from box import ConfigBox

        CONFIG = Path("config/config.yaml")
        PARAMS = Path("params.yaml")

        def read_yaml(path: Path) -> ConfigBox:
            with open(path) as file:
                content = yaml.safe_load(file)
                return ConfigBox(content)
        """,
    "pricing/configuration.py": """
        from dataclasses import dataclass
        from pathlib import Path

        from pricing.reading import CONFIG, PARAMS, read_yaml

        @dataclass(frozen=True)
        class TrainingConfig:
            rows: Path
            model_path: Path
            alpha: float

        class Configuration:
            def __init__(self, config_path=CONFIG, params_path=PARAMS):
                self.config = read_yaml(config_path)
                self.params = read_yaml(params_path)

            def training(self) -> TrainingConfig:
                training = self.config.training
                return TrainingConfig(
                    rows=Path(self.config.ingestion.rows),
                    model_path=Path(training.model_path),
                    alpha=self.params.ALPHA,
                )
        """,
    "pricing/training.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        from pricing.configuration import Configuration, TrainingConfig

        class Training:
            def __init__(self, config: TrainingConfig):
                self.config = config

            def run(self):
                rows = pd.read_csv(self.config.rows)
                model = Ridge(alpha=self.config.alpha).fit(rows[["area"]], rows.price)
                joblib.dump(model, self.config.model_path)

        if __name__ == "__main__":
            Training(Configuration().training()).run()
        """,
}


def test_paths_are_told_as_the_files_say_that_one_reader_reads(tmp_path: Path) -> None:
    (record,) = model_records(tmp_path, FILES)
    assert told(record, "artifacts") == ["artifacts/training/pricing.joblib"]
    assert told(record, "sources") == ["artifacts/rows.csv"]


def test_a_file_that_is_not_there_leaves_its_name(tmp_path: Path) -> None:
    files = {path: text for path, text in FILES.items() if path != "config/config.yaml"}
    (record,) = model_records(tmp_path, files)
    assert told(record, "artifacts") == ["{self.config.training.model_path}"]


STAGES = {
    "dvc.yaml": """
        stages:
          train:
            cmd: python src/train.py data/features model.pkl
            deps:
              - data/features
            outs:
              - model.pkl
        """,
    "src/train.py": """
        import os
        import pickle
        import sys

        import pandas as pd
        from sklearn.linear_model import Ridge

        folder = sys.argv[1]
        output = sys.argv[2]
        rows = pd.read_csv(os.path.join(folder, "train.csv"))
        model = Ridge().fit(rows[["area"]], rows.price)
        with open(output, "wb") as file:
            pickle.dump(model, file)
        """,
}


def test_a_stage_tells_what_its_script_is_given(tmp_path: Path) -> None:
    (record,) = model_records(tmp_path, STAGES)
    assert told(record, "sources") == ["data/features/train.csv"]
    assert [(cell.text, cell.note) for cell in record.artifacts] == [("model.pkl", "versioned as data")]


def test_two_stages_of_one_script_leave_it_open(tmp_path: Path) -> None:
    more = """
          again:
            cmd: python src/train.py data/other other.pkl
        """
    files = {**STAGES, "dvc.yaml": STAGES["dvc.yaml"].rstrip() + more}
    (record,) = model_records(tmp_path, files)
    assert told(record, "artifacts") == ["{output}"]


COMPOSED = {
    "configs/config.yaml": """
        defaults:
          - data: shop
          - paths@paths
          - run@run.training: training
          - _self_
        """,
    "configs/paths.yaml": """
        artifacts: artifacts
        """,
    "configs/data/shop.yaml": """
        rows: data/rows.csv
        """,
    "configs/run/training.yaml": """
        kept: ${paths.artifacts}/pricing/ridge.joblib
        spare: ${oc.env:SPARE,${paths.artifacts}/spare.joblib}
        """,
    "shop/reading.py": """
        from hydra import compose, initialize_config_dir

        def read(config_name="config", overrides=None):
            with initialize_config_dir(config_dir="configs"):
                found = compose(config_name=config_name, overrides=overrides or [])
            return found
        """,
    "shop/training.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        from shop.reading import read

        def train():
            config = read()
            rows = pd.read_csv(config.data.rows)
            model = Ridge().fit(rows[["area"]], rows.price)
            settings = config.run.training
            joblib.dump(model, str(settings.kept))
            joblib.dump(model, settings.spare)
        """,
}


def test_what_hydra_puts_together_is_taken_from_each_file_below_its_place(tmp_path: Path) -> None:
    (found,) = model_records(tmp_path, COMPOSED)
    assert told(found, "sources") == ["data/rows.csv"]
    assert told(found, "artifacts") == ["artifacts/pricing/ridge.joblib", "$SPARE"]


def test_of_two_files_of_one_name_nothing_tells_which_is_put_together(tmp_path: Path) -> None:
    again = {"other/config.yaml": COMPOSED["configs/config.yaml"]}
    (found,) = model_records(tmp_path, {**COMPOSED, **again})
    assert told(found, "sources") == ["{config.data.rows}"]

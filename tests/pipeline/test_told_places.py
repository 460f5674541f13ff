"""Where data and models lie, as configurations, options and holes in paths tell it."""

from pathlib import Path

from tests.pipeline.conftest import register, told

SETTINGS = """
    paths:
      rows: {name}.csv
      model: models/{name}.joblib
    """
READS = """
    import yaml
    from pydantic import BaseModel

    class Config(BaseModel):
        paths: dict[str, str]

        @classmethod
        def from_yaml(cls, path):
            with open(path) as file:
                return cls(**yaml.safe_load(file))
    """
CONFIGURED = """
    import argparse
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge
    from settings import Config

    def train(config):
        rows = pd.read_csv(config.paths["rows"])
        joblib.dump(Ridge().fit(rows[["age"]], rows.price), config.paths["model"])

    def ask(config):
        return joblib.load(config.paths["model"]).predict([[3]])

    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="configs/config.yaml")
    config = Config.from_yaml(parser.parse_args().config)
    train(config)
    print(ask(config))
    """


def test_each_of_several_projects_has_its_own_configuration(tmp_path: Path) -> None:
    texts = {
        path: text
        for name in ("churn", "prices")
        for path, text in {
            f"{name}/configs/config.yaml": SETTINGS.format(name=name),
            f"{name}/pyproject.toml": f'[project]\nname = "{name}"\n',
            f"{name}/settings.py": READS,
            f"{name}/main.py": CONFIGURED,
        }.items()
    }
    found = register(tmp_path, texts)
    for name in ("churn", "prices"):
        record = found[f"{name}/main.py"]
        assert told(record, "sources") == [f"{name}.csv"]
        assert told(record, "artifacts") == [f"models/{name}.joblib"]
        assert told(record, "loaders") == [f"{name}/main.py:ask"]


def test_an_option_that_one_command_needs_is_by_default_what_another_says(tmp_path: Path) -> None:
    main = """
        import argparse
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        train = commands.add_parser("train")
        train.add_argument("--model", default="models/pricing.joblib")
        ask = commands.add_parser("ask")
        ask.add_argument("--model", {said})
        args = parser.parse_args()
        rows = pd.read_csv("clicks.csv")
        joblib.dump(Ridge().fit(rows[["age"]], rows.price), args.model)
        """
    needed = register(tmp_path / "a", {"main.py": main.format(said="required=True")})["main.py"]
    assert [cell.note for cell in needed.artifacts] == ["named on the command line, by default models/pricing.joblib"]
    two = register(tmp_path / "b", {"main.py": main.format(said='default="other.joblib"')})["main.py"]
    assert [cell.note for cell in two.artifacts] == ["named on the command line"]


def test_a_file_below_the_repository_s_folder_is_named_by_its_path_and_what_fills_it(tmp_path: Path) -> None:
    main = """
        import argparse
        import joblib
        import pandas as pd
        from pathlib import Path
        from sklearn.linear_model import Ridge

        ROOT = Path(__file__).resolve().parents[2]
        parser = argparse.ArgumentParser()
        parser.add_argument("--city", required=True)
        args = parser.parse_args()
        rows = pd.read_csv(ROOT / "data" / f"train_{args.city}.csv")
        joblib.dump(Ridge().fit(rows[["age"]], rows.price), ROOT / "models" / f"pricing_{args.city}.joblib")
        """
    record = register(tmp_path, {"src/shop/main.py": main})["src/shop/main.py"]
    assert told(record, "sources") == ["data/train_{args.city}.csv"]
    assert told(record, "artifacts") == ["models/pricing_{args.city}.joblib"]

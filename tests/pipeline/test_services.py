"""Services and programs that take up a model: by what they are told, where they keep it, and all that ask it."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import register, told

TRAINS = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge

    rows = pd.read_csv("clicks.csv")
    model = Ridge().fit(rows[["age"]], rows.price)
    joblib.dump(model, "pricing.joblib")
    """


HOLDS = """
    import joblib
    from contextlib import asynccontextmanager
    from fastapi import FastAPI

    models = {}
    others = {}

    @asynccontextmanager
    async def lifespan(app):
        models["pricing"] = joblib.load("pricing.joblib")
        yield
        models.clear()

    app = FastAPI(lifespan=lifespan)

    class Shelf:
        def __init__(self):
            self.models = {}
            self.models["pricing"] = joblib.load("pricing.joblib")

        def price(self, age):
            return self.models["pricing"].predict([[age]])

    shelf = Shelf()

    @app.post("/by-name")
    async def by_name(age: int):
        return models["pricing"].predict([[age]])

    @app.post("/if-there")
    async def if_there(age: int):
        model = models.get("pricing")
        return model.predict([[age]])

    @app.post("/of-the-shelf")
    async def of_the_shelf(age: int):
        return shelf.price(age)

    @app.post("/another")
    async def another(age: int):
        return models["churn"].predict([[age]])

    @app.post("/elsewhere")
    async def elsewhere(age: int):
        return others["pricing"].predict([[age]])
    """


def test_a_container_that_many_functions_share_holds_a_model(tmp_path: Path) -> None:
    record = register(tmp_path, {"train.py": TRAINS, "app.py": HOLDS})["train.py"]
    assert {cell.note for cell in record.serving} == {"/by-name", "/if-there", "/of-the-shelf"}


def test_every_endpoint_that_asks_by_one_function_serves(tmp_path: Path) -> None:
    app = """
        import joblib
        from fastapi import FastAPI

        app = FastAPI()
        model = joblib.load("pricing.joblib")

        def price(age):
            return model.predict([[age]])

        def size():
            return model.n_features_in_

        @app.post("/one")
        def one(age: int):
            return price(age)

        @app.post("/many")
        def many(ages: list[int]):
            return [price(age) for age in ages]

        @app.get("/size")
        def how_large():
            return size()
        """
    record = register(tmp_path, {"train.py": TRAINS, "app.py": app})["train.py"]
    assert [cell.note for cell in record.serving] == ["/one", "/many"]


@pytest.mark.parametrize(
    ("load", "others", "loaders"),
    [
        ('joblib.load("/opt/ml/model")', {}, []),  # nobody asks it there
        ("joblib.load(args.model)", {}, ["ask.py"]),
        ("joblib.load(args.model)", {"other.py": TRAINS.replace("pricing", "churn")}, []),
        ("lightgbm.Booster(model_file=args.model)", {"other.py": TRAINS.replace("pricing", "churn")}, []),
    ],
)
def test_what_a_command_line_names_is_the_one_model_of_a_project(
    tmp_path: Path, load: str, others: dict[str, str], loaders: list[str]
) -> None:
    ask = f"""
        import argparse
        import joblib
        import lightgbm

        parser = argparse.ArgumentParser()
        parser.add_argument("--model", required=True)
        args = parser.parse_args()
        model = {load}
        print(model.predict([[3]]))
        """
    assert told(register(tmp_path, {"train.py": TRAINS, "ask.py": ask, **others})["train.py"], "loaders") == loaders


def test_a_library_s_own_form_is_loaded_by_that_library(tmp_path: Path) -> None:
    boosts = """
        import argparse
        import lightgbm
        import pandas as pd

        rows = pd.read_csv("clicks.csv")
        lightgbm.train({}, lightgbm.Dataset(rows[["age"]], rows.price)).save_model("boosted.txt")
        """
    ask = """
        import argparse
        import lightgbm

        parser = argparse.ArgumentParser()
        parser.add_argument("--model")
        print(lightgbm.Booster(model_file=parser.parse_args().model).predict([[3]]))
        """
    found = register(tmp_path, {"train.py": TRAINS, "boost.py": boosts, "ask.py": ask})
    assert {path: told(record, "loaders") for path, record in found.items()} == {"train.py": [], "boost.py": ["ask.py"]}


def test_a_platform_puts_the_one_model_of_a_project_where_it_serves_it(tmp_path: Path) -> None:
    app = """
        import mlflow
        from flask import Flask, request

        app = Flask(__name__)
        model = mlflow.pyfunc.load_model("/opt/ml/model")

        @app.post("/invocations")
        def invocations():
            return model.predict(request.json)
        """
    record = register(tmp_path, {"train.py": TRAINS, "app.py": app})["train.py"]
    assert [cell.note for cell in record.serving] == ["/invocations"]


def test_a_model_that_is_taken_up_to_be_trained_on_is_called_by_what_builds_it(tmp_path: Path) -> None:
    main = """
        import os
        import pandas as pd
        from tensorflow import keras

        def main():
            if os.path.exists("shoes.keras"):
                model = keras.models.load_model("shoes.keras")
            else:
                model = keras.Sequential([keras.layers.Dense(1)])
            rows = pd.read_csv("shoes.csv")
            model.fit(rows.x, rows.y)
            model.save("shoes.keras")
        """
    assert register(tmp_path, {"main.py": main})["main.py"].name == "Sequential"


def test_pages_that_name_the_kind_of_a_librarys_model_tell_of_it_where_none_names_it(tmp_path: Path) -> None:
    files = {f"src/{name}.py": TRAINS.replace("pricing", name) for name in ("one", "two", "three")}
    other = TRAINS.replace("linear_model import Ridge", "svm import SVR").replace("Ridge()", "SVR()")
    readme = "# Prices\n\n![Ridge](badge.svg)\n\nThe ridge regression models are trained on a year of data.\n"
    found = register(tmp_path, {"README.md": readme, "src/five.py": other, **files})
    assert [cell.location.line for cell in found["src/one.py"].documents if cell.location] == [5]
    assert found["src/five.py"].documents == ()


def test_what_makes_the_name_of_a_job_is_no_model_to_ask(tmp_path: Path) -> None:
    starts = """
        from sagemaker.pytorch import PyTorch

        class Launcher:
            def launch(self, rows):
                job = PyTorch(entry_point="fit.py")
                job.fit({"train": rows}, job_name=self._generate_job_name())
                self.last = job

            def _generate_job_name(self):
                return "job"

        Launcher().launch("s3://shop/rows")
        """
    assert register(tmp_path, {"pyproject.toml": '[project]\nname = "shop"\n', "launch.py": starts}) == {}

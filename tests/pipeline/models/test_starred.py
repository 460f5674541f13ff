"""Models of libraries whose names a star brings in."""

from pathlib import Path

from tests.pipeline.conftest import model_records, told

CATS = """
    from fastai.vision.all import *

    path = untar_data(URLs.PETS) / "images"
    rows = ImageDataLoaders.from_name_func(path, get_image_files(path), valid_pct=0.2, seed=42, label_func=is_cat)
    learn = vision_learner(rows, resnet34, metrics=error_rate)
    learn.fine_tune(1)
    learn.export("/kaggle/working/model.pkl")
    """


def test_a_learner_of_fastai_has_every_column(tmp_path: Path) -> None:
    serve = """
        from fastapi import FastAPI
        from fastai.vision.all import *

        app = FastAPI()
        learn = load_learner("../training/model.pkl")

        @app.post("/cat")
        def cat(image: bytes) -> str:
            return learn.predict(image)[0]
        """
    (record,) = model_records(tmp_path, {"training/fit.py": CATS, "site/views.py": serve})
    assert record.name == "resnet34 Learner"
    assert told(record, "sources") == ["URLs.PETS"]
    assert told(record, "artifacts") == ["/kaggle/working/model.pkl"]
    assert told(record, "metrics") == ["error_rate"]
    assert told(record, "serving") == ["site/views.py:cat"]


def test_a_star_brings_only_what_the_library_is_known_to_have(tmp_path: Path) -> None:
    code = """
        from json import *
        import joblib

        model = vision_learner(rows, resnet34)
        model.fine_tune(1)
        model.export("model.pkl")
        """
    assert model_records(tmp_path, {"train.py": code}) == ()


def test_stars_of_several_libraries(tmp_path: Path) -> None:
    code = """
        from sklearn.linear_model import *
        from pandas import *
        import joblib

        rows = read_csv("rows.csv")
        joblib.dump(Ridge().fit(rows[["age"]], rows.price), "price.joblib")
        """
    (record,) = model_records(tmp_path, {"train.py": code})
    assert (record.name, told(record, "sources")) == ("Ridge", ["rows.csv"])

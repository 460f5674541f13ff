"""What the register tells where functions hand on records: of data, of a path, of the steps of a workflow."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

CLEANING = """
    from dataclasses import dataclass

    import pandas as pd

    @dataclass(frozen=True)
    class Cleaned:
        rows: pd.DataFrame
        counts: pd.DataFrame

    def count(rows, kept):
        return pd.DataFrame({"column": ["age"], "missing": rows.isna().sum().values})

    def clean(rows):
        kept = rows.dropna()
        return Cleaned(rows=kept, counts=count(rows, kept))
"""
TRAIN = """
    from pathlib import Path

    import joblib
    import pandas as pd
    from cleaning import clean
    from sklearn.linear_model import LogisticRegression

    ROOT = Path(__file__).resolve().parents[1]
    FOLDER = ROOT / "outputs" / "models"
    MODEL_PATH = FOLDER / "churn.joblib"

    def run(folder: Path = FOLDER):
        rows = clean(pd.read_csv("rows.csv")).{field}
        model = LogisticRegression()
        model.fit(rows, rows["gone"])
        joblib.dump(model, folder / MODEL_PATH.name)

    if __name__ == "__main__":
        run()
"""
STEPS = """
    from dataclasses import dataclass
    from typing import Callable

    from train import run

    {kind}

    STEPS = [Step("train", "Fit the model and keep it.", run)]
    for step in STEPS:
        step.function()
"""
RECORD = """@dataclass(frozen=True)
    class Step:
        name: str
        text: str
        function: Callable
"""


@pytest.mark.parametrize(("field", "features"), [("rows", []), ("counts", ["column", "missing"])])
def test_one_part_of_a_record_is_not_another(tmp_path: Path, field: str, features: list[str]) -> None:
    (model,) = model_records(tmp_path, {"cleaning.py": CLEANING, "src/train.py": TRAIN.format(field=field)})
    assert told(model, "features") == features
    assert told(model, "sources") == ["rows.csv"]


def test_the_name_of_a_file_is_taken_out_of_its_path(tmp_path: Path) -> None:
    (model,) = model_records(tmp_path, {"cleaning.py": CLEANING, "src/train.py": TRAIN.format(field="rows")})
    assert told(model, "artifacts") == ["outputs/models/churn.joblib"]


def test_a_name_that_is_left_open_is_a_hole(tmp_path: Path) -> None:
    text = TRAIN.format(field="rows").replace("run(folder: Path = FOLDER)", "run(folder: Path, chosen)")
    text = text.replace("MODEL_PATH.name", "chosen.name").replace("run()", "run(FOLDER, pick())")
    (model,) = model_records(tmp_path, {"cleaning.py": CLEANING, "src/train.py": text})
    assert told(model, "artifacts") == ["{…}/outputs/models/{chosen.name}"]


def test_a_function_in_a_record_gets_nothing_of_what_stands_beside_it(tmp_path: Path) -> None:
    texts = {"cleaning.py": CLEANING, "train.py": TRAIN.format(field="rows"), "steps.py": STEPS.format(kind=RECORD)}
    (model,) = model_records(tmp_path, texts)
    assert told(model, "artifacts") == ["outputs/models/churn.joblib"]


def test_a_function_gets_what_a_pool_is_given_beside_it(tmp_path: Path) -> None:
    pool = "from concurrent.futures import ThreadPoolExecutor\nfrom train import run\n"
    pool += 'with ThreadPoolExecutor() as pool:\n    pool.submit(run, "elsewhere")\n'
    texts = {"cleaning.py": CLEANING, "train.py": TRAIN.format(field="rows"), "steps.py": pool}
    (model,) = model_records(tmp_path, texts)
    assert "elsewhere/churn.joblib" in told(model, "artifacts")


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ('[Path("a.csv"), Path("data") / "b.csv"]', ["{PLACES}"]),
        ('[Path("a.csv"), Path("data/b.csv")]', ["a.csv", "data/b.csv"]),
    ],
)
def test_paths_that_a_list_holds_are_read_one_by_one(tmp_path: Path, listed: str, expected: list[str]) -> None:
    text = """
    from pathlib import Path

    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def load():
        PLACES = LISTED
        for place in PLACES:
            if place.exists():
                return pd.read_csv(place)

    rows = load()
    joblib.dump(LogisticRegression().fit(rows[["a"]], rows["y"]), "model.joblib")
    """
    (model,) = model_records(tmp_path, {"train.py": text.replace("LISTED", listed)})
    assert told(model, "sources") == expected

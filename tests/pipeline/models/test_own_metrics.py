from pathlib import Path
from textwrap import dedent

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

MEASURES = """
    import numpy as np

    def wape(actual, forecast):
        return np.abs(actual - forecast).sum() / np.abs(actual).sum()

    def weighted_error(actual, forecast, weights=None) -> float:
        return np.average(np.abs(actual - forecast), weights=weights)

    def gain_at_k(relevant, ranked, k=10):
        gain = 0.0
        for place, item in enumerate(ranked[:k]):
            if item in relevant:
                gain += 1.0 / np.log2(place + 2)
        return gain / len(relevant)

    def share_above(forecast, limit):
        return float((forecast > limit).mean())

    def scaled(forecast, actual):
        return forecast / actual.sum()

    def errors(actual, forecast):
        return np.abs(actual - forecast)

    def mean_of(forecast):
        return forecast.mean()
"""
TRAIN = """
    import joblib
    import measures
    import pandas as pd
    from settings import LIMIT
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import train_test_split

    def judge(model, rows, truth):
        guess = model.predict(rows)
        return {judged}

    def main():
        rows = pd.read_csv("rows.csv")
        left, right, price, actual = train_test_split(rows[["a"]], rows.price)
        model = Ridge()
        model.fit(left, price)
        print(judge(model, right, actual))
        joblib.dump(model, "ridge.joblib")

    if __name__ == "__main__":
        main()
"""


def metrics(root: Path, judged: str) -> list[str]:
    texts = {"measures.py": MEASURES, "train.py": TRAIN.replace("{judged}", judged), "settings.py": "LIMIT = {'a': 3}"}
    for path, text in texts.items():
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    (record,) = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return [cell.text for cell in record.metrics]


def test_a_function_that_sets_predictions_against_the_truth_and_gives_a_number_is_a_metric(tmp_path: Path) -> None:
    called = "wape(truth, guess)", "weighted_error(truth, guess)", "gain_at_k(truth, guess)"
    judged = "{" + ", ".join(f"{number}: measures.{call}" for number, call in enumerate(called)) + "}"
    assert metrics(tmp_path, judged) == ["wape", "weighted_error", "gain_at_k"]


def test_what_gives_no_number_or_knows_no_truth_is_none(tmp_path: Path) -> None:
    called = (
        "share_above(guess, LIMIT['a'])",
        "scaled(guess, truth)",
        "errors(truth, guess)",
        "mean_of(guess)",
        "wape(guess, guess)",
    )
    judged = "{" + ", ".join(f"{number}: measures.{call}" for number, call in enumerate(called)) + "}"
    assert metrics(tmp_path, judged) == []

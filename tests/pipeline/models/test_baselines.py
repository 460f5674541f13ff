from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings


def found(root: Path, predict: str, model: str = "Recommender()") -> list[str]:
    code = """
        import pickle
        import random
        import numpy as np
        import pandas as pd
        from sklearn.dummy import DummyClassifier
        from sklearn.linear_model import LogisticRegression

        class Recommender:
            def fit(self, rows, labels):
                self.items = list(rows.item.unique())
                self.clicks = rows.groupby("item").size()
                return self

            def recommend(self, user, k=10):
                {predict}

        def main():
            rows = pd.read_csv("rows.csv")
            model = {model}
            model.fit(rows, rows.label)
            with open("model.pkl", "wb") as file:
                pickle.dump(model, file)

        main()
    """
    (root / "train.py").write_text(dedent(code).replace("{predict}", predict).replace("{model}", model))
    return [record.name for record in Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()]


@pytest.mark.parametrize(
    "predict",
    [
        "return random.sample(self.items, k)",
        "return list(np.random.choice(self.items, k))",
        "return {item: random.random() for item in self.items}",
    ],
)
def test_what_answers_by_chance_is_a_yardstick(tmp_path: Path, predict: str) -> None:
    assert found(tmp_path, predict) == []


@pytest.mark.parametrize(
    "predict",
    [
        "return self.clicks.nlargest(k).index",
        "return sorted(random.sample(self.items, 100), key=lambda item: self.clicks[item])[:k]",
        "return np.random.choice(self.items, k, p=self.clicks / self.clicks.sum())",
        "return random.choice(self.items) if random.random() < 0.1 else self.clicks.idxmax()",
    ],
)
def test_what_was_learnt_has_a_say_in_the_answers_of_a_model(tmp_path: Path, predict: str) -> None:
    assert found(tmp_path, predict) == ["Recommender"]


def test_a_librarys_dummy_is_a_yardstick_and_its_model_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, "return self.items", 'DummyClassifier(strategy="most_frequent")') == []
    assert found(tmp_path, "return self.items", "LogisticRegression()") == ["LogisticRegression"]

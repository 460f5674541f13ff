"""Metrics that only the words of the code tell: numbers worked out by hand, collections, what `evaluate` gives."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

TRAIN = """
    import joblib
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import train_test_split

    def evaluate(model, rows, truth):
        guess = model.predict(rows)
        {body}

    def main():
        rows = pd.read_csv("rows.csv")
        left, right, price, actual = train_test_split(rows[["a"]], rows.price)
        model = Ridge()
        model.fit(left, price)
        print(evaluate(model, right, actual))
        joblib.dump(model, "ridge.joblib")

    if __name__ == "__main__":
        main()
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("rmse = float(np.sqrt(np.mean((guess - truth) ** 2))); return {'value': rmse}", ["rmse"]),
        ("return {'mae': np.mean(np.abs(guess - truth)), 'rows': len(guess)}", ["mae"]),
        ("error = np.mean(np.abs(guess - truth)); return error", []),
        ("mae = np.abs(guess - truth); return mae", []),
        ("coverage = np.mean(guess); return coverage", []),
        ("train_mae = np.mean(np.abs(guess - truth)); return train_mae", []),
    ],
)
def test_a_number_worked_out_by_hand_is_the_metric_that_the_code_calls_it(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    (model,) = model_records(tmp_path, {"train.py": TRAIN.format(body=body)})
    assert told(model, "metrics") == expected


@pytest.mark.parametrize(
    ("use", "expected"),
    [("mae = evaluate(truth, guess); return mae", ["mae"]), ("return evaluate(truth, guess)", [])],
)
def test_what_is_only_called_evaluate_is_called_as_its_result_is(tmp_path: Path, use: str, expected: list[str]) -> None:
    text = TRAIN.replace("def evaluate(", "def judge(").replace("print(evaluate", "print(judge").format(body=use)
    own = "\ndef evaluate(truth, guess):\n    return np.mean(np.abs(guess - truth))\n"
    head, tail = text.split("    def judge", 1)
    (model,) = model_records(
        tmp_path, {"train.py": f"{head}{own.replace(chr(10), chr(10) + '    ')}\n    def judge{tail}"}
    )
    assert told(model, "metrics") == expected


COLLECTION = """
    import torch
    import torchmetrics
    from pytorch_lightning import LightningModule, Trainer

    class Net(LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 2)
            metrics = torchmetrics.MetricCollection({{"acc": torchmetrics.Accuracy(), "f1": torchmetrics.F1Score()}})
            self.test_metrics = {made}

        def forward(self, x):
            return self.layer(x)

        def training_step(self, batch):
            return torch.nn.functional.cross_entropy(self(batch[0]), batch[1])

        def test_step(self, batch):
            self.test_metrics.update(self(batch[0]), batch[1])

    net = Net()
    trainer = Trainer()
    trainer.fit(net, torch.load("rows.pt"))
    trainer.test(net)
"""


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ('metrics.clone(prefix="test_")', ["Accuracy", "F1Score"]),
        ("metrics", ["Accuracy", "F1Score"]),
        ("torchmetrics.MetricCollection(make())", []),
    ],
)
def test_a_collection_is_called_as_its_members_are(tmp_path: Path, made: str, expected: list[str]) -> None:
    (model,) = model_records(tmp_path, {"train.py": COLLECTION.format(made=made)})
    assert told(model, "metrics") == expected

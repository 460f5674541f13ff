"""Models whose class a configuration names, and code looks up by that name."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

TRAIN = """
    import importlib

    import joblib
    import pandas as pd
    import yaml
    {imports}

    CLASS = "class"

    def read(path):
        with open(path) as file:
            return yaml.safe_load(file)

    {code}

    def main():
        options = read("config.yaml")
        rows = pd.read_csv("rows.csv")
        model = make(options)
        model.fit(rows[["a"]], rows["y"])
        joblib.dump(model, "model.joblib")

    if __name__ == "__main__":
        main()
"""
BESIDE = """
    model:
      module: sklearn.ensemble
      class: RandomForestClassifier
      metric_class: SomeMetric
"""
DOTTED = """
    model:
      type: sklearn.ensemble.RandomForestClassifier
"""
NAMED = """
    model:
      type: RandomForestClassifier
"""
TWO_NAMES = """def make(options):
        module = importlib.import_module(options["model"]["module"])
        return getattr(module, options["model"]["class"])(n_estimators=10)
"""
A_FUNCTION = """def look_up(module, name):
        return getattr(importlib.import_module(module), name)

    def make(options):
        for key in list(options):
            chosen = options[key]
            kind = look_up(chosen["module"], chosen[CLASS])
            metric = look_up(chosen["module"], chosen["metric_class"])
        return kind(n_estimators=10)
"""
ONE_NAME = """def make(options):
        path, _, name = options["model"]["type"].rpartition(".")
        return getattr(importlib.import_module(path), name)(n_estimators=10)
"""
IN_A_MODULE = """def make(options):
        return getattr(ensemble, options["model"]["type"])(n_estimators=10)
"""
UNTOLD = """def make(options):
        return getattr(ensemble, options["other"]["kind"])(n_estimators=10)
"""


@pytest.mark.parametrize(
    ("code", "config", "expected"),
    [
        (TWO_NAMES, BESIDE, ["RandomForestClassifier"]),
        (A_FUNCTION, BESIDE, ["RandomForestClassifier"]),
        (IN_A_MODULE, NAMED, ["RandomForestClassifier"]),
        (UNTOLD, NAMED, []),
        (TWO_NAMES, DOTTED, []),
    ],
)
def test_a_class_that_a_configuration_names_is_the_model(
    tmp_path: Path, code: str, config: str, expected: list[str]
) -> None:
    text = TRAIN.format(imports="from sklearn import ensemble", code=code)
    found = model_records(tmp_path, {"train.py": text, "config.yaml": config})
    assert [record.name for record in found] == expected
    assert all(told(record, "artifacts") == ["model.joblib"] for record in found)


NETS = """
    import torch

    class Wide(torch.nn.Module):
        def forward(self, x):
            return x

    class Deep(torch.nn.Module):
        def forward(self, x):
            return x
"""
FITTED = """
    import nets
    import torch
    import yaml

    options = yaml.safe_load(open("config.yaml"))
    net = getattr(nets, options["net"]["type"])()
    optimizer = torch.optim.Adam(net.parameters())
    for rows, answers in torch.load("rows.pt"):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(rows), answers).backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pt")
"""


@pytest.mark.parametrize(("name", "expected"), [("Wide", ["Wide"]), ("Deep", ["Deep"]), ("Other", [])])
def test_a_network_of_the_teams_own_is_the_one_that_is_named(tmp_path: Path, name: str, expected: list[str]) -> None:
    texts = {"nets.py": NETS, "train.py": FITTED, "config.yaml": f"net:\n  type: {name}\n"}
    assert [record.name for record in model_records(tmp_path, texts)] == expected

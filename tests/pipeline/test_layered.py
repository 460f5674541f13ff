"""Networks that are put together of layers in no class, also where a registry hands them out by name."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

NETS = """
    from torch import nn
    from registry import register

    @register("mlp")
    def build_mlp(width=8):
        return nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 2))

    @register("conv")
    class ConvNet(nn.Module):
        def __init__(self, width=8):
            super().__init__()
            self.layers = nn.Sequential(nn.Conv1d(1, width, 3), nn.ReLU())

        def forward(self, rows):
            return self.layers(rows)
    """
BY_FUNCTION = """
    _MODELS = {}

    def register(name):
        def keep(made):
            _MODELS[name] = made
            return made
        return keep

    def create(name, **options):
        return _MODELS[name](**options)
    """
BY_OBJECT = """
    class Registry:
        def __init__(self):
            self._made = {}

        def register(self, name):
            def keep(made):
                self._made[name] = made
                return made
            return keep

        def build(self, name, **options):
            return self._made[name](**options)

    MODELS = Registry()
    register = MODELS.register
    create = MODELS.build
    """
TRAIN = """
    import sys
    import pandas as pd
    import torch
    from torch.utils.data import DataLoader
    import nets
    from registry import create

    rows = DataLoader(pd.read_csv("rows.csv").values)
    net = create(sys.argv[1])
    steps = torch.optim.Adam(net.parameters())
    for batch in rows:
        net(batch).mean().backward()
        steps.step()
    torch.save(net.state_dict(), f"{sys.argv[1]}.pt")
    """


def records(root: Path, texts: Mapping[str, str]) -> dict[str, ModelRecord]:
    for path, text in texts.items():
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    found = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return {record.name: record for record in found}


@pytest.mark.parametrize("registry", [BY_FUNCTION, BY_OBJECT])
def test_a_registry_that_decorators_fill_hands_out_each_of_its_models(tmp_path: Path, registry: str) -> None:
    found = records(tmp_path, {"registry.py": registry, "nets.py": NETS, "train.py": TRAIN})
    assert list(found) == ["Sequential of build_mlp", "ConvNet"]
    assert [[cell.text for cell in record.sources] for record in found.values()] == [["rows.csv"], ["rows.csv"]]


def test_layers_that_are_measured_as_a_model_have_their_metric(tmp_path: Path) -> None:
    measured = TRAIN.replace("create(sys.argv[1])", "torch.nn.Sequential(torch.nn.Linear(4, 1))").replace(
        "    torch.save(",
        '    held = torch.tensor(pd.read_csv("held_out.csv").values)\n'
        '    print(accuracy_score(pd.read_csv("answers.csv").y, net(held).argmax(dim=1)))\n'
        "    torch.save(",
    )
    measured = measured.replace(
        "    import nets\n    from registry import create", "    from sklearn.metrics import accuracy_score"
    )
    (record,) = records(tmp_path, {"train.py": measured}).values()
    assert (record.name, [cell.text for cell in record.metrics]) == ("Sequential of train.py", ["accuracy_score"])


def test_layers_that_are_not_kept_or_stand_in_a_class_are_no_models_of_their_own(tmp_path: Path) -> None:
    kept_by_none = TRAIN.replace("torch.save(", "print(").replace("create(sys.argv[1])", "nets.build_mlp()")
    assert records(tmp_path, {"registry.py": BY_FUNCTION, "nets.py": NETS, "train.py": kept_by_none}) == {}
    whole = TRAIN.replace("create(sys.argv[1])", "nets.ConvNet()").replace(
        "net.parameters()", "net.layers.parameters()"
    )
    assert list(records(tmp_path, {"train.py": whole})) == ["ConvNet"]

"""Models that are loaded again through their own class, from where who starts the program says."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

NET = """
    import torch
    from pytorch_lightning import LightningModule
    from torchvision import models

    class Net(LightningModule):
        def __init__(self, backbone="resnet18"):
            super().__init__()
            self.body = models.get_model({backbone})

        def forward(self, x):
            return self.body(x)

        def training_step(self, batch):
            return torch.nn.functional.cross_entropy(self(batch[0]), batch[1])

        def inference(self, x):
            return self(x).softmax(1)

    class Exported:
        def inference(self, x):
            return self.session.run(None, {{"x": x}})[0]
"""
TRAIN = """
    import torch
    from net import Net
    from pytorch_lightning import Trainer

    Trainer(default_root_dir="out").fit(Net(), torch.load("rows.pt"))
"""
SERVICE = """
    import os

    from fastapi import FastAPI
    from net import Exported, Net

    app = FastAPI()
    loaded = {{}}

    def load(path):
        return Exported(path) if path.endswith(".onnx") else Net.load_from_checkpoint({path})

    @app.on_event("startup")
    def start():
        loaded["net"] = load(os.getenv("CHECKPOINT"))

    @app.post("/predict")
    def predict(rows: list):
        return loaded["net"].{method}(rows)
"""


def files(path: str, method: str = "inference", backbone: str = "backbone") -> dict[str, str]:
    service = SERVICE.format(path=path, method=method)
    return {"net.py": NET.format(backbone=backbone), "train.py": TRAIN, "app.py": service}


@pytest.mark.parametrize("path", ["path", 'os.getenv("CHECKPOINT")', 'f"{path}/last.ckpt"'])
def test_what_its_own_class_loads_is_the_model(tmp_path: Path, path: str) -> None:
    (model,) = model_records(tmp_path, files(path))
    assert (told(model, "loaders"), told(model, "serving")) == (["app.py:load"], ["app.py:predict"])


def test_what_lies_elsewhere_by_its_name_is_another(tmp_path: Path) -> None:
    (model,) = model_records(tmp_path, files('"published/backbone_of_others.ckpt"'))
    assert (told(model, "loaders"), told(model, "serving")) == ([], [])


def test_a_method_that_says_nothing_of_answers_asks_no_model(tmp_path: Path) -> None:
    (model,) = model_records(tmp_path, files("path", method="describe"))
    assert told(model, "serving") == []


@pytest.mark.parametrize(
    ("backbone", "expected"), [("backbone", "resnet18"), ('"vgg16"', "vgg16"), ("pick()", "get_model")]
)
def test_a_network_that_is_asked_for_by_its_name_is_called_so(tmp_path: Path, backbone: str, expected: str) -> None:
    (model,) = model_records(tmp_path, files("path", backbone=backbone))
    assert told(model, "builder") == ["Net", expected]


TOLD = """
    import torch
    from net import Net
    from pytorch_lightning import Trainer

    trainer = Trainer.{made}(options)
    trainer.fit(Net(), torch.load("rows.pt"))
"""


@pytest.mark.parametrize(("made", "expected"), [("from_argparse_args", ["Net"]), ("describe", [])])
def test_a_trainer_that_is_made_of_options_trains(tmp_path: Path, made: str, expected: list[str]) -> None:
    texts = {"net.py": NET.format(backbone="backbone"), "train.py": TOLD.format(made=made)}
    assert [record.name for record in model_records(tmp_path, texts)] == expected

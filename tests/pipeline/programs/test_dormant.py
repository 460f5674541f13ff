"""Which definitions nothing starts, and what may start them after all."""

from pathlib import Path

import pytest

from mldebt.scan import read_project
from mldebt.settings import Settings

TRAIN = """import pandas as pd
from sklearn.linear_model import Ridge

FOLDER = "rows"


def rows():
    return pd.read_csv(FOLDER + "/rows.csv")


def main():
    Ridge().fit(rows()[["a"]], rows()["b"])
"""
NET = """import torch
from torch import nn


class Block(nn.Module):
    def forward(self, x):
        return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x):
        return self.block.layers(x)
"""
SHOWN = NET + "\n\nif __name__ == '__main__':\n    net = Net()\n    print(net(torch.rand(4, 3)))\n"


def asleep(folder: Path, files: dict[str, str]) -> set[str]:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    project = read_project(folder, Settings(cache=False, history=False, jobs=1))
    return {project.unit_name(unit) for unit in project.dormant.units}


def test_what_no_import_no_guard_and_no_text_starts_is_asleep(tmp_path: Path) -> None:
    found = asleep(tmp_path, {"old/train.py": TRAIN, "old/README.md": "Train: `python train.py`\n"})
    assert found == {"old/train.py:main", "old/train.py:rows"}


@pytest.mark.parametrize(
    "files",
    [
        {"old/train.py": TRAIN + "\n\nif __name__ == '__main__':\n    main()\n"},
        {"old/train.py": TRAIN + "\n\nmain()\n"},
        {"old/train.py": TRAIN + "\n\nTASKS = {'train': main}\n"},
        {"old/train.py": TRAIN.replace("def main", "@task\ndef main")},
        {"old/train.py": TRAIN.replace("main()", "main(config)")},
        {"old/train.py": TRAIN, "use.py": "from old import train\n\ntrain.main()\n"},
        {"old/train.py": TRAIN, "use.py": "from whole.old.train import main\n\nmain()\n"},
        {"old/train.py": TRAIN, "old/__init__.py": "", "use.py": "import old.train\n\nold.train.main()\n"},
        {
            "dags/lib/old/train.py": TRAIN,
            "dags/lib/__init__.py": "",
            "dags/lib/old/__init__.py": "",
            "dags/use.py": "from lib.old import train\n\ntrain.main()\n",
        },
        {"old/train.py": TRAIN, "tests/test_train.py": "from old.train import main\n"},
        {"old/train.py": TRAIN, "jobs.yaml": "job:\n  entry: old.train:main\n"},
        {"old/train-ranker.py": TRAIN, "jobs.yaml": "run: train-ranker.py --fast\n"},
        {"old/train.py": TRAIN, "submit.py": "Estimator(entry_point='train.py').fit()\n"},
        {"old/train.py": TRAIN, "README.md": "```python\nfrom old.train import main\n```\n"},
        {"old/train.py": TRAIN, "old/__init__.py": "", "setup.py": "from setuptools import setup\nsetup()\n"},
    ],
    ids="guard called listed decorated filled import elsewhere dotted package test set dash entry prose setup".split(),
)
def test_whatever_may_start_it_keeps_it_awake(tmp_path: Path, files: dict[str, str]) -> None:
    assert asleep(tmp_path, files) == set()


def test_what_trains_a_file_that_is_loaded_elsewhere_was_started_by_somebody(tmp_path: Path) -> None:
    keeps = TRAIN.replace("import pandas", "import joblib\nimport pandas").replace("    Ridge()", "    model = Ridge()")
    named = keeps + '    joblib.dump(model, "out/ridge.joblib")\n'
    numbered = keeps + '    joblib.dump(model, "out/ridge-{}.joblib".format(len(rows())))\n'
    loads = "import joblib\n\nprint(joblib.load('{}').predict([[1]]))\n"
    assert asleep(tmp_path, {"old/train.py": named, "use.py": loads.format("../out/ridge.joblib")}) == set()
    both = {"old/train.py:main", "old/train.py:rows"}
    assert asleep(tmp_path, {"use.py": loads.format("other.joblib")}) == both
    assert asleep(tmp_path, {"old/train.py": numbered, "use.py": loads.format("ridge-7.joblib")}) == both


def test_settings_of_tools_are_no_package(tmp_path: Path) -> None:
    files = {"old/train.py": TRAIN, "old/__init__.py": "", "pyproject.toml": "[tool.black]\nline-length = 88\n"}
    assert asleep(tmp_path, files) == {"old/train.py:main", "old/train.py:rows"}
    assert asleep(tmp_path, {"pyproject.toml": "[project]\nname = 'old'\n"}) == set()


def test_a_network_that_only_its_own_module_shows_one_batch_is_asleep(tmp_path: Path) -> None:
    assert asleep(tmp_path, {"zoo/unet.py": SHOWN}) == {"zoo/unet.py:Block", "zoo/unet.py:Net"}


@pytest.mark.parametrize(
    "files",
    [
        {"zoo/unet.py": SHOWN, "main.py": "from zoo import unet\n\nunet.Net()\n"},
        {"zoo/unet.py": SHOWN, "main.py": "import zoo\n\nzoo.__dict__[name]\n", "config.yaml": "model: Net\n"},
        {"zoo/unet.py": SHOWN + "    torch.save(net.state_dict(), 'net.pt')\n"},
        {"zoo/unet.py": SHOWN + "    LightningCLI(Net)\n"},
        {"zoo/unet.py": SHOWN + "    train(net)\n"},
    ],
    ids="import name stored handed unknown".split(),
)
def test_a_network_that_something_uses_is_awake(tmp_path: Path, files: dict[str, str]) -> None:
    assert "zoo/unet.py:Net" not in asleep(tmp_path, files)


TRAINER = """import pandas as pd
from sklearn.linear_model import Ridge


class Trainer:
    def __init__(self):
        self.rows = pd.read_csv("rows.csv")

    def compare(self):
        return self.halves()

    def halves(self):
        return self.rows.sample(frac=0.5)

    def save(self):
        self.rows.to_csv("kept.csv")

    def run(self):
        return Ridge().fit(self.rows[["a"]], self.rows["b"])
"""
MAIN = "import sys\n\nfrom trainer import Trainer\n\ntrainer = Trainer()\ntrainer.run()\n"
OTHER = """

class Figure:
    def save(self):
        print(self)

    def show(self):
        self.save()
"""

BELOW = """from trainer import Trainer


class Checked(Trainer):
    def check(self):
        self.compare()
        self.save()


Checked().check()
"""


def idle(folder: Path, files: dict[str, str]) -> set[str]:
    asleep(folder, files)
    project = read_project(folder, Settings(cache=False, history=False, jobs=1))
    return {project.unit_name(unit).rpartition(".")[2] for unit in project.dormant.methods}


def test_methods_that_only_each_other_call_are_idle(tmp_path: Path) -> None:
    assert idle(tmp_path, {"trainer.py": TRAINER, "main.py": MAIN}) == {"compare", "halves", "save"}


def test_a_name_that_cannot_mean_a_method_calls_none(tmp_path: Path) -> None:
    images = "from PIL import Image\n\nimport torch\n\nimage = Image.new('L', (1, 1))\ntorch.save(image, 'a')\n"
    figure = "from figures import Figure\n\nFigure().show()\nplot = Figure()\nplot.save()\n"
    read_me = "Save the table, then run `main.py`.\n"
    files = {"trainer.py": TRAINER, "main.py": MAIN, "figures.py": OTHER, "use.py": figure, "image.py": images}
    assert "save" in idle(tmp_path, {**files, "README.md": read_me})


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": MAIN + "trainer.compare()\ntrainer.save()\n"},
        {"main.py": MAIN + "for each in (trainer.compare, trainer.save):\n    each()\n"},
        {"main.py": MAIN + "getattr(trainer, sys.argv[1])()\n"},
        {"main.py": MAIN + "import fire\n\nfire.Fire(Trainer)\n"},
        {"main.py": MAIN + "STEPS = ['compare', 'save']\n"},
        {"main.py": MAIN, "steps.yaml": "steps: [compare, save]\n"},
        {"main.py": MAIN, "README.md": "```python\ntrainer.compare()\ntrainer.save()\n```\n"},
        {"main.py": MAIN, "tests/test_trainer.py": "def test(trainer):\n    trainer.compare()\n    trainer.save()\n"},
        {"main.py": MAIN, "more.py": "def more(thing):\n    thing.compare()\n    thing.save()\n"},
        {"main.py": MAIN, "trainer.py": TRAINER.replace("class", "@register\nclass")},
        {"main.py": MAIN, "trainer.py": TRAINER.replace("Trainer:", "Trainer(lightning.LightningModule):")},
        {"main.py": MAIN, "trainer.py": TRAINER.replace("Trainer:", "Trainer(make_base()):")},
        {"main.py": MAIN, "trainer.py": TRAINER.replace("    def ", "    @step\n    def ")},
        {"main.py": MAIN, "below.py": BELOW},
        {"main.py": MAIN, "lib/trainer.py": TRAINER, "lib/__init__.py": "", "setup.py": "import setuptools\n"},
        {"main.py": "", "trainer.py": TRAINER},
    ],
    ids="called handed looked-up command text settings readme test unknown registered framework base decorated below"
    " package unused".split(),
)
def test_whatever_may_call_a_method_keeps_it_from_being_idle(tmp_path: Path, files: dict[str, str]) -> None:
    own = {} if "lib/trainer.py" in files else {"trainer.py": TRAINER}
    assert idle(tmp_path, own | files) == set()


def test_a_name_that_begins_as_what_is_looked_up_may_be_meant(tmp_path: Path) -> None:
    looks_up = "import sys\n\nfrom things import thing\n\ngetattr(thing(), f'comp{sys.argv[1]}')()\n"
    assert idle(tmp_path, {"trainer.py": TRAINER, "main.py": MAIN, "look.py": looks_up}) == {"save"}

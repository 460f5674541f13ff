"""Configuration files that code takes key by key: what is asked, what is taken whole, what nobody looks at."""

import pytest

from mldebt.pipeline.configuration.settings_read import SettingsRead
from mldebt.scan import read_project
from mldebt.settings import Settings

_LOAD = 'import yaml\nwith open("config.yaml") as file:\n    config = yaml.safe_load(file)\n'
_FILE = "model:\n  rate: 0.1\n  depth: 7\nseed: 3\n"
_EMPTY = "extra: {}\nnone:\nlist: []\n"
_CLASSES = """
import json

class Base:
    def __init__(self, options):
        self.options = options

class Trees(Base):
    def __init__(self):
        super().__init__(Trees.defaults())

    @staticmethod
    def defaults():
        return json.load(open("config.json"))

    def go(self):
        return self.options["trees"]

class Nets(Base):
    def go(self):
        return self.options["layers"]

Trees().go()
Nets(None).go()
"""


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ('print(config["seed"], config["model"]["rate"])', ["model.depth"]),
        ('print(config["seed"], config["model"].get("rate"))', ["model.depth"]),
        ('def rate(settings):\n    return settings["model"]["rate"], config["seed"]\nrate(config)', ["model.depth"]),
        ('print(config["seed"], config["model"])', []),
        ('print(config["seed"], dict(**config["model"]))', []),
        ('for name, value in config["model"].items():\n    print(name, config["seed"])', []),
        ('import json\nprint(config["seed"], json.dumps(config))', []),
        ('def go(root):\n    print(root.model.depth, config["seed"], config["model"]["rate"])', []),
        ('def go(root):\n    print(root.tree.depth, config["seed"], config["model"]["rate"])', ["model.depth"]),
    ],
)
def test_what_no_code_looks_at(text, unread, tmp_path):
    (tmp_path / "train.py").write_text(_LOAD + text, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(_FILE, encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    found = list(SettingsRead(project.flow, project.documents, project.raw_documents).find())
    assert [setting.key for reading in found for setting in reading.unread()] == unread


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('print(config["trees"])', ["trees"]),
        ('print(config["model"]["trees"])', ["model.trees"]),
        ('print(config.get("trees"))', []),
        ('config["trees"] = 3\nprint(config["trees"])', []),
        ('if "trees" in config:\n    print(config["trees"])', []),
        ('print(config["other"]["trees"])', ["other"]),
        ('try:\n    trees = config["trees"]\nexcept KeyError:\n    trees = 3', []),
        ('try:\n    trees = config["trees"]\nexcept Exception as error:\n    print(error)', ["trees"]),
        ('print(config["extra"], config["none"], config["list"])', []),
    ],
)
def test_what_code_needs_and_no_file_sets(text, missing, tmp_path):
    (tmp_path / "train.py").write_text(_LOAD + text, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(_FILE + _EMPTY, encoding="utf-8")
    assert _missing(tmp_path) == missing


@pytest.mark.parametrize(
    ("file", "missing"),
    [
        ('{"trees": 3}', []),
        ('{"depth": 3}', ["trees"]),
    ],
)
def test_a_class_needs_nothing_of_the_file_of_another(file, missing, tmp_path):
    (tmp_path / "models.py").write_text(_CLASSES, encoding="utf-8")
    (tmp_path / "config.json").write_text(file, encoding="utf-8")
    assert _missing(tmp_path) == missing


def test_what_any_class_of_a_base_needs_of_the_file_of_the_base(tmp_path):
    text = _CLASSES.replace("Trees.defaults()", "None").replace('json.load(open("config.json"))', "None")
    text = text.replace("self.options = options", 'self.options = json.load(open("config.json"))')
    (tmp_path / "models.py").write_text(text, encoding="utf-8")
    (tmp_path / "config.json").write_text('{"trees": 3}', encoding="utf-8")
    assert _missing(tmp_path) == ["layers"]


def _missing(root):
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    found = SettingsRead(project.flow, project.documents, project.raw_documents).find()
    return [asked.key for reading in found for asked in reading.missing()]

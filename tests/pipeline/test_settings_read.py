"""Configuration files that code takes key by key: what is asked, what is taken whole, what nobody looks at."""

import pytest

from mldebt.pipeline.settings_read import SettingsRead
from mldebt.scan import read_project
from mldebt.settings import Settings

_LOAD = 'import yaml\nwith open("config.yaml") as file:\n    config = yaml.safe_load(file)\n'
_FILE = "model:\n  rate: 0.1\n  depth: 7\nseed: 3\n"


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
    ],
)
def test_what_code_needs_and_no_file_sets(text, missing, tmp_path):
    (tmp_path / "train.py").write_text(_LOAD + text, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(_FILE, encoding="utf-8")
    project = read_project(tmp_path, Settings(cache=False, history=False, jobs=1))
    found = list(SettingsRead(project.flow, project.documents, project.raw_documents).find())
    assert [asked.key for reading in found for asked in reading.missing()] == missing

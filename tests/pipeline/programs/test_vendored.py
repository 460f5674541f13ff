"""Packages without a commit, and copied files without a version."""

from pathlib import Path

import pytest

from mldebt.pipeline import Project
from mldebt.pipeline.programs.vendored import Vendored, own_names, unpinned_packages
from mldebt.scan import read_project
from mldebt.settings import Settings
from mldebt.sources import Document, DocumentKind

_CLASS = "class Net:\n    def fit(self, rows):\n        pass\n\n    def predict(self, rows):\n        return rows\n"


def project(root: Path, texts: dict[str, str]) -> Project:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return read_project(root, Settings(cache=False, history=False, jobs=1))


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("requirements.txt", "git+https://github.com/a/b\n", ["git+https://github.com/a/b"]),
        ("requirements.txt", "b @ git+https://github.com/a/b@main\n", ["git+https://github.com/a/b@main"]),
        ("requirements.txt", "git+https://github.com/a/b@v1.2.0\n", []),
        ("requirements.txt", "git+https://github.com/a/b@0a1b2c3d4e5f\n", []),
        ("docs/requirements.txt", "git+https://github.com/a/theme\n", []),
        ("Dockerfile", "FROM python\nRUN pip install git+https://github.com/a/b\n", ["git+https://github.com/a/b"]),
        ("Dockerfile", "FROM python\nRUN pip install git+https://github.com/a/b@$REF\n", []),
        (
            "run.py",
            'def run(uri="git+https://github.com/a/b#egg=b"):\n    install(uri)\n',
            ["git+https://github.com/a/b"],
        ),
        ("run.py", 'raise ImportError("try: pip install git+https://github.com/a/b")\n', []),
        ("tests/test_run.py", 'URI = "git+https://github.com/a/b"\n', []),
    ],
)
def test_packages_from_a_repository_name_a_commit(path: str, text: str, found: list[str], tmp_path: Path) -> None:
    linked = project(tmp_path, {path: text, "main.py": "x = 1\n"})
    assert [each.address for each in unpinned_packages(linked.flow, linked.documents)] == found


def test_a_lock_pins_what_a_project_file_leaves_open(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\nclip = { git = "https://github.com/openai/CLIP.git" }\n'
    lock = '[[package]]\nname = "clip"\nversion = "1.0"\n'
    open_ended = project(tmp_path, {"pyproject.toml": text, "main.py": "x = 1\n"})
    assert len(unpinned_packages(open_ended.flow, open_ended.documents)) == 1
    locked = project(tmp_path, {"poetry.lock": lock})
    assert unpinned_packages(locked.flow, locked.documents) == []


@pytest.mark.parametrize(
    ("head", "copied"),
    [
        ("# Copied from https://github.com/a/b", True),
        ("# Adapted from https://github.com/a/b", True),
        ("# Copied from https://github.com/a/b at commit 0a1b2c3", False),
        ("# Copied from https://github.com/a/b v1.2.0", False),
        ("# Adapted from the paper", False),
        ("# Copyright 2020 The Elsewhere Authors.", True),
        ('"""\n * Copyright (c) 2020, elsewhere.com, inc.\n * The net.\n"""', True),
        ("# Copyright 2020 Ours Inc.", False),
        ('"""\nCopyright (c) 2020 Ours Inc.\nThe net.\n"""', False),
        ("# The net.", False),
    ],
)
def test_a_copied_model_names_its_version(head: str, copied: bool, tmp_path: Path) -> None:
    own = {f"own{number}.py": "# Copyright 2021 Ours Inc.\nx = 1\n" for number in range(12)}
    linked = project(tmp_path, {"net.py": f"{head}\n{_CLASS}", **own})
    found = [each.module.path for each in Vendored(linked.flow, linked.raw_documents).find(3)]
    assert found == (["net.py"] if copied else [])


def test_a_repository_calls_itself_what_its_front_page_names_most() -> None:
    page = "https://github.com/Us/This https://github.com/us/this.git https://github.com/them/that"
    documents = [Document(path="README.md", kind=DocumentKind.README, text=page)]
    assert own_names(documents) == {"us/this"}


@pytest.mark.parametrize(
    ("head", "strange"),
    [
        ("# @Author: Jia Elsewhere\n", True),
        ('"""\nCreated on 09/09/2018\n\n@author: Maria Elsewhere\n"""\n', True),
        ('"""\nAuthors: Maria Elsewhere, Ana Ourselves\n"""\n', False),
        ("# @Author: Jia Elsewhere\n# Author: Ana Ourselves\n", False),
        ("# Author: 王\n", False),  # what cannot be told from a name that somebody commits under
        ("# The author of these lines is tired.\n", False),
    ],
)
def test_a_file_by_people_who_never_committed_is_by_strangers(head: str, strange: bool, tmp_path: Path) -> None:
    linked = project(tmp_path, {"net.py": head + _CLASS})
    (module,) = linked.flow.program.modules
    team = "ana ourselves ana@acme.org\nbob bob@acme.org"
    assert Vendored(linked.flow, linked.raw_documents).is_by_strangers(module, team) is strange

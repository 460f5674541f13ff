from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import read_project, scan
from mldebt.settings import Settings

LOADER = """
    import pandas as pd

    def read_table(path):
        rows = pd.read_csv(path)
        rows["day"] = pd.to_datetime(rows["day"])
        return rows.dropna().drop_duplicates()

    class Lake:
        def users(self):
            users = pd.read_csv("users.csv")
            users["name"] = users["name"].str.strip().str.lower()
            return users.dropna().drop_duplicates()
"""
TRAIN = """
    from acme.data import Lake, read_table
    from sklearn.linear_model import Ridge

    def train():
        rows = read_table("rows.csv")
        Ridge().fit(rows, rows["label"])

    def train_on_users():
        users = Lake().users()
        Ridge().fit(users, users["label"])
"""
Written = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(texts: Mapping[str, str]) -> Path:
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path

    return write


def owners(root: Path, *platform: str) -> list[str]:
    project = read_project(root, Settings(cache=False, history=False, jobs=1, platform=platform))
    return [project.unit_name(each.owner).rpartition(":")[2] for each in project.ingestions]


def notes(root: Path, *platform: str) -> tuple[str, ...]:
    settings = Settings(cache=False, history=False, jobs=1, platform=platform, select=("MLD101",))
    return scan(root, settings).notes


@pytest.fixture
def acme(written: Written) -> Path:
    return written({"src/acme/data.py": LOADER, "src/acme/__init__.py": "", "train.py": TRAIN})


def test_functions_classes_modules_and_packages_may_be_named(acme: Path) -> None:
    assert owners(acme) == ["read_table", "Lake"]
    assert owners(acme, "acme.data.read_table") == ["Lake"]
    assert owners(acme, "acme.data.Lake") == ["read_table"]
    assert owners(acme, "acme.data.Lake.users") == ["read_table"]
    assert owners(acme, "data.read_table", "data.Lake") == []
    assert owners(acme, "acme.data") == []
    assert owners(acme, "src/acme/*.py") == []
    assert owners(acme, "acme.data.read") == ["read_table", "Lake"]


def test_a_function_of_a_library_may_be_named(acme: Path) -> None:
    assert owners(acme, "pandas.read_csv") == []
    assert owners(acme, "pandas.read_parquet") == ["read_table", "Lake"]


def test_the_teams_catalogue_names_its_own_functions(acme: Path) -> None:
    (acme / ".mldebt/apis").mkdir(parents=True)
    (acme / ".mldebt/apis/acme.toml").write_text(
        'library = "acme"\n[[api]]\nrole = "reads"\nnames = ["acme.data.read_table"]\nplatform = true\n'
    )
    assert owners(acme) == ["Lake"]


def test_a_name_that_is_nowhere_is_told_with_the_nearest(acme: Path) -> None:
    names = ("acme.data.read_table", "acme.data", "src/acme/*.py", "pandas.read_csv", "sklearn.datasets", "acme")
    assert notes(acme, *names) == ()
    assert notes(acme, "acme.data.raed_table") == (
        "platform names 'acme.data.raed_table', which is neither in this repository nor in a library that it imports; "
        "did you mean 'acme.data.read_table'?",
    )
    assert notes(acme, "lakes/*.py", "corp.lake.read") == (
        "platform names 'lakes/*.py', which is neither in this repository nor in a library that it imports.",
        "platform names 'corp.lake.read', which is neither in this repository nor in a library that it imports.",
    )


def test_a_library_that_the_catalogue_does_not_know_is_known_by_its_imports(written: Written) -> None:
    root = written({"train.py": "from corp.lake import reader\nimport corplake\n"})
    assert notes(root, "corp.lake.reader.read_table", "corp.lake", "corp", "corplake.read") == ()
    assert len(notes(root, "corp.store", "lake.reader")) == 2

"""What reaches a user: the wheel, the sdist, and an editable install."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from mldebt.rulebook import rules_folder

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="not a source tree")


def build(kind: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


def records() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "rules").rglob("*.toml")}


def modules() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "mldebt").rglob("*.py")}


def test_the_wheel_holds_every_module_and_record(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path)) as wheel:
        names = set(wheel.namelist())
    assert modules() | {f"mldebt/{name}" for name in records()} | {"mldebt/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "rules/"))]


def test_an_unpacked_wheel_finds_its_rules_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path / "dist")) as wheel:
        wheel.extractall(tmp_path / "site")  # noqa: S202  # our own archive, built two lines above
    program = "from mldebt.rulebook import *; print(rules_folder(), len(load_rules()), len(load_apis().functions))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    folder, rules, functions = done.stdout.split()
    assert Path(folder) == tmp_path / "site" / "mldebt" / "rules"
    assert int(rules) >= 5
    assert int(functions) > 0


def test_the_sdist_holds_what_a_build_and_its_tests_need(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert modules() | records() | {"pyproject.toml", "README.md", "LICENSE", "tests/test_packaging.py"} <= names


def test_here_the_rules_are_found() -> None:
    assert (rules_folder() / "contract" / "downstream_reorder.toml").is_file()

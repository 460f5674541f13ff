import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_history_week_by_week(run: Run, recorder: Any, tmp_path: Path) -> None:
    recorder.commit({"a.py": "x = 1\n"})
    recorder.commit({"a.py": "x = 2\n"}, day=20)
    root = recorder.write()
    done = run("trend", root, "--since", "2020-09-15", "--no-history", "-o", tmp_path / "trend.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was ever found." in done.stdout
    assert len(json.loads((tmp_path / "trend.json").read_text())["states"]) == 4
    assert list((tmp_path / "cache" / "ledgers").glob("*.sqlite"))


HIDDEN = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "matplotlib" else find(name, *more)
from mldebt.cli import main
main(["trend", "-o", "trend.svg"])
"""


def test_a_wrong_call_is_told_before_the_work(run: Run) -> None:
    done = run("trend", "-o", "trend.svgg")
    assert done.returncode == 2
    assert "no form has the suffix '.svgg'; allowed: .svg, .png, .json, .txt; did you mean '.svg'?" in done.stderr
    done = subprocess.run([sys.executable, "-c", HIDDEN], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "a picture needs matplotlib, which is not installed; pip install 'mldebt[trend]'" in done.stderr

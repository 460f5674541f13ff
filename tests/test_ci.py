"""The files that code hosts read: their steps are run as they stand there."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mldebt.cli import _COMMANDS

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
Git = Callable[..., bytes]


def text(shuffled: bool) -> str:
    line = "    random.shuffle(ranked)\n" if shuffled else ""
    return (
        "import random\n\nimport numpy as np\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        "@app.get('/tracks')\ndef tracks(user: int) -> list[int]:\n    ranked = rank(user)\n"
        f"{line}    return ranked\n\n\n"
        "def rank(user: int):\n    scores = MODEL.predict(user)\n    return [int(i) for i in np.argsort(-scores)]\n"
    )


@pytest.fixture
def pull_request(recorder: Any, tmp_path: Path, plain_git: Git) -> Path:
    """A checkout as actions/checkout makes it for a pull request: one commit deep, of a merge that the host made."""
    recorder.commit({"serve.py": text(shuffled=False)})
    recorder.commit({"serve.py": text(shuffled=True)}, parents=[1])
    recorder.commit({"serve.py": text(shuffled=False), "other.py": text(shuffled=True)}, parents=[1])
    recorder.commit({"serve.py": text(shuffled=True), "other.py": text(shuffled=True)}, parents=[3, 2])
    root = recorder.write()
    plain_git(root, "update-ref", "refs/heads/trunk", recorder.id(3))
    plain_git(root, "update-ref", "refs/pull/7/merge", recorder.id(4))
    plain_git(tmp_path, "init", "-q", "checkout")
    checkout = tmp_path / "checkout"
    plain_git(checkout, "remote", "add", "origin", f"file://{root}")
    plain_git(checkout, "fetch", "-q", "--depth=1", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    plain_git(checkout, "checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
    return checkout


class Runner:
    """Runs the shell steps of a composite action."""

    def __init__(self, checkout: Path, temp: Path, inputs: Mapping[str, str], github: Mapping[str, str]) -> None:
        self.checkout = checkout
        self.temp = temp
        self.github = github
        self.inputs = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()} | dict(inputs)
        venv = temp / "mldebt-venv" / "bin"
        venv.mkdir(parents=True)
        (venv / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (venv / "python").chmod(0o755)

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        step = next(each for each in ACTION["runs"]["steps"] if each.get("name") == name)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GITHUB_{key.upper()}": value for key, value in self.github.items()},
            **{key: self._filled(value) for key, value in step["env"].items()},
        }
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(bash, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False)

    def _filled(self, value: str) -> str:
        def look_up(found: re.Match[str]) -> str:
            room, _, name = found[1].partition(".")
            rooms = {"inputs": self.inputs, "github": self.github, "runner": {"temp": str(self.temp)}}
            return rooms[room].get(name, "")

        return re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", look_up, value)


def test_a_pull_request(pull_request: Path, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    inputs = {"arguments": "--select MLD401 -j1", "sarif": "all.sarif"}
    runner = Runner(pull_request, tmp_path / "temp", inputs, {"base_ref": "trunk", "repository": "acme/shop"})
    fetched = runner.step("Fetch the history")
    assert (fetched.returncode, fetched.stderr) == (0, "")
    judged = runner.step("Judge the change")
    assert judged.returncode == 1, judged.stderr
    annotations = [line for line in judged.stdout.splitlines() if line.startswith("::")]
    assert len(annotations) == 1
    assert annotations[0].startswith("::warning title=MLD401 downstream-reorder,file=serve.py,line=12,")
    assert "1 new finding (1 medium), 1 unchanged." in (runner.temp / "summary.md").read_text()
    outputs = dict(line.split("=", 1) for line in (runner.temp / "output").read_text().splitlines())
    assert outputs["new"] == "1"
    assert json.loads(Path(outputs["report"]).read_text())["new"][0]["location"]["path"] == "serve.py"
    sarif = json.loads((pull_request / "all.sarif").read_text())
    assert len(sarif["runs"][0]["results"]) == 2
    again = Runner.step(runner, "Judge the change")
    assert again.returncode == 1


def test_inputs_reach_the_command_as_they_are(pull_request: Path, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    inputs = {"base": "$(touch ran); trunk", "fail-on": "high"}
    runner = Runner(pull_request, tmp_path / "temp", inputs, {})
    judged = runner.step("Judge the change")
    assert judged.returncode == 2
    assert "$(touch ran); trunk: no such commit" in judged.stderr
    assert not (pull_request / "ran").exists()


def test_no_expression_stands_in_a_script() -> None:
    """Text of a pull request that is put into a script is run by it."""
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_the_hooks_of_pre_commit_name_commands() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["mldebt", "mldebt-gate"]
    for hook in hooks:
        program, command = hook["entry"].split()
        assert (program, hook["language"]) == ("mldebt", "python")
        assert command in _COMMANDS


def test_a_merge_request(recorder: Any, tmp_path: Path, plain_git: Git) -> None:
    recorder.commit({"serve.py": text(shuffled=False)})
    recorder.commit({"serve.py": text(shuffled=True)})
    root = recorder.write()
    job = yaml.safe_load((ROOT / "ci" / "mldebt.gitlab-ci.yml").read_text(encoding="utf-8"))["mldebt"]
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "mldebt"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mldebt "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "CI_PROJECT_DIR": str(root),
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": recorder.id(1),
        "MLDEBT_CACHE_DIR": job["variables"]["MLDEBT_CACHE_DIR"].replace("$CI_PROJECT_DIR", str(root)),
    }
    script = "set -e\n" + "\n".join(job["script"])
    done = subprocess.run(
        ["bash", "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "MLD401" in done.stdout
    for kind in ("codequality", "junit"):
        assert (root / job["artifacts"]["reports"][kind]).is_file()
    quality = json.loads((root / "gl-code-quality-report.json").read_text())
    assert "MLD401" in {each["check_name"] for each in quality}
    assert plain_git(root, "status", "--porcelain", "--", job["cache"]["paths"][0]) == b""
    assert job["cache"]["when"] == "always", "what a job that fails has learnt is kept, too"

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def root(recorder: Any) -> Any:
    recorder.commit({"shop/a.py": "x = 1\n", ".github/workflows/test.yml": "on: push\n"})
    return recorder.write()


def test_what_is_missing_is_written_and_works(run: Run, root: Any) -> None:
    done = run("init", root, "--install", "mldebt @ https://corp.example/mldebt.whl")
    assert done.returncode == 0
    written = [root / name for name in ("mldebt.toml", ".pre-commit-config.yaml", ".github/workflows/mldebt.yml")]
    assert done.stdout == "".join(f"{file}: written\n" for file in written)
    assert run("scan", root).returncode == 0
    assert "branches: [main]" in written[2].read_text()
    assert all("mldebt @ https://corp.example/mldebt.whl" in file.read_text() for file in written[1:])


def test_what_is_there_is_never_touched(run: Run, root: Any) -> None:
    run("init", root)
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file() and ".git" not in file.parts[-2:]}
    (root / ".pre-commit-config.yaml").write_text("repos: []\n")
    done = run("init", root)
    assert done.returncode == 0
    assert done.stdout.count("left as it is") == 3
    assert "add this below `repos:`\n- repo: local" in done.stdout
    assert (root / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (root / "mldebt.toml").read_bytes() == before[root / "mldebt.toml"]


def test_a_table_in_pyproject_is_a_configuration(run: Run, root: Any) -> None:
    (root / "pyproject.toml").write_text("[tool.mldebt]\njobs = 1\n")
    done = run("init", root)
    assert f"{root / 'pyproject.toml'}: left as it is; a configuration is there already" in done.stdout
    assert not (root / "mldebt.toml").exists()


def test_a_link_that_leads_nowhere_is_there(run: Run, root: Any, tmp_path: Any) -> None:
    (root / ".pre-commit-config.yaml").symlink_to(tmp_path / "outside")
    run("init", root)
    assert not (tmp_path / "outside").exists()


def test_a_look_alone_writes_nothing(run: Run, root: Any) -> None:
    done = run("init", root, "--dry-run")
    assert "mldebt.toml: would be written\n\n# mldebt's configuration" in done.stdout
    assert not (root / "mldebt.toml").exists()


def test_without_a_repository_it_says_so(run: Run, tmp_path: Any) -> None:
    done = run("init", tmp_path)
    assert (done.returncode, "not inside a git repository" in done.stderr) == (2, True)

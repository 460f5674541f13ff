"""What the everyday commands must not load, and what `--help` may cost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"libcst", "networkx", "git", "rich", "jinja2", "sqlglot", "numpy", "scipy", "pygls"}


def loaded(*arguments: str, cache: Path) -> set[str]:
    """The modules that a run of mldebt has loaded when it ends."""
    program = (
        "import sys, json\n"
        "from mldebt.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"
        "    print('LOADED', json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={"MLDEBT_CACHE_DIR": str(cache), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    line = next(line for line in done.stderr.splitlines() if line.startswith("LOADED "))
    return set(json.loads(line.removeprefix("LOADED ")))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("rules",), ("scan", "--help"), ("lsp", "--help")])
def test_help_and_lists_load_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert not loaded(*arguments, cache=tmp_path) & HEAVY


def test_a_warm_scan_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "train.py").write_text("import pandas\n")
    arguments = ("scan", str(tmp_path / "repo"))
    cold = loaded(*arguments, cache=tmp_path / "cache")
    warm = loaded(*arguments, cache=tmp_path / "cache")
    stages = {"mldebt.facts.pool", "mldebt.flow", "mldebt.pipeline", "mldebt.detectors"}
    assert stages <= cold
    assert not warm & (HEAVY | stages)


def test_importing_the_package_loads_nothing(tmp_path: Path) -> None:
    program = "import sys, mldebt; print(sorted(n for n in sys.modules if n.startswith('mldebt')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "['mldebt']"

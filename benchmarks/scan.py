"""Whole scans beside a bare parse and beside other tools, as ratios measured in one run.

    python benchmarks/scan.py PATH [--tools] [--rounds N]

Prints CPU seconds (user and system, children included) and their ratios: a cold scan without history in one process
against `libcst.parse_module` over the same files; a warm scan against a cold one; a scan after five files changed and
`--help` against starting the interpreter with libcst and bare. `--tools` adds bandit, pylint and fixit at their
defaults, where they are installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PARSE = """
import gc, pathlib, sys
import libcst
gc.disable()
sys.setrecursionlimit(20_000)
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        libcst.parse_module(path.read_bytes())
    except Exception:
        pass
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--tools", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(options.path, Path(scratch), options.rounds, tools=options.tools)


def measure(path: Path, scratch: Path, rounds: int, *, tools: bool) -> None:
    copy = scratch / "copy"
    shutil.copytree(path, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    scan = [sys.executable, "-m", "mldebt", "scan", str(copy), "--no-history", "--fail-on", "never", "--quiet"]
    one = [*scan, "--jobs", "1"]
    cached = [*one, "--cache-dir", str(scratch / "cache")]
    parse = best(rounds, [sys.executable, "-c", PARSE, str(copy)])
    cold = best(rounds, [*one, "--no-cache"])
    show("bare libcst.parse_module", parse)
    show("cold scan, one process", cold, ("bare parse", parse))
    cpu(cached)
    warm = best(rounds + 2, cached)
    show("warm scan, nothing changed", warm, ("cold scan", cold))
    files = sorted(copy.rglob("*.py"), key=lambda file: file.stat().st_size)[-60:-10:10]
    for file in files:
        file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    changed = cpu(cached)
    libcst = best(5, [sys.executable, "-c", "import libcst"])
    show(f"warm scan, {len(files)} files changed", changed, ("cold scan", cold), ("import libcst", libcst))
    bare = best(5, [sys.executable, "-c", ""])
    show("mldebt --help", best(5, [sys.executable, "-m", "mldebt", "--help"]), ("bare interpreter", bare))
    if tools:
        beside(copy, cold)


def beside(path: Path, cold: float) -> None:
    """Other tools at their defaults; one round, for they are slow."""
    commands = {
        "bandit": ["bandit", "-q", "-r", str(path)],
        "pylint": ["pylint", "--recursive=y", str(path)],
        "fixit": ["fixit", "lint", str(path)],
    }
    for name, command in commands.items():
        found = shutil.which(command[0], path=str(Path(sys.executable).parent)) or shutil.which(command[0])
        if found:
            taken = cpu([found, *command[1:]])
            print(f"{name:36}{taken:9.2f} s    {name} / mldebt {taken / cold:.2f}", flush=True)


def show(name: str, taken: float, *against: tuple[str, float]) -> None:
    ratios = "   ".join(f"{taken / other:.3f} x {what}" for what, other in against)
    print(f"{name:36}{taken:9.2f} s    {ratios}", flush=True)


def best(rounds: int, command: list[str]) -> float:
    return min(cpu(command) for _ in range(rounds))


def cpu(command: list[str], folder: Path | None = None) -> float:
    """CPU seconds of a command, run in a folder, and its children; ends with its exit code where one of ours fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as installed
    done = subprocess.run(
        command, cwd=folder, env=compiled, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode and "mldebt" in command:
        sys.exit(done.stderr.decode(errors="replace") or f"{command}: exit code {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()

"""What a change costs beside starting the libraries and beside a cold scan, as ratios measured in one run.

    python benchmarks/change.py PATH [--files N] [--rounds N]

Works on a copy of the repository, whose history it needs. Prints CPU seconds (user and system, children included) and
their ratios: `mldebt hook` on one changed file at a time, over N files spread over the tree by size, against
`python -c "import libcst, networkx"`, with all other files in the cache, the changed one as it is for the first time;
and `mldebt gate` of five changed files with the state before in the
cache, against a cold scan. The least of several rounds counts, and both sides take turns.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scan import cpu, show

LIBRARIES = [sys.executable, "-c", "import libcst, networkx"]
MLDEBT = [sys.executable, "-m", "mldebt"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "copy")
        shutil.copytree(options.path, copy, symlinks=True)
        gate(copy, Path(scratch))
        hooks(copy, Path(scratch), options.files, options.rounds)


def hooks(copy: Path, scratch: Path, files: int, rounds: int) -> None:
    ratios = []
    for path in spread(copy, files):
        edit(copy / path)
        hook = [*MLDEBT, "hook", path, "--fail-on", "never", "--quiet", "--cache-dir", str(scratch / "hook")]
        cpu(hook, copy)
        turns = [turn(hook, copy, path) for _ in range(rounds)]
        taken, libraries = (min(times) for times in zip(*turns, strict=True))
        show(f"hook {Path(path).name[:30]}", taken, ("import libcst, networkx", libraries))
        ratios.append(taken / libraries)
    print(f"hook: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}", flush=True)


def turn(hook: list[str], copy: Path, path: str) -> tuple[float, float]:
    edit(copy / path)
    return cpu(hook, copy), cpu(LIBRARIES)


def gate(copy: Path, scratch: Path) -> None:
    state = ["--no-history", "--fail-on", "never", "--quiet", "--jobs", "1"]
    cold = cpu([*MLDEBT, "scan", *state, "--cache-dir", str(scratch / "gate")], copy)
    for path in spread(copy, 5):
        edit(copy / path)
    taken = cpu([*MLDEBT, "gate", "--base", "HEAD", *state, "--cache-dir", str(scratch / "gate")], copy)
    show("gate, 5 files changed", taken, ("cold scan", cold))


def spread(copy: Path, count: int) -> list[str]:
    """Python files that git knows and the work tree has, evenly from the smaller half to the largest."""
    listed = subprocess.run(["git", "-C", str(copy), "ls-files", "-z", "*.py"], capture_output=True, check=True)
    found = [name for name in listed.stdout.decode().split("\0") if name and (copy / name).is_file()]
    found.sort(key=lambda name: (copy / name).stat().st_size)
    upper = found[len(found) // 2 :]
    return [upper[round(at * (len(upper) - 1) / max(1, count - 1))] for at in range(count)]


def edit(path: Path) -> None:
    path.write_text(
        path.read_text(encoding="utf-8") + "\n\ndef added(frame):\n    return frame.dropna()\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()

"""Line ownership beside `git blame --incremental` with two processes: the same lines? how much faster?

    python benchmarks/ownership.py PATH... [--lines] [--rounds 3] [--suffix .py] [--update 20] [--sample 150]

Both answer for every file of the suffix at HEAD, cold, in turn; medians of wall and CPU seconds (children and start-up
of Python included). What mldebt does beyond plain blame is in its time: people, imports, reformatting, code that was
moved, and the commits that `.git-blame-ignore-revs` names. `--lines` leaves that out: the commit of every line, as
blame tells it, and nothing more. `--update N` also measures an update from some N commits before HEAD, and
`--sample N` lets blame answer for N of the files alone, where all would take minutes (its time is then multiplied).
The last column is the largest process so far. A repository of 24,000 commits and 3,900 files: `made_history.py`."""

from __future__ import annotations

import argparse
import compileall
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mldebt
from mldebt.git import head_files, isolated, open_repository
from mldebt.ownership.engine import attribute_lines

ROW = "{:38} {:>5} {:>7} {:>5} {:>13} {:>13} {:>5} {:>5} {:>4}"
PROGRAM = """
import gc, os, sys
gc.disable()  # as the command does, and `freeze` at the end
from pathlib import Path
from mldebt.git import open_repository
from mldebt.ownership import read_ownership
root, listed, cache, head = sys.argv[1:]
repository = open_repository(Path(root), allow_bare=True)
if head:
    repository = repository._replace(head=head)
paths = os.fsdecode(Path(listed).read_bytes()).split("\\0")
found = read_ownership(repository, paths, cache_dir=Path(cache) if cache else None)
if not found.available:
    sys.exit(found.reason)
gc.freeze()
"""

LINES = """
import gc, os, sys
gc.disable()
from pathlib import Path
from mldebt.git import head_files, isolated, open_repository
from mldebt.ownership.engine import attribute_lines
root, listed, _, _ = sys.argv[1:]
with isolated(open_repository(Path(root), allow_bare=True)) as isolation:
    tree = head_files(isolation)
    paths = Path(listed).read_bytes().split(b"\\0")
    attribute_lines(isolation, {path: tree[os.fsdecode(path)].encode() for path in paths}, follow_moves=False)
gc.freeze()
"""


def main() -> int:
    """Measures each repository and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--suffix", default=".py")
    parser.add_argument("--update", type=int, default=0)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--lines", action="store_true")
    options = parser.parse_args()
    compileall.compile_dir(Path(mldebt.__file__).parent, quiet=1)  # as an installed package is
    print(ROW.format("repository", "files", "lines", "wrong", "blame x2 s", "mldebt s", "wall", "cpu", "MB"))
    walls, cpus = [], []
    for path in options.paths:
        wall, cpu = measure(path, options)
        walls.append(wall)
        cpus.append(cpu)
    print(f"geometric mean of the ratios: wall {mean(walls):.1f}, CPU {mean(cpus):.1f}; worst wall {min(walls):.1f}")
    return 0


def measure(root: Path, options: argparse.Namespace) -> tuple[float, float]:
    """Wall and CPU ratios of one repository; prints its line."""
    repository = open_repository(root, allow_bare=True)
    if repository is None:
        sys.exit(f"{root} is no repository")
    with isolated(repository) as isolation:
        paths = [path for path in head_files(isolation) if path.endswith(options.suffix)]
    some = paths[:: max(1, len(paths) // options.sample)] if options.sample else paths
    share = len(some) / len(paths)
    plain, ours = [], []
    with tempfile.NamedTemporaryFile() as listed:
        listed.write(os.fsencode("\0".join(paths)))
        listed.flush()
        expected: dict[str, list[bytes] | None] = {}
        for _ in range(options.rounds):
            start, used = time.perf_counter(), children()
            expected = blame(root, some)
            plain.append(((time.perf_counter() - start) / share, (children() - used) / share))
            ours.append(run(root, listed.name, "", "", LINES if options.lines else PROGRAM))
        most = peak()
        update = measure_update(root, listed.name, options.update, median(ours)) if options.update else ""
    wrong, lines, died = compare(root, paths, expected)
    (blame_wall, blame_cpu), (wall, cpu) = median(plain), median(ours)
    times = (f"{each_wall:.2f}/{each_cpu:.2f}" for each_wall, each_cpu in (median(plain), median(ours)))
    ratios = (f"{blame_wall / wall:.1f}", f"{blame_cpu / cpu:.1f}")
    print(ROW.format(root.name[:38], len(paths), lines, wrong, *times, *ratios, most))
    if died:
        print(f"    plain git blame died on {died} files")
    if update:
        print(f"    {update}")
    return blame_wall / wall, blame_cpu / cpu


def measure_update(root: Path, listed: str, commits: int, cold: tuple[float, float]) -> str:
    """How long it takes when HEAD moved by some commits, beside the cold run."""
    line = ["git", "-C", str(root), "rev-list", "--first-parent", f"--max-count={commits + 1}", "HEAD"]
    for old in subprocess.run(line, capture_output=True, text=True, check=True).stdout.split():
        count = ["git", "-C", str(root), "rev-list", "--count", f"{old}..HEAD"]
        since = int(subprocess.run(count, capture_output=True, text=True, check=True).stdout)
        if since >= commits:
            break
    else:
        return ""
    with tempfile.TemporaryDirectory() as cache:
        run(root, listed, cache, old)
        wall, cpu = run(root, listed, cache, "")
        _, nothing = run(root, listed, cache, "")
    of_cold = f"{wall / cold[0]:.2f} of cold in wall, {cpu / cold[1]:.2f} in CPU"
    return f"{since} commits later {wall:.2f}/{cpu:.2f} s = {of_cold}; nothing new {nothing:.2f} s of CPU"


def run(root: Path, listed: str, cache: str, head: str, program: str = PROGRAM) -> tuple[float, float]:
    """Wall and CPU seconds of a process of its own, for the files that are listed in a file."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start, used = time.perf_counter(), children()
    subprocess.run([sys.executable, "-c", program, root, listed, cache, head], env=environment, check=True)
    return time.perf_counter() - start, children() - used


def blame(root: Path, paths: Sequence[str]) -> dict[str, list[bytes] | None]:
    """What plain git blame tells, two files at a time; None where it dies."""

    def one(path: str) -> list[bytes] | None:
        command = [b"git", b"-C", os.fsencode(root), b"blame", b"--incremental", b"HEAD", b"--", os.fsencode(path)]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            return None
        found: dict[int, bytes] = {}
        for entry in done.stdout.split(b"\n"):
            words = entry.split(b" ")
            if len(words) == 4 and len(words[0]) in (40, 64) and words[1].isdigit():
                first = int(words[2])
                found.update(dict.fromkeys(range(first, first + int(words[3])), words[0]))
        return [found[number] for number in range(1, len(found) + 1)]

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(paths, pool.map(one, paths), strict=True))


def compare(root: Path, paths: Sequence[str], expected: dict[str, list[bytes] | None]) -> tuple[int, int, int]:
    """Lines that differ, lines compared, and files that plain blame could not read."""
    repository = open_repository(root, allow_bare=True)
    assert repository is not None
    with isolated(repository) as isolation:
        tree = head_files(isolation)
        found = attribute_lines(isolation, {os.fsencode(path): tree[path].encode() for path in paths}).lines
    wrong = lines = died = 0
    for path, owners in expected.items():
        if owners is None:
            died += 1
            continue
        mine = found.lines(os.fsencode(path))
        lines += len(owners)
        wrong += abs(len(mine) - len(owners)) + sum(one != other for one, other in zip(mine, owners, strict=False))
    return wrong, lines, died


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak() -> int:
    """Megabytes of the largest child so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def median(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _ in pairs), statistics.median(cpu for _, cpu in pairs)


def mean(ratios: Sequence[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, ratios)))


if __name__ == "__main__":
    sys.exit(main())

"""What facts cost on top of libcst's bare parse, and what a second worker gains. Usage: facts.py PATH [FILES]

Each ratio is taken in one run: variants alternate file by file, the best of three counts, processor time (wall time for
workers). Absolute numbers of a shared machine say little.
"""

from __future__ import annotations

import functools
import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import libcst
import msgspec

from mldebt.facts.extract import ExtractionError, extract
from mldebt.facts.pool import read_facts
from mldebt.facts.record import RECURSION_LIMIT
from mldebt.facts.store import FactStore
from mldebt.sources import SourceFile, SourceKind, list_sources, read_source

ROUNDS = 3
BAR = 1.15
WORKERS_BAR = 0.65


def facts_bytes(text: str) -> bytes:
    """All that a worker does for one file."""
    return msgspec.msgpack.encode(extract(text).facts)


def best(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """One measurement."""
    start = clock()
    work()
    return clock() - start


def texts_of(root: Path, files: tuple[SourceFile, ...], limit: int) -> list[str]:
    """The Python texts of a sample."""
    sample = [file for file in files if file.kind is SourceKind.PYTHON]
    random.Random(1).shuffle(sample)  # noqa: S311
    found = []
    for file in sample[:limit]:
        source = read_source(root, file)
        text = getattr(source, "text", "")
        try:
            extract(text)
        except ExtractionError:
            continue
        found.append(text)
    return found


def measure_cost(texts: list[str]) -> None:
    """(parse + extract + encode) / parse."""
    bare = full = 0.0
    size = 0
    gc.disable()
    for text in texts:
        parses, wholes = [], []
        for _ in range(ROUNDS):
            parses.append(best(functools.partial(libcst.parse_module, text), time.process_time))
            wholes.append(best(functools.partial(facts_bytes, text), time.process_time))
        bare += min(parses)
        full += min(wholes)
        size += len(facts_bytes(text))
    gc.enable()
    lines = sum(text.count("\n") for text in texts)
    print(f"{len(texts)} files, {lines} lines: bare parse {lines / bare / 1000:.1f} kloc/s", end="")
    print(f", {size / lines:.0f} bytes a line")
    print(f"facts / bare parse, CPU: {full / bare:.3f} (bar {BAR})")


def measure_workers(root: Path, files: tuple[SourceFile, ...]) -> None:
    """Two workers / one, and what the store makes of it."""
    read = functools.partial(read_source, root)
    wall: dict[int, list[float]] = {1: [], 2: []}
    work: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for jobs, walls in wall.items():
            before = family_time()
            walls.append(best(lambda jobs=jobs: read_facts(files, read, jobs=jobs), time.perf_counter))  # type: ignore[misc]
            work[jobs].append(family_time() - before)
    for clock, times in (("wall", wall), ("CPU", work)):
        one, two = min(times[1]), min(times[2])
        print(f"one worker {one:.2f} s, two {two:.2f} s {clock}: {two / one:.2f} (bar for wall {WORKERS_BAR})")


def family_time() -> float:
    """Processor seconds of this process and the children it has buried."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure_store(root: Path, files: tuple[SourceFile, ...], folder: Path) -> None:
    """Everything found in the store."""
    read = functools.partial(read_source, root)
    read_facts(files, read, cache=folder)
    warm = min(best(lambda: read_facts(files, read, cache=folder), time.perf_counter) for _ in range(ROUNDS))
    store = FactStore(folder)
    loaded = best(lambda: store.load(f"{file.kind}:{file.key}" for file in files), time.perf_counter)
    store.close()
    print(f"all from the store, wall: {warm * 1000:.0f} ms, of it without decoding {loaded * 1000:.0f} ms")


def main(root: Path, limit: int) -> None:
    """Print every ratio."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    files = list_sources(root).files
    measure_cost(texts_of(root, files, limit))
    measure_workers(root, files)
    with tempfile.TemporaryDirectory() as folder:
        measure_store(root, files, Path(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 150)

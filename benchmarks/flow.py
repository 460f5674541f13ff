"""What linking and the rules cost next to libcst's bare parse, and how that grows. Usage: flow.py PATH [FILES]

Linking is: the program, every body, the targets of every call, the callers of every function; the rules are all that
there are, asked of a repository without history or documents. Processor time, each variant in turn, the best of a few
counts; absolute numbers of a shared machine say little. A second copy of a repository is more than twice the work where
everything has the same name: each call by name has twice the candidates.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import libcst

from mldebt.detectors import load_detector
from mldebt.facts.extract import ExtractionError, extract_facts
from mldebt.facts.record import RECURSION_LIMIT, FileFacts
from mldebt.flow import Flow, ModuleInput, link_project
from mldebt.ownership import read_ownership
from mldebt.pipeline import build_project
from mldebt.rulebook import Catalogue, load_apis, load_rules
from mldebt.settings import Settings
from mldebt.sources import Category, Source, SourceKind, list_sources, read_source

ROUNDS = 2
COPIES = (1, 2, 4, 8)
BAR = 0.25
RULES_BAR = 1.0
GROWTH_BAR = 1.15


def texts_of(root: Path, limit: int) -> tuple[dict[str, str], dict[str, Category]]:
    """The Python texts of a repository, or of a sample of its files; and what each file is for."""
    files = [file for file in list_sources(root).files if file.kind is SourceKind.PYTHON]
    if len(files) > limit:
        files = sorted(random.Random(1).sample(files, limit), key=lambda file: file.path)  # noqa: S311
    sources = [source for file in files if isinstance(source := read_source(root, file), Source)]
    return (
        {source.file.path: source.text for source in sources},
        {source.file.path: source.file.category for source in sources},
    )


def extracted(texts: dict[str, str]) -> dict[str, FileFacts]:
    """The facts of every text that is Python."""
    found = {}
    for path, text in texts.items():
        try:
            found[path] = extract_facts(text)
        except ExtractionError:
            continue
    return found


def inputs(facts: dict[str, FileFacts], categories: dict[str, Category], copies: int) -> list[ModuleInput]:
    """The modules of a repository that holds everything several times, under new names."""
    return [
        ModuleInput(
            path=f"copy{copy}/{path}" if copy else path, category=categories[path], is_notebook=False, facts=each
        )
        for copy in range(copies)
        for path, each in facts.items()
    ]


def link(modules: Sequence[ModuleInput], catalogue: Catalogue) -> Flow:
    """Everything that rules ask for first."""
    flow = link_project(modules, catalogue)
    scopes = [(module.index, number) for module in flow.program.modules for number in range(len(module.facts.scopes))]
    for module, number in scopes:
        for call in flow.body(module, number).calls:
            flow.targets(call)
    for module, number in scopes:
        flow.callers(module, number)
    return flow


def judge(modules: Sequence[ModuleInput], catalogue: Catalogue) -> None:
    """Everything that a scan does with the facts."""
    settings = Settings(history=False)
    ownership = read_ownership(None, {}, window_days=settings.window_days)
    project = build_project(link_project(modules, catalogue), [], ownership, settings)
    for rule in load_rules():
        list(load_detector(rule).detect(project, rule))


def seconds(work: Callable[[], object]) -> float:
    """The processor time of one run."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    spent = time.process_time() - start
    gc.enable()
    return spent


def parse(texts: dict[str, str], paths: Sequence[str]) -> None:
    """Nothing but libcst."""
    for path in paths:
        libcst.parse_module(texts[path])


def measure_memory(modules: Sequence[ModuleInput], catalogue: Catalogue, lines: int) -> None:
    """What a linked repository holds on to."""
    tracemalloc.start()
    flow = link(modules, catalogue)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    scopes = [(module.index, number) for module in flow.program.modules for number in range(len(module.facts.scopes))]
    values = sum(len(flow.body(*key).nodes) for key in scopes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{values} values, {held / values:.0f} bytes each, {held / lines:.0f} bytes a line; peak {peak:.0f} MB")


def main(root: Path, limit: int) -> None:
    """Print every ratio."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    catalogue = load_apis()
    texts, categories = texts_of(root, limit)
    facts = extracted(texts)
    lines = sum(texts[path].count("\n") for path in facts)
    bare = min(seconds(partial(parse, texts, list(facts))) for _ in range(ROUNDS))
    times = {
        copies: min(seconds(partial(link, inputs(facts, categories, copies), catalogue)) for _ in range(ROUNDS))
        for copies in COPIES
    }
    judged = {
        copies: min(seconds(partial(judge, inputs(facts, categories, copies), catalogue)) for _ in range(ROUNDS))
        for copies in COPIES
    }
    print(f"{len(facts)} files, {lines} lines: bare parse {bare:.2f} s, link {times[1]:.2f} s, all {judged[1]:.2f} s")
    print(f"link / bare parse, CPU: {times[1] / bare:.3f} (bar {BAR})")
    print(f"link and all rules / bare parse, CPU: {judged[1] / bare:.3f} (bar {RULES_BAR})")
    for name, taken in (("link", times), ("link and all rules", judged)):
        growth = ", ".join(f"{copies}x {taken[copies] / taken[1] / copies:.2f}" for copies in COPIES)
        print(f"{name}, time a copy, against one alone: {growth} (bar {GROWTH_BAR})")
    measure_memory(inputs(facts, categories, 1), catalogue, lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 400)

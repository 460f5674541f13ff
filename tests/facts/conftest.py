"""Real files to compare with what libcst and CPython themselves say."""

from __future__ import annotations

import os
import random
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

SAMPLE = int(os.environ.get("MLDEBT_ORACLE_FILES", "60"))
LARGEST = 60_000  # libcst's providers take a hundred times longer than what they check


@pytest.fixture(scope="session")
def real_texts() -> list[tuple[Path, str]]:
    """The same files in every run on one machine: the standard library and what is installed beside pytest."""
    folders = {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    found = {path for folder in folders for path in Path(folder).rglob("*.py") if 0 < path.stat().st_size < LARGEST}
    texts = []
    for path in random.Random(20).sample(sorted(found), min(len(found), SAMPLE)):  # noqa: S311
        try:
            texts.append((path, path.read_bytes().decode("utf-8")))
        except UnicodeDecodeError:
            continue
    assert len(texts) > SAMPLE // 2
    return texts


@pytest.fixture
def deep_stack() -> Iterator[None]:
    """What a worker allows itself."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(before)

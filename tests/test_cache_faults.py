"""Whatever becomes of the files of a cache: the answer is that of a scan without one, and nothing of them is run."""

from __future__ import annotations

import os
import pickle
import shutil
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from mldebt.inputs import keep
from mldebt.outcome import Outcome
from mldebt.scan import scan
from mldebt.settings import Settings
from tests.conftest import Recorder, one_process

CODE = """import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()


@app.get("/tracks")
def tracks(user: int) -> list[int]:
    scores = MODEL.predict(user)
    ranked = [int(i) for i in np.argsort(-scores)]
    random.shuffle(ranked)
    return ranked
"""
TRAINING = """import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

rows = pd.read_csv("rows.csv")
model = LogisticRegression().fit(rows[["age"]], rows.churned)
joblib.dump(model, "model.joblib")
"""
README = "The shelf shows what the ranker likes best, and is trained anew every week. " * 20
Damage = Callable[[Path, bytes], object]


class _Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


def _flip(file: Path, kept: bytes) -> None:
    file.write_bytes(kept[: len(kept) // 2] + bytes([kept[len(kept) // 2] ^ 0x41]) + kept[len(kept) // 2 + 1 :])


def _bomb(file: Path, _kept: bytes) -> None:
    """With a checksum as one that covers the content alone would be."""
    content = pickle.dumps(_Bomb(file.with_suffix(".ran")))
    file.write_bytes(content + zlib.crc32(content).to_bytes(4))


def _instead(make: Callable[[Path], object]) -> Damage:
    def replace_by(file: Path, _kept: bytes) -> None:
        file.unlink()
        make(file)

    return replace_by


DAMAGES: Mapping[str, Damage] = {
    "emptied": lambda file, _: file.write_bytes(b""),
    "cut": lambda file, kept: file.write_bytes(kept[: len(kept) // 2]),
    "flipped": _flip,
    "other bytes": lambda file, _: file.write_bytes(b"\x91" * 100_000),
    "a bomb": _bomb,
    "a folder": _instead(lambda file: (file / "in").mkdir(parents=True)),
    "a ring of links": _instead(lambda file: file.symlink_to(file.name)),
    "a link to nowhere": _instead(lambda file: file.symlink_to("nowhere/at/all")),
    "a pipe": _instead(os.mkfifo),
}


class Kept(NamedTuple):
    """A repository, what is found in it, and the cache of a scan of it."""

    root: Path
    cold: Outcome
    cache: Path


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("faults")
    recorder = Recorder(folder / "repo")
    recorder.commit({"serve.py": CODE, "train.py": TRAINING, "README.md": README})
    root = recorder.write()
    time.sleep(2.1)  # of what was written just now, the time says nothing
    with one_process():
        cold = asked(root, folder / "cache")
    assert cold.findings
    assert {file.relative_to(folder / "cache").parts[0] for file in entries(folder / "cache")} == {
        "apis", "documents", "facts.sqlite", "history", "keys", "outcomes",
    }  # fmt: skip
    return Kept(root, cold, folder / "cache")


@pytest.fixture
def cache(before: Kept, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before.cache, tmp_path / "cache"))


def entries(cache: Path) -> list[Path]:
    """What is kept, without what only says that the folder is a cache."""
    return sorted(
        file for file in cache.rglob("*") if file.is_file() and file.name not in {".gitignore", "CACHEDIR.TAG"}
    )


def asked(root: Path, cache: Path) -> Outcome:
    return replace(scan(root, Settings(cache_dir=cache, jobs=1)), timings=(), warm=False)


def assert_same(found: Outcome, cold: Outcome) -> None:
    assert found.findings == cold.findings
    assert found.failures == ()
    assert (found.history, found.counts, found.skipped) == (cold.history, cold.counts, cold.skipped)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("damage", [pytest.param(deed, id=name) for name, deed in DAMAGES.items()])
@pytest.mark.parametrize("outcomes", [True, False])
def test_damage(before: Kept, cache: Path, damage: Damage, outcomes: bool) -> None:
    if not outcomes:
        shutil.rmtree(cache / "outcomes")  # else nothing but these is read
    for file in entries(cache):
        damage(file, file.read_bytes())
    assert_same(asked(before.root, cache), before.cold)
    assert_same(asked(before.root, cache), before.cold)
    assert not list(cache.rglob("*.ran"))


@pytest.mark.usefixtures("quick")
def test_each_has_the_content_of_another(before: Kept, cache: Path) -> None:
    replaced = replace(before.cold, findings=())
    assert keep(cache, "0" * 64, replaced) == ""  # another outcome, which is whole
    for folder in (cache, cache / "outcomes"):
        files = entries(folder)
        kept = [file.read_bytes() for file in files]
        for file, content in zip(files, kept[1:] + kept[:1], strict=True):
            file.write_bytes(content)
        assert_same(asked(before.root, cache), before.cold)

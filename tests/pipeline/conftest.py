from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.inventory import ModelRecord
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings


@pytest.fixture(autouse=True)
def _small_texts(quick: None) -> None:
    """They scan a few lines each."""


def model_records(root: Path, texts: Mapping[str, str]) -> tuple[ModelRecord, ...]:
    """The register of some files."""
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()


def register(root: Path, texts: Mapping[str, str]) -> dict[str, ModelRecord]:
    """The register of some files, by where each model stands."""
    return {record.path: record for record in model_records(root, texts)}


def told(record: ModelRecord, column: str) -> list[str]:
    """What a column of a model says."""
    return [cell.text for cell in getattr(record, column)]

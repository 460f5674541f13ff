from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD103",))

STREAM = """
import json
import polars as pl
from kafka import KafkaProducer

def emit(topic, servers):
    producer = KafkaProducer(bootstrap_servers=servers)
    rows = pl.read_parquet("{source}")
    for row in rows.to_dicts():
        {done}
"""


def lines(root: Path, source: str, done: str) -> list[int]:
    text = STREAM.format(source=source, done=done)
    (root / "emit.py").write_text(dedent(text).lstrip(), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [each.location.line for each in outcome.findings]


def test_what_a_stream_is_filled_from(tmp_path: Path) -> None:
    assert lines(tmp_path, "s3://payments/prod.parquet", "producer.send(topic, json.dumps(row).encode())") == [7]


@pytest.mark.parametrize(
    ("source", "done"),
    [
        ("s3://payments/prod.parquet", "print(row)"),
        ("data/prod.parquet", "producer.send(topic, json.dumps(row).encode())"),
    ],
)
def test_what_is_only_looked_at_or_lies_beside_the_code(tmp_path: Path, source: str, done: str) -> None:
    assert lines(tmp_path, source, done) == []

"""Names of the sources of reads."""

from __future__ import annotations

import pytest

from mldebt.pipeline.ingestion.samesource import name_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT age FROM shop.clicks", "table shop.clicks"),
        ("INSERT INTO shop.kept\nSELECT age FROM shop.clicks WHERE age > 1;", "table shop.clicks"),
        ("CREATE TABLE kept AS SELECT age FROM read_parquet('*')", ""),
        ("INSERT INTO kept SELECT age FROM clicks_tmp", ""),
        ("SELECT age FROM clicks", "table clicks"),
        ("SELECT age FROM clicks_tmp", ""),
        ("SELECT age FROM users", ""),
        ("WITH young AS (SELECT age FROM shown) SELECT age FROM young", ""),
        ("insert_clicks.csv", "insert_clicks.csv"),
        ("select_clicks.csv", "select_clicks.csv"),
    ],
)
def test_a_statement_is_named_by_the_table_that_it_reads(text: str, name: str) -> None:
    assert name_of(text) == name

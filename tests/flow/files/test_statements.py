import pytest

from mldebt.flow.files.statements import copied_to, file_within, only_writes


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("COPY (SELECT * FROM rows WHERE paid > 3) TO '{}' (FORMAT PARQUET)", True),
        ("\n  copy rows to 'rows.csv'", True),
        ("INSERT INTO rows (a, b) VALUES (?, ?)", True),
        ("CREATE TABLE rows (a INT, b TEXT)", True),
        ("DROP TABLE IF EXISTS rows", True),
        ("UPDATE rows SET a = 1 WHERE id IN (SELECT id FROM others)", True),
        ("SELECT * FROM rows", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("INSERT OVERWRITE TABLE clean SELECT * FROM raw", False),
        ("CREATE TABLE clean AS SELECT * FROM read_csv_auto('raw.csv')", False),
        ("COPY (SELECT * FROM read_parquet('raw.parquet')) TO 'clean.parquet'", False),
        ("COPY rows FROM 's3://bucket/rows.csv'", False),
        ("data/update.csv", False),
        ("settings.parquet", False),
    ],
)
def test_statements_that_bring_nothing_back(statement: str, expected: bool) -> None:
    assert only_writes(statement) is expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM read_parquet('{}/rows.parquet')", "{}/rows.parquet"),
        ("SELECT * FROM read_csv_auto(['rows.csv', 'more.csv'])", "rows.csv"),
        ("SELECT a FROM 'rows.csv' WHERE b", "rows.csv"),
        ("COPY (SELECT * FROM rows) TO 'clean.parquet'", ""),
        ("SELECT * FROM 'rows'", ""),
    ],
)
def test_files_that_are_read_as_tables(statement: str, expected: str) -> None:
    assert file_within(statement) == expected


def test_what_a_statement_leaves_behind() -> None:
    assert copied_to("COPY (SELECT * FROM rows) TO '{}/clean.parquet' (FORMAT PARQUET)") == "{}/clean.parquet"
    assert copied_to("COPY rows FROM 'rows.csv'") == ""

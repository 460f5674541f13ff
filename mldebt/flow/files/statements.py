"""What a statement does to tables and files, as far as its text says it at the first look: statements that bring
nothing back, and the files that are read within one."""

from __future__ import annotations

import re

from mldebt.regex import regex

_NOTHING_BACK = regex(
    r"\s*(export|drop|alter|truncate|delete|update|install|load|attach|detach|set|pragma|vacuum|begin|commit|rollback"
    r"|grant|checkpoint|use)\b",
    re.IGNORECASE,
)
_PUTS = regex(r"\s*(copy|insert|create)\b", re.IGNORECASE)
_COPIED_TO = regex(r"\s*copy\b.*\bto\s*['{$?]", re.IGNORECASE | re.DOTALL)
_LEFT = regex(r"\s*copy\b.*\bto\s*'([^']+)'", re.IGNORECASE | re.DOTALL)
_TAKES = regex(r"\bselect\b|\bfrom\b", re.IGNORECASE)
_FILE_WITHIN = regex(
    r"\b(?:read_\w+|\w+_scan|parquet_scan)\s*\(\s*\[?\s*'([^']+)'"
    r"|\bfrom\s+'([^']+\.(?:csv|tsv|parquet|json|jsonl|ndjson)(?:\.gz)?)'",
    re.IGNORECASE,
)
"""Files that a statement reads as tables: `read_parquet('rows.parquet')`, `from 'rows.csv'`."""


def file_within(statement: str) -> str:
    """The file that a statement reads as a table; "" when it reads none."""
    found = _FILE_WITHIN.search(statement)
    return (found[1] or found[2]) if found is not None else ""


def copied_to(statement: str) -> str:
    """The file that a statement leaves behind: `copy rows to 'rows.parquet'`; "" for others."""
    found = _LEFT.match(statement)
    return found[1] if found is not None else ""


def only_writes(statement: str) -> bool:
    """Whether a statement brings no rows from anywhere: it puts what a database has into a file (`copy … to`), puts
    values into a table, or makes, changes or drops one."""
    if _NOTHING_BACK.match(statement):
        return True
    if not _PUTS.match(statement) or file_within(statement):
        return False
    return bool(_COPIED_TO.match(statement)) or not _TAKES.search(statement)

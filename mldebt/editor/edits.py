"""Changes to text that an editor offers: comments that silence a finding, and where drafts go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mldebt.gate.suppression import TO_FILL
from mldebt.regex import regex

_COMMENT = regex(r"(#\s*mldebt:\s*ignore\s*\[)([^\]]*)(\])")


class TextChange(msgspec.Struct, frozen=True):
    """`old` characters from a column on (0-based, in code points) of a line (0-based) become `new`."""

    line: int
    column: int
    old: int
    new: str


def silencing(lines: Sequence[str], line: int, rule_id: str) -> TextChange | None:
    """The comment that silences a rule on a line (0-based): on a line of its own above it, or one name more in the one
    that is there. None where no comment can stand: after a backslash."""
    for number in (line, line - 1):
        found = _COMMENT.search(lines[number]) if 0 <= number < len(lines) else None
        if found and (number == line or lines[number].lstrip().startswith("#")):
            return TextChange(number, found.end(2), 0, f", {rule_id}")
    if not line < len(lines) or (line > 0 and lines[line - 1].rstrip("\r\n").endswith("\\")):
        return None
    text = lines[line]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return TextChange(line, 0, 0, f"{indent}# mldebt: ignore[{rule_id}] {TO_FILL}\n")


def card_path(root: Path, model: str) -> Path:
    """Where the card of a model is drafted: a name that no file has."""
    plain = re.sub(r"\W+", "_", model).strip("_") or "model"
    names = ("MODEL_CARD.md", f"MODEL_CARD_{plain}.md", *(f"MODEL_CARD_{plain}_{n}.md" for n in range(2, 100)))
    return next(root / name for name in names if not (root / name).exists())

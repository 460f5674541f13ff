"""Paths that stand in settings alone: two programs that put them together of the same keys mean one file."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.value import Value
from mldebt.regex import regex

DEPTH = 6
_OF_KEYS = regex(r"(?:\{\w+\}/)*\{(\w{6,})\}(?:\.\w+)?")
"""A path that is made of nothing but names of keys; the last tells which file."""


def names_a_setting(path: Value, text: str) -> bool:
    """Whether a path, which reads as a text, ends with the value of a key: `config["data"]["fname_processed"]`."""
    name = _OF_KEYS.fullmatch(text)
    return name is not None and any(value.kind == "item" and value.key == name[1] for value in _within(path, DEPTH))


def _within(value: Value, depth: int) -> Iterator[Value]:
    """A value and what it was made of within its body."""
    yield value
    if depth:
        for _, source in value.inputs:
            yield from _within(source, depth - 1)

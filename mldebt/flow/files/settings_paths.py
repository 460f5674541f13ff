"""Paths that stand in settings alone: two programs that put them together of the same keys mean one file."""

from __future__ import annotations

from mldebt.flow.idioms import made_of
from mldebt.flow.value import Value
from mldebt.regex import regex

DEPTH = 6
_OF_KEYS = regex(r"(?:\{\w+\}/)*\{(\w{6,})\}(?:\.\w+)?")
"""A path that is made of nothing but names of keys; the last tells which file."""


def names_a_setting(path: Value, text: str) -> bool:
    """Whether a path, which reads as a text, ends with the value of a key: `config["data"]["fname_processed"]`."""
    name = _OF_KEYS.fullmatch(text)
    return name is not None and any(value.kind == "item" and value.key == name[1] for value in made_of(path, DEPTH))

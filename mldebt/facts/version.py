"""What stored facts depend on beside the file: this extractor, and libcst. Never imports libcst."""

from __future__ import annotations

import functools
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

EXTRACTOR_VERSION: Final = 2
"""Raise it when the same text gives other facts: a new schema, a mended handler, a notebook read differently."""


@functools.cache
def facts_version() -> str:
    """The extractor's and libcst's version in one word."""
    return f"{EXTRACTOR_VERSION}-{_libcst_version()}"


def _libcst_version() -> str:
    spec = PathFinder.find_spec("libcst")
    if spec is not None and spec.origin is not None:
        try:
            text = (Path(spec.origin).parent / "_version.py").read_text(encoding="utf-8")
        except OSError:
            text = ""
        _, _, rest = text.partition("version = '")
        number, quote, _ = rest.partition("'")
        if number and quote:
            return number
    from importlib.metadata import version  # slow to import, and hardly ever needed

    return version("libcst")

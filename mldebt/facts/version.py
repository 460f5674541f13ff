"""What stored facts depend on beside the file: our own code that makes them, Python, libcst (which is not imported)."""

from __future__ import annotations

import functools
import hashlib
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from mldebt.store import code_key

_PACKAGE: Final = Path(__file__).parents[1]
_FOLDERS: Final = ("facts", "sources")
"""The rooms whose code decides what the same text gives: no number that somebody must remember to raise."""


@functools.cache
def facts_version() -> str:
    """The extractor's and libcst's version in one word. Cells are parsed by Python itself, too."""
    code = "".join(code_key(_PACKAGE / folder) for folder in _FOLDERS)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{hashlib.sha256(code.encode()).hexdigest()[:16]}-{python}-{_libcst_version()}"


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

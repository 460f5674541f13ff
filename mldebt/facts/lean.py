"""libcst, loaded at half the cost, for processes that parse a few files and end.

Most of its import goes into methods that Python's dataclasses write for each kind of node: a representation and a
comparison, which libcst overrules by its own, and two that keep a node from being changed, which nobody does here. And
a fifth of a parse goes into checks that every node makes of itself, though the parser builds valid nodes only.
"""

from __future__ import annotations

import dataclasses
import sys
from importlib import import_module
from typing import Any

_NODES = "libcst._nodes."
_NATIVE = "libcst.native"
"""The parser itself, which a process loads once."""
_CHECK = "__post_init__"


def load_libcst() -> None:
    """Load libcst, if it is not yet, with nodes that have only what makes them. A version that cannot do without the
    rest is left to be loaded whole."""
    if "libcst" in sys.modules:
        return
    whole = dataclasses.dataclass

    def plain(kind: type | None = None, /, **options: Any) -> Any:
        if kind is None:
            return lambda kind: plain(kind, **options)
        if kind.__module__.startswith(_NODES):
            options |= {"frozen": False, "repr": False, "eq": False}
            if _CHECK in vars(kind):
                delattr(kind, _CHECK)
        return whole(kind, **options)

    setattr(dataclasses, "dataclass", plain)  # noqa: B010  # a decorator that no type checker lets anybody replace
    try:
        import_module("libcst")
    except (AttributeError, TypeError, ValueError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "libcst" and name != _NATIVE]:
            del sys.modules[name]
    finally:
        setattr(dataclasses, "dataclass", whole)  # noqa: B010

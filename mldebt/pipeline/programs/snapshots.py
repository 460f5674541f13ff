"""Copies of programs that a run leaves beside its results: `copyfile("train.py", f"{log}/train{run}.py")`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from mldebt.flow.files.paths import Paths
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.program import Module
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_COPIES = frozenset({"copy", "copy2", "copyfile"})
_BY_NAME = frozenset(f"shutil.{name}" for name in _COPIES)
_PROGRAM = ".py"


class Snapshots:
    """Questions about such copies that were checked in."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.paths = flow.shared(Paths)

    def has(self, module: Module) -> bool:
        """Whether a module lies where some run's copy of a program would, in a folder and under a name that are made
        for the run."""
        return any(pattern.search(f"/{module.path}") for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        calls = self.flow.calls_named(_COPIES)
        texts = {text for call in calls for text in self._copied_to(call)}
        return tuple(re.compile(_as_pattern(text)) for text in sorted(texts))

    def _copied_to(self, call: Value) -> Iterator[str]:
        """Where a call copies a program to under another name, by folder and name."""
        given = call.arguments
        if len(given) < 2 or not any(target.name in _BY_NAME for target in self.flow.targets(call)):
            return
        sources = {text.rpartition("/")[2] for text in self.paths.texts(given[0]) if text.endswith(_PROGRAM)}
        for text in self.paths.texts(given[1]) if sources else ():
            *_, folder, name = ("", "", *text.split("/"))
            if name.endswith(_PROGRAM) and name not in sources and _is_told(folder) and _is_told(name):
                yield f"{folder}/{name}"


def _is_told(name: str) -> bool:
    """Whether a name says more than that anything may stand there."""
    return HOLES.sub("", name).removesuffix(_PROGRAM).strip(".") != ""


def _as_pattern(text: str) -> str:
    """A path as a regular expression, with anything in its holes."""
    parts = HOLES.split(text)
    return "/" + r"[^/]*".join(re.escape(part) for part in parts) + r"\Z"

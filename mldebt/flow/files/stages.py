"""Stages of a declared workflow (DVC): which script writes a file that which other script reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from mldebt.flow.module import Module


class Stage(msgspec.Struct, frozen=True):
    """One step, with paths from the repository's root."""

    scripts: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Stages:
    """Questions about the stages of a repository; nothing is looked at where there are none."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = tuple(stages)

    def outputs(self, module: Module) -> list[str]:
        """What the stages that run a module declare to write."""
        return [path for stage in self._stages if module.path in stage.scripts for path in stage.outputs]

    def takers(self, output: str) -> Iterator[tuple[str, str]]:
        """The scripts of stages that take a file, or one in a folder, up: each with the path that it declares."""
        for stage in self._stages:
            for path in stage.inputs:
                if _holds(output, path) or _holds(path, output):
                    yield from ((script, path) for script in stage.scripts)


def may_name(texts: Sequence[str], declared: str) -> bool:
    """Whether a path in the code, as far as it is written down, may be a declared one."""
    known = [text for text in texts if text.strip("{}./… ") and not text.startswith("{")]
    names = {posixpath.basename(text.rstrip("/")) for text in known}
    if not known or posixpath.basename(declared) in names:
        return True
    return any(_holds(declared, posixpath.normpath(text)) for text in known)


def _holds(folder: str, path: str) -> bool:
    """Whether a path is another one, or lies below it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")

"""Scans in a process of their own: the editor is answered meanwhile, and a scan that dies takes nothing with it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import ParamSpec, TypeVar

from mldebt.editor.cells import Cell
from mldebt.editor.workspace import Saved, Workspace
from mldebt.errors import MldebtError
from mldebt.finding import Finding
from mldebt.inventory import ModelRecord
from mldebt.tracks import Track

Terms = ParamSpec("Terms")
Answer = TypeVar("Answer")

_workspace: Workspace | None = None  # in the process that scans


class Crew:
    """One process for one folder; what it is asked is done in turn."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pool = self._begin()

    async def ask(self, task: Callable[Terms, Answer], *given: Terms.args, **named: Terms.kwargs) -> Answer:
        """Have one of this module's functions run there. Raises what it raises, and MldebtError when the process died;
        the next task starts another."""
        try:
            return await asyncio.wrap_future(self._pool.submit(task, *given, **named))
        except BrokenProcessPool as error:
            self._pool = self._begin()
            raise MldebtError("the scan ended before its time; the next change starts another") from error

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=_open, initargs=(self.root,))


def save() -> Saved:
    return _here().save()


def typed(path: str, text: str) -> tuple[Finding, ...] | None:
    return _here().typed(path, text)


def typed_cells(path: str, cells: Sequence[Cell]) -> tuple[Finding, ...] | None:
    return _here().typed_cells(path, cells)


def record_of(finding: Finding) -> ModelRecord | None:
    return _here().record_of(finding)


def track_of(finding: Finding) -> Track | None:
    return _here().track_of(finding)


def _open(root: Path) -> None:
    global _workspace  # noqa: PLW0603  # what a process of a pool starts with has no other place
    _workspace = Workspace(root)
    threading.Thread(target=_leave_with_the_server, daemon=True).start()


def _leave_with_the_server() -> None:
    """A server that is killed says no word to its pool."""
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _here() -> Workspace:
    assert _workspace is not None
    return _workspace

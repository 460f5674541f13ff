"""One folder that an editor has open: what is found in it, and what the editor shows of that."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from lsprotocol import types as lsp
from pygls.workspace import Workspace

from mldebt.editor.crew import Crew, save, typed, typed_cells
from mldebt.editor.placing import Places, diagnostic
from mldebt.editor.workspace import Saved
from mldebt.errors import MldebtError
from mldebt.finding import Finding

Answer = TypeVar("Answer")

_PAUSE = 0.3  # seconds without a key before what was typed is judged


class Window(Protocol):
    """What a desk needs of the server."""

    @property
    def workspace(self) -> Workspace: ...
    def text_document_publish_diagnostics(self, params: lsp.PublishDiagnosticsParams) -> None: ...
    def window_log_message(self, params: lsp.LogMessageParams) -> None: ...
    def say(self, message: str, kind: lsp.MessageType = ...) -> None: ...
    async def say_busy(self, root: Path) -> Callable[[], None]: ...
    def keeps(self, desk: Desk, path: str) -> bool:
        """Whether a file is this desk's, and not that of a folder below which is open, too."""


class Desk:
    """All that takes time is asked of the crew."""

    def __init__(self, window: Window, crew: Crew) -> None:
        self.crew = crew
        self.saved: Saved | None = None
        self.shown: dict[str, tuple[Finding, ...]] = {}  # by path: what the editor shows now
        self._window = window
        self._versions: dict[str, int] = {}
        self._published: set[str] = set()
        self._waiting = False
        self._turn = asyncio.Lock()  # the crew does one thing at a time; what waits here may grow stale unasked

    @property
    def root(self) -> Path:
        return self.crew.root

    @property
    def places(self) -> Places:
        return Places(self.crew.root, self._window.workspace)

    async def scan(self) -> None:
        """The whole folder as it lies on disk. Requests that come before it has begun are answered by it, too."""
        if self._waiting:
            return
        self._waiting = True
        await asyncio.sleep(_PAUSE)
        end = await self._window.say_busy(self.root)
        async with self._turn:
            self._waiting = False
            saved = await self._tried(self.crew.ask(save))
        end()
        if saved is None:
            return
        self.saved = saved
        paths = {finding.location.path for finding in saved.outcome.findings}
        for path in sorted(paths | self.shown.keys()):
            if self._window.keeps(self, path):
                self.show(path, saved.findings(path))
        for failure in saved.outcome.failures:
            self._window.window_log_message(lsp.LogMessageParams(type=lsp.MessageType.Error, message=failure.message))
        await asyncio.gather(*(self.judge(each.uri) for each in list(self._window.workspace.text_documents.values())))

    async def judge(self, uri: str) -> None:
        """A file as it stands in the editor, once nobody types for a moment; of a notebook all its cells."""
        path = self.places.path_of(uri)
        if path is None or not path.endswith((".py", ".ipynb")) or not self._window.keeps(self, path):
            return
        version = self._versions[path] = self._versions.get(path, 0) + 1
        await asyncio.sleep(_PAUSE)
        async with self._turn:
            if self._versions.get(path) != version:
                return
            asked = self._typed(path, uri)
            found = await self._tried(asked) if asked is not None else None
        if found is not None and self._versions.get(path) == version:
            self.show(path, found)

    def forget(self, uris: Iterable[str]) -> None:
        """Documents in which nothing is found, or that are no longer there."""
        for uri in uris:
            self._published.discard(uri)
            self._window.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def show_saved(self, path: str) -> None:
        """What was typed and thrown away is gone."""
        if self.saved is not None:
            self.show(path, self.saved.findings(path))

    def show(self, path: str, findings: tuple[Finding, ...]) -> None:
        """Publish what a file has; in a notebook, by the cells that the editor has open."""
        self.shown[path] = findings
        places = self.places
        by_uri: dict[str, list[lsp.Diagnostic]] = {uri: [] for uri in places.uris_of(path) & self._published}
        for finding in findings:
            uri = places.uri(finding.location)
            by_uri.setdefault(uri, []).append(diagnostic(finding, places))
        self.forget(uri for uri, found in by_uri.items() if not found)  # first: to the editor, two may be one
        for uri, diagnostics in by_uri.items():
            if diagnostics:
                told = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics)
                self._window.text_document_publish_diagnostics(told)
                self._published.add(uri)

    def at(self, uri: str, place: lsp.Range) -> list[tuple[Finding, lsp.Diagnostic]]:
        """The findings that touch a range of a document."""
        places = self.places
        found = []
        for finding in self.shown.get(places.path_of(uri) or "", ()):
            if places.uri(finding.location) != uri:
                continue
            shown = diagnostic(finding, places)
            if shown.range.start <= place.end and place.start <= shown.range.end:
                found.append((finding, shown))
        return found

    def finding(self, uri: str, fingerprint: str) -> Finding | None:
        path = self.places.path_of(uri) or ""
        return next((each for each in self.shown.get(path, ()) if each.fingerprint == fingerprint), None)

    def clear(self) -> None:
        """The folder is open no longer."""
        self.forget(list(self._published))
        self.crew.close()

    def _typed(self, path: str, uri: str) -> Awaitable[tuple[Finding, ...] | None] | None:
        """What the crew says of a file as the editor has it; None where it is not open."""
        if path.endswith(".ipynb"):
            cells = self.places.cells(path)
            return self.crew.ask(typed_cells, path, cells) if cells else None
        text = self.places.text(uri)
        return self.crew.ask(typed, path, text) if text is not None else None

    async def _tried(self, work: Awaitable[Answer]) -> Answer | None:
        """A configuration that cannot be read, say, is told and ends nothing."""
        try:
            return await work
        except (MldebtError, OSError) as error:
            self._window.say(str(error), lsp.MessageType.Error)
            return None

"""The language server: diagnostics, what stands behind them on hover, and code actions."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from mldebt import __version__
from mldebt.editor.crew import Crew, record_of, save, track_of, typed, typed_cells
from mldebt.editor.edits import card_path
from mldebt.editor.placing import DRAFT_CARD, OPEN_TRACE, Places, actions_for, diagnostic
from mldebt.editor.workspace import Saved
from mldebt.errors import MldebtError
from mldebt.finding import Finding
from mldebt.reports.card import render_card
from mldebt.reports.markdown import render_finding
from mldebt.reports.track import render_track_mermaid, render_track_text

Answer = TypeVar("Answer")

_PAUSE = 0.3  # seconds without a key before what was typed is judged
_CELLS = lsp.NotebookDocumentSyncOptions(  # cells of every language: findings count them all
    notebook_selector=[lsp.NotebookDocumentFilterWithNotebook(notebook="jupyter-notebook")], save=True
)
_WATCHED = "**/*.{py,ipynb,md,toml}"  # a branch that is switched, a file that is renamed: nobody saves those


class Server(LanguageServer):
    """Serves one folder. All that takes time is asked of the crew."""

    def __init__(self) -> None:
        super().__init__("mldebt", __version__, notebook_document_sync=_CELLS)
        self.crew: Crew | None = None
        self.saved: Saved | None = None
        self.shown: dict[str, tuple[Finding, ...]] = {}  # by path: what the editor shows now
        self.drafts = tempfile.TemporaryDirectory(prefix="mldebt-traces-")
        self.left_out: list[str] = []
        self._versions: dict[str, int] = {}
        self._published: set[str] = set()
        self._waiting = False
        self._turn = asyncio.Lock()  # the crew does one thing at a time; what waits here may grow stale unasked

    @property
    def places(self) -> Places:
        assert self.crew is not None
        return Places(self.crew.root, self.workspace)

    async def scan(self) -> None:
        """The whole folder as it lies on disk. Requests that come before it has begun are answered by it, too."""
        if self.crew is None or self._waiting:
            return
        self._waiting = True
        await asyncio.sleep(_PAUSE)
        end = await self._say_busy()
        async with self._turn:
            self._waiting = False
            saved = await self._tried(self.crew.ask(save))
        end()
        if saved is None:
            return
        self.saved = saved
        paths = {finding.location.path for finding in saved.outcome.findings}
        for path in sorted(paths | self.shown.keys()):
            self.show(path, saved.findings(path))
        for failure in saved.outcome.failures:
            self.window_log_message(lsp.LogMessageParams(type=lsp.MessageType.Error, message=failure.message))
        await asyncio.gather(*(self.judge(each.uri) for each in list(self.workspace.text_documents.values())))

    async def judge(self, uri: str) -> None:
        """A file as it stands in the editor, once nobody types for a moment; of a notebook all its cells."""
        path = self.places.path_of(uri) if self.crew is not None else None
        if path is None or not path.endswith((".py", ".ipynb")):
            return
        version = self._versions[path] = self._versions.get(path, 0) + 1
        await asyncio.sleep(_PAUSE)
        async with self._turn:
            if self._versions.get(path) != version or self.crew is None:
                return
            asked = self._typed(self.crew, path, uri)
            found = await self._tried(asked) if asked is not None else None
        if found is not None and self._versions.get(path) == version:
            self.show(path, found)

    def _typed(self, crew: Crew, path: str, uri: str) -> Awaitable[tuple[Finding, ...] | None] | None:
        """What the crew says of a file as the editor has it; None where it is not open."""
        if path.endswith(".ipynb"):
            cells = self.places.cells(path)
            return crew.ask(typed_cells, path, cells) if cells else None
        text = self.places.text(uri)
        return crew.ask(typed, path, text) if text is not None else None

    async def watch(self) -> None:
        """Have the editor tell of files that change on disk, where it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is None or not watching.dynamic_registration:
            return
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=[lsp.FileSystemWatcher(glob_pattern=_WATCHED)])
        method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
        wanted = lsp.Registration(id="mldebt-files", method=method, register_options=options)
        await self.client_register_capability_async(lsp.RegistrationParams(registrations=[wanted]))

    def forget(self, uris: Iterable[str]) -> None:
        """Documents in which nothing is found, or that are no longer there."""
        for uri in uris:
            self._published.discard(uri)
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def show(self, path: str, findings: tuple[Finding, ...]) -> None:
        """Publish what a file has; in a notebook, by the cells that the editor has open."""
        self.shown[path] = findings
        by_uri: dict[str, list[lsp.Diagnostic]] = {uri: [] for uri in self.places.uris_of(path) & self._published}
        for finding in findings:
            uri = self.places.uri(finding.location)
            by_uri.setdefault(uri, []).append(diagnostic(finding, self.places))
        self.forget(uri for uri, found in by_uri.items() if not found)  # first: to the editor, two may be one
        for uri, diagnostics in by_uri.items():
            if diagnostics:
                self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics))
                self._published.add(uri)

    def at(self, uri: str, place: lsp.Range) -> list[tuple[Finding, lsp.Diagnostic]]:
        """The findings that touch a range of a document."""
        path = self.places.path_of(uri) if self.crew is not None else None
        found = []
        for finding in self.shown.get(path or "", ()):
            if self.places.uri(finding.location) != uri:
                continue
            shown = diagnostic(finding, self.places)
            if shown.range.start <= place.end and place.start <= shown.range.end:
                found.append((finding, shown))
        return found

    def finding(self, path: str, fingerprint: str) -> Finding | None:
        return next((each for each in self.shown.get(path, ()) if each.fingerprint == fingerprint), None)

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        self.window_show_message(lsp.ShowMessageParams(type=kind, message=f"mldebt: {message}"))

    async def open(self, uri: str) -> None:
        """Have the editor show a document, where it can; else say where it lies."""
        window = self.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            await self.window_show_document_async(lsp.ShowDocumentParams(uri=uri, take_focus=True))
        else:
            self.say(to_fs_path(uri) or uri)

    async def _tried(self, work: Awaitable[Answer]) -> Answer | None:
        """A configuration that cannot be read, say, is told and ends nothing."""
        try:
            return await work
        except (MldebtError, OSError) as error:
            self.say(str(error), lsp.MessageType.Error)
            return None

    async def _say_busy(self) -> Callable[[], None]:
        """A progress note in editors that show one; the answer ends it."""
        window = self.client_capabilities.window
        if window is None or not window.work_done_progress:
            return lambda: None
        token = f"mldebt-{id(window)}-{len(self._versions)}"
        await self.work_done_progress.create_async(token)
        self.work_done_progress.begin(token, lsp.WorkDoneProgressBegin(title="mldebt", message="scanning"))
        return lambda: self.work_done_progress.end(token, lsp.WorkDoneProgressEnd())


def serve() -> None:
    """Talk over standard input and output until the editor leaves."""
    make_server().start_io()


def make_server() -> Server:
    server = Server()
    server.feature(lsp.INITIALIZE)(_initialize)
    server.feature(lsp.INITIALIZED)(_initialized)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(_changed)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)(_opened_notebook)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)(_changed_notebook)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_SAVE)(_saved)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)(_closed_notebook)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_saved)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(_hover)
    kinds = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, kinds)(_actions)
    server.command(DRAFT_CARD)(_draft_card)
    server.command(OPEN_TRACE)(_open_trace)
    server.feature(lsp.SHUTDOWN)(_shutdown)
    return server


def _initialize(server: Server, params: lsp.InitializeParams) -> None:
    folders = [folder.uri for folder in params.workspace_folders or ()]
    root = to_fs_path(folders[0]) if folders else to_fs_path(params.root_uri) if params.root_uri else None
    if root is not None:
        server.crew = Crew(Path(root))
    server.left_out = [to_fs_path(uri) or uri for uri in folders[1:]]


async def _initialized(server: Server, _params: lsp.InitializedParams) -> None:
    if server.crew is None:
        server.say("open a folder; single files are not judged", lsp.MessageType.Warning)
    for folder in server.left_out:
        server.say(f"{folder} is not judged: one folder a window is", lsp.MessageType.Warning)
    await asyncio.gather(server.watch(), server.scan())


async def _changed(server: Server, params: lsp.DidOpenTextDocumentParams | lsp.DidChangeTextDocumentParams) -> None:
    await server.judge(params.text_document.uri)


async def _saved(server: Server, _params: Any) -> None:
    await server.scan()


def _closed(server: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    """What was typed and thrown away is gone."""
    path = server.places.path_of(params.text_document.uri) if server.crew is not None else None
    if path is not None and server.saved is not None:
        server.forget([params.text_document.uri])
        server.show(path, server.saved.findings(path))


def _opened_notebook(server: Server, params: lsp.DidOpenNotebookDocumentParams) -> None:
    path = server.places.path_of(params.notebook_document.uri) if server.crew is not None else None
    if path is not None and path in server.shown:
        server.show(path, server.shown[path])


async def _changed_notebook(server: Server, params: lsp.DidChangeNotebookDocumentParams) -> None:
    cells = params.change.cells
    gone = cells.structure.did_close if cells is not None and cells.structure is not None else None
    server.forget(each.uri for each in gone or ())
    await server.judge(params.notebook_document.uri)


def _closed_notebook(server: Server, params: lsp.DidCloseNotebookDocumentParams) -> None:
    server.forget(each.uri for each in params.cell_text_documents)
    path = server.places.path_of(params.notebook_document.uri) if server.crew is not None else None
    if path is not None and server.saved is not None:
        server.show(path, server.saved.findings(path))


def _hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    here = lsp.Range(start=params.position, end=params.position)
    found = server.at(params.text_document.uri, here)
    if not found:
        return None
    text = "\n\n---\n\n".join(render_finding(finding, links=server.places.links) for finding, _ in found)
    return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=text), range=found[0][1].range)


def _actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
    uri = params.text_document.uri
    return [
        action
        for finding, shown in server.at(uri, params.range)
        for action in actions_for(finding, shown, uri, server.places)
    ]


async def _draft_card(server: Server, path: str, fingerprint: str) -> None:
    """The card of the model that a finding speaks of, as a new file in the editor."""
    finding = server.finding(path, fingerprint)
    if finding is None or server.crew is None:
        server.say("that finding is gone", lsp.MessageType.Warning)
        return
    record = await server.crew.ask(record_of, finding)
    if record is None:
        server.say(f"no model is trained in {path}", lsp.MessageType.Warning)
        return
    uri = from_fs_path(str(card_path(server.crew.root, record.name))) or ""
    start = lsp.Position(line=0, character=0)
    text = lsp.TextEdit(range=lsp.Range(start=start, end=start), new_text=render_card(record, __version__))
    versioned = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
    draft = lsp.TextDocumentEdit(text_document=versioned, edits=[text])
    edit = lsp.WorkspaceEdit(document_changes=[lsp.CreateFile(uri=uri), draft])
    answer = await server.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit=edit, label="Draft a card"))
    if answer.applied:
        await server.open(uri)
    else:
        server.say(f"the editor refused the draft: {answer.failure_reason or 'no reason given'}")


async def _open_trace(server: Server, path: str, fingerprint: str) -> None:
    """The trail of a finding as a page with links, and the track of the value that stands there."""
    finding = server.finding(path, fingerprint)
    if finding is None or server.crew is None:
        server.say("that finding is gone", lsp.MessageType.Warning)
        return
    page = Path(server.drafts.name) / f"{finding.rule_id}-{fingerprint[:12]}.md"
    text = render_finding(finding, links=server.places.links)
    track = await server.crew.ask(track_of, finding)
    if track is not None:
        text += f"\n```text\n{render_track_text(track)}```\n\n```mermaid\n{render_track_mermaid(track)}```\n"
    page.write_text(text, encoding="utf-8")
    await server.open(from_fs_path(str(page)) or "")


def _shutdown(server: Server, _params: None) -> None:
    server.drafts.cleanup()
    if server.crew is not None:
        server.crew.close()

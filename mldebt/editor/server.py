"""The language server: diagnostics, what stands behind them on hover, and code actions."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from mldebt import __version__
from mldebt.editor.crew import Crew, record_of, track_of
from mldebt.editor.desk import Desk
from mldebt.editor.edits import card_path
from mldebt.editor.placing import DRAFT_CARD, OPEN_TRACE, actions_for
from mldebt.finding import Finding
from mldebt.reports.card import render_card
from mldebt.reports.markdown import render_finding
from mldebt.reports.track import render_track_mermaid, render_track_text

_CELLS = lsp.NotebookDocumentSyncOptions(  # cells of every language: findings count them all
    notebook_selector=[lsp.NotebookDocumentFilterWithNotebook(notebook="jupyter-notebook")], save=True
)
_WATCHED = "**/*.{py,ipynb,md,toml}"  # a branch that is switched, a file that is renamed: nobody saves those


class Server(LanguageServer):
    """Serves the folders that the editor has open, each by a desk of its own."""

    def __init__(self) -> None:
        super().__init__("mldebt", __version__, notebook_document_sync=_CELLS)
        self.desks: list[Desk] = []
        self.drafts = tempfile.TemporaryDirectory(prefix="mldebt-traces-")
        self._busy = 0

    def open_folder(self, uri: str) -> Desk | None:
        """None for a folder that is open already, or that lies on no disk."""
        name = to_fs_path(uri)
        if not name or any(desk.root == Path(name) for desk in self.desks):
            return None
        desk = Desk(self, Crew(Path(name)))
        self.desks.append(desk)
        return desk

    def close_folder(self, uri: str) -> None:
        name = to_fs_path(uri)
        for desk in [each for each in self.desks if name and each.root == Path(name)]:
            self.desks.remove(desk)
            desk.clear()

    def desk_of(self, uri: str) -> Desk | None:
        """The desk of a document: of folders in each other, the inner one's."""
        below = [desk for desk in self.desks if desk.places.path_of(uri) is not None]
        return max(below, key=lambda desk: len(desk.root.parts), default=None)

    def keeps(self, desk: Desk, path: str) -> bool:
        return not any(
            other.root.is_relative_to(desk.root) and (desk.root / path).is_relative_to(other.root)
            for other in self.desks
            if other is not desk
        )

    async def scan(self, uris: Collection[str] = ()) -> None:
        """The folders in which some documents lie; all, when none is named."""
        asked = [desk for desk in self.desks if not uris or any(desk.places.path_of(uri) is not None for uri in uris)]
        await asyncio.gather(*(desk.scan() for desk in asked))

    async def judge(self, uri: str) -> None:
        desk = self.desk_of(uri)
        if desk is not None:
            await desk.judge(uri)

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

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        self.window_show_message(lsp.ShowMessageParams(type=kind, message=f"mldebt: {message}"))

    async def say_busy(self, root: Path) -> Callable[[], None]:
        """A progress note in editors that show one; the answer ends it."""
        window = self.client_capabilities.window
        if window is None or not window.work_done_progress:
            return lambda: None
        self._busy += 1
        token = f"mldebt-{id(window)}-{self._busy}"
        message = f"scanning {root.name}" if len(self.desks) > 1 else "scanning"
        await self.work_done_progress.create_async(token)
        self.work_done_progress.begin(token, lsp.WorkDoneProgressBegin(title="mldebt", message=message))
        return lambda: self.work_done_progress.end(token, lsp.WorkDoneProgressEnd())

    async def open(self, uri: str) -> None:
        """Have the editor show a document, where it can; else say where it lies."""
        window = self.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            await self.window_show_document_async(lsp.ShowDocumentParams(uri=uri, take_focus=True))
        else:
            self.say(to_fs_path(uri) or uri)


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
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_SAVE)(_saved_notebook)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)(_closed_notebook)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_changed_on_disk)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(_folders_changed)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(_hover)
    kinds = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, kinds)(_actions)
    server.command(DRAFT_CARD)(_draft_card)
    server.command(OPEN_TRACE)(_open_trace)
    server.feature(lsp.SHUTDOWN)(_shutdown)
    return server


def _initialize(server: Server, params: lsp.InitializeParams) -> None:
    folders = [folder.uri for folder in params.workspace_folders or ()]
    for uri in folders or filter(None, [params.root_uri]):
        server.open_folder(uri)


async def _initialized(server: Server, _params: lsp.InitializedParams) -> None:
    if not server.desks:
        server.say("open a folder; single files are not judged", lsp.MessageType.Warning)
    await asyncio.gather(server.watch(), server.scan())


async def _folders_changed(server: Server, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    for folder in params.event.removed:
        server.close_folder(folder.uri)
    for folder in params.event.added:
        server.open_folder(folder.uri)
    await server.scan()  # whose files an inner folder takes, or gives back, is another's matter now


async def _changed(server: Server, params: lsp.DidOpenTextDocumentParams | lsp.DidChangeTextDocumentParams) -> None:
    await server.judge(params.text_document.uri)


async def _saved(server: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    await server.scan([params.text_document.uri])


async def _saved_notebook(server: Server, params: lsp.DidSaveNotebookDocumentParams) -> None:
    await server.scan([params.notebook_document.uri])


async def _changed_on_disk(server: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    await server.scan([each.uri for each in params.changes])


def _closed(server: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    desk = server.desk_of(uri)
    path = desk.places.path_of(uri) if desk is not None else None
    if desk is not None and path is not None and desk.saved is not None:
        desk.forget([uri])
        desk.show_saved(path)


def _opened_notebook(server: Server, params: lsp.DidOpenNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    desk = server.desk_of(uri)
    path = desk.places.path_of(uri) if desk is not None else None
    if desk is not None and path in desk.shown:
        desk.show(path, desk.shown[path])


async def _changed_notebook(server: Server, params: lsp.DidChangeNotebookDocumentParams) -> None:
    cells = params.change.cells
    gone = cells.structure.did_close if cells is not None and cells.structure is not None else None
    desk = server.desk_of(params.notebook_document.uri)
    if desk is not None:
        desk.forget(each.uri for each in gone or ())
        await desk.judge(params.notebook_document.uri)


def _closed_notebook(server: Server, params: lsp.DidCloseNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    desk = server.desk_of(uri)
    path = desk.places.path_of(uri) if desk is not None else None
    if desk is not None and path is not None:
        desk.forget(each.uri for each in params.cell_text_documents)
        desk.show_saved(path)


def _hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    here = lsp.Range(start=params.position, end=params.position)
    desk = server.desk_of(params.text_document.uri)
    found = desk.at(params.text_document.uri, here) if desk is not None else []
    if desk is None or not found:
        return None
    text = "\n\n---\n\n".join(render_finding(finding, links=desk.places.links) for finding, _ in found)
    return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=text), range=found[0][1].range)


def _actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction | lsp.Command]:
    uri = params.text_document.uri
    desk = server.desk_of(uri)
    if desk is None:
        return []
    return [
        action
        for finding, shown in desk.at(uri, params.range)
        for action in actions_for(finding, shown, uri, desk.places)
    ]


def _chosen(server: Server, uri: str, fingerprint: str) -> tuple[Desk, Finding] | None:
    """The finding of a command, and the desk on which it lies."""
    desk = server.desk_of(uri)
    finding = desk.finding(uri, fingerprint) if desk is not None else None
    if desk is None or finding is None:
        server.say("that finding is gone", lsp.MessageType.Warning)
        return None
    return desk, finding


async def _draft_card(server: Server, uri: str, fingerprint: str) -> None:
    """The card of the model that a finding speaks of, as a new file in the editor."""
    chosen = _chosen(server, uri, fingerprint)
    if chosen is None:
        return
    desk, finding = chosen
    record = await desk.crew.ask(record_of, finding)
    if record is None:
        server.say(f"no model is trained in {finding.location.path}", lsp.MessageType.Warning)
        return
    card = from_fs_path(str(card_path(desk.root, record.name))) or ""
    start = lsp.Position(line=0, character=0)
    text = lsp.TextEdit(range=lsp.Range(start=start, end=start), new_text=render_card(record, __version__))
    versioned = lsp.OptionalVersionedTextDocumentIdentifier(uri=card, version=None)
    draft = lsp.TextDocumentEdit(text_document=versioned, edits=[text])
    edit = lsp.WorkspaceEdit(document_changes=[lsp.CreateFile(uri=card), draft])
    answer = await server.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit=edit, label="Draft a card"))
    if answer.applied:
        await server.open(card)
    else:
        server.say(f"the editor refused the draft: {answer.failure_reason or 'no reason given'}")


async def _open_trace(server: Server, uri: str, fingerprint: str) -> None:
    """The trail of a finding as a page with links, and the track of the value that stands there."""
    chosen = _chosen(server, uri, fingerprint)
    if chosen is None:
        return
    desk, finding = chosen
    page = Path(server.drafts.name) / f"{finding.rule_id}-{fingerprint[:12]}.md"
    text = render_finding(finding, links=desk.places.links)
    track = await desk.crew.ask(track_of, finding)
    if track is not None:
        text += f"\n```text\n{render_track_text(track)}```\n\n```mermaid\n{render_track_mermaid(track)}```\n"
    page.write_text(text, encoding="utf-8")
    await server.open(from_fs_path(str(page)) or "")


def _shutdown(server: Server, _params: None) -> None:
    server.drafts.cleanup()
    for desk in server.desks:
        desk.crew.close()

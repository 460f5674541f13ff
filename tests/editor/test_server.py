"""The server as an editor meets it: a process that speaks the protocol, and pygls' client at the other end."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from pygls.workspace import Workspace

from mldebt.editor.desk import Desk
from mldebt.editor.server import make_server

SERVICE = """import random

from fastapi import FastAPI

from ranking import rank

app = FastAPI()


@app.get("/shelf")
def shelf(user: str) -> list[str]:
    found = rank(user)
    return found
"""
RANKING = """import joblib

model = joblib.load("ranker.joblib")


def rank(user: str) -> list[str]:
    items = [f"{user}-{number}" for number in range(10)]
    scores = model.predict(items)
    return [item for item, _ in sorted(zip(items, scores), key=lambda pair: pair[1], reverse=True)]
"""
TRAINING = """import joblib
from sklearn.linear_model import Ridge

model = Ridge()
model.fit([[1]], [2])
joblib.dump(model, "ranker.joblib")
"""
SHUFFLE = "    random.shuffle(found)\n    return found\n"
SECONDS = 60


class Editor:
    """What an editor remembers of a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("editor", "1")
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.messages: list[str] = []
        self.edits: list[lsp.WorkspaceEdit] = []
        self.shown: list[str] = []
        self.watched: list[str] = []
        self._heard = asyncio.Condition()
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._publish))
        self.client.feature(lsp.WINDOW_SHOW_MESSAGE)(partial(self._message))
        self.client.feature(lsp.WORKSPACE_APPLY_EDIT)(partial(self._edit))
        self.client.feature(lsp.WINDOW_SHOW_DOCUMENT)(partial(self._show))
        self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(partial(self._register))

    def uri(self, path: str) -> str:
        """Spelled in another way than the server would: with capitals in what it escapes."""
        return (self.root / path).as_uri()

    async def until(self, holds: Callable[[], Any]) -> None:
        async with self._heard:
            await asyncio.wait_for(self._heard.wait_for(holds), SECONDS)

    def rules(self, path: str) -> list[object]:
        return [each.code for each in self.diagnostics.get(self.uri(path), ())]

    def open(self, path: str, text: str = "") -> None:
        text = text or (self.root / path).read_text()
        item = lsp.TextDocumentItem(uri=self.uri(path), language_id="python", version=1, text=text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))

    def type(self, path: str, line: int, text: str) -> None:
        """Instead of all from a line on."""
        start, end = lsp.Position(line=line, character=0), lsp.Position(line=1000, character=0)
        change = lsp.TextDocumentContentChangePartial(range=lsp.Range(start=start, end=end), text=text)
        document = lsp.VersionedTextDocumentIdentifier(uri=self.uri(path), version=2)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )

    async def actions(self, path: str, diagnostic: lsp.Diagnostic) -> dict[str, lsp.CodeAction | lsp.Command]:
        found = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(
                text_document=lsp.TextDocumentIdentifier(uri=self.uri(path)),
                range=diagnostic.range,
                context=lsp.CodeActionContext(diagnostics=[diagnostic]),
            )
        )
        return {action.title: action for action in found or ()}

    async def run(self, action: lsp.CodeAction | lsp.Command) -> None:
        assert isinstance(action, lsp.Command)
        await self.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command=action.command, arguments=action.arguments)
        )

    async def _publish(self, params: lsp.PublishDiagnosticsParams) -> None:
        async with self._heard:
            self.diagnostics[params.uri] = list(params.diagnostics)
            self._heard.notify_all()

    async def _message(self, params: lsp.ShowMessageParams) -> None:
        async with self._heard:
            self.messages.append(params.message)
            self._heard.notify_all()

    def _edit(self, params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        self.edits.append(params.edit)
        return lsp.ApplyWorkspaceEditResult(applied=True)

    async def _register(self, params: lsp.RegistrationParams) -> None:
        async with self._heard:
            self.watched += [each.method for each in params.registrations]
            self._heard.notify_all()

    def _show(self, params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
        self.shown.append(params.uri)
        return lsp.ShowDocumentResult(success=True)


@asynccontextmanager
async def editing(root: Path, *more: Path) -> AsyncIterator[Editor]:
    editor = Editor(root)
    environment = os.environ | {"MLDEBT_CACHE_DIR": str(root.parent / "cache")}
    await editor.client.start_io(sys.executable, "-m", "mldebt", "lsp", env=environment)
    able = lsp.ClientCapabilities(
        window=lsp.WindowClientCapabilities(show_document=lsp.ShowDocumentClientCapabilities(support=True)),
        workspace=lsp.WorkspaceClientCapabilities(
            did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        ),
    )
    folders = [lsp.WorkspaceFolder(uri=each.as_uri(), name=each.name) for each in (root, *more)]
    await editor.client.initialize_async(lsp.InitializeParams(capabilities=able, workspace_folders=folders))
    editor.client.initialized(lsp.InitializedParams())
    try:
        yield editor
    finally:
        await editor.client.shutdown_async(None)
        editor.client.exit(None)
        await editor.client.stop()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "the shop+ü"
    root.mkdir()
    (root / "service.py").write_text(SERVICE)
    (root / "ranking.py").write_text(RANKING)
    (root / "train.py").write_text(TRAINING)
    return root


def run(scene: Callable[[Editor], Awaitable[None]], root: Path, *more: Path) -> None:
    async def play() -> None:
        async with editing(root, *more) as editor:
            await scene(editor)

    asyncio.run(play())


def test_findings_come_and_go_as_code_is_typed(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: "MLD301" in editor.rules("train.py"))
        editor.open("service.py")
        editor.type("service.py", 12, SHUFFLE)
        await editor.until(lambda: editor.rules("service.py") == ["MLD401"])
        (shown,) = editor.diagnostics[editor.uri("service.py")]
        assert (shown.range.start.line, shown.range.start.character) == (12, 4)
        assert shown.severity is lsp.DiagnosticSeverity.Warning
        trail = [(each.location.uri, each.message) for each in shown.related_information or ()]
        assert (editor.uri("ranking.py"), "ranked here: sorted by pair[1]") in trail
        editor.type("service.py", 12, "    return found\n")
        await editor.until(lambda: editor.rules("service.py") == [])

    run(scene, root)


def test_hover_says_why_and_how(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("service.py"))
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(
                text_document=lsp.TextDocumentIdentifier(uri=editor.uri("service.py")),
                position=lsp.Position(line=12, character=8),
            )
        )
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert "**MLD401** downstream-reorder" in hover.contents.value
        assert "**Remedy.**" in hover.contents.value
        assert f"({editor.uri('ranking.py')}#L9)" in hover.contents.value

    (root / "service.py").write_text(SERVICE.replace("    return found\n", SHUFFLE))
    run(scene, root)


def test_a_finding_can_be_silenced_with_a_reason(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("service.py"))
        (shown,) = editor.diagnostics[editor.uri("service.py")]
        action = (await editor.actions("service.py", shown))["Silence MLD401 here, with a reason to fill in"]
        assert isinstance(action, lsp.CodeAction)
        assert action.edit is not None
        assert action.edit.changes is not None
        ((uri, (edit,)),) = action.edit.changes.items()
        assert uri == editor.uri("service.py")
        assert edit.range.start == edit.range.end == lsp.Position(line=12, character=0)
        assert edit.new_text == "    # mldebt: ignore[MLD401] TO FILL\n"

    (root / "service.py").write_text(SERVICE.replace("    return found\n", SHUFFLE))
    run(scene, root)


def test_a_trace_and_a_card_open_as_documents(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: "MLD301" in editor.rules("train.py"))
        shown = next(each for each in editor.diagnostics[editor.uri("train.py")] if each.code == "MLD301")
        actions = await editor.actions("train.py", shown)
        await editor.run(actions["Open the trace of MLD301"])
        page = Path(editor.shown[-1].removeprefix("file://")).read_text()
        assert "**MLD301** undocumented-model" in page
        assert "```mermaid" in page
        await editor.run(actions["Draft a card for this model"])
        create, draft = editor.edits[-1].document_changes or ()
        assert isinstance(create, lsp.CreateFile)
        assert create.uri == editor.uri("MODEL_CARD.md") == editor.shown[-1]
        assert isinstance(draft, lsp.TextDocumentEdit)
        assert "library_name: sklearn" in draft.edits[0].new_text
        other = next(each for each in editor.diagnostics[editor.uri("train.py")] if each.code == "MLD303")
        assert "Draft a card for this model" not in await editor.actions("train.py", other), "it is about a program"

    run(scene, root)


def test_every_folder_of_a_window_is_judged(root: Path, tmp_path: Path) -> None:
    """By its own configuration, and also one that is opened later."""
    other, third = tmp_path / "other", tmp_path / "third"
    shutil.copytree(root, other)
    shutil.copytree(root, third)
    (other / "mldebt.toml").write_text('select = ["MLD502"]\n')
    inner = other / "inner"
    inner.mkdir()
    (inner / "train.py").write_text(TRAINING)
    (inner / "mldebt.toml").write_text('select = ["MLD301"]\n')

    def rules(file: Path) -> list[object]:
        return [each.code for each in editor_of[0].diagnostics.get(file.as_uri(), ())]

    editor_of: list[Editor] = []

    async def scene(editor: Editor) -> None:
        editor_of.append(editor)
        await editor.until(lambda: rules(root / "train.py") and rules(other / "train.py"))
        await editor.until(lambda: rules(inner / "train.py") == ["MLD301"])
        assert "MLD301" in rules(root / "train.py")
        assert rules(other / "train.py") == ["MLD502"]
        editor.root = other
        editor.open("train.py")
        editor.type("train.py", 0, "x = 1\n")
        await editor.until(lambda: not rules(other / "train.py"))
        assert rules(root / "train.py")
        added, removed = (lsp.WorkspaceFolder(uri=each.as_uri(), name=each.name) for each in (third, root))
        change = lsp.WorkspaceFoldersChangeEvent(added=[added], removed=[removed])
        editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event=change))
        await editor.until(lambda: rules(third / "train.py") and not rules(root / "train.py"))
        editor.root = third
        shown = next(each for each in editor.diagnostics[editor.uri("train.py")] if each.code == "MLD301")
        actions = await editor.actions("train.py", shown)
        await editor.run(actions["Draft a card for this model"])
        assert editor.shown[-1] == editor.uri("MODEL_CARD.md")
        assert editor.messages == []

    run(scene, root, other, inner)


def test_a_configuration_with_a_typo_is_told(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.messages)
        assert "selct" in editor.messages[0]

    (root / "mldebt.toml").write_text('selct = ["MLD401"]\n')
    run(scene, root)


def test_what_changes_on_disk_is_judged_anew_though_nobody_saves(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.watched and "MLD301" in editor.rules("train.py"))
        assert editor.watched == [lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES]
        (root / "train.py").unlink()
        gone = lsp.FileEvent(uri=editor.uri("train.py"), type=lsp.FileChangeType.Deleted)
        editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(changes=[gone]))
        await editor.until(lambda: not editor.rules("train.py"))

    run(scene, root)


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "source": text.splitlines(True), "metadata": {}}
                | ({"outputs": [], "execution_count": 1} if kind == "code" else {})
                for kind, text in cells
            ],
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
    )


def cell(editor: Editor, number: int, kind: str = "code") -> lsp.NotebookCell:
    kinds = {"code": lsp.NotebookCellKind.Code, "markdown": lsp.NotebookCellKind.Markup}
    return lsp.NotebookCell(kind=kinds[kind], document=f"{editor.uri('book.ipynb')}#cell{number}")


def document(at: lsp.NotebookCell, text: str) -> lsp.TextDocumentItem:
    language = "python" if at.kind is lsp.NotebookCellKind.Code else "markdown"
    return lsp.TextDocumentItem(uri=at.document, language_id=language, version=1, text=text)


def open_notebook(editor: Editor, *cells: tuple[str, str]) -> list[str]:
    """The documents of the cells."""
    shown = [cell(editor, number, kind) for number, (kind, _) in enumerate(cells)]
    opened = lsp.NotebookDocument(
        uri=editor.uri("book.ipynb"), notebook_type="jupyter-notebook", version=1, cells=shown
    )
    texts = [document(at, text) for at, (_, text) in zip(shown, cells, strict=True)]
    editor.client.notebook_document_did_open(
        lsp.DidOpenNotebookDocumentParams(notebook_document=opened, cell_text_documents=texts)
    )
    return [at.document for at in shown]


def change_notebook(editor: Editor, change: lsp.NotebookDocumentCellChanges) -> None:
    editor.client.notebook_document_did_change(
        lsp.DidChangeNotebookDocumentParams(
            notebook_document=lsp.VersionedNotebookDocumentIdentifier(uri=editor.uri("book.ipynb"), version=2),
            change=lsp.NotebookDocumentChangeEvent(cells=change),
        )
    )


BOOK = (("markdown", "# On shelves\n"), ("code", "import random\n"), ("code", TRAINING))


def test_cells_of_an_open_notebook_show_what_is_found_in_them(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("book.ipynb"))
        uris = open_notebook(editor, *BOOK)
        await editor.until(lambda: editor.diagnostics.get(uris[2]))
        assert {each.range.start.line for each in editor.diagnostics[uris[2]] if each.code == "MLD301"} == {3}
        assert editor.rules("book.ipynb") == []
        closed = [lsp.TextDocumentIdentifier(uri=uri) for uri in uris]
        editor.client.notebook_document_did_close(
            lsp.DidCloseNotebookDocumentParams(
                notebook_document=lsp.NotebookDocumentIdentifier(uri=editor.uri("book.ipynb")),
                cell_text_documents=closed,
            )
        )
        await editor.until(lambda: not editor.diagnostics[uris[2]] and editor.rules("book.ipynb"))

    (root / "book.ipynb").write_text(notebook(*BOOK))
    run(scene, root)


def test_a_cell_that_is_typed_is_judged_and_what_was_found_moves_with_its_cell(root: Path) -> None:
    async def scene(editor: Editor) -> None:
        await editor.until(lambda: editor.rules("book.ipynb"))
        uris = open_notebook(editor, *BOOK)
        await editor.until(lambda: editor.diagnostics.get(uris[2]))
        whole = lsp.TextDocumentContentChangeWholeDocument(
            text="import pandas as pd\n\nrows = pd.read_csv('rows.csv').sample(frac=0.1)\n"
        )
        at = lsp.VersionedTextDocumentIdentifier(uri=uris[1], version=2)
        used = TRAINING.replace("model.fit([[1]], [2])", "model.fit(rows[['a']], rows['b'])")
        later = lsp.TextDocumentContentChangeWholeDocument(text=used)
        here = lsp.VersionedTextDocumentIdentifier(uri=uris[2], version=2)
        change_notebook(
            editor,
            lsp.NotebookDocumentCellChanges(
                text_content=[
                    lsp.NotebookDocumentCellContentChanges(document=at, changes=[whole]),
                    lsp.NotebookDocumentCellContentChanges(document=here, changes=[later]),
                ]
            ),
        )
        await editor.until(lambda: "MLD106" in [each.code for each in editor.diagnostics.get(uris[1], ())])
        (unfair,) = [each for each in editor.diagnostics[uris[1]] if each.code == "MLD106"]
        assert unfair.range.start.line == 2
        new = cell(editor, 9)
        change_notebook(
            editor,
            lsp.NotebookDocumentCellChanges(
                structure=lsp.NotebookDocumentCellChangeStructure(
                    array=lsp.NotebookCellArrayChange(start=1, delete_count=1, cells=[new]),
                    did_open=[document(new, "rows = {}\n")],
                    did_close=[lsp.TextDocumentIdentifier(uri=uris[1])],
                )
            ),
        )
        await editor.until(lambda: not editor.diagnostics[uris[1]])
        await editor.until(lambda: "MLD301" in [each.code for each in editor.diagnostics[uris[2]]])

    (root / "book.ipynb").write_text(notebook(*BOOK))
    run(scene, root)


class SlowCrew:
    """Notes what it is asked, and answers when it is told to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[tuple[str, ...]] = []
        self.done = asyncio.Event()

    async def ask(self, task: Callable[..., Any], *given: str) -> None:
        self.asked.append((task.__name__, *given))
        await self.done.wait()


def test_what_grows_stale_while_it_waits_is_never_asked(root: Path) -> None:
    """Else whoever types faster than code is judged waits ever longer, also for what a command answers."""

    async def scene() -> None:
        server = make_server()
        server.protocol._workspace = Workspace(root.as_uri())
        server.protocol.client_capabilities = lsp.ClientCapabilities()
        crew = SlowCrew(root)
        server.desks = [Desk(server, crew)]  # type: ignore[arg-type]
        work = []
        for number in range(4):
            for path in ("service.py", "train.py"):
                item = lsp.TextDocumentItem(
                    uri=(root / path).as_uri(), language_id="python", version=1, text=f"{number}"
                )
                server.workspace.put_text_document(item)
                work.append(asyncio.create_task(server.judge(item.uri)))
            work.append(asyncio.create_task(server.scan()))
            await asyncio.sleep(0.4)
        assert crew.asked == [("typed", "service.py", "0")]
        crew.done.set()
        await asyncio.gather(*work)
        server.drafts.cleanup()
        assert sorted(crew.asked[1:]) == [("save",), ("typed", "service.py", "3"), ("typed", "train.py", "3")]

    asyncio.run(scene())

"""Findings in the words of the language server protocol: where they stand, how they look, what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import Workspace

from mldebt.editor.cells import Cell
from mldebt.editor.edits import silencing
from mldebt.finding import Finding, Location, Severity

_SEVERITIES = {
    Severity.HIGH: lsp.DiagnosticSeverity.Error,
    Severity.MEDIUM: lsp.DiagnosticSeverity.Warning,
    Severity.LOW: lsp.DiagnosticSeverity.Information,
    Severity.INFO: lsp.DiagnosticSeverity.Hint,
}
_ABOUT_MODELS = ("MLD301", "MLD302", "MLD304")

DRAFT_CARD = "mldebt.draftCard"
OPEN_TRACE = "mldebt.openTrace"


class Places:
    """Locations of a folder and positions in the editor's documents."""

    def __init__(self, root: Path, documents: Workspace) -> None:
        self._root = root
        self._documents = documents
        open_files = [each.uri for each in documents.text_documents.values() if not self._is_cell(each.uri)]
        open_books = [each.uri for each in documents.notebook_documents.values()]
        self._open = {to_fs_path(uri): uri for uri in (*open_files, *open_books)}

    @property
    def links(self) -> str:
        """The address of the folder, for links to lines."""
        return f"{from_fs_path(str(self._root))}/"

    def path_of(self, uri: str) -> str | None:
        """The path of a document below the folder, None for others. The cell of a notebook has the notebook's."""
        notebook = self._documents.get_notebook_document(cell_uri=uri)
        name = to_fs_path(notebook.uri if notebook is not None else uri)
        try:
            return Path(name).relative_to(self._root).as_posix() if name else None
        except ValueError:
            return None

    def whole(self, path: str) -> str:
        """The address of a file as the editor spells it, each in its own way (`+` or `%2B`); ours until it is open."""
        name = str(self._root / path)
        return self._open.get(name) or from_fs_path(name) or ""

    def uri(self, location: Location) -> str:
        """The document in which a place is shown: the cell, where its notebook is open."""
        return self._cell(location) or self.whole(location.path)

    def uris_of(self, path: str) -> set[str]:
        """All documents that show a part of a file, by each address that was in use for it."""
        notebook = self._notebook(path)
        cells = [cell.document for cell in notebook.cells] if notebook is not None else []
        return {self.whole(path), from_fs_path(str(self._root / path)) or "", *cells}

    def text(self, uri: str) -> str | None:
        """What the editor has of a document; None where it is not open."""
        return next((each.source for each in self._documents.text_documents.values() if each.uri == uri), None)

    def lines(self, uri: str) -> Sequence[str]:
        try:
            return self._documents.get_text_document(uri).lines
        except (OSError, UnicodeDecodeError):
            return ()

    def cells(self, path: str) -> tuple[Cell, ...]:
        """The cells of a notebook as they stand in the editor."""
        notebook = self._notebook(path)
        return tuple(
            (
                "code" if cell.kind is lsp.NotebookCellKind.Code else "markdown",
                self._documents.get_text_document(cell.document).source,
            )
            for cell in (notebook.cells if notebook is not None else ())
        )

    def range(self, location: Location) -> lsp.Range:
        """The place, no further than the end of its first line, in the editor's units."""
        uri = self.uri(location)
        number = (location.cell_line if self._cell(location) else location.line) or 1
        lines = self.lines(uri)
        line = min(number - 1, max(0, len(lines) - 1))
        text = lines[line].rstrip("\r\n") if lines else ""
        start = min(max(0, location.column - 1), len(text))
        on_line = location.end_line == location.line and location.end_column > location.column
        end = min(location.end_column - 1, len(text)) if on_line else len(text)
        place = lsp.Range(start=lsp.Position(line=line, character=start), end=lsp.Position(line=line, character=end))
        return self._documents.position_codec.range_to_client_units(list(lines), place)

    def place(self, location: Location) -> lsp.Location:
        return lsp.Location(uri=self.uri(location), range=self.range(location))

    def units(self, text: str) -> int:
        """How long a text is, as the editor counts."""
        return int(self._documents.position_codec.client_num_units(text))

    def _notebook(self, path: str) -> lsp.NotebookDocument | None:
        return self._documents.get_notebook_document(notebook_uri=self.whole(path))

    def _is_cell(self, uri: str) -> bool:
        return self._documents.get_notebook_document(cell_uri=uri) is not None

    def _cell(self, location: Location) -> str | None:
        """The open cell in which a place stands."""
        notebook = self._notebook(location.path) if location.cell is not None else None
        if notebook is None or location.cell is None or location.cell >= len(notebook.cells):
            return None
        return notebook.cells[location.cell].document


def diagnostic(finding: Finding, places: Places) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=places.range(finding.location),
        message=finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule_id,
        source="mldebt",
        related_information=[
            lsp.DiagnosticRelatedInformation(location=places.place(step.location), message=step.message)
            for step in finding.trail
        ],
        data={"fingerprint": finding.fingerprint},
    )


def actions_for(
    finding: Finding, shown: lsp.Diagnostic, uri: str, places: Places
) -> Iterator[lsp.CodeAction | lsp.Command]:
    """What can be done about a finding at hand."""
    change = silencing(places.lines(uri), shown.range.start.line, finding.rule_id)
    if change is not None:
        line = places.lines(uri)[change.line]
        position = lsp.Position(line=change.line, character=places.units(line[: change.column]))
        edit = lsp.TextEdit(range=lsp.Range(start=position, end=position), new_text=change.new)
        yield lsp.CodeAction(
            title=f"Silence {finding.rule_id} here, with a reason to fill in",
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[shown],
            edit=lsp.WorkspaceEdit(changes={uri: [edit]}),
        )
    arguments = [uri, finding.fingerprint]
    if finding.rule_id in _ABOUT_MODELS:
        yield lsp.Command(title="Draft a card for this model", command=DRAFT_CARD, arguments=list(arguments))
    yield lsp.Command(title=f"Open the trace of {finding.rule_id}", command=OPEN_TRACE, arguments=list(arguments))

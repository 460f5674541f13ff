"""A notebook's raw text to one module of its code cells, or to one text of its prose."""

from __future__ import annotations

import msgspec

from mldebt.sources.cells import Cell, NotNotebookError, parse_notebook
from mldebt.sources.magics import Parses, to_python
from mldebt.sources.source import CellLine


class NotebookText(msgspec.Struct, frozen=True):
    """Joined lines, each ended by a newline, where each stands, and what was left out."""

    text: str
    cells: tuple[CellLine, ...]
    broken: tuple[str, ...] = ()


def notebook_code(raw: str, parses: Parses | None = None) -> NotebookText:
    """The code cells of a Python notebook; raises NotNotebookError with the reason when it is none."""
    notebook = parse_notebook(raw)
    if not _is_python(notebook.language):
        raise NotNotebookError(f"a notebook in {notebook.language}, not Python")
    lines: list[str] = []
    places: list[CellLine] = []
    broken = []
    for number, cell in enumerate(notebook.cells):
        if cell.kind != "code":
            continue
        python, wrong = to_python(cell.lines, parses) if _is_python(cell.language) else ([""] * len(cell.lines), "")
        if wrong:
            broken.append(f"cell {number}: {wrong}")
        lines += python
        places += _places(number, cell)
    return NotebookText(_join(lines), tuple(places), tuple(broken))


def notebook_prose(raw: str) -> NotebookText:
    """The Markdown cells; an empty line stands between two of them, as Markdown needs it."""
    lines: list[str] = []
    places: list[CellLine] = []
    for number, cell in enumerate(parse_notebook(raw).cells):
        if cell.kind not in ("markdown", "heading") or not cell.lines:
            continue
        if lines:
            lines.append("")
            places.append(places[-1])
        lines += [f"# {line}" for line in cell.lines] if cell.kind == "heading" else cell.lines
        places += _places(number, cell)
    return NotebookText(_join(lines), tuple(places))


def _places(number: int, cell: Cell) -> list[CellLine]:
    return [CellLine(number, line, raw_line) for line, raw_line in enumerate(cell.raw_lines, start=1)]


def _join(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _is_python(language: str) -> bool:
    """Whether a kernel or cell that calls itself so runs Python; most that say nothing do."""
    language = language.lower()
    return not language or "python" in language or "pyspark" in language or language == "conda-root-py"

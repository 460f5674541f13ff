"""What is found in a folder while it is edited: the whole as it was saved, and what unsaved text makes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from mldebt.accepted import less_known
from mldebt.editor.cells import Cell, lines_of_cells, moved, moved_cells, notebook_text
from mldebt.errors import UsageError
from mldebt.finding import Finding, Location
from mldebt.gate.comparing import Difference, differ
from mldebt.inventory import ModelRecord
from mldebt.outcome import Outcome, SuppressionState
from mldebt.review import LEFT_TO_THE_GATE
from mldebt.scan import State, judge_project, open_state, scan_state, trace_value
from mldebt.settings import Settings, load_settings
from mldebt.sources import nearby, read_bytes, wanted_bytes
from mldebt.tracks import Spot, Track

_Name = tuple[str, int, int]
"""A rule, and where it found something: cell (0 where there is none) and line."""


class Saved(msgspec.Struct, frozen=True):
    """The last scan of the whole: its findings, and the paths and texts on which they stand."""

    outcome: Outcome
    settings: Settings
    paths: tuple[str, ...]
    texts: Mapping[str, str]

    def findings(self, path: str) -> tuple[Finding, ...]:
        return tuple(each for each in self.outcome.findings if each.location.path == path)


class Workspace:
    """One folder that somebody edits. Its methods take as long as a scan does and are called one at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.saved: Saved | None = None
        self._near: tuple[tuple[object, ...], Outcome] | None = None

    def save(self) -> Saved:
        """Scan what lies on disk. Raises MldebtError for a configuration that cannot be read."""
        state = open_state(self.root)
        settings = load_settings(state.rulebook)
        scanned = scan_state(state, settings)
        outcome = less_known(scanned.outcome, scanned.settings)
        paths = tuple(file.path for file in scanned.listing.files)
        found = {finding.location.path for finding in outcome.findings}
        self.saved = Saved(outcome, settings, paths, {path: self._disk(path) for path in paths if path in found})
        return self.saved

    def typed(self, path: str, text: str) -> tuple[Finding, ...] | None:
        """The findings in a file as it stands in the editor, judged by the code near it; None while it does not parse
        or nothing has been scanned. What needs the whole repository (people, documents) stays as it was saved."""
        saved = self.saved
        if saved is None or path not in saved.paths:
            return None
        disk = self._disk(path)
        if text == disk:
            return saved.findings(path)
        near = nearby(str(self.root), saved.paths, [path])
        settings = replace(saved.settings, history=False, left_out=LEFT_TO_THE_GATE)
        texts = {each: self._disk(each) for each in near}
        before = self._near_outcome(near, texts, settings)
        after = self._scan(texts | {path: text}, settings)
        if _unread(after, path) > _unread(before, path):
            return None
        difference = differ(before, after, {}, texts.get, (texts | {path: text}).get)
        place = _mover(path, saved.texts.get(path, disk), text)
        silenced = _silenced(after, path, text)
        merged = _merge(saved.findings(path), difference, path, place)
        return tuple(each for each in merged if _name(each.rule_id, each.location) not in silenced)

    def typed_cells(self, path: str, cells: Sequence[Cell]) -> tuple[Finding, ...] | None:
        """The same for a notebook, given by its cells."""
        return self.typed(path, notebook_text(self._disk(path), cells))

    def record_of(self, finding: Finding) -> ModelRecord | None:
        """The model of which a finding speaks, of all that the code on disk trains."""
        from mldebt.pipeline.models.rows import Rows

        settings = self.saved.settings if self.saved is not None else load_settings(self.root)
        project, outcome = judge_project(self.root, replace(settings, select=(), ignore=()))
        rows = [row for row in Rows(project).all(outcome.findings) if row.path == finding.location.path]
        built = [row for row in rows if _builds_at(row, finding.location)]
        return next(iter((*built, *rows)), None)

    def track_of(self, finding: Finding) -> Track | None:
        """Where the value at a finding comes from and goes, in the code on disk; None where no value stands there."""
        place = finding.location
        if place.cell is not None and place.cell_line is not None:
            spot = Spot(path=place.path, line=place.cell_line, cell=place.cell)
        else:
            spot = Spot(path=place.path, line=place.line)
        settings = self.saved.settings if self.saved is not None else load_settings(self.root)
        try:
            return trace_value(self.root, spot, replace(settings, history=False))
        except UsageError:
            return None

    def _near_outcome(self, near: tuple[str, ...], texts: Mapping[str, str], settings: Settings) -> Outcome:
        """Remembered, for people type in one place for a while."""
        key = (near, tuple(texts.values()), settings)
        if self._near is None or self._near[0] != key:
            self._near = (key, self._scan(texts, settings))
        return self._near[1]

    def _scan(self, texts: Mapping[str, str], settings: Settings) -> Outcome:
        """The findings in some files alone, laid out in a folder of their own."""
        with _laid_out(texts) as folder:
            state = State(root=folder, repository=None, rulebook=self.root, picked=tuple(texts))
            return scan_state(state, settings).outcome

    def _disk(self, path: str) -> str:
        content = read_bytes(f"{self.root}/{path}", wanted_bytes(path) or 0)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


@contextmanager
def _laid_out(texts: Mapping[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mldebt-") as name:
        folder = Path(name).resolve()
        for path, text in texts.items():
            target = (folder / path).resolve()
            if folder not in target.parents:
                raise UsageError(f"{path}: not in the folder that is edited")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield folder


def _merge(
    saved: tuple[Finding, ...], difference: Difference, path: str, moved: Callable[[Location], Location]
) -> Iterator[Finding]:
    """What was saved, without what the text mended, and where it is now; then what is new."""
    joined = (kept.before for kept in difference.joined)
    gone = {each.fingerprint for each in (*difference.fixed, *difference.silenced, *joined)}
    now = {kept.before.fingerprint: kept.after.location for kept in difference.kept}
    new = (*difference.new, *(kept.after for kept in difference.split))
    for finding in saved:
        if finding.fingerprint in gone:
            continue
        place = now.get(finding.fingerprint)
        yield replace(finding, location=place if place is not None else moved(finding.location))
    yield from (finding for finding in new if finding.location.path == path)


def _unread(outcome: Outcome, path: str) -> int:
    """How much of a file could not be read: of a notebook, how many cells."""
    return sum(skipped.path == path for skipped in outcome.skipped)


def _silenced(after: Outcome, path: str, text: str) -> set[_Name]:
    """What comments in the text silence of the rules that were not asked again."""
    table = lines_of_cells(text) if path.endswith(".ipynb") else [text.split("\n")]
    found = set()
    for comment in after.suppressions:
        at = comment.location
        if at.path == path and comment.state is SuppressionState.UNJUDGED:
            rule_id, cell, line = _name(comment.rule_id, at)
            found.add((rule_id, cell, line))
            if not table[cell][line - 1][: at.column - 1].strip():  # alone on its line: it speaks of the next, too
                found.add((rule_id, cell, line + 1))
    return found


def _name(rule_id: str, place: Location) -> _Name:
    return rule_id, place.cell or 0, place.line if place.cell_line is None else place.cell_line


def _mover(path: str, old: str, new: str) -> Callable[[Location], Location]:
    """Where a place of the saved text is in the new one."""
    if path.endswith(".ipynb"):
        return moved_cells(old, new)
    move = moved(old.split("\n"), new.split("\n"))

    def place(location: Location) -> Location:
        line = move(location.line)
        return replace(
            location, line=line, end_line=line + location.end_line - location.line if location.end_line else 0
        )

    return place


def _builds_at(row: ModelRecord, location: Location) -> bool:
    return any(cell.location is not None and cell.location.line == location.line for cell in row.builder)

"""What in a change made a finding, as far as can be known: new lines on its trail, changed files of it, or others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from mldebt.finding import Finding, Location
from mldebt.gate.change import Read, new_lines
from mldebt.listed import listed
from mldebt.verdict import Cause, CauseKind, Change

_SHOWN = 3


class Causes:
    """Traces findings back to one change; a file's lines are compared only when a finding leads there."""

    def __init__(self, change: Change, read_before: Read, read_after: Read) -> None:
        self._change = change
        self._was = {new: old for old, new in change.renamed.items()}
        self._read_before = read_before
        self._read_after = read_after
        self._new: dict[str, Collection[int] | None] = {}

    def of(self, finding: Finding) -> Cause:
        """The nearest cause."""
        told = [(step.location, step.message) for step in finding.trail]
        here = finding.location
        if all((location.path, location.line) != (here.path, here.line) for location, _ in told):
            told.append((here, ""))
        told = [(location, what) for location, what in told if location.path in self._change.after]
        fresh = [(location, what) for location, what in told if self._is_new(location)]
        files = tuple(dict.fromkeys(location.path for location, _ in fresh or told))
        if fresh:
            words = "; ".join(dict.fromkeys(_place(*each) for each in fresh[:_SHOWN]))
            more = f" and {len(fresh) - _SHOWN} more" if len(fresh) > _SHOWN else ""
            places = tuple(dict.fromkeys(location for location, _ in fresh))
            return Cause(
                kind=CauseKind.LINES, message=f"written by this change: {words}{more}", places=places, files=files
            )
        if told:
            return self._edits(files)
        others = self._others()
        return Cause(kind=CauseKind.ELSEWHERE, message=f"no file of its trail changed; this change {others}")

    def of_growth(self, finding: Finding, gained: Collection[str]) -> Cause | None:
        """What in the change brought the members that a finding gained; None where no file of them changed."""
        paths = {member.partition(":")[0] for member in gained}
        steps = tuple(step for step in finding.trail if step.location.path in paths)
        if not steps:  # one of so many that the trail does not have it
            told = sorted(paths & self._change.after)
            return self._edits(told) if told else None
        cause = self.of(replace(finding, trail=steps, location=steps[0].location))
        return None if cause.kind is CauseKind.ELSEWHERE else cause

    def _edits(self, files: Sequence[str]) -> Cause:
        verb = "adds" if self._change.added.issuperset(files) else "edits"
        return Cause(kind=CauseKind.FILES, message=f"this change {verb} {listed(files, _SHOWN)}", files=tuple(files))

    def _others(self) -> str:
        """The change as a whole: what went away tells more than what came."""
        change = self._change
        parts = [
            f"{verb} {listed(paths, _SHOWN)}"
            for verb, paths in (
                ("removes", sorted(change.removed)),
                ("renames", sorted(change.renamed)),
                ("edits", sorted(change.changed)),
                ("adds", sorted(change.added)),
            )
            if paths
        ]
        return " and ".join(parts[:2]) or "touches none of the files that are read"

    def _is_new(self, location: Location) -> bool:
        if location.path in self._change.added:
            return True
        if location.path not in self._new:
            self._new[location.path] = self._compared(location.path)
        fresh = self._new[location.path]
        return fresh is not None and location.line in fresh

    def _compared(self, path: str) -> Collection[int] | None:
        before, after = self._read_before(self._was.get(path, path)), self._read_after(path)
        return None if before is None or after is None else new_lines(before, after)


def by_people(cause: Cause, change: Change) -> Cause:
    """The cause of a finding about people. That somebody who alone knew some code committed again, to something else,
    is nobody's fault."""
    if cause.kind is not CauseKind.ELSEWHERE or _names_owners(change):
        return cause
    message = (
        "not by a line of this change: none of its files changed, but who counts as active, or what belongs together"
    )
    return Cause(kind=CauseKind.PEOPLE, message=message)


def lapses(finding: Finding, change: Change) -> bool:
    """Whether a finding about people that is gone is so for no line of the change: none of its files was touched."""
    return change.before.isdisjoint(finding.files) and not _names_owners(change)


def _names_owners(change: Change) -> bool:
    touched = {*change.changed, *change.added, *change.removed, *change.renamed}
    return any(path.rpartition("/")[2] == "CODEOWNERS" for path in touched)


def by_time(finding: Finding, days: tuple[str, str]) -> Cause:
    """The cause of what is new for no other reason than that time went by."""
    return Cause(
        kind=CauseKind.TIME,
        message=f"not by this change: {finding.rule_name} holds of the state before it, too, once that is judged on "
        f"{days[1]} and not on {days[0]}",
    )


def renames_definition(before: Finding, after: Finding, read_before: Read, read_after: Read) -> bool:
    """Whether a function or class was given another name: the old name is gone, and the new one was not there."""
    old, new = _last(before.location.symbol), _last(after.location.symbol)
    text_before, text_after = read_before(before.location.path), read_after(after.location.path)
    if not old or not new or text_before is None or text_after is None:
        return False
    return not _defines(text_after, old) and not _defines(text_before, new)


def _defines(text: str, name: str) -> bool:
    return any(f"{keyword} {name}{mark}" in text for keyword in ("def", "class") for mark in "(:[ ")


def _last(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def _place(location: Location, what: str) -> str:
    where = f"{location.path} cell {location.cell}" if location.cell is not None else f"{location.path}:{location.line}"
    return f"{where} {what}".rstrip()

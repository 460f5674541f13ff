"""Words that several reports use for the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mldebt.finding import Finding, Location, Owner
from mldebt.verdict import Verdict

_LEAST = 0.005


def count(number: int, word: str) -> str:
    """A number of things."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def place(location: Location) -> str:
    """Where something stands, as editors understand it; in a notebook, as a person sees it."""
    if location.cell is not None:
        return f"{location.path} cell {location.cell}, line {location.cell_line}"
    return f"{location.path}:{location.line}:{location.column}"


def graded(findings: Iterable[Finding]) -> str:
    """How many there are of each severity: "2 high, 1 low"."""
    grades = Counter(finding.severity for finding in findings)
    return ", ".join(f"{grades[grade]} {grade.name.lower()}" for grade in sorted(grades, reverse=True))


def knows(owner: Owner) -> str:
    """A person with what they know of a component; who wrote next to nothing of it has reviewed it."""
    if owner.share < _LEAST and owner.reviewed:
        return f"{owner.name} reviewed {owner.reviewed:.0%}"
    return f"{owner.name} {owner.share:.0%}"


def knows_or_knew(owner: Owner) -> str:
    """The same of somebody who may have left."""
    return f"{knows(owner)}{'' if owner.active else ' (no longer active)'}"


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """For places where only the first few are seen."""
    return sorted(findings, key=lambda finding: -finding.severity)


def said_of(verdict: Verdict) -> str:
    """A change in one sentence."""
    if not verdict.after.counts.files:
        return "Nothing to analyse after the change: no Python file and no notebook was read."
    new = [each.finding for each in verdict.new]
    grown = [each.finding for each in verdict.grown]
    first = f"{count(len(new), 'new finding')} ({graded(new)})" if new else "No new findings"
    moved = sum(kept.moved for kept in verdict.kept)
    parts = [
        first,
        f"{len(grown):,} grown ({graded(grown)})" if grown else "",
        f"{len(verdict.mended):,} fixed" if verdict.mended else "",
        f"{len(verdict.ended_elsewhere):,} ended by changes in other files" if verdict.ended_elsewhere else "",
        f"{len(verdict.silenced):,} silenced by a comment" if verdict.silenced else "",
        f"{count(verdict.accepted, 'new one')} known to the baseline" if verdict.accepted else "",
        f"{len(verdict.kept):,} unchanged" + (f" ({moved:,} moved)" if moved else "") if verdict.kept else "",
    ]
    return ", ".join(filter(None, parts)) + "."


def compared(verdict: Verdict) -> str:
    """What was compared with what."""
    change = verdict.change
    files = (
        ("edited", change.changed),
        ("added", change.added),
        ("removed", change.removed),
        ("renamed", change.renamed),
    )
    listed = ", ".join(f"{len(found):,} {word}" for word, found in files if found) or "none"
    end = f"commit {verdict.head[:12]}" if verdict.head else "the work tree"
    return f"From {_start(verdict)} to {end}. Files that are read and differ: {listed}."


def _start(verdict: Verdict) -> str:
    commit = f"commit {verdict.base[:12]}"
    if not verdict.into:
        return commit
    return f"{verdict.into} ({commit})" if verdict.direct else f"{commit}, where it left {verdict.into},"

"""What a change did, as text for a person: what is new and why, what is gone, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.finding import Finding
from mldebt.reports.style import Style
from mldebt.reports.text import Page, by_component
from mldebt.reports.words import compared, place, said_of
from mldebt.verdict import Verdict

_SHOWN = 10


def render_change_text(verdict: Verdict, *, width: int = 100, colour: bool = False) -> str:
    """New and grown findings in full, as in a scan, each with its cause; the others a line each."""
    causes = {each.finding: each.cause.message for each in verdict.brought}
    page = Page(width, Style(colour), causes)
    for component, findings in by_component(causes):
        page.component(component, findings)
    _list(page, "Fixed", verdict.mended)
    _list(page, "Ended by changes in other files", verdict.ended_elsewhere)
    _list(page, "Silenced by a comment", verdict.silenced)
    _list(page, "No longer to be seen: the rule failed, or the file is not read any more", verdict.unknown)
    if verdict.drifted:
        _list(page, "Not by a line of this change", (each.finding for each in verdict.drifted))
    _list(page, "Gone, but not by a line of this change", verdict.lapsed)
    page.strong(said_of(verdict))
    page.wrap(compared(verdict), "")
    for note in verdict.notes:
        page.wrap(note, "")
    page.account(verdict.after)
    return "\n".join(page.lines) + "\n"


def _list(page: Page, heading: str, findings: Iterable[Finding]) -> None:
    listed = list(findings)
    if not listed:
        return
    page.strong(f"{heading}:")
    for finding in listed[:_SHOWN]:
        page.wrap(f"{place(finding.location)}  {finding.rule_id} {finding.rule_name}  {finding.message}", "  ", "    ")
    if len(listed) > _SHOWN:
        page.wrap(f"… and {len(listed) - _SHOWN:,} more (--format json lists all)", "  ")
    page.lines.append("")

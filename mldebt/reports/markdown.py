"""An outcome or a change as Markdown, for step summaries, merge request notes and wikis: trails are folded away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from mldebt.finding import Finding, Location
from mldebt.outcome import Outcome
from mldebt.regex import regex
from mldebt.reports.change_picture import render_change_mermaid
from mldebt.reports.style import visible
from mldebt.reports.text import by_component, read_of, verdict_of
from mldebt.reports.words import compared, count, knows_or_knew, place, said_of, worst_first
from mldebt.verdict import Verdict

_SHOWN = 100  # with their trails; a step summary may hold a megabyte
_LISTED = 30
_COLOURS = "Red: a finding that is new or has grown; yellow: written by this change."
_SPECIAL = regex(r"([\\`*_\[\]|~<>&$])")
# Code hosts make links of these, without the end of the sentence.
_ADDRESS = regex(r"((?:https?://|ftp://|mailto:|www\.|[\w.+-]+@(?=\w))\S*[^\s.,;:!?])")
_QUOTED = regex(r"`([^`\n]+)`")
_START = regex(r"^([-+=#]|\d+(?=[.)]))")


def render_markdown(outcome: Outcome, *, links: str = "") -> str:
    """A scan. `links` is the address of the scanned folder in the code host, for links to lines."""
    page = _Page(links)
    page.say(f"## mldebt: {_plain(verdict_of(outcome))}")
    page.findings(outcome.findings, {})
    page.account(outcome)
    return page.text()


def render_change_markdown(verdict: Verdict, *, links: str = "") -> str:
    """A change: what is new and why; the rest in short."""
    page = _Page(links)
    page.say(f"## mldebt: {_plain(said_of(verdict))}")
    causes = {each.finding: each.cause.message for each in verdict.brought}
    page.findings(causes, causes)
    picture = render_change_mermaid(verdict)
    if picture:
        page.say(f"The part of the pipeline that changed. {_COLOURS}")
        page.say(f"```mermaid\n{picture}```")
    page.listed("Fixed", verdict.mended)
    page.listed("Ended by changes in other files", verdict.ended_elsewhere)
    page.listed("Silenced by a comment", verdict.silenced)
    page.listed("No longer to be seen: the rule failed, or the file is not read any more", verdict.unknown)
    page.listed("Not by a line of this change", [each.finding for each in verdict.drifted])
    page.listed("Gone, but not by a line of this change", verdict.lapsed)
    page.say(_plain(compared(verdict)))
    for note in verdict.notes:
        page.say(_plain(note))
    page.account(verdict.after)
    return page.text()


def render_finding(finding: Finding, *, links: str = "") -> str:
    """One finding in full, nothing folded away."""
    page = _Page(links)
    page.whole(finding)
    return page.text()


class _Page:
    """Paragraphs under way."""

    def __init__(self, links: str) -> None:
        self._links = links
        self._parts: list[str] = []
        self._explained: set[str] = set()

    def say(self, paragraph: str) -> None:
        self._parts.append(paragraph)

    def text(self) -> str:
        return "\n\n".join(self._parts) + "\n"

    def findings(self, findings: Iterable[Finding], causes: Mapping[Finding, str]) -> None:
        """By component, the worst findings when there are too many."""
        everything = worst_first(findings)
        for component, group in by_component(sorted(everything[:_SHOWN], key=everything.index)):
            self.say(f"### {_code(component)}")
            for finding in group:
                self._finding(finding, causes.get(finding, ""))
        if len(everything) > _SHOWN:
            self.say(f"… and {count(len(everything) - _SHOWN, 'more finding')} of the same or a lower severity.")

    def listed(self, heading: str, findings: Iterable[Finding]) -> None:
        found = list(findings)
        if not found:
            return
        lines = [
            f"- {finding.rule_id} {self._link(finding.location)} {_plain(finding.message)}"
            for finding in found[:_LISTED]
        ]
        if len(found) > _LISTED:
            lines.append(f"- … and {len(found) - _LISTED:,} more")
        self.say(_folded(f"{heading}: {len(found):,}", "\n".join(lines)))

    def account(self, outcome: Outcome) -> None:
        """What was read, what was not, and what is wrong."""
        for failure in outcome.failures:
            self.say(f"**Incomplete:** {_plain(failure.message)}")
        faults = [each for each in outcome.suppressions if each.fault]
        if faults:
            lines = [f"- {self._link(each.location)} {_plain(each.fault)}" for each in faults[:_LISTED]]
            self.say(_folded(f"Comments to look at: {len(faults):,}", "\n".join(lines)))
        if outcome.skipped:
            lines = [f"- {_code(item.path)} {_plain(item.reason)}" for item in outcome.skipped[:_LISTED]]
            self.say(_folded(f"Skipped, in whole or in part: {len(outcome.skipped):,}", "\n".join(lines)))
        told = " ".join(filter(None, (read_of(outcome), outcome.history, *outcome.notes)))
        self.say(f"<sub>{_plain(told)}</sub>")

    def whole(self, finding: Finding) -> None:
        self._head(finding)
        for paragraph in self._details(finding):
            self.say(paragraph)

    def _head(self, finding: Finding) -> None:
        grade = finding.severity.name.lower()
        self.say(f"**{finding.rule_id}** {finding.rule_name} · {grade} · {self._link(finding.location)}")
        self.say(_plain(finding.message))

    def _finding(self, finding: Finding, cause: str) -> None:
        self._head(finding)
        if cause:
            self.say(f"*Cause:* {_plain(cause)}")
        self.say(_folded("Trail, why and remedy", "\n\n".join(self._details(finding))))

    def _details(self, finding: Finding) -> Iterator[str]:
        steps = [
            f"{number}. {self._link(step.location)} {_plain(step.message)}"
            for number, step in enumerate(finding.trail, 1)
        ]
        if steps:
            yield "\n".join(steps)
        if finding.location.snippet:
            yield _code(finding.location.snippet)
        if finding.rule_id not in self._explained:
            self._explained.add(finding.rule_id)
            yield f"**Why.** {_told(finding.why)}"
            yield f"**Remedy.** {_told(finding.remedy)}"
        if finding.owners:
            known = ", ".join(map(knows_or_knew, finding.owners))
            yield f"Known by {_plain(known)}."

    def _link(self, location: Location) -> str:
        shown = _code(place(location))
        if not self._links:
            return shown
        path = quote(location.path.encode("utf-8", "surrogateescape"), safe="/")
        return f"[{shown}]({self._links}{path}#L{location.line})"


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _plain(text: str) -> str:
    """Words of a repository, which must become neither markup nor links."""
    return _plain_part(text.strip())


def _plain_part(text: str) -> str:
    parts = _ADDRESS.split(text)
    return "".join(_code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _told(text: str) -> str:
    """Words of a rule, in which code stands between backticks."""
    parts = _QUOTED.split(text.strip())
    return "".join(_code(part) if index % 2 else _plain_part(part) for index, part in enumerate(parts))


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", visible(text))
    return _START.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", escaped)


def _code(text: str) -> str:
    """A code span, whatever backticks the text holds."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{space}{shown}{space}{fence}"

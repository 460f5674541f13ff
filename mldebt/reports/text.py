"""The outcome as text for a person: findings by component, then what was read, what was not, and what it means."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby

from mldebt.finding import CO_WRITTEN, Finding, Owner, Severity, is_co_written
from mldebt.outcome import Outcome
from mldebt.reports.style import Style, visible
from mldebt.reports.words import count, graded, knows_or_knew, place

Painter = Callable[[str], str]

_LONG_RUN = 3
_LONG_TRAIL = 10
_TRAIL_START, _TRAIL_END = 5, 3
_SHOWN_OWNERS = 3
_SHOWN_SKIPPED = 5


def render_text(outcome: Outcome, *, width: int = 100, colour: bool = False) -> str:
    """Each rule's why and remedy stand once, with its first finding."""
    page = Page(width, Style(colour))
    for component, findings in by_component(outcome.findings):
        page.component(component, findings)
    page.strong(verdict_of(outcome))
    page.account(outcome)
    return "\n".join(page.lines) + "\n"


class Page:
    """Lines under way, and which rules have been explained. `causes` says of findings why they are there now."""

    def __init__(self, width: int, style: Style, causes: Mapping[Finding, str] | None = None) -> None:
        self.width = width
        self.style = style
        self.causes = causes or {}
        self.lines: list[str] = []
        self.explained: set[str] = set()

    def component(self, name: str, findings: list[Finding]) -> None:
        style = self.style
        owners = visible(_owners(findings[0].owners))
        self.lines.append(style.strong(visible(name)))
        if len(visible(name)) + len(owners) + 2 > self.width:
            self.wrap(owners, "  ", paint=style.faint)
        elif owners:
            self.lines[-1] += style.faint(f"  {owners}")
        for finding in findings:
            self.finding(finding)
        self.lines.append("")

    def finding(self, finding: Finding) -> None:
        style = self.style
        where = visible(place(finding.location))
        grade, sure = finding.severity.name.lower(), f", {finding.confidence.name.lower()} confidence"
        fits = len(f"  {where}  {finding.rule_id} {finding.rule_name}  {grade}{sure}") <= self.width
        rule = f"{style.rule(finding.rule_id)} {finding.rule_name}"
        said = f"{rule}  {style.severity(finding.severity, grade)}{style.faint(sure)}"
        self.lines += [f"  {where}  {said}"] if fits else [f"  {where}", f"    {said}"]
        self.wrap(finding.message, "    ")
        if finding.location.snippet:
            line = f"    │ {visible(finding.location.snippet)}"
            self.lines.append(style.code(line if len(line) <= self.width else f"{line[: self.width - 1]}…"))
        trail = _shortened(finding)
        for number, line in enumerate(trail, start=1):
            self.wrap(line, "    └ " if number == len(trail) else "    ├ ", "      ", style.faint)
        if finding in self.causes:
            self.wrap(self.causes[finding], "    cause   ", "            ")
        if finding.rule_id not in self.explained:
            self.explained.add(finding.rule_id)
            self.wrap(finding.why, "    why     ", "            ")
            self.wrap(finding.remedy, "    remedy  ", "            ")

    def strong(self, text: str) -> None:
        self.wrap(text, "", paint=self.style.strong)

    def account(self, outcome: Outcome) -> None:
        """What was read, what was not, and what it means."""
        style = self.style
        self.wrap(read_of(outcome), "")
        if outcome.skipped:
            self.wrap(
                f"Skipped, in whole or in part: {count(len({each.path for each in outcome.skipped}), 'file')}", ""
            )
            for line in _skipped(outcome):
                self.wrap(line, "  ", "    ")
        self.comments(outcome)
        if outcome.outdated:
            entries = "entry" if outcome.outdated == 1 else "entries"
            self.wrap(
                f"{outcome.outdated:,} {entries} of the baseline found no longer; see `mldebt baseline prune`.", ""
            )
        if outcome.history:
            self.wrap(outcome.history, "")
        if any(is_co_written(owner.share for owner in finding.owners) for finding in outcome.findings):
            self.wrap(CO_WRITTEN, "")
        for note in outcome.notes:
            self.wrap(note, "")
        for failure in outcome.failures:
            self.wrap(f"Incomplete: {failure.message}", "", paint=partial(style.severity, Severity.HIGH))

    def comments(self, outcome: Outcome) -> None:
        """The comments that silence nothing, or must not."""
        faulty = [each for each in outcome.suppressions if each.fault]
        if faulty:
            self.wrap(f"{count(len(faulty), 'comment')} to look at:", "")
        for each in faulty[:_SHOWN_SKIPPED]:
            self.wrap(f"{place(each.location)}  {each.fault}", "  ", "    ")
        if len(faulty) > _SHOWN_SKIPPED:
            self.wrap(f"… and {len(faulty) - _SHOWN_SKIPPED:,} more (--format json lists all)", "  ")

    def wrap(self, text: str, first: str, rest: str | None = None, paint: Painter = str) -> None:
        lines = textwrap.wrap(
            visible(text),
            self.width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.lines += map(paint, lines)


def by_component(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Components in the order of their first place; findings inside in theirs."""
    first: dict[str, int] = {}
    listed = list(findings)
    for index, finding in enumerate(listed):
        first.setdefault(_component(finding), index)
    listed.sort(key=lambda finding: first[_component(finding)])
    for name, group in groupby(listed, key=_component):
        yield name, list(group)


def _component(finding: Finding) -> str:
    return finding.component or finding.location.path


def _shortened(finding: Finding) -> list[str]:
    """A line a step. Of a long run of steps that all say the same, the first and the last stay; of a long trail, where
    it starts and where it ends. Steps that all stand where the finding does need not say where."""
    here = all(step.location == finding.location for step in finding.trail)
    lines: list[tuple[int, str]] = []
    for _, run in groupby(finding.trail, key=lambda step: step.message):
        steps = [(1, step.message if here else f"{place(step.location)}  {step.message}") for step in run]
        lines += steps if len(steps) <= _LONG_RUN else [steps[0], _more(steps[1:-1]), steps[-1]]
    if len(lines) > _LONG_TRAIL:
        first, last = _TRAIL_START, len(lines) - _TRAIL_END
        while lines[first - 1][0] > 1:  # places are left out up to here already
            first -= 1
        while lines[last][0] > 1:
            last += 1
        lines[first:last] = [_more(lines[first:last])]
    return [line for _, line in lines]


def _more(left_out: list[tuple[int, str]]) -> tuple[int, str]:
    places = sum(number for number, _ in left_out)
    return places, f"… {places} more places"


def _owners(owners: tuple[Owner, ...]) -> str:
    shown = list(map(knows_or_knew, owners[:_SHOWN_OWNERS]))
    more = len(owners) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def verdict_of(outcome: Outcome) -> str:
    """An outcome in one sentence."""
    if not outcome.counts.files:
        return "Nothing to analyse: no Python file and no notebook was read."
    if not outcome.findings:
        clean = "No findings" if not outcome.failures else "No findings so far, but the scan is incomplete"
        return clean + _aside(outcome) + "."
    components = len({_component(finding) for finding in outcome.findings})
    found = (
        f"{count(len(outcome.findings), 'finding')} ({graded(outcome.findings)}) in {count(components, 'component')}"
    )
    return found + _aside(outcome) + "."


def _aside(outcome: Outcome) -> str:
    aside = ""
    if outcome.hidden:
        aside += f"; {outcome.hidden} more with --pedantic"
    if outcome.suppressed:
        aside += f"; {outcome.suppressed} suppressed in the code"
    if outcome.accepted:
        aside += f"; {outcome.accepted} known to the baseline"
    return aside


def read_of(outcome: Outcome) -> str:
    """What was read, in a sentence or two."""
    counts = outcome.counts
    parts = [f"{count(counts.files - counts.notebooks, 'Python file')}"]
    if counts.notebooks:
        parts.append(f"{count(counts.notebooks, 'notebook')} ({count(counts.cells, 'cell')})")
    if counts.documents:
        parts.append(count(counts.documents, "document"))
    aside = [
        f"{number} {word}"
        for number, word in (
            (counts.tests, "test" if counts.tests == 1 else "tests"),
            (counts.vendored, "vendored"),
            (counts.generated, "generated"),
            (counts.data, "kept as data"),
        )
        if number
    ]
    among = f" Among them: {', '.join(aside)}." if aside else ""
    return f"Read {', '.join(parts)}: {count(counts.lines, 'line')}.{among}"


def _skipped(outcome: Outcome) -> Iterator[str]:
    """The reasons, those of most files first; of a file that has several, the first. What stands in brackets, a place
    in the file, makes no reason of its own."""
    reasons: dict[str, list[tuple[str, str]]] = {}
    for path, items in groupby(outcome.skipped, key=lambda item: item.path):
        first, *others = (item.reason for item in items)
        more = f"; and {count(len(others), 'more place')} in it" if others else ""
        reasons.setdefault(first.partition(" (")[0] + more, []).append((path, first + more))
    ordered = sorted(reasons.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    for reason, files in ordered[:_SHOWN_SKIPPED]:
        path, whole = files[0]
        yield f"{path} and {len(files) - 1:,} more: {reason}" if len(files) > 1 else f"{path}: {whole}"
    if len(ordered) > _SHOWN_SKIPPED:
        rest = sum(len(files) for _, files in ordered[_SHOWN_SKIPPED:])
        yield f"… and {count(rest, 'file')} for other reasons (--format json lists all)"

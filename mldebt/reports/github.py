"""Findings as annotations of GitHub Actions: workflow commands, one a line, the worst first."""

from __future__ import annotations

from mldebt.finding import Finding, Severity
from mldebt.outcome import Outcome
from mldebt.reports.style import visible
from mldebt.reports.words import place, worst_first

_COMMANDS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice", Severity.INFO: "notice"}


def render_github(outcome: Outcome) -> str:
    """GitHub shows ten annotations of a kind; the summary has them all. Paths count from the top of the repository."""
    lines = [_annotation(finding, outcome.prefix) for finding in worst_first(outcome.findings)]
    lines += [
        _command("warning", each.fault, file=outcome.prefix + each.location.path, line=each.location.line)
        for each in outcome.suppressions
        if each.fault
    ]
    lines += [_command("notice", note, title="mldebt") for note in outcome.notes]
    lines += [_command("error", failure.message, title="mldebt is incomplete") for failure in outcome.failures]
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding, prefix: str) -> str:
    location = finding.location
    ends = {"endLine": location.end_line, "endColumn": location.end_column} if location.end_line else {}
    if location.end_line != location.line:
        ends.pop("endColumn", None)  # GitHub takes columns for places within a line only
    trail = "".join(f"\n- {place(step.location)} {step.message}" for step in finding.trail[:10])
    return _command(
        _COMMANDS[finding.severity],
        f"{finding.message}{trail}\nWhat to do: {finding.remedy}",
        title=f"{finding.rule_id} {finding.rule_name}",
        file=prefix + location.path,
        line=location.line,
        col=location.column,
        **ends,
    )


def _command(name: str, message: str, **properties: str | int) -> str:
    """Newlines are kept, as the runner writes them; whatever else could steer the log is shown as an escape."""
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    return "%0A".join(visible(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

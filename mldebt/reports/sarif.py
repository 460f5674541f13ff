"""The outcome as SARIF 2.1.0, for code hosts and editors."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mldebt.finding import Finding, Location, Severity, Step
from mldebt.outcome import Outcome
from mldebt.reports.json_report import owner_json
from mldebt.rulebook import Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "SRCROOT"
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}


def render_sarif(outcome: Outcome) -> str:
    """One run. Equal outcomes give equal bytes."""
    positions = {rule.id: index for index, rule in enumerate(outcome.rules)}
    results = [result_value(finding, positions[finding.rule_id]) for finding in outcome.findings]
    return render_log(run_value(outcome, results))


def render_log(run: dict[str, Any]) -> str:
    """A log of one run."""
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def run_value(outcome: Outcome, results: list[dict[str, Any]]) -> dict[str, Any]:
    """A run with these results."""
    return {
        "tool": {
            "driver": {
                "name": "mldebt",
                "version": outcome.version,
                "semanticVersion": outcome.version,
                "rules": [_rule(rule) for rule in outcome.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder that was scanned."}}},
        "invocations": [_invocation(outcome)],
        "results": results,
        "properties": {
            "head": outcome.head,
            "history": outcome.history,
            "hidden": outcome.hidden,
            "suppressed": outcome.suppressed,
            "baseline": {"known": outcome.accepted, "outdated": outcome.outdated},
            "read": {name: getattr(outcome.counts, name) for name in outcome.counts.__struct_fields__},
        },
    }


def _rule(rule: Rule) -> dict[str, Any]:
    references = "".join(f"\n- {reference}" for reference in rule.references)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why}\n\n{rule.remedy}",
            "markdown": f"{rule.why}\n\n**Remedy.** {rule.remedy}\n{references}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"family": rule.family, "confidence": rule.confidence.name.lower(), "tags": [rule.family]},
    }


def _invocation(outcome: Outcome) -> dict[str, Any]:
    told: list[dict[str, Any]] = [
        {
            "level": "error",
            "message": {"text": failure.message},
            "associatedRule": {"id": failure.rule_id},
        }
        for failure in outcome.failures
    ]
    told += [
        {
            "level": "warning",
            "message": {"text": f"skipped: {item.reason}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(item.path)}}],
        }
        for item in outcome.skipped
    ]
    told += [
        {
            "level": "note",
            "message": {"text": suppression.fault},
            "locations": [_location(suppression.location)],
        }
        for suppression in outcome.suppressions
        if suppression.fault
    ]
    return {"executionSuccessful": not outcome.failures, "toolExecutionNotifications": told}


def result_value(finding: Finding, rule_index: int) -> dict[str, Any]:
    """One result; its trail is a code flow."""
    trail = [*finding.trail]
    if not trail or trail[-1].location != finding.location:
        trail.append(Step(location=finding.location, message=finding.message))
    return {
        "ruleId": finding.rule_id,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.location, logical=finding.component)],
        "partialFingerprints": {"mldebt/v1": finding.fingerprint},
        "codeFlows": [{"threadFlows": [{"locations": [{"location": _step(step)} for step in trail]}]}],
        "relatedLocations": [{"id": number, **_step(step)} for number, step in enumerate(finding.trail, start=1)],
        "properties": {
            "component": finding.component,
            "severity": finding.severity.name.lower(),
            "confidence": finding.confidence.name.lower(),
            "audience": finding.audience.value,
            "owners": list(map(owner_json, finding.owners)),
            "remedy": finding.remedy,
            **_cell(finding.location),
        },
    }


def _step(step: Step) -> dict[str, Any]:
    return {**_location(step.location), "message": {"text": step.message}}


def _location(location: Location, logical: str = "") -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": location.line, "startColumn": location.column}
    if location.end_line:
        region["endLine"] = location.end_line
        if location.end_column:
            region["endColumn"] = location.end_column
    if location.snippet:
        region["snippet"] = {"text": location.snippet}
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(location.path), "region": region}}
    names = [{"fullyQualifiedName": location.symbol}] if location.symbol else []
    names += [{"name": logical, "kind": "component"}] if logical else []
    if names:
        found["logicalLocations"] = names
    if location.cell is not None:
        found["properties"] = _cell(location)
    return found


def _artifact(path: str) -> dict[str, Any]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape"), safe="/"), "uriBaseId": _BASE}


def _cell(location: Location) -> dict[str, Any]:
    return {} if location.cell is None else {"cell": location.cell, "cellLine": location.cell_line}

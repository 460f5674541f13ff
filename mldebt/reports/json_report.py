"""The outcome as JSON: everything that a script may ask for, in a shape that only grows."""

from __future__ import annotations

import json
from typing import Any

from mldebt.finding import Finding, Location, Owner
from mldebt.outcome import Outcome, Suppression
from mldebt.rulebook import Rule

SHAPE = 1


def render_json(outcome: Outcome) -> str:
    """Equal outcomes give equal bytes: no time, no machine, no absolute path."""
    return json.dumps(outcome_value(outcome), indent=2, ensure_ascii=False) + "\n"


def outcome_value(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain values."""
    return {
        "tool": "mldebt",
        "version": outcome.version,
        "shape": SHAPE,
        "head": outcome.head or None,
        "complete": not outcome.failures,
        "findings": [finding_value(finding) for finding in outcome.findings],
        "hidden": outcome.hidden,
        "suppressed": outcome.suppressed,
        "suppressions": [_suppression(each) for each in outcome.suppressions],
        "baseline": {"known": outcome.accepted, "outdated": outcome.outdated},
        "read": {name: getattr(outcome.counts, name) for name in outcome.counts.__struct_fields__},
        "skipped": [{"path": item.path, "reason": item.reason} for item in outcome.skipped],
        "failures": [{"rule": item.rule_id, "message": item.message} for item in outcome.failures],
        "history": outcome.history,
        "notes": list(outcome.notes),
        "rules": [_rule(rule) for rule in outcome.rules],
    }


def finding_value(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "rule": finding.rule_id,
        "name": finding.rule_name,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence.name.lower(),
        "audience": finding.audience.value,
        "component": finding.component,
        "message": finding.message,
        "location": location_json(finding.location),
        "trail": [{"message": step.message, "location": location_json(step.location)} for step in finding.trail],
        "owners": list(map(owner_json, finding.owners)),
        "fingerprint": finding.fingerprint,
    }


def _suppression(each: Suppression) -> dict[str, Any]:
    return {
        "rule": each.rule_id,
        "state": each.state.value,
        "reason": each.reason,
        "location": location_json(each.location),
    }


def owner_json(owner: Owner) -> dict[str, Any]:
    """A person who knows a component as plain values."""
    return {"name": owner.name, "share": round(owner.share, 4), "active": owner.active, "reviewed": owner.reviewed}


def location_json(location: Location) -> dict[str, Any]:
    """A place as plain values; what is not known is left out."""
    place = {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line or None,
        "end_column": location.end_column or None,
        "symbol": location.symbol or None,
        "snippet": location.snippet or None,
        "cell": location.cell,
        "cell_line": location.cell_line,
    }
    return {name: value for name, value in place.items() if value is not None}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "family": rule.family,
        "why": rule.why,
        "remedy": rule.remedy,
        "references": list(rule.references),
    }

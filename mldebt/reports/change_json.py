"""What a change did, as JSON: a shape that only grows."""

from __future__ import annotations

import json
from typing import Any

from mldebt.reports.json_report import SHAPE, finding_value, location_json, outcome_value
from mldebt.verdict import Caused, Kept, Verdict


def render_change_json(verdict: Verdict) -> str:
    """Equal verdicts give equal bytes."""
    after = outcome_value(verdict.after)
    rules = after.pop("rules")
    after.pop("findings")
    document = {
        "tool": "mldebt",
        "version": verdict.after.version,
        "shape": SHAPE,
        "base": verdict.base,
        "base_name": verdict.into or None,
        "head": verdict.head or None,
        "complete": not (verdict.before.failures or verdict.after.failures),
        "new": [_caused(each) for each in verdict.new],
        "grown": [
            _caused(Caused(finding=each.finding, cause=each.cause)) | {"gained": list(each.gained)}
            for each in verdict.grown
        ],
        "drifted": [_caused(each) for each in verdict.drifted],
        "fixed": [
            finding_value(each) | {"touched": not verdict.change.before.isdisjoint(each.files)}
            for each in verdict.fixed
        ],
        "lapsed": [finding_value(each) for each in verdict.lapsed],
        "silenced": [finding_value(each) for each in verdict.silenced],
        "unknown": [finding_value(each) for each in verdict.unknown],
        "unchanged": [
            {
                "rule": kept.after.rule_id,
                "severity": kept.after.severity.name.lower(),
                "location": location_json(kept.after.location),
                "fingerprint": kept.after.fingerprint,
                "moved": kept.moved,
                "fingerprint_before": kept.before.fingerprint,
            }
            for kept in verdict.kept
        ],
        "joined": [_pair(kept) for kept in verdict.joined],
        "split": [_pair(kept) for kept in verdict.split],
        "accepted": verdict.accepted,
        "change": {
            "edited": sorted(verdict.change.changed),
            "added": sorted(verdict.change.added),
            "removed": sorted(verdict.change.removed),
            "renamed": dict(sorted(verdict.change.renamed.items())),
        },
        "findings_before": len(verdict.before.findings),
        "findings_after": len(verdict.after.findings),
        "notes": list(verdict.notes),
        "after": after,
        "rules": rules,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _pair(kept: Kept) -> dict[str, str]:
    return {
        "rule": kept.after.rule_id,
        "fingerprint": kept.after.fingerprint,
        "fingerprint_before": kept.before.fingerprint,
    }


def _caused(caused: Caused) -> dict[str, Any]:
    cause = caused.cause
    return {
        **finding_value(caused.finding),
        "cause": {
            "kind": cause.kind.value,
            "message": cause.message,
            "files": list(cause.files),
            "places": [location_json(each) for each in cause.places],
        },
    }

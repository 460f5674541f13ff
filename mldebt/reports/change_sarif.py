"""What a change did, as SARIF 2.1.0: results with their baseline state."""

from __future__ import annotations

from typing import Any

from mldebt.finding import Finding
from mldebt.reports.sarif import render_log, result_value, run_value
from mldebt.verdict import Verdict


def render_change_sarif(verdict: Verdict) -> str:
    """Results of the state after the change are "new" or "unchanged"; those that are gone, "absent"."""
    positions = {rule.id: index for index, rule in enumerate(verdict.after.rules)}

    def result(finding: Finding, state: str, **properties: Any) -> dict[str, Any]:
        value = result_value(finding, positions[finding.rule_id])
        value["properties"] |= properties
        return {**value, "baselineState": state}

    results = [
        result(each.finding, "new", cause=each.cause.message, causeKind=each.cause.kind.value)
        for each in (*verdict.new, *verdict.drifted)
    ]
    grown = {each.finding: each for each in verdict.grown}
    for found in [kept.after for kept in (*verdict.kept, *verdict.split)]:
        more = grown.get(found)
        state, told = ("updated", {"gained": list(more.gained)}) if more is not None else ("unchanged", {})
        results.append(result(found, state, **told))
    results += [result(each, "absent") for each in (*verdict.fixed, *verdict.lapsed) if each.rule_id in positions]
    run = run_value(verdict.after, results)
    run["properties"]["base"] = verdict.base
    return render_log(run)

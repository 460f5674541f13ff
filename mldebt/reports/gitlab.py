"""Findings for GitLab's merge request widget: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from __future__ import annotations

import json

from mldebt.finding import Severity
from mldebt.outcome import Outcome
from mldebt.reports.style import visible

_GRADES = {Severity.HIGH: "critical", Severity.MEDIUM: "major", Severity.LOW: "minor", Severity.INFO: "info"}


def render_gitlab(outcome: Outcome) -> str:
    """Paths count from the top of the repository. GitLab shows one finding of a fingerprint, and ours are unique."""
    return (
        json.dumps(
            [
                {
                    "description": visible(f"{finding.rule_id} {finding.rule_name}: {finding.message}"),
                    "check_name": finding.rule_id,
                    "fingerprint": finding.fingerprint,
                    "severity": _GRADES[finding.severity],
                    "location": {
                        "path": outcome.prefix + finding.location.path,
                        "lines": {
                            "begin": finding.location.line,
                            "end": max(finding.location.line, finding.location.end_line),
                        },
                    },
                }
                for finding in outcome.findings
            ],
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )

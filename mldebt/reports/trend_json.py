"""Findings over time as JSON: every state and every debt, in a shape that only grows."""

from __future__ import annotations

import json
from typing import Any

from mldebt.course import Course, Debt, Deed
from mldebt.reports.columns import day

SHAPE = 1


def render_trend_json(course: Course) -> str:
    """Equal courses give equal bytes."""
    document = {
        "tool": "mldebt",
        "version": course.version,
        "shape": SHAPE,
        "repository": course.repository,
        "every": course.every,
        "notes": course.notes,
        "states": [
            {
                "day": day(point.day),
                "commit": point.commit,
                "files": point.files,
                "lines": point.lines,
                "total": point.total,
                "families": {family: point.families.get(family, 0) for family in course.families},
                "rules": {rule: point.rules[rule] for rule in course.names if point.rules.get(rule)},
                "brought": point.opened,
                "gone": point.closed,
            }
            for point in course.points
        ],
        "people": [{"name": who, "brought": brought, "paid": paid} for who, (brought, paid) in course.deeds().items()],
        "pay_first": [_debt(debt) for debt in course.open],
        "gone": [_debt(debt) for debt in course.debts if debt.closed],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _debt(debt: Debt) -> dict[str, Any]:
    mark = debt.mark
    told: dict[str, Any] = {
        "rule": mark.rule_id,
        "name": mark.rule_name,
        "family": mark.family,
        "severity": mark.severity,
        "path": mark.path,
        "line": mark.line,
        "message": mark.message,
        "component": mark.component,
        "owners": mark.owners,
        "fingerprint": mark.fingerprint,
        "since": day(debt.since),
        "days": debt.days,
        "older_than_the_first_state": debt.older,
        "brought": _deed(debt.opened),
    }
    if debt.closed is not None:
        return told | {"until": day(debt.until), "gone": _deed(debt.closed)}
    factors = {"churn": debt.churn, "consumers": debt.consumers, "sole_ownership": mark.sole, "days": debt.days}
    return told | {"score": debt.score, "factors": factors}


def _deed(deed: Deed) -> dict[str, Any]:
    return {
        "how": deed.how,
        "who": deed.who or None,
        "day": day(deed.day) if deed.day else None,
        "commit": deed.commit or None,
    }

"""Findings over time as a page for a terminal: the states, the rules, the people, and what to pay first."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from statistics import median

from mldebt.course import Course, Debt, Point
from mldebt.reports.columns import count, day, lay_out
from mldebt.reports.style import Style, visible

ROWS = 26
"""How many states a page shows; of more, every so-manieth."""


def render_trend_text(course: Course, *, width: int = 100, colour: bool = False, first: int = 10) -> str:
    """`first` is how many open debts are shown, the most urgent at the top."""
    style = Style(colour)
    start, end = course.points[0], course.points[-1]
    head = f"{visible(course.repository)}, {day(start.day)} to {day(end.day)}, every {course.every}"
    lines = [style.strong(head), *(style.faint(note) for note in course.notes), ""]
    lines += _table(_states(course), width, style, right=range(1, len(course.families) + 5))
    if len(course.points) > ROWS:
        left = f"{len(course.points) - len(_shown(len(course.points))):,} of {len(course.points):,} states"
        lines.append(style.faint(f"… and {left} between them, each told with the next row; --format json has all"))
    lines += ["", style.strong("By rule")]
    lines += _table(_rules(course), width, style, right=range(2, 8)) if course.debts else ["Nothing was ever found."]
    people = [[who, f"{brought:,}", f"{paid:,}"] for who, (brought, paid) in course.deeds().items()]
    if people:
        lines += ["", style.strong("Who")]
        lines += _table([["", "brought", "paid"], *people[:first]], width, style, right=(1, 2))
        if len(people) > first:
            lines.append(style.faint(f"… and {count(len(people) - first, 'other', 'others')}"))
    if course.open:
        lines += ["", style.strong("Pay this first") + style.faint("  (churn × consumers × sole ownership × age)")]
        rows = [["score", "changes", "used by", "one knows", "age", "rule", "where"]]
        rows += [_urgent(debt) for debt in course.open[:first]]
        lines += _table(rows, width, style, right=range(5), clipped=(6,))
        if len(course.open) > first:
            lines.append(style.faint(f"… and {len(course.open) - first:,} more"))
        lines += map(style.faint, textwrap.wrap(_legend(course), width))
    return "\n".join(lines) + "\n"


def _states(course: Course) -> list[list[str]]:
    """The first and the last are always shown; what came and went in between is added up."""
    rows = [["", *course.families, "all", "brought", "gone", "lines"]]
    brought = gone = 0
    shown = _shown(len(course.points))
    for number, point in enumerate(course.points):
        brought, gone = brought + point.opened, gone + point.closed
        if number in shown:
            rows.append([*_state(course, point), f"+{brought}", f"−{gone}", f"{point.lines:,}"])
            brought = gone = 0
    return rows


def _state(course: Course, point: Point) -> list[str]:
    return [day(point.day), *(str(point.families.get(family, 0)) for family in course.families), str(point.total)]


def _shown(number: int) -> frozenset[int]:
    apart = -(-number // ROWS)
    return frozenset(range(number - 1, -1, -apart)) | {0}


def _rules(course: Course) -> list[list[str]]:
    rows = [["", "", "first", "last", "brought", "paid", "oldest", "paid after"]]
    start, end = course.points[0], course.points[-1]
    for rule_id, name in course.names.items():
        debts = [debt for debt in course.debts if debt.mark.rule_id == rule_id]
        if debts:
            paid = [debt.days for debt in debts if debt.closed and debt.closed.how == "paid"]
            oldest = max((debt.days for debt in debts if debt.closed is None), default=None)
            rows.append(
                [
                    rule_id,
                    name,
                    str(start.rules.get(rule_id, 0)),
                    str(end.rules.get(rule_id, 0)),
                    str(sum(not debt.older for debt in debts)),
                    str(len(paid)),
                    "–" if oldest is None else f"{oldest:,} d",
                    f"{median(paid):,.0f} d" if paid else "–",
                ]
            )
    return rows


def _legend(course: Course) -> str:
    """What the columns of "Pay this first" mean."""
    since = day(course.points[0].day)
    told = (
        f"changes: commits since {since} that touched a file of the finding's trail; used by: modules and endpoints "
        "that rely on the code; one knows: the share of it that one person knows; d: days"
    )
    older = f"; +: it was there on {since} already, and may be older" if any(debt.older for debt in course.open) else ""
    return f"{told}{older}."


def _urgent(debt: Debt) -> list[str]:
    mark = debt.mark
    age = f"{debt.days:,} d{'+' if debt.older else ''}"
    where = f"{mark.path}:{mark.line}"
    return [f"{debt.score:,.1f}", str(debt.churn), str(debt.consumers), f"{mark.sole:.0%}", age, mark.rule_id, where]


def _table(
    rows: Sequence[Sequence[str]], width: int, style: Style, *, right: Sequence[int], clipped: Sequence[int] = ()
) -> list[str]:
    head, *body = lay_out(rows, width=width, right=right, clipped=clipped)
    return [style.faint(head), *body]

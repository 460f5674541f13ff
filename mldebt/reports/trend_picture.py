"""Findings over time as a picture, drawn by matplotlib where that is installed."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from mldebt.course import Course
from mldebt.errors import UsageError
from mldebt.reports.style import visible
from mldebt.rulebook import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("svg", "png")
# Okabe and Ito's, which people who see few colours tell apart: one a family, whichever others are there, and two more.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
_BROUGHT, _GONE = "#d55e00", "#8c8c8c"


def check_picture() -> None:
    """UsageError when there is nothing to draw with; asked before a history is walked through."""
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError("a picture needs matplotlib, which is not installed; pip install 'mldebt[trend]'")


def render_trend_picture(course: Course, kind: str) -> bytes:
    """Findings by family, one upon the other, and below what was brought and what went. Equal courses give equal
    bytes."""
    check_picture()
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    days = [dt.datetime.fromtimestamp(point.day, tz=dt.UTC) for point in course.points]
    with rc_context({"svg.hashsalt": "mldebt", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(9, 5.4), dpi=144, layout="constrained")
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        _stack(above, days, course)
        _bars(below, days, course)
        above.set_title(f"{_plain(course.repository)}: findings, every {course.every}", loc="left")
        out = io.BytesIO()
        told: dict[str, Any] = {"Date": None, "Creator": "mldebt"} if kind == "svg" else {"Software": "mldebt"}
        figure.savefig(out, format=kind, metadata=told)
    return out.getvalue()


def _stack(axes: Any, days: Sequence[dt.datetime], course: Course) -> None:
    families = [name for name in course.families if any(point.families.get(name) for point in course.points)]
    rows = [[point.families.get(name, 0) for point in course.points] for name in families]
    if rows:
        days = [*days, days[-1] + _apart(days)]  # or the last state, that of now, would be a line without width
        rows = [[*row, row[-1]] for row in rows]
        shades = [_COLOURS[list(FAMILIES).index(name)] for name in families]
        axes.stackplot(days, rows, labels=families, colors=shades, step="post", edgecolor="white", linewidth=0.6)
        handles, labels = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axes.set_ylim(bottom=0)
    axes.yaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.set_ylabel("findings")


def _bars(axes: Any, days: Sequence[dt.datetime], course: Course) -> None:
    apart = _apart(days)
    axes.bar(days, [point.opened for point in course.points], width=apart * 0.8, color=_BROUGHT, label="brought")
    axes.bar(days, [-point.closed for point in course.points], width=apart * 0.8, color=_GONE, label="gone")
    axes.axhline(0, color="black", linewidth=0.6)
    axes.yaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def _apart(days: Sequence[dt.datetime]) -> dt.timedelta:
    """From one state to the next, as a rule."""
    return dt.timedelta(median([(after - before).days for before, after in pairwise(days)] or [7]) or 1)


def _plain(text: str) -> str:
    """Matplotlib reads what stands between dollar signs as mathematics."""
    return visible(text).replace("$", r"\$")

"""Pure functions from an Outcome to text."""

from __future__ import annotations

from collections.abc import Callable

from mldebt.outcome import Outcome

FORMATS = ("text", "json", "sarif")
SUFFIXES = {".txt": "text", ".json": "json", ".sarif": "sarif"}


def renderer(name: str) -> Callable[[Outcome], str]:
    """The function for a format; only the one asked for is loaded."""
    if name == "sarif":
        from mldebt.reports.sarif import render_sarif

        return render_sarif
    if name == "json":
        from mldebt.reports.json_report import render_json

        return render_json
    from mldebt.reports.text import render_text

    return render_text

"""Pure functions from an Outcome, or from the Verdict on a change, to text."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from msgspec.structs import replace

from mldebt.outcome import Outcome
from mldebt.verdict import Verdict

FORMATS = ("text", "json", "sarif", "markdown", "github", "gitlab", "junit")
SUFFIXES = {".txt": "text", ".json": "json", ".sarif": "sarif", ".md": "markdown", ".xml": "junit"}
_OUTCOME = {
    "text": "text:render_text",
    "json": "json_report:render_json",
    "sarif": "sarif:render_sarif",
    "markdown": "markdown:render_markdown",
    "github": "github:render_github",
    "gitlab": "gitlab:render_gitlab",
    "junit": "junit:render_junit",
}
_CHANGE = {
    "text": "change_text:render_change_text",
    "json": "change_json:render_change_json",
    "sarif": "change_sarif:render_change_sarif",
    "markdown": "markdown:render_change_markdown",
}


def renderer(name: str) -> Callable[..., str]:
    """The function for a format; only the one asked for is loaded."""
    return _load(_OUTCOME[name])


def change_renderer(name: str) -> Callable[..., str]:
    """The function for a change. Formats that know findings only are given the new ones."""
    if name in _CHANGE:
        return _load(_CHANGE[name])
    return lambda verdict: renderer(name)(new_alone(verdict))


def new_alone(verdict: Verdict) -> Outcome:
    """The outcome after a change with the new and grown findings only, each with its cause behind its message."""
    return replace(
        verdict.after,
        findings=tuple(
            replace(each.finding, message=f"{each.finding.message} ({each.cause.message})") for each in verdict.brought
        ),
        notes=(*verdict.notes, *verdict.after.notes),
        failures=(*verdict.before.failures, *verdict.after.failures),
    )


def _load(name: str) -> Callable[..., str]:
    module, _, function = name.partition(":")
    return cast(Callable[..., str], getattr(importlib.import_module(f"mldebt.reports.{module}"), function))

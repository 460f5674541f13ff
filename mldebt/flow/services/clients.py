"""Clients of recommendation services: objects of a library, whose methods say that they give recommendations."""

from __future__ import annotations

import re

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_GIVING = regex(
    r"^(a?(get|fetch|list|load|query|request|find)_)?(\w+_)?(recommendations?|recommended)(_\w+)?$|^get\w*Recommend(ed|ations?)\w*$"
)
_NO_ITEMS = regex(
    r"^(set|save|send|post|put|push|create|update|delete|remove|rate|log|is|has|num|count)_"
    r"|_(settings?|configs?|options?|feedbacks?|counts?|status|types?|models?|ids?_count|events?|jobs?|policy|policies)$",
    re.IGNORECASE,
)
"""What is about recommendations and gives none."""
_ADVISORS = regex(r"^(google\.cloud|azure|kubernetes|yfinance|github|sentry)\b")
"""Libraries whose recommendations are advice to whoever runs a system or trades."""


def recommends(flow: Flow, call: Value) -> bool:
    """Whether a call asks the client of a recommendation service, one that the catalogue does not know."""
    function = call.function
    if function.kind != "attr" or not _GIVING.search(function.name) or _NO_ITEMS.search(function.name):
        return False
    owners = [owner.name for owner in flow.types(function.source)]
    return bool(owners) and all(
        isinstance(name, str) and "." in name and flow.catalogue.type(name) is None and not _ADVISORS.search(name)
        for name in owners
    )

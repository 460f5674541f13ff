"""Some of many names, in words."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str], shown: int) -> str:
    """The first names, and how many there are beside: `a, b and 3 more`."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more

"""Names in words: some of many, and the verb that goes with them."""

from __future__ import annotations

from collections.abc import Sequence, Sized


def listed(names: Sequence[str], shown: int) -> str:
    """The first names, and how many there are beside: `a, b and 3 more`."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def all_of(names: Sequence[str]) -> str:
    """Every name: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def is_or_are(told: Sized) -> str:
    """The verb behind the names of what is told: `is` of one, `are` of several."""
    return "is" if len(told) == 1 else "are"

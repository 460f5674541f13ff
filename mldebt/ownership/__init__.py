"""Who wrote, reviewed and therefore knows which lines, from the history of the repository."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebt.ownership.anonymity import Anonymity
    from mldebt.ownership.answer import said_below
    from mldebt.ownership.changes import Change, read_changes
    from mldebt.ownership.knowledge import Credit, Ownership, Span
    from mldebt.ownership.naming import find_person
    from mldebt.ownership.people import Person, Suggestion, unite
    from mldebt.ownership.reading import read_ownership
    from mldebt.ownership.shares import BusFactor, Knowledge
    from mldebt.ownership.teams import with_teams
    from mldebt.ownership.truck_factor import PUBLISHED, TruckFactor, Window, read_truck_factors
    from mldebt.ownership.unity import united

__all__ = [
    "PUBLISHED",
    "Anonymity",
    "BusFactor",
    "Change",
    "Credit",
    "Knowledge",
    "Ownership",
    "Person",
    "Span",
    "Suggestion",
    "TruckFactor",
    "Window",
    "find_person",
    "read_changes",
    "read_ownership",
    "read_truck_factors",
    "said_below",
    "unite",
    "united",
    "with_teams",
]

_FROM = {
    "Anonymity": "anonymity",
    "said_below": "answer",
    "read_ownership": "reading",
    **dict.fromkeys(("Credit", "Ownership", "Span"), "knowledge"),
    **dict.fromkeys(("Person", "Suggestion", "unite"), "people"),
    **dict.fromkeys(("Change", "read_changes"), "changes"),
    "find_person": "naming",
    **dict.fromkeys(("BusFactor", "Knowledge"), "shares"),
    **dict.fromkeys(("PUBLISHED", "TruckFactor", "Window", "read_truck_factors"), "truck_factor"),
    "united": "unity",
    "with_teams": "teams",
}


def __getattr__(name: str) -> object:
    """What is asked for is loaded when it is: on a small repository, loading is most of the time."""
    if name in _FROM:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_FROM[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

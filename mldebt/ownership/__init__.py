"""Who wrote, reviewed and therefore knows which lines, from the history of the repository."""

from mldebt.ownership.anonymity import Anonymity
from mldebt.ownership.changes import Change, read_changes
from mldebt.ownership.knowledge import BusFactor, Credit, Knowledge, Ownership, Span
from mldebt.ownership.naming import find_person
from mldebt.ownership.people import Person, Suggestion, unite
from mldebt.ownership.reading import read_ownership, said_below
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
]

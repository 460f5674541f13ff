"""Who wrote, reviewed and therefore knows which lines, from the history of the repository."""

from mldebt.ownership.knowledge import BusFactor, Knowledge, Ownership, Span
from mldebt.ownership.people import Person, Suggestion
from mldebt.ownership.reading import read_ownership

__all__ = ["BusFactor", "Knowledge", "Ownership", "Person", "Span", "Suggestion", "read_ownership"]

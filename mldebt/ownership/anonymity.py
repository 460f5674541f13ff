"""Names and addresses out of sight: everybody gets a number, the same on every page of one commit."""

from __future__ import annotations

import re

from mldebt.ownership.knowledge import Ownership
from mldebt.ownership.people import Person
from mldebt.ownership.unity import with_persons
from mldebt.regex import regex

_ADDRESS = regex(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = regex(r"(?<![\w.])@[A-Za-z0-9][\w-]*(?:/[\w.-]+)?")
_SHORTEST = 3  # a name of two letters is part of too many words


class Anonymity:
    """Everybody's number, in the order in which they came: later commits leave it as it is."""

    def __init__(self, ownership: Ownership) -> None:
        credited = {person for credit in ownership.credits.values() for person in (*credit.writers, *credit.reviewers)}
        everybody = sorted({*ownership.contributors, *credited}, key=_arrival)
        self._hidden = {
            person: person._replace(name=f"person {number}", email="", others=())
            for number, person in enumerate(everybody, start=1)
        }
        self._called: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        for person, hidden in self._hidden.items():
            for word in (person.name, person.email, *person.others):
                self._called.setdefault(word, hidden.name)
                if len(word) >= _SHORTEST:
                    self._numbers.setdefault(word, hidden.name)
        longest_first = sorted(self._numbers, key=lambda word: (-len(word), word))
        self._known = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first) or r"(?!)")

    def person(self, person: Person) -> Person:
        return self._hidden.get(person, person._replace(name="somebody", email="", others=()))

    def name(self, name: str) -> str:
        """The number of whoever goes by a name or an address."""
        return self._called.get(name, "somebody")

    def ownership(self, ownership: Ownership) -> Ownership:
        """The same ownership of numbered people. Suggestions are left out: they speak of names."""
        return with_persons(ownership, self.person)._replace(suggestions=())

    def text(self, text: str) -> str:
        """Text without the names, addresses and handles in it."""
        numbered = self._known.sub(lambda found: self._numbers[found[0]], text)
        return _HANDLE.sub("@…", _ADDRESS.sub("…@…", numbered))


def _arrival(person: Person) -> tuple[bool, int, str, str]:
    """Whoever only ever reviewed comes last."""
    return not person.commits, person.first_commit, person.name, person.email

"""Who are the authors of a file, by how often and when each changed it: the two published measures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from mldebt.ownership.people import Person

# Degree of authorship, and when it makes somebody an author: the numbers of Avelino et al. 2016.
_BASE, _CREATED, _CHANGED, _OTHERS = 3.293, 1.098, 0.164, 0.321
_LEAST, _LEAST_SHARE = 3.293, 0.75
# The same where recent changes weigh more: JetBrains' bus-factor-explorer, after Jabrayilzade et al. 2022.
FADING_DAYS = 90
_LAST_FADING, _OTHERS_FADING, _LEAST_FADING = 3.0, 2.4, 0.001

Known = Callable[[int], Person]


class FileHistory(msgspec.Struct):
    """Who created a file, and how often each contact changed it. The weights fade with the age of each change; `last`
    is the contact with the most recent one, and its weight."""

    creator: int | None = None
    changes: Counter[int] = msgspec.field(default_factory=Counter)
    weights: dict[int, float] = msgspec.field(default_factory=dict)
    last: tuple[int, float] | None = None

    def change(self, contact: int) -> None:
        self.changes[contact] += 1

    def weigh(self, contact: int, days: int) -> None:
        """Notes a change of so many days before the end of the window, the oldest first."""
        weight = math.exp(-max(days, 0) / FADING_DAYS)
        self.weights[contact] = self.weights.get(contact, 0.0) + weight
        if self.last is None or weight > self.last[1]:
            self.last = contact, weight


def authors(file: FileHistory, known: Known) -> frozenset[Person]:
    """The people whose degree of authorship is high, and near the highest."""
    changes: Counter[Person] = Counter()
    for contact, count in file.changes.items():
        changes[known(contact)] += count
    creator = known(file.creator) if file.creator is not None else None
    total = sum(changes.values())
    degrees = {
        person: _BASE + _CREATED * (person == creator) + _CHANGED * count - _OTHERS * math.log1p(total - count)
        for person, count in changes.items()
        if not person.bot
    }
    return _high(degrees, _LEAST)


def fading_authors(file: FileHistory, known: Known) -> frozenset[Person]:
    """The same, judged by recent changes more than by old ones."""
    weights: dict[Person, float] = {}
    for contact, weight in file.weights.items():
        weights[known(contact)] = weights.get(known(contact), 0.0) + weight
    last, weighs = (known(file.last[0]), file.last[1]) if file.last is not None else (None, 0.0)
    total = sum(weights.values())
    degrees = {
        person: _LAST_FADING * weighs * (person == last)
        + weight
        + _OTHERS_FADING * (math.log1p(total) - math.log1p(max(total - weight, 0.0)))
        for person, weight in weights.items()
        if not person.bot
    }
    return _high(degrees, _LEAST_FADING)


def _high(degrees: Mapping[Person, float], least: float) -> frozenset[Person]:
    highest = max(degrees.values(), default=0.0)
    return frozenset(
        person for person, degree in degrees.items() if degree >= least and degree > _LEAST_SHARE * highest
    )

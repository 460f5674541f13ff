"""Which person a word on the command line means."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from mldebt.errors import UsageError
from mldebt.ownership.people import Person

_SHOWN = 5
_CLOSE = 0.7  # names are short: less likeness than that is none


def find_person(wanted: str, people: Iterable[Person], aliases: Mapping[str, Sequence[str]]) -> Person:
    """The one person with this name, address or alias, or else the one of whose names it is a part; an error that names
    the nearest when there is nobody, or those it could be when there are several."""
    listed = list(people)
    word = _plain(wanted)
    for step in (_is_called, _has_word, _has_part):
        found = [person for person in listed if any(step(word, name) for name in _names(person, aliases))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{wanted!r} may be {_list(found)}; say more of the name, or an address")
    crowd = "1 person" if len(listed) == 1 else f"{len(listed)} people"
    raise UsageError(f"nobody of {crowd} is called {wanted!r}{_nearest(word, listed)}")


def _names(person: Person, aliases: Mapping[str, Sequence[str]]) -> list[str]:
    return [_plain(name) for name in (person.name, person.email, *person.others, *aliases.get(person.name, ()))]


def _is_called(word: str, name: str) -> bool:
    return name == word or name.partition("@")[0] == word != ""


def _has_word(word: str, name: str) -> bool:
    return word in name.split()


def _has_part(word: str, name: str) -> bool:
    return len(word) >= 3 and word in name


def _nearest(word: str, people: Sequence[Person]) -> str:
    """The closest names, whole or in part."""
    shown: dict[str, str] = {}
    for person in people:
        for name in (person.name, person.email.partition("@")[0], *person.name.split()):
            shown.setdefault(_plain(name), person.name)
    close = difflib.get_close_matches(word, sorted(shown), n=1, cutoff=_CLOSE)
    if close:
        return f"; did you mean {shown[close[0]]!r}?"
    return f"; the busiest are {_list(sorted(people, key=lambda person: -person.commits))}"


def _list(people: Sequence[Person]) -> str:
    said = [f"{person.name} <{person.email}>" if person.email else person.name for person in people[:_SHOWN]]
    more = len(people) - len(said)
    return ", ".join(said) + (f" and {more} more" if more > 0 else "")


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).casefold().split())

"""Which teams people are in, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mldebt.ownership.bots import GITHUB_ADDRESS
from mldebt.ownership.knowledge import Ownership
from mldebt.ownership.people import Person

Members = Mapping[str, Sequence[str]]


def with_teams(ownership: Ownership, teams: Members, aliases: Members) -> Ownership:
    """The same, knowing the teams of everybody. A member is named by a name, an address or an account ("@ann"), or is a
    team whose members are members too; a word that means nobody is left aside."""
    if not teams:
        return ownership
    named = {name: frozenset(_members(name, teams, ())) for name in teams}
    found = {}
    for person in ownership.contributors:
        words = _words(person, aliases)
        inside = tuple(name for name, members in named.items() if not members.isdisjoint(words))
        if inside:
            found[person] = inside
    return replace(ownership, teams=found)


def _members(name: str, teams: Members, above: tuple[str, ...]) -> set[str]:
    """The words that the members of a team go by; `above` are the teams whose members are asked for."""
    found = set()
    for member in teams[name]:
        word = member.lstrip("@").casefold()
        inner = next((each for each in teams if each.casefold() == word), None)
        if inner is None:
            found.add(word)
        elif inner not in (*above, name):
            found |= _members(inner, teams, (*above, name))
    return found


def _words(person: Person, aliases: Members) -> set[str]:
    words = {word.casefold() for word in (person.name, person.email, *person.others, *aliases.get(person.name, ()))}
    accounts = (GITHUB_ADDRESS.fullmatch(word) for word in words)
    return words | {account[2] for account in accounts if account is not None}

"""Which people a name means: those who go by it, or those of a team, as the settings say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mldebt.ownership.bots import GITHUB_ADDRESS
from mldebt.ownership.knowledge import Ownership
from mldebt.ownership.people import Person

Members = Mapping[str, Sequence[str]]


class Roster:
    """The teams that settings name, the nearest settings first, and the people of a history. A member is named by a
    name, an address or an account ("@ann"), or is a team whose members are members too. A team goes by its name, with
    or without that of the organisation ("@corp/ranking")."""

    def __init__(self, told: Iterable[Members], people: Iterable[Person], aliases: Members) -> None:
        self._teams = [{name.casefold(): members for name, members in teams.items()} for teams in told]
        self._people: dict[str, list[Person]] = {}
        for person in people:
            for word in _words(person, aliases):
                self._people.setdefault(word, []).append(person)

    def meant(self, name: str) -> dict[str, tuple[Person, ...]]:
        """The words that a name stands for, its own or those of a team's members, each with the people who go by it;
        nobody where the history knows none."""
        return {word: tuple(self._people.get(word, ())) for word in sorted(self._stands_for(_plain(name), ()))}

    def _stands_for(self, word: str, above: tuple[str, ...]) -> set[str]:
        """`above` are the teams whose members are asked for."""
        members = self._team(word)
        if members is None:
            return {word}
        inside = (self._stands_for(each, (*above, word)) for each in map(_plain, members) if each not in (*above, word))
        return {each for found in inside for each in found}

    def _team(self, word: str) -> Sequence[str] | None:
        for teams in self._teams:
            for name in (word, word.rpartition("/")[2]):
                if name in teams:
                    return teams[name]
        return None


def with_teams(ownership: Ownership, teams: Members, aliases: Members) -> Ownership:
    """The same, knowing the teams of everybody. A word that means nobody is left aside."""
    if not teams:
        return ownership
    roster = Roster([teams], ownership.contributors, aliases)
    found: dict[Person, tuple[str, ...]] = {}
    for name in teams:
        inside = {person for people in roster.meant(name).values() for person in people}
        found |= {person: (*found.get(person, ()), name) for person in inside}
    return ownership._replace(teams={person: found[person] for person in ownership.contributors if person in found})


def _plain(name: str) -> str:
    return name.lstrip("@").casefold()


def _words(person: Person, aliases: Members) -> set[str]:
    words = {word.casefold() for word in (person.name, person.email, *person.others, *aliases.get(person.name, ()))}
    accounts = (GITHUB_ADDRESS.fullmatch(word) for word in words)
    return words | {account[2] for account in accounts if account is not None}

"""Who is who: one person behind several names and addresses.

Contacts are joined on strong evidence alone; likelier guesses are offered as suggestions, for a person to confirm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mldebt.ownership.bots import GITHUB_ADDRESS, is_bot
from mldebt.ownership.history import Contact, Presence
from mldebt.regex import regex


class Person(NamedTuple):
    """Somebody who took part. Times are epoch seconds; `others` are their other names and addresses. `nobody`: all that
    is told is what a machine puts in where nobody set a name, so that it may be anybody."""

    name: str
    email: str
    bot: bool = False
    nobody: bool = False
    commits: int = 0
    first_commit: int = 0
    last_commit: int = 0
    others: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.email))  # enough to tell people apart, and asked for with every line


class Suggestion(NamedTuple):
    """Two people who may be one, and what speaks for it."""

    one: Person
    other: Person
    reason: str


def unite(persons: Iterable[Person], suggestions: Iterable[Suggestion]) -> dict[Person, Person]:
    """Person → the one person that they and their likely other selves are; those who stand alone are left out."""
    groups: dict[Person, list[Person]] = {}
    for pair in suggestions:
        joined = list(dict.fromkeys([*groups.get(pair.one, [pair.one]), *groups.get(pair.other, [pair.other])]))
        groups.update(dict.fromkeys(joined, joined))
    wanted = set(persons)
    return {person: _one(members) for members in groups.values() for person in members if person in wanted}


def _one(members: Iterable[Person]) -> Person:
    """One person of several; by the name of the busiest, unless that is a mere handle and another has a full name."""
    ordered = sorted(members, key=_busiest)
    named = next((person for person in ordered if " " in person.name), ordered[0])
    words = dict.fromkeys(word for person in ordered for word in (person.name, person.email, *person.others) if word)
    return Person(
        name=named.name,
        email=ordered[0].email,
        commits=sum(person.commits for person in ordered),
        first_commit=min(person.first_commit for person in ordered),
        last_commit=max(person.last_commit for person in ordered),
        others=tuple(word for word in words if word not in (named.name, ordered[0].email)),
    )


# Addresses and names that tools put in where nobody set one: many people share them.
_MACHINES = (
    "root|ubuntu|debian|centos|ec2-user|azureuser|opc|hadoop|vagrant|docker|vscode|codespaces?|gitpod|pi|administrator"
    "|nobody|user|jovyan|jupyter|(jupyter|studio-lab|sagemaker|cloudshell|gcp)-?user|sagemaker|(google[ -]?)?colab"
    "|kaggle|deepnote|paperspace|autodl|runner"
)
# A rented machine gives its own name, with a number in it.
_HOSTS = r"(autodl|ip|desktop|laptop|win|container|instance|jupyter|notebook|vm|gpu|node)-[\w.-]*\d[\w.-]*"
_NOBODYS_ADDRESS = regex(
    rf"[^@]*|.*@localhost(\..*)?|.*@example\.(com|org)|({_MACHINES}|no-?reply|your?\.?e?mail)@.*|none@none"
)
# `git config user.name --unset` makes a name of the option.
_NOBODYS_NAME = regex(
    rf"[\W_]*|--\w+|your name|unknown.*|john doe|jane doe|root .*|({_MACHINES})(@.*)?|{_HOSTS}"
    r"|.*\b(user|admin|team|author)"
)
_SHORT, _LONG = 5, 8
"""Letters from which a handle may be told from a first name, and from which two people hardly choose the same."""
_ROLES = frozenset("admin contact developer email github hello mail noreply office support".split())


class People:
    """The people behind numbered contacts."""

    def __init__(
        self,
        contacts: Sequence[Contact],
        presence: Sequence[Presence],
        *,
        aliases: Mapping[str, Sequence[str]] | None = None,
        bots: Iterable[str] = (),
    ) -> None:
        self._contacts = contacts
        self._presence = presence
        self._bots = tuple(bots)
        groups = _Groups(contacts)
        shown = _join_aliases(groups, contacts, aliases or {})
        _join_addresses(groups, contacts)
        _join_names(groups, contacts)
        _join_handles(groups, contacts, shown)
        self._members = groups.members()
        self._persons = [self._person(members, shown) for members in self._members]
        self._settled = {
            person
            for members, person in zip(self._members, self._persons, strict=True)
            if any(number in shown for number in members)
        }
        self._of = {
            number: person for members, person in zip(self._members, self._persons, strict=True) for number in members
        }

    def of(self, contact: int) -> Person:
        """The person behind a contact."""
        return self._of[contact]

    def all(self) -> tuple[Person, ...]:
        """Everybody who wrote a commit, the busiest first; bots too."""
        return tuple(sorted((person for person in self._persons if person.commits), key=_busiest))

    def suggestions(self) -> tuple[Suggestion, ...]:
        """People who may be one. Two whom the settings name are who they are."""
        by_clue: dict[str, list[Person]] = {}
        for members, person in zip(self._members, self._persons, strict=True):
            if person.commits and not person.bot:
                for clue in sorted({clue for number in members for clue in _clues(self._contacts[number])}):
                    by_clue.setdefault(clue, []).append(person)
        found: dict[tuple[Person, Person], Suggestion] = {}
        for clue, persons in sorted(by_clue.items()):
            one, *others = sorted(persons, key=_busiest)
            for other in others:
                if (one in self._settled and other in self._settled) or _differ(one, other):
                    continue
                found.setdefault((one, other), Suggestion(one=one, other=other, reason=f"both go by {clue!r}"))
        return tuple(found[pair] for pair in sorted(found, key=lambda pair: (_busiest(pair[0]), _busiest(pair[1]))))

    def _person(self, numbers: Sequence[int], shown: Mapping[int, str]) -> Person:
        def rank(number: int) -> tuple[int, int, Contact]:
            presence = self._presence[number]
            return -presence.commits, -presence.last, self._contacts[number]

        numbers = sorted(numbers, key=rank)
        main = self._contacts[numbers[0]]
        told = (name for number in numbers if not _NOBODYS_NAME.fullmatch(_plain(name := self._contacts[number].name)))
        called = next(filter(None, told), main.email or main.name)
        name = next((shown[number] for number in numbers if number in shown), called)
        words = dict.fromkeys(word for number in numbers for word in self._contacts[number] if word)
        present = [self._presence[number] for number in numbers if self._presence[number].commits]
        return Person(
            name=name,
            email=main.email,
            bot=all(is_bot(self._contacts[number], self._bots) for number in numbers),
            nobody=not shown.keys() & set(numbers) and all(_is_nobody(self._contacts[number]) for number in numbers),
            commits=sum(each.commits for each in present),
            first_commit=min((each.first for each in present), default=0),
            last_commit=max((each.last for each in present), default=0),
            others=tuple(word for word in words if word not in (name, main.email)),
        )


class _Groups:
    """Sets of contacts that are joined step by step, with the GitHub accounts known in each."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self._parents = list(range(len(contacts)))
        self._accounts = [_accounts(contact) for contact in contacts]

    def find(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.find(one), self.find(other)))
        if one != other:
            self._parents[other] = one
            self._accounts[one] |= self._accounts[other]

    def accounts(self, number: int) -> frozenset[str]:
        return self._accounts[self.find(number)]

    def members(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for number in range(len(self._parents)):
            found.setdefault(self.find(number), []).append(number)
        return list(found.values())


def _join_aliases(groups: _Groups, contacts: Sequence[Contact], aliases: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Joins what the settings say is one person; contact → the name to show."""
    shown = {}
    for name, others in sorted(aliases.items()):
        words = {word.casefold().strip() for word in (name, *others)}
        numbers = [n for n, contact in enumerate(contacts) if words & {word.casefold() for word in contact}]
        for number in numbers:
            shown[number] = name
            groups.join(numbers[0], number)
    return shown


def _join_addresses(groups: _Groups, contacts: Sequence[Contact]) -> None:
    """The same address, or the same account behind GitHub's private addresses."""
    first: dict[str, int] = {}
    for number, contact in enumerate(contacts):
        email = contact.email.casefold()
        account = GITHUB_ADDRESS.fullmatch(email)
        if account is not None:
            keys = [f"login {account[2]}", *([f"account {account[1]}"] if account[1] else [])]
        else:
            keys = [] if _NOBODYS_ADDRESS.fullmatch(email) else [email]
        for key in keys:
            groups.join(first.setdefault(key, number), number)


def _join_names(groups: _Groups, contacts: Sequence[Contact]) -> None:
    """The same full name, unless it is known with different accounts; of three words and more, in any case."""
    by_name: dict[str, list[int]] = {}
    for number, contact in enumerate(contacts):
        name = _plain(contact.name)
        if " " in name and not _NOBODYS_NAME.fullmatch(name):
            by_name.setdefault(name, []).append(number)
    for name, numbers in by_name.items():
        accounts = {groups.accounts(number) for number in numbers} - {frozenset()}
        if len(accounts) <= 1 or name.count(" ") >= 2:
            for number in numbers[1:]:
                groups.join(numbers[0], number)


def _join_handles(groups: _Groups, contacts: Sequence[Contact], shown: Mapping[int, str]) -> None:
    """A word that is somebody's account at GitHub, or spells their full name, and that somebody else goes by: their
    second name, unless they are known with different accounts, by different full names or to the settings."""
    owners: dict[str, list[int]] = {}
    for number, contact in enumerate(contacts):
        for word in dict.fromkeys((*_logins(contact), *_spelled_out(contact))):
            owners.setdefault(word, []).append(number)
    for number, contact in enumerate(contacts):
        for word in dict.fromkeys(_handles(contact)):
            for owner in owners.get(word, ()):
                named = {shown[each] for each in (number, owner) if each in shown}
                accounts = groups.accounts(number) | groups.accounts(owner)
                if len(named) < 2 and len(accounts) < 2 and _is_sure(word, contact, contacts[owner]):
                    groups.join(owner, number)


def _is_sure(handle: str, contact: Contact, owner: Contact) -> bool:
    """Whether a handle of one contact is no other's than the one's to whom it belongs: a long or odd one, unless the
    two have full names that differ, or a short one that is nobody's first name."""
    words, others = (_plain(each.name).split() for each in (contact, owner))
    if len(words) > 1 and len(others) > 1 and set(words).isdisjoint(others):
        return False
    if len(handle) >= _LONG or re.search(r"\d", handle) or set(words) & set(others) - {handle}:
        return True
    return not any(handle in each for each in (words, others) if len(each) > 1)


def _handles(contact: Contact) -> Iterator[str]:
    """The words of one piece that a contact goes by: a name in one word, the account, what stands before the `@`."""
    name, address = _plain(contact.name), contact.email.casefold()
    if name and " " not in name and not _NOBODYS_NAME.fullmatch(name):
        yield _letters(name)
    if not _NOBODYS_ADDRESS.fullmatch(address) and GITHUB_ADDRESS.fullmatch(address) is None:
        local = _letters(address.partition("@")[0])
        if local not in _ROLES:
            yield local
    yield from _logins(contact)


def _logins(contact: Contact) -> Iterator[str]:
    yield from (word for account in _accounts(contact) if len(word := _letters(account)) >= _SHORT)


def _spelled_out(contact: Contact) -> Iterator[str]:
    """A full name in one word, also with the family name first, where it is long enough to be nobody else's."""
    name = _plain(contact.name)
    if " " in name and not _NOBODYS_NAME.fullmatch(name):
        words = name.split()
        yield from (word for each in (words, words[::-1]) if len(word := _letters("".join(each))) >= _LONG)


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word)


def _accounts(contact: Contact) -> frozenset[str]:
    account = GITHUB_ADDRESS.fullmatch(contact.email.casefold())
    return frozenset([account[2]] if account else [])


def _is_nobody(contact: Contact) -> bool:
    """Whether both name and address are a machine's: `EC2 Default User <ec2-user@ip-172-16-0-1.ec2.internal>`."""
    name, address = _plain(contact.name), contact.email.casefold()
    return bool(_NOBODYS_NAME.fullmatch(name) and _NOBODYS_ADDRESS.fullmatch(address))


def _clues(contact: Contact) -> Iterator[str]:
    """Words that two contacts of one person may share: the name, the name in one word, the account."""
    name = _plain(contact.name)
    if not name or _NOBODYS_NAME.fullmatch(name) or _NOBODYS_ADDRESS.fullmatch(contact.email.casefold()):
        return
    yield name
    yield " ".join(re.sub(r"\(.*?\)", "", name).split())
    account = GITHUB_ADDRESS.fullmatch(contact.email.casefold())
    local = account[2] if account else contact.email.casefold().partition("@")[0]
    turned = "".join(_parts(name)[::-1])  # a family name may come first: `qishen-ha`, `haqishen`
    for word in (re.sub(r"\W", "", name), re.sub(r"\W", "", local), turned):
        if len(word) >= 5 and word not in _ROLES and word not in name.split()[:-1]:  # a first name alone is no clue
            yield word


def _parts(name: str) -> list[str]:
    """A name of two parts, or nothing."""
    parts = re.findall(r"[^\W\d_]+", name)
    return parts if len(parts) == 2 else []


def _differ(one: Person, other: Person) -> bool:
    """Whether two people go by full names that have no word in common: then a handle that both used, perhaps at the
    same machine, makes them no one person."""
    names, others = (list(_full_names(person)) for person in (one, other))
    return bool(names) and bool(others) and not any(_resemble(name, other) for name in names for other in others)


def _resemble(name: str, other: str) -> bool:
    one, two = name.replace(" ", ""), other.replace(" ", "")
    return not set(name.split()).isdisjoint(other.split()) or one in two or two in one


def _full_names(person: Person) -> Iterator[str]:
    for word in (person.name, *person.others):
        name = _plain(word)
        if " " in name and "@" not in name and not _NOBODYS_NAME.fullmatch(name):
            yield name


def _plain(name: str) -> str:
    """A name without accents, case and doubled spaces."""
    letters = unicodedata.normalize("NFKD", name)
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split())


def _busiest(person: Person) -> tuple[int, str, str]:
    return -person.commits, person.name, person.email

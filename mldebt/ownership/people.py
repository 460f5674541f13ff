"""Who is who: one person behind several names and addresses.

Contacts are joined on strong evidence alone; likelier guesses are offered as suggestions, for a person to confirm."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
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
_DEVICES = (
    r"(my|the|our) (mac|pc|laptop|desktop|computer|workstation)( ?\d+)?"
    r"|(my |the |our )?(macbook|imac|mac ?mini)( ?(pro|air|\d+))*"
)
_HOSTS = r"(autodl|ip|desktop|laptop|win|container|instance|jupyter|notebook|vm|gpu|node)-[\w.-]*\d[\w.-]*"
_NOBODYS_ADDRESS = regex(
    rf"[^@]*|.*@localhost(\..*)?|.*@example\.(com|org)|({_MACHINES}|no-?reply|your?\.?e?mail)@.*|none@none"
)
# What git makes up of the account and the machine, where nobody set an address.
_MADE_UP_ADDRESS = regex(r".*@.*\.(local|lan|home|localdomain|internal|arpa)")
# `git config user.name --unset` makes a name of the option.
_NOBODYS_NAME = regex(
    rf"[\W_]*|--\w+|your name|unknown.*|john doe|jane doe|root .*|({_MACHINES})(@.*)?|{_HOSTS}|{_DEVICES}"
    r"|.*\b(user|admin|team|author)"
)
_THREE = 3
_SHORT, _LONG = 5, 8
"""Letters from which an account, and a full name in one word, is one that two people hardly choose."""
_NEARLY_ALL = 0.95
"""Share of the commits that somebody signed from which those that nobody signed are by the same person."""
_FEW = 0.25
"""How many more, of what that person wrote, a machine may have."""
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
        _join_initials(groups, contacts)
        _join_handles(groups, contacts, self._bots)
        _join_machines(groups, contacts, presence, self._bots)
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
    """Sets of contacts that are joined step by step, with what is known of each: GitHub accounts, full names, and the
    names that the settings give."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self._parents = list(range(len(contacts)))
        self._accounts = [_accounts(contact) for contact in contacts]
        self._names = [_full_name(contact) for contact in contacts]
        self._settled: list[frozenset[str]] = [frozenset()] * len(contacts)

    def find(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.find(one), self.find(other)))
        if one != other:
            self._parents[other] = one
            for known in (self._accounts, self._names, self._settled):
                known[one] |= known[other]

    def accounts(self, number: int) -> frozenset[str]:
        return self._accounts[self.find(number)]

    def settle(self, number: int, name: str) -> None:
        """Whom the settings say that a contact is."""
        self._settled[self.find(number)] |= {name}

    def is_settled(self, number: int) -> bool:
        """Whether the settings say who a contact is."""
        return bool(self._settled[self.find(number)])

    def may_be_one(self, one: int, other: int) -> bool:
        """Whether nothing tells two sets apart: another account, another full name, or the settings."""
        one, other = self.find(one), self.find(other)
        names = ((name, called) for name in self._names[one] for called in self._names[other])
        return all(len(known[one] | known[other]) < 2 for known in (self._accounts, self._settled)) and all(
            _agree(name, called) for name, called in names
        )

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
            groups.settle(number, name)
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
        for name in _full_name(contact):
            by_name.setdefault(name, []).append(number)
    for name, numbers in by_name.items():
        accounts = {groups.accounts(number) for number in numbers} - {frozenset()}
        if len(accounts) <= 1 or name.count(" ") >= 2:
            for number in numbers[1:]:
                groups.join(numbers[0], number)


def _join_initials(groups: _Groups, contacts: Sequence[Contact]) -> None:
    """The same first and last name, and in between an initial of what the other spells out: `Ann M. Archer` and `Ann
    Maria Archer`, where nobody is called otherwise there."""
    alike: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}
    for number, contact in enumerate(contacts):
        for name in _full_name(contact):
            words = tuple(filter(None, map(_letters, name.split())))
            if len(words) >= _THREE:
                key = (words[0], *(word[0] for word in words[1:-1]), words[-1])
                alike.setdefault(key, {}).setdefault(words, number)
    for names in alike.values():
        spelled = {words for words in names if all(len(word) > 1 for word in words)}
        first, *others = names.values()
        if len(spelled) <= 1 and all(groups.may_be_one(first, other) for other in others):
            for other in others:
                groups.join(first, other)


def _join_handles(groups: _Groups, contacts: Sequence[Contact], bots: Sequence[str]) -> None:
    """A word that is somebody's account at GitHub, or spells their full name, and that somebody else goes by: their
    second name, unless something tells the two apart, or only one is a program."""
    owners: dict[str, list[int]] = {}
    for number, contact in enumerate(contacts):
        for word in dict.fromkeys((*_logins(contact), *_spelled_out(contact))):
            owners.setdefault(word, []).append(number)
    parts = frozenset(part for contact in contacts for name in _full_name(contact) for part in _name_parts(name))
    for number, contact in enumerate(contacts):
        for word in dict.fromkeys(_handles(contact)):
            for owner in owners.get(word, ()):
                is_sure = _is_sure(word, contact, contacts[owner], parts) and groups.may_be_one(number, owner)
                if is_sure and is_bot(contact, bots) == is_bot(contacts[owner], bots):
                    groups.join(owner, number)


def _join_machines(
    groups: _Groups, contacts: Sequence[Contact], presence: Sequence[Presence], bots: Sequence[str]
) -> None:
    """The machines whose few commits nobody signed are those of the one who wrote nearly all others."""
    commits: Counter[int] = Counter()
    for number, contact in enumerate(contacts):
        if not is_bot(contact, bots):
            commits[groups.find(number)] += presence[number].commits
    signed = {groups.find(number) for number, contact in enumerate(contacts) if not _is_nobody(contact)}
    owner, wrote = max(((each, commits[each]) for each in signed), key=lambda each: (each[1], -each[0]), default=(0, 0))
    machines = [each for each in commits if each not in signed and not groups.is_settled(each)]
    if wrote and wrote >= _NEARLY_ALL * sum(commits[each] for each in signed):
        for machine in machines:
            if commits[machine] <= _FEW * wrote:
                groups.join(owner, machine)


def _is_sure(handle: str, contact: Contact, owner: Contact, parts: frozenset[str]) -> bool:
    """Whether a handle of one contact is no other's than the one's to whom it belongs: the two have more of a name in
    common, or it is an odd word, with a number in it or nobody's first or last name (`parts` are those of all)."""
    shared = _name_parts(_plain(contact.name)) & _name_parts(_plain(owner.name)) - {handle}
    return bool(shared) or re.search(r"\d", handle) is not None or handle not in parts


def _agree(name: str, other: str) -> bool:
    """Whether two full names may be those of one person: they share a word, and what only one of them has the other
    leaves out or cuts short (`Ann A.`, `Ann Maria Archer`, `Ann Archer-Bo`); or they are in different alphabets."""
    if _is_latin(name) != _is_latin(other):
        return True
    one, two = _name_parts(name), _name_parts(other)
    left, lacking = one - two, two - one
    begins_alike = all(any(a.startswith(b) or b.startswith(a) for b in lacking) for a in left)
    return bool(one & two) and (not lacking or begins_alike)


def _handles(contact: Contact) -> Iterator[str]:
    """The words of one piece that a contact goes by: a name in one word, the account, what stands before the `@`."""
    name, address = _plain(contact.name), contact.email.casefold()
    words = [] if " " in name or _NOBODYS_NAME.fullmatch(name) else [name]
    if not _NOBODYS_ADDRESS.fullmatch(address) and GITHUB_ADDRESS.fullmatch(address) is None:
        words.append(address.partition("@")[0])
    yield from (handle for handle in map(_letters, words) if handle not in _ROLES)
    yield from _logins(contact)


def _logins(contact: Contact) -> Iterator[str]:
    yield from (word for account in _accounts(contact) if len(word := _letters(account)) >= _SHORT)


def _spelled_out(contact: Contact) -> Iterator[str]:
    """A full name in one word, also with the family name first, where it is long enough to be nobody else's."""
    for name in _full_name(contact):
        words = name.split()
        yield from (word for each in (words, words[::-1]) if len(word := _letters("".join(each))) >= _LONG)


def _full_name(contact: Contact) -> frozenset[str]:
    """A name of several words, or nothing."""
    name = _plain(contact.name)
    return frozenset([name] if " " in name and not _NOBODYS_NAME.fullmatch(name) else [])


def _is_latin(name: str) -> bool:
    return re.search(r"[a-z]", name) is not None


def _name_parts(name: str) -> frozenset[str]:
    return frozenset(map(_letters, name.split())) - {""}


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word)


def _accounts(contact: Contact) -> frozenset[str]:
    account = GITHUB_ADDRESS.fullmatch(contact.email.casefold())
    return frozenset([account[2]] if account else [])


def _is_nobody(contact: Contact) -> bool:
    """Whether both name and address are a machine's: `EC2 Default User <ec2-user@ip-172-16-0-1.ec2.internal>`,
    `My Mac <me@Mys-MacBook.local>`."""
    name, address = _plain(contact.name), contact.email.casefold()
    made_up = _NOBODYS_ADDRESS.fullmatch(address) or _MADE_UP_ADDRESS.fullmatch(address)
    return bool(_NOBODYS_NAME.fullmatch(name) and made_up)


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

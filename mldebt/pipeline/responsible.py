"""Who CODEOWNERS makes responsible, and whether they can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mldebt.documents import OwnerRule, owner_rules_of
from mldebt.finding import Location
from mldebt.ownership import Person
from mldebt.pipeline.components import Component
from mldebt.pipeline.project import Project

_PRIVATE = "@users.noreply.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unowned:
    """A component that nobody answers for. `rule` is the line in force, None where none covers it; `place` is that
    line, or the file."""

    component: Component
    rule: OwnerRule | None
    place: Location


class Responsible:
    """Questions to the CODEOWNERS file. It is silent about whoever it cannot tell apart: a team that the settings do
    not name, a login that nobody in the history goes by."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.ownership = project.ownership
        self._nested = sorted(project.settings.nested.items(), key=lambda each: -len(each[0]))
        self._aliases = project.settings.people.aliases

    def unowned(self, min_lines: int) -> Iterator[Unowned]:
        """The components of some size that nobody answers for; nothing where there is no such file, or where the scan
        is of a part of the repository, of which the file does not speak."""
        document = self.project.prose.codeowners()
        if document is None or not document.owner_rules or self.ownership.prefix:
            return
        for component in self.project.components:
            if component.code_lines < min_lines:
                continue
            rules = owner_rules_of(component.path, document.owner_rules)
            if not rules:
                yield Unowned(component=component, rule=None, place=Location(path=document.path))
                continue
            gone = next((rule for rule in rules if rule.owners), None)
            if gone is not None and all(self._is_gone(rule, component) for rule in rules if rule.owners):
                yield Unowned(component=component, rule=gone, place=document.place(gone.line))

    def _is_gone(self, rule: OwnerRule, component: Component) -> bool:
        """Whether everybody whom a line names is known, inactive, and has written none of the component."""
        if not self.ownership.available:
            return False
        people = [self._people(owner, component.path) for owner in rule.owners]
        if not all(people):
            return False
        wrote = {each.person for each in self.ownership.knows(component.spans) if each.lines}
        return all(
            not self.ownership.active(person, (component.path,)) and person not in wrote
            for found in people
            for person in found
        )

    def _people(self, owner: str, path: str, above: tuple[str, ...] = ()) -> list[Person]:
        """The people whom an owner of the file means where some file lies; nobody when that cannot be told. `above` are
        the teams whose members are asked for."""
        name = owner.lstrip("@").casefold()
        if name in above:
            return []
        team = self._team(name, path)
        if team is not None:
            members = [self._people(member, path, (*above, name)) for member in team]
            return [person for found in members for person in found] if all(members) else []
        if "/" in name:
            return []
        return [person for person in self.ownership.contributors if name in self._names(person)]

    def _team(self, name: str, path: str) -> tuple[str, ...] | None:
        """The members of a team, as the nearest configuration that knows it names them."""
        near = [settings for folder, settings in self._nested if path.startswith(folder)]
        for settings in (*near, self.project.settings):
            teams = {each.casefold(): members for each, members in settings.people.teams.items()}
            found = teams.get(name) or teams.get(name.rpartition("/")[2])
            if found is not None:
                return found
        return None

    def _names(self, person: Person) -> set[str]:
        words = {person.name, person.email, *person.others, *self._aliases.get(person.name, ())}
        accounts = {word.removesuffix(_PRIVATE).rpartition("+")[2] for word in words if word.endswith(_PRIVATE)}
        return {word.casefold() for word in words | accounts}

"""Who CODEOWNERS makes responsible, and whether they can be."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.documents import OwnerRule, owner_rules_of
from mldebt.finding import Location
from mldebt.ownership import Person
from mldebt.ownership.teams import Roster
from mldebt.pipeline.components import Component
from mldebt.pipeline.project import Project


class Unowned(msgspec.Struct, frozen=True, kw_only=True):
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
        self._nested = sorted(project.settings.nested, key=len, reverse=True)
        self._rosters: dict[tuple[str, ...], Roster] = {}
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

    def _people(self, owner: str, path: str) -> list[Person]:
        """The people whom an owner of the file means where some file lies, as the nearest configuration that knows the
        team names them; nobody when that cannot be told of all of them."""
        near = tuple(folder for folder in self._nested if path.startswith(folder))
        roster = self._rosters.get(near)
        if roster is None:
            settings = [*(self.project.settings.nested[folder] for folder in near), self.project.settings]
            told = [each.people.teams for each in settings]
            roster = self._rosters[near] = Roster(told, self.ownership.contributors, self._aliases)
        meant = roster.meant(owner).values()
        return [person for people in meant for person in people] if all(meant) else []

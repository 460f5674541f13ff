"""MLD201: take one active person away, and nobody who is still there knows the component."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.finding import Audience, Hit
from mldebt.pipeline import Project
from mldebt.pipeline.people.people import SHOWN, Known
from mldebt.pipeline.programs.explorations import Explorations
from mldebt.rulebook import Rule

BAD = ()
GOOD = ()


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    alone = project.people.is_one_persons_work()
    held: dict[str, list[Known]] = defaultdict(list)
    for known in project.people.known(rule.parameters):
        if len(known.factor.active) == 1 and (alone or not known.is_unknowable):
            held[project.people.name_of(known.factor.active[0])].append(known)
    explorations = Explorations(project)
    for name, components in held.items():
        if alone:
            yield _together(project, components, f"{name} is the only person who ever worked on this repository")
        elif len(components) >= rule.integer("fold_from"):
            named = f": {', '.join(each.component.name for each in components)}" if len(components) <= SHOWN else ""
            what = f"{len(components)} components of this repository{named}"
            hit = _together(project, components, f"Only {name} knows {what}")
            yield replace(hit, audience=_audience(explorations, components))
        else:
            for known in components:
                what = f"Only {name} knows this {known.component.kind}, {known.component.name}"
                place = project.component_location(known.component)
                hit = project.people.hit(known, place, f"{what}; {known.window}.")
                yield replace(hit, audience=_audience(explorations, [known]))


def _audience(explorations: Explorations, held: list[Known]) -> Audience | None:
    """What somebody only tried out need not be known by a second person."""
    return Audience.PEDANTIC if explorations.only_try(known.component for known in held) else None


def _together(project: Project, components: list[Known], message: str) -> Hit:
    """One finding for all that one person holds, since the loss would be one."""
    held = [(known, project.component_location(known.component)) for known in components]
    return project.people.together(held, f"{message}; {components[0].window}.")

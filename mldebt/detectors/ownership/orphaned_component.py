"""MLD202: nobody who knows the component is still active."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.pipeline import Project
from mldebt.rulebook import Rule

BAD = ()
GOOD = ()


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    for known in project.people.known(rule.parameters):
        component, factor = known.component, known.factor
        if factor.active or not factor.knowing or known.is_unknowable:
            continue
        names = ", ".join(each.person.name for each in factor.knowing[:3])
        what = f"this {component.kind}, {component.name}"
        message = f"Nobody who knows {what}, is still active; {names} knew it; {known.window}."
        yield project.people.hit(known, project.component_location(component), message)

"""MLD204: CODEOWNERS names nobody for the component, or only people who are gone and never wrote any of it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit, Step
from mldebt.pipeline import Project
from mldebt.pipeline.people.responsible import Responsible, Unowned
from mldebt.rulebook import Rule

BAD = ()
GOOD = ()


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    found = list(Responsible(project).unowned(rule.integer("min_lines")))
    uncovered = [each for each in found if each.rule is None]
    if len(uncovered) >= rule.integer("fold_from"):
        yield _together(project, uncovered)
        found = [each for each in found if each.rule is not None]
    for each in found:
        component = each.component
        what = f"this {component.kind}, {component.name}"
        yield Hit(
            location=project.component_location(component),
            message=f"{_fault(each, what)}; {project.people.window}." if each.rule else f"{_fault(each, what)}.",
            trail=(
                Step(location=each.place, message=_evidence(each)),
                Step(location=project.component_location(component), message=f"{component.code_lines} code lines"),
            ),
            component=component.name,
            members=(component.name,),
        )


def _together(project: Project, found: list[Unowned]) -> Hit:
    """One finding where many components are left out: the file is the fault, not each of them."""
    largest = max(found, key=lambda each: each.component.code_lines).component
    return Hit(
        location=found[0].place,
        message=f"No line of {found[0].place.path} covers {len(found)} components of this repository.",
        trail=tuple(
            Step(
                location=project.component_location(each.component),
                message=f"{each.component.kind}, {each.component.code_lines} code lines",
            )
            for each in found
        ),
        component=largest.name,
        members=tuple(each.component.name for each in found),
    )


def _fault(each: Unowned, what: str) -> str:
    if each.rule is None:
        return f"No line of {each.place.path} covers {what}"
    who = ", ".join(each.rule.owners)
    return f"{each.place.path} gives {what} to {who}: nobody of them is active or wrote any of it"


def _evidence(each: Unowned) -> str:
    return "no line here matches" if each.rule is None else f"the line in force: {each.rule.pattern}"

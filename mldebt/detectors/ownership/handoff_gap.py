"""MLD203: the people who know a model's training and those who know its serving have nobody in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.finding import Hit, Step
from mldebt.listed import listed
from mldebt.ownership import BusFactor
from mldebt.pipeline import Project
from mldebt.pipeline.people.handoff import Gap, find_gaps
from mldebt.rulebook import Rule

BAD = ()
GOOD = ()
NAMED = 3


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    if not project.ownership.available or project.people.is_one_persons_work():
        return
    gaps = find_gaps(
        project,
        project.ownership,
        wrote=rule.number("known_share"),
        touched=rule.number("touched_share"),
        reviewed=rule.number("reviewed_share"),
        lines=rule.integer("min_lines"),
    )
    by_boundary: dict[object, list[Gap]] = defaultdict(list)
    for gap in gaps:
        by_boundary[gap.handoff.endpoint[0]].append(gap)
    for found in by_boundary.values():
        yield _hit(project, found)


def _hit(project: Project, gaps: list[Gap]) -> Hit:
    """One finding for each serving module, however many models it serves."""
    first = gaps[0]
    names = ", ".join(dict.fromkeys(gap.handoff.model.name for gap in gaps[:NAMED]))
    more = f" and {len(gaps) - NAMED} more" if len(gaps) > NAMED else ""
    served = project.definition(project.flow.program.modules[first.handoff.endpoint[0]], first.handoff.endpoint[1])
    makers, shippers = _people(project, first.makers), _people(project, first.shippers)
    return Hit(
        location=served,
        message=(
            f"Nobody who knows how {names}{more} is trained ({makers}) knows the code that serves it "
            f"({shippers}), and the other way round; {project.people.span_of_history}."
        ),
        trail=(
            *(
                Step(
                    location=project.location(gap.handoff.model.trained[0]),
                    message=f"{gap.handoff.model.name} is trained here, by {_people(project, gap.makers)}",
                )
                for gap in gaps[:NAMED]
            ),
            Step(location=project.location(first.handoff.taken), message="what was trained arrives here"),
            Step(location=served, message=f"and is served here, by {shippers}"),
        ),
        component=project.unit_name(first.handoff.endpoint),
    )


def _people(project: Project, side: BusFactor) -> str:
    names = [project.ownership.called(each.person) for each in side.knowing]
    return listed(names, NAMED)

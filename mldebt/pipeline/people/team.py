"""People × stages of the pipeline, and where the team is thin: the answer to `mldebt team`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from mldebt.answers import Basis, Gap, Member, Stage, Team
from mldebt.listed import is_or_are, listed
from mldebt.ownership import Knowledge, Ownership, Person
from mldebt.ownership.knowledge import REVIEWED_ENOUGH, WROTE_ENOUGH
from mldebt.pipeline.people.handoff import find_gaps
from mldebt.pipeline.project import Project
from mldebt.pipeline.stages import STAGES, Stages

FEW_LINES = 50
"""Fewer lines of somebody suggest no role, and fewer of a stage no gap."""
HANDOFF_LINES = 10
TOUCHED = 0.05
A_START = 0.01
"""Who wrote so much of a stage has seen it: the one to sit down beside whoever knows it alone."""
NAMED = 3


class _Shares(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody's lines are spread over the stages."""

    lines: dict[str, int]

    def of(self, *stages: str) -> float:
        total = sum(self.lines.values())
        return sum(self.lines.get(stage, 0) for stage in stages) / total if total else 0.0


def ask_team(project: Project, ownership: Ownership, basis: Basis) -> Team:
    """Who works on which stage, by the lines that they wrote, and the gaps. `ownership` must know the files that run
    the pipeline too."""
    spans = Stages(project).spans()
    known = {stage: ownership.knows(spans.get(stage, ())) for stage in STAGES}
    stages = tuple(_stage(ownership, stage, spans.get(stage, ()), known[stage]) for stage in STAGES)
    lines: dict[Person, dict[str, int]] = defaultdict(dict)
    for stage, people in known.items():
        for each in people:
            if each.lines:
                lines[each.person][stage] = each.lines
    members = sorted(
        (_member(ownership, person, found) for person, found in lines.items()),
        key=lambda member: (not member.active, -sum(member.lines), member.name),
    )
    gaps = (*_thin(stages), *_one_team(ownership, known), *_strangers(project, ownership))
    return Team(basis=basis, stages=stages, members=tuple(members), gaps=gaps)


def _stage(
    ownership: Ownership, name: str, spans: Sequence[tuple[str, int, int]], people: Sequence[Knowledge]
) -> Stage:
    knowing = [each for each in people if _knows(each)]
    beside = next((each for each in people if each.active and each not in knowing and each.share >= A_START), None)
    return Stage(
        name=name,
        lines=ownership.bus_factor(spans).lines,
        knowing=tuple(each.person.name for each in knowing if each.active),
        knew=tuple(each.person.name for each in knowing if not each.active),
        beside=beside.person.name if beside is not None else "",
        beside_wrote=round(beside.share, 4) if beside is not None else 0.0,
    )


def _member(ownership: Ownership, person: Person, lines: dict[str, int]) -> Member:
    return Member(
        name=person.name,
        email=person.email,
        active=ownership.active(person),
        last_seen=person.last_commit,
        lines=tuple(lines.get(stage, 0) for stage in STAGES),
        role=_role(_Shares(lines=lines)) if sum(lines.values()) >= FEW_LINES else "",
        teams=ownership.teams.get(person, ()),
    )


def _role(shares: _Shares) -> str:
    """The role that somebody's code suggests; the words are those that teams use for themselves."""
    makes, runs = shares.of("modelling", "features"), shares.of("serving", "operations")
    if makes >= 0.15 and runs >= 0.15:
        return "ML engineer"
    if shares.of("serving") >= 0.5:
        return "product engineer"
    if shares.of("operations") >= 0.5:
        return "platform engineer"
    if shares.of("ingestion") >= 0.5:
        return "data engineer"
    if shares.of("modelling", "evaluation") >= 0.5 and shares.of("modelling") >= 0.25:
        return "researcher"
    if shares.of("features", "evaluation", "ingestion", "modelling") >= 0.7:
        return "data scientist"
    return "generalist"


def _thin(stages: Sequence[Stage]) -> Iterator[Gap]:
    """Stages that nobody, or a single person, knows."""
    for stage in stages:
        if stage.lines < FEW_LINES or len(stage.knowing) > 1:
            continue
        knew = f"; {listed(stage.knew, NAMED)} knew it and {is_or_are(stage.knew)} gone" if stage.knew else ""
        after = f"; nearest: {stage.beside}, who wrote {stage.beside_wrote:.0%}" if stage.beside else ""
        if stage.knowing:
            yield Gap(kind="one person", text=f"{stage.name}: only {stage.knowing[0]} knows it{knew}{after}")
        else:
            yield Gap(kind="nobody", text=f"{stage.name}: nobody who is still active knows it{knew}{after}")


def _one_team(ownership: Ownership, known: Mapping[str, Sequence[Knowledge]]) -> Iterator[Gap]:
    """Stages that several people know, all of them of one team, where there is another."""
    if len({name for teams in ownership.teams.values() for name in teams}) < 2:
        return
    for stage, people in known.items():
        knowing = [each.person for each in people if each.active and _knows(each)]
        shared = set(ownership.teams.get(knowing[0], ())) if len(knowing) > 1 else set()
        shared = {name for name in shared if all(name in ownership.teams.get(person, ()) for person in knowing)}
        if shared:
            yield Gap(kind="one team", text=f"{stage}: only people of {min(shared)} know it, {len(knowing)} of them")


def _knows(each: Knowledge) -> bool:
    return each.share >= WROTE_ENOUGH or each.reviewed_share >= REVIEWED_ENOUGH


def _strangers(project: Project, ownership: Ownership) -> Iterator[Gap]:
    """Models whose makers and shippers have nobody in common."""
    gaps = find_gaps(
        project, ownership, wrote=WROTE_ENOUGH, touched=TOUCHED, reviewed=REVIEWED_ENOUGH, lines=HANDOFF_LINES
    )
    for gap in gaps:
        makers = listed([ownership.called(each.person) for each in gap.makers.knowing], NAMED)
        shippers = listed([ownership.called(each.person) for each in gap.shippers.knowing], NAMED)
        served = f"served in {project.unit_name(gap.handoff.endpoint)} by {shippers}"
        yield Gap(
            kind="handoff", text=f"{gap.handoff.model.name}: trained by {makers}, {served}; nobody knows both sides"
        )

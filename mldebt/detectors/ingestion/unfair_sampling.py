"""MLD106: rows for training or evaluation chosen so that they need not represent the population."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mldebt.detectors.ingestion import _draws, _fair_draws, _filtered, _no_rows
from mldebt.finding import Audience, Hit
from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.evaluation.augmenting import Augmented, augmented
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.selection import Selections
from mldebt.flow.rows.choices import Choice, Choices
from mldebt.flow.rows.filtered_tests import Filtered, FilteredTests
from mldebt.flow.rows.prefixes import Prefix, Prefixes
from mldebt.flow.rows.splits import Splits
from mldebt.flow.rows.timeorder import Dealt, TimeOrders
from mldebt.flow.seeding.outline import Event, Outlines
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce, told_once_a_unit
from mldebt.pipeline.configuration.off_keys import OffKeys
from mldebt.pipeline.programs.living import in_living_code
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (*_draws.BAD, *_filtered.BAD, *_no_rows.BAD)
GOOD = (*_fair_draws.GOOD, *_filtered.GOOD, *_no_rows.GOOD)
_QUICK = regex(r"(^|[/_.])(quick|smoke|sanity|debug|dry_?run|toy)(_\w+)?(\.py|[/.]|$)", re.IGNORECASE)
"""Code that says by its name that it tries out whether all of it runs."""


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    found = in_living_code(project, list(told_once_a_unit(_found(project, rule))))
    yield from ToldOnce(project.flow.program).fold(found)


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from _by_chance(project)
    prefixes = Prefixes(project.flow, project.seeds, rule.integer("min_rows"))
    orders = TimeOrders(project.flow, project.seeds)
    splits = Splits(project.flow)
    judged = JudgedRows(project.flow, splits, Selections(project.flow, project.seeds, splits))
    filtered = FilteredTests(project.flow, judged, project.scores)
    for body in project.bodies():
        for prefix in prefixes.of(body) if not _QUICK.search(f"{body.module.path}/{body.scope.qualname}") else ():
            yield _first(project, prefix)
        told: set[str] = set()
        for call in body.calls:
            if (dealt := orders.dealt(call)) is not None and dealt.text not in told:
                told.add(dealt.text)
                yield _in_time(project, dealt)
            if (found := augmented(project.flow, call)) is not None:
                yield _augmented(project, found)
        for node in body.nodes:
            if node.kind == "item" and (left := filtered.of(node)) is not None:
                yield _left(project, left)


def _by_chance(project: Project) -> Iterator[Hit]:
    choices = Choices(project.flow, project.seeds)
    off = OffKeys(project.flow, project.raw_documents)
    outlines = Outlines(project.flow, project.seeds, choices.events)
    told: set[object] = set()
    found: dict[object, list[tuple[Body, Choice]]] = {}
    for root in outlines.roots(project.bodies()):
        events = outlines.of(root).events
        before = outlines.before(root) if events else frozenset()
        for event in events:
            unit = _unit(event.value)
            if event.family in before or unit in told:
                continue
            choice = choices.choice(event)
            if choice is not None and not any(map(off.never_runs, (*choice.event.path, choice.event.value))):
                told.add(unit)
                found.setdefault(_script(event), []).append((root, choice))
    for alike in found.values():
        yield _drawn(project, *alike[0], [choice for _, choice in alike[1:]])


def _first(project: Project, prefix: Prefix) -> Hit:
    trail = [
        project.step(prefix.read, "read here"),
        project.step(prefix.taken, f"first {prefix.rows} rows taken here"),
        project.step(prefix.end, f"{prefix.use} here"),
    ]
    return Hit(
        location=project.location(prefix.taken),
        message=f"The first {prefix.rows} rows of an unshuffled source are {prefix.use}, behind no option.",
        trail=tuple(trail),
        component=project.component_of(prefix.taken.body),
    )


def _in_time(project: Project, dealt: Dealt) -> Hit:
    return Hit(
        location=project.location(dealt.split),
        message=f"Rows are split at random although {dealt.text}: test rows lie between training rows.",
        trail=(project.step(dealt.ordered, dealt.text), project.step(dealt.split, "split at random here")),
        component=project.component_of(dealt.split.body),
    )


def _augmented(project: Project, found: Augmented) -> Hit:
    return Hit(
        location=project.location(found.dataset),
        message=f"The evaluation set ({found.text}) is changed at random: {last_name(found.transform)}.",
        trail=(
            project.step(found.transform, "random transform made here"),
            project.step(found.dataset, "given to the evaluation set here"),
        ),
        component=project.component_of(found.dataset.body),
    )


def _left(project: Project, found: Filtered) -> Hit:
    """Off by default: a team may well have decided to judge by these rows alone."""
    return Hit(
        location=project.location(found.left),
        message=f"Of the evaluation set ({found.text}) only the rows are judged {found.by}.",
        trail=(
            project.step(found.left, "rows are left out here"),
            project.step(found.metric, "what is left is judged here"),
        ),
        component=project.component_of(found.left.body),
        audience=Audience.PEDANTIC,
    )


def _drawn(project: Project, root: Body, choice: Choice, again: Sequence[Choice]) -> Hit:
    """One finding for what a script or a notebook draws alike over and over."""
    trail = [project.step(call, "called here") for call in choice.event.path]
    trail.append(project.step(choice.event.value, f"drawn without a seed here: {choice.event.text}"))
    trail.append(project.step(choice.end.value, f"{choice.use} here"))
    trail += [project.step(each.event.value, f"drawn again without a seed: {each.event.text}") for each in again]
    text = choice.event.text + (f", {len(again) + 1} times" if again else "")
    return Hit(
        location=project.location(choice.event.value),
        message=f"Rows are {choice.text} and no seed is set ({text}): every run has another dataset.",
        trail=tuple(trail),
        component=project.component_of(root),
    )


def _script(event: Event) -> object:
    """What draws alike: the statements of one script or notebook, by what they call; else each draw by itself."""
    module = event.value.body.module
    in_script = not module.outermost(event.value.body.number)
    return (module.index, event.family, event.text) if in_script else event.value


def _unit(value: Value) -> object:
    """What is told once: a class or function that draws; in a script, each draw."""
    number = value.body.module.outermost(value.body.number)
    return (value.body.module.index, number) if number else value

"""MLD503: a training entry point that draws random numbers which no seed fixes."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from mldebt.detectors.platform import _draws, _seeded_draws, _unseeded_draws
from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.flow.body import Body
from mldebt.flow.seeding.idle_seeds import IdleSeeds
from mldebt.flow.seeding.outline import Event, Outlines
from mldebt.flow.seeding.randomness import ESTIMATOR, Randomness
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.programs.environments import Environments, is_submitted_to_spark
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (*_draws.BAD, *_unseeded_draws.BAD)
GOOD = (*_draws.GOOD, *_seeded_draws.GOOD)


_SPARK = "pyspark.ml."
_GROUPS = frozenset({"KMeans", "MiniBatchKMeans", "BisectingKMeans", "SpectralClustering"})
_LESSON = regex(r"(^|/)(docs?|tutorials?|colabs?|lessons?|cookbooks?|workshops?)/", re.IGNORECASE)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project, rule))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    randomness = Randomness(
        project.flow, project.seeds, _estimators(project, rule), rule.words("tuners"), rule.words("layers")
    )
    outlines = Outlines(project.flow, project.seeds, randomness.events, randomness.undone)
    told: set[Value] = set()
    loose: dict[tuple[str, str, Audience | None], list[tuple[Body, Event, Event]]] = defaultdict(list)
    stored: set[Body] = set()
    roots = list(outlines.roots(project.bodies()))
    for body in _alive(project, roots, lambda each: randomness.trains(outlines.of(each))):
        outline = outlines.of(body)
        idle = next(IdleSeeds(project.flow).of(body), None)
        if not randomness.trains(outline) or not (idle or body.number or randomness.keeps(outline)):
            continue  # nothing becomes of the model, and nobody wanted it twice
        for seed, draw, training in randomness.late(outlines, body):
            if seed not in told:
                told.add(seed)
                yield _late(project, seed, draw, training)
        found = randomness.unseeded(outline, outlines.before(body))
        if found is not None and found[0].value not in told:
            told.add(found[0].value)
            stored |= {body} if randomness.stores(outline) or body.number else set()
            if idle is None:
                is_look = not randomness.stores(outline) and _looks(body, found[0])
                audience = Audience.PEDANTIC if is_look else _audience(body)
                loose[posixpath.dirname(body.module.path), found[0].text, audience].append((body, *found))
            else:
                yield _unseeded(project, body, idle, *found)
    for (folder, _, audience), alike in loose.items():
        if len({body.module.index for body, _, _ in alike}) >= rule.integer("fold_from"):
            hits = [_together(project, folder, alike)]
        else:
            hits = [_unseeded(project, body, None, draw, training) for body, draw, training in alike]
        # what a script trains and leaves behind nowhere was tried out in it; a function may hand its model on
        severity = None if any(body in stored for body, _, _ in alike) else Severity.LOW
        yield from (replace(hit, audience=audience, severity=severity) for hit in hits)
    yield from _loose(project, rule)


def _estimators(project: Project, rule: Rule) -> list[str]:
    """What draws when it is fitted. The learners of Spark take the hash of their name as seed, which is the same in
    each run that `spark-submit` starts."""
    names = list(rule.words("estimators"))
    return [name for name in names if not name.startswith(_SPARK)] if is_submitted_to_spark(project) else names


def _alive(project: Project, roots: list[Body], trains: Callable[[Body], bool]) -> list[Body]:
    """What may be run: not a function that nothing leads to, where the repository trains by other ways."""
    dead = project.unmentioned(body.key for body in roots if body.scope.kind == "function" and trains(body))
    alive = [body for body in roots if body.key not in dead]
    return alive if dead and any(map(trains, alive)) else roots


def _loose(project: Project, rule: Rule) -> Iterator[Hit]:
    """One finding for the repository: the first file that leaves the libraries of some training open."""
    found = next(Environments(project, rule.words("decisive")).loose(), None)
    if found is None:
        return
    places = [found.document.place(each.line) for each in found.dependencies]
    names = ", ".join(dict.fromkeys(each.name for each in found.dependencies))  # some files say a name twice
    yield Hit(
        location=places[0],
        message=f"{found.model.name} is trained with whatever version of {names} is the newest on that day.",
        trail=(
            *(Step(location=place, message="no version") for place in places),
            project.step(found.trained, "trained with it here"),
        ),
        component=project.component_of(found.trained.body),
        severity=Severity.LOW,
    )


def _unseeded(project: Project, body: Body, idle: Value | None, draw: Event, training: Event) -> Hit:
    steps = _steps(project, draw, training)
    if idle is not None:
        steps.insert(0, project.step(idle, "a seed is declared here, and nothing uses it"))
    place = idle or (draw.value if draw.kind == ESTIMATOR or not draw.path else draw.path[0])
    return Hit(
        location=project.location(place),
        message=f"Training draws random numbers that nothing seeds: {draw.text}."
        if idle is None
        else f"A seed is declared and never used, while training draws random numbers: {draw.text}.",
        trail=tuple(steps),
        component=project.component_of(body),
        audience=_audience(body),
    )


def _together(project: Project, folder: str, alike: list[tuple[Body, Event, Event]]) -> Hit:
    """One finding for the programs of a folder that leave the same unseeded: the habit is the fault."""
    body, draw, training = alike[0]
    where = folder or "the root"
    return replace(
        _unseeded(project, body, None, draw, training),
        message=f"{len(alike)} trainings in {where} draw random numbers that nothing seeds: {draw.text}.",
        trail=tuple(step for _, drawn, trained in alike for step in _steps(project, drawn, trained)),
        members=tuple(dict.fromkeys(each.module.path for each, _, _ in alike)),
    )


def _late(project: Project, seed: Value, draw: Event, training: Event) -> Hit:
    return Hit(
        location=project.location(seed),
        message=f"The seed is set after the first draw that it should fix: {draw.text}.",
        trail=(*_steps(project, draw, training), project.step(seed, "seeded only here")),
        component=project.component_of(seed.body),
        audience=_audience(seed.body),
    )


def _audience(body: Body) -> Audience | None:
    """A lesson is trained once, by whoever reads it."""
    return Audience.PEDANTIC if _LESSON.search(body.module.path) else None


def _looks(body: Body, draw: Event) -> bool:
    """Whether a notebook puts rows into groups to look at them."""
    return body.module.is_notebook and draw.kind == ESTIMATOR and draw.text.split()[0] in _GROUPS


def _steps(project: Project, draw: Event, training: Event) -> list[Step]:
    steps = [project.step(call, "called here") for call in draw.path]
    steps.append(project.step(draw.value, f"drawn here: {draw.text}"))
    steps.append(project.step(training.value, f"trained here: {training.text}"))
    return steps

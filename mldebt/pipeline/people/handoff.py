"""Models that change hands: who trains each, who serves it, and whether anybody knows both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from mldebt.flow.value import Value
from mldebt.ownership import BusFactor, Ownership, Person, Span
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.people.people import UNKNOWABLE
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.pipeline.project import Project
from mldebt.pipeline.units import Unit


class Handoff(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is trained in one place and served in another. `taken` is where it arrives there: a call that loads
    its file or asks it for predictions; `endpoint` is the serving boundary behind which that happens, or the function
    that scores in a batch."""

    model: TrainedModel
    taken: Value
    endpoint: Unit
    training: tuple[Span, ...]
    serving: tuple[Span, ...]
    between: tuple[Span, ...]
    """What stands between the two: where another file takes the model up for the boundary."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A handoff of which nobody knows both sides."""

    handoff: Handoff
    makers: BusFactor
    shippers: BusFactor


def find_handoffs(project: Project) -> Iterator[Handoff]:
    """Every model that is trained in one module and served in another, once for each of the latter."""
    serving = project.flow.shared(ServingPath)
    owners = _stored(project, serving)
    loads = serving.loads()
    taking = _Taking(project, serving)
    shipped = {each.path: each.spans for each in project.components if each.kind == "serving boundary"}
    for model in project.living_models:
        training = {_around(value, serving) for value in (*model.trained, *_made(model))}
        if model.cls is not None:
            training.add(model.cls)
        learning = {value.body for value in model.trained}
        seen: set[int] = set()
        for taken, endpoint in (*_arrivals(model, serving, loads, owners), *taking.arrivals(model)):
            if taken.body in learning:
                continue  # a training that an endpoint starts asks its model, too, to see how good it is
            if endpoint[0] in seen or endpoint[0] in {module for module, _ in training}:
                continue
            seen.add(endpoint[0])
            yield Handoff(
                model=model,
                taken=taken,
                endpoint=endpoint,
                training=tuple(map(serving.span, sorted(training))),
                serving=shipped.get(serving.span(endpoint)[0]) or (serving.span(serving.outermost(endpoint)),),
                between=tuple(_between(taken, endpoint, training, serving)),
            )


def _between(taken: Value, endpoint: Unit, training: set[Unit], serving: ServingPath) -> Iterator[Span]:
    """The code that takes a model up, where it is neither the boundary's file nor one of the training."""
    if taken.body.module.index not in {endpoint[0], *(module for module, _ in training)}:
        yield serving.span(_around(taken, serving))


def find_gaps(
    project: Project, ownership: Ownership, *, wrote: float, touched: float, reviewed: float, lines: float
) -> Iterator[Gap]:
    """The handoffs between people who have nobody in common, nor anybody who knows one side and wrote a part of the
    other, `touched`, that is less but not little, or who trains it and wrote what takes it up between them. Sides that
    have too few lines, or of which the history does not tell who knows them, are left out."""
    for handoff in find_handoffs(project):
        makers = ownership.bus_factor(handoff.training, wrote=wrote, reviewed=reviewed)
        shippers = ownership.bus_factor(handoff.serving, wrote=wrote, reviewed=reviewed)
        sides = (makers, shippers)
        if any(not side.knowing or side.unknowable > UNKNOWABLE or side.lines < lines for side in sides):
            continue
        trained, served = (
            ownership.bus_factor(spans, wrote=min(wrote, max(touched, lines / side.lines)), reviewed=reviewed)
            for spans, side in zip((handoff.training, handoff.serving), sides, strict=True)
        )
        between = ownership.bus_factor(handoff.between, wrote=wrote, reviewed=reviewed) if handoff.between else None
        if between is not None and _meet(ownership, makers, between):
            continue  # who trains it wrote what the boundary calls
        if not _meet(ownership, makers, served) and not _meet(ownership, trained, shippers):
            yield Gap(handoff=handoff, makers=makers, shippers=shippers)


def _meet(ownership: Ownership, makers: BusFactor, shippers: BusFactor) -> bool:
    """Whether somebody, or somebody who may well be the same person, knows both sides."""
    here = {each.person for each in makers.knowing}
    there = {each.person for each in shippers.knowing}
    return bool(here & there) or any(_across(pair.one, pair.other, here, there) for pair in ownership.suggestions)


def _across(one: Person, other: Person, here: set[Person], there: set[Person]) -> bool:
    return (one in here and other in there) or (other in here and one in there)


def _made(model: TrainedModel) -> tuple[Value, ...]:
    """Where it is built, if that is also where it is trained."""
    bodies = {value.body for value in model.trained}
    return (model.made,) if model.made.body in bodies else ()


def _stored(project: Project, serving: ServingPath) -> dict[str, set[int]]:
    """The name of a stored model → the modules that store one by that name."""
    found: dict[str, set[int]] = defaultdict(set)
    for model in project.trained_models:
        for call, what in model.kept:
            for name in serving.names(call) if what in ("stored", "registered") else ():
                found[name].add(call.body.module.index)
    return found


def _arrivals(
    model: TrainedModel,
    serving: ServingPath,
    loads: Iterable[tuple[Value, Unit, tuple[str, ...]]],
    stored: dict[str, set[int]],
) -> Iterator[tuple[Value, Unit]]:
    """Where serving code asks the model itself, or loads what it was stored as. A name by which several modules store
    models tells nothing."""
    for call in model.asked:
        endpoint = serving.behind.get(call.body.key)
        if endpoint is not None:
            yield call, endpoint
    names = {name for call, what in model.kept if what in ("stored", "registered") for name in serving.names(call)}
    for call, endpoint, loaded in loads:
        if any(name in names and len(stored[name]) == 1 for name in loaded):
            yield call, endpoint


class _Taking:
    """Where serving code takes up what was kept of a model, as the model register knows it: also by a method of the
    model's own class, and by paths that are put together."""

    def __init__(self, project: Project, serving: ServingPath) -> None:
        self.serving = serving
        self.usage = project.usage
        keeping = project.keeping
        models = project.trained_models
        self._loaders = {model: keeping.loading.of(model, keeping.artifacts(model)) for model in models}
        self._claims: dict[Value, set[int]] = defaultdict(set)
        for model, loaders in self._loaders.items():
            for loader in loaders:
                self._claims[loader].add(model.made.body.module.index)

    def arrivals(self, model: TrainedModel) -> Iterator[tuple[Value, Unit]]:
        """The calls that take a model up, each with what it is taken up for. A load that may be of models of several
        modules tells nothing."""
        loaders = [loader for loader in self._loaders[model] if len(self._claims[loader]) == 1]
        for endpoint, call in self.usage.serving(model, loaders):
            yield call, endpoint
        for call in (*model.asked, *(asked for loader in loaders for asked in self.usage.asked_of(loader))):
            unit = call.body.key
            if self.serving.is_batch(unit):
                yield call, unit


def _around(value: Value, serving: ServingPath) -> Unit:
    return serving.outermost(value.body.key)

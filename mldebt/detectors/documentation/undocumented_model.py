"""MLD301: a model that is trained and kept, and of which nothing is said anywhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.detectors.documentation import _in_words, _told_models, _untold_models
from mldebt.finding import Audience, Hit, Step
from mldebt.listed import listed
from mldebt.pipeline import Project
from mldebt.pipeline.models.model_copies import ModelCopies
from mldebt.pipeline.models.register import TrainedModel
from mldebt.pipeline.programs.explorations import Explorations, only_teaches
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (*_untold_models.BAD, *_in_words.BAD)
GOOD = (*_told_models.GOOD, *_in_words.GOOD)

SHOWN = 5


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    untold: dict[str, list[TrainedModel]] = defaultdict(list)
    for model in project.living_models:
        if not project.descriptions.tells_of(model) and not project.next_models(model):
            untold[_missing(project, model)].append(model)
    copies, explorations = ModelCopies(project.flow), Explorations(project)
    for missing, alike in untold.items():
        groups: dict[str, list[list[TrainedModel]]] = defaultdict(list)
        for group in copies.groups(alike):
            groups[project.flow.program.roots.of(group[0].made.body.module)].append(group)
        for found in groups.values():
            if len(found) > 1 and sum(map(len, found)) >= rule.integer("fold_from"):
                models = [model for group in found for model in group]
                yield replace(_together(project, models, missing), audience=_audience(explorations, models))
            else:
                for group in found:
                    yield replace(_hit(project, group, missing), audience=_audience(explorations, group))


def _missing(project: Project, model: TrainedModel) -> str:
    return "what it was trained on or how well it does" if project.descriptions.said(model).what else "what it is"


def _hit(project: Project, copies: list[TrainedModel], missing: str) -> Hit:
    """One finding for a model and its copies in other folders."""
    model = copies[0]
    times = f", in {len(copies)} copies" if len(copies) > 1 else ""
    return Hit(
        location=project.model_location(model),
        message=(
            f"The model {model.name} is trained and kept{times}, and no README, page, card or docstring says {missing}."
        ),
        trail=(
            project.step(model.made, "built here"),
            *(project.step(value, "trained here") for value in model.trained[:1]),
            *(project.step(value, f"{what} here") for value, what in model.kept[:1]),
            *(Step(location=project.model_location(copy), message="a copy of it") for copy in copies[1:]),
        ),
        component=project.component_of(model.made.body),
        members=tuple(dict.fromkeys(map(project.model_name, copies))),
    )


def _together(project: Project, models: list[TrainedModel], missing: str) -> Hit:
    """One finding for many models that say as little: the habit is the fault, not each of them."""
    often = Counter(model.name for model in models)
    names = [name if count == 1 else f"{name} ({count})" for name, count in often.items()]
    return Hit(
        location=project.model_location(models[0]),
        message=(
            f"{len(models)} models are trained and kept, and no README, page, card or docstring says of any {missing}: "
            f"{listed(names, SHOWN)}."
        ),
        trail=tuple(
            Step(location=project.model_location(model), message=f"the model {model.name}") for model in models
        ),
        component=project.component_of(models[0].made.body),
        members=tuple(dict.fromkeys(map(project.model_name, models))),
    )


def _audience(explorations: Explorations, models: list[TrainedModel]) -> Audience | None:
    """The models of tutorials are made to be looked at, and those that are said to be somebody's trials to be left."""
    modules = [model.made.body.module for model in models]
    aside = all(only_teaches(each) or explorations.is_said_to_try(each) for each in modules)
    return Audience.PEDANTIC if aside else None

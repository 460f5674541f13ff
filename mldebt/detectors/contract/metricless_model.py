"""MLD404: a model that is trained and kept, and that nothing measures."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.detectors.contract import _measured, _unmeasured
from mldebt.finding import Audience, Hit, Step
from mldebt.flow.body import Body
from mldebt.listed import is_or_are
from mldebt.pipeline import Project
from mldebt.pipeline.models.model_copies import ModelCopies
from mldebt.pipeline.models.never_made import NeverMade
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = _unmeasured.BAD
GOOD = _measured.GOOD

_SHOWN = 3
_LABELS_ONLY = frozenset(
    """DBSCAN HDBSCAN OPTICS AgglomerativeClustering SpectralClustering SpectralBiclustering SpectralCoclustering TSNE
    MDS""".split()
)
"""What groups or lays out the rows that it was fitted on, and says nothing of any other."""
_CALIBRATES = frozenset({"IsotonicRegression"})
"""What only turns the scores of another model into chances: how good they are, that model's evaluation tells."""
_TESTING = regex(r"(^|/)(testing|conftest)|(^|/)[^/]*test(ing)?_?(utils|helpers)?\.py$")


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    found: dict[Body, list[TrainedModel]] = {}
    never_made = NeverMade(project.dormant.reachable)
    for model in project.living_models:
        if not any(value.kind == "call" for value in model.trained) or never_made.trains(model):
            continue  # only who takes the class trains it, and measures
        if _is_only(model, _LABELS_ONLY) or _is_only(model, _CALIBRATES):
            continue  # no row can be held out from it; it is part of how another model is used
        judged = (model, *project.next_models(model))
        if not _TESTING.search(model.made.body.module.path) and not any(map(project.evaluations.is_evaluated, judged)):
            found.setdefault(model.made.body, []).append(model)
    together = {id(models[0]): models for models in found.values()}
    for group in ModelCopies(project.flow).groups(models[0] for models in found.values()):
        yield _hit(project, together[id(group[0])], group[1:])


def _is_only(model: TrainedModel, kinds: frozenset[str]) -> bool:
    """Whether all that is inside a model is of some kinds."""
    names = {name for _, name in model.inside} | ({model.name} if model.cls is None else set())
    return bool(names) and names <= kinds


def _hit(project: Project, models: list[TrainedModel], copies: list[TrainedModel]) -> Hit:
    """One finding for models that are trained together, as the two halves of an adversarial pair, and for copies."""
    first = models[0]
    how = first.kept[0][1]
    names = " and ".join(dict.fromkeys(model.name for model in models))
    times = f", in {len(copies) + 1} copies" if copies else ""
    trail = []
    for model in models[:_SHOWN]:
        trail.append(project.step(model.made, f"{model.name} is built here"))
        trail += [project.step(value, "trained here") for value in model.trained[:_SHOWN]]
        trail += [project.step(value, "asked here, unmeasured") for value in model.asked[:1]]
        trail.append(project.step(model.kept[0][0], f"{model.kept[0][1]} here"))
    trail += [Step(location=project.model_location(copy), message="a copy of it") for copy in copies]
    place = project.model_location(first)
    return Hit(
        location=place,
        message=f"{names} {is_or_are(models)} trained and {how}{times}, "
        "and nothing computes a metric on held-out data.",
        trail=tuple(trail),
        component=project.component_of(first.made.body),
        audience=Audience.PEDANTIC if place.path.endswith(".ipynb") else None,
        members=tuple(dict.fromkeys(map(project.model_name, (*models, *copies)))),
    )

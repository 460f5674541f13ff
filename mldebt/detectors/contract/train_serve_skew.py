"""MLD407: a model's features are computed by one code for its training and by another where it is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mldebt.detectors.contract import _made_anew, _made_once
from mldebt.finding import Audience, Confidence, Hit, Severity
from mldebt.flow.value import Value
from mldebt.listed import is_or_are, listed
from mldebt.pipeline import Project
from mldebt.pipeline.skew.skew import Skew, SkewedUse, Skews
from mldebt.pipeline.skew.skew_cleaned import CleanedWords, OneSided
from mldebt.pipeline.skew.skew_kept import KeptFit, KeptFits
from mldebt.pipeline.skew.skew_rows import RowOrder, RowOrders
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = _made_anew.BAD
GOOD = _made_once.GOOD

SHOWN = 4


def detect(project: Project, rule: Rule) -> Iterator[Hit]:  # every detector is asked with its rule
    del rule
    for use in Skews(project).find():
        yield _hit(project, use)
    for order in RowOrders(project).find():
        yield _moved(project, order)
    for kept in KeptFits(project).find():
        yield _fitted_anew(project, kept)
    for words in OneSided(project).find():
        yield _as_they_come(project, words)


def _hit(project: Project, use: SkewedUse) -> Hit:
    """One finding for a serving function, at the first thing computed anew for it that is not told yet."""
    first = use.skews[0]
    names = listed([_called(skew) for skew in use.skews], SHOWN)
    names = f"T{names[1:]}" if names.startswith("the ") else names
    how = next((skew.differs for skew in use.skews if skew.differs), "")
    trail = [project.step(fitted, f"{name} is trained here") for name, fitted in use.trainings[:SHOWN]]
    asked = "and asked here" if len(trail) == 1 else "the model is asked here"
    trail.append(project.step(use.asked, asked))
    purpose = "training" if use.trainings else "the data that is prepared"
    for skew in use.skews[:SHOWN]:
        trail.append(project.step(skew.training, f"{_called(skew)} for {purpose}"))
        trail.append(project.step(skew.serving, f"{_called(skew)} for serving"))
    boundary, other = project.unit_name(use.boundary), project.location(first.training).path
    place = project.location(first.serving)
    owner = " or ".join(name for name, _ in use.trainings[:SHOWN]) or "a model"
    elsewhere = "for its training" if use.trainings else "where data with the same features is prepared"
    return Hit(
        location=place,
        message=(
            f"{names} of {owner} {is_or_are(use.skews)} made here for {boundary}, and by other code {elsewhere} "
            f"({other}{f': {how}' if how else ', with the same functions'}).{_changed(project, first)}"
        ),
        trail=tuple(trail),
        component=project.component_of(first.serving.body),
        severity=None if how else Severity.LOW,
        confidence=None if use.trainings else Confidence.LOW,
        audience=Audience.PEDANTIC if place.path.endswith(".ipynb") else None,
    )


def _moved(project: Project, order: RowOrder) -> Hit:
    """A row whose values stand in other places than their columns."""
    name, place = order.model.name, order.first + 1
    return Hit(
        location=project.location(order.row),
        message=(
            f"{name} is asked with its columns in another order than it is trained on: place {place} is "
            f"{order.given!r} here and {order.learnt.text!r} there ({project.location(order.learnt.at).path})."
        ),
        trail=(
            project.step(order.learnt.at, "the columns, in the order in which they are learnt from"),
            project.step(order.model.trained[0], f"{name} is trained here"),
            project.step(order.row, "the row, in another order"),
            project.step(order.asked, "and asked here"),
        ),
        component=project.component_of(order.asked.body),
        audience=Audience.PEDANTIC if order.asked.body.module.is_notebook else None,
    )


def _fitted_anew(project: Project, kept: KeptFit) -> Hit:
    """What the transformer had learnt for the training is thrown away."""
    body = kept.fitted.body
    trail = [
        project.step(kept.loaded, "loaded here, as it was fitted for the training"),
        project.step(kept.fitted, "fitted anew here"),
    ]
    if kept.asked is not None:
        trail.append(project.step(kept.asked, "the model is asked here"))
    return Hit(
        location=project.location(kept.fitted),
        message=(
            f"A transformer that was kept from the training is fitted anew in {project.unit_name(body.key)}, on what "
            "the model is asked with: transform() applies what it has learnt."
        ),
        trail=tuple(trail),
        component=project.component_of(body),
        audience=Audience.PEDANTIC if body.module.is_notebook else None,
    )


def _as_they_come(project: Project, words: CleanedWords) -> Hit:
    """What is spelled in one way for the training, and in any for the use."""
    return Hit(
        location=project.location(words.asked),
        message=(
            f"The case of {words.column!r} is changed before a {words.kind} learns it "
            f"({project.location(words.changed).path}), and the kept one is given it here as it comes, in any spelling."
        ),
        trail=(
            project.step(words.changed, "the case is changed here"),
            project.step(words.fitted, "learnt here"),
            project.step(words.loaded, "loaded here, as it was fitted for the training"),
            project.step(words.asked, "given what is asked, as it comes"),
        ),
        component=project.component_of(words.asked.body),
    )


def _called(skew: Skew) -> str:
    called = {"column": f"{skew.name!r}", "function": f"{skew.name}()", "fit": f"the fit of {skew.name}"}
    return called.get(skew.kind, f"the {skew.name}")


def _changed(project: Project, skew: Skew) -> str:
    """Which side changed last, where the history tells."""
    there, here = _moment(project, skew.training), _moment(project, skew.serving)
    if not there or not here or there == here:
        return ""
    side = "serving" if here > there else "training"
    when = dt.datetime.fromtimestamp(max(here, there), dt.UTC).date()
    return f" The side of {side} changed last, on {when}."


def _moment(project: Project, value: Value) -> int:
    if not project.ownership.available:
        return 0
    location = project.location(value)
    credit = project.ownership.credit(location.path, location.line)
    return credit.time if credit is not None else 0

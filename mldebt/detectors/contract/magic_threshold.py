"""MLD405: a model's score meets a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.detectors.contract import _other_limits, _score_limits, _scores_in_rows
from mldebt.finding import Hit, Severity
from mldebt.flow.body import Body
from mldebt.flow.conditions.only_told import OnlyTold
from mldebt.flow.evaluation.gradients import TRAINS
from mldebt.flow.rows.drawn import Drawn
from mldebt.flow.scores.label_makers import LabelMakers
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.pipeline.models.thresholds import Thresholds
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (*_score_limits.BAD, *_scores_in_rows.BAD)
GOOD = (*_other_limits.GOOD, *_scores_in_rows.GOOD)

_OFFLINE = regex(
    r"(^|[/_])(eval|evals|evaluate|evaluation|analysis|analyses|eda|exploration|experiments?|benchmarks?|reports?|plots?"
    r"|plotting|visuali[sz]e|visuali[sz]ation|diagnostics?|ablations?)(?=[/_.])|(^|/)(notebooks|examples)/",
    re.IGNORECASE,
)
_LOOKS = regex(
    r"(^|_)(plot|draw|visuali[sz]e|benchmark|ablation|error_analysis|analy[sz]e_errors|(in)?correct|mistakes|false_positives"
    r"|false_negatives)(_|$)|^(evaluate|evaluation|report)$",
    re.IGNORECASE,
)
"""What modules and functions are called that look at a model's results, and decide nothing for a user."""
_VALIDATES = regex(r"^(run_)?(val|valid|validate|validation|eval|test)(_(one_)?(epoch|step|loop|model))?$")
"""What functions are called that measure a model between the epochs of its training."""
_TRAINING_ROWS = regex(r"train(ing)?_?(data(set|frame)?|set|rows|df|examples|samples|loader|dataloader)s?")
"""What a function is given that prepares rows to learn from."""


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    thresholds = Thresholds(project, frozenset(map(float, rule.words("natural"))), frozenset(rule.words("arguments")))
    models = project.flow.shared(Models)
    told = OnlyTold(project.flow)
    for body in project.bodies():
        if body.module.is_notebook or _judges(project, models, body):
            continue
        met = ((value, thresholds.at(value)) for value in body.nodes)
        found = {value: pair for value, pair in met if pair is not None and not told.decides_what_is_told(value)}
        if found and not _is_offline(project, body):
            yield _hit(project, found)


def _judges(project: Project, models: Models, body: Body) -> bool:
    """Whether code is a network's own, trains, or measures a model: a literal there is part of the experiment."""
    around = project.flow.program.enclosing_class(body.key)
    if around is not None and models.derives(around, NETWORK_KINDS):
        return True
    if any(_measures(project, call) for call in body.calls):
        return True
    return any(project.flow.roles(call) & TRAINS for each in _around(project, body) for call in each.calls)


def _is_offline(project: Project, body: Body) -> bool:
    """Whether code that serves nobody looks at a model's results: it is called so, labels rows by them, plots them, or
    stands beside a metric."""
    if project.behind.endpoint(body.module.index, body.number) is not None:
        return False
    if any(map(project.flow.shared(LabelMakers).holds, _around(project, body))):
        return True
    if any(_TRAINING_ROWS.fullmatch(name) for each in _around(project, body) for name in each.params):
        return True
    if _OFFLINE.search(body.module.path) or any(_LOOKS.search(each.scope.name) for each in _around(project, body)):
        return True
    beside = [call for each in project.flow.bodies(body.module.index) for call in each.calls]
    if any(_measures(project, call) for call in beside):
        return True
    if _VALIDATES.search(body.scope.name) and any(project.flow.roles(call) & TRAINS for call in beside):
        return True
    return project.flow.shared(Drawn).draws(body)


def _measures(project: Project, call: Value) -> bool:
    """Whether a call computes a metric; how near two vectors of a model's are to each other is its answer."""
    return "measures" in project.flow.roles(call) and not project.scores.is_likeness(call)


def _around(project: Project, body: Body) -> Iterator[Body]:
    """A body and those of the functions around it."""
    yield body
    number = body.scope.parent
    while number > 0:
        around = project.flow.body(body.module.index, number)
        yield around
        number = around.scope.parent


def _hit(project: Project, found: dict[Value, tuple[Value, Value]]) -> Hit:
    first = next(iter(found))
    literals = ", ".join(dict.fromkeys(str(literal.data) for _, literal in found.values()))
    trail = []
    for place, (origin, literal) in found.items():
        trail.append(project.step(origin, "scored by a model here"))
        if literal.line != place.line:
            trail.append(project.step(literal, f"{literal.data} stands here"))
        trail.append(project.step(place, f"compared with {literal.data} here"))
    served = project.behind.endpoint(first.body.module.index, first.body.number) is not None
    return Hit(
        location=project.location(first),
        message=f"A model's score is compared with a number that only the code knows: {literals}.",
        trail=tuple(trail[:9]),
        component=project.component_of(first.body),
        severity=Severity.MEDIUM if served else Severity.LOW,
    )

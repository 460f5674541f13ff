"""MLD401: after the ranking, something else decides the order that is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mldebt.detectors.contract import (
    _adjustments,
    _agents,
    _answers,
    _arrays,
    _bonuses,
    _builders,
    _by_positions,
    _carried,
    _clauses,
    _components,
    _decorated,
    _experiments,
    _frameworks,
    _frameworks_between,
    _greedy_picks,
    _grouped_runs,
    _hooks,
    _kept,
    _kept_orders,
    _launchers,
    _lookups,
    _made_up_scores,
    _mapped_rows,
    _mappers,
    _mixtures,
    _objects,
    _parts,
    _places,
    _promotions,
    _proxies,
    _put_outside,
    _raised_arrays,
    _raised_elsewhere,
    _raised_scores,
    _random_picks,
    _read_back,
    _registries,
    _reorders,
    _restored,
    _reversals,
    _rotations,
    _second_rankings,
    _services,
    _sets,
    _slots,
    _sort_keys,
    _stores,
    _told_keys,
    _wrapped_keys,
)
from mldebt.finding import Hit, Severity, Step
from mldebt.flow.conditions.asked_orders import is_asked_for_above
from mldebt.flow.conditions.conditions import never_both
from mldebt.flow.files.paths import Paths
from mldebt.flow.orders.joins import JOINED, is_cut
from mldebt.flow.orders.order import Origin
from mldebt.flow.orders.random_picks import PICKED
from mldebt.flow.orders.refetches import MEMBERSHIP, READ_BACK
from mldebt.flow.orders.reorder import BEST_BY, SORT_BY, Reorder
from mldebt.flow.orders.slots import fills_a_slot
from mldebt.flow.services.serving import Served
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.regex import regex
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

_MORE = (
    _parts,
    _places,
    _frameworks,
    _frameworks_between,
    _greedy_picks,
    _grouped_runs,
    _hooks,
    _objects,
    _kept,
    _adjustments,
    _agents,
    _answers,
    _arrays,
    _bonuses,
    _builders,
    _clauses,
    _lookups,
    _mapped_rows,
    _mappers,
    _mixtures,
    _second_rankings,
    _services,
    _sort_keys,
    _promotions,
    _raised_scores,
    _raised_elsewhere,
    _registries,
    _reversals,
    _rotations,
    _random_picks,
    _sets,
    _experiments,
    _decorated,
    _read_back,
    _carried,
    _slots,
    _told_keys,
    _wrapped_keys,
    _stores,
    _components,
    _proxies,
    _launchers,
    _restored,
    _raised_arrays,
    _made_up_scores,
    _put_outside,
    _by_positions,
)
_EXPERIMENT = regex(
    r"(^|[/_ ])(simulat(e|es|ed|ion|ions|or)|leaderboards?|tournaments?|standings|experiments?|benchmarks?|backtest"
    r"(s|ing)?|ablations?|eval|evals|evaluate|evaluation|offline|drifts?|distribution_shifts?|audits?)(?=[/_. ])",
    re.IGNORECASE,
)
_BY_KEY = regex(
    r"sorted by columns? '(\w+_)?(time|timestamp|ts|date|datetime|day|week|month|year|hour|id|key|index|created"
    r"|updated|users?|customers?|sessions?|accounts?)(_(at|on|utc|id|time|date))?'",
    re.IGNORECASE,
)
"""What modules and functions are called that try rankings out or watch the data, and the keys that a table is kept in
the order of."""
_GATHERED = regex(
    r"(^|[/_ ])(datasets?|pools?|pooling|annotat(e|ions?|ors?)|qrels?|judge?ments?|negatives?|triplets?|pairs"
    r"|preprocess(es|ing|or)?|active_learn(er|ing)|analy(s[ei]s|[sz]ers?|[sz]e))(?=[/_. ])",
    re.IGNORECASE,
)
"""What modules and functions are called that write down what is to be learned from, judged by people, or looked at."""
_BY_CHANCE = regex(
    r"^Random(?!(ized)?_?(forest|tree|walk|field|projection|fourier|search|effect))"
    r"\w*(rank|recommend|retriev|scor|select|model|policy|baseline|strategy|agent)",
    re.IGNORECASE,
)
"""What classes are called whose ranking is a draw; a random forest is a model."""
_PAGES = regex(r"\.(md|rst|log)$|(^|/)(reports?|figures?|analys[ei]s)/", re.IGNORECASE)
"""What people read about the data, a section for each question."""
BAD = (*_reorders.BAD, *(example for each in _MORE for example in each.BAD))
GOOD = (*_kept_orders.GOOD, *(example for each in _MORE for example in each.GOOD))


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    for body in project.bodies():
        policies: list[Hit] = []
        for reorder in project.reorders.of(body) if not _BY_CHANCE.match(body.scope.qualname) else ():
            found = _where_served(project, reorder)
            if found is None:
                continue
            hit = _hit(project, reorder, *found)
            if reorder.accidental:
                yield hit
            elif not policies:
                policies.append(hit)
                yield hit


def _where_served(project: Project, reorder: Reorder) -> tuple[Origin, Served] | None:
    """The first ranking whose order would have been served where the new one is."""
    for origin in reorder.origins:
        way = origin.trail[::-1]
        if any(never_both(value, reorder.site) for value in way) or not project.boundaries.selves.can_be(way):
            continue
        if project.boundaries.companions.exclude(way, reorder.site):
            continue
        if reorder.kind in (SORT_BY, BEST_BY) and is_asked_for_above(way):
            continue
        for result in reorder.results:
            served = project.boundaries.served(result, way, reorder.stack)
            if served is None or _is_for_nobody(project, reorder, served):
                continue
            if _is_served_beside(project, reorder, origin, served):
                continue
            if not _gets_on(reorder, served):
                continue
            is_run = not project.constancy.never(reorder.site, frozenset((*origin.trail, *served.trail)))
            if is_run and not project.unmade.runs(way, reorder.site):
                return origin, served
    return None


def _gets_on(reorder: Reorder, served: Served) -> bool:
    """Whether the new order shows where it is served: joined lists are cut, and a sort is for more than one slot."""
    if reorder.kind == JOINED.kind:
        return is_cut(served.trail)
    return reorder.kind != SORT_BY or not fills_a_slot(served.trail)


def _is_for_nobody(project: Project, reorder: Reorder, served: Served) -> bool:
    """Whether what is written down, or given by a package, is no list for users: the outcome of an experiment, a
    report on the data, or a table of features in the order of its keys."""
    if project.behind.endpoint(served.value.body.module.index, served.value.body.number) is not None:
        return False
    places = (served.value.body, reorder.site.body)
    if any(_EXPERIMENT.search(f"{body.module.path} {body.scope.name}.") for body in places):
        return True
    if served.text != "write":
        return False
    if any(_GATHERED.search(f"{body.module.path} {body.scope.name}.") for body in places):
        return True
    pages = project.flow.shared(Paths).texts_at(served.value, ()) if served.value.kind == "call" else ()
    return bool(_BY_KEY.search(reorder.text)) or any(map(_PAGES.search, pages))


def _is_served_beside(project: Project, reorder: Reorder, origin: Origin, served: Served) -> bool:
    """Whether the ranking itself is served where rows are that were picked by it, or one item is: then these belong to
    its items, or tell of them."""
    if reorder.kind == READ_BACK.kind:
        return _is_written_down(project, origin)
    if reorder.kind not in (MEMBERSHIP.kind, BEST_BY, PICKED.kind):
        return False
    if reorder.kind == PICKED.kind and any(map(_puts_among, served.trail)):
        return False
    way = origin.trail[::-1]
    others = (project.boundaries.served(value, way) for value in origin.trail if value.body is reorder.site.body)
    return any(other is not None and other.value.body is served.value.body for other in others)


def _puts_among(value: Value) -> bool:
    """Whether picked items are put among others: `first + picked`, `[first, *picked]`."""
    return value.kind in ("operation", "mutate") or (value.kind == "collection" and bool(value.every("spread")))


def _is_written_down(project: Project, origin: Origin) -> bool:
    """Whether a ranking is given to who asked for it where it is written to a table too, which tells what was given."""
    way = origin.trail[::-1]
    return any(project.boundaries.is_answered(value, way) for value in origin.trail)


def _hit(project: Project, reorder: Reorder, origin: Origin, served: Served) -> Hit:
    trail = [project.step(origin.value, f"ranked here: {origin.how}")]
    trail += [project.step(value, "handed on here") for value in _crossings(origin.trail[::-1][1:], reorder.site)]
    trail.append(project.step(reorder.site, f"order changed here: {reorder.text}"))
    trail += [project.step(value, "handed on here") for value in _crossings(served.trail, served.value)]
    trail.append(project.step(served.value, f"served here: {served.text}"))
    return Hit(
        location=project.location(reorder.site),
        message=f"A ranked result is served in another order than its ranking's: {reorder.text}.",
        trail=_without_repeats(trail),
        component=project.component_of(served.value.body),
        severity=Severity.HIGH if reorder.accidental else Severity.MEDIUM,
    )


def _crossings(values: tuple[Value, ...], end: Value) -> list[Value]:
    """The places at which a value goes from one function to another: what is handed in, the call that hands back. Where
    branches meet is no place that a reader would look at: what was there before is."""
    found = []
    solid: Value | None = None
    for value, after in pairwise((*values, end)):
        if value.kind != "phi":
            solid = value
        if value.body is after.body:
            continue
        place = after if value.kind in ("return", "param") else value
        if place.kind == "phi" and solid is not None and solid.body is place.body:
            place = solid
        if place is not end and place.kind not in ("return", "param"):
            found.append(place)
    return found


def _without_repeats(trail: list[Step]) -> tuple[Step, ...]:
    kept: list[Step] = []
    for step in trail:
        if not kept or kept[-1].location != step.location:
            kept.append(step)
    return tuple(kept)

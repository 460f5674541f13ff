"""Reports on what was noted down when others asked, or how good a model was: they answer no request of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mldebt.flow.calls.words import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import Visit

REACHED_LIMIT = 500
_SUMS = frozenset("sum mean average nanmean median std var corrcoef percentile quantile describe".split())


def is_report(
    visit: Visit, called: Callable[[ScopeKey], Iterable[ScopeKey]], judges: Callable[[ScopeKey], bool]
) -> bool:
    """Whether the way to a value goes to what an object was given to keep by a method that does not run for this
    answer: from a sum to what it was given one by one, or on to code that judges a model, where that was worked out.
    `called` tells what a function calls, `judges` whether it computes a metric."""
    units: set[ScopeKey] = set()
    is_summed = False
    way = visit.path()
    for place, each in enumerate(way):
        if each.label == "field" and each.value.kind in ("mutate", "store"):
            is_noted = is_summed and each.value.kind == "mutate"
            if is_noted or any(judges(key) for key in dict.fromkeys(later.value.body.key for later in way[place:])):
                return each.value.body.key not in _reached(units, called)
        units.add(each.value.body.key)
        is_summed = is_summed or last_name(each.value) in _SUMS
    return False


def _reached(units: Iterable[ScopeKey], called: Callable[[ScopeKey], Iterable[ScopeKey]]) -> set[ScopeKey]:
    found = set(units)
    waiting = list(found)
    while waiting and len(found) < REACHED_LIMIT:
        for after in called(waiting.pop()):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found

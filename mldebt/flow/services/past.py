"""Reports on what was noted down when others asked: sums over a log, which answer no request of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mldebt.flow.calls.words import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.steps import Visit

REACHED_LIMIT = 500
_SUMS = frozenset("sum mean average nanmean median std var corrcoef percentile quantile describe".split())


def is_report(visit: Visit, called: Callable[[ScopeKey], Iterable[ScopeKey]]) -> bool:
    """Whether the way to a value goes from a sum to what an object was given to keep, one by one, by a method that does
    not run for this answer. `called` tells what a function calls."""
    units: set[ScopeKey] = set()
    is_summed = False
    for each in visit.path():
        if each.value.kind == "mutate" and each.label == "field" and is_summed:
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

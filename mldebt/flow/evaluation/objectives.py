"""Whether what a numeric optimizer minimizes says how good a model is: only then does it train one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value
from mldebt.regex import regex

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

LEARNING = frozenset({"fits", "tunes", "optimizes", "measures"})
DEPTH = 3
UNITS_LIMIT = 60
_FITS_ITSELF = regex(r"_?(fit|train|partial_fit|learn)(_|$)")


def learns(flow: Flow, call: Value) -> bool:
    """Whether a call of an optimizer trains: its objective fits or measures something, or it stands in the method by
    which a class is fitted."""
    return _is_in_a_fit(call) or any(_judges(flow, key) for key in objectives(flow, call))


def _is_in_a_fit(call: Value) -> bool:
    module, number = call.body.module, call.body.number
    scopes = module.facts.scopes
    while number > 0:
        scope = scopes[number]
        if scope.kind == "function" and scopes[scope.parent].kind == "class" and _FITS_ITSELF.match(scope.name):
            return True
        number = scope.parent
    return False


def objectives(flow: Flow, call: Value) -> list[ScopeKey]:
    """The functions of the repository that an optimizer is handed."""
    found = [(target.module, target.scope) for each in call.arguments[:1] for target in flow.callees(each)]
    return [key for key in (*found, *flow.callbacks(call)) if flow.scope(*key).kind in ("function", "lambda")]


def _judges(flow: Flow, start: ScopeKey) -> bool:
    """Whether a function, or what it calls, fits or measures."""
    layer, seen = [start], {start}
    for _ in range(DEPTH):
        calls = [each for key in layer for each in flow.body(*key).calls]
        if any(flow.roles(each) & LEARNING for each in calls):
            return True
        called = {
            (target.module, target.scope)
            for each in calls
            for target in flow.targets(each)
            if target.kind == "func" and not target.guessed
        }
        layer = sorted(called - seen)[:UNITS_LIMIT]
        seen.update(layer)
    return False

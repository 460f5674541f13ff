"""Numbers that chance has a part in."""

from __future__ import annotations

from mldebt.flow.idioms import is_enumerate_index
from mldebt.flow.scores.scoring import Scoring
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

NUMBER_LIMIT = 30
_RANDOM = regex(r"(^|\.)(rand(om|int|n|range)?|uniform|normal|gauss|integers)$|^(numpy\.)?random\.")


def is_drawn(flow: Flow, value: Value) -> bool:
    """Whether a number has a random one in it."""
    visits = flow.walk(value, flow.back, limit=NUMBER_LIMIT)
    calls = (visit.value for visit in visits if visit.value.kind == "call")
    return any(_RANDOM.search(target.name) for call in calls for target in flow.targets(call))


def is_shaken(flow: Flow, scoring: Scoring, value: Value) -> bool:
    """Whether a number is a place in a list, moved at random, and no score is in it."""

    def beside_places(value: Value, stack: Stack) -> list[Step]:
        is_end = is_enumerate_index(value) or value.calls_external("len")
        return [] if is_end else flow.back(value, stack)

    visits = [visit.value for visit in flow.walk(value, beside_places, limit=NUMBER_LIMIT)]
    is_place = any(map(is_enumerate_index, visits)) and not any(map(scoring.measures, visits))
    return is_place and is_drawn(flow, value)

"""Orders that a person asked for, or an experiment drew: a test around the place says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldebt.flow.conditions.conditions import around, left_by, matched_around
from mldebt.flow.idioms import last_name, read_name
from mldebt.flow.scores.shaken import is_drawn
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

TEST_LIMIT = 12
CHOICE = regex(
    r"(^|_)(sort(_?(by|key|order|mode|field|type|option|method))?|rank(ing)?_?(by|method)|order(_?by|ing)|ordering)$",
    re.IGNORECASE,
)
LABEL = regex(r"\b(sort(ed|ing)?|order(ed|ing)?|\w+ first)\b", re.IGNORECASE)
SWITCH = regex(
    r"(^|_)((sort(ed)?|order(ed)?)_by_\w+|[a-z]+_first|newest|oldest|latest|cheapest|nearest|closest)$", re.IGNORECASE
)
"""What a switch is called that asks for one order: `newest_first`, `sort_by_price`."""
ARM = regex(r"(^|_)(arm|variant|experiments?|treatment|ab_?(test|group))$", re.IGNORECASE)
EXPLORING = regex(r"explor(e|es|ing|ation)(?![a-z])", re.IGNORECASE)
BY_CHANCE = regex(r"shuffl|random|surprise", re.IGNORECASE)
_REQUESTS = regex(r"((flask|quart|bottle)\.)?request(\.|\Z)")
_WIDGETS = frozenset("selectbox radio segmented_control pills checkbox toggle multiselect".split())
"""What a page asks its user with, under a label."""


def is_asked_for(place: Value) -> bool:
    """Whether a sort runs only when somebody chose it: `if sort == "newest":`, `if page.checkbox("Sort by date"):`."""
    if any(CHOICE.search(name) for name in _tested(place)):
        return True
    return any(_is_widget(each) for test in _tests(place) for each in (test, *_compared(test)))


def is_switched_on(flow: Flow, place: Value) -> bool:
    """Whether a sort runs only where a caller says so, who looks at what somebody chose: `if by_date:` of a function
    that is called with `by_date=order_by != "score"`, `if way == "date":` of one that is called with `way=order_by`; or
    where whoever asks an endpoint says so, `if newest_first:`."""
    tests = _tests(place)
    switches = (test for test in tests if test.kind == "param")
    given = (source for switch in switches for source in flow.arguments(switch))
    looked_at = (source.one("test") if source.kind == "choice" else source for source in given)
    names = [name for test in looked_at if test is not None for name in _compared_names(test)]
    ways = (each for test in tests for each in _compared(test) if each.kind == "param")
    names += [name for way in ways for source in flow.arguments(way) for name in _names(source)]
    flags = (flag for test in tests for flag in _flags(test))
    return any(map(CHOICE.search, names)) or any(_is_told_from_outside(flow, flag, SWITCH) for flag in flags)


def is_asked_for_above(way: Sequence[Value]) -> bool:
    """Whether a function on a way is called only when somebody chose it: under such a test, or by an entry of a table
    that the choice is looked up in, `ORDERS[sort](rows)`."""
    calls = (
        call
        for before, after in pairwise(way)
        if before.body is not after.body
        for label, call in before.uses
        if label == "arg" and call.kind == "call"
    )
    return any(is_asked_for(call) or _is_looked_up(call.function) for call in calls)


def _is_looked_up(function: Value) -> bool:
    key = function.one("key") if function.kind == "item" else None
    if function.calls_method("get", "pop") and function.arguments:
        key = function.arguments[0]
    return key is not None and any(CHOICE.search(name) for name in _names(key))


def leaves_to_chance(flow: Flow, place: Value) -> bool:
    """Whether chance is meant to decide at a place: in an arm of an experiment (`if variant == "random":`), where a
    bandit explores (`if random() < epsilon:`, `if settings.EXPLORE:`), or because whoever asks an endpoint said so."""
    if any(ARM.search(name) for name in _tested(place)):
        return True
    deciding = _deciding(place)
    if any(is_drawn(flow, test) for test in deciding):
        return True
    flags = [flag for test in deciding for flag in _flags(test)]
    return any(_explores(flag) or _is_told_from_outside(flow, flag, BY_CHANCE) for flag in flags)


def _deciding(place: Value) -> list[Value]:
    """The tests that decide whether a place is reached, those that leave before it among them."""
    return [*_tests(place), *(test for test, _ in left_by(place.body, place.at))]


def _flags(test: Value) -> Iterator[Value]:
    """What a test asks for the truth of."""
    if test.kind == "operation" and test.data in ("not", "and", "or"):
        for operand in test.every("operand"):
            yield from _flags(operand)
    else:
        yield test


def _explores(flag: Value) -> bool:
    return any(map(EXPLORING.search, _called(flag)))


def _is_told_from_outside(flow: Flow, flag: Value, words: re.Pattern[str]) -> bool:
    """Whether who asks an endpoint says something by a flag of such a name: `shuffle: bool`, `request.shuffle`,
    `request.args.get("shuffle")`."""
    if not any(map(words.search, _called(flag))):
        return False
    endpoints = flow.shared(Endpoints)
    for visit in flow.walk(flag, lambda value, stack: flow.back(value, stack) if value.kind == "param" else []):
        owner = visit.value
        while owner.kind in ("attr", "item") or (owner.kind == "call" and owner.receiver is not None):
            owner = owner.source if owner.kind != "call" else owner.function.source
        if _is_request(owner) or (owner.kind == "param" and endpoints.of(owner.body.key)):
            return True
    return False


def _is_request(value: Value) -> bool:
    """Whether a value is the request at hand: a framework's, or the parameter of a view that only a table of paths
    leads to."""
    asked = value.function if value.kind == "call" else value
    return asked.kind in ("param", "external") and _REQUESTS.match(str(asked.data)) is not None


def _called(flag: Value) -> list[str]:
    if flag.kind == "call" and _is_request(flag) and flag.arguments:
        return [str(flag.arguments[0].data), *_names(flag)]
    return [flag.name] if flag.kind in ("attr", "external") else _names(flag)


def _tested(place: Value) -> list[str]:
    """What the tests around a place compare with a constant, by name."""
    names = [name for test in _tests(place) for name in _compared_names(test)]
    return [*names, *(name for subject in matched_around(place.body, place.at) for name in _names(subject))]


def _tests(place: Value) -> list[Value]:
    """The tests of the `if` statements around a place, and of the expression that it is one way of."""
    choices = (user for label, user in place.uses if label == "value" and user.kind == "choice")
    return [*around(place.body, place.at), *(choice.source for choice in choices)]


def _compared_names(test: Value) -> list[str]:
    return [name for operand in _compared(test) for name in _names(operand)]


def _compared(test: Value) -> list[Value]:
    """What a test compares with a constant, or with a member of an enumeration."""
    found: list[Value] = []
    waiting = [test]
    for _ in range(TEST_LIMIT):
        if not waiting:
            break
        value = waiting.pop()
        operands = value.every("operand")
        if value.kind == "compare" and any(map(_is_fixed, operands)):
            found += operands
        elif value.kind == "operation":
            waiting.extend(operands)
    return found


def _is_fixed(value: Value) -> bool:
    """Whether a value is a constant, or a member of an enumeration: `Order.NEWEST`, `Order.NEWEST.value`."""
    if value.kind == "attr" and value.data in ("value", "name"):
        value = value.source
    return value.kind == "const" or (value.kind == "attr" and value.source.kind == "class")


def _is_widget(value: Value) -> bool:
    """`page.selectbox("Order by", ["score", "date"])`"""
    if value.kind != "call" or last_name(value.function) not in _WIDGETS or not value.arguments:
        return False
    return LABEL.search(str(value.arguments[0].data)) is not None


def _names(value: Value) -> list[str]:
    """What a value is called where it is used."""
    own = [value.name] if value.kind == "param" else []
    return [*value.body.names_of(value), read_name(value), *own]

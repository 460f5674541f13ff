"""Literals that a value never is where it is used: the tests on the way there ask for another."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.conditions.conditions import left_by, same, ways
from mldebt.flow.idioms import bare
from mldebt.flow.value import Value

_IS = {("==",): True, ("!=",): False, ("in",): True, ("not in",): False, ("is",): True, ("is not",): False}
_TEXT_TESTS = {"startswith": str.startswith, "endswith": str.endswith}
DEPTH = 4


def never_is(literal: object, places: Iterable[Value]) -> bool:
    """Whether the tests around some places, of which each is the same value on its way, say that it is not a literal:
    `if name == "large": load(name)`, for the name that a caller gives or a default says."""
    way = list(places)
    names = {same(bare(place)) for place in way if place.kind in ("param", "attr", "item", "call", "phi", "global")}
    return any(
        (answer := _answer(test, literal, names)) is not None and answer is not needed
        for place in way
        if place.at >= 0
        for test, needed in (*ways(place.body, place.at), *left_by(place.body, place.at))
    )


def _answer(test: Value, literal: object, names: set[object], depth: int = 0) -> bool | None:
    """What a test says if the value is a literal; None where that decides nothing."""
    if depth > DEPTH:
        return None
    parts = test.every("operand")
    if test.kind == "operation" and test.data in ("not", "and", "or"):
        answers = [_answer(part, literal, names, depth + 1) for part in parts]
        if test.data == "not":
            return None if answers[0] is None else not answers[0]
        if (ends := test.data == "or") in answers:
            return ends
        return None if None in answers else not ends
    if test.kind == "compare" and test.data in _IS and len(parts) == len("ab"):
        found = _compared(str(test.data[0]), parts, literal, names)
        return found if found is None else found is _IS[test.data]
    if test.calls_method(*_TEXT_TESTS) and _is_it(test.function.source, names) and isinstance(literal, str):
        told = test.arguments[0].data if len(test.arguments) == 1 and _is_const(test.arguments[0]) else None
        return _TEXT_TESTS[test.function.name](literal, told) if isinstance(told, str) else None
    return bool(literal) if _is_it(test, names) else None


def _compared(how: str, parts: list[Value], literal: object, names: set[object]) -> bool | None:
    """Whether a literal is what, or among what, it is compared with."""
    one, other = parts
    if how.endswith("in"):
        if _is_it(one, names):
            listed = other.every("item") if other.kind == "collection" and not other.every("spread") else []
            return literal in [each.data for each in listed] if listed and all(map(_is_const, listed)) else None
        is_part = _is_it(other, names) and isinstance(one.data, str) and isinstance(literal, str) and _is_const(one)
        return str(one.data) in str(literal) if is_part else None
    told = other if _is_it(one, names) else one if _is_it(other, names) else None
    return literal == told.data if told is not None and _is_const(told) else None


def _is_it(value: Value, names: set[object]) -> bool:
    return value.kind != "const" and same(bare(value)) in names


def _is_const(value: Value) -> bool:
    return value.kind == "const"

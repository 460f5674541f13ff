"""Factors that grow or shrink with something that an item has, at a pace that is written down: `exp(-0.1 * age)`."""

from __future__ import annotations

from mldebt.flow.idioms import last_name
from mldebt.flow.scores.bonuses import number
from mldebt.flow.value import Value

PART_LIMIT = 30
_CURVES = frozenset("exp exp2 expm1 pow power log log2 log10 log1p sqrt tanh".split())
_BOUNDS = frozenset("max min clip maximum minimum round float".split())
_MADE_OF = frozenset({"operation", "call", "phi", "choice"})
_READ = frozenset({"attr", "item", "param", "element", "unknown"})


def is_decay(factor: Value, sign: str) -> bool:
    """Whether a score is multiplied, or divided, by a curve over something else with a number in it that is written
    down: `exp(-age / 30)`, `1 / (1 + 0.1 * age)`, `max(0.5, 1 - 0.01 * age)`."""
    if sign == "/":
        return _is_curve_of(factor, ("+",))
    if factor.kind == "operation" and factor.data == "/":
        over, under = factor.every("operand")
        return number(over) == 1 and _is_curve_of(under, ("+",))
    if factor.kind != "call":
        return _is_curve_of(factor, ("+", "-", "**"))
    name = last_name(factor.function)
    if name in _BOUNDS:
        return any(is_decay(each, "*") for each in factor.arguments)
    return name in _CURVES and any(map(_has_pace, factor.arguments))


def _is_curve_of(value: Value, signs: tuple[str, ...]) -> bool:
    """Whether one, more or less so much of something: `1 - 0.01 * age`; or a power of a number."""
    if value.kind != "operation" or value.data not in signs:
        return False
    operands = value.every("operand")
    if len(operands) == 1:
        return False
    first, last = operands
    if value.data == "**":
        return number(first) is not None and _is_read(last)
    parts = [part for part in (first, last) if number(part) != 1]
    return len(parts) == 1 and _has_pace(parts[0])


def _has_pace(value: Value) -> bool:
    """Whether a product or a quotient has a number that is written down, and something else: `-0.1 * age`."""
    parts = _parts(value)
    paces = [found for part in parts if (found := number(part)) is not None and abs(found) not in (0.0, 1.0)]
    scaled = [part for part in parts if part.kind == "operation" and part.data in ("*", "/", "**")]
    return bool(paces and scaled) and any(part.kind in _READ for part in parts)


def _is_read(value: Value) -> bool:
    return any(part.kind in _READ for part in _parts(value))


def _parts(value: Value) -> list[Value]:
    """What a number is worked out from, in its own function."""
    found = [value]
    for each in found:
        if each.kind in _MADE_OF and len(found) < PART_LIMIT:
            found += [
                source for label, source in each.inputs if label not in ("function", "test") and source not in found
            ]
    return found

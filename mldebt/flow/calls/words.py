"""The words that a call is written with."""

from __future__ import annotations

from mldebt.flow import idioms
from mldebt.flow.value import Value


def keyword(call: Value, name: str) -> list[Value]:
    """What a call gives to a keyword."""
    if name not in call.keywords:
        return []
    return [source for key, (_, source) in zip(call.keywords, call.inputs[1:], strict=True) if key == name]


def says(call: Value, name: str, told: object) -> bool:
    """Whether a call gives just this constant to a keyword: True, False, None."""
    return any(source.kind == "const" and source.data is told for source in keyword(call, name))


def last_name(call: Value) -> str:
    """The last part of the name that a call is written with; "" for what is no call."""
    return idioms.last_name(call.inputs[0][1]) if call.kind == "call" else ""

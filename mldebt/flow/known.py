"""Answers that are kept: what is asked again is looked up, and nothing else is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mldebt.flow.value import Value

Answer = TypeVar("Answer")


class Known(dict[Value, Answer]):
    """Answers by the value that they are about. One that is missing is worked out by `ask`, which keeps it here if it
    is the last word; nearly every question is asked many times, and then costs no more than a look into a dict."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[Value], Answer]) -> None:
        self._ask = ask

    def __missing__(self, value: Value) -> Answer:
        return self._ask(value)

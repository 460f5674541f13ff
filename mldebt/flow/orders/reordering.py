"""One operation that breaks the order of a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from mldebt.flow.orders.order import Orders, Origin
from mldebt.flow.steps import Stack
from mldebt.flow.value import Value


class Reorder(NamedTuple):
    """One operation on a ranked sequence: `results` have the new order, `origins` are the rankings that it breaks. The
    `stack` holds the call of its function that makes it one, where others do not."""

    site: Value
    kind: str
    accidental: bool
    text: str
    results: tuple[Value, ...]
    origins: tuple[Origin, ...]
    stack: Stack = ()


class Idiom(msgspec.Struct, frozen=True):
    """A way to break an order: chosen by somebody, or by accident."""

    kind: str
    text: str
    accidental: bool = False


SHUFFLE = Idiom("shuffle", "shuffled")


class Breaks:
    """Makes an idiom that was met a reorder, when there is a ranking upstream."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def of(
        self,
        idiom: Idiom,
        site: Value,
        inputs: Iterable[Value],
        result: Value | None = None,
        stack: Stack = (),
    ) -> Iterator[Reorder]:
        """The reorder of the first input that was ranked; none when none was."""
        for source in inputs:
            origins = tuple(origin for origin in self._orders.rankings(source, stack) if origin.value is not site)
            if origins:
                yield Reorder(site, idiom.kind, idiom.accidental, idiom.text, (result or site,), origins, stack)
                return

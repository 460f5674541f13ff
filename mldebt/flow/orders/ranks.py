"""Positions in a ranking, as values: what `enumerate` counts, maps from an item to its place."""

from __future__ import annotations

import re

from mldebt.flow.idioms import is_enumerate_index
from mldebt.flow.orders.listed import written_out
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

MAP_LIMIT = 40
RANK_NAME = regex(r"^(?!.*(scor|prob|similar|relevan)).*(rank|position|order|index(?!(ed|ing))|idx)", re.IGNORECASE)
"""What positions are called; the score of a reranker is none."""


class Ranks:
    """Questions about positions."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def is_rank(self, value: Value) -> bool:
        """Whether a value is a position in a ranked sequence: an enumerate index, an item of a position map, a rank
        attribute."""
        if is_enumerate_index(value):
            return True
        if value.kind == "item" and isinstance(value.data, int) and value.source.kind in ("param", "element"):
            parts = [step.value for step in self._flow.back(value, ()) if step.label == "item"]
            return any(self.is_rank(part) for part in parts if part.kind != "item" or part.data is None)
        if self._is_place(value):
            return True
        if value.kind == "item" and value.source.kind != "param":
            return self.is_rank_map(value.source)
        if value.calls_method("index", "get"):
            holder = value.function.source
            if self.is_rank_map(holder):
                return True
            is_place = value.function.data == "index" and holder.kind != "const"
            return is_place and written_out(self._flow, holder) is None
        named = value.kind in ("attr", "item") and bool(RANK_NAME.search(str(value.data)))
        return named or self._is_kept_under_key(value)

    def _is_kept_under_key(self, value: Value) -> bool:
        """Whether the dicts that are put in a list for each item have its place under the key that is read."""
        kept = self._flow.under_key(value, ()) if value.kind == "item" and isinstance(value.data, str) else ()
        return bool(kept) and all(is_enumerate_index(step.value) or self._is_place(step.value) for step in kept)

    def _is_place(self, param: Value) -> bool:
        """Whether all that call a function, or have a thread run it, count what they go over for a parameter."""
        if param.kind != "param":
            return False
        given = [*(source for _, source in self._flow.bindings(param)), *self._flow.told(param)]
        return bool(given) and all(map(is_enumerate_index, given))

    def is_rank_map(self, value: Value) -> bool:
        """Whether a mapping holds positions: made by enumerating a sequence, or by counting what it already holds. The
        places in a list that is written out are no positions in a ranking."""
        visits = self._flow.walk(value, self._flow.back, limit=MAP_LIMIT)
        return any(_maps_to_places(visit.value) for visit in visits) and written_out(self._flow, value) is None


def _maps_to_places(node: Value) -> bool:
    if node.kind == "comprehension" and node.data == "dict":
        element = node.one("element")
        return element is not None and is_enumerate_index(element)
    if node.kind == "store" and isinstance(node.data, tuple):
        stored = node.one("value")
        return stored is not None and (is_enumerate_index(stored) or stored.calls_external("len"))
    return node.kind == "mutate" and node.data == "setdefault" and any(map(is_enumerate_index, node.every("arg")[1:]))

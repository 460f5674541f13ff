"""Lists and tables that are written out in the code."""

from __future__ import annotations

from mldebt.flow.idioms import is_enumerate_index
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

NAMES_LIMIT = 8


def written_out(flow: Flow, holder: Value) -> Value | None:
    """The list or table of constants that a value certainly is, or whose places it maps to:
    `{shop: place for place, shop in enumerate(["own", "partner"])}`; None where anything else may be meant."""
    for _ in range(NAMES_LIMIT):
        if holder.kind in ("collection", "dict"):
            return holder if _is_of_constants(holder) else None
        if holder.kind == "comprehension" and holder.data == "dict":
            element = holder.one("element")
            if element is None or not is_enumerate_index(element):
                return None
            given = element.source.source.arguments
            holder = given[0] if given else holder
            continue
        steps = flow.back(holder, ()) if holder.kind != "call" else []
        if len(steps) != 1:
            return None
        holder = steps[0].value
    return None


def _is_of_constants(held: Value) -> bool:
    """Whether several constants are all that is held: what begins empty, or with one, may be filled up."""
    items = held.every("item")
    is_all = len(items) == len([label for label, _ in held.inputs if label != "key"])
    return is_all and len(items) > 1 and all(item.kind == "const" for item in items)

"""Small shapes of code that several questions about order look for."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from mldebt.flow.value import Value
from mldebt.regex import regex

INDEX_LIMIT = 30
PICK_LIMIT = 12
_PLACES = frozenset("slice comprehension phi param same passed mutate call attr item global free".split())
OWN_IDS = frozenset({"id", "_id", "pk"})
"""What an item calls its own id; other names may be those of something that it belongs to."""
EXTENT = frozenset({"shape", "ndim", "dtype"})
"""What an array tells of itself, whatever it holds."""
READS = ("get", "pop", "setdefault", "__getitem__")
"""Methods that give what an object holds under a key."""
_TOOL_CALLS = frozenset({"tool_calls", "function_calls"})
_MASKS = frozenset({"&", "|", "~", "not"})
_ASKING = tuple(
    f"numpy.{name}" for name in "logical_not logical_and logical_or isin in1d isinf isnan isfinite isclose".split()
)
"""Functions that say of each number whether something is so."""
WHICH = regex(
    r"(^|_)(ids?|pk|uuid|guid|key|slug|url|uri|link|asin|sku|isbn|doi|hash|handle|title|name|text|content|item|object|node"
    r"|doc\w*|chunk\w*|page|product|movie|film|book|track|song|video|post|article|paper|story|entity|candidate|result)$",
    re.IGNORECASE,
)
"""What tells one item of a ranking from another; whatever else is read from an item is a property that items share."""


def root(value: Value) -> Value:
    """The first version of a variable that was mutated, stored into or passed along."""
    while value.kind in ("mutate", "store", "passed", "same") and value.inputs:
        value = value.source
    return value


def bare(value: Value) -> Value:
    """A value without the names that it was given since, and the calls that it was handed to."""
    while value.kind in ("passed", "same") and value.inputs:
        value = value.source
    return value


def at_place(value: Value, place: int) -> Value | None:
    """What a tuple that is written out has at a place, counted from its end if negative; None where something is spread
    on the way there, and for other values."""
    inputs = value.inputs if value.kind == "collection" and value.data == "tuple" else ()
    way = inputs[: place + 1] if place >= 0 else inputs[place:]
    if len(way) != (place + 1 if place >= 0 else -place) or any(label != "item" for label, _ in way):
        return None
    return inputs[place][1]


def made_of(value: Value, depth: int) -> Iterator[Value]:
    """A value and what it was made of, so many steps back."""
    yield value
    if depth:
        for _, source in value.inputs:
            yield from made_of(source, depth - 1)


def last_name(function: Value) -> str:
    """The last part of the name that a call calls by, "" when it calls something without a name."""
    if function.kind not in ("attr", "external"):
        return ""
    name: str = function.data  # type: ignore[assignment]
    return name if function.kind == "attr" else name.rpartition(".")[2]


def read_name(value: Value) -> str:
    """The name under which a value is read from an object: `x.name`, `x["name"]`, `x.get("name", 0)`, `getattr(x, …)`;
    "" for anything else."""
    if value.kind in ("attr", "item"):
        return value.data if isinstance(value.data, str) else ""
    if value.calls_method(*READS):
        keys = value.arguments[:1]
    elif value.calls_external("getattr"):
        keys = value.arguments[1:2]
    else:
        return ""
    return key.data if keys and (key := keys[0]).kind == "const" and isinstance(key.data, str) else ""


def told_attribute(call: Value) -> tuple[Value, str] | None:
    """The object and the name of `getattr(object, "name")`, also as `object.__getattribute__(self, "name")`; None for
    any other call."""
    if call.calls_external("getattr", "object.__getattribute__") and len(call.inputs) > 2:
        owner, name = call.inputs[1][1], call.inputs[2][1]
    elif call.calls_method("__getattribute__") and call.function.source.calls_external("super") and call.body.params:
        owner, name = next(iter(call.body.params.values())), call.inputs[-1][1]
    else:
        return None
    return (owner, name.data) if name.kind == "const" and isinstance(name.data, str) else None


def makes_from(call: Value) -> bool:
    """Whether a call makes an object of a library's class out of what it is given: `Section.from_items(items)`."""
    function = call.inputs[0][1]
    if function.kind != "external":
        return False
    owner, _, name = function.name.rpartition(".")
    return name.startswith("from_") and owner.rpartition(".")[2][:1].isupper()


def is_tool_call(value: Value) -> bool:
    """Whether a value is one of the calls that a language model asks the code around it to make: a request, none of its
    results. What is taken from the first one alone may be an answer that was asked for in this form."""
    if value.kind != "element":
        return False
    asked = bare(value.source)
    return any(read_name(bare(each)) in _TOOL_CALLS for each in (asked, *asked.every("operand")))


def takes_all(call: Value) -> bool:
    """`random.sample(x, len(x))`, `df.sample(frac=1)`: every item is drawn, so it is a shuffle."""
    for keyword, source in call.named_arguments:
        if keyword == "frac":
            return source.kind == "const" and source.data in (1, 1.0)
        if source.calls_external("len"):
            return True
    return False


def is_of_heap(call: Value) -> bool:
    """`heapq.nlargest(10, rows)`: what is asked of comes second."""
    return call.calls_external("heapq.nlargest", "heapq.nsmallest")


def selects(item: Value) -> bool:
    """Whether a subscript picks columns or filters rows (a list or a mask) instead of taking one element."""
    key = item.one("key")
    if key is None:
        return False
    return key.kind in ("collection", "compare") or (key.kind == "operation" and key.data in _MASKS) or is_mask(key)


def fills_slice(store: Value) -> bool:
    """`found[:] = rows`, `found[len(found):] = rows`: what is stored are the items themselves."""
    key = store.one("key")
    return key is not None and key.kind == "template" and key.texts == ("slice",)


def fills_whole(store: Value) -> bool:
    """`found[:] = rows`: nothing is left of what was there."""
    return fills_slice(store) and not store.every("key")[0].inputs


def is_mask(value: Value) -> bool:
    """Whether a value says of each row if it is wanted."""
    if value.calls_external(*_ASKING):
        return True
    return value.calls_method(
        "isin", "is_in", "isna", "notna", "isnull", "notnull", "between", "contains", "duplicated"
    )


def taken_by(value: Value) -> Value | None:
    """The places or labels by which rows are taken, in their order: `rows.iloc[places]`, `vectors[best]`,
    `rows.reindex(ids)`. A mask keeps the order of the rows."""
    if value.calls_method("reindex", "take") and value.arguments:
        return value.arguments[0]
    key = value.one("key") if value.kind == "item" else None
    if key is not None and key.kind == "collection" and key.data == "tuple" and key.inputs:
        parts = [part for _, part in key.inputs]
        key = parts[1] if len(parts) == 2 and _counts_rows(parts[0]) else parts[0]
    return key if key is not None and key.kind in _PLACES else None


def _counts_rows(places: Value) -> bool:
    """`numpy.arange(n)[:, None]`: whether places are those of all rows, in each of which some are taken."""
    while places.kind == "item" or places.calls_method("reshape"):
        places = places.source if places.kind == "item" else places.function.source
    return places.calls_external("numpy.arange", "torch.arange")


def is_enumerate_index(value: Value) -> bool:
    """The first of the two that `enumerate` gives."""
    if value.kind != "item" or value.data != 0 or value.source.kind != "element":
        return False
    return value.source.source.calls_external("enumerate")


def is_walked(loop: Value) -> bool:
    """Whether a loop takes its elements one after the other (a `for`), not by a test (a `while`)."""
    return any(user.kind == "element" for _, user in loop.uses)


def is_set(value: Value) -> bool:
    """Whether a value is a set, as it is written right there: made, or put together from others."""
    if value.kind == "operation" and value.data in ("-", "&", "|"):
        return is_set(value.source)
    if value.calls_method("difference", "intersection", "union"):
        return is_set(value.function.source)
    return value.calls_external("set", "frozenset") or (value.kind == "comprehension" and value.data == "set")


def is_negated(value: Value) -> bool:
    return value.kind == "operation" and value.data == "-" and len(value.inputs) == 1


def number_written(value: Value) -> int | float | None:
    """The number that stands in the code, with a sign before it or not; None for anything else."""
    given = value.source if is_negated(value) else value
    number = given.data if given.kind == "const" else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return number if given is value else -number


def indexed(value: Value) -> list[Value]:
    """The sequences that a value is cut from by index or slice: what a walk over positions walks over."""
    queue, seen = deque([value]), 0
    while queue and seen < INDEX_LIMIT:
        node = queue.popleft()
        seen += 1
        if node.kind in ("item", "slice") and not isinstance(node.data, str):
            return [node.source]
        queue.extend(source for label, source in node.inputs if label != "function")
    return []


def unpacked(value: Value) -> Value:
    """Through `a, b = x, y`: the part of a tuple that was written out."""
    while value.kind == "item" and isinstance(value.data, int) and value.source.kind == "collection":
        parts = value.source.inputs
        if not 0 <= value.data < len(parts) or any(label == "spread" for label, _ in parts):
            break
        value = parts[value.data][1]
    return value


def picked_from(value: Value) -> list[Value]:
    """The sequences that a value was taken from by `next`, `pop` or an index."""
    found: list[Value] = []
    queue: deque[Value] = deque([value])
    seen: set[Value] = set()
    while queue and len(seen) < PICK_LIMIT:
        node = unpacked(queue.popleft())
        if node in seen:
            continue
        seen.add(node)
        if node.kind in ("phi", "choice", "same"):
            queue.extend(node.every("value"))
        elif node.kind == "passed":
            queue.append(node.source)
        elif node.kind in ("item", "element"):
            found.append(node.source)
        elif node.calls_external("next", "max", "min") and len(node.inputs) > 1:
            source = node.inputs[1][1]
            found.extend(source.every("iterable")[-1:] if source.kind == "comprehension" else [source])
        elif node.calls_method("pop", "popleft"):
            found.append(node.function.source)
    return found

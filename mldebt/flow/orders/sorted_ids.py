"""Sorts of ids by themselves: what a search or a recommender gave comes in the order of its numbers."""

from __future__ import annotations

from mldebt.flow.idioms import WHICH, bare, read_name
from mldebt.flow.value import Value
from mldebt.regex import regex

USE_LIMIT = 40
DEPTH = 3
_IDS = regex(r"(^|_)(ids|indices|indexes|places|positions|labels|keys|pks|uuids|slugs|asins|skus|isbns)$")
_READ_IN_TURN = regex(
    r"sentence|chunk|line|para|passage|segment|token|page|frame|section|block|span|text|turn|message|step"
)
"""What is read in the order in which it was written, whichever of it is picked."""
SORTING = frozenset({"sorted", "sort", "msort"})
_PASSING = frozenset({"phi", "same", "passed", "slice", "choice"})


def sorts_ids(sort: Value, sequence: list[Value]) -> bool:
    """Whether a sort without a key puts ids in the order of their values: they are called so, or something is looked up
    by each. Parts of a text that are picked are put back in the order in which they are read."""
    held = [holder for each in _elements(sort) for holder in _looked_up_by(each)]
    if any(_READ_IN_TURN.search(name) for holder in held for name in _names(holder)):
        return False
    if any(WHICH.search(read_name(source)) for source in sequence):
        return True
    return bool(held) or any(_IDS.search(name) for source in sequence for name in _names(bare(source)))


def ranks_by_lookup(sort: Value) -> bool:
    """Whether a sort looks each item up in a mapping of scores, so that the items are none: `key=scores.get`."""
    key = dict(sort.named_arguments).get("key") if sort.kind == "call" else None
    return key is not None and key.kind == "attr" and key.data in ("get", "__getitem__")


def _elements(sort: Value) -> list[Value]:
    """What loops meet in a sorted sequence, and in what is taken of it."""
    waiting, seen, found = [sort], {sort}, []
    while waiting and len(seen) < USE_LIMIT:
        value = waiting.pop()
        for _, user in value.uses:
            if user.kind == "element" and user.source is value:
                found.append(user)
            elif user.kind in _PASSING and user not in seen:
                seen.add(user)
                waiting.append(user)
    return found


def _looked_up_by(each: Value, depth: int = DEPTH) -> list[Value]:
    """What holds something under an id: `items[i]`, `items.get(i)`, `rows.iloc[i]`."""
    found = []
    for label, user in each.uses:
        if user.kind == "item" and label == "key":
            found.append(user.source)
        elif user.calls_method("get", "get_item", "reconstruct") and label == "arg":
            found.append(user.function.source)
        elif depth and (user.kind in _PASSING or user.calls_external("int", "str")):
            found.extend(_looked_up_by(user, depth - 1))
    return found


def _names(value: Value) -> list[str]:
    inner = value.source if value.kind == "attr" and value.data in ("iloc", "loc") else value
    own = [inner.variable[1]] if inner.kind in ("global", "free") else []
    own += [inner.name.rpartition(".")[2]] if inner.kind in ("param", "attr", "external") else []
    return [name.lower() for name in (*inner.body.names_of(inner), *own, read_name(inner))]

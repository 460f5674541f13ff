"""The versions of a list that is filled, filtered and put together."""

from __future__ import annotations

from collections import deque
from collections.abc import KeysView

from mldebt.flow.idioms import root
from mldebt.flow.value import Value

BEGINNING_LIMIT = 60
VERSION_LIMIT = 40
JOIN_LIMIT = 24

TERM_LIMIT = 100
"""Values looked at in one sum: nobody joins a hundred lists by hand, but generated code adds thousands of numbers."""


def beginnings(value: Value) -> KeysView[Value]:
    """The values that a variable started as, before it was mutated, joined or looped over."""
    found: dict[Value, None] = {}
    seen: set[Value] = set()
    waiting = [value]
    while waiting and len(seen) < BEGINNING_LIMIT:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind == "phi":
            waiting.extend(node.every("value"))
        elif node.kind in ("mutate", "store", "passed", "same") and node.inputs:
            waiting.append(node.source)
        else:
            found[node] = None
    return found.keys()


def joined(value: Value) -> KeysView[Value]:
    """The values that meet in a variable, through branches and loops."""
    found: dict[Value, None] = {}
    seen: set[Value] = set()
    waiting = [value]
    while waiting and len(seen) < BEGINNING_LIMIT:
        node = waiting.pop()
        if node.kind != "phi":
            found[node] = None
        elif node not in seen:
            seen.add(node)
            waiting.extend(node.every("value"))
    return found.keys()


def filled(value: Value) -> Value:
    """Through joins to the appended version: a list that is filled in a loop is a phi of its empty start and its
    appends."""
    waiting, seen = deque([value]), {value}
    while waiting and value.kind == "phi" and len(seen) < JOIN_LIMIT:
        joined = [source for source in waiting.popleft().every("value") if source not in seen]
        changed = next((source for source in joined if source.kind == "mutate"), None)
        if changed is not None:
            return changed
        seen.update(joined)
        waiting.extend(source for source in joined if source.kind == "phi")
        if not waiting and joined:
            return joined[0]
    return value


def versions(value: Value) -> list[Value]:
    """A variable's earlier versions, itself first."""
    found: dict[Value, None] = {}
    waiting = deque([value])
    while waiting and len(found) < VERSION_LIMIT:
        node = waiting.popleft()
        if node not in found:
            found[node] = None
            labels = ("base", "value") if node.kind == "phi" else ("base",)
            waiting.extend(source for label, source in node.inputs if label in labels)
    return list(found)


def cut_from(value: Value) -> tuple[Value, Value | None]:
    """Through slices, copies and sorts, as often as a loop cuts what it has: the list itself, and what the last slice
    was taken of, if there is one."""
    cut: Value | None = None
    for _ in range(VERSION_LIMIT):
        value = filled(value)
        if value.kind == "slice":
            value = cut = value.source.source if value.source.kind == "attr" else value.source
        elif value.calls_method("head", "tail") and value.receiver is not None:
            value = cut = value.receiver
        elif value.calls_method("reset_index", "copy") and value.receiver is not None:
            value = value.receiver
        elif value.calls_external("list", "sorted") and value.arguments:
            value = value.arguments[0]
        elif value.kind == "mutate" and value.data == "sort":
            value = value.source
        else:
            break
    return value, cut


def is_filtered(value: Value) -> bool:
    """Whether a list holds only some of the items of another."""
    value, _ = cut_from(value)
    if value.calls_external("filter"):
        return True
    if value.kind == "comprehension":
        return bool(value.every("condition"))
    return value.kind in ("item", "mutate")


def terms(value: Value) -> list[Value]:
    """The lists that are put one after the other by `+`; of a very long sum, the first."""
    found: list[Value] = []
    waiting = [value]
    for _ in range(TERM_LIMIT):
        if not waiting:
            break
        node = waiting.pop()
        if node.kind == "operation" and node.data == "+":
            waiting.extend(reversed(node.every("operand")))
        else:
            found.append(node)
    return found


def was_given(value: Value) -> bool:
    """An object that was there before: handed in or looked up, not made here."""
    value = root(filled(value))
    looked_up = value.calls_method("get") or value.calls_external("next")
    return looked_up or value.kind in ("param", "item", "element", "attr")

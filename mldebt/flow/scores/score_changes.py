"""Numbers that are changed for some items: in a mapping, or in place of the same number for the others."""

from __future__ import annotations

from typing import NamedTuple

from mldebt.flow.idioms import read_name, root
from mldebt.flow.value import Value
from mldebt.regex import regex

OWNER_DEPTH = 8
_SCALING = frozenset({"*", "/", "+", "-"})
SCORE = regex(r"scor|prob|confiden|similarit|relevan|likelihood")


class Change(NamedTuple):
    """The number as it was, by what it is changed, and where."""

    site: Value
    score: Value
    amount: Value


def changed_entry(store: Value) -> Change | None:
    """`scores[item.id] *= 1.2`: an entry of a mapping that is made of itself and an amount."""
    value, base, key = store.one("value"), store.one("base"), store.one("key")
    if value is None or base is None or key is None or key.kind == "const" or not store.loops:
        return None
    old = [part for part in value.every("operand") if part.kind == "item" and root(part.source) is root(base)]
    amounts = [part for part in value.every("operand") if part not in old]
    is_change = value.kind == "operation" and value.data in _SCALING and len(old) == len(amounts) == 1
    return Change(store, base, amounts[0]) if is_change else None


def chosen_change(choice: Value) -> Change | None:
    """`score * 0.5 if item.is_old else score`, where an item says so and its score does not."""
    test, values = choice.one("test"), choice.every("value")
    changed = next((each for each in values if each.kind == "operation" and each.data in _SCALING), None)
    if test is None or changed is None:
        return None
    old = [part for part in changed.every("operand") if any(_same(part, each) for each in values)]
    amounts = [part for part in changed.every("operand") if part not in old]
    if len(old) != 1 or len(amounts) != 1:
        return None
    asked = [part for part in _asked(test) if read_name(part)]
    if not asked or any(SCORE.search(read_name(part).lower()) or not _is_of_item(part, old[0]) for part in asked):
        return None
    return Change(changed, old[0], amounts[0])


def _same(one: Value, other: Value) -> bool:
    """Whether two values are one, or are read from one object by one name."""
    return one is other or (bool(read_name(one)) and read_name(one) == read_name(other) and one.source is other.source)


def _asked(test: Value) -> list[Value]:
    """What a test asks for."""
    parts = test.every("operand") if test.kind in ("compare", "operation") else [test]
    return [each for part in parts for each in ([part] if read_name(part) else part.every("operand"))]


def _is_of_item(read: Value, score: Value) -> bool:
    """Whether something is read from what a loop or a key function meets, or from what the score is read from; what a
    configuration says holds for all."""
    owner = _owner(read)
    if owner.kind == "element":
        return True
    return owner.kind == "param" and (owner.body.scope.kind == "lambda" or owner is _owner(score))


def _owner(read: Value) -> Value:
    for _ in range(OWNER_DEPTH):
        if read.kind == "call" and read.receiver is not None:
            read = read.receiver
        elif read.kind in ("attr", "item", "passed", "same") and read.inputs:
            read = read.source
    return read

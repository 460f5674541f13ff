"""The ids that the conditions of a query ask for: `Q(pk__in=ids)`, `Item.id.in_(ids)`, one condition an id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.idioms import OWN_IDS, last_name, read_name
from mldebt.flow.value import Value
from mldebt.regex import regex

ID_LOOKUP = regex(
    r"((^|_)(id|pk|uuid|guid|key|slug|hash|isbn|asin|sku|idx|mbid|doi)"
    r"|(movie|film|item|product|book|track|song|video|user|article|paper|post|doc|document|store|recipe|place|anime|game|job"
    r"|news|image|photo|recording|entity|node|chunk|row|record|external)id)__in$",
    re.IGNORECASE,
)
CONDITION_LIMIT = 30
CONDITION_WORDS = 3
_JOINING = frozenset({"and_", "or_", "reduce", "list", "tuple"})


def asked_ids(call: Value) -> list[Value]:
    """The ids that the conditions of a call ask for, however these are put together."""
    found = [*_told(call.arguments)] if last_name(call.function) == "where" else []
    waiting, seen = list(call.arguments), 0
    while waiting and seen < CONDITION_LIMIT:
        condition = waiting.pop(0)
        seen += 1
        found += _asked(condition)
        waiting += _parts(condition)
    return found


def unset(ids: Value) -> Value:
    """What the ids of ranked items were put in a set from: its order says nothing, and neither does the query's. Ids of
    what the items belong to are looked up for them, in any order."""
    given = ids
    while given.calls_external("set", "frozenset", "list", "tuple") and given.arguments:
        given = given.arguments[0]
    if given.kind != "comprehension":
        return given
    element = given.one("element")
    while element is not None and element.calls_external("int", "str") and element.arguments:
        element = element.arguments[0]
    is_own = element is not None and (read_name(element) in OWN_IDS or not read_name(element))
    return given.every("iterable")[-1] if is_own and given.data == "set" else given if is_own else ids


def _asked(condition: Value) -> list[Value]:
    """The ids of one condition; where it asks for one id in a loop, what the loop goes over."""
    if condition.kind == "compare" and condition.data == ("==",):
        own, other = condition.every("operand")
        name = own.name.rpartition(".")[2] if own.kind == "external" else read_name(own)
        return [*_walked(other)] if name in OWN_IDS else []
    if condition.kind == "operation" and condition.data == "<<":
        own, other = condition.every("operand")
        return [other] if read_name(own) in OWN_IDS else []
    if condition.kind != "call":
        return []
    name = last_name(condition.function)
    if name in ("in_", "any_"):
        return condition.arguments[:1]
    if name == "In":
        return condition.arguments[1:2]
    if name == "FieldFilter":
        return _told(condition.arguments)
    given = condition.named_arguments if name == "Q" else []
    found = [source for keyword, source in given if ID_LOOKUP.search(keyword)]
    return found + [each for keyword, source in given if keyword in OWN_IDS for each in _walked(source)]


def _told(words: list[Value]) -> list[Value]:
    """The ids of a condition in three words: `where("id", "in", ids)`."""
    field, sign = [word.data for word in words[:2]] if len(words) == CONDITION_WORDS else ("", "")
    return words[2:] if sign == "in" and field in OWN_IDS else []


def _walked(value: Value) -> Iterator[Value]:
    """What a value is met in, one by one: itself or one of its fields."""
    while value.kind in ("attr", "item") and value.inputs:
        value = value.source
    if value.kind == "element":
        yield value.source


def _parts(condition: Value) -> list[Value]:
    """The conditions that one is put together from."""
    if condition.kind in ("operation", "phi", "choice", "same"):
        joins = condition.kind != "operation" or condition.data in ("&", "|")
        return [source for label, source in condition.inputs if label in ("operand", "value")] if joins else []
    if condition.kind == "comprehension":
        return condition.every("element")
    if condition.kind == "collection":
        return [source for _, source in condition.inputs]
    return condition.arguments if condition.kind == "call" and last_name(condition.function) in _JOINING else []

"""Amounts by which a model's score is raised for some items, told by their form and by what columns are called."""

from __future__ import annotations

import re
from itertools import pairwise

from mldebt.flow.idioms import read_name
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.regex import regex

PART_LIMIT = 6
SMALL = 1e-3
"""A share below that only tells equal scores apart."""
_OF_SORTS = frozenset({"key", "by", "iterable"})
_BONUS = regex(r"(^|_)(bonus|boost|promo\w*|sponsor\w*|penalty|malus)(_|$)", re.IGNORECASE)


def number(value: Value) -> float | None:
    """The number that a literal is."""
    is_one = value.kind == "const" and not isinstance(value.data, bool)
    return float(value.data) if is_one and isinstance(value.data, int | float) else None


def is_amount(value: Value) -> bool:
    """Whether a value is a literal that changes a score, or a power of one: `0.8 ** count`."""
    if value.kind == "operation" and value.data == "**":
        value = value.source
    found = number(value)
    return found is not None and abs(found) not in (0.0, 1.0)


def is_called_bonus(amount: Value) -> bool:
    """Whether an amount is what an item or a table has under a bonus' name: `rows["freshness_bonus"]`."""
    return _BONUS.search(read_name(amount)) is not None


def is_share_beside(score: Value, amount: Value) -> bool:
    """`rows["score"] + 0.2 * rows["recency"]`: whether a share of a column is added to the whole of the score beside
    it."""
    if amount.kind != "operation" or amount.data != "*" or not read_name(score):
        return False
    shares = [found for factor in amount.every("operand") if (found := number(factor)) is not None]
    columns = [factor for factor in amount.every("operand") if read_name(factor)]
    is_beside = len(columns) == 1 and columns[0].source is score.source and read_name(columns[0]) != read_name(score)
    return is_beside and len(shares) == 1 and abs(shares[0]) > SMALL


def factor_of_flag(amount: Value) -> Value | None:
    """What a yes or no is multiplied by: `boost` in `hit * boost`, where `hit` is `1.0 if … else 0.0`."""
    factors = amount.every("operand") if amount.kind == "operation" and amount.data == "*" else []
    flags = [factor for factor in factors if _is_flag(factor)]
    return next((factor for factor in factors if factor not in flags), None) if len(flags) == 1 else None


def stored_names(node: Value) -> list[str]:
    """The columns and attributes in which a value is kept: `rows["score"] = …`, `rows.assign(score=…)`."""
    stores = [user for label, user in node.uses if label == "value" and user.kind == "store"]
    given = [user for label, user in node.uses if label == "arg" and user.calls_method("assign")]
    named = [keyword for call in given for keyword, source in call.named_arguments if source is node and keyword]
    return [*(store.key for store in stores if isinstance(store.key, str)), *named]


def takes_best(call: Value) -> bool:
    """Whether a call takes the best of some items or scores."""
    if call.calls_method("idxmax", "argmax") or call.calls_external("numpy.argmax", "torch.argmax"):
        return True
    return call.calls_external("max", "min") and "key" in call.keywords


def picks(call: Value) -> list[Value]:
    """The list that the best are picked into, one each time round a loop."""
    if not call.loops or not takes_best(call):
        return []
    added = [each for each in call.body.nodes if each.kind == "mutate" and each.data == "append" and each.loops]
    return [each for each in added if set(each.loops) & set(call.loops) and call in _parts(each)][-1:]


def _parts(append: Value) -> list[Value]:
    """What is added: itself, what it is cast from, the place that it is taken from."""
    found = append.every("arg")[:1]
    for value in found:
        if len(found) < PART_LIMIT:
            found += value.arguments[:1] if value.calls_external("int") else value.every("key")
    return found


def kept_under(visit: Visit) -> set[str]:
    """The columns, keys and attributes that a value was put under on a way forward."""
    found: set[str] = set()
    for before, after in pairwise(visit.path()):
        user, given = after.value, before.value
        if user.kind == "store" and after.label == "value":
            found.update([user.key] if isinstance(user.key, str) else [])
        elif user.kind == "dict":
            keys = zip(user.keys, user.every("item"), strict=True)
            found |= {key for key, item in keys if item is given and isinstance(key, str)}
        elif user.kind == "call":
            found |= _keywords(given, user) - _OF_SORTS
    return found


def _keywords(given: Value, call: Value) -> set[str]:
    """The keywords by which a call is given a value, or the function that returns it."""
    unit = given.body.key
    named = [(keyword, source) for keyword, source in call.named_arguments if keyword]
    return {word for word, source in named if source is given or (source.kind == "func" and source.scope_key == unit)}


def choosing(node: Value) -> list[Value]:
    """The tests that choose a value in place of another: `node if test else other`, `np.where(test, node, other)`,
    `other.where(test, node)`."""
    found: list[Value] = []
    for label, user in node.uses:
        if label == "value" and user.kind == "choice":
            found += user.every("test")
        elif label == "arg" and (user.calls_external("numpy.where") or user.calls_method("where", "mask")):
            found += [test for test in user.arguments[:1] if test is not node]
    return found


def _is_flag(value: Value) -> bool:
    values = value.every("value") if value.kind in ("choice", "phi") else []
    return len(values) > 1 and {number(each) for each in values} == {0.0, 1.0}

"""Amounts by which a model's score is raised for some items, told by their form and by what columns are called."""

from __future__ import annotations

import re

from mldebt.flow.idioms import read_name
from mldebt.flow.value import Value
from mldebt.regex import regex

SMALL = 1e-3
"""A share below that only tells equal scores apart."""
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
    """The columns and attributes in which a value is kept."""
    stores = (user for label, user in node.uses if label == "value" and user.kind == "store")
    return [store.key for store in stores if isinstance(store.key, str)]


def _is_flag(value: Value) -> bool:
    values = value.every("value") if value.kind in ("choice", "phi") else []
    return len(values) > 1 and {number(each) for each in values} == {0.0, 1.0}

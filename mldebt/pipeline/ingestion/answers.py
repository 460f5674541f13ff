"""What a model said, as the columns and statements that name it tell: evidence against a finding only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from mldebt.flow.body import Body
from mldebt.flow.rows.answers import names_answers
from mldebt.flow.value import Value
from mldebt.regex import regex

_STATEMENT = regex(r"\s*(select|with)\s", re.IGNORECASE)
_WORD = regex(r"\w+")


def works_on_answers(content: Iterable[Value], bodies: Iterable[Body], statements: Iterable[str]) -> bool:
    """Whether a model's answers stand in what is worked on: the whole is sorted or joined by a column of that name, the
    code around takes such a field of its rows, or a statement that reads them names one."""
    named = (name for value in content for name in _columns(value))
    taken = (name for body in bodies for node in body.nodes for name in _fields(node))
    asked = (word for text in statements if _STATEMENT.match(text) for word in _WORD.findall(text))
    return any(map(names_answers, chain(named, taken, asked)))


def _columns(value: Value) -> Iterator[object]:
    """The columns that are named where a value is made, or taken of it."""
    if value.kind == "call":
        yield from (name for given in value.arguments for name in _constants(given))
    for taken in (value, *(user for label, user in value.uses if label == "object")):
        if taken.kind == "item" and (key := taken.one("key")) is not None:
            yield from _constants(key)
        elif taken.kind == "attr":
            yield taken.data


def _fields(node: Value) -> Iterator[object]:
    """The field that is taken of a record: `row["score"]`, `row.get("score")`."""
    if node.kind == "item":
        yield node.key
    elif node.calls_method("get") and node.arguments and node.arguments[0].kind == "const":
        yield node.arguments[0].data


def _constants(value: Value) -> Iterator[object]:
    if value.kind == "const":
        yield value.data
    elif value.kind == "collection":
        yield from (part.data for part in value.every("item") if part.kind == "const")

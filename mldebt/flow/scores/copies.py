"""Objects that are copied with something else in some fields: `replace(item, score=item.score * 0.5)`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mldebt.flow.conditions import conditions
from mldebt.flow.idioms import read_name, root
from mldebt.flow.value import Value

_REPLACING = ("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve")
_COPYING = ("_replace", "model_copy", "copy", "evolve")


class Copy(msgspec.Struct, frozen=True):
    """The number that a copy has under a name, the object that it is a copy of, and the tests that chose it."""

    name: str
    value: Value
    base: Value
    tests: tuple[Value, ...]


def copies(call: Value) -> Iterator[Copy]:
    """The numbers that a call gives to a copy of an object by keyword: one each, or one of two by a test."""
    around = (*conditions.around(call.body, call.at), *_choosing(call))
    for name, given in given_anew(call):
        test = given.one("test") if given.kind == "choice" else None
        tests = (*around, test) if test is not None else around
        for value in given.every("value") if test is not None else [given]:
            base = copied(call) or _read_from(value, name)
            if base is not None and tests:
                yield Copy(name, value, base, tests)


def given_anew(call: Value) -> Iterator[tuple[str, Value]]:
    """What a call is given under names, in `update={"score": 0.5}` too."""
    for keyword, value in call.named_arguments:
        if keyword == "update" and value.kind == "dict":
            pairs = zip(value.keys, value.every("item"), strict=False)
            yield from ((key, item) for key, item in pairs if isinstance(key, str))
        elif keyword not in ("", "*", "**"):
            yield keyword, value


def copied(call: Value) -> Value | None:
    """The object that a call copies."""
    if call.calls_external(*_REPLACING) and call.arguments:
        return call.arguments[0]
    return call.receiver if call.calls_method(*_COPYING) else None


def _read_from(value: Value, name: str) -> Value | None:
    """The object whose number under the same name a new one is computed from: `Item(score=item.score * 0.5)`."""
    reads = [part for part in value.every("operand") if read_name(part) == name and part.kind in ("attr", "item")]
    return root(reads[0].source) if reads else None


def _choosing(call: Value) -> list[Value]:
    """The test of a choice that a call is one of the ways of: `replace(item, score=0.5) if item.is_fresh else item`."""
    tests = (user.one("test") for label, user in call.uses if user.kind == "choice" and label == "value")
    return [test for test in tests if test is not None]

"""Results of a function that come in company: `items, query = found(…)`, where one tells which `return` it was."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.conditions.conditions import ways
from mldebt.flow.idioms import root
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_IS = {("is",): True, ("==",): True, ("is not",): False, ("!=",): False}


class Companions:
    """Questions about ways that go through a `return` of several values."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def exclude(self, way: tuple[Value, ...], site: Value) -> bool:
        """Whether a place only runs where another value of the same `return` is `None`, and it is not on this way; or
        the other way about."""
        asked = [each for test, answer in ways(site.body, site.at) for each in _asked(test, answer=answer)]
        return any(self._is_other(value, item, is_none) for item, is_none in asked for value in way)

    def _is_other(self, value: Value, item: Value, is_none: bool) -> bool:
        """Whether a value was returned in company of something else than what a test looked at."""
        body, place = value.body, item.data
        returned = [each for each in body.returns.every("value") if each.kind == "collection"]
        written = [each for each in returned if any(source is value for source in each.every("item"))]
        if not written or not isinstance(place, int) or body is item.body:
            return False
        targets = self._flow.targets(root(item.source))
        if not any(target.kind == "func" and target.key == body.key for target in targets):
            return False
        is_told = any(_is_nothing(each, place) for each in returned)
        return is_told and all(_is_nothing(each, place) is not is_none for each in written)


def _asked(test: Value, *, answer: bool) -> Iterator[tuple[Value, bool]]:
    """The parts of what a call gave that a test asks about, and whether they are nothing where it has that answer."""
    parts = test.every("operand")
    if test.kind == "operation" and test.data == "not":
        yield from _asked(parts[0], answer=not answer)
    elif test.kind == "operation" and test.data == ("and" if answer else "or"):
        for part in parts:
            yield from _asked(part, answer=answer)
    elif test.kind == "compare" and test.data in _IS and any(map(_is_none, parts)):
        asked = next((part for part in parts if _is_part(root(part))), None)
        if asked is not None:
            yield root(asked), _IS[test.data] is answer
    elif _is_part(root(test)):
        yield root(test), not answer


def _is_part(value: Value) -> bool:
    return value.kind == "item" and isinstance(value.data, int) and root(value.source).kind == "call"


def _is_none(value: Value) -> bool:
    return value.kind == "const" and value.data is None


def _is_nothing(returned: Value, place: int) -> bool:
    return 0 <= place < len(returned.inputs) and _is_none(returned.inputs[place][1])

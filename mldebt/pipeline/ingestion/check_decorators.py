"""Checks that a decorator makes of what a function takes or returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mldebt.facts import record
from mldebt.flow.body import Body
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_OF_INPUT = frozenset({"check_input", "check_io", "check_types"})
_OF_OUTPUT = frozenset({"check_output", "check_io", "check_types"})
_BY_TYPES = frozenset({"check_types"})
"""What checks only what an annotation with a schema describes: `DataFrame[Clicks]`."""


class CheckDecorators:
    """Questions about one function at a time."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, body: Body, is_content: Callable[[Value], bool]) -> Value | None:
        """What a function is given or returns of some content, when a decorator checks it."""
        for name in self._names(body):
            checked = (*_taken(body, name), *_given(body, name))
            found = next((value for value in checked if is_content(value)), None)
            if found is not None:
                return found
        return None

    def _names(self, body: Body) -> Iterator[str]:
        """What a function's checking decorators are called."""
        if not body.scope.decorators:
            return
        around = self._flow.body(body.module.index, max(body.scope.parent, 0))
        for ref in body.scope.decorators:
            value = around.values.get(ref)
            if value is None:
                continue
            targets = self._flow.targets(value) if value.kind == "call" else self._flow.callees(value)
            for target in targets:
                if target.api is not None and "validates" in target.api.roles:
                    yield target.api.name.rpartition(".")[2]


def _taken(body: Body, name: str) -> Iterator[Value]:
    """The parameters that a decorator of some name checks."""
    for parameter in body.scope.parameters if name in _OF_INPUT else ():
        value = body.params.get(parameter.name)
        if value is not None and (name not in _BY_TYPES or _has_schema(body, parameter.annotation)):
            yield value


def _given(body: Body, name: str) -> list[Value]:
    """The results that a decorator of some name checks."""
    is_checked = name in _OF_OUTPUT and (name not in _BY_TYPES or _has_schema(body, body.scope.returns))
    return body.returns.every("value") if is_checked else []


def _has_schema(body: Body, annotation: record.Ref) -> bool:
    """Whether an annotation says of what a table is made: `DataFrame[Clicks]`."""
    node = body.facts.exprs[annotation] if annotation >= 0 else None
    is_text = isinstance(node, record.Constant) and "[" in str(node.value)
    return isinstance(node, record.Subscript) or is_text

"""Which argument fills which parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.facts.record import Parameter
from mldebt.flow.body import Body
from mldebt.flow.idioms import bare
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_BY_PLACE = ("", "positional")


class Arguments:
    """Matches calls with the functions that they call."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._matched: dict[tuple[Value, Body], dict[str, list[Value]]] = {}

    def given(self, call: Value, body: Body, name: str) -> list[Value]:
        """The values that a call gives to one parameter of a function."""
        return self.matched(call, body).get(name, [])

    def matched(self, call: Value, body: Body) -> dict[str, list[Value]]:
        """The values that a call gives, by parameter; worked out once, for walks come back to the same calls."""
        try:
            return self._matched[call, body]
        except KeyError:
            found = self._matched[call, body] = self._match(call, body)
            return found

    def _match(self, call: Value, body: Body) -> dict[str, list[Value]]:
        if (field := self._flow.validators.given(call, body.key)) is not None:
            return {self._flow.validators.parameter(body.key): field}
        is_bound, receiver = self._receiver(call, body)
        given = self._given(call)
        found = {
            parameter.name: _written(given, parameter, place - int(is_bound))
            for place, parameter in enumerate(body.scope.parameters)
        }
        if is_bound and body.scope.parameters:
            found[body.scope.parameters[0].name] = [receiver] if receiver is not None else []
        return found

    def filling(self, call: Value, position: int, body: Body) -> list[Value]:
        """The parameters of a function that a call's argument (by position among the written ones) may fill."""
        source = call.inputs[1 + position][1]
        matched = self.matched(call, body)
        return [param for name, param in body.params.items() if source in matched.get(name, ())]

    def _receiver(self, call: Value, body: Body) -> tuple[bool, Value | None]:
        """Whether the first parameter is filled by an object, and which one if there was one before the call."""
        for target in self._flow.targets(call):
            if target.kind == "class":
                return True, None
            if target.kind != "func" or body.key not in (target.key, *self._flow.decorations.layers(target.key)):
                continue
            home = self._flow.program.modules[target.module]
            if home.takes_self(target.scope) and (target.receiver is not None or home.takes_class(target.scope)):
                return True, target.receiver
        return False, None

    def _given(self, call: Value) -> list[tuple[str, Value]]:
        """The arguments of a call, behind those that a partial application holds already."""
        if call.calls_external("functools.partial"):
            return call.named_arguments[1:]
        function: Value | None = call.function
        if call.function.kind == "global":
            function = self._flow.global_value(call.function)
        if function is not None and function.kind == "call" and function.calls_external("functools.partial"):
            held = function.named_arguments[1:]
            return [*(each for each in held if not each[0] or each[0] not in call.keywords), *call.named_arguments]
        return call.named_arguments


def _written(given: list[tuple[str, Value]], parameter: Parameter, place: int) -> list[Value]:
    """The written arguments for a parameter that takes the one at a place."""
    found: list[Value] = []
    seen = 0
    for keyword, source in given:
        if keyword == parameter.name:
            return [source]
        if keyword == "":
            found.extend(_at_place(parameter, place, seen, [source]))
            seen += 1
        elif keyword == "*":
            items = spread_items(source)
            if items is not None:
                found.extend(_at_place(parameter, place, seen, items))
                seen += len(items)
            elif place >= seen or parameter.kind == "*":  # which takes what is left, wherever the spread begins
                found.append(source)
        elif keyword == "**" or parameter.kind == "**":
            found.append(source)
    return found


def _at_place(parameter: Parameter, place: int, start: int, sources: list[Value]) -> Iterator[Value]:
    """The positional arguments, the first of them at `start`, that a parameter takes."""
    for number, source in enumerate(sources, start=start):
        if (number == place and parameter.kind in _BY_PLACE) or (number >= place and parameter.kind == "*"):
            yield source


def spread_items(source: Value) -> list[Value] | None:
    """What `*source` gives to the parameters, in order; None when that is not written down."""
    source = bare(source)
    if source.kind != "collection" or source.data == "set" or any(label != "item" for label, _ in source.inputs):
        return None
    return [item for _, item in source.inputs]

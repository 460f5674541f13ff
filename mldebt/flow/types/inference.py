"""The types that a value may have: from annotations, constructors, results, containers and what callers hand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mldebt.flow.linking import Type, distinct
from mldebt.flow.module import ScopeKey
from mldebt.flow.types.containers import Containers
from mldebt.flow.types.results import Results
from mldebt.flow.value import Value

if TYPE_CHECKING:
    from mldebt.flow.walk import Flow

_ANYTHING = ("object", "typing.Any", "Any")
"""What an annotation says that says nothing."""
DEPTH_LIMIT = 100
_ADDING = ("append", "appendleft", "insert")
TRIES = 3
ARGUMENTS_ASKED = 8
_PASSED_ON = {
    "phi": "value",
    "choice": "value",
    "passed": "base",
    "store": "base",
    "slice": "object",
}
"""The inputs whose types a value has, by its kind."""


class Types:
    """Type inference on demand. Values may depend on themselves: an answer that was found on the way to one that it
    depends on was cut short there, and serves only until that one is found. An empty one may have been cut short by
    other limits, too, so it is kept only when it was found a few times."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[Value, tuple[Type, ...]] = {}
        self.busy: dict[Value, int] = {}
        """What is being worked out, with its depth; always this one dict."""
        self._short: dict[Value, tuple[tuple[Type, ...], int]] = {}
        """What was found and cut short on the way, with the depth of what cut it."""
        self._reach = 0
        """The least depth of what was asked for again while it was being worked out."""
        self._tries: dict[Value, int] = {}
        containers, results = Containers(flow), Results(flow)
        self._by_kind: dict[str, Callable[[Value], Iterable[Type]]] = {
            **dict.fromkeys(_PASSED_ON, self._passed_on),
            "mutate": self._changed,
            "const": lambda value: (Type(type(value.data).__name__),),
            "template": lambda _: (Type("str"),),
            "same": self._same,
            "collection": containers.collection,
            "dict": containers.mapping,
            "comprehension": containers.comprehension,
            "element": lambda value: containers.elements(value.source),
            "item": containers.item,
            "call": results.types,
            "param": self._parameter,
            "attr": results.attribute,
            "global": self._global,
            "free": self._free,
            "operation": self._operation,
        }

    @property
    def is_settled(self) -> bool:
        """Whether no answer is being worked out."""
        return not self.busy

    def of(self, value: Value) -> tuple[Type, ...]:
        """The types that a value may have; empty when unknown."""
        if value in self._known:
            return self._known[value]
        if value in self.busy or value in self._short:
            found, reach = self._short.get(value) or ((), self.busy[value])
            self._reach = min(self._reach, reach)
            return found
        infer, depth = self._by_kind.get(value.kind), len(self.busy)
        if infer is None or depth > DEPTH_LIMIT:
            return ()
        if depth == 0:
            self._forget(0)  # what a question that failed has left
        around, self._reach = self._reach, depth
        self.busy[value], before = depth, len(self._short)
        try:
            found = distinct(infer(value))
        finally:
            del self.busy[value]
            reach, self._reach = self._reach, min(around, self._reach)
        if reach < depth and found:
            self._short[value] = found, reach
            return found
        if reach == depth:
            self._forget(before)
        if not self.busy or found:
            self._known[value] = found
            return found
        tries = self._tries[value] = self._tries.get(value, 0) + 1
        if tries >= TRIES:
            self._known[value] = found
        return found

    def _forget(self, before: int) -> None:
        """Leave what was cut short on the way to an answer that is there now."""
        while len(self._short) > before:
            self._short.popitem()

    def returned_by(self, key: ScopeKey) -> tuple[Type, ...]:
        """The types of a function's result: by its annotation, or by what it returns."""
        flow = self._flow
        module, number = key
        scope = flow.scope(module, number)
        if scope.returns >= 0:
            found = flow.annotation(flow.program.modules[module], scope.returns, scope.parent)
            if found:
                return found
        if scope.kind not in ("function", "lambda"):
            return ()
        body = flow.body(module, number)
        found = self._of_every(body.returns.every("value"))
        return (Type("list", self._of_every(body.returns.every("yield"))),) if body.is_generator else found

    def _of_every(self, values: Iterable[Value]) -> tuple[Type, ...]:
        return distinct(found for value in values for found in self.of(value))

    def _held(self, source: Value | None) -> tuple[Type, ...]:
        return self.of(source) if source is not None else ()

    def _global(self, value: Value) -> tuple[Type, ...]:
        """What a variable of a module holds; where that is None until a function fills it, what it is filled with."""
        held = self._flow.global_value(value)
        if held is not None and held.kind == "const" and held.data is None:
            filled = self._of_every(each for each in self._flow.global_versions(value) if each is not held)
            return filled or self.of(held)
        return self._held(held)

    def _free(self, value: Value) -> tuple[Type, ...]:
        """The same of a variable of a function around, which another function inside may fill."""
        held = self._flow.free_value(value)
        if held is not None and held.kind == "const" and held.data is None:
            return self._of_every(self._flow.rebound(held)) or self.of(held)
        return self._held(held)

    def _passed_on(self, value: Value) -> tuple[Type, ...]:
        return self._of_every(value.every(_PASSED_ON[value.kind]))

    def _changed(self, value: Value) -> tuple[Type, ...]:
        """A list into which an object of the repository's is put holds such objects."""
        found = self.of(value.source)
        if value.data not in _ADDING or not all(each.name == "list" for each in found):
            return found
        added = [each for each in self._of_every(value.every("arg")[-1:]) if isinstance(each.name, tuple)]
        return tuple(each._replace(args=distinct((*each.args, *added))) for each in found)

    def _same(self, value: Value) -> tuple[Type, ...]:
        found = self.of(value.source)
        return self._entered(found) if value.data == "with" else found

    def _entered(self, types: tuple[Type, ...]) -> tuple[Type, ...]:
        """What `with` gives for a context manager."""
        program = self._flow.program
        for candidate in types:
            if isinstance(candidate.name, tuple):
                method = program.method(candidate.name, "__enter__") or program.method(candidate.name, "__aenter__")
                if method is not None:
                    return self.returned_by((method.module, method.scope)) or types
        return types

    def _operation(self, value: Value) -> tuple[Type, ...]:
        return self._of_every(value.every("operand")[:2])[:1] if value.name in "+-*/|&" else ()

    def _parameter(self, value: Value) -> tuple[Type, ...]:
        flow, body = self._flow, value.body
        scope, module = body.scope, body.module
        position, parameter = next((i, p) for i, p in enumerate(scope.parameters) if p.name == value.data)
        if position == 0 and module.takes_self(body.number):
            return (Type((module.index, scope.parent)),)
        if parameter.annotation >= 0:
            found = flow.annotation(module, parameter.annotation, scope.parent)
            if found and not all(each.name in _ANYTHING for each in found):
                container = {"*": "tuple", "**": "dict"}.get(parameter.kind)
                return (Type(container, found),) if container else found
        if (injected := flow.injections.into(value)) is not None:
            return self._of_every([*injected.returns.every("value"), *injected.returns.every("yield")])
        if parameter.default >= 0:
            default = flow.body(module.index, scope.parent).values.get(parameter.default)
            if default is not None and default.kind != "const":
                return self.of(default)
        given = flow.arguments(value) or flow.told(value)
        return self._of_every(given[:ARGUMENTS_ASKED])

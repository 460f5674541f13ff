"""Routers that no application includes, beside others that one does: what they route to is served nowhere."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.module import Module, ScopeKey
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

ROUTER_LIMIT = 10
_ROUTERS = frozenset({"fastapi.APIRouter", "fastapi.routing.APIRouter", "fastapi.routers.APIRouter"})
_INCLUDING = "include_router"


class LeftOut:
    """Answers per function; where an application includes what cannot be told, none is left out."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def holds(self, unit: ScopeKey) -> bool:
        """Whether a function answers only for routers of its own module which nothing includes, hands on or imports."""
        scope = self._flow.scope(*unit)
        around = self._flow.body(unit[0], scope.parent)
        decorators = [found for ref in scope.decorators if (found := around.values.get(ref)) is not None]
        serving = [each for each in decorators if each.kind == "call" and "serves" in self._flow.roles(each)]
        return bool(serving) and all(map(self._routes, serving))

    def _routes(self, decorator: Value) -> bool:
        router = decorator.receiver
        made = self._made(router) if router is not None else []
        return len(made) == 1 and made[0].body.module is decorator.body.module and self._is_left_out(made[0])

    def _is_left_out(self, made: Value) -> bool:
        module = made.body.module
        if made in self._included or module.index in self._imported or not self._are_told(module):
            return False
        if made.body.number or any(label != "object" for label, _ in made.uses):
            return False
        return not any(self._flow.global_reads(module.index, name) for name in made.body.names_of(made))

    def _are_told(self, module: Module) -> bool:
        """Whether there are applications that include routers beside a module, and all say which."""
        roots = self._flow.program.roots
        near = [call for call in self._including if roots.together(module, call.body.module)]
        return bool(near) and all(any(self._given(call)) for call in near)

    @cached_property
    def _including(self) -> list[Value]:
        calls = self._flow.calls_named(frozenset({_INCLUDING}))
        return [call for call in calls if call.body.module.category == "product"]

    @cached_property
    def _included(self) -> frozenset[Value]:
        return frozenset(made for call in self._including for made in self._given(call))

    @cached_property
    def _imported(self) -> frozenset[int]:
        program = self._flow.program
        own = (module for module in program.modules if module.category == "product")
        return frozenset(other.index for module in own for other in program.imports_of(module))

    def _given(self, call: Value) -> list[Value]:
        """The routers that a call includes."""
        return [made for given in call.arguments[:1] for made in self._made(given)]

    def _made(self, router: Value) -> list[Value]:
        visits = self._flow.walk(router, self._flow.back, limit=ROUTER_LIMIT)
        return [visit.value for visit in visits if visit.value.calls_external(*_ROUTERS)]

"""Calls of the repository's own endpoints by code of the repository: who asks which over HTTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from mldebt.flow.module import Module
from mldebt.flow.value import Value
from mldebt.pipeline.project import Project
from mldebt.pipeline.units import Unit

_LIBRARIES = frozenset("requests httpx aiohttp urllib urllib3 fastapi starlette flask".split())
_ASKING = frozenset("get post put patch delete request urlopen send fetch".split())


class Clients:
    """Both ways: from a call to what answers it, from an endpoint to the calls that ask it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.flow = project.flow

    def answers(self, call: Value) -> tuple[Value, ...]:
        """What the endpoints that a call asks give back."""
        return self.project.orders.answers(call, ()) if self.project.boundaries.has_endpoints() else ()

    def of(self, unit: Unit) -> list[Value]:
        """The calls that ask an endpoint."""
        return self._clients.get(unit, [])

    @cached_property
    def _clients(self) -> dict[Unit, list[Value]]:
        found: dict[Unit, list[Value]] = defaultdict(list)
        for call in self._calls() if self.project.boundaries.has_endpoints() else ():
            for result in self.answers(call):
                found[result.body.key].append(call)
        return found

    def _calls(self) -> Iterator[Value]:
        """The calls that may ask a service, in the team's modules that use a library for that."""
        asking = {module.index for module in self.project.modules() if _asks(module)}
        return (
            (call for call in self.flow.calls_named(_ASKING) if call.body.module.index in asking)
            if asking
            else iter(())
        )


def _asks(module: Module) -> bool:
    return any(binding.imported.partition(".")[0] in _LIBRARIES for binding in module.facts.imports)

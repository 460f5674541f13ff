"""What runs behind the serving boundaries: the functions that an endpoint calls, and what they read."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.linking import Target
from mldebt.flow.serving import Boundaries
from mldebt.flow.value import Value

Unit = tuple[int, int]
UNIT_LIMIT = 5_000
WALK_LIMIT = 300


class Behind:
    """Questions about what serves, from one walk over the calls."""

    def __init__(self, boundaries: Boundaries) -> None:
        self.boundaries = boundaries
        self.flow = boundaries.flow

    def endpoint(self, module: int, number: int) -> Unit | None:
        """An endpoint behind which a function runs; None when none is known."""
        return self._units.get((module, number))

    def serves(self, value: Value) -> Unit | None:
        """An endpoint that a value is made for: made behind it, or kept in a global or an attribute that it reads."""
        found = self.endpoint(value.body.module.index, value.body.number)
        if found is not None:
            return found
        for visit in self.flow.walk(value, self.flow.forth, limit=WALK_LIMIT):
            body = visit.value.body
            found = self.endpoint(body.module.index, body.number)
            if found is not None:
                return found
        return None

    @cached_property
    def _units(self) -> dict[Unit, Unit]:
        """Every function that runs behind an endpoint, with the first endpoint found."""
        found: dict[Unit, Unit] = {}
        for unit in self._endpoints():
            found.setdefault(unit, unit)
            for made in self._making(unit):
                found.setdefault(made, unit)
        waiting = list(found)
        while waiting and len(found) < UNIT_LIMIT:
            unit = waiting.pop(0)
            for after in self._called(unit):
                if after not in found:
                    found[after] = found[unit]
                    waiting.append(after)
        return found

    def _endpoints(self) -> list[Unit]:
        return [
            (module.index, number)
            for module in self.flow.program.modules
            if module.category == "product"
            for number in range(len(module.facts.scopes))
            if self.boundaries.endpoint(module.index, number)
        ]

    def _making(self, unit: Unit) -> list[Unit]:
        """How the object is made whose method an endpoint is."""
        cls = self.flow.program.enclosing_class(self.flow.program.modules[unit[0]], unit[1])
        init = self.flow.initializer(cls) if cls is not None else None
        return [(init.module, init.scope)] if init is not None and init.kind == "func" else []

    def _called(self, unit: Unit) -> list[Unit]:
        targets = [target for call in self.flow.body(*unit).calls for target in self.flow.targets(call)]
        return [after for target in targets if not target.guessed and (after := self._unit(target)) is not None]

    def _unit(self, target: Target) -> Unit | None:
        if target.kind == "func":
            return target.module, target.scope
        if target.kind == "class":
            init = self.flow.initializer((target.module, target.scope))
            return (init.module, init.scope) if init is not None and init.kind == "func" else None
        return None

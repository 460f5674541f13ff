"""Screens that show a person what a model says: scripts of a library that draws a page each time they run."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.flow.body import Body
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.units import Unit

CALLERS = 4
_LIBRARIES = ("streamlit.", "panel.", "taipy.gui.", "nicegui.ui.", "solara.", "marimo.ui.")
_DRAWS_NOTHING = ("cache", "experimental_", "set_page_config", "secrets", "session_state", "runtime")


class Screens:
    """Answers per function, given once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[Unit, bool] = {}

    def of(self, asked: Iterable[Value]) -> list[tuple[Unit, Value]]:
        """The functions and scripts that draw a page and ask a model for it, themselves or through what they call;
        each with the call that asks."""
        found: dict[Unit, Value] = {}
        for call in asked:
            for unit in self._above(call.body):
                found.setdefault(unit, call)
        return list(found.items())

    def _above(self, body: Body) -> list[Unit]:
        """The nearest functions, a body's own first, that draw."""
        layer, seen = [body.key], {body.key}
        for _ in range(CALLERS):
            drawing = [unit for unit in layer if self._draws(unit)]
            if drawing or not layer:
                return drawing
            above = [call.body.key for unit in layer for call in self.flow.callers(*unit)]
            layer = [unit for unit in dict.fromkeys(above) if unit not in seen]
            seen.update(layer)
        return []

    def _draws(self, unit: Unit) -> bool:
        found = self._known.get(unit)
        if found is None:
            found = self._known[unit] = any(
                target.name.startswith(_LIBRARIES) and not target.name.partition(".")[2].startswith(_DRAWS_NOTHING)
                for call in self.flow.body(*unit).calls
                for target in self.flow.targets(call)
            )
        return found

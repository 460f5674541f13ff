"""Functions that run for one request at a time: everybody who calls them answers somebody."""

from __future__ import annotations

from mldebt.flow.linking import ScopeKey
from mldebt.flow.services.endpoints import Endpoints
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

ORIGINS = 600
_HELD = regex(r"(db|con(n(ection)?)?|session|engine|pool|cursor|client|app|settings|background_tasks|self|cls)\Z")
"""What an endpoint is handed of the program that it runs in."""


class ForRequests:
    """Questions about what runs behind endpoints alone."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.endpoints = flow.shared(Endpoints)
        self._only: dict[ScopeKey, bool] = {}

    def only(self, unit: ScopeKey) -> bool:
        """Whether a function is an endpoint, or all who call it run behind one."""
        found = self._only.get(unit)
        if found is None:
            found = self._only[unit] = self._is_behind_endpoints(unit)
        return found

    def is_asked_by(self, call: Value) -> bool:
        """Whether a call runs for one request at a time, and that says what it is about: a look-up, and no data set."""
        if not self.only(call.body.key):
            return False
        given = [each for each in call.arguments if each.kind != "const"]
        return any(
            self._is_of_request(visit.value)
            for each in given
            for visit in self.flow.walk(each, self.flow.back, limit=ORIGINS)
        )

    def _is_of_request(self, value: Value) -> bool:
        """Whether this is what an endpoint cannot run without being told, or a part of it."""
        while value.kind in ("attr", "item"):
            value = value.source
        if value.kind != "param" or _HELD.match(value.name) or not self.endpoints.of(value.body.key):
            return False
        return not self.flow.back_default(value, ())

    def _is_behind_endpoints(self, unit: ScopeKey) -> bool:
        """Whether all ways to a function begin at endpoints; functions that call each other begin none."""
        waiting = [unit]
        for each in waiting:
            if self.endpoints.of(each):
                continue
            calls = self.flow.callers(*each) if each[1] else ()
            callers = {call.body.key for call in calls if call.body.module.category == "product"}
            if not callers:
                return False
            waiting += callers.difference(waiting)
        return True

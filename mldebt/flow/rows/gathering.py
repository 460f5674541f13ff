"""Rows that are gathered from elsewhere, one question after another: pages that are fetched in a loop, and what is kept
of them."""

from __future__ import annotations

from collections.abc import Collection

from mldebt.flow.body import Body
from mldebt.flow.calls.words import says
from mldebt.flow.module import ScopeKey
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_ADDING = ("append", "extend", "add", "update", "writerow", "writerows")
_ERRORS = frozenset({"Exception", "BaseException"})
_RESULT_AND_KIND = ("result", "kind")
RESULT_LIMIT = 40
CALLS_IN = 3
"""So many calls further in a task may fetch what it is for."""
_KEEPS = frozenset({"saves", "stores"})


class Gathering:
    """Finds it. `fetches` are the calls that fetch a page or an answer."""

    def __init__(self, flow: Flow, fetches: Collection[Value]) -> None:
        self.flow = flow
        self.fetches = frozenset(fetches)
        self._fetching: frozenset[ScopeKey] = frozenset(call.body.key for call in fetches if call.body.number)

    def work(self, body: Body, start: int, end: int) -> Value | None:
        """What is fetched again and again between two offsets, where something is put with what is there already."""
        calls = [call for call in body.calls if start <= call.at < end]
        if not any(map(self._keeps, calls)):
            return None
        return next((call for call in calls if call.loops and self._fetches(call)), None)

    def failing(self, test: Value | None) -> Value | None:
        """The tasks whose results a test asks whether they are errors: `gather(*tasks, return_exceptions=True)`."""
        if test is None or not test.calls_external("isinstance") or len(test.arguments) != len(_RESULT_AND_KIND):
            return None
        result, kind = test.arguments
        if kind.kind != "external" or kind.data not in _ERRORS:
            return None
        visits = self.flow.walk(result, self.flow.back, limit=RESULT_LIMIT)
        calls = (each.value for each in visits if each.value.kind == "call")
        tasks = next((call for call in calls if says(call, "return_exceptions", told=True)), None)
        return tasks if tasks is not None and self._fetch_all(tasks) else None

    def _fetch_all(self, tasks: Value) -> bool:
        """Whether the tasks that a call gathers fetch something, be it some calls further in."""
        given = (
            each.value
            for source in tasks.arguments
            for each in self.flow.walk(source, self.flow.back, limit=RESULT_LIMIT)
        )
        keys = {key for each in given if each.kind == "call" for key in self._called(each)}
        for _ in range(CALLS_IN):
            if not keys.isdisjoint(self._fetching):
                return True
            keys |= {inner for key in keys for call in self.flow.body(*key).calls for inner in self._called(call)}
        return not keys.isdisjoint(self._fetching)

    def _fetches(self, call: Value) -> bool:
        if call in self.fetches:
            return True
        used = any(label != "call" for label, _ in call.uses)
        return used and not self._fetching.isdisjoint(self._called(call))

    def _keeps(self, call: Value) -> bool:
        if call.calls_method(*_ADDING) or self.flow.roles(call) & _KEEPS:
            return True
        inner = (self.flow.body(*key) for key in self._called(call))
        return any(self.flow.roles(each) & _KEEPS for body in inner for each in body.calls)

    def _called(self, call: Value) -> list[ScopeKey]:
        """The functions of the repository that a call is sure to call."""
        return [each.key for each in self.flow.targets(call) if each.kind == "func" and not each.guessed]

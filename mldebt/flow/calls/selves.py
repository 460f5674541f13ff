"""Whether a way through methods can be that of one object: a base calls its own hooks, and each subclass fills them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mldebt.flow.body import Body
from mldebt.flow.linking import ClassKey, is_self
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

Classes = frozenset[ClassKey]


class Selves:
    """Follows which classes the object may be of whose methods call each other along a way."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._families: dict[ClassKey, Classes] = {}
        self._running: dict[tuple[ClassKey, int, int], Classes] = {}

    def can_be(self, way: Sequence[Value]) -> bool:
        """Whether there is a class for every object that a way goes through: two subclasses of one base never run in
        one call of it."""
        known: Classes | None = None
        waiting: list[tuple[Value, Classes | None]] = []
        for before, after in pairwise(way):
            if before.body is after.body:
                if _calls_itself(self._flow, before, after):
                    known = None
                    waiting.clear()
                continue
            call, inner = _border(self._flow, before, after)
            if call is None:
                known = None
                waiting.clear()
            elif waiting and call is waiting[-1][0] and after.body is call.body:  # back where the way went in
                known = waiting.pop()[1]
            else:
                if call.body is before.body:
                    waiting.append((call, known))
                known = self._crossed(known, call, inner, before)
                if known is not None and not known:
                    return False
        return True

    def _crossed(self, known: Classes | None, call: Value, inner: Body, before: Value) -> Classes | None:
        """The classes that the object may be of behind the border between a call and what it calls; none where there
        is none, None where it is another object, or not known."""
        owner, outer, receiver = self._owner(inner), self._owner(call.body), call.receiver
        if owner is None or receiver is None:
            return None
        is_super = receiver.calls_external("super")
        if outer is not None and (is_super or is_self(receiver)):
            inside = self._family(owner) if is_super else self._may_run(owner, inner)
            return _both(known, inside & self._family(outer))
        given = self._may_run(owner, inner)
        told = [found.name for found in self._flow.types(receiver)]
        if len(told) == 1 and isinstance(told[0], tuple) and not self._is_lent(told[0], call):
            given &= self._family(told[0])
        if call.body is before.body:  # into the method of another object
            return given or None
        return None if known is None or known & given else frozenset()

    def _is_lent(self, cls: ClassKey, call: Value) -> bool:
        """Whether objects of a class have the method that is called from another object, which they stand for or which
        it was taken of: `self.rank = ranker.rank`."""
        return bool(self._flow.proxies.held(cls) or self._flow.stored(cls, call.function.name))

    def _methods(self, cls: ClassKey) -> Mapping[str, int]:
        return self._flow.program.modules[cls[0]].members.get(cls[1], {})

    def _owner(self, body: Body) -> ClassKey | None:
        return self._flow.program.enclosing_class(body.key)

    def _family(self, cls: ClassKey) -> Classes:
        found = self._families.get(cls)
        if found is None:
            program = self._flow.program
            found = self._families[cls] = frozenset((cls, *program.subclasses(cls), *program.fulfilling(cls)))
        return found

    def _may_run(self, owner: ClassKey, body: Body) -> Classes:
        """The classes whose objects run a method of their own or inherit it, and do not have another by its name."""
        key = (owner, body.module.index, body.number)
        found = self._running.get(key)
        if found is None:
            below = self._family(owner) - {owner}
            again = frozenset(cls for cls in below if body.scope.name in self._methods(cls))
            ancestry = self._flow.program.ancestry
            found = frozenset(cls for cls in self._family(owner) if again.isdisjoint(ancestry(cls)))
            self._running[key] = found
        return found


def _both(known: Classes | None, other: Classes) -> Classes:
    return other if known is None else known & other


def _calls_itself(flow: Flow, before: Value, after: Value) -> bool:
    """Whether a way goes from one run of a method to another of the same, which may be that of another object."""
    if after.kind == "param":
        return before.kind != "param"
    if after.kind != "call" or any(source is before for _, source in after.inputs):
        return False
    return flow.calls(after, after.body.module.index, after.body.number)


def _border(flow: Flow, before: Value, after: Value) -> tuple[Value | None, Body]:
    """The call between two functions, and the function that it calls."""
    if after.kind in ("call", "passed"):
        return (after if after.kind == "call" else after.one("call")), before.body
    calls = (user for label, user in before.uses if label == "arg" and user.kind == "call")
    inner = after.body
    return next((call for call in calls if flow.calls(call, inner.module.index, inner.number)), None), inner

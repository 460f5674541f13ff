"""What a transformer was fitted on: the calls that fit one, and the data that comes out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mldebt.flow.seeds import last_name, written
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

MADE_LIMIT = 80
_AT_ONCE = frozenset("fit_transform fit_resample fit_sample".split())
_APPLIED = frozenset({"transform"})


class Fitting(NamedTuple):
    """A call that fits transformers on data, their names, the calls that give the transformed data, and those that
    transform other data with them."""

    call: Value
    names: tuple[str, ...]
    given: tuple[Value, ...]
    out: tuple[Value, ...]
    others: tuple[Value, ...]


class Fittings:
    """Questions about fitted transformers. `learning` are those that learn statistics of the rows they see."""

    def __init__(self, flow: Flow, learning: Iterable[str]) -> None:
        self.flow = flow
        self.learning = frozenset(learning)

    def of(self, call: Value) -> Fitting | None:
        """The fitting of a transformer that a call is."""
        name = last_name(call)
        if (name not in _AT_ONCE and name != "fit") or call.receiver is None or not call.arguments:
            return None
        names = self._made(call.receiver)
        if not names:
            return None
        applied = self._applied(call)
        given = tuple(call.arguments)
        if name in _AT_ONCE:
            return Fitting(call, names, given, (call,), tuple(applied))
        same = [each for each in applied if each.arguments and each.arguments[0] in given]
        return Fitting(
            call, names, given, tuple(same or applied[:1]), tuple(each for each in applied if each not in same)
        )

    def _made(self, receiver: Value) -> tuple[str, ...]:
        """The learning transformers that an object is, or is made of."""
        found: dict[str, None] = {}
        for visit in self.flow.walk(receiver, self.flow.back, limit=MADE_LIMIT):
            value = visit.value
            if value.kind != "call":
                continue
            for target in self.flow.targets(value):
                name = written(value, target)
                if target.kind == "external" and (name in self.learning or target.name in self.learning):
                    found[name.rpartition(".")[2]] = None
        return tuple(found)

    def _applied(self, fit: Value) -> list[Value]:
        """Calls of `transform` on the object that a call fitted."""
        assert fit.receiver is not None
        methods = [
            user
            for owner in (fit.receiver, fit)
            for label, user in owner.uses
            if label == "object" and user.kind == "attr" and user.data in _APPLIED
        ]
        return [call for method in methods for label, call in method.uses if label == "function" and call.at > fit.at]

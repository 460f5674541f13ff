"""Models that are trained and then forgotten: nothing asks, keeps, measures or hands on what the training made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.register import built_by

LIMIT = 60
_FITS = frozenset({"fit", "partial_fit"})
_SAME = frozenset({"phi", "same", "choice"})
_NOTES = frozenset({"tracks", "registers", "measures"})


class Idle(NamedTuple):
    """The call that builds a model, what the model is called, and the call that trains it in vain."""

    made: Value
    name: str
    trained: Value


class IdleModels:
    """Finds them in the team's programs; a notebook's cells may show a model without using it."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)

    def find(self) -> Iterator[Idle]:
        for module in self.flow.program.modules:
            if module.category != "product" or module.is_notebook or self._is_watched(module.index):
                continue
            for number in range(len(module.facts.scopes)):
                for call in self.flow.body(module.index, number).calls:
                    built = built_by(self.flow, self.models, call)
                    trained = self._trained_in_vain(call) if built is not None and built[1] == "estimator" else None
                    if built is not None and trained is not None:
                        yield Idle(call, built[0], trained)

    def _is_watched(self, module: int) -> bool:
        """Whether something in a module notes what happens to models unasked, or times their training."""
        for number in range(len(self.flow.program.modules[module].facts.scopes)):
            for call in self.flow.body(module, number).calls:
                if self.flow.roles(call) & _NOTES or call.calls_method("autolog"):
                    return True
                if any(target.name.startswith(("time.", "timeit.")) for target in self.flow.targets(call)):
                    return True
        return False

    def _trained_in_vain(self, made: Value) -> Value | None:
        """The call that trains a model, when no other use of it is in sight."""
        trained: Value | None = None
        waiting, seen = [made], {made}
        while waiting:
            value = waiting.pop()
            if len(seen) > LIMIT or self.flow.outlive(value, ()):
                return None
            for label, user in value.uses:
                after = self._goes_on(label, user)
                if after is None:
                    return None
                if user.kind == "attr":
                    trained = next((call for _, call in user.uses), trained)
                for each in after:
                    if each not in seen:
                        seen.add(each)
                        waiting.append(each)
        return trained

    def _goes_on(self, label: str, user: Value) -> list[Value] | None:
        """The values that are the model after one use of it; None for a use that makes something of it."""
        if user.kind in _SAME and label == "value":
            return [user]
        if user.kind in ("passed", "mutate") and label == "base":
            return [user]
        if user.kind == "attr" and user.data in _FITS and user.uses:
            calls = [call for how, call in user.uses if how == "function" and call.kind == "call"]
            fits = all("fits" in self.flow.roles(call) for call in calls)
            return calls if fits and len(calls) == len(user.uses) else None
        return None

"""Fits of which no more is taken than the numbers that an estimator has learnt: `line.coef_`."""

from __future__ import annotations

from mldebt.flow.idioms import root
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_VERSIONS = frozenset({"passed", "mutate", "phi", "same"})


class LearntNumbers:
    """Asks what becomes of what is fitted."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)

    def alone(self, fit: Value) -> list[Value] | None:
        """Where it is read what a library's estimator has learnt, which keeps nothing by itself, and is gone then; None
        where something else becomes of it, too."""
        if fit.kind != "call" or fit.receiver is None:
            return None
        owners = (target.name.rpartition(".")[0] for target in self.flow.targets(fit) if target.api is not None)
        if not any(self.models.kind(owner) == "estimator" for owner in owners):
            return None
        uses = [user for made in (root(fit.receiver), fit) for each in _versions(made) for _, user in each.uses]
        others = [user for user in uses if user is not fit and user is not fit.function and user.kind not in _VERSIONS]
        return others if all(user.kind == "attr" and _is_told(user) for user in others) else None


def _versions(value: Value) -> list[Value]:
    """A value and what it is after each change."""
    found = [value]
    for each in found:
        found += [user for label, user in each.uses if user.kind in _VERSIONS and user not in found and label != "call"]
    return found


def _is_told(attribute: Value) -> bool:
    """Whether an attribute is what an estimator has learnt, and no method: `coef_`."""
    return attribute.name.endswith("_") and not any(label == "function" for label, _ in attribute.uses)

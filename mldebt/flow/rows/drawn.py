"""Functions that show data and do nothing else with it."""

from __future__ import annotations

from mldebt.flow.body import Body
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_USES = frozenset({"reads", "saves", "stores", "fits", "tunes", "predicts", "optimizes", "embeds", "measures"})


class Drawn:
    """Tells them, each once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._known: dict[Body, bool] = {}

    def is_all(self, body: Body) -> bool:
        """Whether a function draws and hands nothing on: gives nothing back, keeps nothing, asks no model and calls no
        other function of the team's own."""
        found = self._known.get(body)
        if found is None:
            found = self._known[body] = body.scope.kind == "function" and self._only_draws(body)
        return found

    def _only_draws(self, body: Body) -> bool:
        if not any("plots" in self.flow.roles(call) for call in body.calls):
            return False
        return not any(node.kind == "return" and _gives(node) for node in body.nodes) and not any(
            map(self._goes_on, body.calls)
        )

    def _goes_on(self, call: Value) -> bool:
        roles = self.flow.roles(call)
        own = any(target.kind in ("func", "class") for target in self.flow.targets(call))
        return own or (bool(roles & _USES) and "plots" not in roles)


def _gives(end: Value) -> bool:
    return any(source.kind != "const" for _, source in end.inputs)

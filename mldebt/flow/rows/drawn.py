"""Functions that show data and do nothing else with it."""

from __future__ import annotations

import re

from mldebt.flow.body import Body
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

_NAMES = regex(r"_*(plot|draw|visuali[sz]e|show)(_|$)", re.IGNORECASE)
_TEXTS = ("write", "write_text", "open")
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

    def is_for(self, body: Body) -> bool:
        """Whether a function is there to draw, as it is called and as it does."""
        return bool(_NAMES.match(body.scope.name)) and self.draws(body)

    def draws(self, body: Body) -> bool:
        """Whether a function draws at all."""
        return any("plots" in self.flow.roles(call) for call in body.calls)

    def keeps_nothing(self, body: Body) -> bool:
        """Whether a function that draws gives nothing back, and writes no table and no object down: what it makes
        features of is only seen."""
        gives = any(node.kind == "return" and _gives(node) for node in body.nodes)
        if body.scope.kind != "function" or gives or not self.draws(body):
            return False
        return not any(map(self._keeps, body.calls))

    def _keeps(self, call: Value) -> bool:
        roles = self.flow.roles(call)
        return "stores" in roles or ("saves" in roles and "plots" not in roles and not call.calls_method(*_TEXTS))

    def _only_draws(self, body: Body) -> bool:
        if not self.draws(body):
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

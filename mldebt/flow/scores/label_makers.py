"""Functions that give rows weak labels: what they cut a score at makes data to learn from, and serves nobody."""

from __future__ import annotations

from functools import cached_property

from mldebt.flow.body import Body
from mldebt.flow.idioms import last_name
from mldebt.flow.module import ScopeKey
from mldebt.flow.walk import Flow

_MAKERS = frozenset({"LabelingFunction"})
_DECORATORS = frozenset({"labeling_function"})


class LabelMakers:
    """Asks which functions snorkel is handed to label rows by."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def holds(self, body: Body) -> bool:
        """Whether a function is one of these."""
        return body.key in self._handed or self._is_decorated(body)

    def _is_decorated(self, body: Body) -> bool:
        above = self.flow.body(body.module.index, max(body.scope.parent, 0))
        made = filter(None, map(above.values.get, body.scope.decorators))
        return any(last_name(each.function if each.kind == "call" else each) in _DECORATORS for each in made)

    @cached_property
    def _handed(self) -> frozenset[ScopeKey]:
        return frozenset(
            target.key
            for call in self.flow.calls_named(_MAKERS)
            for source in call.arguments
            for target in self.flow.callees(source)
            if target.kind == "func" and not target.guessed
        )

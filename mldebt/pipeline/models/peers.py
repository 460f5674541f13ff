"""Other models that are built as a library's model is: in another script, in a study of several, under another name."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.types.models import Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.models.life import Life
from mldebt.pipeline.models.lifecycle import Lives
from mldebt.pipeline.models.register import TrainedModel, built_by

PEERS_LOOKED_AT = 40


class Peers:
    """Answers per model; what is known of one of a kind is known of the kind."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.models = flow.shared(Models)
        self.lives = flow.shared(Lives)
        self._calls: dict[frozenset[str], list[Value]] = {}

    def of(self, model: TrainedModel) -> Iterator[Life]:
        """The lives of the models that are built by the same class of a library elsewhere."""
        names = frozenset(model.name.split(" or ")) if model.cls is None else frozenset()
        for call in self._calls_named(names) if names else ():
            built = built_by(self.flow, self.models, call) if call is not model.made else None
            if built is not None and built[0] in names:
                yield self.lives.of(call)

    def _calls_named(self, names: frozenset[str]) -> list[Value]:
        """The first calls of a class; where there are many models, many are of one class."""
        if names not in self._calls:
            self._calls[names] = self.flow.calls_named(names)[:PEERS_LOOKED_AT]
        return self._calls[names]
